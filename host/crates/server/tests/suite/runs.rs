//! Runs over `run` and `run/sse`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Frame, TestApp, message, soon};

fn texts(events: &Value) -> Vec<&str> {
    let events = events.as_array().unwrap().iter();
    events.filter_map(|event| event["content"]["parts"][0]["text"].as_str()).collect()
}

#[tokio::test]
async fn a_run_gives_its_events() {
    let app = TestApp::start();
    let answer = app.post("/api/v1/sessions/s/run", json!({"newMessage": message("hi"), "more": 1})).await;
    let id = answer.headers["x-invocation-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.headers["content-type"], "application/json");
    let body = answer.ok();
    assert_eq!(body["invocationId"], id);
    assert!(body.get("error").is_none());
    let events = body["events"].as_array().unwrap();
    assert_eq!(texts(&body["events"]), ["echo: hi"]);
    assert_eq!(events.iter().map(|event| event["seq"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(events[0]["author"], "echo");
    assert_eq!(events[1]["turnComplete"], true);
}

#[tokio::test]
async fn a_run_gives_partial_events_only_when_asked() {
    let app = TestApp::start();
    let body = json!({"newMessage": message("hi"), "streaming": true});
    let body = app.post("/api/v1/sessions/s/run", body).await.ok();
    assert_eq!(texts(&body["events"]), ["ec", "ho", "echo: hi"]);
    assert_eq!(body["events"][0]["partial"], true);
}

#[tokio::test]
async fn the_role_and_the_case_of_keys_are_the_clients_choice() {
    let app = TestApp::start();
    let body = json!({"newMessage": {"parts": [{"inline_data": {"mime_type": "a/b", "data": "AQ=="}}, {"text": "x"}]}});
    let body = app.post("/api/v1/sessions/s/run", body).await.ok();
    assert_eq!(texts(&body["events"]), ["echo: x"]);
    let history = app.get("/api/v1/sessions/s/events?limit=1").await.ok();
    assert_eq!(history["events"][0]["content"]["role"], "user");
}

#[tokio::test]
async fn a_run_that_fails_says_so_beside_its_events() {
    let app = TestApp::start();
    let body = json!({"newMessage": message("go"), "appName": "puppet"});
    let (answer, ()) = tokio::join!(app.post("/api/v1/sessions/s/run", body), async {
        let run = app.next_run().await;
        run.say("almost").await;
        run.fail("no_luck", "the \"luck\" ran out");
    });
    let body = answer.ok();
    assert_eq!((&body["error"], &body["code"]), (&json!("the \"luck\" ran out"), &json!("no_luck")));
    assert_eq!(body["events"][1]["errorMessage"], "the \"luck\" ran out");
}

#[tokio::test]
async fn a_stream_is_made_of_numbered_frames() {
    let app = TestApp::start();
    let mut stream = app.stream("s", "hi", json!({})).await;
    assert_eq!(stream.status, 200);
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-cache");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    let frames = stream.rest().await;
    let ids: Vec<_> = frames.iter().map(|frame| frame.id).collect();
    assert_eq!(ids, [None, None, Some(1), Some(2)]);
    assert_eq!(frames.iter().map(Frame::text).collect::<Vec<_>>(), ["ec", "ho", "echo: hi", ""]);
    assert!(frames.iter().all(|frame| frame.data["invocationId"] == stream.invocation_id()));
    assert_eq!(frames[3].data["turnComplete"], true);
}

#[tokio::test]
async fn a_stream_may_be_without_partial_events() {
    let app = TestApp::start();
    let frames = app.stream("s", "hi", json!({"streaming": false})).await.rest().await;
    assert_eq!(frames.iter().map(|frame| frame.id).collect::<Vec<_>>(), [Some(1), Some(2)]);
}

#[tokio::test]
async fn events_are_sent_when_they_happen() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    run.whisper("on").await;
    assert_eq!(stream.next().await.unwrap().text(), "on");
    run.progress("halfway", 1, 2).await;
    let frame = stream.next().await.unwrap();
    assert_eq!(frame.data["progress"], json!({"message": "halfway", "done": 1, "total": 2}));
    run.say("one").await;
    assert_eq!(stream.next().await.unwrap().id, Some(1));
    run.finish();
    assert_eq!(stream.next().await.unwrap().id, Some(2));
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_failed_run_has_its_failure_in_the_place_of_the_terminal_event() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    run.say("one").await;
    run.fail("no_luck", "bad luck");
    let frames = stream.rest().await;
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[1].id, Some(2));
    let expected = json!({
        "error": "bad luck", "code": "no_luck", "invocationId": stream.invocation_id(),
        "errorDetails": {"kind": "failed"},
    });
    assert_eq!(frames[1].data, expected);
}

#[tokio::test]
async fn a_cancelled_run_ends_with_its_terminal_event() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    app.post(&format!("/api/v1/invocations/{}/cancel", run.id()), json!({})).await.ok();
    let frames = stream.rest().await;
    let event = &frames.last().unwrap().data;
    assert_eq!(event["author"], "system");
    assert_eq!(event["errorMessage"], "Invocation cancelled");
    assert_eq!((&event["turnComplete"], &event["interrupted"]), (&json!(true), &json!(true)));
    assert!(event.get("error").is_none());
}

#[tokio::test]
async fn a_run_that_takes_too_long_fails() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({"timeoutMs": 1})).await;
    run.stopped().await;
    let frames = stream.rest().await;
    assert_eq!(frames.last().unwrap().data["code"], "timed_out");
    assert_eq!(app.ended(run.id()).await["status"], "timed_out");
}

#[tokio::test]
async fn a_busy_session_refuses_queues_or_is_interrupted() {
    let app = TestApp::start();
    let (mut first, run) = app.puppet_stream("s", json!({})).await;
    let refused = app.stream("s", "again", json!({"appName": "puppet"})).await;
    assert_eq!(refused.status, 409);
    let body = json!({"newMessage": message("again"), "appName": "puppet"});
    let refused = app.post("/api/v1/sessions/s/run", body).await;
    assert_eq!(refused.refusal(), (409, "session_busy".into()));
    assert_eq!(refused.json()["invocationId"], first.invocation_id());

    let mut queued = app.stream("s", "queued", json!({"appName": "puppet", "ifBusy": "queue"})).await;
    let status = app.get(&format!("/api/v1/invocations/{}", queued.invocation_id())).await.ok();
    assert_eq!(status["status"], "queued");
    run.finish();
    first.rest().await;
    let run = app.next_run().await;
    assert_eq!(run.input.text(), "queued");

    let interrupting = app.stream("s", "now", json!({"appName": "puppet", "ifBusy": "interrupt"})).await;
    run.stopped().await;
    assert_eq!(queued.rest().await.last().unwrap().data["errorCode"], "superseded");
    let run = app.next_run().await;
    assert_eq!((run.input.text().as_str(), run.id().to_string()), ("now", interrupting.invocation_id()));
    run.finish();
}

#[tokio::test]
async fn a_session_is_made_by_its_first_run_for_whoever_it_names() {
    let app = TestApp::start();
    app.stream("plain", "hi", json!({})).await.rest().await;
    let session = app.get("/api/v1/sessions/plain").await.ok();
    assert_eq!((&session["appName"], &session["userId"]), (&json!("echo"), &json!("user")));
    let named = json!({"newMessage": message("hi"), "userId": "ann", "appName": "echo"});
    app.post("/api/v1/sessions/named/run", named).await.ok();
    assert_eq!(app.get("/api/v1/sessions/named").await.ok()["userId"], "ann");
    let unknown = json!({"newMessage": message("hi"), "appName": "nobody"});
    let answer = app.post("/api/v1/sessions/s/run/sse", unknown).await;
    assert_eq!(answer.refusal(), (404, "agent_not_found".into()));
}

#[tokio::test]
async fn without_a_default_the_agent_has_to_be_named() {
    let app = TestApp::start_with(|_, runner| runner.default_app = None);
    let answer = app.post("/api/v1/sessions/s/run", json!({"newMessage": message("hi")})).await;
    assert_eq!(answer.refusal(), (422, "agent_unnamed".into()));
    assert!(answer.error().contains("echo, puppet"));
}

#[tokio::test]
async fn a_full_host_says_when_to_try_again() {
    let app = TestApp::start_with(|_, runner| {
        runner.max_invocations = 1;
        runner.admission.max_queued = 0;
    });
    let (_stream, _run) = app.puppet_stream("a", json!({})).await;
    let answer = app.post("/api/v1/sessions/b/run", json!({"newMessage": message("hi")})).await;
    assert_eq!(answer.refusal(), (503, "full".into()));
    assert_eq!(
        (&answer.headers["retry-after"], &answer.json()["retryAfterMs"]),
        (&"1".parse().unwrap(), &json!(1000))
    );
}

#[tokio::test]
async fn a_full_queue_says_when_to_try_again() {
    let app = TestApp::start();
    let (_stream, _run) = app.puppet_stream("s", json!({})).await;
    let mut waiting = Vec::new();
    let full = loop {
        let stream = app.stream("s", "next", json!({"appName": "puppet", "ifBusy": "queue"})).await;
        if stream.status != 200 {
            break stream;
        }
        waiting.push(stream);
        assert!(waiting.len() < 1000);
    };
    assert_eq!((full.status.as_u16(), full.headers["retry-after"].to_str().unwrap()), (429, "1"));
}

#[tokio::test]
async fn options_that_mean_nothing_are_refused() {
    let app = TestApp::start();
    for (key, value) in [
        ("onDisconnect", json!("sometimes")),
        ("onDisconnect", json!({"graceMs": -1})),
        ("onDisconnect", json!({"grace": 1})),
        ("ifBusy", json!("wait")),
        ("timeoutMs", json!(0)),
        ("timeoutMs", json!("1")),
        ("streaming", json!("yes")),
        ("appName", json!("a b")),
        ("userId", json!(["x"])),
        ("newMessage", json!({"parts": [{}]})),
    ] {
        let mut body = json!({"newMessage": message("hi")});
        body[key] = value.clone();
        let answer = app.post("/api/v1/sessions/s/run", body).await;
        assert_eq!(answer.refusal(), (422, "invalid".into()), "{key} {value}");
        assert!(answer.error().starts_with(key), "{}", answer.error());
    }
    let longest =
        json!({"newMessage": message("hi"), "timeoutMs": u64::MAX, "onDisconnect": {"graceMs": u64::MAX}});
    app.post("/api/v1/sessions/s/run", longest).await.ok();
}

#[tokio::test]
async fn a_quiet_stream_is_kept_alive_with_comments() {
    let app = TestApp::start_with(|settings, _| settings.keep_alive = Duration::from_millis(5));
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    stream.next_comment().await;
    stream.next_comment().await;
    run.finish();
    soon(stream.rest()).await;
}
