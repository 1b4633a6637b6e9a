//! A person in the loop.

use std::sync::Arc;
use std::time::Duration;

use rak_core::{
    AgentGrants, Content, Decision, Event, InputKind, InputRequest, InvocationId, InvocationStatus,
    OnDisconnect, Reply, Respond, RespondError, RunConfig, RunError,
};
use rak_runner::RunnerSettings;
use rak_test_guests::fixture;
use rak_wasm::AgentSettings;
use serde_json::{Value, json};

use crate::lives::{agent, program, text, until};
use crate::place::{Place, next};

const DAY_MS: u64 = 24 * 3_600_000;

fn decision(request_id: &str, approved: bool) -> Reply {
    let decision = Decision { approved, ..Decision::default() };
    Reply::Decision { request_id: request_id.into(), decision }
}

fn answer(request_id: &str, answer: impl Into<Value>) -> Reply {
    Reply::Answer { request_id: request_id.into(), answer: answer.into() }
}

fn message(text: &str) -> Reply {
    Reply::Message { request_id: None, content: Content::new_user_text(text) }
}

/// A host that puts runs away at once while they wait for a person.
fn hasty() -> Place {
    let longest_wait_in_memory = Duration::ZERO;
    Place::with(program(), RunnerSettings { longest_wait_in_memory, ..RunnerSettings::default() })
}

impl Place {
    async fn run(&self, steps: &Value) -> InvocationId {
        let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
        self.start(&steps.to_string(), config).await.0
    }

    async fn responds(&self, id: InvocationId, reply: Reply) -> Result<String, RespondError> {
        self.runner.respond(id, Respond { reply, by: None, user_id: None }).await
    }

    /// Waits until it waits for a person, and gives the question.
    async fn question(&self, id: InvocationId) -> InputRequest {
        self.status(id, InvocationStatus::Waiting).await;
        let events = self.disk.log.read(id, 0, 1000).await.expect("the store");
        let newest = events.iter().rev().find_map(|event| event.input_required.clone());
        newest.expect("a question")
    }

    /// What the program saw, when it is over.
    async fn saw(&self, id: InvocationId) -> Value {
        let events = self.end(id).await;
        serde_json::from_str(&text(events.last().expect("an event"))).expect("what it saw")
    }
}

#[tokio::test]
async fn what_is_decided_is_what_the_agent_sees() {
    let place = Place::patient(program());
    let id = place.run(&json!([{"op": "say"}, {"op": "approve"}, {"op": "approve"}])).await;
    let question = place.question(id).await;
    assert_eq!((question.request_id.as_str(), question.kind), ("approve-1", InputKind::Approve));
    assert_eq!((question.prompt.as_str(), question.expires_at), ("go on?", None));
    assert_eq!(question.details, Some(json!({"so far": 1})));
    let record = place.runner.invocation(id).await.expect("the store").expect("the invocation");
    assert_eq!(record.waiting.expect("it waits").requests, ["approve-1"]);

    let decision = Decision { approved: true, reason: Some("fine".into()), edited: Some(json!({"n": 2})) };
    let reply = Reply::Decision { request_id: "approve-1".into(), decision };
    let respond = Respond { reply, by: Some("ada".into()), user_id: Some("ann".parse().expect("an id")) };
    assert_eq!(place.runner.respond(id, respond).await, Ok("approve-1".into()));
    crate::lives::until(&place.runner, id, |record| {
        record.waiting.as_ref().is_some_and(|waiting| waiting.requests == ["approve-2"])
    })
    .await;
    place.responds(id, self::decision("approve-2", false)).await.expect("it is taken");
    let saw = place.saw(id).await;
    assert_eq!(saw[1], json!(["approve", [true, "ada", "fine", {"n": 2}]]));
    assert_eq!(saw[2], json!(["approve", [false, null, null, null]]));
}

/// The store has the whole conversation: what was asked, what was answered, by whom.
#[tokio::test]
async fn questions_and_answers_are_events() {
    let place = hasty();
    let id = place.run(&json!([{"op": "ask", "schema": {"type": "string"}}, {"op": "message"}])).await;
    place.question(id).await;
    place.responds(id, answer("ask-1", "blue")).await.expect("it is taken");
    crate::lives::until(&place.runner, id, |record| {
        record.waiting.as_ref().is_some_and(|waiting| waiting.requests == ["message-1"])
    })
    .await;
    place.responds(id, message("and green")).await.expect("it is taken");
    let events = place.end(id).await;
    let what = |event: &Event| match (&event.input_required, &event.input_response) {
        (Some(request), _) => format!("{} asks {}", event.author, request.request_id),
        (_, Some(response)) => format!("{} says {} {:?}", event.author, response.answer, text(event)),
        _ => text(event),
    };
    assert_eq!(
        events.iter().map(what).collect::<Vec<_>>(),
        [
            "program asks ask-1",
            "user says \"blue\" \"\"",
            "program asks message-1",
            "user says null \"and green\"",
            "[[\"ask\",\"blue\"],[\"message\",\"and green\"]]",
        ]
    );
    assert!(place.said().await.contains(&"user:and green".to_owned()), "it belongs to the conversation");
}

#[tokio::test]
async fn an_answer_is_taken_once_and_has_to_satisfy_the_schema() {
    let place = hasty();
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
    let id = place.run(&json!([{"op": "ask", "schema": schema}, {"op": "message"}])).await;
    place.question(id).await;
    let refused = place.responds(id, answer("ask-1", json!({"n": "one"}))).await;
    let Err(RespondError::InvalidAnswer { reason, .. }) = refused else { panic!("{refused:?}") };
    assert!(reason.contains("/n"), "{reason}");
    let refused = place.responds(id, decision("ask-1", true)).await;
    assert!(matches!(refused, Err(RespondError::InvalidAnswer { .. })), "{refused:?}");
    let refused = place.responds(id, answer("ask-2", 1)).await;
    let expected = RespondError::RequestNotFound {
        invocation: id,
        request_id: "ask-2".into(),
        open: vec!["ask-1".into()],
    };
    assert_eq!(refused, Err(expected));
    let stranger = Respond {
        reply: answer("ask-1", json!({"n": 1})),
        by: None,
        user_id: Some("bob".parse().expect("an id")),
    };
    let refused = place.runner.respond(id, stranger).await;
    assert_eq!(refused, Err(RunError::InvocationNotFound(id).into()));
    for _ in 0..2 {
        assert_eq!(place.responds(id, answer("ask-1", json!({"n": 1}))).await, Ok("ask-1".into()));
    }
    let refused = place.responds(id, answer("ask-1", json!({"n": 2}))).await;
    assert_eq!(refused, Err(RespondError::AlreadyAnswered { request_id: "ask-1".into() }));

    crate::lives::until(&place.runner, id, |record| {
        record.waiting.as_ref().is_some_and(|waiting| waiting.requests == ["message-1"])
    })
    .await;
    let named = |text: &str, name: &str| Reply::Message {
        request_id: Some(name.into()),
        content: Content::new_user_text(text),
    };
    let refused = place.responds(id, named("hi", "message-2")).await;
    assert!(matches!(refused, Err(RespondError::RequestNotFound { .. })), "{refused:?}");
    assert_eq!(place.responds(id, named("hi", "message-1")).await, Ok("message-1".into()));
    place.saw(id).await;
    // Also when it is over, who asks again learns that it was taken.
    assert_eq!(place.responds(id, named("hi", "message-1")).await, Ok("message-1".into()));
    assert_eq!(place.responds(id, answer("ask-1", json!({"n": 1}))).await, Ok("ask-1".into()));
    let refused = place.responds(id, message("too late")).await;
    assert_eq!(refused, Err(RunError::InvocationOver(id).into()));
    let events = place.end(id).await;
    assert_eq!(events.iter().filter(|event| event.input_response.is_some()).count(), 2, "{events:?}");
}

#[tokio::test]
async fn a_run_that_waits_for_a_person_is_a_row_that_survives_its_host() {
    let mut place = hasty();
    let id = place.run(&json!([{"op": "random"}, {"op": "ask", "schema": {}}, {"op": "random"}])).await;
    place.question(id).await;
    for _ in 0..3 {
        place.crash();
        place.runner.recover().await.expect("the store");
        place.status(id, InvocationStatus::Waiting).await;
    }
    place.responds(id, answer("ask-1", json!(["any"]))).await.expect("it is taken");
    let saw = place.saw(id).await;
    assert_eq!(saw[1], json!(["ask", ["any"]]));
    let record = place.status(id, InvocationStatus::Completed).await;
    assert_eq!(record.attempt, 1, "nothing was lost on a processor");
}

#[tokio::test]
async fn an_answer_that_was_stored_is_not_lost_with_the_host() {
    let mut place = hasty();
    let id = place.run(&json!([{"op": "ask", "schema": {}}, {"op": "sleep", "ms": 1}])).await;
    place.question(id).await;
    place.runner.pause(id).await.expect("it rests");
    place.status(id, InvocationStatus::Paused).await;
    place.responds(id, answer("ask-1", 5)).await.expect("it is taken");
    place.crash();
    place.runner.recover().await.expect("the store");
    place.status(id, InvocationStatus::Paused).await;
    place.runner.resume(id).await.expect("it goes on");
    assert_eq!(place.saw(id).await[0], json!(["ask", 5]));
}

/// In memory or put away: what is asked can be seen and answered while the run is paused.
#[tokio::test]
async fn a_paused_run_keeps_its_question() {
    for mut place in [Place::patient(program()), hasty()] {
        let id = place.run(&json!([{"op": "ask", "schema": {}}])).await;
        place.question(id).await;
        place.runner.pause(id).await.expect("it rests");
        let waits = |record: &rak_core::InvocationRecord| {
            record.status == InvocationStatus::Paused
                && record.usage.host_calls > 0
                && record.waiting.as_ref().is_some_and(|waiting| waiting.requests == ["ask-1"])
        };
        crate::lives::until(&place.runner, id, waits).await;
        place.crash();
        place.runner.recover().await.expect("the store");
        let record = place.runner.invocation(id).await.expect("the store").expect("the invocation");
        assert!(waits(&record), "{record:?}");
        place.responds(id, answer("ask-1", 5)).await.expect("it is taken");
        let record = place.status(id, InvocationStatus::Paused).await;
        assert_eq!(record.waiting, None, "there is nothing left to answer");
        place.runner.resume(id).await.expect("it goes on");
        assert_eq!(place.saw(id).await[0], json!(["ask", 5]));
    }
}

#[tokio::test]
async fn what_nobody_answers_in_time_is_a_failure_that_the_agent_sees() {
    for place in [Place::patient(program()), hasty()] {
        let id = place
            .run(&json!([{"op": "approve", "ms": 30}, {"op": "say"}, {"op": "message", "ms": 20}]))
            .await;
        let saw = place.saw(id).await;
        assert_eq!(saw[0], json!(["approve", {"failure": "deadline-exceeded", "code": "expired"}]));
        assert_eq!(saw[2], json!(["message", null]));
        let refused = place.responds(id, decision("approve-1", true)).await;
        assert_eq!(refused, Err(RunError::InvocationOver(id).into()));
    }
    let place = Place::patient(program());
    let id = place.run(&json!([{"op": "approve", "ms": 1}, {"op": "message"}])).await;
    crate::lives::until(&place.runner, id, |record| {
        record.waiting.as_ref().is_some_and(|waiting| waiting.requests == ["message-1"])
    })
    .await;
    let refused = place.responds(id, decision("approve-1", true)).await;
    assert_eq!(refused, Err(RespondError::RequestExpired { request_id: "approve-1".into() }));
    place.cancelled(id).await;
}

#[tokio::test]
async fn a_cancellation_ends_the_wait() {
    for place in [Place::patient(program()), hasty()] {
        let id = place.run(&json!([{"op": "say"}, {"op": "approve", "ms": DAY_MS}, {"op": "say"}])).await;
        place.question(id).await;
        let events = place.cancelled(id).await;
        assert!(events.iter().all(|event| event.input_response.is_none()), "{events:?}");
        // Its agent was told so, whether it was in memory or not.
        let journal = place.disk.log.journal(id).await.expect("the store");
        let told = journal.iter().flat_map(|chunk| chunk.decode().expect("a journal")).any(|entry| {
            entry.call == "people.approve"
                && entry.answer.is_some_and(|answer| answer.get().contains("\"kind\":\"cancelled\""))
        });
        assert!(told, "{journal:?}");
        let refused = place.responds(id, decision("approve-1", true)).await;
        assert_eq!(refused, Err(RunError::InvocationOver(id).into()));
    }
}

/// Who was told that a run is cancelled may rely on it, whatever becomes of the host.
#[tokio::test]
async fn a_cancellation_that_was_answered_outlives_the_host() {
    for step in [
        json!({"op": "sleep", "ms": DAY_MS}),
        json!({"op": "std_sleep", "ms": DAY_MS}),
        json!({"op": "approve"}),
        json!({"op": "call", "agent": "first", "steps": [{"op": "sleep", "ms": DAY_MS}]}),
        json!({"op": "compute", "turns": u64::MAX}),
    ] {
        for mut place in [Place::patient(program()), hasty()] {
            let id = place.run(&json!([{"op": "say"}, step, {"op": "say"}])).await;
            until(&place.runner, id, |record| record.status != InvocationStatus::Queued).await;
            assert_eq!(place.runner.cancel(id).await, Ok(()), "{step}");
            place.crash();
            place.runner.recover().await.expect("the store");
            place.status(id, InvocationStatus::Cancelled).await;
            assert_eq!(place.runner.cancel(id).await, Err(RunError::InvocationOver(id)));
        }
    }
}

/// A wait by means that tell an agent nothing, as those of WASI, ends all the same.
#[tokio::test]
async fn a_cancellation_ends_a_sleep_that_cannot_be_told() {
    let place = hasty();
    let id = place.run(&json!([{"op": "say"}, {"op": "std_sleep", "ms": DAY_MS}])).await;
    place.status(id, InvocationStatus::Waiting).await;
    place.cancelled(id).await;
}

/// What the user says meanwhile waits for the agent, whether the agent waits for it or not.
#[tokio::test]
async fn messages_are_kept_in_order_until_they_are_wanted() {
    let place = Place::patient(program());
    let steps = json!([
        {"op": "message", "ms": 0},
        {"op": "ask", "schema": {}},
        {"op": "message", "ms": 0},
        {"op": "message"},
        {"op": "message", "ms": 0},
    ]);
    let id = place.run(&steps).await;
    place.question(id).await;
    for (text, name) in [("one", "message-1"), ("two", "message-2")] {
        assert_eq!(place.responds(id, message(text)).await, Ok(name.into()));
    }
    // It still waits for the answer.
    place.status(id, InvocationStatus::Waiting).await;
    place.responds(id, answer("ask-1", json!(null))).await.expect("it is taken");
    let saw = place.saw(id).await;
    let expected =
        json!([["message", null], ["ask", null], ["message", "one"], ["message", "two"], ["message", null],]);
    assert_eq!(saw, expected);
}

#[tokio::test]
async fn a_run_that_is_not_durable_waits_in_memory() {
    let settings = AgentSettings { durability: rak_core::Durability::None, ..AgentSettings::default() };
    let mut place = Place::with(
        agent(fixture("program"), settings),
        RunnerSettings { longest_wait_in_memory: Duration::ZERO, ..RunnerSettings::default() },
    );
    let id = place.run(&json!([{"op": "approve"}])).await;
    place.question(id).await;
    place.responds(id, decision("approve-1", true)).await.expect("it is taken");
    assert_eq!(place.saw(id).await[0][1][0], json!(true));
    let id = place.run(&json!([{"op": "approve"}])).await;
    place.question(id).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    place.status(id, InvocationStatus::Interrupted).await;
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_to_the_agent() {
    let place = Place::patient(program());
    let loops = json!({"$ref": "#"});
    let id =
        place.run(&json!([{"op": "ask", "schema": loops}, {"op": "ask", "schema": {"type": "x"}}])).await;
    let saw = place.saw(id).await;
    for entry in saw.as_array().expect("what it saw") {
        assert_eq!(entry[1], json!({"failure": "invalid-argument"}));
    }
    let grants = AgentGrants { people: false, ..AgentGrants::default() };
    let settings = AgentSettings { grants, ..AgentSettings::default() };
    let place = Place::new(agent(fixture("program"), settings));
    let id = place.run(&json!([{"op": "approve"}, {"op": "message", "ms": 0}, {"op": "message"}])).await;
    for entry in place.saw(id).await.as_array().expect("what it saw") {
        assert_eq!(entry[1], json!({"failure": "denied"}));
    }
}

/// Whoever listens learns of the question at once, and of the answer.
#[tokio::test]
async fn listeners_see_questions_and_answers_as_they_come() {
    let place = Arc::new(Place::patient(program()));
    let (id, mut events) = place.start(&json!([{"op": "approve"}]).to_string(), RunConfig::default()).await;
    let asked = next(&mut events).await;
    assert_eq!(asked.input_required.expect("a question").request_id, "approve-1");
    place.responds(id, decision("approve-1", true)).await.expect("it is taken");
    let answered = next(&mut events).await;
    let response = answered.input_response.expect("an answer");
    assert_eq!(response.answer, json!({"approved": true}));
    assert!(next(&mut events).await.turn_complete);
}
