//! What it takes to repeat an invocation, as it is given to a client.

use std::time::Duration;

use rak_core::EventLog as _;
use rak_core::time::UnixMillis;
use rak_server::protocol::rest::Recording;
use serde_json::{Value, json};

use crate::support::{TestApp, message};

/// A run of the agent that is recorded; gives its id.
async fn say(app: &TestApp, session: &str, text: &str) -> String {
    let body = json!({"newMessage": message(text), "appName": "recorded"});
    let answer = app.post(&format!("/api/v1/sessions/{session}/run"), body).await.ok();
    answer["invocationId"].as_str().unwrap().to_owned()
}

fn path(id: impl std::fmt::Display) -> String {
    format!("/api/v1/invocations/{id}/journal")
}

#[tokio::test]
async fn a_recording_has_all_that_it_takes() {
    let app = TestApp::start_recorded(|_, _| {});
    let before = say(&app, "s", "before").await;
    let id = say(&app, "s", "grüße").await;
    say(&app, "s", "after").await;
    let answer = app.get(&path(&id)).await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let read: Recording = serde_json::from_str(&answer.text).unwrap();
    let body = answer.json();
    assert_eq!((&body["format"], &body["moreHistory"]), (&json!(1), &json!(false)));
    assert_eq!(body["invocation"], app.get(&format!("/api/v1/invocations/{id}")).await.ok());
    assert_eq!(body["message"]["content"]["parts"], json!([{"text": "grüße"}]));
    // What was said before, oldest first, and nothing of its own.
    let history = body["history"].as_array().unwrap();
    assert_eq!(history.len(), 3, "{history:?}");
    assert!(history.iter().all(|entry| entry["event"]["invocationId"] == before), "{history:?}");
    assert_eq!(history[0]["event"]["author"], "user");
    assert!(history[0]["position"].as_u64() < history[1]["position"].as_u64());
    let entries = body["journal"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&entries[0]["c"], &entries[0]["w"], &entries[0]["a"]),
        (&json!("events.emit"), &json!("grüße"), &json!({"Ok": 1}))
    );
    assert_eq!(body["journal"]["seed"].as_str().unwrap().len(), 64);
    assert_eq!(body["journal"]["startedAt"], body["invocation"]["startedAt"]);
    let events = body["events"].as_array().unwrap();
    assert_eq!((events.len(), &events[1]["turnComplete"]), (2, &json!(true)));
    // Read and written again it is the same.
    assert_eq!(serde_json::to_value(read).unwrap(), body);
}

#[tokio::test]
async fn the_seed_is_given_when_it_predicts_nothing_any_more() {
    let app = TestApp::start_recorded(|_, _| {});
    let options = json!({"appName": "recorded"});
    let mut stream = app.stream("s", "wait", options).await;
    stream.next().await;
    let path = path(stream.invocation_id());
    let body = app.get(&path).await.ok();
    assert_eq!(body["invocation"]["status"], "active");
    assert!(body["journal"].get("seed").is_none(), "{body}");
    app.post(&format!("/api/v1/invocations/{}/cancel", stream.invocation_id()), json!({})).await.ok();
    stream.rest().await;
    assert!(app.get(&path).await.ok()["journal"]["seed"].is_string());
}

#[tokio::test]
async fn a_long_history_is_cut_at_its_beginning() {
    let app = TestApp::start_recorded(|_, _| {});
    let large = "x".repeat(1 << 20);
    for _ in 0..9 {
        say(&app, "s", &large).await;
    }
    say(&app, "s", "last").await;
    let id = say(&app, "s", "now").await;
    let body = app.get(&path(id)).await.ok();
    let history = body["history"].as_array().unwrap();
    assert_eq!(body["moreHistory"], true);
    // The message and the answer have a megabyte each; sixteen are allowed.
    assert!(history.len() < 30 && history.len() >= 20, "{}", history.len());
    let said = |entry: &Value| entry["event"]["content"]["parts"][0]["text"].as_str().map(str::to_owned);
    assert_eq!(history.iter().rev().find_map(said).unwrap(), "last");
}

#[tokio::test]
async fn what_cannot_be_repeated_says_why() {
    let app = TestApp::start_recorded(|_, runner| runner.journal_retention = Duration::ZERO);
    let id = say(&app, "s", "hi").await;
    assert_eq!(app.get(&path(&id)).await.status, 200);
    let ended = app.get(&format!("/api/v1/invocations/{id}")).await.ok()["endedAt"].as_i64().unwrap();
    while UnixMillis::now().0 <= ended {
        tokio::task::yield_now().await;
    }
    app.store.prune_journals(UnixMillis::now(), 10).await.unwrap();
    let gone = app.get(&path(&id)).await;
    assert_eq!(gone.refusal(), (410, "journal_gone".into()));
    assert!(gone.error().contains("journal_retention_ms"), "{}", gone.error());

    let (_stream, run) = app.puppet_stream("p", json!({})).await;
    assert_eq!(app.get(&path(run.id())).await.refusal(), (409, "not_durable".into()));

    let mut first = app.stream("q", "wait", json!({"appName": "recorded"})).await;
    first.next().await;
    let second = app.stream("q", "later", json!({"appName": "recorded", "ifBusy": "queue"})).await;
    assert_eq!(app.get(&path(second.invocation_id())).await.refusal(), (409, "not_begun".into()));

    let unknown = app.get(&path("01890000-0000-7000-8000-000000000000")).await;
    assert_eq!(unknown.refusal(), (404, "invocation_not_found".into()));
    assert_eq!(app.get(&path("x")).await.refusal().0, 422);
}
