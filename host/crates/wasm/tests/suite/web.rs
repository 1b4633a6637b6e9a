//! HTTP: who may ask whom, what is read of an answer, and what is not asked twice; by our interface and by WASI's.

use std::time::Duration;

use rak_core::{AgentGrants, InvocationId, InvocationStatus, OnDisconnect, RunConfig};
use rak_runner::RunnerSettings;
use rak_test_guests::fixture;
use rak_wasm::AgentSettings;
use serde_json::{Value, json};

use crate::lives::{PATIENCE, agent, program, text};
use crate::place::{Place, next};

impl Place {
    async fn asks(&self, steps: &Value) -> InvocationId {
        let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
        self.start(&steps.to_string(), config).await.0
    }

    /// What a run saw of each step.
    async fn learned(&self, id: InvocationId) -> Value {
        let events = self.end(id).await;
        let last = events.last().expect("an event");
        assert_eq!(last.error_code, None, "{last:?}");
        let saw: Vec<Value> = serde_json::from_str(&text(last)).expect("what it saw");
        saw.into_iter().map(|mut entry| entry[1].take()).collect()
    }

    /// Waits until so many requests are answered at once.
    async fn answering(&self, number: usize) {
        let mut answering = self.disk.world.answering();
        let answers = answering.wait_for(|answering| *answering == number);
        tokio::time::timeout(PATIENCE, answers).await.expect("in time").expect("the world");
    }
}

fn fetch(path: &str) -> Value {
    json!({"op": "fetch", "path": path})
}

fn post(path: &str, body: &str) -> Value {
    json!({"op": "fetch", "method": "POST", "path": path, "body": body})
}

fn wasi(requests: &Value) -> Value {
    json!({"op": "wasi", "requests": requests})
}

#[tokio::test]
async fn an_agent_gets_what_it_asks_for() {
    let place = Place::new(program());
    let steps = json!([
        fetch("/hello"),
        fetch("/missing"),
        {"op": "fetch", "method": "PUT", "path": "/echo", "body": "text", "key": "k"},
        {"op": "fetch", "path": "/echo", "credential": "key"},
        fetch("/gone"),
        {"op": "fetch", "path": "/echo", "credential": "other"},
        wasi(&json!([{"path": "/hello"}, {"path": "/missing"}, {"method": "POST", "path": "/echo", "body": "text", "key": "k"}])),
        wasi(&json!([{"path": "/gone"}])),
    ]);
    let id = place.asks(&steps).await;
    let learned = place.learned(id).await;
    let expected = json!([
        [200, "hello"],
        [404, "nothing here"],
        [200, "PUT Idempotency-Key=k text"],
        [200, "GET key "],
        {"failure": "unavailable"},
        {"failure": "denied"},
        [[200, "hello"], [404, "nothing here"], [200, "POST idempotency-key=k text"]],
        [{"error": "ErrorCode::InternalError(Some(\"nobody is there\"))"}],
    ]);
    assert_eq!(learned, expected);
}

#[tokio::test]
async fn an_agent_asks_the_places_that_it_is_granted() {
    let granted = |places: &[&str]| {
        let http = places.iter().map(|place| place.parse().expect("a place")).collect();
        let grants = AgentGrants { http, ..AgentGrants::default() };
        Place::new(agent(fixture("program"), AgentSettings { grants, ..AgentSettings::default() }))
    };
    let steps = json!([fetch("/hello"), {"op": "web", "path": "/hello"}, {"op": "head"}, wasi(&json!([{"path": "/hello"}]))]);
    let denied = json!({"failure": "denied"});
    let refused = json!([{"error": "ErrorCode::HttpRequestDenied"}]);
    for (places, expected) in [
        (&[][..], json!([denied, null, denied, refused])),
        (&["world.example:444", "http://world.example"], json!([denied, null, denied, refused])),
        (&["*.example"], json!([[200, "hello"], null, [200, "text/plain"], [[200, "hello"]]])),
    ] {
        let place = granted(places);
        let id = place.asks(&steps).await;
        assert_eq!(place.learned(id).await, expected, "{places:?}");
    }
}

#[tokio::test]
async fn an_answer_is_read_in_pieces_while_it_comes() {
    let place = Place::new(program());
    let steps = json!([
        {"op": "web", "path": "/pieces"},
        {"op": "any_web", "ms": null},
        {"op": "head"},
        {"op": "any_web", "ms": null},
        {"op": "bytes", "max": 2},
        {"op": "web_ready"},
        {"op": "bytes", "max": 2},
        {"op": "web_ready"},
        {"op": "any_web", "ms": 1},
        {"op": "say"},
        {"op": "bytes", "max": 1},
        {"op": "head"},
    ]);
    let (id, mut events) = place.start(&steps.to_string(), RunConfig::default()).await;
    next(&mut events).await;
    place.disk.world.let_answer();
    drop(events);
    let learned = place.learned(id).await;
    let ok = json!([200, "text/plain"]);
    let expected = json!([null, [0], ok, [0], "on", true, "e", false, [], 1, "t", ok]);
    assert_eq!(learned, expected);
}

#[tokio::test]
async fn an_answer_that_nobody_wants_is_given_up() {
    let place = Place::new(program());
    let steps = json!([
        {"op": "web", "path": "/pieces"},
        {"op": "head"},
        {"op": "drop_web"},
        {"op": "web", "path": "/slow"},
        {"op": "give_up_web"},
        {"op": "head"},
        {"op": "approve"},
    ]);
    let id = place.asks(&steps).await;
    place.status(id, InvocationStatus::Waiting).await;
    place.answering(0).await;
    place.cancelled(id).await;
    for steps in [
        json!([fetch("/slow")]),
        json!([{"op": "web", "path": "/pieces"}, {"op": "bytes", "max": 100}, {"op": "bytes", "max": 100}]),
        json!([wasi(&json!([{"path": "/slow"}]))]),
    ] {
        let id = place.asks(&steps).await;
        place.answering(1).await;
        place.cancelled(id).await;
        place.answering(0).await;
    }
}

#[tokio::test]
async fn an_agent_has_so_many_answers_open() {
    let place = Place::new(program());
    let mut steps = vec![json!({"op": "web", "path": "/hello"}); 65];
    steps.extend([json!({"op": "drop_web"}), json!({"op": "web", "path": "/hello"})]);
    let id = place.asks(&json!(steps)).await;
    let learned = place.learned(id).await;
    let too_many = json!({"failure": "limit-exceeded"});
    assert_eq!((&learned[63], &learned[64], &learned[66]), (&Value::Null, &too_many, &Value::Null));
    // An answer of WASI's is in memory as a whole, until it is read.
    let all = |number: usize| wasi(&json!(vec![json!({"path": "/hello"}); number]));
    let id = place.asks(&json!([all(16), all(16), all(17)])).await;
    let learned = place.learned(id).await;
    assert_eq!(
        json!([learned[0], learned[1]]),
        json!([vec![json!([200, "hello"]); 16], vec![json!([200, "hello"]); 16]])
    );
    assert_eq!(learned[2]["failure"], "failed");
}

/// A crash while the last of these steps waits; what it learned in the end, and what the server was sent again.
async fn over_a_crash(steps: &Value) -> (Value, Vec<String>) {
    let mut place = Place::new(program());
    let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
    let (id, mut events) = place.start(&steps.to_string(), config).await;
    if steps.to_string().contains("\"say\"") {
        next(&mut events).await;
    }
    let waits = async {
        while !place.disk.world.sent().iter().any(|sent| sent.contains("/slow") || sent.contains("/pieces")) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.expect("it is asked");
    let before = place.disk.world.sent().len();
    place.crash();
    place.disk.world.let_answer();
    place.runner.recover().await.expect("the store");
    let learned = place.learned(id).await;
    (learned, place.disk.world.sent().split_off(before))
}

/// What was answered is not asked again; what was cut off is, where that does no harm.
#[tokio::test]
async fn after_the_end_of_a_host_nothing_is_done_twice() {
    let unknown = json!({"failure": "conflict", "code": "unknown_outcome"});
    let interrupted = json!({"failure": "unavailable", "code": "interrupted"});
    let slow = json!({"op": "web", "path": "/slow"});
    let pieces = json!({"op": "web", "path": "/pieces"});
    let (say, bytes) = (json!({"op": "say"}), json!({"op": "bytes", "max": 9}));
    let keyed = json!({"op": "fetch", "method": "POST", "path": "/slow", "key": "k", "body": "one"});
    for (steps, expected, again) in [
        (
            json!([post("/echo", "one"), fetch("/slow")]),
            json!([[200, "POST  one"], [200, "at last"]]),
            &["GET /slow "][..],
        ),
        (json!([post("/slow", "one"), fetch("/hello")]), json!([unknown, [200, "hello"]]), &["GET /hello "]),
        (json!([keyed]), json!([[200, "at last"]]), &["POST /slow one"]),
        (json!([pieces, bytes, say, bytes]), json!([null, "one", 1, interrupted]), &[]),
        (
            json!([slow, say, {"op": "head"}, bytes]),
            json!([null, 1, [200, "text/plain"], "at last"]),
            &["GET /slow "],
        ),
        (
            json!([{"op": "web", "method": "POST", "path": "/slow"}, say, {"op": "head"}, bytes]),
            json!([null, 1, unknown, unknown]),
            &[],
        ),
    ] {
        let (learned, sent) = over_a_crash(&steps).await;
        assert_eq!(
            (learned, sent),
            (expected, again.iter().map(|sent| (*sent).to_owned()).collect()),
            "{steps}"
        );
    }
}

#[tokio::test]
async fn after_the_end_of_a_host_nothing_is_done_twice_by_wasi() {
    let echo = |body: &str| json!({"method": "POST", "path": "/echo", "body": body});
    let steps = json!([
        wasi(&json!([echo("one"), {"path": "/hello"}])),
        wasi(&json!([{"path": "/slow"}])),
        wasi(&json!([echo("two")]))
    ]);
    let (learned, sent) = over_a_crash(&steps).await;
    let expected = json!([[[200, "POST  one"], [200, "hello"]], [[200, "at last"]], [[200, "POST  two"]]]);
    assert_eq!((learned, sent), (expected, vec!["GET /slow ".to_owned(), "POST /echo two".to_owned()]));

    let steps = json!([wasi(&json!([{"method": "POST", "path": "/slow", "body": "one"}])), fetch("/hello")]);
    let (learned, sent) = over_a_crash(&steps).await;
    assert!(
        learned[0][0]["error"].as_str().is_some_and(|error| error.contains("not sent again")),
        "{learned}"
    );
    assert_eq!((&learned[1], sent), (&json!([200, "hello"]), vec!["GET /hello ".to_owned()]));
}

/// Nobody could say whether it was done.
#[tokio::test]
async fn a_pause_waits_for_what_may_not_be_asked_twice() {
    let settings = RunnerSettings { longest_wait_in_memory: Duration::ZERO, ..RunnerSettings::default() };
    for slow in [post("/slow", "one"), wasi(&json!([{"method": "POST", "path": "/slow", "body": "one"}]))] {
        let place = Place::with(program(), settings.clone());
        let id = place.asks(&json!([slow, fetch("/hello")])).await;
        place.answering(1).await;
        assert!(place.runner.pause(id).await.is_ok());
        place.disk.world.let_answer();
        place.answering(0).await;
        place.status(id, InvocationStatus::Paused).await;
        assert!(place.runner.resume(id).await.is_ok());
        place.learned(id).await;
        assert_eq!(place.disk.world.sent(), ["POST /slow one", "GET /hello "], "{slow}");
    }
}
