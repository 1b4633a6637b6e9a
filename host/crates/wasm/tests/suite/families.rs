//! Agents that call other agents.

use std::time::Duration;

use futures::StreamExt as _;
use rak_core::{
    AgentGrants, Decision, Event, InvocationFilter, InvocationId, InvocationRecord, InvocationStatus,
    OnDisconnect, Reply, Respond, RespondError, RunConfig,
};
use rak_runner::RunnerSettings;
use rak_test_guests::fixture;
use rak_wasm::AgentSettings;
use serde_json::{Value, json};

use crate::lives::{Fate, Trial, agent, program, text, until};
use crate::mortal_store::{Death, Disk};
use crate::place::{Place, next};

const DAY_MS: u64 = 24 * 3_600_000;

impl Place {
    async fn runs(&self, steps: &Value) -> InvocationId {
        let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
        self.start(&steps.to_string(), config).await.0
    }

    /// What the program saw, without the names of its steps.
    async fn sees(&self, steps: &Value) -> Vec<Value> {
        let id = self.runs(steps).await;
        self.saw_at_its_end(id).await
    }

    async fn saw_at_its_end(&self, id: InvocationId) -> Vec<Value> {
        let events = self.end(id).await;
        let last = events.last().expect("an event");
        assert_eq!(last.error_code, None, "{last:?}");
        let saw: Vec<Value> = serde_json::from_str(&text(last)).expect("what it saw");
        saw.into_iter().map(|mut entry| entry[1].take()).collect()
    }

    /// The children of an invocation, the oldest first, when there are so many.
    async fn children(&self, parent: InvocationId, number: usize) -> Vec<InvocationRecord> {
        let filter = InvocationFilter { parent: Some(parent), limit: 100, ..InvocationFilter::default() };
        let come = async {
            loop {
                let page = self.disk.log.invocations(filter.clone()).await.expect("the store");
                if page.invocations.len() >= number {
                    return page.invocations;
                }
                tokio::task::yield_now().await;
            }
        };
        let mut children = tokio::time::timeout(crate::lives::PATIENCE, come).await.expect("they begin");
        // Their ids have one time, so the order of their starts is that of their beginnings.
        children.sort_by_key(|child| child.started_at);
        children
    }

    async fn only_child(&self, parent: InvocationId) -> InvocationRecord {
        self.children(parent, 1).await.remove(0)
    }

    async fn approves(&self, id: InvocationId, request_id: &str) -> Result<String, RespondError> {
        let decision = Decision { approved: true, ..Decision::default() };
        let reply = Reply::Decision { request_id: request_id.into(), decision };
        self.runner.respond(id, Respond { reply, by: Some("ann".into()), user_id: None }).await
    }

    /// The first question that is shown in an invocation's stream.
    async fn shown_question(&self, id: InvocationId) -> String {
        let mut events = self.runner.listen(id, 0).await.expect("the invocation");
        while let Some(event) = events.next().await {
            if let Some(request) = &event.expect("an event").input_required {
                return request.request_id.clone();
            }
        }
        panic!("nothing was asked");
    }
}

fn hasty() -> Place {
    let longest_wait_in_memory = Duration::ZERO;
    Place::with(program(), RunnerSettings { longest_wait_in_memory, ..RunnerSettings::default() })
}

fn call(agent: &str, steps: &Value) -> Value {
    json!({"op": "call", "agent": agent, "steps": steps})
}

fn relayed(agent: &str, steps: &Value) -> Value {
    json!({"op": "call", "agent": agent, "steps": steps, "options": {"relay": true}})
}

fn start(agent: &str, steps: &Value) -> Value {
    json!({"op": "start", "agent": agent, "steps": steps})
}

#[tokio::test]
async fn an_agent_gets_the_answer_of_another() {
    let place = Place::new(program());
    let steps = json!([{"op": "agents"}, call("first", &json!([{"op": "config", "key": "greeting"}]))]);
    let id = place.runs(&steps).await;
    let saw = place.saw_at_its_end(id).await;
    assert_eq!(saw, [json!(["first", "second"]), json!([["config", "hi"]])]);
    let child = place.only_child(id).await;
    assert_eq!(child.status, InvocationStatus::Completed);
    assert_eq!(child.session.app_name.as_str(), "first");
    assert_eq!(child.session.user_id.as_str(), "ann");
    assert_eq!(child.session.session_id.as_str(), child.id.to_string(), "a session of its own");
    let parent = child.parent.expect("a parent");
    assert_eq!((parent.invocation_id, parent.relay, parent.detached), (id, false, false));
    // Nothing of it is in the stream.
    assert_eq!(place.end(id).await.len(), 1);
}

#[tokio::test]
async fn a_child_is_shown_in_its_parents_stream_where_that_is_wanted() {
    let place = Place::new(program());
    let inner = json!([{"op": "set", "key": "k", "value": 1}, {"op": "say"}, {"op": "delta", "text": "d"}]);
    let middle = json!([{"op": "note"}, relayed("second", &inner)]);
    let config = RunConfig { streaming: true, ..RunConfig::default() };
    let steps = json!([{"op": "say"}, relayed("first", &middle), {"op": "say"}, {"op": "get", "key": "k"}]);
    let (id, events) = place.start(&steps.to_string(), config).await;
    let events: Vec<Event> = events.map(|event| Event::clone(&event.unwrap().event)).collect().await;
    let first = place.only_child(id).await;
    let second = place.only_child(first.id).await;
    let shape = |event: &Event| {
        let origin = event.origin.as_ref().map(|origin| (origin.invocation_id, origin.through));
        (event.author.clone(), event.branch.clone(), origin, event.partial, event.turn_complete)
    };
    let shapes: Vec<_> = events.iter().map(shape).collect();
    let own = |complete| ("program".to_owned(), String::new(), None, false, complete);
    let of_first = || ("first".to_owned(), "first".to_owned(), Some((first.id, first.id)), false, false);
    let of_second = |partial| {
        ("second".to_owned(), "first.second".to_owned(), Some((second.id, first.id)), partial, false)
    };
    let expected = [
        own(false),
        of_first(),
        of_second(false),
        of_second(true),
        of_second(false),
        of_first(),
        own(false),
        own(true),
    ];
    assert_eq!(shapes, expected);
    assert!(events.iter().all(|event| event.invocation_id == id));
    let seqs = events.iter().filter_map(|event| event.seq);
    assert!(seqs.eq(1..8), "they are numbered as one stream");
    // The state is that of the child's session.
    assert!(events.iter().all(|event| event.actions.state_delta.is_empty()));
    let last: Value = serde_json::from_str(&text(events.last().unwrap())).unwrap();
    assert_eq!(last[3], json!(["get", null]));
    // What was shown is part of the conversation.
    assert_eq!(place.said().await.len(), 1 + 7);
}

#[tokio::test]
async fn a_failure_of_a_child_says_what_and_who() {
    let place = Place::new(program());
    let forever = json!([{"op": "sleep", "ms": DAY_MS}]);
    let saw = place
        .sees(&json!([
            call("first", &json!([{"op": "fail"}])),
            call("nobody", &json!([])),
            call("a/b", &json!([])),
            call("echo", &json!([])),
            call("program", &json!([])),
            call("first", &json!([call("program", &json!([]))])),
            {"op": "call", "agent": "first", "steps": forever, "options": {"timeout_ms": 1}},
            {"op": "call", "agent": "first", "steps": [], "options": {"session": ""}},
        ]))
        .await;
    let cycle = json!({"failure": "invalid-argument", "code": "cycle"});
    let expected = [
        json!({"failure": "failed", "code": "failed"}),
        json!({"failure": "not-found"}),
        json!({"failure": "invalid-argument"}),
        json!({"failure": "denied"}),
        cycle.clone(),
        json!([["call", cycle]]),
        json!({"failure": "deadline-exceeded", "code": "timed_out"}),
        json!({"failure": "invalid-argument"}),
    ];
    assert_eq!(saw, expected);
}

#[tokio::test]
async fn what_is_not_granted_cannot_be_called() {
    let place = Place::new(agent(fixture("program"), AgentSettings::default()));
    let saw = place.sees(&json!([{"op": "agents"}, call("first", &json!([])), {"op": "tools"}])).await;
    assert_eq!(saw, [json!([]), json!({"failure": "denied"}), json!([])]);
    let grants = AgentGrants { agents: vec!["*".into()], ..AgentGrants::default() };
    let place = Place::new(agent(fixture("program"), AgentSettings { grants, ..AgentSettings::default() }));
    let saw = place.sees(&json!([{"op": "agents"}, call("first", &json!([]))])).await;
    assert_eq!(saw, [json!(["first", "second"]), json!([])]);
}

#[tokio::test]
async fn children_run_at_once() {
    let place = Place::patient(program());
    let asks = json!([{"op": "approve"}]);
    let steps = json!([start("first", &asks), start("second", &asks), start("first", &asks),
        {"op": "finish"}, {"op": "drop_child"}, {"op": "finish"}]);
    let id = place.runs(&steps).await;
    let children = place.children(id, 3).await;
    // All of them wait for a person before one has an answer.
    for child in &children {
        place.status(child.id, InvocationStatus::Waiting).await;
    }
    for child in &children {
        place.approves(child.id, "approve-1").await.expect("it is taken");
    }
    let saw = place.saw_at_its_end(id).await;
    let approved = json!([["approve", [true, "ann", null, null]]]);
    assert_eq!(saw[3..], [approved.clone(), json!(true), approved]);
}

#[tokio::test]
async fn the_first_child_to_end_is_told() {
    let place = Place::patient(program());
    let steps = json!([
        start("first", &json!([{"op": "approve"}])),
        start("second", &json!([{"op": "approve"}])),
        {"op": "child_ready"},
        {"op": "any_child", "ms": 1},
        {"op": "any_child", "ms": null},
        {"op": "child_ready"},
        {"op": "any_child", "ms": 0},
        {"op": "finish"},
        {"op": "finish"},
    ]);
    let id = place.runs(&steps).await;
    let children = place.children(id, 2).await;
    let second = children.iter().find(|child| child.session.app_name.as_str() == "second").unwrap();
    place.status(second.id, InvocationStatus::Waiting).await;
    place.approves(second.id, "approve-1").await.expect("it is taken");
    let saw = place.saw_at_its_end(id).await;
    let answer = json!([["approve", [true, "ann", null, null]]]);
    // Who did not wait for it cannot say whether it was there.
    assert!(saw[3] == json!([]) || saw[3] == json!([1]), "{saw:?}");
    assert_eq!(saw[4..], [json!([1]), json!(true), json!([1]), answer.clone(), answer]);
}

/// One that is not waited for any more ends; the others do not.
#[tokio::test]
async fn a_child_is_given_up_by_itself() {
    let place = Place::patient(program());
    let asks = json!([{"op": "approve"}]);
    let steps = json!([
        start("first", &asks), {"op": "child_id"}, {"op": "cancel_child"}, {"op": "finish"},
        start("first", &asks), {"op": "child_id"}, {"op": "drop_child"}, {"op": "approve"},
    ]);
    let id = place.runs(&steps).await;
    place.status(id, InvocationStatus::Waiting).await;
    let children = place.children(id, 2).await;
    for child in children {
        let record = place.status(child.id, InvocationStatus::Cancelled).await;
        assert_eq!(record.reason.as_deref(), Some("cancelled"));
    }
    place.approves(id, "approve-1").await.expect("it is taken");
    let saw = place.saw_at_its_end(id).await;
    assert_eq!(saw[3], json!({"failure": "failed", "code": "cancelled"}));
}

#[tokio::test]
async fn whoever_cancels_a_parent_cancels_the_tree() {
    for place in [Place::patient(program()), hasty()] {
        let inner = json!([start("second", &json!([{"op": "approve"}])), {"op": "approve"}]);
        let id = place.runs(&json!([start("first", &inner), {"op": "finish"}])).await;
        let first = place.only_child(id).await.id;
        let second = place.only_child(first).await.id;
        for child in [first, second] {
            place.status(child, InvocationStatus::Waiting).await;
        }
        place.cancelled(id).await;
        for child in [first, second] {
            let record = place.status(child, InvocationStatus::Cancelled).await;
            assert_eq!(record.reason.as_deref(), Some("parent_ended"));
        }
    }
}

#[tokio::test]
async fn what_a_parent_leaves_running_ends_with_it_unless_it_is_detached() {
    let place = Place::patient(program());
    let asks = json!([{"op": "approve"}]);
    let detached = json!({"op": "start", "agent": "second", "steps": asks, "options": {"detached": true, "session": "own"}});
    let id = place.runs(&json!([start("first", &asks), detached, {"op": "abort"}])).await;
    place.status(id, InvocationStatus::Failed).await;
    let children = place.children(id, 2).await;
    let of = |name: &str| children.iter().find(|child| child.session.app_name.as_str() == name).unwrap();
    let record = place.status(of("first").id, InvocationStatus::Cancelled).await;
    assert_eq!(record.reason.as_deref(), Some("parent_ended"));
    let own = of("second");
    assert_eq!(own.session.session_id.as_str(), "own");
    place.status(own.id, InvocationStatus::Waiting).await;
    place.approves(own.id, "approve-1").await.expect("it is taken");
    place.status(own.id, InvocationStatus::Completed).await;
}

/// Where its client saw it: at the parent.
#[tokio::test]
async fn a_question_of_a_child_is_answered_where_it_is_shown() {
    let place = hasty();
    let id = place
        .runs(&json!([relayed("first", &json!([relayed("second", &json!([{"op": "approve"}]))]))]))
        .await;
    let request_id = place.shown_question(id).await;
    let second = place.only_child(place.only_child(id).await.id).await.id;
    assert_eq!(request_id, format!("{second}/approve-1"));
    for wrong in [format!("{second}/approve-2"), format!("{}/approve-1", InvocationId::new()), "x/y".into()] {
        let refused = place.approves(id, &wrong).await;
        assert!(matches!(refused, Err(RespondError::RequestNotFound { .. })), "{refused:?}");
    }
    // One that is no child of it is none of its business.
    let queued = RunConfig { if_busy: rak_core::IfBusy::Queue, ..RunConfig::default() };
    let other = place.start(&json!([{"op": "approve"}]).to_string(), queued).await.0;
    let refused = place.approves(other, &request_id).await;
    assert!(matches!(refused, Err(RespondError::RequestNotFound { .. })), "{refused:?}");
    assert_eq!(place.approves(id, &request_id).await.expect("it is taken"), request_id);
    let events = place.end(id).await;
    let answered = events.iter().find_map(|event| event.input_response.clone()).expect("it is shown");
    assert_eq!(answered.request_id, request_id);
}

/// A parent that waits for a child for long takes no memory, also in the next host.
#[tokio::test]
async fn a_parent_at_rest_goes_on_when_its_child_is_over() {
    let mut place = hasty();
    let id = place
        .runs(&json!([{"op": "say"}, relayed("first", &json!([{"op": "approve"}, {"op": "say"}]))]))
        .await;
    let record = place.status(id, InvocationStatus::Waiting).await;
    let child = place.only_child(id).await.id;
    assert_eq!(record.waiting.expect("what it waits for").invocations, [child]);
    place.status(child, InvocationStatus::Waiting).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    place.approves(child, "approve-1").await.expect("it is taken");
    let saw = place.saw_at_its_end(id).await;
    assert_eq!(saw[1][0], json!(["approve", [true, "ann", null, null]]));
    let events = place.end(id).await;
    let branches: Vec<_> = events.iter().map(|event| event.branch.as_str()).collect();
    assert_eq!(branches, ["", "first", "first", "first", "first", ""], "{events:?}");
}

/// A child that ended while nobody was there to tell its parent.
#[tokio::test]
async fn a_child_that_ended_with_the_host_is_found_to_be_over() {
    let mut place = hasty();
    let id = place.runs(&json!([call("first", &json!([{"op": "approve"}]))])).await;
    place.status(id, InvocationStatus::Waiting).await;
    let child = place.only_child(id).await.id;
    place.status(child, InvocationStatus::Waiting).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    place.approves(child, "approve-1").await.expect("it is taken");
    until(&place.runner, child, |record| record.status.is_terminal()).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    let saw = place.saw_at_its_end(id).await;
    assert_eq!(saw[0][0], json!(["approve", [true, "ann", null, null]]));
}

/// The child goes on by itself, and nobody is there whom it could belong to.
#[tokio::test]
async fn a_child_whose_parent_cannot_go_on_ends() {
    let settings = AgentSettings {
        durability: rak_core::Durability::None,
        grants: AgentGrants { agents: vec!["*".into()], ..AgentGrants::default() },
        ..AgentSettings::default()
    };
    let mut place = Place::patient(agent(fixture("program"), settings));
    let id = place.runs(&json!([call("first", &json!([{"op": "approve"}]))])).await;
    let child = place.only_child(id).await.id;
    place.status(child, InvocationStatus::Waiting).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    place.status(id, InvocationStatus::Interrupted).await;
    let record = place.status(child, InvocationStatus::Cancelled).await;
    assert_eq!(record.reason.as_deref(), Some("parent_ended"));
}

/// With one place in memory, who waits for a child must not keep it out.
#[tokio::test]
async fn a_parent_makes_way_for_its_children() {
    let longest_wait_in_memory = Duration::from_hours(1);
    let settings = RunnerSettings { max_invocations: 1, longest_wait_in_memory, ..RunnerSettings::default() };
    let place = Place::with(program(), settings);
    let inner = json!([call("second", &json!([{"op": "say"}]))]);
    let id =
        place.runs(&json!([start("first", &inner), {"op": "any_child", "ms": null}, {"op": "finish"}])).await;
    let saw = place.saw_at_its_end(id).await;
    assert_eq!(saw[1..], [json!([0]), json!([["call", [["say", 1]]]])]);
    // The place is there again.
    let id = place.runs(&json!([{"op": "say"}])).await;
    place.status(id, InvocationStatus::Completed).await;
}

#[tokio::test]
async fn a_family_has_a_largest_size_and_depth() {
    let settings = RunnerSettings { max_children: 2, max_child_depth: 1, ..RunnerSettings::default() };
    let place = Place::with(program(), settings);
    let asks = json!([{"op": "approve"}]);
    let saw = place
        .sees(&json!([
            call("first", &json!([call("second", &json!([]))])),
            start("first", &asks), start("first", &asks), start("first", &asks),
            {"op": "drop_child"},
        ]))
        .await;
    let depth = json!({"failure": "limit-exceeded", "code": "child_depth"});
    assert_eq!(saw[0], json!([["call", depth]]));
    assert_eq!(saw[3], json!({"failure": "limit-exceeded", "code": "children"}));
}

/// What a run with children and their answers did, it does wherever its host is killed.
fn walks(steps: &Value, tools: bool) {
    let input = steps.to_string();
    let mut undisturbed = Trial::new(Disk::memory(), program(), &input);
    let Fate::Over(writes) = undisturbed.live(None) else { panic!("it ends") };
    let wanted = undisturbed.result();
    wanted.is_sound(&input);
    for write in 1..=writes {
        for takes_effect in [false, true] {
            let death = Death { write, takes_effect };
            let what = format!("{input} {death:?}");
            let mut trial = Trial::new(Disk::memory(), program(), &input);
            match trial.live(Some(death)) {
                // The writes of parent and child come in another order each time.
                Fate::Died | Fate::Over(_) => {}
                Fate::Unknown => continue,
            }
            match trial.live(None) {
                Fate::Unknown => continue,
                fate => assert!(matches!(fate, Fate::Over(_)), "{what}"),
            }
            let outcome = trial.result();
            outcome.is_sound(&what);
            outcome.is_like(&wanted, &what);
            trial.client_saw(&outcome, &what);
            if tools {
                trial.called_once(&what);
            }
        }
    }
}

#[test]
fn a_family_survives_a_crash_at_each_of_its_writes() {
    let inner =
        json!([{"op": "say"}, {"op": "approve"}, {"op": "note"}, call("second", &json!([{"op": "say"}]))]);
    walks(
        &json!([
            {"op": "say"},
            relayed("first", &inner),
            start("second", &json!([{"op": "say"}, {"op": "sleep", "ms": 1}])),
            start("first", &json!([{"op": "note"}])),
            {"op": "finish"},
            {"op": "drop_child"},
            {"op": "finish"},
            {"op": "say"},
        ]),
        false,
    );
}

#[test]
fn tools_are_not_called_twice_wherever_the_host_is_killed() {
    walks(
        &json!([
            {"op": "tool", "name": "looks", "args": {"n": 1}},
            {"op": "tool_once", "name": "asks", "args": {"n": 2}},
            {"op": "tool_all", "calls": [["looks", {"n": 3}], ["puts", {"n": 4}], ["agent.first", {"input": "[]"}]]},
            {"op": "tool_start", "name": "looks", "args": {"n": 5}},
            {"op": "tool_finish"},
            {"op": "say"},
        ]),
        true,
    );
}

#[tokio::test]
async fn an_event_of_a_child_comes_before_what_its_parent_says_of_it() {
    let place = Place::new(program());
    let (_, mut events) = place
        .start(
            &json!([relayed("first", &json!([{"op": "say"}])), {"op": "say"}]).to_string(),
            RunConfig::default(),
        )
        .await;
    let authors =
        [next(&mut events).await.author, next(&mut events).await.author, next(&mut events).await.author];
    assert_eq!(authors, ["first", "first", "program"]);
}

/// A question that is answered in the moment in which its run is put away does not wait in the next host. A child that begins in
/// that moment is followed.
#[test]
fn what_comes_while_a_run_is_put_away_is_not_lost() {
    let says = json!([{"op": "note"}, {"op": "say"}]);
    let steps = json!([{"op": "approve"}, {"op": "note"}, relayed("second", &says), relayed("second", &says), {"op": "say"}]);
    let input = steps.to_string();
    for longest_wait in [Duration::ZERO, Duration::from_secs(10)] {
        for write in 1..12 {
            for pause in [2, 4, 6] {
                let what = format!("{longest_wait:?} {write} {pause}");
                let mut trial = Trial::new(Disk::memory(), program(), &input);
                trial.settings.longest_wait_in_memory = longest_wait;
                trial.pauses = vec![pause];
                let fate = trial.live(Some(Death { write, takes_effect: true }));
                if fate == Fate::Died && trial.live(None) == Fate::Unknown {
                    continue;
                }
                trial.result().is_sound(&what);
            }
        }
    }
}

/// Whenever the pause comes, the child goes on and its parent does when it may.
#[tokio::test]
async fn a_parent_that_is_paused_meanwhile_finds_its_child_over() {
    for pause_at in 1..6 {
        for place in [Place::new(program()), hasty()] {
            let steps = json!([relayed("first", &json!([{"op": "say"}, {"op": "note"}])), {"op": "say"}]);
            let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
            let (id, mut events) = place.start(&steps.to_string(), config).await;
            while let Some(event) = events.next().await {
                if event.expect("an event").seq == Some(pause_at) && place.runner.pause(id).await.is_ok() {
                    until(&place.runner, id, |record| {
                        record.status == InvocationStatus::Paused || record.status.is_terminal()
                    })
                    .await;
                    // It may be over meanwhile.
                    let _ = place.runner.resume(id).await;
                }
            }
            place.status(id, InvocationStatus::Completed).await;
        }
    }
}
