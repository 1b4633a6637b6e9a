//! Who may start, who waits, and what a start that is repeated comes to.

use std::num::NonZeroU32;

use rak_core::{AgentQuota, InvocationId, Quota};
use rak_runner::{AgentAdmission, Rate, UserAdmission};
use serde_json::{Value, json};

use crate::support::agents::PuppetRun;
use crate::support::{EventSource, TestApp, message};

/// A host with one place, which a run of `ann` has.
async fn busy(app: &TestApp) -> (EventSource, PuppetRun) {
    app.puppet_stream("busy", json!({"userId": "ann"})).await
}

fn body(text: &str, options: &Value) -> Value {
    let mut body = json!({"newMessage": message(text), "appName": "puppet"});
    body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    body
}

async fn position(app: &TestApp, id: &str) -> Value {
    let body = app.get(&format!("/api/v1/invocations/{id}")).await.ok();
    json!([body["status"], body["queuePosition"]])
}

#[tokio::test]
async fn what_waits_for_a_place_says_where_it_is() {
    let app = TestApp::start_with(|_, runner| runner.max_invocations = 1);
    let (_first, run) = busy(&app).await;
    let mut second = app.stream("b", "second", json!({"appName": "puppet"})).await;
    let mut urgent = app.stream("c", "urgent", json!({"appName": "puppet", "priority": 7})).await;
    let (second_id, urgent_id) = (second.invocation_id(), urgent.invocation_id());
    assert_eq!(position(&app, &urgent_id).await, json!(["queued", 0]));
    assert_eq!(position(&app, &second_id).await, json!(["queued", 1]));
    let list = app.get("/api/v1/invocations").await.ok();
    let positions: Vec<_> =
        list["invocations"].as_array().unwrap().iter().map(|body| &body["queuePosition"]).collect();
    assert_eq!(positions, [&json!(0), &json!(1), &Value::Null]);
    run.finish();
    let run = app.next_run().await;
    assert_eq!(run.input.text(), "urgent");
    run.finish();
    app.next_run().await.finish();
    assert_eq!(urgent.rest().await.len(), 1);
    assert_eq!(second.rest().await.len(), 1);
    assert_eq!(position(&app, &second_id).await, json!(["completed", null]));
}

#[tokio::test]
async fn a_socket_has_priorities_too() {
    let app = TestApp::start_with(|_, runner| runner.max_invocations = 1);
    let (_first, run) = busy(&app).await;
    let mut socket = app.socket().await;
    let low = socket.run("a", "low", json!({"appName": "puppet", "priority": -1})).await;
    let high = socket.run("b", "high", json!({"appName": "puppet", "priority": 1})).await;
    assert_eq!(position(&app, &high).await, json!(["queued", 0]));
    socket.cancel(&low).await;
    assert_eq!(socket.next_of("cancelled").await["invocationId"], low);
    assert_eq!(socket.next_of("event").await["data"]["errorCode"], "cancelled");
    socket.next_of("completed").await;
    run.finish();
    let run = app.next_run().await;
    assert_eq!(run.id().to_string(), high);
}

#[tokio::test]
async fn who_starts_too_fast_is_told_when_to_come_again() {
    let app = TestApp::start_with(|_, runner| {
        let rate = Rate { burst: NonZeroU32::MIN, ..Rate::per_minute(NonZeroU32::new(2).unwrap()) };
        runner.admission.user = UserAdmission { rate: Some(rate), ..UserAdmission::default() };
    });
    let path = "/api/v1/sessions/s/run";
    app.post(path, json!({"newMessage": message("hi")})).await.ok();
    for path in [path.to_owned(), format!("{path}/sse")] {
        let answer = app.post(&path, json!({"newMessage": message("hi")})).await;
        assert_eq!(answer.refusal(), (429, "rate_limited".into()));
        // Some of the half minute may be over, but not much of it.
        let milliseconds = answer.json()["retryAfterMs"].as_u64().unwrap();
        let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=30_000).contains(&milliseconds), "{milliseconds}");
        assert_eq!(seconds, milliseconds.div_ceil(1000));
    }
    let mut socket = app.socket().await;
    socket.send(&json!({"type": "run", "sessionId": "s", "newMessage": message("hi")})).await;
    socket.next_of("started").await;
    let error = socket.next_of("error").await;
    assert_eq!(error["code"], "rate_limited");
    assert!(error["retryAfterMs"].as_u64().unwrap() <= 30_000);
    socket.next_of("completed").await;
    app.post(path, json!({"newMessage": message("hi"), "userId": "somebody else"})).await.ok();
}

#[tokio::test]
async fn a_repeated_start_is_answered_from_the_first() {
    let app = TestApp::start();
    let options = json!({"appName": "puppet", "idempotencyKey": "k"});
    let mut first = app.stream("s", "go", options.clone()).await;
    let run = app.next_run().await;
    let id = first.invocation_id();
    run.say("one").await;
    let mut again = app.stream("s", "go", options.clone()).await;
    assert_eq!(again.invocation_id(), id);
    let mut socket = app.socket_v2().await;
    assert_eq!(socket.run("s", "go", options.clone()).await, id);
    // A conflict names the invocation.
    let answer = app.post("/api/v1/sessions/s/run", body("something else", &options)).await;
    assert_eq!(answer.refusal(), (409, "idempotency_conflict".into()));
    assert_eq!(answer.json()["invocationId"], id);

    let answer = app.post("/api/v1/sessions/s/run", body("go", &options));
    let (answer, ()) = tokio::join!(answer, async {
        run.say("two").await;
        run.finish();
    });
    let seen: Vec<_> = first.rest().await.into_iter().map(|frame| frame.data).collect();
    assert_eq!(seen.len(), 3);
    let repeated: Vec<_> = again.rest().await.into_iter().map(|frame| frame.data).collect();
    assert_eq!(repeated, seen);
    let answer = answer.ok();
    assert_eq!((answer["invocationId"].as_str().unwrap(), &answer["events"]), (&*id, &json!(seen)));
    for event in &seen {
        assert_eq!(socket.next_of("event").await["data"]["id"], event["id"]);
    }
    assert_eq!(socket.next_of("completed").await["invocationId"], id);
    // Afterwards, too.
    let answer = app.post("/api/v1/sessions/s/run", body("go", &options)).await;
    assert_eq!(answer.headers["x-invocation-id"], id);
    assert_eq!(answer.ok()["events"], json!(seen));
}

#[tokio::test]
async fn whoever_repeated_it_on_a_socket_may_cancel_it() {
    let app = TestApp::start();
    let options = json!({"appName": "puppet", "idempotencyKey": "k"});
    let mut first = app.socket().await;
    let id = first.run("s", "go", options.clone()).await;
    let run = app.next_run().await;
    let mut second = app.socket().await;
    assert_eq!(second.run("s", "go", options).await, id);
    second.cancel(&id).await;
    run.stopped().await;
    for socket in [&mut first, &mut second] {
        assert_eq!(socket.next_of("cancelled").await["invocationId"], id);
        assert_eq!(socket.next_of("event").await["data"]["errorCode"], "cancelled");
        assert_eq!(socket.next_of("completed").await["invocationId"], id);
    }
}

#[tokio::test]
async fn what_is_no_key_and_no_priority_is_refused() {
    let app = TestApp::start();
    let long = "x".repeat(257);
    for (key, value) in [
        ("idempotencyKey", json!(long)),
        ("idempotencyKey", json!("")),
        ("idempotencyKey", json!("a\nb")),
        ("idempotencyKey", json!(1)),
        ("priority", json!(101)),
        ("priority", json!(-101)),
        ("priority", json!("high")),
    ] {
        let answer = app.post("/api/v1/sessions/s/run", body("hi", &json!({key: value.clone()}))).await;
        assert_eq!(answer.refusal(), (422, "invalid".into()), "{key} {value}");
        assert!(answer.error().starts_with(key), "{}", answer.error());
    }
    assert_eq!(app.get(&format!("/api/v1/invocations/{}", InvocationId::new())).await.status, 404);
}

#[tokio::test]
async fn a_quota_that_is_used_up_says_which_and_until_when() {
    let app = TestApp::start_with(|_, runner| {
        let quota = Quota { invocations: Some(2), ..Quota::default() };
        runner.admission.user = UserAdmission { quota, ..UserAdmission::default() };
    });
    let path = "/api/v1/sessions/s/run";
    let say = || json!({"newMessage": message("hi"), "userId": "ann"});
    for _ in 0..2 {
        app.post(path, say()).await.ok();
    }
    let answer = app.post(path, say()).await;
    assert_eq!(answer.refusal(), (429, "quota_exceeded".into()));
    assert!(answer.error().contains("invocations = 2"), "{}", answer.error());
    let milliseconds = answer.json()["retryAfterMs"].as_u64().unwrap();
    let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds <= 24 * 60 * 60 && seconds == milliseconds.div_ceil(1000).max(1));
    let mut socket = app.socket().await;
    socket.run("s", "hi", json!({"userId": "ann"})).await;
    let error = socket.next_of("error").await;
    assert_eq!(error["code"], "quota_exceeded");
    assert!(error["retryAfterMs"].is_u64());
    socket.next_of("completed").await;
    app.post(path, json!({"newMessage": message("hi"), "userId": "bob"})).await.ok();
}

#[tokio::test]
async fn tokens_that_are_used_up_are_a_users_or_an_agents() {
    let app = TestApp::start_with(|_, runner| {
        let quota = Quota { model_tokens: Some(3), ..Quota::default() };
        runner.admission.user = UserAdmission { quota, ..UserAdmission::default() };
        let agent =
            AgentAdmission { quota: AgentQuota { model_tokens: Some(6) }, ..AgentAdmission::default() };
        runner.admission.agents.insert("echo".parse().unwrap(), agent);
    });
    let path = "/api/v1/sessions/s/run";
    let say = |user: &str| json!({"newMessage": message("hi"), "userId": user});
    let refused_as = async |user: &str, expected: [&str; 2]| {
        let answer = app.post(path, say(user)).await;
        assert_eq!(answer.refusal(), (429, "quota_exceeded".into()));
        assert!(answer.json()["retryAfterMs"].is_u64() && answer.headers.contains_key("retry-after"));
        let error = answer.error();
        assert!(expected.iter().all(|part| error.contains(part)), "{error}");
    };
    let answer = app.post(path, say("ann")).await.ok();
    let id = answer["invocationId"].as_str().unwrap();
    let usage = &app.get(&format!("/api/v1/invocations/{id}")).await.ok()["usage"];
    assert_eq!((&usage["inputTokens"], &usage["outputTokens"]), (&json!(2), &json!(1)));
    refused_as("ann", ["the user \"ann\"", "model_tokens = 3"]).await;
    app.post(path, say("bob")).await.ok();
    refused_as("eve", ["the agent \"echo\"", "model_tokens = 6"]).await;
}
