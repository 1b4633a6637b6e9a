//! A run that has no store in memory: paused, waiting for long, left by a host that was told to stop.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use rak_core::time::UnixMillis;
use rak_core::{Durability, IfBusy, InvocationId, InvocationStatus, OnDisconnect, RunConfig, RunError};
use rak_runner::{Recovered, RunRequest, RunnerSettings};
use rak_test_guests::fixture;
use rak_wasm::{AgentSettings, ComponentAgent, Limits};
use serde_json::json;

use crate::lives::{Trial, agent, program, request, session, text, until};
use crate::mortal_store::{Death, Disk};
use crate::place::{Place, SLEEPS, error_of, next};

#[tokio::test]
async fn a_guest_that_computes_is_paused_and_goes_on() {
    let place = Place::new(agent(fixture("busy_loop"), AgentSettings::default()));
    let (id, mut events) = place.start("", RunConfig::default()).await;
    assert_eq!(text(&next(&mut events).await), "spinning");
    place.runner.pause(id).await.expect("it rests");
    let record = place.status(id, InvocationStatus::Paused).await;
    assert!(record.waiting.is_none(), "{record:?}");
    // It was told so at once, and is put away when it is off the processor.
    until(&place.runner, id, |record| record.usage.cpu_micros > 0).await;
    assert_eq!(place.runner.invocation_tracker().status(id), Some(InvocationStatus::Paused));
    // What is paused twice goes on at once.
    place.runner.pause(id).await.expect("it rests");
    place.runner.resume(id).await.expect("it goes on");
    let record = place.status(id, InvocationStatus::Active).await;
    assert_eq!(record.attempt, 1);
    assert_eq!(place.runner.invocation_tracker().status(id), Some(InvocationStatus::Active));
    let events = place.cancelled(id).await;
    assert_eq!(events.len(), 2, "it says nothing twice: {events:?}");
}

#[tokio::test]
async fn a_guest_that_sleeps_in_memory_is_paused_and_goes_on() {
    let place = Place::patient(program());
    let (id, mut events) = place.start(SLEEPS, RunConfig::default()).await;
    next(&mut events).await;
    for _ in 0..3 {
        place.runner.pause(id).await.expect("it rests");
        place.status(id, InvocationStatus::Paused).await;
        place.runner.resume(id).await.expect("it goes on");
        place.status(id, InvocationStatus::Active).await;
    }
    // One that is not paused goes on anyway.
    place.runner.resume(id).await.expect("it goes on");
    assert_eq!(place.cancelled(id).await.len(), 2);
}

/// Returns when the clock has moved: what counts from now would end later than what counted from before.
async fn until_later() {
    let before = UnixMillis::now();
    while UnixMillis::now().0 <= before.0 + 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_long_sleep_gives_up_its_memory_and_ends_when_it_would_have() {
    let place = Place::new(program());
    let (id, _events) = place.asleep(RunConfig::default()).await;
    let record = place.status(id, InvocationStatus::Waiting).await;
    let waiting = record.waiting.expect("what it waits for");
    let until = waiting.until.expect("a time").0 - record.started_at.0;
    assert!((3_600_000..3_660_000).contains(&until), "{until}");
    assert_eq!(place.runner.invocation_tracker().status(id), Some(InvocationStatus::Waiting));
    for _ in 0..3 {
        place.runner.pause(id).await.expect("it rests");
        let record = place.status(id, InvocationStatus::Paused).await;
        assert_eq!(record.waiting.as_ref(), Some(&waiting));
        until_later().await;
        place.runner.resume(id).await.expect("it goes on");
        let record = place.status(id, InvocationStatus::Waiting).await;
        assert_eq!(record.waiting, Some(waiting.clone()), "it sleeps no longer than it said");
    }
    place.cancelled(id).await;
}

/// A guest of WASI says a time on its own clock, and not how long.
#[tokio::test]
async fn a_long_sleep_of_wasi_ends_when_it_would_have() {
    let place = Place::new(program());
    let steps = r#"[{"op": "say"}, {"op": "monotonic"}, {"op": "std_sleep", "ms": 3600000}]"#;
    let (id, _events) = place.start(steps, RunConfig::default()).await;
    let waiting = place.status(id, InvocationStatus::Waiting).await.waiting;
    for _ in 0..2 {
        place.runner.pause(id).await.expect("it rests");
        place.status(id, InvocationStatus::Paused).await;
        until_later().await;
        place.runner.resume(id).await.expect("it goes on");
        assert_eq!(place.status(id, InvocationStatus::Waiting).await.waiting, waiting);
    }
    place.cancelled(id).await;
}

#[tokio::test]
async fn what_rests_is_cancelled() {
    let place = Place::new(program());
    let (id, mut events) = place.asleep(RunConfig::default()).await;
    assert_eq!(place.cancelled(id).await.len(), 2);
    assert!(next(&mut events).await.turn_complete, "its client sees it");
    let (id, _events) = place.asleep(RunConfig::default()).await;
    place.runner.pause(id).await.expect("it rests");
    place.status(id, InvocationStatus::Paused).await;
    assert_eq!(place.cancelled(id).await.len(), 2);
    assert_eq!(place.runner.pause(id).await, Err(RunError::InvocationOver(id)));
    assert_eq!(place.runner.resume(id).await, Err(RunError::InvocationOver(id)));
    let unknown = InvocationId::new();
    assert_eq!(place.runner.pause(unknown).await, Err(RunError::InvocationNotFound(unknown)));
}

#[tokio::test]
async fn the_time_of_a_client_is_over_at_rest_too() {
    let place = Place::new(program());
    let timeout = Some(Duration::from_millis(200));
    let (id, _events) = place.start(SLEEPS, RunConfig { timeout, ..RunConfig::default() }).await;
    let events = place.end(id).await;
    assert_eq!(error_of(&events), "timed_out");
    assert_eq!(place.status(id, InvocationStatus::TimedOut).await.waiting, None);
}

#[tokio::test]
async fn who_listens_to_what_rests_counts_where_the_client_said_so() {
    let settings = RunnerSettings { on_disconnect: OnDisconnect::Cancel, ..RunnerSettings::default() };
    let place = Place::with(program(), settings);
    let said = RunConfig { on_disconnect: Some(OnDisconnect::Cancel), ..RunConfig::default() };
    let (id, events) = place.asleep(said).await;
    drop(events);
    place.status(id, InvocationStatus::Cancelled).await;
    assert_eq!(error_of(&place.end(id).await), "disconnected");
    let (id, events) = place.asleep(RunConfig::default()).await;
    drop(events);
    // It runs again without a listener, and rests again.
    place.runner.resume(id).await.expect("it goes on");
    place.runner.pause(id).await.expect("it rests");
    place.status(id, InvocationStatus::Paused).await;
    assert_eq!(error_of(&place.cancelled(id).await), "cancelled");
}

#[tokio::test]
async fn what_rests_has_its_session_and_no_place() {
    let settings = RunnerSettings { max_invocations: 1, ..RunnerSettings::default() };
    let place = Place::with(program(), settings);
    let (first, _events) = place.asleep(RunConfig::default()).await;
    let refused = place.runner.start(request(&place.agent, "[]", RunConfig::default())).await.err();
    assert_eq!(refused, Some(RunError::SessionBusy { running: first }));
    let busy = place.runner.delete_session(&session(&place.agent, "s")).await;
    assert_eq!(busy, Err(RunError::SessionBusy { running: first }));
    let elsewhere = RunRequest {
        session: session(&place.agent, "t"),
        ..request(&place.agent, "[]", RunConfig::default())
    };
    let events = place.runner.start(elsewhere).await.expect("there is room").events;
    assert_eq!(events.count().await, 1);
    let second = place.queue(r#"[{"op": "say"}]"#).await;
    place.status(second, InvocationStatus::Queued).await;
    place.cancelled(first).await;
    assert_eq!(place.end(second).await.len(), 2);
}

#[tokio::test]
async fn a_queued_run_is_paused_and_goes_on() {
    let mut place = Place::new(program());
    let (first, _events) = place.asleep(RunConfig::default()).await;
    let second = place.queue(r#"[{"op": "say"}]"#).await;
    place.runner.pause(second).await.expect("it rests");
    assert_eq!(place.runner.invocation_tracker().status(second), Some(InvocationStatus::Paused));
    place.status(second, InvocationStatus::Paused).await;
    place.crash();
    assert_eq!(place.runner.recover().await, Ok(Recovered { ended: 0, resumed: 2 }));
    let refused = place.runner.start(request(&place.agent, "[]", RunConfig::default())).await.err();
    assert_eq!(refused, Some(RunError::SessionBusy { running: first }), "it waits behind the first");
    place.cancelled(first).await;
    place.status(second, InvocationStatus::Paused).await;
    assert!(place.disk.log.read(second, 0, 10).await.expect("the store").is_empty(), "it says nothing");
    place.crash();
    assert_eq!(place.runner.recover().await, Ok(Recovered { ended: 0, resumed: 1 }));
    place.status(second, InvocationStatus::Paused).await;
    place.runner.resume(second).await.expect("it goes on");
    assert_eq!(place.end(second).await.len(), 2);
    assert_eq!(place.status(second, InvocationStatus::Completed).await.attempt, 1);
}

#[tokio::test]
async fn a_host_that_stops_puts_away_what_runs_and_what_waits_for_it() {
    for patient in [true, false] {
        let mut place = if patient { Place::patient(program()) } else { Place::new(program()) };
        let (first, mut events) = place.start(SLEEPS, RunConfig::default()).await;
        next(&mut events).await;
        if !patient {
            place.status(first, InvocationStatus::Waiting).await;
        }
        let second = place.queue(r#"[{"op": "history", "limit": 10}, {"op": "say"}]"#).await;
        place.runner.drain(Duration::from_millis(20)).await;
        assert!(events.next().await.is_none(), "the stream ends, and the run does not");
        let status = if patient { InvocationStatus::Queued } else { InvocationStatus::Waiting };
        assert_eq!(place.status(first, status).await.attempt, 1);
        place.status(second, InvocationStatus::Queued).await;
        assert_eq!(place.said().await.len(), 2, "the second has not begun");

        place.again();
        assert_eq!(place.runner.recover().await, Ok(Recovered { ended: 0, resumed: 2 }));
        let status = if patient { InvocationStatus::Active } else { InvocationStatus::Waiting };
        let record = place.status(first, status).await;
        assert_eq!((record.attempt, record.reason), (1, None));
        place.status(second, InvocationStatus::Queued).await;
        assert_eq!(place.cancelled(first).await.len(), 2);
        assert_eq!(place.end(second).await.len(), 2);
        assert_eq!(place.status(second, InvocationStatus::Completed).await.attempt, 1);
    }
}

#[tokio::test]
async fn a_host_that_stops_puts_away_what_computes() {
    let mut place = Place::new(agent(fixture("busy_loop"), AgentSettings::default()));
    let (id, mut events) = place.start("", RunConfig::default()).await;
    next(&mut events).await;
    place.runner.drain(Duration::ZERO).await;
    let record = place.status(id, InvocationStatus::Queued).await;
    assert_eq!(record.reason.as_deref(), Some("shutting_down"));
    // Whenever the next one is told to stop.
    for turns in 0..60 {
        place.again();
        place.runner.recover().await.expect("the store");
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        place.runner.drain(Duration::ZERO).await;
        let record = place.runner.invocation(id).await.expect("the store").expect("the invocation");
        assert!(!record.status.is_terminal() && record.status != InvocationStatus::Active, "{record:?}");
    }
    place.again();
    place.runner.recover().await.expect("the store");
    assert_eq!(place.status(id, InvocationStatus::Active).await.attempt, 1);
    assert_eq!(place.cancelled(id).await.len(), 2);
}

#[tokio::test]
async fn a_queued_run_and_its_message_survive() {
    let mut place = Place::new(program());
    let (first, _events) = place.asleep(RunConfig::default()).await;
    let steps = [r#"[{"op": "say"}]"#, r#"[{"op": "note"}]"#];
    let second = place.queue(steps[0]).await;
    let third = place.queue(steps[1]).await;
    place.crash();
    assert_eq!(place.runner.recover().await, Ok(Recovered { ended: 0, resumed: 3 }));
    assert_eq!(place.said().await.len(), 2, "what waits has said nothing");
    place.cancelled(first).await;
    for id in [second, third] {
        place.end(id).await;
        let record = place.status(id, InvocationStatus::Completed).await;
        assert_eq!((record.attempt, record.resume.and_then(|resume| resume.message)), (1, None));
    }
    let said = place.said().await;
    let users: Vec<_> = said.iter().filter_map(|line| line.strip_prefix("user:")).collect();
    assert_eq!(users, [SLEEPS, steps[0], steps[1]]);
}

/// One that took the place of another has its session, although others came before it.
#[tokio::test]
async fn who_has_a_session_keeps_it() {
    let mut place = Place::new(program());
    let (first, _events) = place.asleep(RunConfig::default()).await;
    let second = place.queue(r#"[{"op": "say"}]"#).await;
    let interrupts = RunConfig { if_busy: IfBusy::Interrupt, ..RunConfig::default() };
    let (third, _events) = place.start(SLEEPS, interrupts).await;
    place.status(first, InvocationStatus::Cancelled).await;
    place.status(third, InvocationStatus::Waiting).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    let refused = place.runner.start(request(&place.agent, "[]", RunConfig::default())).await.err();
    assert_eq!(refused, Some(RunError::SessionBusy { running: third }));
    place.cancelled(third).await;
    assert_eq!(place.end(second).await.len(), 2);
}

#[tokio::test]
async fn how_far_it_was_stays_with_its_end() {
    let mut place = Place::new(program());
    let steps = r#"[{"op": "progress", "done": 7}, {"op": "sleep", "ms": 3600000}]"#;
    let (id, _events) = place.start(steps, RunConfig::default()).await;
    place.status(id, InvocationStatus::Waiting).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    place.cancelled(id).await;
    let record = place.status(id, InvocationStatus::Cancelled).await;
    assert_eq!(record.progress.and_then(|progress| progress.done), Some(7));
}

#[tokio::test]
async fn attempts_that_come_no_further_are_exhausted() {
    let settings = RunnerSettings { max_attempts: 1, ..RunnerSettings::default() };
    let mut place = Place::with(agent(fixture("busy_loop_silent"), AgentSettings::default()), settings);
    let (id, _events) = place.start("", RunConfig::default()).await;
    place.crash();
    assert_eq!(place.runner.recover().await, Ok(Recovered { ended: 0, resumed: 1 }));
    until(&place.runner, id, |record| record.attempt == 2 && record.status == InvocationStatus::Active).await;
    place.crash();
    place.runner.recover().await.expect("the store");
    let events = place.end(id).await;
    assert_eq!(error_of(&events), "attempts_exhausted");
    let record = place.status(id, InvocationStatus::Failed).await;
    assert_eq!(record.reason.as_deref(), Some("attempts_exhausted"));
    // The session can be used again.
    let (other, _events) = place.start("", RunConfig::default()).await;
    place.cancelled(other).await;
}

#[test]
fn attempts_that_come_further_are_not() {
    let says = r#"[{"op": "say"}, {"op": "say"}, {"op": "say"}, {"op": "say"}]"#;
    let mut trial = Trial::new(Disk::memory(), program(), says);
    trial.settings.max_attempts = 0;
    for _ in 0..4 {
        trial.live(Some(Death { write: 2, takes_effect: true }));
    }
    trial.live(None);
    let outcome = trial.result();
    assert_eq!((outcome.record.status, outcome.record.attempt), (InvocationStatus::Completed, 5));
    outcome.is_sound("five hosts");
    trial.client_saw(&outcome, "five hosts");
}

/// What is only sent reaches those who listen from the log, too.
#[test]
fn a_delta_of_the_next_host_is_seen() {
    let steps =
        r#"[{"op": "say"}, {"op": "sleep", "ms": 5}, {"op": "delta", "text": "late"}, {"op": "say"}]"#;
    let mut trial = Trial::new(Disk::memory(), program(), steps);
    trial.live(Some(Death { write: 2, takes_effect: true }));
    assert!(trial.seen.len() <= 1);
    trial.live(None);
    let seen: Vec<_> = trial.seen.iter().map(|event| (event.seq, text(event))).collect();
    assert_eq!(seen[1], (None, "late".to_owned()), "{seen:?}");
    assert_eq!(seen.len(), 4);
}

#[tokio::test]
async fn what_is_not_durable_ends_with_its_host() {
    let settings = AgentSettings { durability: Durability::None, ..AgentSettings::default() };
    let mut place = Place::new(agent(fixture("sleeper"), settings));
    let (id, mut events) = place.start("", RunConfig::default()).await;
    next(&mut events).await;
    assert_eq!(place.runner.pause(id).await, Err(RunError::NotDurable(id)));
    place.crash();
    assert_eq!(place.runner.recover().await, Ok(Recovered { ended: 1, resumed: 0 }));
    assert_eq!(error_of(&place.end(id).await), "interrupted");
    assert!(place.disk.log.journal(id).await.expect("the store").is_empty());
}

/// A version of this name that was never built so.
fn version(guest: &str, limits: Limits) -> Arc<ComponentAgent> {
    let bytes = std::fs::read(fixture(guest)).expect("the component");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("program.wasm");
    std::fs::write(&path, bytes).expect("a file");
    let settings = AgentSettings { version: Some("v1".into()), limits, ..AgentSettings::default() };
    agent(&path, settings)
}

#[tokio::test]
async fn another_guest_does_not_go_on_with_a_journal() {
    let first = version("program", Limits::default());
    for (other, differs) in [("state_writer", "the end"), ("sleeper", "\"sleeping\"")] {
        let mut place = Place::new(first.clone());
        let steps = r#"[{"op": "note"}, {"op": "sleep", "ms": 3600000}]"#;
        let (id, mut events) = place.start(steps, RunConfig::default()).await;
        next(&mut events).await;
        place.status(id, InvocationStatus::Waiting).await;
        place.store.kill();
        place.agent = version(other, Limits::default());
        place.again();
        place.runner.recover().await.expect("the store");
        place.runner.resume(id).await.expect("it goes on");
        let events = place.end(id).await;
        assert_eq!(events.len(), 2, "{events:?}");
        let message = events[1].error_message.clone().unwrap_or_default();
        assert_eq!(error_of(&events), "nondeterminism", "{message}");
        assert!(message.contains("call 0") && message.contains(differs), "{message}");
    }
}

#[tokio::test]
async fn a_version_that_is_gone_is_said_so() {
    let mut place = Place::new(program());
    let (id, _events) = place.asleep(RunConfig::default()).await;
    place.store.kill();
    place.agent = version("program", Limits::default());
    place.again();
    place.runner.recover().await.expect("the store");
    place.runner.resume(id).await.expect("it goes on");
    assert_eq!(error_of(&place.end(id).await), "version_gone");
}

#[test]
fn a_journal_has_limits() {
    let few = Limits { journal_entries: 3, ..Limits::default() };
    let short = Limits { journal_bytes: 400, ..Limits::default() };
    for limits in [few, short] {
        let gets = r#"[{"op": "get", "key": "a"}, {"op": "get", "key": "a"}, {"op": "get", "key": "a"},
            {"op": "get", "key": "a"}, {"op": "get", "key": "a"}, {"op": "get", "key": "a"}, {"op": "say"},
            {"op": "wall"}, {"op": "sleep", "ms": 1}, {"op": "wall"}]"#;
        let mut trial = Trial::new(Disk::memory(), version("program", limits), gets);
        trial.live(None);
        let outcome = trial.result();
        outcome.is_sound("a full journal");
        assert_eq!(outcome.record.status, InvocationStatus::Completed);
        let answer: serde_json::Value =
            serde_json::from_str(&text(outcome.events.last().expect("an event"))).expect("JSON");
        assert_eq!(answer[0], json!(["get", null]));
        for index in [5, 6] {
            assert_eq!(answer[index][1], json!({"failure": "limit-exceeded"}), "{answer}");
        }
        assert_eq!(outcome.events.len(), 1, "what has no entry is not stored");
    }
    // A call that cannot say so ends the run.
    let steps = r#"[{"op": "remaining"}, {"op": "remaining"}, {"op": "remaining"}, {"op": "remaining"}]"#;
    let mut trial = Trial::new(Disk::memory(), version("program", few), steps);
    trial.live(None);
    let record = trial.result().record;
    assert_eq!((record.status, record.reason.as_deref()), (InvocationStatus::Failed, Some("limit_exceeded")));
}
