//! What users and agents used in a day, and what they may.

use std::sync::Arc;

use rak_core::time::{UnixDay, UnixMillis};
use rak_core::{
    AgentQuota, AppName, Begin, Commit, DailyUsage, EventLog, InvocationEnd, InvocationRest,
    InvocationStatus, InvocationStep, Limited, Quota, QuotaExceeded, Quotas, SessionService, StoreError,
    Usage, UserId,
};
use tokio::task::JoinSet;

use super::fixture::{Run, key};

const DAY: UnixDay = UnixDay(20_000);

fn ann() -> UserId {
    "ann".parse().unwrap()
}

fn app() -> AppName {
    "app".parse().unwrap()
}

/// A beginning on the day.
fn begin(run: &Run, quotas: Quotas) -> Begin {
    let mut begin = run.beginning(InvocationStatus::Active, Some("hello"));
    begin.record.started_at = UnixMillis(DAY.end().0 - 1);
    Begin { quotas, ..begin }
}

fn used(cpu_micros: u64) -> Usage {
    Usage {
        cpu_micros,
        peak_memory_bytes: 77,
        memory_byte_seconds: cpu_micros * 2,
        host_calls: 77,
        events: cpu_micros * 3,
        event_bytes: cpu_micros * 4,
        model_calls: 77,
        input_tokens: cpu_micros * 5,
        output_tokens: cpu_micros,
        model_cost_micros: 77,
    }
}

fn sum(invocations: u64, cpu_micros: u64) -> DailyUsage {
    let Usage { memory_byte_seconds, events, event_bytes, .. } = used(cpu_micros);
    let model_tokens = cpu_micros * 6;
    DailyUsage { invocations, cpu_micros, memory_byte_seconds, events, event_bytes, model_tokens }
}

/// A quota of the user.
fn invocations(limit: u64) -> Quotas {
    let user = Quota { invocations: Some(limit), ..Quota::default() };
    Quotas { user, ..Quotas::default() }
}

/// A quota of the agent.
fn tokens(limit: u64) -> Quotas {
    Quotas { agent: AgentQuota { model_tokens: Some(limit) }, ..Quotas::default() }
}

/// It waits, and says what it used, on the day.
fn rest(run: &Run, usage: Option<Usage>) -> Commit {
    let (reason, waiting, progress, resume) = (None, None, None, None);
    let rest = InvocationRest { status: InvocationStatus::Waiting, reason, waiting, progress, usage, resume };
    let at = UnixMillis(DAY.end().0 - 1);
    Commit { at, step: Some(InvocationStep::Rests(rest)), ..run.commit([]) }
}

/// It ends with one event, and says what it used.
fn end(run: &Run, at: UnixMillis, usage: Usage) -> Commit {
    let end = InvocationEnd { status: InvocationStatus::Completed, reason: None, progress: None, usage };
    Commit { at, step: Some(InvocationStep::Ends(end)), ..run.commit([1]) }
}

/// Beginnings, rests and ends are counted, each part of what was used once, and on the day on which it was stored.
pub async fn what_is_used_is_counted_once<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("other", "ann", "two"));
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), DailyUsage::default());
    let run = Run::new(&one);
    store.begin(begin(&run, Quotas::default())).await.unwrap();
    store.commit(rest(&run, Some(used(10)))).await.unwrap();
    store.commit(rest(&run, None)).await.unwrap();
    // It begins again, and says what it had used.
    let mut again = begin(&run, invocations(0));
    again.record.usage = used(10);
    again.message = None;
    store.begin(again).await.unwrap();
    assert_eq!(store.used(&ann(), DAY).await.unwrap(), sum(1, 10));
    store.commit(end(&run, DAY.end(), used(25))).await.unwrap();

    let other = Run::new(&two);
    store.begin(begin(&other, Quotas::default())).await.unwrap();
    let stranger = Run::new(&key("app", "bob", "one"));
    store.begin(begin(&stranger, Quotas::default())).await.unwrap();
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
    assert_eq!(refused, Err(StoreError::QuotaExceeded { whose: Limited::User(ann()), exceeded }));
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

/// Tokens of models are counted for the agent that used them, all its users together.
pub async fn what_models_cost_is_counted_for_their_agent<S: SessionService + EventLog>(store: Arc<S>) {
    let counted = async |days| store.agent_tokens(&app(), UnixDay(DAY.0 + days)).await.unwrap();
    let one = Run::new(&key("app", "ann", "one"));
    store.begin(begin(&one, Quotas::default())).await.unwrap();
    assert_eq!(counted(0).await, 0);
    store.commit(rest(&one, Some(used(10)))).await.unwrap();
    store.commit(rest(&one, None)).await.unwrap();
    let mut again = begin(&one, tokens(0));
    again.record.usage = used(10);
    again.message = None;
    store.begin(again).await.unwrap();
    assert_eq!((counted(0).await, counted(1).await), (60, 0));
    store.commit(end(&one, DAY.end(), used(25))).await.unwrap();
    for (app, user) in [("app", "bob"), ("other", "ann")] {
        let run = Run::new(&key(app, user, "two"));
        store.begin(begin(&run, Quotas::default())).await.unwrap();
        store.commit(end(&run, DAY.end(), used(1))).await.unwrap();
    }
    assert_eq!((counted(0).await, counted(1).await), (60, 15 * 6 + 6));
    // Who deletes a session has used what it used.
    assert!(store.delete(&one.key).await.unwrap());
    assert_eq!((counted(0).await, counted(1).await), (60, 15 * 6 + 6));
}

/// What an agent has used up lets nobody's run of it begin, and those of other agents do.
pub async fn a_quota_of_an_agent_is_used_up<S: SessionService + EventLog>(store: Arc<S>) {
    let first = Run::new(&key("app", "ann", "one"));
    store.begin(begin(&first, tokens(60))).await.unwrap();
    let at = UnixMillis(DAY.end().0 - 1);
    let waits = Run::new(&key("app", "ann", "two"));
    store.begin(begin(&waits, tokens(60))).await.unwrap();
    store.commit(end(&first, at, used(10))).await.unwrap();
    let second = Run::new(&key("app", "bob", "three"));
    let refused = store.begin(begin(&second, tokens(60))).await;
    let exceeded = QuotaExceeded { part: "model_tokens", limit: 60 };
    assert_eq!(refused, Err(StoreError::QuotaExceeded { whose: Limited::Agent(app()), exceeded }));
    assert_eq!(store.invocation(second.id).await.unwrap(), None);
    assert!(store.get(&second.key).await.unwrap().is_none());
    assert_eq!(store.used(&second.key.user_id, DAY).await.unwrap(), DailyUsage::default());
    // The one that began goes on, the next day is another one, and other agents have their own.
    store.begin(Begin { message: None, ..begin(&waits, tokens(60)) }).await.unwrap();
    let mut tomorrow = begin(&second, tokens(60));
    tomorrow.record.started_at = DAY.end();
    store.begin(tomorrow).await.unwrap();
    store.begin(begin(&Run::new(&key("other", "bob", "three")), tokens(60))).await.unwrap();
    store.begin(begin(&Run::new(&key("app", "bob", "three")), tokens(61))).await.unwrap();
}
