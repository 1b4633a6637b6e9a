//! Who comes into memory, and when.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use rak_core::time::UnixMillis;
use rak_core::{
    Agent, AgentDescriptor, AgentError, AgentOutcome, AgentQuota, AgentRun, AppName, Content, EventLog,
    IfBusy, InvocationId, InvocationStatus, JournalLimits, Limited, OnDisconnect, Priority, Quota, RunConfig,
    RunError, SessionKey, SessionService, Usage,
};
use rak_runner::{
    AdmissionSettings, AgentAdmission, Rate, Recovered, RunRequest, Runner, RunnerSettings, StartedRun,
    UserAdmission,
};
use rak_session::{MemoryStore, SqliteOptions, SqliteStore};
use tokio::sync::{mpsc, oneshot};

use crate::support::collect;

/// Hands each of its runs to the test, which says when it ends.
struct Worker {
    name: AppName,
    descriptor: AgentDescriptor,
    durable: bool,
    begun: mpsc::Sender<Working>,
}

/// The memory of every run, in bytes.
const PEAK: u64 = 1000;

/// A run in memory.
struct Working {
    id: InvocationId,
    text: String,
    ends: oneshot::Sender<()>,
}

impl Working {
    fn end(self) {
        self.ends.send(()).expect("it runs");
    }
}

#[async_trait]
impl Agent for Worker {
    fn name(&self) -> &AppName {
        &self.name
    }
    fn version(&self) -> &'static str {
        "v1"
    }
    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }
    fn wall_time_limit(&self) -> Option<Duration> {
        Some(Duration::from_hours(1))
    }
    fn durable(&self) -> Option<JournalLimits> {
        self.durable.then(JournalLimits::default)
    }
    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let (ends, ended) = oneshot::channel();
        let (id, text) = (run.host.info().id, run.input.text());
        self.begun.send(Working { id, text, ends }).await.expect("the test listens");
        let put_away = run.host.put_away().cloned().unwrap_or_default();
        let result = tokio::select! {
            biased;
            () = run.host.token().cancelled() => Err(AgentError::Stopped),
            () = put_away.cancelled() => Err(AgentError::PutAway { waiting: None }),
            Ok(()) = ended => Ok(AgentOutcome::default()),
        };
        let tokens = Usage { input_tokens: 4, output_tokens: 1, ..Usage::default() };
        (result, Usage { events: 5, peak_memory_bytes: PEAK, ..tokens })
    }
}

/// A host with the agents `worker` and `other`.
struct Host {
    runner: Runner,
    begun: mpsc::Receiver<Working>,
}

fn settings(places: usize) -> RunnerSettings {
    RunnerSettings { max_invocations: places, ..RunnerSettings::default() }
}

impl Host {
    fn new(settings: RunnerSettings) -> Self {
        Self::on(Arc::new(MemoryStore::new()), settings, false)
    }

    fn on<S: SessionService + EventLog>(store: Arc<S>, settings: RunnerSettings, durable: bool) -> Self {
        let (sender, begun) = mpsc::channel(1000);
        let mut builder = Runner::builder().session_service(store).settings(settings);
        for name in ["worker", "other"] {
            let (name, begun) = (name.parse().unwrap(), sender.clone());
            let descriptor = AgentDescriptor::default();
            builder = builder.agent(Arc::new(Worker { name, descriptor, durable, begun }));
        }
        Self { runner: builder.build().unwrap(), begun }
    }

    async fn try_start(&self, who: &str, text: &str, config: RunConfig) -> Result<StartedRun, RunError> {
        self.runner.start(request(who, text, config)).await
    }

    /// Starts a run that goes on alone; `who` is a user, and an agent where it is not `worker`.
    async fn start(&self, who: &str, text: &str) -> InvocationId {
        self.start_with(who, text, RunConfig::default()).await
    }

    async fn start_with(&self, who: &str, text: &str, config: RunConfig) -> InvocationId {
        let config = RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..config };
        self.try_start(who, text, config).await.ok().unwrap().invocation_id
    }

    async fn next(&mut self) -> Working {
        self.begun.recv().await.unwrap()
    }

    /// Ends a run, and everything that follows it, one after the other: what they were told.
    async fn order(&mut self, mut working: Working, following: usize) -> Vec<String> {
        let mut order = Vec::new();
        for _ in 0..following {
            working.end();
            working = self.next().await;
            order.push(working.text.clone());
        }
        working.end();
        order
    }

    async fn status(&self, id: InvocationId) -> InvocationStatus {
        self.runner.invocation(id).await.unwrap().unwrap().status
    }

    /// Waits for the end of an invocation; gives its code.
    async fn ended(&self, id: InvocationId) -> Option<String> {
        let events = collect(self.runner.listen(id, 0).await.ok().unwrap()).await;
        events.last().unwrap().error_code.clone()
    }

    async fn position(&self, id: InvocationId) -> Option<usize> {
        let record = self.runner.invocation(id).await.unwrap().unwrap();
        self.runner.queue_positions(&[record])[0]
    }
}

fn request(who: &str, text: &str, config: RunConfig) -> RunRequest {
    let (user, agent) = who.split_once('@').unwrap_or((who, "worker"));
    RunRequest {
        invocation_id: InvocationId::new(),
        session: SessionKey {
            app_name: agent.parse().unwrap(),
            user_id: user.parse().unwrap(),
            session_id: format!("of {text}").parse().unwrap(),
        },
        message: Content::new_user_text(text),
        config,
        cancel_token: None,
    }
}

fn priority(priority: i64) -> RunConfig {
    RunConfig { priority: Priority::new(priority).unwrap(), ..RunConfig::default() }
}

fn user(concurrent: usize) -> UserAdmission {
    UserAdmission { concurrent: NonZeroUsize::new(concurrent), ..UserAdmission::default() }
}

#[tokio::test]
async fn a_full_host_lets_runs_wait_and_says_where_they_are() {
    let mut host = Host::new(settings(1));
    let first = host.start("ann", "first").await;
    let working = host.next().await;
    let second = host.start("ann", "second").await;
    let urgent = host.start_with("ann", "urgent", priority(1)).await;
    for id in [second, urgent] {
        assert_eq!(host.status(id).await, InvocationStatus::Queued);
        let live = host.runner.invocation_tracker().status(id);
        assert_eq!(live, Some(InvocationStatus::Queued));
    }
    let positions = [host.position(first).await, host.position(urgent).await, host.position(second).await];
    assert_eq!(positions, [None, Some(0), Some(1)]);
    assert_eq!(host.order(working, 2).await, ["urgent", "second"]);
    assert_eq!(host.ended(second).await, None);
    assert_eq!(host.position(second).await, None);
}

#[tokio::test]
async fn a_single_run_does_not_wait_for_all_of_another_user() {
    let mut host = Host::new(settings(1));
    host.start("ann", "0").await;
    let working = host.next().await;
    for number in 1..=50 {
        host.start("ann", &number.to_string()).await;
    }
    let late = host.start("bob", "bob").await;
    // Nobody of them has a run in memory when the next place is free; Ann was served last.
    assert_eq!(host.position(late).await, Some(0));
    assert_eq!(host.order(working, 51).await[..3], ["bob", "1", "2"]);
}

#[tokio::test]
async fn a_user_or_an_agent_at_its_limit_holds_up_nobody_else() {
    let admission = AdmissionSettings {
        user: user(1),
        users: [("bob".parse().unwrap(), user(2))].into(),
        agents: [(
            "other".parse().unwrap(),
            AgentAdmission { concurrent: NonZeroUsize::new(1), ..AgentAdmission::default() },
        )]
        .into(),
        ..AdmissionSettings::default()
    };
    let mut host = Host::new(RunnerSettings { admission, ..settings(10) });
    host.start("ann", "ann 1").await;
    let ann = host.next().await;
    let waits = host.start("ann", "ann 2").await;
    host.start("bob@other", "bob 1").await;
    let bob = host.next().await;
    let of_agent = host.start("eve@other", "eve 1").await;
    host.start("bob", "bob 2").await;
    assert_eq!(host.next().await.text, "bob 2");
    for id in [waits, of_agent] {
        assert_eq!(host.status(id).await, InvocationStatus::Queued);
    }
    ann.end();
    assert_eq!(host.next().await.text, "ann 2");
    bob.end();
    assert_eq!(host.next().await.text, "eve 1");
}

#[tokio::test]
async fn what_waits_for_its_session_has_no_place() {
    let mut host = Host::new(settings(1));
    host.start("ann", "a").await;
    let first = host.next().await;
    let queue = RunConfig { if_busy: IfBusy::Queue, ..RunConfig::default() };
    let second = host.start_with("ann", "a", queue.clone()).await;
    let third = host.start_with("ann", "a", queue).await;
    assert_eq!([host.position(second).await, host.position(third).await], [Some(0), Some(1)]);
    host.start("bob", "b").await;
    // Bob waited for nothing but a place.
    assert_eq!(host.order(first, 3).await, ["b", "a", "a"]);
    assert_eq!(host.ended(third).await, None);
}

#[tokio::test]
async fn more_than_may_wait_are_refused() {
    let admission = AdmissionSettings { max_queued: 2, user: user(1), ..AdmissionSettings::default() };
    let mut host = Host::new(RunnerSettings { admission, ..settings(2) });
    host.start("ann", "1").await;
    let working = host.next().await;
    let waits = host.start("ann", "2").await;
    host.start("ann", "3").await;
    let full = RunError::Full { running: 2, waiting: 2 };
    assert_eq!(host.try_start("ann", "4", RunConfig::default()).await.err(), Some(full.clone()));
    // There is a place, and who can have it does not wait.
    host.start("bob", "5").await;
    host.next().await.end();
    // Nothing is left of the one that was refused, and who gives up makes room.
    assert!(host.runner.invocation_tracker().cancel(waits));
    assert_eq!(host.ended(waits).await.as_deref(), Some("cancelled"));
    host.start("ann", "4").await;
    assert_eq!(host.order(working, 2).await, ["3", "4"]);
}

#[tokio::test]
async fn without_a_queue_a_full_host_refuses() {
    let admission = AdmissionSettings { max_queued: 0, ..AdmissionSettings::default() };
    let mut host = Host::new(RunnerSettings { admission, ..settings(1) });
    host.start("ann", "1").await;
    let working = host.next().await;
    let refused = host.try_start("ann", "2", RunConfig::default()).await.err();
    assert_eq!(refused, Some(RunError::Full { running: 1, waiting: 0 }));
    working.end();
    while host.try_start("ann", "3", RunConfig::default()).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_in_the_queue_is_stopped_as_any_other() {
    let mut host = Host::new(settings(1));
    host.start("ann", "1").await;
    let working = host.next().await;
    let cancelled = host.start("ann", "2").await;
    let timeout = Some(Duration::from_secs(5));
    let late = host.start_with("ann", "3", RunConfig { timeout, ..RunConfig::default() }).await;
    let on_disconnect = Some(OnDisconnect::Cancel);
    let config = RunConfig { on_disconnect, ..RunConfig::default() };
    let lonely = host.try_start("ann", "4", config).await.ok().unwrap();
    let id = lonely.invocation_id;
    drop(lonely);
    assert!(host.runner.invocation_tracker().cancel(cancelled));
    assert_eq!(host.ended(cancelled).await.as_deref(), Some("cancelled"));
    assert_eq!(host.ended(id).await.as_deref(), Some("disconnected"));
    assert_eq!(host.ended(late).await.as_deref(), Some("timed_out"));
    let next = host.start("ann", "5").await;
    assert_eq!(host.position(next).await, Some(0), "they are not in the line any more");
    assert_eq!(host.order(working, 1).await, ["5"]);
}

#[tokio::test(start_paused = true)]
async fn the_agents_time_does_not_run_while_its_run_waits() {
    let mut host = Host::new(settings(1));
    let first = host.start("ann", "1").await;
    let _working = host.next().await;
    let second = host.start("ann", "2").await;
    tokio::time::sleep(Duration::from_mins(59)).await;
    assert_eq!(host.ended(first).await.as_deref(), Some("timed_out"));
    let working = host.next().await;
    tokio::time::sleep(Duration::from_mins(59)).await;
    working.end();
    assert_eq!(host.ended(second).await, None);
}

#[tokio::test]
async fn an_interrupting_run_takes_the_place_of_one_in_the_queue() {
    let mut host = Host::new(settings(1));
    host.start("ann", "1").await;
    let working = host.next().await;
    let first = host.start("ann", "2").await;
    let interrupts = RunConfig { if_busy: IfBusy::Interrupt, ..RunConfig::default() };
    let second = host.start_with("ann", "2", interrupts).await;
    assert_eq!(host.ended(first).await.as_deref(), Some("superseded"));
    host.order(working, 1).await;
    assert_eq!(host.ended(second).await, None);
}

#[tokio::test]
async fn a_durable_run_waits_on_in_the_next_host() {
    let store = Arc::new(MemoryStore::new());
    let mut host = Host::on(store.clone(), settings(1), true);
    let first = host.start("ann", "1").await;
    let _working = host.next().await;
    let second = host.start("ann", "2").await;
    let urgent = host.start_with("ann", "urgent", priority(5)).await;
    host.runner.drain(Duration::ZERO).await;
    for id in [first, second, urgent] {
        assert_eq!(host.status(id).await, InvocationStatus::Queued);
    }

    let mut host = Host::on(store, settings(1), true);
    assert_eq!(host.runner.recover().await, Ok(Recovered { ended: 0, resumed: 3 }));
    let working = host.next().await;
    assert_eq!(working.id, first);
    while host.position(second).await != Some(1) {
        tokio::task::yield_now().await;
    }
    assert_eq!(host.position(urgent).await, Some(0));
    assert_eq!(host.order(working, 2).await, ["urgent", "2"]);
    for id in [first, second, urgent] {
        assert_eq!(host.ended(id).await, None);
    }
    assert_eq!(host.runner.invocation(second).await.unwrap().unwrap().attempt, 1);
}

#[tokio::test]
async fn a_run_is_paused_in_the_queue_and_keeps_its_age() {
    let store = Arc::new(MemoryStore::new());
    let mut host = Host::on(store.clone(), settings(1), true);
    host.start("ann", "1").await;
    let working = host.next().await;
    let paused = host.start("ann", "2").await;
    let next = host.start("ann", "3").await;
    host.runner.pause(paused).await.unwrap();
    assert_eq!(host.status(paused).await, InvocationStatus::Paused, "also where the host ends now");
    while host.position(next).await != Some(0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(host.position(paused).await, None);
    host.runner.resume(paused).await.unwrap();
    while host.position(paused).await != Some(0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(host.status(paused).await, InvocationStatus::Queued, "also where the host ends now");
    // And once more, now that it was put away already.
    host.runner.pause(paused).await.unwrap();
    assert_eq!(host.status(paused).await, InvocationStatus::Paused, "also where the host ends now");
    while host.position(next).await != Some(0) {
        tokio::task::yield_now().await;
    }
    host.runner.resume(paused).await.unwrap();
    while host.position(paused).await != Some(0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(host.order(working, 2).await, ["2", "3"]);
    assert_eq!(host.ended(paused).await, None);
}

#[tokio::test]
async fn what_was_put_away_waits_for_a_place_too() {
    let mut host = Host::on(Arc::new(MemoryStore::new()), settings(1), true);
    let first = host.start("ann", "1").await;
    let _put_away = host.next().await;
    let second = host.start("ann", "2").await;
    host.runner.pause(first).await.unwrap();
    let working = host.next().await;
    assert_eq!(working.id, second);
    host.runner.resume(first).await.unwrap();
    while host.position(first).await != Some(0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(host.status(first).await, InvocationStatus::Queued);
    assert_eq!(host.order(working, 1).await, ["1"]);
    assert_eq!(host.ended(first).await, None);
}

#[tokio::test(start_paused = true)]
async fn runs_are_started_as_fast_as_they_may_be() {
    let rate = |per_minute, burst| {
        let number = |number| NonZeroU32::new(number).unwrap();
        Some(Rate { per_minute: number(per_minute), burst: number(burst) })
    };
    let agent = AgentAdmission { rate: rate(6, 3), ..AgentAdmission::default() };
    let admission = AdmissionSettings {
        user: UserAdmission { rate: rate(60, 2), ..UserAdmission::default() },
        agents: [("other".parse().unwrap(), agent)].into(),
        ..AdmissionSettings::default()
    };
    let host = Host::new(RunnerSettings { admission, ..settings(100) });
    let limited = |whose, per_minute, retry_after| RunError::RateLimited { whose, per_minute, retry_after };
    let second = Duration::from_secs(1);

    host.start("ann", "1").await;
    host.start("ann", "2").await;
    let refused = host.try_start("ann", "3", RunConfig::default()).await.err();
    assert_eq!(refused, Some(limited(Limited::User("ann".parse().unwrap()), 60, second)));
    tokio::time::advance(second).await;
    host.start("ann", "3").await;

    for text in ["4", "5", "6"] {
        host.start(&format!("user {text}@other"), text).await;
    }
    let refused = host.try_start("bob@other", "7", RunConfig::default()).await.err();
    assert_eq!(refused, Some(limited(Limited::Agent("other".parse().unwrap()), 6, second * 10)));
    // What was refused costs nothing.
    host.start("bob", "7").await;
    host.start("bob", "8").await;
}

#[tokio::test]
async fn a_repeated_start_is_the_same_invocation() {
    let store = Arc::new(MemoryStore::new());
    let mut host = Host::on(store.clone(), settings(1), true);
    let once = || RunConfig { idempotency_key: Some("k".parse().unwrap()), ..RunConfig::default() };
    let first = host.try_start("ann", "1", once()).await.ok().unwrap();
    let id = first.invocation_id;
    let again = host.try_start("ann", "1", once()).await.ok().unwrap();
    assert_eq!(again.invocation_id, id);
    let other_message = RunRequest { message: Content::new_user_text("2"), ..request("ann", "1", once()) };
    let refused = host.runner.start(other_message).await.err();
    assert_eq!(refused, Some(RunError::IdempotencyConflict { key: "k".parse().unwrap(), invocation: id }));
    // The same key in another session is another start.
    let elsewhere = host.try_start("bob", "1", once()).await.ok().unwrap();
    assert_ne!(elsewhere.invocation_id, id);

    host.next().await.end();
    let seen = collect(first.events).await;
    assert_eq!(collect(again.events).await, seen);
    // After its end, and in the next host.
    let again = host.try_start("ann", "1", once()).await.ok().unwrap();
    assert_eq!(collect(again.events).await, seen);
    host.next().await.end();
    collect(elsewhere.events).await;
    host.runner.drain(Duration::ZERO).await;
    let host = Host::on(store, settings(1), true);
    let again = host.try_start("ann", "1", once()).await.ok().unwrap();
    assert_eq!((again.invocation_id, collect(again.events).await), (id, seen));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_starts_with_one_key_one_runs() {
    let mut host = Host::new(settings(10));
    let starts = (0..50).map(|_| {
        let config = RunConfig { idempotency_key: Some("k".parse().unwrap()), ..RunConfig::default() };
        host.try_start("ann", "1", config)
    });
    let started = futures::future::join_all(starts).await;
    let ids: Vec<_> = started.iter().map(|run| run.as_ref().ok().unwrap().invocation_id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    host.next().await.end();
    for run in started {
        assert_eq!(run.ok().unwrap().events.count().await, 1);
    }
    assert!(host.begun.try_recv().is_err());
}

/// What the worker's runs come to: 5 events each.
fn quota(events: u64) -> AdmissionSettings {
    let quota = Quota { events: Some(events), ..Quota::default() };
    let user = UserAdmission { quota, ..UserAdmission::default() };
    AdmissionSettings { user, ..AdmissionSettings::default() }
}

async fn has_used_it_up(host: &Host) {
    let refused = host.try_start("ann", "3", RunConfig::default()).await.err();
    let Some(RunError::QuotaExceeded { whose, exceeded, retry_after }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(whose, Limited::User("ann".parse().unwrap()));
    assert_eq!(exceeded.to_string(), "events = 10");
    assert!(retry_after <= Duration::from_hours(24));
}

#[tokio::test]
async fn a_quota_is_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let path = folder.path().join("rak.db");
        Arc::new(SqliteStore::open(path, SqliteOptions::default()).unwrap())
    };
    let store = open();
    let mut host = Host::on(store.clone(), RunnerSettings { admission: quota(10), ..settings(1) }, true);
    // The second one begins with something left, and may use more than that.
    for text in ["1", "2"] {
        let id = host.start("ann", text).await;
        host.next().await.end();
        assert_eq!(host.ended(id).await, None);
    }
    has_used_it_up(&host).await;
    host.start("bob", "3").await;
    host.next().await.end();
    host.runner.drain(Duration::from_mins(1)).await;
    store.close().await;

    let store = open();
    let mut host = Host::on(store, RunnerSettings { admission: quota(10), ..settings(1) }, true);
    has_used_it_up(&host).await;
    // What is refused leaves neither its session busy nor a place taken.
    host.start("bob", "4").await;
    host.next().await.end();
    let deleted = host.runner.delete_session(&request("ann", "3", RunConfig::default()).session).await;
    assert_eq!(deleted, Ok(false));
}

#[tokio::test]
async fn a_quota_of_an_agent_is_that_of_all_its_users() {
    let quota = AgentQuota { model_tokens: Some(10) };
    let agent = AgentAdmission { quota, ..AgentAdmission::default() };
    let admission = AdmissionSettings {
        agents: [("worker".parse().unwrap(), agent)].into(),
        ..AdmissionSettings::default()
    };
    let mut host = Host::new(RunnerSettings { admission, ..settings(1) });
    for user in ["ann", "bob"] {
        let id = host.start(user, "1").await;
        host.next().await.end();
        assert_eq!(host.ended(id).await, None);
    }
    let refused = host.try_start("eve", "2", RunConfig::default()).await.err().unwrap();
    let text = refused.to_string();
    assert!(text.contains("the agent \"worker\"") && text.contains("model_tokens = 10"), "{text}");
    let RunError::QuotaExceeded { whose, retry_after, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(whose, Limited::Agent("worker".parse().unwrap()));
    assert!(retry_after <= Duration::from_hours(24));
    // Other agents have their own, and the place is free.
    host.start("eve@other", "3").await;
    host.next().await.end();
}

#[tokio::test(start_paused = true)]
async fn memory_counts_for_as_long_as_it_is_held() {
    let store = Arc::new(MemoryStore::new());
    let mut host = Host::on(store.clone(), settings(1), true);
    let first = host.start("ann", "1").await;
    let _put_away = host.next().await;
    let second = host.start("ann", "2").await;
    tokio::time::advance(Duration::from_secs(3)).await;
    host.runner.pause(first).await.unwrap();
    let working = host.next().await;
    // Neither in the queue nor at rest.
    tokio::time::advance(Duration::from_secs(4)).await;
    working.end();
    host.ended(second).await;
    host.runner.resume(first).await.unwrap();
    let working = host.next().await;
    tokio::time::advance(Duration::from_secs(2)).await;
    working.end();
    host.ended(first).await;
    let mut sum = 0;
    for (id, seconds) in [(first, 5), (second, 4)] {
        let record = host.runner.invocation(id).await.unwrap().unwrap();
        assert_eq!(record.usage.memory_byte_seconds, seconds * PEAK);
        sum += record.usage.memory_byte_seconds;
    }
    let used = store.used(&"ann".parse().unwrap(), UnixMillis::now().day()).await.unwrap();
    assert_eq!((used.invocations, used.memory_byte_seconds), (2, sum));
}
