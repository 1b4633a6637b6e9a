//! Agents put in place, rolled back and taken away while the host runs.

use std::time::Duration;

use futures::StreamExt as _;
use rak_core::DeployError;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use crate::support::deployments::{MAX_BYTES, SECRET, digest};
use crate::support::raw::RawClient;
use crate::support::{Answer, FakeRegistry, TestApp, message, soon};

async fn put(app: &TestApp, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    Answer::of(app.request(Method::PUT, &format!("/api/v1/agents/{path}")).body(body)).await
}

async fn delete(app: &TestApp, name: &str) -> Answer {
    Answer::of(app.request(Method::DELETE, &format!("/api/v1/agents/{name}"))).await
}

async fn rollback(app: &TestApp, body: Value) -> Answer {
    app.post("/api/v1/agents/echo/rollback", body).await
}

/// What the agent of a new session says.
async fn says(app: &TestApp, session: &str) -> String {
    let body = json!({"newMessage": message("hi"), "appName": "echo"});
    let answer = app.post(&format!("/api/v1/sessions/{session}/run"), body).await.ok();
    answer["events"][0]["content"]["parts"][0]["text"].as_str().unwrap().to_owned()
}

/// A host whose agent `echo` has versions that say `one`, `two` and so on.
async fn with_versions(components: &[&'static str]) -> (TestApp, FakeRegistry) {
    let (app, registry) = TestApp::start_empty();
    for component in components {
        put(&app, "echo", *component).await.ok();
    }
    (app, registry)
}

fn head(app: &TestApp, length: usize, kind: &str) -> String {
    format!(
        "PUT /api/v1/agents/echo HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n",
        app.address
    )
}

#[tokio::test]
async fn what_is_put_is_what_runs_next() {
    let (app, _) = TestApp::start_empty();
    let first = put(&app, "echo", "one").await;
    assert_eq!(first.status.as_u16(), 201);
    let first = first.ok();
    assert_eq!((&first["name"], &first["state"]), (&json!("echo"), &json!("ready")));
    assert_eq!((&first["current"]["number"], &first["current"]["bytes"]), (&json!(1), &json!(3)));
    assert_eq!(first["current"]["digest"], digest(b"one"));
    assert_eq!(says(&app, "s").await, "one");

    let second = put(&app, "echo", "two").await;
    assert_eq!(second.status.as_u16(), 200);
    assert_eq!(second.ok()["current"]["number"], 2);
    assert_eq!(says(&app, "s").await, "two");
    assert_eq!(app.get("/api/v1/agents/echo").await.ok()["current"]["number"], 2);
    assert_eq!(app.get("/api/v1/agents").await.ok()["agents"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_component_may_say_that_it_is_anything() {
    let (app, registry) = TestApp::start_empty();
    for kind in ["application/wasm", "application/json", "text/plain; charset=utf-8", "\u{e4}"] {
        let request = app.request(Method::PUT, "/api/v1/agents/echo").header("content-type", kind);
        Answer::of(request.body(kind.to_owned())).await.ok();
        assert_eq!(registry.component("echo").unwrap(), kind);
    }
}

#[tokio::test]
async fn a_component_goes_into_the_registry_as_it_comes() {
    let (app, registry) = TestApp::start_empty();
    let (sender, receiver) = mpsc::channel::<Result<&'static str, std::io::Error>>(1);
    let body = futures::stream::unfold(receiver, async |mut receiver| {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    });
    let upload = put(&app, "echo", reqwest::Body::wrap_stream(body.boxed()));
    let client = async {
        sender.send(Ok("on")).await.unwrap();
        registry.has_written(2).await;
        assert_eq!(registry.component("echo"), None);
        sender.send(Ok("e")).await.unwrap();
        registry.has_written(3).await;
        drop(sender);
    };
    let (answer, ()) = tokio::join!(upload, client);
    answer.ok();
    assert_eq!(registry.component("echo").unwrap(), "one");
}

#[tokio::test]
async fn a_digest_is_looked_at_before_anything_changes() {
    let (app, registry) = with_versions(&["one"]).await;
    let wrong = put(&app, &format!("echo?digest={}", digest(b"else")), "two").await;
    assert_eq!(wrong.refusal(), (422, "digest_mismatch".into()));
    assert!(wrong.error().contains(&digest(b"two")), "{}", wrong.error());
    for bad in
        ["sha256:12", "md5:00", &digest(b"two")[..70], &format!("{}0", digest(b"two")), "sha256:%C3%A4"]
    {
        let refused = put(&app, &format!("echo?digest={bad}"), "two").await;
        assert_eq!(refused.refusal(), (422, "invalid".into()), "{bad}");
    }
    assert_eq!(registry.component("echo").unwrap(), "one");
    let large = digest(b"two").to_ascii_uppercase().replace("SHA256", "sha256");
    put(&app, &format!("echo?digest={large}"), "two").await.ok();
    put(&app, "echo?digest=", "three").await.ok();
    assert_eq!(registry.component("echo").unwrap(), "three");
}

#[tokio::test]
async fn an_upload_that_breaks_off_changes_nothing() {
    let (app, registry) = with_versions(&["one"]).await;
    let mut client = RawClient::connect(app.address).await;
    client.send(&format!("{}tw", head(&app, 100, "application/wasm"))).await;
    registry.has_written(5).await;
    client.stream.shutdown().await.unwrap();
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("incomplete_body"), "{answer}");
    registry.has_given_up(1).await;

    // One whose client is gone for good.
    let mut client = RawClient::connect(app.address).await;
    client.send(&format!("{}two", head(&app, 100, "application/wasm"))).await;
    registry.has_written(8).await;
    drop(client);
    registry.has_given_up(2).await;
    assert_eq!(registry.component("echo").unwrap(), "one");
    assert_eq!(app.get("/api/v1/agents/echo/versions").await.ok()["versions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_the_end_gets_its_version_all_the_same() {
    let (app, registry) = TestApp::start_empty_with(|settings| settings.max_connections = 1);
    registry.hold(true);
    let mut client = RawClient::connect(app.address).await;
    client.send(&format!("{}two", head(&app, 3, "application/wasm"))).await;
    registry.is_finishing().await;
    // The only place is free when nothing is left of its connection.
    drop(client);
    assert_eq!(app.get("/health").await.status, 200);
    assert_eq!(registry.component("echo"), None);
    registry.hold(false);
    registry.has_finished().await;
    assert_eq!(registry.component("echo").unwrap(), "two");
}

#[tokio::test]
async fn an_upload_may_take_long_but_not_pause_long() {
    let (app, registry) =
        TestApp::start_empty_with(|settings| settings.body_timeout = Duration::from_millis(50));
    let mut client = RawClient::connect(app.address).await;
    client.send(&format!("{}tw", head(&app, 100, "application/wasm"))).await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 408"), "{head}");
    registry.has_given_up(1).await;
}

#[tokio::test]
async fn a_component_that_is_too_large_is_refused_while_it_comes() {
    let (app, registry) = with_versions(&["one"]).await;
    let mut client = RawClient::connect(app.address).await;
    client.send(&head(&app, 64 << 20, "application/wasm")).await;
    soon(client.stream.write_all(&vec![b'x'; 8 << 20])).await.unwrap();
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    client.stream.shutdown().await.unwrap();
    let body = client.rest().await;
    assert!(body.contains("component_too_large") && body.contains(&MAX_BYTES.to_string()), "{body}");
    assert_eq!(registry.component("echo").unwrap(), "one");
    // What fits is larger than the body of any other request may be, in the settings of this test.
    let (app, _) = TestApp::start_empty_with(|settings| settings.max_body_bytes = 1000);
    put(&app, "echo", "x".repeat(1 << 20)).await.ok();
}

#[tokio::test]
async fn what_is_refused_leaves_the_version_that_there_is() {
    let (app, registry) = with_versions(&["one"]).await;
    let refused = put(&app, "echo", "bad").await;
    assert_eq!(refused.refusal(), (422, "version_refused".into()));
    assert!(refused.error().contains("it is no component"));
    let empty = put(&app, "echo", "").await;
    assert_eq!(empty.refusal(), (422, "invalid".into()));
    assert_eq!(put(&app, "a%20b", "two").await.refusal(), (422, "invalid".into()));
    assert_eq!(put(&app, "%FF", "two").await.refusal(), (400, "malformed_path".into()));
    assert_eq!(registry.component("echo").unwrap(), "one");
    for (error, status, code) in [
        (DeployError::NotAllowed, 403, "uploads_not_allowed"),
        (DeployError::DiskFull, 507, "disk_full"),
        (DeployError::Unavailable { reason: SECRET.into() }, 503, "registry_unavailable"),
    ] {
        registry.refuse(error);
        for answer in
            [put(&app, "echo", "two").await, rollback(&app, json!({})).await, delete(&app, "echo").await]
        {
            assert_eq!(answer.refusal(), (status, code.into()));
            assert!(!answer.text.contains(SECRET), "{}", answer.text);
        }
    }
    assert_eq!(says(&app, "s").await, "one");
}

#[tokio::test]
async fn an_agent_goes_back_to_an_older_version() {
    let (app, _) = with_versions(&["one", "two", "three"]).await;
    let number = |answer: Answer| answer.ok()["current"]["number"].as_u64().unwrap();
    let versions = app.get("/api/v1/agents/echo/versions").await.ok();
    let numbers: Vec<_> =
        versions["versions"].as_array().unwrap().iter().map(|version| version["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(3), Some(2), Some(1)]);
    assert_eq!(versions["versions"][0]["state"], "current");

    let nothing = app.request(Method::POST, "/api/v1/agents/echo/rollback");
    assert_eq!(number(Answer::of(nothing).await), 2);
    assert_eq!(says(&app, "s").await, "two");
    assert_eq!(number(rollback(&app, json!({})).await), 1);
    assert_eq!(rollback(&app, json!({"to": null})).await.refusal(), (409, "nothing_older".into()));
    assert_eq!(number(rollback(&app, json!({"to": 3})).await), 3);
    assert_eq!(number(rollback(&app, json!({"to": "1"})).await), 1);
    assert_eq!(number(rollback(&app, json!({"to": digest(b"two")})).await), 2);
    assert_eq!(number(rollback(&app, json!({"to": digest(b"three")[..20]})).await), 3);

    let unknown = rollback(&app, json!({"to": "7"})).await;
    assert_eq!(unknown.refusal(), (404, "version_not_found".into()));
    assert!(unknown.error().contains("3, 2, 1"), "{}", unknown.error());
    for (to, words) in [
        (json!(true), "to: a version is a text or a number"),
        (json!(-1), "to: a version is"),
        (json!(""), "to: a version is named by its number"),
        (json!("x".repeat(200)), "to: a version is named by its number"),
        (json!("a\u{7}"), "to: a version is named by its number"),
    ] {
        let refused = rollback(&app, json!({"to": to})).await;
        assert_eq!(refused.refusal(), (422, "invalid".into()), "{to}");
        assert!(refused.error().contains(words), "{}", refused.error());
    }
    let text = app.request(Method::POST, "/api/v1/agents/echo/rollback").body("{}");
    assert_eq!(Answer::of(text).await.refusal(), (415, "unsupported_media_type".into()));
    assert_eq!(
        app.post_text("/api/v1/agents/echo/rollback", "{").await.refusal(),
        (400, "malformed_json".into())
    );
    let unknown = app.post("/api/v1/agents/ehco/rollback", json!({})).await;
    assert_eq!(unknown.refusal(), (404, "agent_not_found".into()));
    assert_eq!(says(&app, "s").await, "three");
}

#[tokio::test]
async fn an_agent_is_taken_away() {
    let (app, _) = with_versions(&["one"]).await;
    put(&app, "other", "two").await.ok();
    let gone = delete(&app, "echo").await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    assert_eq!(delete(&app, "echo").await.refusal(), (404, "agent_not_found".into()));
    for path in ["/api/v1/agents/echo", "/api/v1/agents/echo/versions"] {
        let answer = app.get(path).await;
        assert_eq!(answer.refusal(), (404, "agent_not_found".into()));
        assert!(answer.error().contains("there are: other"), "{}", answer.error());
    }
    let run = json!({"newMessage": message("hi"), "appName": "echo"});
    assert_eq!(app.post("/api/v1/sessions/s/run", run).await.refusal(), (404, "agent_not_found".into()));
}

#[tokio::test]
async fn agents_that_are_part_of_the_program_stay_as_they_are() {
    let app = TestApp::start();
    for answer in
        [put(&app, "echo", "two").await, rollback(&app, json!({})).await, delete(&app, "echo").await]
    {
        assert_eq!(answer.refusal(), (403, "fixed_agents".into()));
        assert!(answer.error().contains("part of its program"));
    }
    let versions = app.get("/api/v1/agents/echo/versions").await.ok();
    assert_eq!(versions["versions"][0]["version"], "sha256:echo");
    assert_eq!(versions["versions"].as_array().unwrap().len(), 1);
}
