//! Sessions that stay on a version of their agent.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::deployments::digest;
use crate::support::{Answer, FakeRegistry, TestApp, message};

async fn deploy(app: &TestApp, component: &'static str) {
    Answer::of(app.request(Method::PUT, "/api/v1/agents/echo").body(component)).await.ok();
}

async fn with_versions() -> (TestApp, FakeRegistry) {
    let (app, registry) = TestApp::start_empty();
    for component in ["one", "two", "three"] {
        deploy(&app, component).await;
    }
    (app, registry)
}

async fn create(app: &TestApp, id: &str, version: Value) -> Answer {
    let body = json!({"appName": "echo", "userId": "user", "sessionId": id, "agentVersion": version});
    app.post("/api/v1/sessions", body).await
}

async fn patch(app: &TestApp, body: Value) -> Answer {
    Answer::of(app.request(Method::PATCH, "/api/v1/sessions/s").json(&body)).await
}

async fn run(app: &TestApp, session: &str) -> Answer {
    app.post(&format!("/api/v1/sessions/{session}/run"), json!({"newMessage": message("hi")})).await
}

async fn says(app: &TestApp, session: &str) -> String {
    let answer = run(app, session).await.ok();
    answer["events"][0]["content"]["parts"][0]["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_begins_on_the_version_that_is_named() {
    let (app, _) = with_versions().await;
    let whole = digest(b"two");
    for (id, named) in [
        ("a", json!(2)),
        ("b", json!("2")),
        ("c", json!(whole)),
        ("d", json!(whole[..12])),
        ("e", json!(null)),
    ] {
        create(&app, id, named.clone()).await.ok();
        let session = app.get(&format!("/api/v1/sessions/{id}")).await.ok();
        if named.is_null() {
            assert!(session.get("agentVersion").is_none(), "{session}");
            assert_eq!(says(&app, id).await, "three");
        } else {
            assert_eq!(session["agentVersion"], whole, "{named}");
            assert_eq!(says(&app, id).await, "two");
        }
    }
    let listed = app.get("/api/v1/sessions?limit=2").await.ok();
    assert!(listed["sessions"][0].get("agentVersion").is_none());
    assert_eq!(listed["sessions"][1]["agentVersion"], whole);
}

#[tokio::test]
async fn a_session_is_pinned_and_lets_go() {
    let (app, _) = with_versions().await;
    assert_eq!(says(&app, "s").await, "three");
    let pinned = patch(&app, json!({"agentVersion": "1"})).await.ok();
    assert_eq!(pinned["agentVersion"], digest(b"one"));
    deploy(&app, "four").await;
    assert_eq!(says(&app, "s").await, "one");
    // State alone leaves the version as it is; both may come together.
    let changed = patch(&app, json!({"stateDelta": {"a": 1}})).await.ok();
    assert_eq!((&changed["agentVersion"], &changed["state"]), (&json!(digest(b"one")), &json!({"a": 1})));
    let both = patch(&app, json!({"stateDelta": {"a": 2}, "agentVersion": 2})).await.ok();
    assert_eq!((&both["agentVersion"], &both["state"]), (&json!(digest(b"two")), &json!({"a": 2})));
    let free = patch(&app, json!({"agentVersion": null})).await.ok();
    assert!(free.get("agentVersion").is_none(), "{free}");
    assert_eq!(free["state"], json!({"a": 2}));
    assert_eq!(says(&app, "s").await, "four");
}

#[tokio::test]
async fn a_version_that_is_not_there_is_refused_with_those_that_are() {
    let (app, _) = with_versions().await;
    create(&app, "s", json!(1)).await.ok();
    for answer in [
        create(&app, "t", json!(7)).await,
        create(&app, "t", json!("sha256:")).await,
        patch(&app, json!({"agentVersion": "7"})).await,
        patch(&app, json!({"agentVersion": digest(b"four"), "stateDelta": {"a": 1}})).await,
    ] {
        assert_eq!(answer.refusal(), (422, "invalid".into()));
        let shown = format!("it has 3 ({}), 2 (", &digest(b"three")[..19]);
        assert!(answer.error().contains(&shown), "{}", answer.error());
    }
    for bad in [json!(true), json!({}), json!(1.5), json!("")] {
        assert_eq!(
            patch(&app, json!({"agentVersion": bad})).await.refusal(),
            (422, "invalid".into()),
            "{bad}"
        );
        assert_eq!(create(&app, "t", bad).await.refusal(), (422, "invalid".into()));
    }
    assert_eq!(app.get("/api/v1/sessions/t").await.refusal().0, 404);
    let session = app.get("/api/v1/sessions/s").await.ok();
    assert_eq!((&session["agentVersion"], &session["state"]), (&json!(digest(b"one")), &json!({})));
    let absent =
        Answer::of(app.request(Method::PATCH, "/api/v1/sessions/none").json(&json!({"agentVersion": null})));
    assert_eq!(absent.await.refusal(), (404, "session_not_found".into()));
}

#[tokio::test]
async fn a_run_says_that_its_version_is_gone() {
    let (app, registry) = with_versions().await;
    create(&app, "s", json!(1)).await.ok();
    registry.forget_kept("echo");
    let gone = run(&app, "s").await;
    assert_eq!(gone.refusal(), (409, "version_gone".into()));
    assert!(gone.error().contains("\"agentVersion\": null"), "{}", gone.error());
    let mut socket = app.socket().await;
    socket.send(&json!({"type": "run", "sessionId": "s", "newMessage": message("hi")})).await;
    socket.next_of("started").await;
    assert_eq!(socket.next_of("error").await["code"], "version_gone");
    patch(&app, json!({"agentVersion": null})).await.ok();
    assert_eq!(says(&app, "s").await, "three");
}

#[tokio::test]
async fn an_agent_may_pin_its_sessions() {
    let (app, _) = TestApp::start_empty();
    let form = reqwest::multipart::Form::new().text("component", "one").text("manifest", "pinning");
    Answer::of(app.request(Method::PUT, "/api/v1/agents/echo").multipart(form)).await.ok();
    assert_eq!(says(&app, "s").await, "one");
    let session = app.get("/api/v1/sessions/s").await.ok();
    assert_eq!(session["agentVersion"], digest(b"onepinning"));
    deploy(&app, "two").await;
    assert_eq!(says(&app, "s").await, "one");
    assert_eq!(says(&app, "t").await, "two");
}

#[tokio::test]
async fn the_only_version_of_a_fixed_agent_can_be_named() {
    let app = TestApp::start();
    create(&app, "s", json!(1)).await.ok();
    assert_eq!(app.get("/api/v1/sessions/s").await.ok()["agentVersion"], "sha256:echo");
    assert_eq!(patch(&app, json!({"agentVersion": "sha256:echo"})).await.status, 200);
    run(&app, "s").await.ok();
    assert_eq!(patch(&app, json!({"agentVersion": 2})).await.refusal(), (422, "invalid".into()));
}
