//! A store that takes nothing for a while, at any point of a run: the run ends as it would have, or says why not, and what
//! its client saw is what is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use rak_core::time::{UnixDay, UnixMillis};
use rak_core::{
    AppName, Begin, Commit, DailyUsage, Decision, EncodedEvent, EventLog, IdempotencyKey, InvocationFilter,
    InvocationId, InvocationPage, InvocationRecord, InvocationStatus, JournalChunk, OnDisconnect, Reply,
    Respond, RespondError, RunConfig, RunError, SessionKey, StoreError, UserId,
};
use rak_runner::RunnerSettings;
use serde_json::{Value, json};

use crate::durable::EVERY_CALL;
use crate::lives::{Fate, Trial, program, request, until};
use crate::mortal_store::{Death, Disk};
use crate::place::{Place, SLEEPS, error_of, next};

/// The log of a disk, which refuses some of the writes to it. It outlives the hosts.
struct FailingLog {
    inner: Arc<dyn EventLog>,
    writes: AtomicUsize,
    refused_from: AtomicUsize,
    refused_until: AtomicUsize,
}

impl FailingLog {
    /// One that takes everything, put before the log of a disk.
    fn before(disk: &mut Disk) -> Arc<Self> {
        let log = Arc::new(Self {
            inner: disk.log.clone(),
            writes: AtomicUsize::new(0),
            refused_from: AtomicUsize::new(0),
            refused_until: AtomicUsize::new(0),
        });
        disk.log = log.clone();
        log
    }

    /// Refuses so many writes from this one on, counted from 1.
    fn refuse(&self, from: usize, count: usize) {
        self.refused_from.store(from, Ordering::SeqCst);
        self.refused_until.store(from.saturating_add(count), Ordering::SeqCst);
    }

    /// Refuses everything from now on.
    fn fail(&self) {
        self.refuse(0, usize::MAX);
    }

    fn recover(&self) {
        self.refuse(0, 0);
    }

    fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    fn admit(&self) -> Result<(), StoreError> {
        let write = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        let refused = self.refused_from.load(Ordering::SeqCst)..self.refused_until.load(Ordering::SeqCst);
        if refused.contains(&write) { Err(StoreError::unavailable("the disk is full")) } else { Ok(()) }
    }
}

#[async_trait]
impl EventLog for FailingLog {
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError> {
        self.admit()?;
        self.inner.begin(begin).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.admit()?;
        self.inner.commit(commit).await
    }

    async fn read(
        &self,
        id: InvocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EncodedEvent>, StoreError> {
        self.inner.read(id, after, limit).await
    }

    async fn journal(&self, id: InvocationId) -> Result<Vec<JournalChunk>, StoreError> {
        self.inner.journal(id).await
    }

    async fn prune_journals(&self, ended_before: UnixMillis, limit: usize) -> Result<usize, StoreError> {
        self.inner.prune_journals(ended_before, limit).await
    }

    async fn message(&self, id: InvocationId) -> Result<Option<(u64, EncodedEvent)>, StoreError> {
        self.inner.message(id).await
    }

    async fn started_with(
        &self,
        session: &SessionKey,
        key: &IdempotencyKey,
    ) -> Result<Option<(InvocationId, String)>, StoreError> {
        self.inner.started_with(session, key).await
    }

    async fn used(&self, user: &UserId, day: UnixDay) -> Result<DailyUsage, StoreError> {
        self.inner.used(user, day).await
    }

    async fn agent_tokens(&self, agent: &AppName, day: UnixDay) -> Result<u64, StoreError> {
        self.inner.agent_tokens(agent, day).await
    }

    async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, StoreError> {
        self.inner.invocation(id).await
    }

    async fn invocations(&self, filter: InvocationFilter) -> Result<InvocationPage, StoreError> {
        self.inner.invocations(filter).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.inner.check().await
    }
}

/// A run of the program with these calls, on a store of its own.
fn trial(calls: &str) -> (Trial, Arc<FailingLog>) {
    let mut disk = Disk::memory();
    let log = FailingLog::before(&mut disk);
    (Trial::new(disk, program(), calls), log)
}

/// Every call but those that wait for a person, whose answer would have to be stored before they go on.
fn calls_without_people() -> String {
    let mut calls: Vec<Value> = serde_json::from_str(EVERY_CALL).expect("calls");
    calls.retain(|call| call["op"] != "approve" && call["op"] != "ask" && call["op"] != "message");
    Value::from(calls).to_string()
}

/// How many writes it takes, its beginning included.
fn writes_undisturbed(calls: &str) -> usize {
    let (mut trial, log) = trial(calls);
    assert!(matches!(trial.live(None), Fate::Over(_)));
    let writes = log.writes();
    assert!(writes > 8, "{writes} writes");
    writes
}

/// Looks at a run that is over, or at what its client was told where that could not be stored; then another host goes on.
fn ends_well(mut trial: Trial, log: &FailingLog, what: &str) {
    let told = trial.seen.last().expect("an event").clone();
    assert!(told.turn_complete, "{what}: {told:?}");
    if told.seq.is_none() {
        assert_eq!(told.error_code.as_deref(), Some("not_stored"), "{what}");
        log.recover();
        assert!(matches!(trial.live(None), Fate::Over(_)), "{what}");
    }
    let outcome = trial.result();
    outcome.is_sound(what);
    trial.client_saw(&outcome, what);
    match (outcome.record.status, outcome.record.reason.as_deref()) {
        (InvocationStatus::Completed, None) | (InvocationStatus::Failed, Some("not_stored")) => {}
        end => panic!("{what}: {end:?}"),
    }
}

#[test]
fn any_write_may_be_refused_for_a_while() {
    let refuse = |calls: &str, count| {
        for from in 2..=writes_undisturbed(calls) {
            let (mut trial, log) = trial(calls);
            log.refuse(from, count);
            let what = format!("{count} writes refused from {from}");
            assert!(matches!(trial.live(None), Fate::Over(_)), "{what}");
            ends_well(trial, &log, &what);
        }
    };
    for count in [1, 2, 3] {
        refuse(EVERY_CALL, count);
    }
    refuse(&calls_without_people(), usize::MAX);
}

/// A run that gives up its memory in each wait writes that it rests and that it goes on, and may fail to do either.
#[test]
fn a_run_that_rests_may_be_refused_any_write() {
    let resting = || {
        let (mut trial, log) = trial(EVERY_CALL);
        trial.settings.longest_wait_in_memory = Duration::ZERO;
        (trial, log)
    };
    let (mut undisturbed, log) = resting();
    assert!(matches!(undisturbed.live(None), Fate::Over(_)));
    let writes = log.writes();
    assert!(writes > writes_undisturbed(EVERY_CALL), "{writes} writes");
    // Beside each other: one that cannot go on is tried again after a second.
    std::thread::scope(|threads| {
        for from in 2..=writes {
            threads.spawn(move || {
                let (mut trial, log) = resting();
                log.refuse(from, 1);
                let what = format!("write {from} refused");
                assert!(matches!(trial.live(None), Fate::Over(_)), "{what}");
                ends_well(trial, &log, &what);
            });
        }
    });
}

/// What the agent was told of its store is repeated as everything else.
#[test]
fn a_host_may_end_after_a_write_was_refused() {
    let writes = writes_undisturbed(EVERY_CALL);
    for refused in 2..writes {
        for later in [1, 2, 3] {
            for takes_effect in [false, true] {
                let (mut trial, log) = trial(EVERY_CALL);
                log.refuse(refused, 1);
                let death = Death { write: refused + later, takes_effect };
                let what = format!("write {refused} refused, {death:?}");
                if trial.live(Some(death)) == Fate::Died {
                    assert!(matches!(trial.live(None), Fate::Over(_)), "{what}");
                }
                ends_well(trial, &log, &what);
            }
        }
    }
}

fn place(longest_wait_in_memory: Duration) -> (Place, Arc<FailingLog>) {
    let settings = RunnerSettings { longest_wait_in_memory, ..RunnerSettings::default() };
    let mut place = Place::with(program(), settings);
    let log = FailingLog::before(&mut place.disk);
    place.again();
    (place, log)
}

fn alone() -> RunConfig {
    RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() }
}

#[tokio::test]
async fn a_run_whose_beginning_is_not_stored_never_was() {
    let (place, log) = place(Duration::ZERO);
    log.fail();
    let refused = place.runner.start(request(&place.agent, "[]", RunConfig::default())).await;
    let error = refused.err().expect("it cannot begin");
    assert!(matches!(error, RunError::Store(StoreError::Unavailable { .. })), "{error}");
    let page = place.disk.log.invocations(InvocationFilter::default()).await.expect("the store");
    assert!(page.invocations.is_empty());
    log.recover();
    let (id, _) = place.start("[]", RunConfig::default()).await;
    place.status(id, InvocationStatus::Completed).await;
}

#[tokio::test]
async fn an_answer_that_is_not_stored_is_not_taken() {
    for longest_wait in [Duration::ZERO, Duration::from_hours(1)] {
        let (mut place, log) = place(longest_wait);
        let (id, _) = place.start(r#"[{"op": "approve"}]"#, alone()).await;
        place.status(id, InvocationStatus::Waiting).await;
        let respond = |approved| {
            let decision = Decision { approved, ..Decision::default() };
            let reply = Reply::Decision { request_id: "approve-1".into(), decision };
            Respond { reply, by: None, user_id: None }
        };
        log.fail();
        let refused = place.runner.respond(id, respond(false)).await;
        assert!(matches!(refused, Err(RespondError::Run(RunError::Store(_)))), "{refused:?}");
        place.crash();
        log.recover();
        place.runner.recover().await.expect("the store");
        place.runner.respond(id, respond(true)).await.expect("nobody answered yet");
        let events = place.end(id).await;
        let answers: Vec<_> = events.iter().filter_map(|event| event.input_response.as_ref()).collect();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0].answer["approved"], json!(true));
    }
}

/// What was asked for while the store failed: it is waited for, and asked for no more than now and then.
#[tokio::test]
async fn a_run_that_cannot_go_on_yet_waits_until_it_can() {
    let (place, log) = place(Duration::from_millis(5));
    let (id, mut events) = place
        .start(r#"[{"op": "say"}, {"op": "sleep", "ms": 200}, {"op": "say"}]"#, RunConfig::default())
        .await;
    next(&mut events).await;
    place.status(id, InvocationStatus::Waiting).await;
    let before = log.writes();
    log.fail();
    let tried = async {
        while log.writes() == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(crate::lives::PATIENCE, tried).await.expect("it wants to go on");
    log.recover();
    let events: Vec<_> = events.map(|event| event.expect("an event").seq).collect().await;
    assert_eq!(events, [Some(2), Some(3)]);
    assert!(log.writes() - before < 8, "{} writes", log.writes() - before);
}

/// Whoever stops a run and is told so sees it end so, also where that is stored later.
#[tokio::test]
async fn a_run_that_was_stopped_ends_so_when_it_can_be_stored() {
    for longest_wait in [Duration::ZERO, Duration::from_hours(2)] {
        let (place, log) = place(longest_wait);
        let (id, mut events) = place.start(SLEEPS, RunConfig::default()).await;
        next(&mut events).await;
        if longest_wait.is_zero() {
            place.status(id, InvocationStatus::Waiting).await;
        }
        log.fail();
        assert!(place.runner.invocation_tracker().cancel(id));
        let last = next(&mut events).await;
        assert_eq!(
            (last.seq, last.turn_complete, last.error_code.as_deref()),
            (None, true, Some("cancelled"))
        );
        assert_eq!(place.runner.invocation_tracker().status(id), Some(InvocationStatus::Cancelled));
        log.recover();
        let record = until(&place.runner, id, |record| record.status.is_terminal()).await;
        assert_eq!(record.status, InvocationStatus::Cancelled);
        assert_eq!(error_of(&place.end(id).await), "cancelled");
    }
}
