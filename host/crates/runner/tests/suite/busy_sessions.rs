//! One run a session at a time.

use std::sync::atomic::Ordering;

use rak_core::{IfBusy, InvocationStatus, RunConfig, RunError};

use crate::support::{TestRunner, collect, done, history, key, say};

fn if_busy(if_busy: IfBusy) -> RunConfig {
    RunConfig { if_busy, ..RunConfig::default() }
}

#[tokio::test]
async fn a_second_run_is_refused_and_the_first_not_disturbed() {
    let test = TestRunner::new();
    let first = test.start("s").await;
    let refused = test.try_start("s", RunConfig::default()).await.err();
    assert_eq!(refused, Some(RunError::SessionBusy { running: first.invocation_id }));
    test.start("another").await;
    test.step(done()).await;
    test.step(done()).await;
    assert_eq!(collect(first.events).await.len(), 1);
}

#[tokio::test]
async fn who_saw_the_terminal_event_may_run_again_at_once() {
    let test = TestRunner::new();
    for _ in 0..200 {
        let run = test.start("s").await;
        test.step(done()).await;
        collect(run.events).await;
    }
    assert_eq!(test.agent.runs.load(Ordering::SeqCst), 200);
}

#[tokio::test]
async fn queued_runs_follow_one_another_and_so_does_the_history() {
    let test = TestRunner::new();
    let first = test.start("s").await;
    let second = test.try_start("s", if_busy(IfBusy::Queue)).await.ok().unwrap();
    let tracker = test.runner.invocation_tracker();
    assert_eq!(tracker.status(second.invocation_id), Some(InvocationStatus::Queued));
    let record = test.runner.invocation(second.invocation_id).await.unwrap().unwrap();
    assert_eq!(record.status, InvocationStatus::Queued);
    for text in ["one", "two"] {
        test.step(say(text)).await;
        test.step(done()).await;
    }
    collect(first.events).await;
    collect(second.events).await;
    let expected = ["user:hello", "puppet:one", "puppet:", "user:hello", "puppet:two", "puppet:"];
    assert_eq!(history(test.store.as_ref(), "s").await, expected);
}

#[tokio::test]
async fn a_queued_run_can_be_cancelled_and_leaves_no_message() {
    let test = TestRunner::new();
    let first = test.start("s").await;
    let second = test.try_start("s", if_busy(IfBusy::Queue)).await.ok().unwrap();
    assert!(test.runner.invocation_tracker().cancel(second.invocation_id));
    let events = collect(second.events).await;
    assert_eq!(events[0].error_code.as_deref(), Some("cancelled"));
    test.step(done()).await;
    collect(first.events).await;
    assert_eq!(test.agent.runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_interrupting_run_stops_the_one_before_it() {
    let test = TestRunner::new();
    let first = test.start("s").await;
    let second = test.try_start("s", if_busy(IfBusy::Interrupt)).await.ok().unwrap();
    let events = collect(first.events).await;
    assert_eq!(events.last().unwrap().error_code.as_deref(), Some("superseded"));
    test.step(done()).await;
    assert!(collect(second.events).await.last().unwrap().error_code.is_none());
}

#[tokio::test]
async fn a_busy_session_is_not_deleted() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    assert!(matches!(test.runner.delete_session(&key("s")).await, Err(RunError::SessionBusy { .. })));
    test.step(done()).await;
    collect(run.events).await;
    assert_eq!(test.runner.delete_session(&key("s")).await, Ok(true));
    assert_eq!(test.runner.delete_session(&key("s")).await, Ok(false));
}
