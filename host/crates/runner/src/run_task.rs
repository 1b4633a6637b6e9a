//! One run from its admission to its terminal event.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::FutureExt as _;
use rak_core::time::UnixMicros;
use rak_core::{
    Agent, AgentError, AgentOutcome, AgentRegistry, AgentRun, Begin, Content, EncodedEvent, Event, Failure,
    FailureKind, InvocationInfo, InvocationRecord, InvocationRest, InvocationStatus, InvocationStep, Journal,
    JournalEntry, OnDisconnect, Priority, Quotas, RunError, Session, SessionService, StartKey, StateDelta,
    StopReason, StoreError, USER_AUTHOR, Usage, Waiting,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::admission::{Entry, Place};
use crate::dormant::{Dormant, Seat, cancelled};
use crate::ending::Ending;
use crate::invocation_tracker::InvocationGuard;
use crate::listener::LiveRun;
use crate::recorder::{Record, Recorder};
use crate::run_context::{RunContext, RunState};
use crate::runner::Runner;
use crate::{agent_choice, closing};

/// How long an agent that was stopped may take to return before it is dropped. Agents that are components return
/// within milliseconds by themselves; this is for agents that are part of the program.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// Everything one run needs.
pub(crate) struct RunTask {
    /// It was stopped before it came into memory, and its agent is told so when it is where it was.
    pub(crate) told_late: bool,
    /// Who starts its children.
    pub(crate) runner: Runner,
    pub(crate) agents: Arc<dyn AgentRegistry>,
    pub(crate) message: Content,
    pub(crate) guard: InvocationGuard,
    pub(crate) live: Arc<LiveRun>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) sessions: Arc<dyn SessionService>,
    pub(crate) record: InvocationRecord,
    pub(crate) priority: Priority,
    /// What its client called the start.
    pub(crate) start_key: Option<StartKey>,
    /// What its user and its agent may use; looked at when it is stored first.
    pub(crate) quotas: Quotas,
    pub(crate) deadline: Deadline,
    pub(crate) on_disconnect: OnDisconnect,
    /// The same while it is put away.
    pub(crate) on_disconnect_at_rest: OnDisconnect,
    pub(crate) caller_token: Option<CancellationToken>,
    /// Cancelled when the host shuts down.
    pub(crate) stopping: CancellationToken,
    /// A longer wait puts it away.
    pub(crate) longest_wait_in_memory: Duration,
}

/// When a run has to be over. As long as it waits, its client's time counts; from when it has a place, its agent's does too.
pub(crate) struct Deadline(watch::Sender<Option<Instant>>);

impl Deadline {
    /// After this time.
    pub(crate) fn in_time(time: Option<Duration>) -> Self {
        Self(watch::Sender::new(time.and_then(|time| Instant::now().checked_add(time))))
    }

    /// After this time, too.
    fn limit(&self, time: Option<Duration>) {
        let limit = time.and_then(|time| Instant::now().checked_add(time));
        self.0.send_modify(|at| *at = [*at, limit].into_iter().flatten().min());
    }

    fn at(&self) -> Option<Instant> {
        *self.0.borrow()
    }

    /// Returns when it is over.
    async fn passed(&self) {
        let mut changes = self.0.subscribe();
        loop {
            let at = *changes.borrow_and_update();
            let passed = async {
                match at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = passed => return,
                _ = changes.changed() => {}
            }
        }
    }
}

/// When a run may begin.
pub(crate) enum Start {
    /// Now: its beginning is stored already.
    Now { seat: Seat, place: Place, begun: Begun },
    /// When it has its session and a place. It was admitted with this version of the agent, and may get another one then.
    Later { seat: Seat, entry: Entry, admitted: Arc<dyn Agent> },
}

/// A run that is to be made. In boxes: a future holds what it was given more than once.
pub(crate) struct NextRun {
    pub(crate) task: Box<RunTask>,
    pub(crate) start: Box<Start>,
}

impl NextRun {
    pub(crate) fn new(task: RunTask, start: Start) -> Self {
        Self { task: Box::new(task), start: Box::new(start) }
    }
}

/// What a run holds while it is in memory.
#[derive(Default)]
struct Holdings {
    context: Option<Arc<RunContext>>,
    seat: Seat,
    place: Option<Arc<Place>>,
    /// Held until the end is stored: until then the version it runs on is needed.
    version: Option<Arc<dyn Agent>>,
    /// When it came into memory.
    began: Option<Instant>,
}

impl Holdings {
    /// Waits for the session, and then for a place.
    async fn sit_down(&mut self, entry: Entry) {
        self.seat.wait().await;
        self.place = Some(Arc::new(match entry {
            Entry::Now(place) => place,
            Entry::Later(waits) => waits.place().await,
        }));
    }

    /// How long it has been in memory.
    fn ran(&self) -> Duration {
        self.began.map_or(Duration::ZERO, |began| began.elapsed())
    }
}

/// The journal of a run that begins now, or again with what is recorded.
pub(crate) fn new_journal(
    agent: &dyn Agent,
    record: &InvocationRecord,
    recorded: Vec<JournalEntry>,
) -> Option<Arc<Journal>> {
    let (limits, resume) = (agent.durable()?, record.resume.as_ref()?);
    Some(Arc::new(Journal::new(resume.seed, record.started_at.into(), recorded, limits)))
}

/// A run whose beginning is stored.
pub(crate) struct Begun {
    pub(crate) agent: Arc<dyn Agent>,
    /// The position of its message.
    pub(crate) begins_at: u64,
    /// The state of its session; absent where the run made the session, and has yet to see what its user and its agent
    /// have elsewhere.
    pub(crate) state: Option<StateDelta>,
    /// What it is repeated from and recorded in; absent where it is not durable.
    pub(crate) journal: Option<Arc<Journal>>,
}

impl RunTask {
    /// Stores that the run waits. Its message, and what it does to the session, are left for when its turn comes.
    pub(crate) async fn wait(&self) -> Result<(), StoreError> {
        let mut record = InvocationRecord { status: InvocationStatus::Queued, ..self.record.clone() };
        if let Some(resume) = &mut record.resume {
            resume.message = Some(self.message.clone());
        }
        let begin = Begin {
            record,
            message: None,
            pin: false,
            quotas: self.quotas,
            start_key: self.start_key.clone(),
        };
        self.recorder.log.begin(begin).await.map(drop)
    }

    /// Stores the beginning, with this version of the agent, in the session as it was read.
    pub(crate) async fn begin(
        &self,
        agent: Arc<dyn Agent>,
        session: Option<Session>,
    ) -> Result<Begun, StoreError> {
        let record = InvocationRecord {
            status: InvocationStatus::Active,
            agent_version: agent.version().to_owned(),
            resume: self.record.resume.clone().filter(|_| agent.durable().is_some()),
            ..self.record.clone()
        };
        let journal = new_journal(agent.as_ref(), &record, Vec::new());
        let begin = Begin {
            record,
            message: Some(self.user_event()?),
            pin: agent.pins_sessions(),
            quotas: self.quotas,
            start_key: self.start_key.clone(),
        };
        let begins_at = self.recorder.log.begin(begin).await?;
        Ok(Begun { agent, begins_at, state: session.map(|session| session.state), journal })
    }

    fn user_event(&self) -> Result<EncodedEvent, StoreError> {
        let mut event = Event::new(self.record.id, USER_AUTHOR);
        event.content = Some(self.message.clone());
        EncodedEvent::new(event).map_err(StoreError::unavailable)
    }

    /// Runs it until it is over; gives what is left of it where it was put away.
    pub(crate) async fn run(self: Box<Self>, start: Box<Start>) -> Option<Box<Dormant>> {
        let id = self.record.id;
        let mut holdings = Holdings::default();
        let (result, usage) = {
            let mut work = Box::pin(AssertUnwindSafe(self.work(start, &mut holdings)).catch_unwind());
            tokio::select! {
                biased;
                ended = &mut work => ended.unwrap_or_else(|_| {
                    tracing::error!(invocation = %id, "the host panicked in a run");
                    (Err(AgentError::Unavailable { message: "the host failed".into() }), Usage::default())
                }),
                () = self.watch_for_stop() => (Err(AgentError::Stopped), Usage::default()),
            }
        };
        let usage = self.usage_with(usage, holdings.ran());
        // One that was stopped while it was put away is told so by its wait, for which it comes back once.
        let goes_on = |waiting: &Option<Waiting>| {
            self.guard.stopped().is_none() || (waiting.is_some() && !self.told_late)
        };
        if let Err(AgentError::PutAway { waiting }) = &result
            && goes_on(waiting)
        {
            return Some(Box::pin(self.rest(waiting.clone(), usage, holdings)).await);
        }
        let ending = Ending::of(result, self.guard.settle());
        let context = &holdings.context;
        let state = match (&ending, context) {
            (Ending::Completed(_), Some(context)) => context.take_pending_state(),
            _ => StateDelta::new(),
        };
        let recorder = context.as_ref().map_or(&self.recorder, |context| &context.recorder);
        let (status, last_events) =
            Box::pin(closing::end(recorder, &self.stopping, ending, state, usage)).await;
        tracing::info!(invocation = %id, session = %self.record.session, %status, cpu_micros = usage.cpu_micros, "run ended");
        // The session is free and the status final before anybody sees the terminal event.
        drop(holdings);
        self.guard.complete(status);
        self.live.feed.push(last_events);
        self.live.feed.close();
        None
    }

    /// What it used in all its attempts. A repeated run makes its calls again, but for its time on a processor; one that
    /// is stopped before it has made all of them again has used no less than before.
    fn usage_with(&self, usage: Usage, ran: Duration) -> Usage {
        let before = self.record.usage;
        let held = u128::from(usage.peak_memory_bytes).saturating_mul(ran.as_micros()) / 1_000_000;
        let held = u64::try_from(held).unwrap_or(u64::MAX);
        Usage {
            memory_byte_seconds: before.memory_byte_seconds.saturating_add(held),
            cpu_micros: usage.cpu_micros.saturating_add(before.cpu_micros),
            peak_memory_bytes: usage.peak_memory_bytes.max(before.peak_memory_bytes),
            host_calls: usage.host_calls.max(before.host_calls),
            events: usage.events.max(before.events),
            event_bytes: usage.event_bytes.max(before.event_bytes),
            model_calls: usage.model_calls.max(before.model_calls),
            input_tokens: usage.input_tokens.max(before.input_tokens),
            output_tokens: usage.output_tokens.max(before.output_tokens),
            model_cost_micros: usage.model_cost_micros.max(before.model_cost_micros),
        }
    }

    /// Waits for the session and a place, stores the beginning, lets the agent run.
    async fn work(
        &self,
        start: Box<Start>,
        holdings: &mut Holdings,
    ) -> (Result<AgentOutcome, AgentError>, Usage) {
        let begun = match *start {
            Start::Now { seat, place, begun } => {
                (holdings.seat, holdings.place) = (seat, Some(Arc::new(place)));
                Ok(begun)
            }
            Start::Later { seat, entry, admitted } => {
                holdings.seat = seat;
                let put_away = self.guard.in_memory(self.record.resume.is_some());
                tokio::select! {
                    biased;
                    () = self.guard.token().cancelled() => {
                        return (Err(AgentError::Stopped), Usage::default());
                    }
                    () = holdings.sit_down(entry) => {}
                    () = self.rests_before_it_begins(&put_away) => {
                        return (Err(AgentError::PutAway { waiting: None }), Usage::default());
                    }
                }
                self.guard.activate();
                Box::pin(self.begin_late(admitted)).await
            }
        };
        holdings.began = Some(Instant::now());
        let prepared = async {
            let Begun { agent, begins_at, state, journal } = begun?;
            self.limit_wall_time(agent.as_ref());
            let state = match state {
                Some(state) => state,
                None => {
                    self.sessions.get(&self.record.session).await?.map(|made| made.state).unwrap_or_default()
                }
            };
            let place = holdings.place.as_ref().map(Arc::downgrade).unwrap_or_default();
            Ok((agent.clone(), self.context(&agent, begins_at, state, journal, place)))
        };
        let (agent, host) = match prepared.await {
            Ok(prepared) => prepared,
            Err(error) => return (Err(not_begun(&error)), Usage::default()),
        };
        holdings.context = Some(host.clone());
        holdings.version = Some(agent.clone());
        if self.guard.token().is_cancelled() && !self.told_late {
            return (Err(AgentError::Stopped), Usage::default());
        }
        agent.run(AgentRun { input: self.message.clone(), host }).await
    }

    /// While it was put away its agent's time stood still.
    fn limit_wall_time(&self, agent: &dyn Agent) {
        let ran = self.record.resume.as_ref().map_or(0, |resume| resume.ran_ms);
        let left = agent.wall_time_limit().map(|limit| limit.saturating_sub(Duration::from_millis(ran)));
        self.deadline.limit(left);
    }

    /// Returns when a run that waits for its session or a place is to rest: a host that shuts down begins no more of them.
    async fn rests_before_it_begins(&self, put_away: &CancellationToken) {
        let durable = self.record.resume.is_some();
        tokio::select! {
            () = put_away.cancelled() => {}
            () = self.stopping.cancelled(), if durable => {}
        }
    }

    /// Begins a run that waited. The runs before it changed the state and may have pinned the session, and there may be
    /// a newer version by now; an agent that was taken away meanwhile still serves whom it had let in.
    async fn begin_late(&self, admitted: Arc<dyn Agent>) -> Result<Begun, RunError> {
        let session = self.sessions.get(&self.record.session).await?;
        let current = self.agents.get(admitted.name()).unwrap_or(admitted);
        let agent = agent_choice::choose(self.agents.as_ref(), current, session.as_ref()).await?;
        Ok(self.begin(agent, session).await?)
    }

    fn context(
        &self,
        agent: &Arc<dyn Agent>,
        begins_at: u64,
        state: StateDelta,
        journal: Option<Arc<Journal>>,
        place: Weak<Place>,
    ) -> Arc<RunContext> {
        Arc::new(RunContext {
            runner: self.runner.clone(),
            place,
            parent: self.record.parent.clone(),
            priority: self.priority,
            put_away: self.guard.in_memory(journal.is_some()),
            longest_wait_in_memory: self.longest_wait_in_memory,
            tracker: self.guard.tracker().clone(),
            info: InvocationInfo {
                id: self.record.id,
                session: self.record.session.clone(),
                agent_version: agent.version().to_owned(),
                attempt: self.record.attempt,
                parent: self.record.parent.as_ref().map(|parent| parent.invocation_id),
            },
            token: match &journal {
                Some(journal) if self.told_late => journal.live().clone(),
                _ => self.guard.token().clone(),
            },
            deadline: self.deadline.at().map(Instant::into_std),
            sessions: self.sessions.clone(),
            begins_at,
            state: RunState::new(state).into(),
            recorder: Arc::new(Recorder { journal, ..self.recorder.as_ref().clone() }),
        })
    }

    /// Turns what stops a run into its token. Returns only when the agent was stopped and did not return.
    async fn watch_for_stop(&self) {
        tokio::select! {
            () = self.guard.token().cancelled() => {}
            () = cancelled(self.caller_token.as_ref()) => self.guard.stop(StopReason::Cancelled),
            () = self.deadline.passed() => self.guard.stop(StopReason::TimedOut),
            () = self.abandoned() => self.guard.stop(StopReason::Disconnected),
        }
        tokio::time::sleep(STOP_GRACE).await;
        tracing::error!(invocation = %self.record.id, "the agent did not return after it was stopped; it is dropped");
    }

    /// Returns when nobody has listened for as long as the run may go on alone.
    async fn abandoned(&self) {
        self.live.abandoned(self.on_disconnect).await;
    }

    /// Puts the run away: it is not over, and goes on from its journal. Where the store does not take that, it goes on
    /// from what the store has.
    async fn rest(
        self: Box<Self>,
        waiting: Option<Waiting>,
        usage: Usage,
        holdings: Holdings,
    ) -> Box<Dormant> {
        let ran = holdings.ran();
        let Holdings { context, seat, place, version, .. } = holdings;
        let status = match &waiting {
            _ if self.guard.is_paused() => InvocationStatus::Paused,
            Some(_) => InvocationStatus::Waiting,
            None => InvocationStatus::Queued,
        };
        let mut record = self.record;
        let id = record.id;
        record.status = status;
        record.usage = usage;
        record.waiting.clone_from(&waiting);
        record.progress.clone_from(&self.live.progress());
        if let Some(resume) = &mut record.resume {
            let ran = u64::try_from(ran.as_millis()).unwrap_or(u64::MAX);
            resume.ran_ms = resume.ran_ms.saturating_add(ran);
            // Whoever cancelled it was told so.
            resume.cancelled |= self.guard.stopped() == Some(StopReason::Cancelled);
            // One that has not begun has its message nowhere else.
            resume.message = context.is_none().then(|| self.message.clone());
        }
        let recorder = context.as_ref().map_or(&self.recorder, |context| &context.recorder);
        let mut rests = InvocationRest {
            status,
            reason: self.stopping.is_cancelled().then(|| StopReason::ShuttingDown.code().to_owned()),
            waiting,
            progress: record.progress.clone(),
            usage: Some(usage),
            resume: record.resume.clone(),
        };
        let store = async {
            let mut writing = recorder.lock().await?;
            // A write that was under way is over now.
            if let Some(journal) = &recorder.journal {
                journal.rest(UnixMicros::now());
            }
            let waiting = rests.waiting.clone().unwrap_or_default();
            let answered = writing.written().any_answered(&waiting.requests);
            // What it waits for is there: a host that ends right now must not leave it waiting.
            if answered {
                rests.waiting = None;
                if rests.status == InvocationStatus::Waiting {
                    rests.status = InvocationStatus::Queued;
                }
            }
            let record = Record { step: Some(InvocationStep::Rests(rests)), ..Record::default() };
            recorder.record_locked(writing, record).await?;
            // A child that ends from here on finds that it is waited for.
            let families = self.guard.tracker().families();
            Ok::<bool, Failure>(answered || families.any_over(id, &waiting.invocations))
        };
        let answered = store.await.unwrap_or_else(|error| {
            tracing::warn!(invocation = %record.id, %error, "a run that was put away could not be stored");
            false
        });
        drop((place, version));
        self.guard.set_status(status);
        if answered {
            self.guard.wake();
        }
        tracing::debug!(invocation = %record.id, %status, "run put away");
        let at_rest = self.on_disconnect_at_rest;
        let audience = (at_rest != OnDisconnect::Continue).then_some((self.live, at_rest));
        let (guard, caller_token) = (self.guard, self.caller_token);
        Box::new(Dormant { guard, seat, record, pause: Duration::ZERO, audience, caller_token })
    }
}

/// The end of a run that waited and could not begin.
pub(crate) fn not_begun(error: &RunError) -> AgentError {
    tracing::warn!(%error, "a run could not be prepared");
    match error {
        RunError::VersionGone { .. } => {
            let failure = Failure::new(FailureKind::NotFound, error.to_string());
            AgentError::Failed(Failure { code: Some("version_gone".into()), ..failure })
        }
        _ => AgentError::Unavailable { message: "the store is not usable at the moment".into() },
    }
}
