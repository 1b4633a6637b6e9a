//! Models: who may ask which, what the client sees, what it costs, and what is not asked twice.

use std::time::Duration;

use futures::StreamExt as _;
use rak_core::{AgentGrants, Event, InvocationId, InvocationStatus, OnDisconnect, RunConfig, Usage};
use rak_runner::RunnerSettings;
use rak_test_guests::fixture;
use rak_wasm::{AgentSettings, Limits};
use serde_json::{Value, json};

use crate::lives::{PATIENCE, agent, program, text};
use crate::place::{Place, next};
use crate::world::READ;

impl Place {
    async fn thinks(&self, steps: &Value) -> InvocationId {
        let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
        self.start(&steps.to_string(), config).await.0
    }

    /// What a run saw of each step.
    async fn thought(&self, id: InvocationId) -> Vec<Value> {
        let events = self.end(id).await;
        let last = events.last().expect("an event");
        assert_eq!(last.error_code, None, "{last:?}");
        let saw: Vec<Value> = serde_json::from_str(&text(last)).expect("what it saw");
        saw.into_iter().map(|mut entry| entry[1].take()).collect()
    }

    async fn usage(&self, id: InvocationId) -> Usage {
        self.runner.invocation(id).await.expect("the store").expect("a record").usage
    }

    /// Waits until so many models write.
    async fn writing(&self, number: usize) {
        let mut writing = self.disk.world.writing();
        let writes = writing.wait_for(|writing| *writing == number);
        tokio::time::timeout(PATIENCE, writes).await.expect("in time").expect("the world");
    }
}

fn complete(text: &str) -> Value {
    json!({"op": "complete", "text": text})
}

fn asked(models: &[(&str, &str)]) -> Vec<(String, String)> {
    models.iter().map(|(model, text)| ((*model).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test]
async fn a_model_answers_what_it_is_asked() {
    let place = Place::new(program());
    let id = place
        .thinks(&json!([
            {"op": "models"},
            complete("good day"),
            {"op": "complete", "model": "large", "text": "add", "tool": "add"},
            {"op": "embed", "texts": ["one", ""]},
            {"op": "complete", "model": "busy", "text": "well"},
            {"op": "complete", "model": "none", "text": "well"},
        ]))
        .await;
    let saw = place.thought(id).await;
    let expected = json!([
        ["small", "busy", "large", "slow"],
        ["good day", "stop", 2, []],
        ["add", "function-calls", 1, ["add"]],
        [[3.0, 0.5], [0.0, 0.5]],
        {"failure": "rate-limited"},
        {"failure": "not-found"},
    ]);
    assert_eq!(json!(saw), expected);
    assert_eq!(place.disk.world.asked(), asked(&[("small", "good day"), ("large", "add"), ("busy", "well")]));
    let used = place.usage(id).await;
    assert_eq!((used.model_calls, used.input_tokens, used.output_tokens), (3, 3 * READ, 3));
    assert_eq!(used.model_cost_micros, 6);
}

#[tokio::test]
async fn an_agent_asks_the_models_that_it_is_granted() {
    let granted = |models: &[&str]| {
        let grants = AgentGrants {
            models: models.iter().map(|&model| model.into()).collect(),
            ..AgentGrants::default()
        };
        Place::new(agent(fixture("program"), AgentSettings { grants, ..AgentSettings::default() }))
    };
    let steps = json!([{"op": "models"}, complete("a"), {"op": "complete", "model": "small", "text": "b"}]);
    let denied = json!({"failure": "denied"});
    for (models, expected) in [
        (&[][..], json!([[], denied, denied])),
        // The first is its default.
        (&["large", "s*"], json!([["large", "slow", "small"], ["a", "stop", 1, []], ["b", "stop", 1, []]])),
        (&["s*"], json!([["small", "slow"], ["a", "stop", 1, []], ["b", "stop", 1, []]])),
        (&["l*"], json!([["large"], {"failure": "invalid-argument"}, denied])),
    ] {
        let place = granted(models);
        let id = place.thinks(&steps).await;
        assert_eq!(json!(place.thought(id).await), expected, "{models:?}");
    }
}

/// The client sees what is relayed, and nothing of the rest; what is stored is up to the agent.
#[tokio::test]
async fn the_host_shows_the_client_what_a_model_writes() {
    let place = Place::new(program());
    let steps = json!([
        complete("not shown"),
        {"op": "complete", "text": "all of it", "relay": true},
        {"op": "open", "text": "piece by piece", "relay": true},
        {"op": "whole"},
        {"op": "say"},
    ]);
    let (id, events) = place.start(&steps.to_string(), RunConfig::default()).await;
    let events: Vec<Event> =
        events.map(|event| Event::clone(&event.expect("an event").event)).collect().await;
    let written: Vec<_> =
        events.iter().filter(|event| event.partial).map(|event| json!(event.content)).collect();
    let thought = |text: &str| json!({"role": "model", "parts": [{"text": text, "thought": true}]});
    let said = |text: &str| json!({"role": "model", "parts": [{"text": text}]});
    assert_eq!(written, [thought("hm"), said("all of it"), thought("hm"), said("piece by piece")]);
    assert_eq!(events.iter().filter(|event| event.seq.is_some()).count(), 2, "what it says, and the end");
    assert_eq!(place.usage(id).await.events, 5);
}

#[tokio::test]
async fn an_answer_comes_in_pieces() {
    let place = Place::new(program());
    let steps = json!([
        {"op": "open", "model": "slow", "text": "good day", "tool": "add"},
        {"op": "next"},
        {"op": "model_ready"},
        {"op": "any_model", "ms": 1},
        {"op": "approve"},
        {"op": "any_model", "ms": null},
        {"op": "next"},
        {"op": "next"},
        {"op": "next"},
        {"op": "whole"},
        {"op": "whole"},
        {"op": "open", "model": "busy", "text": "well"},
        {"op": "next"},
        {"op": "whole"},
    ]);
    let id = place.thinks(&steps).await;
    place.status(id, InvocationStatus::Waiting).await;
    place.disk.world.let_answer();
    place.writing(0).await;
    let decision = rak_core::Decision { approved: true, ..rak_core::Decision::default() };
    let reply = rak_core::Reply::Decision { request_id: "approve-1".into(), decision };
    place
        .runner
        .respond(id, rak_core::Respond { reply, by: None, user_id: None })
        .await
        .expect("it is taken");
    let saw = place.thought(id).await;
    let whole = json!(["good day", "function-calls", 2, ["add"]]);
    assert_eq!(saw[1..4], [json!(["well, "]), json!(false), json!([])]);
    let rest = json!([[0], [{"thought": "hm"}, "good day", {"call": "add"}], [], [], whole, whole]);
    assert_eq!(json!(saw[5..11]), rest);
    assert_eq!(json!(saw[12..]), json!([{"failure": "rate-limited"}, {"failure": "rate-limited"}]));
    assert_eq!(place.usage(id).await.model_calls, 1);
}

/// Whoever does not want an answer any more does not pay for the rest of it.
#[tokio::test]
async fn an_answer_that_nobody_wants_is_given_up() {
    let place = Place::new(program());
    let steps = json!([
        {"op": "open", "model": "slow", "text": "one"},
        {"op": "next"},
        {"op": "drop_model"},
        {"op": "open", "model": "slow", "text": "two"},
        {"op": "next"},
        {"op": "give_up_model"},
        {"op": "whole"},
        {"op": "approve"},
    ]);
    let id = place.thinks(&steps).await;
    place.status(id, InvocationStatus::Waiting).await;
    place.writing(0).await;
    place.cancelled(id).await;

    for steps in [
        json!([{"op": "complete", "model": "slow", "text": "three", "relay": true}]),
        json!([{"op": "open", "model": "slow", "text": "three", "relay": true}, {"op": "next"}, {"op": "say"}, {"op": "whole"}]),
    ] {
        let (id, mut events) = place.start(&steps.to_string(), RunConfig::default()).await;
        while !next(&mut events).await.partial {}
        if steps.as_array().is_some_and(|steps| steps.len() > 1) {
            next(&mut events).await;
        }
        place.cancelled(id).await;
        place.writing(0).await;
        // Nobody says what it cost: a token for four bytes.
        let used = place.usage(id).await;
        assert_eq!((used.model_calls, used.input_tokens, used.output_tokens), (1, 2, 2), "{steps}");
    }
}

#[tokio::test]
async fn a_run_asks_no_more_when_its_tokens_are_used_up() {
    let limits = Limits { model_tokens: READ + 3, ..Limits::default() };
    let grants = AgentGrants { models: vec!["*".into()], ..AgentGrants::default() };
    let place =
        Place::new(agent(fixture("program"), AgentSettings { grants, limits, ..AgentSettings::default() }));
    let open = json!({"op": "open", "text": "four"});
    let id = place.thinks(&json!([complete("one"), complete("two"), complete("three"), open])).await;
    let spent = json!({"failure": "limit-exceeded"});
    assert_eq!(place.thought(id).await[1..], [json!(["two", "stop", 1, []]), spent.clone(), spent]);
}

/// What was answered is not asked again, what was cut off is, and what was told of it in part is lost.
#[tokio::test]
async fn after_the_end_of_a_host_only_what_was_cut_off_is_asked_again() {
    let mut place = Place::new(program());
    let steps = json!([
        complete("one"),
        {"op": "open", "text": "two"},
        {"op": "whole"},
        {"op": "open", "model": "slow", "text": "three"},
        {"op": "next"},
        {"op": "complete", "model": "slow", "text": "four"},
        {"op": "next"},
        {"op": "whole"},
    ]);
    let id = place.thinks(&steps).await;
    place.writing(2).await;
    let before = asked(&[("small", "one"), ("small", "two"), ("slow", "three"), ("slow", "four")]);
    assert_eq!(place.disk.world.asked(), before);
    place.crash();
    place.disk.world.let_answer();
    place.runner.recover().await.expect("the store");
    let saw = place.thought(id).await;
    let expected = json!([
        ["one", "stop", 1, []],
        null,
        ["two", "stop", 1, []],
        null,
        ["well, "],
        ["four", "stop", 1, []],
        {"failure": "unavailable", "code": "interrupted"},
        ["three", "stop", 1, []],
    ]);
    assert_eq!(json!(saw), expected);
    let again = asked(&[("slow", "four"), ("slow", "three")]);
    assert_eq!(place.disk.world.asked()[before.len()..], again);
    assert_eq!(place.usage(id).await.output_tokens, 4);
}

/// A run is not put away while a model writes: what it costs would be paid twice.
#[tokio::test]
async fn a_pause_waits_for_the_answer() {
    let settings = RunnerSettings { longest_wait_in_memory: Duration::ZERO, ..RunnerSettings::default() };
    let place = Place::with(program(), settings);
    let id =
        place.thinks(&json!([{"op": "complete", "model": "slow", "text": "one"}, complete("two")])).await;
    place.writing(1).await;
    assert!(place.runner.pause(id).await.is_ok());
    place.disk.world.let_answer();
    place.writing(0).await;
    place.status(id, InvocationStatus::Paused).await;
    assert_eq!(place.disk.world.asked(), asked(&[("slow", "one")]));
    assert!(place.runner.resume(id).await.is_ok());
    place.thought(id).await;
    assert_eq!(place.disk.world.asked(), asked(&[("slow", "one"), ("small", "two")]));
}
