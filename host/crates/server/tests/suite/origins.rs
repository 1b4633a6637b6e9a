//! Web pages of other origins.

use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::support::raw::RawClient;
use crate::support::{Answer, TestApp, soon};

const FRIEND: &str = "https://agents.example";

fn app() -> TestApp {
    TestApp::start_with(|settings, _| settings.allowed_origins = vec![format!("{FRIEND}/")])
}

fn from(app: &TestApp, method: Method, origin: &str) -> RequestBuilder {
    app.request(method, "/api/v1/sessions").header("origin", origin)
}

#[tokio::test]
async fn a_strangers_page_may_do_nothing() {
    let app = app();
    for origin in ["https://evil.example", "http://localhost:1", "null", "https://agents.example.evil", ""] {
        for request in [
            from(&app, Method::GET, origin),
            from(&app, Method::POST, origin).json(&json!({"appName": "echo", "userId": "ann"})),
            from(&app, Method::OPTIONS, origin).header("access-control-request-method", "POST"),
            app.request(Method::GET, "/health").header("origin", origin),
            app.request(Method::GET, "/no/such/route").header("origin", origin),
        ] {
            let answer = Answer::of(request).await;
            assert_eq!(answer.refusal(), (403, "origin_not_allowed".into()), "{origin}");
            assert!(answer.error().contains("--allow-origin"));
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
        }
    }
    let twice =
        app.request(Method::GET, "/health").header("origin", FRIEND).header("origin", "https://evil.example");
    assert_eq!(Answer::of(twice).await.status, 403);
    assert_eq!(app.get("/api/v1/sessions").await.ok(), json!({"sessions": []}));
}

#[tokio::test]
async fn the_servers_own_page_may_do_everything() {
    let app = app();
    let own = format!("http://{}", app.address);
    let answer = Answer::of(from(&app, Method::GET, &own)).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_friends_page_is_told_that_it_may() {
    let app = app();
    let answer = Answer::of(from(&app, Method::GET, FRIEND)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["access-control-allow-origin"]),
        (200, &FRIEND.parse().unwrap())
    );
    assert_eq!(answer.headers["vary"], "Origin");
    assert!(answer.headers["access-control-expose-headers"].to_str().unwrap().contains("X-Invocation-Id"));
    // Refusals can be read by the page as well.
    let refused = Answer::of(from(&app, Method::POST, FRIEND)).await;
    assert_eq!(refused.refusal().0, 415);
    assert!(refused.headers.contains_key("access-control-allow-origin"));
    let preflight = from(&app, Method::OPTIONS, FRIEND)
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "content-type, x-mine");
    let preflight = Answer::of(preflight).await;
    assert_eq!(preflight.status, 204);
    assert!(preflight.headers["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
    assert_eq!(preflight.headers["access-control-allow-headers"], "content-type, x-mine");
    assert_eq!(preflight.headers["access-control-allow-origin"], FRIEND);
}

#[tokio::test]
async fn sockets_are_guarded_the_same_way() {
    let app = app();
    let open = |origin: String| {
        let mut request =
            format!("ws://{}/api/v1/sessions/s/run/ws", app.address).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        async move { soon(connect_async(request)).await }
    };
    assert!(open(FRIEND.into()).await.is_ok());
    assert!(open(format!("http://{}", app.address)).await.is_ok());
    let refused = open("https://evil.example".into()).await.unwrap_err().to_string();
    assert!(refused.contains("403"), "{refused}");
}

#[tokio::test]
async fn a_name_that_was_turned_to_this_machine_is_no_name_of_it() {
    let app = app();
    for (host, status) in [
        ("evil.example", "403"),
        ("localhost:1", "200"),
        ("127.0.0.1", "200"),
        ("[::1]", "200"),
        ("agents.example", "200"),
    ] {
        let mut client = RawClient::connect(app.address).await;
        client.send(&format!("GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        let answer = client.rest().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {answer}");
        if status == "403" {
            assert!(answer.contains("host_not_allowed") && answer.contains("--allow-origin"), "{answer}");
        }
    }
}
