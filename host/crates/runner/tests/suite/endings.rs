//! Exactly one terminal event, whatever happened.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rak_core::{
    AgentError, Content, Failure, FailureKind, InvocationStatus, OnDisconnect, RunConfig, RunError,
    SessionService as _,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use rak_runner::Recovered;

use crate::support::{FailingStore, Step, TestRunner, collect, done, key, say};

#[tokio::test]
async fn a_failure_of_the_agent_keeps_its_code() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    let failure =
        Failure { code: Some("no_luck".into()), ..Failure::new(FailureKind::NotFound, "nothing here") };
    test.step(Step::Return(Err(AgentError::Failed(failure)))).await;
    let id = run.invocation_id;
    let events = collect(run.events).await;
    let last = events.last().unwrap();
    assert_eq!(
        (last.error_code.as_deref(), last.error_message.as_deref()),
        (Some("no_luck"), Some("nothing here"))
    );
    assert_eq!((last.author.as_str(), last.turn_complete, last.interrupted), ("system", true, false));
    assert_eq!(test.runner.invocation_tracker().status(id), Some(InvocationStatus::Failed));
}

#[tokio::test]
async fn an_agent_that_panics_fails_its_own_run_only() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    test.step(Step::Panic).await;
    let events = collect(run.events).await;
    assert_eq!(events.last().unwrap().error_code.as_deref(), Some("unavailable"));
    let run = test.start("s").await;
    test.step(done()).await;
    assert!(collect(run.events).await.last().unwrap().error_code.is_none());
}

#[tokio::test]
async fn the_callers_token_cancels() {
    let test = TestRunner::new();
    let token = CancellationToken::new();
    let message = Content::new_user_text("hi");
    let run =
        test.runner.run_with_cancellation("ann", "s", message, RunConfig::default(), Some(token.clone()));
    let events = run.await.ok().unwrap();
    token.cancel();
    assert_eq!(collect(events).await.last().unwrap().error_code.as_deref(), Some("cancelled"));
}

#[tokio::test(start_paused = true)]
async fn time_runs_out() {
    let test = TestRunner::new();
    let config = RunConfig { timeout: Some(Duration::from_secs(5)), ..RunConfig::default() };
    let run = test.try_start("s", config).await.ok().unwrap();
    let last = collect(run.events).await.pop().unwrap();
    assert_eq!(last.error_code.as_deref(), Some("timed_out"));
}

#[tokio::test(start_paused = true)]
async fn nobody_listens_for_longer_than_the_grace_time() {
    let test = TestRunner::new();
    let grace = OnDisconnect::Grace(Duration::from_secs(30));
    let config = RunConfig { on_disconnect: Some(grace), ..RunConfig::default() };
    let run = test.try_start("s", config).await.ok().unwrap();
    let id = run.invocation_id;
    drop(run.events);
    tokio::time::advance(Duration::from_secs(29)).await;
    let again = test.runner.listen(id, 0).await.ok().unwrap();
    // Somebody listens again: the time begins anew when they leave.
    tokio::time::advance(Duration::from_secs(29)).await;
    assert_eq!(test.runner.invocation_tracker().status(id), Some(InvocationStatus::Active));
    drop(again);
    assert_eq!(test.runner.drain(Duration::from_hours(1)).await, 0);
    let record = test.runner.invocation(id).await.unwrap().unwrap();
    assert_eq!(
        (record.status, record.reason.as_deref()),
        (InvocationStatus::Cancelled, Some("disconnected"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_may_go_on_alone_does() {
    let test = TestRunner::new();
    let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() };
    let run = test.try_start("s", config).await.ok().unwrap();
    drop(run.events);
    tokio::time::advance(Duration::from_hours(10)).await;
    test.step(done()).await;
    assert_eq!(test.runner.drain(Duration::from_hours(1)).await, 0);
    let record = test.runner.invocation(run.invocation_id).await.unwrap().unwrap();
    assert_eq!(record.status, InvocationStatus::Completed);
}

#[tokio::test]
async fn state_is_stored_with_the_next_stored_event() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    test.step(Step::Set("a", json!(1))).await;
    test.step(say("x")).await;
    test.step(Step::Set("user:b", json!(2))).await;
    test.step(Step::Set("temp:c", json!(3))).await;
    test.step(done()).await;
    let events = collect(run.events).await;
    assert_eq!(events[0].actions.state_delta, [("a".to_owned(), json!(1))].into());
    assert_eq!(events[1].actions.state_delta, [("user:b".to_owned(), json!(2))].into());
    let state = test.store.get(&key("s")).await.unwrap().unwrap().state;
    assert_eq!(state, [("a".to_owned(), json!(1)), ("user:b".to_owned(), json!(2))].into());
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_is_not_seen_and_the_agent_is_told() {
    let test = TestRunner::with_store(FailingStore::after(1));
    let run = test.start("s").await;
    test.step(say("stored")).await;
    test.step(say("lost")).await;
    let id = run.invocation_id;
    let events = collect(run.events).await;
    assert_eq!(events.len(), 2, "{events:?}");
    let last = &events[1];
    assert_eq!((last.seq, last.turn_complete, last.error_code.as_deref()), (None, true, Some("not_stored")));
    assert!(!last.error_message.as_deref().unwrap().contains("secret"));
    assert_eq!(test.runner.invocation_tracker().status(id), Some(InvocationStatus::Failed));
}

#[tokio::test]
async fn a_store_that_recovers_keeps_the_end() {
    let test = TestRunner::with_store(FailingStore::after(0));
    let run = test.start("s").await;
    test.step(say("lost")).await;
    let id = run.invocation_id;
    let mut events = run.events;
    test.store.commits_left.store(0, Ordering::SeqCst);
    let events = {
        use futures::StreamExt as _;
        let mut seen = Vec::new();
        while let Some(event) = events.next().await {
            seen.push(event.ok().unwrap());
        }
        seen
    };
    assert!(events.last().unwrap().turn_complete);
    // The host starts again on a store that works: the run is found unfinished, and ended.
    test.store.commits_left.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(test.runner.recover().await, Ok(Recovered { ended: 1, resumed: 0 }));
    let record = test.runner.invocation(id).await.unwrap().unwrap();
    assert_eq!(record.status, InvocationStatus::Interrupted);
}

#[tokio::test(start_paused = true)]
async fn an_end_that_could_not_be_stored_is_stored_when_the_store_recovers() {
    let test = TestRunner::with_store(FailingStore::after(0));
    let run = test.start("s").await;
    test.step(done()).await;
    let id = run.invocation_id;
    assert!(collect(run.events).await.last().unwrap().turn_complete);
    let stored = || async { test.runner.invocation(id).await.unwrap().unwrap() };
    assert_eq!(stored().await.status, InvocationStatus::Active);
    tokio::time::advance(Duration::from_secs(2)).await;
    test.store.commits_left.store(usize::MAX, Ordering::SeqCst);
    while !stored().await.status.is_terminal() {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let record = stored().await;
    assert_eq!((record.status, record.reason.as_deref()), (InvocationStatus::Failed, Some("not_stored")));
    let replayed = collect(test.runner.listen(id, 0).await.ok().unwrap()).await;
    assert_eq!((replayed.len(), replayed[0].seq), (1, Some(1)));
}

#[tokio::test]
async fn a_state_value_that_is_too_large_is_refused_when_it_is_set() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    test.step(Step::Set("a", json!("x".repeat(rak_core::MAX_STATE_VALUE_BYTES)))).await;
    let events = collect(run.events).await;
    assert_eq!(events.last().unwrap().error_code.as_deref(), Some("limit_exceeded"));
}

#[tokio::test]
async fn a_host_that_drains_takes_nothing_new() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    let runner = test.runner.clone();
    let mut draining = std::pin::pin!(runner.drain(Duration::from_mins(1)));
    assert!(futures::poll!(&mut draining).is_pending());
    assert_eq!(test.try_start("t", RunConfig::default()).await.err(), Some(RunError::Draining));
    test.step(done()).await;
    assert_eq!(draining.await, 0);
    assert!(collect(run.events).await.last().unwrap().error_code.is_none());
}

#[tokio::test]
async fn an_unknown_agent_is_named_with_those_that_there_are() {
    let test = TestRunner::new();
    let error = test.runner.agent(&"other".parse().unwrap()).err().unwrap();
    assert_eq!(error.to_string(), r#"there is no agent named "other" (there are: puppet)"#);
}
