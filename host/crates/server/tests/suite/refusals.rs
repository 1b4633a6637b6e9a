//! Every refusal is JSON with a text and a stable word.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestApp};

#[tokio::test]
async fn a_client_does_not_speak_for_the_system() {
    let app = TestApp::start();
    for role in ["system", "model", "x"] {
        let body = json!({"appName": "puppet", "newMessage": {"role": role, "parts": [{"text": "hi"}]}});
        let response = reqwest::Client::new()
            .post(format!("http://{}/api/v1/sessions/s/run", app.address))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), 422);
        assert!(response.text().await.unwrap().contains("newMessage.role"));
    }
}

#[tokio::test]
async fn a_route_that_does_not_exist() {
    let app = TestApp::start();
    for path in ["/", "/api", "/api/v1/nothing", "/api/v1/sessions/", "/api/v1/sessions/a/b/c", "/health/"] {
        assert_eq!(app.get(path).await.refusal(), (404, "not_found".into()), "{path}");
    }
}

#[tokio::test]
async fn a_method_that_a_route_does_not_take() {
    let app = TestApp::start();
    let answer = Answer::of(app.request(Method::PUT, "/api/v1/sessions")).await;
    assert_eq!(answer.refusal(), (405, "method_not_allowed".into()));
    assert_eq!(answer.headers["allow"], "GET,HEAD,POST");
    assert_eq!(app.get("/api/v1/sessions/s/run").await.refusal().0, 405);
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json() {
    let app = TestApp::start();
    let body = json!({"appName": "echo", "userId": "ann"}).to_string();
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let mut request = app.request(Method::POST, "/api/v1/sessions").body(body.clone());
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let answer = Answer::of(request).await;
        assert_eq!(answer.refusal(), (415, "unsupported_media_type".into()));
        assert!(answer.error().contains("Content-Type: application/json"));
    }
}

#[tokio::test]
async fn a_body_that_is_no_json() {
    let app = TestApp::start();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (text, words) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("nonsense", "expected ident at line 1 column 2"),
        ("{\n  \"appName\": oops\n}", "line 2 column 14"),
        ("{} {}", "trailing characters"),
        (&deep, "recursion limit exceeded"),
    ] {
        for path in ["/api/v1/sessions", "/api/v1/sessions/s/run", "/api/v1/sessions/s/run/sse"] {
            let answer = app.post_text(path, text.to_owned()).await;
            // An object that lacks a field is found to lack it before what comes after it is seen.
            if text == "{} {}" {
                assert_eq!(answer.refusal(), (422, "invalid".into()));
                continue;
            }
            assert_eq!(answer.refusal(), (400, "malformed_json".into()), "{path} {}", answer.text);
            assert!(answer.error().contains(words), "{path} {}", answer.error());
        }
    }
    let answer = app.post_text("/api/v1/sessions", b"{\"appName\": \"\xff\"}".to_vec()).await;
    assert_eq!(answer.refusal(), (400, "malformed_json".into()));
    assert!(answer.error().contains("UTF-8"));
}

#[tokio::test]
async fn a_body_of_another_shape_names_the_field() {
    let app = TestApp::start();
    for (body, words) in [
        (json!({}), "missing field `newMessage`"),
        (json!({"newMessage": "hi"}), "newMessage: invalid type: string \"hi\""),
        (json!({"newMessage": {}}), "newMessage: missing field `parts`"),
        (
            json!({"newMessage": {"parts": [{"text": "a"}, {"text": 1}]}}),
            "newMessage.parts[1].text: invalid type",
        ),
        (json!({"newMessage": {"parts": [{"inlineData": {"mimeType": "a/b", "data": "*"}}]}}), "not base64"),
        (json!({"newMessage": {"parts": []}, "timeoutMs": -1}), "timeoutMs: invalid value"),
    ] {
        let answer = app.post("/api/v1/sessions/s/run", body).await;
        assert_eq!(answer.refusal(), (422, "invalid".into()));
        assert!(
            answer.error().contains(words) && answer.error().contains("line 1 column"),
            "{}",
            answer.error()
        );
    }
}
