//! Guests that go wrong: one failed invocation each, with a text that says what happened, and nothing else disturbed.

use rak_core::{AgentError, Durability, InvocationStatus};
use rak_test_guests::{agent, fixture};
use rak_wasm::{AgentSettings, Limits};

use crate::support::{Ended, TestHost};

/// Fails with a code and a text; afterwards the host runs another agent as if nothing had been.
pub(crate) async fn fails(name: &str, limits: Limits, input: &str, code: &str, text: &str) -> Ended {
    let host = TestHost::limited(fixture(name), limits).await;
    let ended = host.run(input).await;
    assert_eq!(ended.status(), InvocationStatus::Failed);
    let error = ended.error();
    assert_eq!(error.0, code, "{error:?}");
    assert!(error.1.contains(text), "{text:?} in {error:?}");
    assert_eq!(ended.record.reason.as_deref(), Some(code));
    assert_eq!(TestHost::new(agent("echo")).await.run("still here").await.answer(), "still here");
    ended
}

#[tokio::test]
pub(crate) async fn trap_unreachable() {
    fails("trap_unreachable", Limits::default(), "", "trapped", "unreachable").await;
}

#[tokio::test]
pub(crate) async fn panic_text() {
    let ended =
        fails("panic_text", Limits::default(), "", "trapped", "the answer is 42 and that is a problem").await;
    assert!(!ended.error().1.contains("RUST_BACKTRACE"), "{:?}", ended.error());
}

#[tokio::test]
pub(crate) async fn exit_zero() {
    fails("exit_zero", Limits::default(), "", "trapped", "exit(0)").await;
}

#[tokio::test]
pub(crate) async fn exit_one() {
    fails("exit_one", Limits::default(), "", "trapped", "exit with a failure").await;
}

#[tokio::test]
pub(crate) async fn memory_hog() {
    let limits = Limits { memory_bytes: 64 << 20, ..Limits::default() };
    let ended = fails("memory_hog", limits, "", "limit_exceeded", "64 MiB of memory").await;
    assert!(ended.record.usage.peak_memory_bytes <= 64 << 20);
}

#[tokio::test]
pub(crate) async fn stack_overflow() {
    let ended = TestHost::new(fixture("stack_overflow")).await.run("").await;
    assert_eq!(ended.status(), InvocationStatus::Failed);
    assert!(ended.error().1.contains("stack"), "{:?}", ended.error());
}

#[tokio::test]
async fn an_endless_loop_ends_with_its_processor_time() {
    let limits = Limits { cpu_time_ms: 50, ..Limits::default() };
    let ended = fails("busy_loop_silent", limits, "", "limit_exceeded", "50 ms of processor time").await;
    assert!(ended.record.usage.cpu_micros >= 50_000);
}

#[tokio::test]
async fn a_run_ends_with_the_agents_wall_time() {
    let limits = Limits { wall_time_ms: 50, ..Limits::default() };
    let settings = AgentSettings { limits, durability: Durability::None, ..AgentSettings::default() };
    let host = TestHost::with(fixture("sleeper"), settings).await;
    assert_eq!(host.run("").await.status(), InvocationStatus::TimedOut);
}

#[tokio::test]
pub(crate) async fn endless_output() {
    let limits = Limits { output_bytes: 100 << 10, ..Limits::default() };
    fails("endless_output", limits, "", "limit_exceeded", "100 KiB to its output").await;
}

#[tokio::test]
pub(crate) async fn endless_events() {
    let limits = Limits { events: 50, ..Limits::default() };
    let ended = fails("endless_events", limits, "", "limit_exceeded", "limit of 50 events").await;
    assert_eq!(ended.record.usage.events, 50);
}

#[tokio::test]
pub(crate) async fn endless_deltas() {
    let limits = Limits { events_bytes: 10_000, ..Limits::default() };
    fails("endless_deltas", limits, "", "limit_exceeded", "limit of 10000 events bytes").await;
}

#[tokio::test]
pub(crate) async fn giant_event() {
    let limits = Limits { event_bytes: 1 << 20, ..Limits::default() };
    fails("giant_event", limits, "2", "limit_exceeded", "too large").await;
    let limits = Limits { host_call_bytes: 1 << 20, ..Limits::default() };
    fails("giant_event", limits, "2", "limit_exceeded", "in one call").await;
    let whole = TestHost::new(fixture("giant_event")).await.run("2").await;
    assert_eq!(whole.status(), InvocationStatus::Completed);
    assert!(whole.texts().iter().any(|text| text.len() == 2 << 20));
}

#[tokio::test]
pub(crate) async fn log_flood() {
    let limits = Limits { host_calls: 20_000, ..Limits::default() };
    fails("log_flood", limits, "", "limit_exceeded", "more than 20000 times").await;
}

#[tokio::test]
pub(crate) async fn big_state() {
    let host =
        TestHost::limited(fixture("big_state"), Limits { state_bytes: 100_000, ..Limits::default() }).await;
    let answer = host.run("1000 200000 1000").await.answer();
    let results: Vec<_> = answer.split_whitespace().collect();
    assert_eq!(results.len(), 3, "{answer}");
    assert_eq!((results[0], results[2]), ("ok", "ok"));
    assert!(results[1].contains("limit"), "{answer}");
}

#[tokio::test]
async fn an_answer_is_no_larger_than_an_event() {
    let host = TestHost::limited(agent("echo"), Limits { event_bytes: 1000, ..Limits::default() }).await;
    let ended = host.run(&"x".repeat(2000)).await;
    assert_eq!(ended.status(), InvocationStatus::Failed);
    assert!(ended.error().1.contains("1000"), "{:?}", ended.error());
}

#[test]
fn what_a_limit_is_called_on_the_wire_is_stable() {
    let error = AgentError::LimitExceeded { limit: "memory", message: String::new() };
    assert_eq!(error.code(), "limit_exceeded");
}
