//! What users used in a day, and what they may.

use std::sync::Arc;

use rak_core::time::{UnixDay, UnixMillis};
use rak_core::{
    Begin, DailyUsage, EventLog, InvocationEnd, InvocationRest, InvocationStatus, InvocationStep, Quota,
    QuotaExceeded, SessionService, StoreError, Usage, UserId,
};
use tokio::task::JoinSet;

use super::fixture::{Run, key};

const DAY: UnixDay = UnixDay(20_000);

fn ann() -> UserId {
    "ann".parse().unwrap()
}

/// A beginning on the day.
fn begin(run: &Run, quota: Quota) -> Begin {
    let mut begin = run.beginning(InvocationStatus::Active, Some("hello"));
    begin.record.started_at = UnixMillis(DAY.end().0 - 1);
    Begin { quota, ..begin }
}

fn used(cpu_micros: u64) -> Usage {
    Usage {
        cpu_micros,
        peak_memory_bytes: 77,
        memory_byte_seconds: cpu_micros * 2,
        host_calls: 77,
        events: cpu_micros * 3,
        event_bytes: cpu_micros * 4,
    }
}

fn sum(invocations: u64, cpu_micros: u64) -> DailyUsage {
    let Usage { memory_byte_seconds, events, event_bytes, .. } = used(cpu_micros);
    DailyUsage { invocations, cpu_micros, memory_byte_seconds, events, event_bytes }
}

fn invocations(limit: u64) -> Quota {
    Quota { invocations: Some(limit), ..Quota::default() }
}

/// Beginnings, rests and ends are counted, each part of what was used once, and on the day on which it was stored.
pub async fn what_is_used_is_counted_once<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("other", "ann", "two"));
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), DailyUsage::default());
    let run = Run::new(&one);
    store.begin(begin(&run, Quota::default())).await.unwrap();
    let at = UnixMillis(DAY.end().0 - 1);
    let rest = |usage| {
        let (reason, waiting, progress, resume) = (None, None, None, None);
        let rest =
            InvocationRest { status: InvocationStatus::Waiting, reason, waiting, progress, usage, resume };
        rak_core::Commit { at, step: Some(InvocationStep::Rests(rest)), ..run.commit([]) }
    };
    store.commit(rest(Some(used(10)))).await.unwrap();
    store.commit(rest(None)).await.unwrap();
    // It begins again, and says what it had used.
    let mut again = begin(&run, invocations(0));
    again.record.usage = used(10);
    again.message = None;
    store.begin(again).await.unwrap();
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), sum(1, 10));
    let end =
        InvocationEnd { status: InvocationStatus::Completed, reason: None, progress: None, usage: used(25) };
    let ends = |at| rak_core::Commit { at, step: Some(InvocationStep::Ends(end.clone())), ..run.commit([1]) };
    store.commit(ends(DAY.end())).await.unwrap();

    let other = Run::new(&two);
    store.begin(begin(&other, Quota::default())).await.unwrap();
    let stranger = Run::new(&key("app", "bob", "one"));
    store.begin(begin(&stranger, Quota::default())).await.unwrap();
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), sum(2, 10));
    assert_eq!(store.used(&ann(), UnixDay(DAY.0 + 1)).await.unwrap(), sum(0, 15));
    // Who deletes a session has used what it used.
    assert!(store.delete(&one).await.unwrap());
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), sum(2, 10));
}

/// What is used up lets nothing begin, and leaves nothing of what was refused.
pub async fn a_quota_is_used_up<S: SessionService + EventLog>(store: Arc<S>) {
    let first = Run::new(&key("app", "ann", "one"));
    store.begin(begin(&first, invocations(1))).await.unwrap();
    let second = Run::new(&key("app", "ann", "two"));
    let refused = store.begin(begin(&second, invocations(1))).await;
    let exceeded = QuotaExceeded { part: "invocations", limit: 1 };
    assert_eq!(refused, Err(StoreError::QuotaExceeded(exceeded)));
    assert_eq!(store.invocation(second.id).await.unwrap(), None);
    assert!(store.get(&second.key).await.unwrap().is_none());
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), sum(1, 0));
    // The one that began goes on, the next day is another one, and others have their own.
    store.begin(Begin { message: None, ..begin(&first, invocations(1)) }).await.unwrap();
    let mut tomorrow = begin(&second, invocations(1));
    tomorrow.record.started_at = DAY.end();
    store.begin(tomorrow).await.unwrap();
    store.begin(begin(&Run::new(&key("app", "bob", "one")), invocations(1))).await.unwrap();
}

/// Of many beginnings at the same time no more are stored than the quota has left.
pub async fn a_quota_is_not_exceeded_by_a_crowd<S: SessionService + EventLog>(store: Arc<S>) {
    let mut begins = JoinSet::new();
    for session in 0..20 {
        let (store, run) = (Arc::clone(&store), Run::new(&key("app", "ann", &session.to_string())));
        begins.spawn(async move { store.begin(begin(&run, invocations(7))).await.is_ok() });
    }
    let begun = begins.join_all().await.into_iter().filter(|begun| *begun).count();
    assert_eq!(begun, 7);
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), sum(7, 0));
}
