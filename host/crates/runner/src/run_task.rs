//! One run from its admission to its terminal event.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use rak_core::{
    Agent, AgentError, AgentOutcome, AgentRun, Begin, Content, EncodedEvent, Event, InvocationInfo,
    InvocationRecord, InvocationStatus, OnDisconnect, SessionService, StateDelta, StopReason, StoreError,
    USER_AUTHOR, Usage,
};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

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
    pub(crate) agent: Arc<dyn Agent>,
    pub(crate) message: Content,
    pub(crate) guard: InvocationGuard,
    pub(crate) live: Arc<LiveRun>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) sessions: Arc<dyn SessionService>,
    pub(crate) record: InvocationRecord,
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
    /// Now: its beginning is stored already, its message at this position.
    Now { lease: SessionLease, begins_at: u64 },
    /// When the session is free.
    Later(oneshot::Receiver<SessionLease>),
}

impl RunTask {
    /// Stores the beginning; `queued` leaves the message for when its turn comes.
    pub(crate) async fn begin(&self, queued: bool) -> Result<u64, StoreError> {
        let status = if queued { InvocationStatus::Queued } else { InvocationStatus::Active };
        let record = InvocationRecord { status, ..self.record.clone() };
        let message = if queued { None } else { Some(self.user_event()?) };
        self.recorder.log.begin(Begin { record, message }).await
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
        let prepared = async {
            let begins_at = match start {
                Start::Now { lease: held, begins_at } => {
                    *lease = Some(held);
                    begins_at
                }
                Start::Later(turn) => {
                    tokio::select! {
                        biased;
                        () = self.guard.token().cancelled() => return Err(AgentError::Stopped),
                        turn = turn => *lease = turn.ok(),
                    }
                    self.guard.activate();
                    self.begin(false).await.map_err(|error| unavailable(&error))?
                }
            };
            let session =
                self.sessions.get(&self.record.session).await.map_err(|error| unavailable(&error))?;
            Ok(self.context(begins_at, session.map(|session| session.state).unwrap_or_default()))
        };
        let ready = match prepared.await {
            Ok(ready) => ready,
            Err(error) => return (Err(error), Usage::default()),
        };
        *context = Some(ready.clone());
        if self.guard.token().is_cancelled() {
            return (Err(AgentError::Stopped), Usage::default());
        }
        self.agent.run(AgentRun { input: self.message.clone(), host: ready }).await
    }

    fn context(&self, begins_at: u64, state: StateDelta) -> Arc<RunContext> {
        Arc::new(RunContext {
            info: InvocationInfo {
                id: self.record.id,
                session: self.record.session.clone(),
                agent_version: self.record.agent_version.clone(),
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
        let failed = move || Ending::Failed { code: "not_stored".into(), message: message.clone() };
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
        let author = recorder.info.session.app_name.as_str();
        let events = ending.events(recorder.info.id, author, &open_calls, &state);
        recorder.record_end(events, state, end).await
    };
    timeout(STORE_END_TIMEOUT, store)
        .await
        .map_err(|_| StoreError::unavailable("the store did not answer in time"))?
}

fn unavailable(error: &StoreError) -> AgentError {
    tracing::warn!(%error, "a run could not be prepared");
    AgentError::Unavailable { message: "the store is not usable at the moment".into() }
}
