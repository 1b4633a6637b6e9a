//! Tools: planned, approved, called, and not called twice.

use std::time::Duration;

use rak_core::{
    AgentGrants, Decision, InvocationId, InvocationStatus, OnDisconnect, Reply, Respond, RespondError,
    RunConfig,
};
use rak_runner::RunnerSettings;
use rak_test_guests::fixture;
use rak_wasm::AgentSettings;
use serde_json::{Value, json};

use crate::lives::{PATIENCE, Trial, agent, program, text};
use crate::place::Place;

impl Place {
    async fn uses(&self, steps: &Value) -> InvocationId {
        let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
        self.start(&steps.to_string(), config).await.0
    }

    async fn used(&self, id: InvocationId) -> Vec<Value> {
        let events = self.end(id).await;
        let last = events.last().expect("an event");
        assert_eq!(last.error_code, None, "{last:?}");
        let saw: Vec<Value> = serde_json::from_str(&text(last)).expect("what it saw");
        saw.into_iter().map(|mut entry| entry[1].take()).collect()
    }

    async fn decides(&self, id: InvocationId, request_id: &str, decision: Decision) {
        self.status(id, InvocationStatus::Waiting).await;
        let reply = Reply::Decision { request_id: request_id.into(), decision };
        let respond = Respond { reply, by: None, user_id: None };
        self.runner.respond(id, respond).await.expect("it is taken");
    }

    /// Waits until a tool was called so often.
    async fn called(&self, name: &str, times: usize) {
        let called = async {
            while self.disk.world.counts().get(name).copied().unwrap_or(0) < times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, called).await.expect("it is called");
    }
}

impl Trial {
    /// What may be called twice has the same key each time, and what may not is not.
    pub(crate) fn called_once(&self, what: &str) {
        let mut seen = Vec::new();
        for call in self.disk.world.called() {
            if let Some((_, key)) = seen.iter().find(|(args, _)| *args == call.args) {
                assert_ne!(call.name, "asks", "{what}: {call:?} was called twice");
                assert_eq!(*key, call.key, "{what}: {call:?}");
            } else {
                seen.push((call.args, call.key));
            }
        }
    }
}

fn tool(name: &str, args: impl Into<Value>) -> Value {
    let args: Value = args.into();
    json!({"op": "tool", "name": name, "args": args})
}

fn did(args: impl Into<Value>) -> Value {
    let args: Value = args.into();
    json!({"response": {"did": args}, "failed": false})
}

#[tokio::test]
async fn a_tool_is_called_with_what_the_agent_says() {
    let place = Place::new(program());
    let steps = json!([
        {"op": "tools"},
        tool("looks", json!({"n": 1})),
        tool("fails", json!({})),
        {"op": "tool", "name": "puts", "args": {}, "key": "mine"},
        tool("agent.first", json!({"input": "[{\"op\": \"attempt\"}]"})),
        tool("agent.first", json!({"input": "nonsense"})),
    ]);
    let id = place.uses(&steps).await;
    let saw = place.used(id).await;
    let listed = json!([
        ["agent.first", ["open-world"]],
        ["agent.second", ["open-world", "needs-approval"]],
        ["asks", ["destructive", "needs-approval"]],
        ["fails", ["read-only"]],
        ["looks", ["read-only"]],
        ["puts", ["destructive", "idempotent"]],
        ["waits", ["read-only"]],
        ["writes", ["destructive"]],
        ["writes_slowly", ["destructive"]],
    ]);
    assert_eq!(saw[0], listed);
    assert_eq!(saw[1], did(json!({"n": 1})));
    assert_eq!(saw[2], json!({"response": {"error": "as asked"}, "failed": true}));
    assert_eq!(saw[4], json!({"response": {"answer": "[[\"attempt\",1]]"}, "failed": false}));
    assert_eq!(saw[5]["failed"], json!(true));
    let keys: Vec<_> = place.disk.world.called().into_iter().map(|call| call.key).collect();
    assert_eq!(keys, [format!("{id}/1"), format!("{id}/2"), "mine".to_owned()]);
}

#[tokio::test]
async fn a_call_that_cannot_be_made_says_why() {
    let place = Place::new(program());
    let id = place.uses(&json!([tool("nothing", json!({})), tool("looks", json!({"n": "one"}))])).await;
    let saw = place.used(id).await;
    assert_eq!(saw, [json!({"failure": "not-found"}), json!({"failure": "invalid-argument"})]);
    assert_eq!(place.disk.world.called(), []);

    let grants = AgentGrants { tools: vec!["look*".into()], ..AgentGrants::default() };
    let settings = AgentSettings { grants, ..AgentSettings::default() };
    let place = Place::new(agent(fixture("program"), settings));
    let steps = json!([
        {"op": "tools"}, tool("puts", json!({})), tool("agent.first", json!({"input": ""})), tool("looks", json!({})),
    ]);
    let id = place.uses(&steps).await;
    let saw = place.used(id).await;
    let denied = json!({"failure": "denied"});
    assert_eq!(saw, [json!([["looks", ["read-only"]]]), denied.clone(), denied, did(json!({}))]);
}

#[tokio::test]
async fn a_tool_of_a_server_that_is_being_started_is_waited_for() {
    let place = Place::new(program());
    let id = place.uses(&json!([tool("late", json!({"n": 1})), tool("mcp.down.tool", json!({}))])).await;
    let saw = place.used(id).await;
    assert_eq!(saw, [did(json!({"n": 1})), json!({"failure": "unavailable"})]);
}

#[tokio::test]
async fn a_person_is_asked_before_what_needs_it() {
    let place = Place::new(program());
    let steps = json!([
        tool("asks", json!({"n": 1})),
        tool("asks", json!({"n": 2})),
        tool("asks", json!({"n": 3})),
        tool("asks", json!({"n": 4})),
        tool("agent.second", json!({"input": "[]"})),
    ]);
    let id = place.uses(&steps).await;
    place.status(id, InvocationStatus::Waiting).await;
    let events = place.disk.log.read(id, 0, 10).await.unwrap();
    let question = events[0].input_required.clone().expect("a question");
    assert_eq!(question.prompt, "Call asks?");
    assert_eq!(question.details, Some(json!({"tool": "asks", "args": {"n": 1}})));
    assert_eq!(place.disk.world.called(), [], "nothing is done before");

    let yes = Decision { approved: true, ..Decision::default() };
    let edited = |args: Value| Decision { edited: Some(args), ..yes.clone() };
    place.decides(id, "approve-1", yes.clone()).await;
    place.decides(id, "approve-2", Decision { reason: Some("too many".into()), ..Decision::default() }).await;
    place.decides(id, "approve-3", edited(json!({"tool": "asks", "args": {"n": 33}}))).await;
    place.status(id, InvocationStatus::Waiting).await;
    for wrong in [
        json!({"tool": "asks", "args": {"n": "many"}}),
        json!({"tool": "looks", "args": {}}),
        json!({"n": 4}),
    ] {
        let reply = Reply::Decision { request_id: "approve-4".into(), decision: edited(wrong) };
        let refused = place.runner.respond(id, Respond { reply, by: None, user_id: None }).await;
        assert!(matches!(refused, Err(RespondError::InvalidAnswer { .. })), "{refused:?}");
    }
    place.decides(id, "approve-4", edited(json!({"args": {"n": 44}}))).await;
    place.decides(id, "approve-5", yes).await;
    let saw = place.used(id).await;
    let expected = [
        did(json!({"n": 1})),
        json!({"failure": "denied", "code": "rejected"}),
        did(json!({"n": 33})),
        did(json!({"n": 44})),
        json!({"response": {"answer": "[]"}, "failed": false}),
    ];
    assert_eq!(saw, expected);
}

/// The agent's own manifest may want a person to be asked, too.
#[tokio::test]
async fn an_agent_can_ask_for_more_questions() {
    let grants = AgentGrants {
        tools: vec!["*".into()],
        ask_before: vec!["l*".into()],
        people: false,
        ..AgentGrants::default()
    };
    let settings = AgentSettings { grants, ..AgentSettings::default() };
    let place = Place::new(agent(fixture("program"), settings));
    let id = place.uses(&json!([tool("fails", json!({})), tool("looks", json!({}))])).await;
    place.decides(id, "approve-1", Decision { approved: true, ..Decision::default() }).await;
    assert_eq!(place.used(id).await[1], did(json!({})));
}

#[tokio::test]
async fn calls_are_made_at_once_and_answered_in_their_order() {
    let place = Place::new(program());
    let calls = json!([["waits", {"n": 1}], ["looks", {"n": 2}], ["nothing", {}], ["waits", {"n": 3}],
        ["agent.first", {"input": "[]"}]]);
    let id = place.uses(&json!([{"op": "tool_all", "calls": calls}])).await;
    place.called("waits", 2).await;
    place.disk.world.let_answer();
    let saw = place.used(id).await;
    let expected = json!([
        did(json!({"n": 1})),
        did(json!({"n": 2})),
        {"failure": "not-found"},
        did(json!({"n": 3})),
        {"response": {"answer": "[]"}, "failed": false},
    ]);
    assert_eq!(saw[0], expected);
}

#[tokio::test]
async fn a_call_goes_on_while_its_agent_does() {
    let place = Place::new(program());
    let steps = json!([
        {"op": "tool_start", "name": "waits", "args": {"n": 1}},
        {"op": "tool_ready"},
        {"op": "any_tool", "ms": 1},
        {"op": "approve"},
        {"op": "any_tool", "ms": null},
        {"op": "tool_ready"},
        {"op": "tool_finish"},
        {"op": "tool_finish"},
    ]);
    let id = place.uses(&steps).await;
    place.status(id, InvocationStatus::Waiting).await;
    place.called("waits", 1).await;
    place.disk.world.let_answer();
    place.decides(id, "approve-1", Decision { approved: true, ..Decision::default() }).await;
    let saw = place.used(id).await;
    assert_eq!(saw[1..3], [json!(false), json!([])]);
    assert_eq!(saw[4..], [json!([0]), json!(true), did(json!({"n": 1})), did(json!({"n": 1}))]);
}

/// What may be done twice is; of the rest nobody can say whether it was done, and the agent is told so.
#[tokio::test]
async fn a_call_that_the_end_of_the_host_cut_off_is_not_made_twice() {
    let mut place = Place::new(program());
    let steps = json!([
        tool("writes_slowly", json!({"n": 1})),
        {"op": "tool_all", "calls": [["looks", {"n": 2}], ["writes_slowly", {"n": 3}], ["waits", {"n": 4}]]},
        {"op": "tool_start", "name": "writes_slowly", "args": {"n": 5}},
        {"op": "tool_ready"},
        {"op": "tool_finish"},
        {"op": "tool", "name": "writes_slowly", "args": {"n": 6}, "key": "mine"},
    ]);
    let id = place.uses(&steps).await;
    for times in [1, 2] {
        place.called("writes_slowly", times).await;
        place.crash();
        place.runner.recover().await.expect("the store");
    }
    // What was cut off is done again where it may be, and waits.
    place.called("waits", 2).await;
    place.disk.world.let_answer();
    let saw = place.used(id).await;
    let unknown = json!({"failure": "conflict", "code": "unknown_outcome"});
    assert_eq!(saw[0], unknown);
    assert_eq!(saw[1], json!([did(json!({"n": 2})), unknown, did(json!({"n": 4}))]));
    assert_eq!(saw[4], did(json!({"n": 5})));
    assert_eq!(saw[5], did(json!({"n": 6})));
}

#[tokio::test]
async fn what_was_given_a_key_is_called_again_with_it() {
    let mut place = Place::new(program());
    let id = place.uses(&json!([{"op": "tool", "name": "writes_slowly", "args": {}, "key": "mine"}])).await;
    place.called("writes_slowly", 1).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    place.called("writes_slowly", 2).await;
    place.disk.world.let_answer();
    assert_eq!(place.used(id).await, [did(json!({}))]);
    assert!(place.disk.world.called().iter().all(|call| call.key == "mine"));
}

/// A run that is paused finishes what may not be done twice, and gives up what may.
#[tokio::test]
async fn a_pause_does_not_cut_off_what_may_not_be_done_twice() {
    let place = Place::with(
        program(),
        RunnerSettings { longest_wait_in_memory: Duration::ZERO, ..RunnerSettings::default() },
    );
    let id = place.uses(&json!([tool("writes_slowly", json!({})), {"op": "say"}])).await;
    place.called("writes_slowly", 1).await;
    place.runner.pause(id).await.expect("it rests");
    place.disk.world.let_answer();
    place.runner.resume(id).await.expect("it goes on");
    assert_eq!(place.used(id).await[0], did(json!({})));
    assert_eq!(place.disk.world.counts()["writes_slowly"], 1);
}

#[tokio::test]
async fn a_cancelled_run_gives_up_its_calls() {
    let place = Place::new(program());
    let id = place.uses(&json!([tool("waits", json!({}))])).await;
    place.called("waits", 1).await;
    place.cancelled(id).await;
}
