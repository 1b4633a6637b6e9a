//! One run from its admission to its terminal event.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use rak_core::{
    Agent, AgentError, AgentOutcome, AgentRegistry, AgentRun, Begin, Content, EncodedEvent, Event, Failure,
    FailureKind, InvocationInfo, InvocationRecord, InvocationStatus, OnDisconnect, RunError, Session,
    SessionService, StateDelta, StopReason, StoreError, USER_AUTHOR, Usage,
};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::agent_choice;
use crate::ending::Ending;
use crate::invocation_tracker::InvocationGuard;
use crate::listener::LiveRun;
use crate::run_context::{self, Recorder, RunContext, RunState};
use crate::session_queue::SessionLease;

/// How long an agent that was stopped may take to return before it is dropped. Agents that are components return
/// within milliseconds by themselves; this is for agents that are part of the program.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// How long the store may take to keep the end of a run.
const STORE_END_TIMEOUT: Duration = Duration::from_secs(30);
/// How soon a store that did not take the end of a run is asked again, and how long the pauses become.
const RETRY_END: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Everything one run needs.
pub(crate) struct RunTask {
    pub(crate) agents: Arc<dyn AgentRegistry>,
    pub(crate) message: Content,
    pub(crate) guard: InvocationGuard,
    pub(crate) live: Arc<LiveRun>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) sessions: Arc<dyn SessionService>,
    pub(crate) record: InvocationRecord,
    /// Counted from the admission, by the limit of the version that was chosen then.
    pub(crate) deadline: Option<Instant>,
    pub(crate) on_disconnect: OnDisconnect,
    pub(crate) caller_token: Option<CancellationToken>,
    /// Cancelled when the host shuts down.
    pub(crate) stopping: CancellationToken,
    /// Held for as long as the run lives.
    pub(crate) permit: OwnedSemaphorePermit,
}

/// When a run may begin.
pub(crate) enum Start {
    /// Now: its beginning is stored already.
    Now { lease: SessionLease, begun: Begun },
    /// When the session is free. It was admitted with this version of the agent, and may get another one then.
    Later { turn: oneshot::Receiver<SessionLease>, admitted: Arc<dyn Agent> },
}

/// A run whose beginning is stored.
pub(crate) struct Begun {
    pub(crate) agent: Arc<dyn Agent>,
    /// The position of its message.
    pub(crate) begins_at: u64,
    /// The state of its session; absent where the run made the session, and has yet to see what its user and its agent
    /// have elsewhere.
    pub(crate) state: Option<StateDelta>,
}

impl RunTask {
    /// Stores that the run waits. Its message, and what it does to the session, are left for when its turn comes.
    pub(crate) async fn wait(&self) -> Result<(), StoreError> {
        let record = InvocationRecord { status: InvocationStatus::Queued, ..self.record.clone() };
        self.recorder.log.begin(Begin { record, message: None, pin: false }).await.map(drop)
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
            ..self.record.clone()
        };
        let begin = Begin { record, message: Some(self.user_event()?), pin: agent.pins_sessions() };
        let begins_at = self.recorder.log.begin(begin).await?;
        Ok(Begun { agent, begins_at, state: session.map(|session| session.state) })
    }

    fn user_event(&self) -> Result<EncodedEvent, StoreError> {
        let mut event = Event::new(self.record.id, USER_AUTHOR);
        event.content = Some(self.message.clone());
        EncodedEvent::new(event).map_err(StoreError::unavailable)
    }

    pub(crate) async fn run(self, start: Start) {
        let id = self.record.id;
        let mut context = None;
        let mut lease = None;
        let (result, usage) = {
            let work = AssertUnwindSafe(self.work(start, &mut context, &mut lease)).catch_unwind();
            let work = async {
                work.await.unwrap_or_else(|_| {
                    tracing::error!(invocation = %id, "the host panicked in a run");
                    (Err(AgentError::Unavailable { message: "the host failed".into() }), Usage::default())
                })
            };
            tokio::pin!(work);
            tokio::select! {
                biased;
                ended = &mut work => ended,
                () = self.watch_for_stop() => (Err(AgentError::Stopped), Usage::default()),
            }
        };
        let ending = Ending::of(result, self.guard.settle());
        let (status, last_events) = self.end(ending, context.as_deref(), usage).await;
        tracing::info!(invocation = %id, session = %self.record.session, %status, cpu_micros = usage.cpu_micros, "run ended");
        // The session is free and the status final before anybody sees the terminal event.
        drop((lease, self.permit));
        self.guard.complete(status);
        self.live.feed.push(last_events);
        self.live.feed.close();
    }

    /// Waits for the session, stores the beginning, lets the agent run.
    async fn work(
        &self,
        start: Start,
        context: &mut Option<Arc<RunContext>>,
        lease: &mut Option<SessionLease>,
    ) -> (Result<AgentOutcome, AgentError>, Usage) {
        let begun = match start {
            Start::Now { lease: held, begun } => {
                *lease = Some(held);
                Ok(begun)
            }
            Start::Later { turn, admitted } => {
                tokio::select! {
                    biased;
                    () = self.guard.token().cancelled() => {
                        return (Err(AgentError::Stopped), Usage::default());
                    }
                    turn = turn => *lease = turn.ok(),
                }
                self.guard.activate();
                self.begin_late(admitted).await
            }
        };
        let prepared = async {
            let Begun { agent, begins_at, state } = begun?;
            let state = match state {
                Some(state) => state,
                None => {
                    self.sessions.get(&self.record.session).await?.map(|made| made.state).unwrap_or_default()
                }
            };
            Ok((agent.clone(), self.context(&agent, begins_at, state)))
        };
        let (agent, host) = match prepared.await {
            Ok(prepared) => prepared,
            Err(error) => return (Err(not_begun(&error)), Usage::default()),
        };
        *context = Some(host.clone());
        if self.guard.token().is_cancelled() {
            return (Err(AgentError::Stopped), Usage::default());
        }
        agent.run(AgentRun { input: self.message.clone(), host }).await
    }

    /// Begins a run that waited. The runs before it changed the state and may have pinned the session, and there may be
    /// a newer version by now; an agent that was taken away meanwhile still serves whom it had let in.
    async fn begin_late(&self, admitted: Arc<dyn Agent>) -> Result<Begun, RunError> {
        let session = self.sessions.get(&self.record.session).await?;
        let current = self.agents.get(admitted.name()).unwrap_or(admitted);
        let agent = agent_choice::choose(self.agents.as_ref(), current, session.as_ref()).await?;
        Ok(self.begin(agent, session).await?)
    }

    fn context(&self, agent: &Arc<dyn Agent>, begins_at: u64, state: StateDelta) -> Arc<RunContext> {
        Arc::new(RunContext {
            info: InvocationInfo {
                id: self.record.id,
                session: self.record.session.clone(),
                agent_version: agent.version().to_owned(),
                attempt: self.record.attempt,
                parent: None,
            },
            token: self.guard.token().clone(),
            deadline: self.deadline.map(Instant::into_std),
            sessions: self.sessions.clone(),
            begins_at,
            state: RunState::new(state).into(),
            recorder: self.recorder.clone(),
        })
    }

    /// Turns what stops a run into its token. Returns only when the agent was stopped and did not return.
    async fn watch_for_stop(&self) {
        let deadline = async {
            match self.deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let caller = async {
            match &self.caller_token {
                Some(token) => token.cancelled().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.guard.token().cancelled() => {}
            () = caller => self.guard.stop(StopReason::Cancelled),
            () = deadline => self.guard.stop(StopReason::TimedOut),
            () = self.abandoned() => self.guard.stop(StopReason::Disconnected),
        }
        tokio::time::sleep(STOP_GRACE).await;
        tracing::error!(invocation = %self.record.id, "the agent did not return after it was stopped; it is dropped");
    }

    /// Returns when nobody has listened for as long as the run may go on alone.
    async fn abandoned(&self) {
        let grace = match self.on_disconnect {
            OnDisconnect::Continue => return std::future::pending().await,
            OnDisconnect::Cancel => Duration::ZERO,
            OnDisconnect::Grace(grace) => grace,
        };
        let mut listeners = self.live.listeners.subscribe();
        loop {
            if listeners.wait_for(|count| *count == 0).await.is_err() {
                return std::future::pending().await;
            }
            if timeout(grace, listeners.wait_for(|count| *count > 0)).await.is_err() {
                return;
            }
        }
    }

    /// Stores the end. What cannot be stored becomes a failure that can be; a store that takes nothing leaves the
    /// terminal event to the listeners for now, and is asked again until it takes it.
    async fn end(
        &self,
        ending: Ending,
        context: Option<&RunContext>,
        usage: Usage,
    ) -> (InvocationStatus, Vec<Arc<EncodedEvent>>) {
        let state = match (&ending, context) {
            (Ending::Completed(_), Some(context)) => context.take_pending_state(),
            _ => StateDelta::new(),
        };
        let status = ending.status();
        let error = match store_end(&self.recorder, ending, state, usage).await {
            Ok(events) => return (status, events),
            Err(error) => error,
        };
        tracing::warn!(invocation = %self.record.id, %error, "the end of a run could not be stored");
        let reason = rak_core::Failure::from(error).message;
        let message = format!("the end of the run could not be stored: {reason}");
        let failed =
            move || Ending::Failed { code: "not_stored".into(), message: message.clone(), details: None };
        if let Ok(events) = store_end(&self.recorder, failed(), StateDelta::new(), usage).await {
            return (InvocationStatus::Failed, events);
        }
        let events = failed().events(self.record.id, "", &[], &StateDelta::new());
        self.store_end_later(failed, usage);
        let events = run_context::encode(events)
            .inspect_err(|error| tracing::error!(%error, "the terminal event was lost"))
            .unwrap_or_default();
        (InvocationStatus::Failed, events)
    }

    /// Asks the store again and again. Where the host ends before it answers, the run is found at the next start.
    fn store_end_later(&self, ending: impl Fn() -> Ending + Send + Sync + 'static, usage: Usage) {
        let (recorder, stopping) = (self.recorder.clone(), self.stopping.clone());
        let (mut pause, longest) = RETRY_END;
        let retry = async move {
            loop {
                tokio::select! {
                    () = stopping.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                match store_end(&recorder, ending(), StateDelta::new(), usage).await {
                    Err(StoreError::Unavailable { .. }) => pause = pause.saturating_mul(2).min(longest),
                    // Stored, or not to be stored any more: its session was deleted.
                    _ => return,
                }
            }
        };
        self.recorder.tasks.spawn_on(retry, &self.recorder.runtime);
    }
}

async fn store_end(
    recorder: &Arc<Recorder>,
    ending: Ending,
    state: StateDelta,
    usage: Usage,
) -> Result<Vec<Arc<EncodedEvent>>, StoreError> {
    let end = ending.end(usage, recorder.progress().clone());
    let store = async {
        let open_calls = recorder.written.lock().await.open_calls.clone();
        let author = recorder.session.app_name.as_str();
        let events = ending.events(recorder.id, author, &open_calls, &state);
        recorder.record_end(events, state, end).await
    };
    timeout(STORE_END_TIMEOUT, store)
        .await
        .map_err(|_| StoreError::unavailable("the store did not answer in time"))?
}

/// The end of a run that waited and could not begin.
fn not_begun(error: &RunError) -> AgentError {
    tracing::warn!(%error, "a run could not be prepared");
    match error {
        RunError::VersionGone { .. } => {
            let failure = Failure::new(FailureKind::NotFound, error.to_string());
            AgentError::Failed(Failure { code: Some("version_gone".into()), ..failure })
        }
        _ => AgentError::Unavailable { message: "the store is not usable at the moment".into() },
    }
}
