//! `GET /invocations/{id}/events`: from any point, while it runs and afterwards.

use reqwest::Method;
use serde_json::json;

use crate::support::{EventSource, Frame, TestApp};

async fn listen(app: &TestApp, id: &str, query: &str) -> EventSource {
    EventSource::open(app.request(Method::GET, &format!("/api/v1/invocations/{id}/events{query}"))).await
}

fn ids(frames: &[Frame]) -> Vec<u64> {
    frames.iter().filter_map(|frame| frame.id).collect()
}

#[tokio::test]
async fn a_finished_run_is_replayed_from_where_the_client_was() {
    let app = TestApp::start();
    let mut stream = app.stream("s", "hi", json!({"streaming": false})).await;
    let original = stream.rest().await;
    let id = stream.invocation_id();
    let mut replay = listen(&app, &id, "").await;
    assert_eq!(replay.headers["x-invocation-id"], id);
    assert_eq!(replay.headers["content-type"], "text/event-stream");
    assert_eq!(replay.rest().await, original);
    assert_eq!(ids(&listen(&app, &id, "?after=1").await.rest().await), [2]);
    for after in [2, 3, u64::MAX] {
        let mut replay = listen(&app, &id, &format!("?after={after}")).await;
        assert_eq!((replay.status.as_u16(), replay.rest().await), (200, Vec::new()));
    }
}

#[tokio::test]
async fn the_header_of_a_browser_that_reconnects_wins() {
    let app = TestApp::start();
    let mut stream = app.stream("s", "hi", json!({})).await;
    stream.rest().await;
    let path = format!("/api/v1/invocations/{}/events?after=0", stream.invocation_id());
    let request = |value: &str| app.request(Method::GET, &path).header("last-event-id", value);
    assert_eq!(ids(&EventSource::open(request("1")).await.rest().await), [2]);
    assert_eq!(ids(&EventSource::open(request("")).await.rest().await), [1, 2]);
    assert_eq!(EventSource::open(request("x")).await.status, 422);
}

#[tokio::test]
async fn a_running_one_is_replayed_and_then_followed() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    for text in ["a", "b", "c"] {
        run.say(text).await;
    }
    let mut replay = listen(&app, &run.id().to_string(), "?after=1").await;
    assert_eq!(replay.next().await.unwrap().text(), "b");
    assert_eq!(replay.next().await.unwrap().text(), "c");
    run.whisper("d").await;
    assert_eq!(replay.next().await.unwrap().text(), "d");
    run.say("d!").await;
    run.finish();
    assert_eq!(ids(&replay.rest().await), [4, 5]);
    assert_eq!(ids(&stream.rest().await), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_replay_may_be_without_partial_events() {
    let app = TestApp::start();
    let (_stream, run) = app.puppet_stream("s", json!({})).await;
    let mut replay = listen(&app, &run.id().to_string(), "?streaming=false").await;
    run.whisper("a").await;
    run.say("a!").await;
    assert_eq!(replay.next().await.unwrap().text(), "a!");
}

#[tokio::test]
async fn whoever_comes_whenever_sees_everything_once() {
    const EVENTS: u64 = 600;
    let app = TestApp::start();
    let (stream, run) = app.puppet_stream("s", json!({})).await;
    let id = run.id().to_string();
    let talk = async {
        for number in 1..EVENTS {
            run.say(&number.to_string()).await;
            if number % 50 == 0 {
                tokio::task::yield_now().await;
            }
        }
        run.finish();
    };
    let listeners = (0..20).map(|index| {
        let (app, id) = (&app, &id);
        async move {
            let after = index * 20;
            let mut replay = listen(app, id, &format!("?after={after}")).await;
            assert_eq!(ids(&replay.rest().await), (after + 1..=EVENTS).collect::<Vec<_>>());
        }
    });
    let first = async {
        let mut stream = stream;
        assert_eq!(ids(&stream.rest().await), (1..=EVENTS).collect::<Vec<_>>());
    };
    tokio::join!(talk, futures::future::join_all(listeners), first);
}

#[tokio::test]
async fn ends_are_shown_as_they_were() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("failed", json!({})).await;
    run.fail("no_luck", "bad luck");
    let original = stream.rest().await;
    assert_eq!(listen(&app, &stream.invocation_id(), "").await.rest().await, original);
    assert_eq!(original[0].data["error"], "bad luck");

    let (mut stream, run) = app.puppet_stream("cancelled", json!({})).await;
    app.post(&format!("/api/v1/invocations/{}/cancel", run.id()), json!({})).await.ok();
    let original = stream.rest().await;
    assert_eq!(listen(&app, &stream.invocation_id(), "").await.rest().await, original);
    assert_eq!(original[0].data["errorMessage"], "Invocation cancelled");
}

#[tokio::test]
async fn there_is_nothing_to_replay_of_what_never_was() {
    let app = TestApp::start();
    let unknown = app.get("/api/v1/invocations/01890000-0000-7000-8000-000000000000/events").await;
    assert_eq!(unknown.refusal(), (404, "invocation_not_found".into()));
    assert_eq!(app.get("/api/v1/invocations/nonsense/events").await.refusal(), (422, "invalid".into()));
}
