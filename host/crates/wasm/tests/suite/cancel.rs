//! A run is stopped wherever it is: in a loop, in a wait of the host, in one of WASI, before its first instruction.

use std::time::Duration;

use rak_core::{Durability, InvocationStatus, OnDisconnect, RunConfig, StopReason};
use rak_test_guests::fixture;
use rak_wasm::AgentSettings;

use crate::support::{Ended, TestHost};

/// Waits for the first text, cancels, and gives the end.
pub(crate) async fn cancelled_after_first_text(name: &str, input: &str, first: &str) -> Ended {
    let host = TestHost::new(fixture(name)).await;
    let mut live = host.start("s", input).await;
    assert_eq!(live.text().await, first);
    assert!(host.runner.invocation_tracker().cancel(live.id));
    // The first event was read already, so only the rest is looked at.
    let rest = host.runner.listen(live.id, 0).await.expect("the invocation");
    let ended = host.finish(crate::support::Live { id: live.id, events: rest }).await;
    assert_eq!(ended.status(), InvocationStatus::Cancelled);
    assert_eq!(ended.error(), ("cancelled".into(), "Invocation cancelled".into()));
    assert!(!host.runner.invocation_tracker().cancel(live.id), "it is over");
    ended
}

#[tokio::test]
pub(crate) async fn busy_loop() {
    let ended = cancelled_after_first_text("busy_loop", "", "spinning").await;
    assert!(ended.events.last().expect("an event").interrupted);
}

#[tokio::test]
pub(crate) async fn busy_loop_silent() {
    let host = TestHost::new(fixture("busy_loop_silent")).await;
    let live = host.start("s", "").await;
    assert!(host.runner.invocation_tracker().cancel(live.id));
    assert_eq!(host.finish(live).await.status(), InvocationStatus::Cancelled);
}

#[tokio::test]
pub(crate) async fn sleeper() {
    cancelled_after_first_text("sleeper", "", "sleeping").await;
}

#[tokio::test]
pub(crate) async fn wasi_sleeper() {
    cancelled_after_first_text("wasi_sleeper", "", "sleeping").await;
}

#[tokio::test]
pub(crate) async fn waiter() {
    cancelled_after_first_text("waiter", "any", "waiting").await;
    cancelled_after_first_text("waiter", "block", "waiting").await;
}

#[tokio::test]
pub(crate) async fn ignores_cancel() {
    cancelled_after_first_text("ignores_cancel", "", "ignoring").await;
}

#[tokio::test]
async fn before_its_first_instruction() {
    let host = TestHost::new(fixture("busy_loop_silent")).await;
    let cancelled = tokio_util::sync::CancellationToken::new();
    cancelled.cancel();
    let events = host
        .runner
        .run_with_cancellation(
            "ann",
            "s",
            rak_core::Content::new_user_text(""),
            RunConfig::default(),
            Some(cancelled),
        )
        .await
        .expect("the run starts");
    let events: Vec<_> = futures::StreamExt::collect(events).await;
    assert_eq!(events.len(), 1);
    let last = events[0].as_ref().expect("an event");
    assert_eq!(last.error_code.as_deref(), Some("cancelled"));
}

#[tokio::test]
async fn a_deadline_stops_a_loop_and_a_sleep() {
    for name in ["busy_loop_silent", "sleeper", "wasi_sleeper"] {
        let host = TestHost::new(fixture(name)).await;
        let config = RunConfig { timeout: Some(Duration::from_millis(50)), ..RunConfig::default() };
        let live = host.start_with("s", rak_core::Content::new_user_text(""), config).await;
        let ended = host.finish(live).await;
        assert_eq!(ended.status(), InvocationStatus::TimedOut, "{name}");
        assert_eq!(ended.error().0, "timed_out");
    }
}

#[tokio::test]
async fn a_lost_connection_stops_a_run_that_does_not_go_on_alone() {
    let settings = AgentSettings { durability: Durability::None, ..AgentSettings::default() };
    let host = TestHost::with(fixture("sleeper"), settings).await;
    let config = RunConfig { on_disconnect: Some(OnDisconnect::Cancel), ..RunConfig::default() };
    let mut live = host.start_with("s", rak_core::Content::new_user_text(""), config).await;
    live.text().await;
    let id = live.id;
    // Attached before the first listener goes: the run is not alone, and goes on.
    let second = host.runner.listen(id, 0).await.expect("the invocation");
    drop(live);
    let status = host.runner.invocation_tracker().status(id);
    assert!(status.is_some_and(|status| !status.is_terminal()), "{status:?}");
    drop(second);
    // The run ends by itself: nothing is left to be stopped.
    assert_eq!(host.runner.drain(Duration::from_mins(1)).await, 0);
    let record = host.runner.invocation(id).await.expect("the store").expect("the invocation");
    assert_eq!(record.status, InvocationStatus::Cancelled);
    assert_eq!(record.reason.as_deref(), Some(StopReason::Disconnected.code()));
}

#[tokio::test]
async fn a_host_that_drains_interrupts_what_does_not_end_and_cannot_go_on() {
    let settings = AgentSettings { durability: Durability::None, ..AgentSettings::default() };
    let host = TestHost::with(fixture("busy_loop"), settings).await;
    let mut live = host.start("s", "").await;
    live.text().await;
    assert_eq!(host.runner.drain(Duration::ZERO).await, 1);
    let record = host.runner.invocation(live.id).await.expect("the store").expect("the invocation");
    assert_eq!(record.status, InvocationStatus::Interrupted);
}
