//! The way in: starting runs, listening to them, stopping them all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use rak_core::time::UnixMillis;
use rak_core::{
    Agent, AgentRegistry, AgentState, AppName, ArtifactLimits, ArtifactService, Content, EventLog,
    EventStream, Failure, FailureKind, HttpClient, InvocationId, InvocationRecord, InvocationStatus, Models,
    OnDisconnect, Parent, Resume, RunConfig, RunError, SessionId, SessionKey, SessionService, StartKey,
    StopReason, StoreError, ToolAnswer, ToolCall, ToolSpec, Toolbox, Usage, UserId,
};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admission::{Admission, AdmissionSettings, Claim, Entry};
use crate::agent_choice;
use crate::dormant::{Dormant, Seat};
use crate::invocation_tracker::InvocationTracker;
use crate::listener::{self, Attendance, LiveRun, LiveRuns};
use crate::recorder::{Record, Recorder};
use crate::recovery::{self, Recovered};
use crate::registry::StaticRegistry;
use crate::run_context::{resting, resting_with};
use crate::run_task::{Deadline, NextRun, RunTask, Start};
use crate::session_queue::{SessionQueue, Turn};
use crate::starts::Starts;

/// How long a drain waits, after the runs were stopped, for their ends to be stored.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Runs agents. A clone is the same runner.
#[derive(Clone)]
pub struct Runner {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: RunnerSettings,
    pub(crate) agents: Arc<dyn AgentRegistry>,
    pub(crate) sessions: Arc<dyn SessionService>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) toolbox: Arc<dyn Toolbox>,
    pub(crate) models: Option<Arc<dyn Models>>,
    pub(crate) http: Option<Arc<dyn HttpClient>>,
    pub(crate) artifacts: Option<Arc<dyn ArtifactService>>,
    pub(crate) artifact_limits: ArtifactLimits,
    pub(crate) tracker: InvocationTracker,
    pub(crate) queue: SessionQueue,
    pub(crate) live: LiveRuns,
    pub(crate) admission: Admission,
    pub(crate) starts: Starts,
    draining: AtomicBool,
    /// Cancelled when the drain begins.
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// The server's runtime; agents have one of their own.
    runtime: OnceLock<Handle>,
}

impl Inner {
    /// The runtime of whoever first used the runner, which no agent can.
    pub(crate) fn runtime(&self) -> &Handle {
        self.runtime.get_or_init(Handle::current)
    }
}

/// What a runner allows. [`Default`] gives the numbers below.
#[derive(Clone, Debug, PartialEq)]
pub struct RunnerSettings {
    /// The agent of a session that names none; where absent, the only agent there is.
    pub default_app: Option<AppName>,
    /// The user of a session that names none: `user`.
    pub default_user: UserId,
    /// How many invocations may be in memory at once: 1000. Others wait until there is a place.
    pub max_invocations: usize,
    /// Who may start how much, and how many may wait.
    pub admission: AdmissionSettings,
    /// What a lost connection means to a run that does not say: cancelled after 30 seconds.
    pub on_disconnect: OnDisconnect,
    /// How many children an invocation may have at once: 64.
    pub max_children: usize,
    /// How many agents may be below each other, the one that a client called not counted: 8.
    pub max_child_depth: usize,
    /// A durable run that waits longer than this gives up its memory: 10 seconds.
    pub longest_wait_in_memory: Duration,
    /// How often in a row the host may end before a durable run comes any further: 5 times, then it fails.
    pub max_attempts: u32,
    /// How long the journal of a run is kept after its end, so that it can be repeated: 7 days.
    pub journal_retention: Duration,
    /// How long the end of an invocation is remembered without asking the store: 10 minutes.
    pub retention: Duration,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        Self {
            default_app: None,
            default_user: UserId::anonymous(),
            max_invocations: 1000,
            admission: AdmissionSettings::default(),
            on_disconnect: OnDisconnect::Grace(Duration::from_secs(30)),
            max_children: 64,
            max_child_depth: 8,
            longest_wait_in_memory: Duration::from_secs(10),
            max_attempts: 5,
            journal_retention: Duration::from_hours(7 * 24),
            retention: Duration::from_mins(10),
        }
    }
}

/// A session as a client names it: what it leaves out is found.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionAddress {
    /// The id.
    pub session_id: SessionId,
    /// The agent.
    pub app_name: Option<AppName>,
    /// The user.
    pub user_id: Option<UserId>,
}

/// A run to be started.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The id of the invocation, made by whoever needs it before the run starts.
    pub invocation_id: InvocationId,
    /// Where it runs; made where it does not exist.
    pub session: SessionKey,
    /// What the user says.
    pub message: Content,
    /// How.
    pub config: RunConfig,
    /// Stops the run when it is cancelled.
    pub cancel_token: Option<CancellationToken>,
}

/// A run that has begun.
pub struct StartedRun {
    /// Its id.
    pub invocation_id: InvocationId,
    /// All its events.
    pub events: EventStream,
}

/// A run that was begun, with what is to be run; with nothing where it was begun before.
pub(crate) struct Beginning {
    pub(crate) started: StartedRun,
    pub(crate) next: Option<NextRun>,
}

/// Puts a runner together. Agents and a store are needed, the rest has defaults.
#[derive(Default)]
pub struct RunnerBuilder {
    settings: RunnerSettings,
    fixed: StaticRegistry,
    registry: Option<Arc<dyn AgentRegistry>>,
    sessions: Option<Arc<dyn SessionService>>,
    log: Option<Arc<dyn EventLog>>,
    toolbox: Option<Arc<dyn Toolbox>>,
    models: Option<Arc<dyn Models>>,
    http: Option<Arc<dyn HttpClient>>,
    artifacts: Option<Arc<dyn ArtifactService>>,
    artifact_limits: ArtifactLimits,
}

impl RunnerBuilder {
    /// The agent of sessions that name none.
    #[must_use]
    pub fn app_name(mut self, name: AppName) -> Self {
        self.settings.default_app = Some(name);
        self
    }

    /// Adds an agent.
    #[must_use]
    pub fn agent(mut self, agent: Arc<dyn Agent>) -> Self {
        self.fixed = self.fixed.with(agent);
        self
    }

    /// Takes the agents from a registry, instead of those that were added one by one.
    #[must_use]
    pub fn agents(mut self, registry: Arc<dyn AgentRegistry>) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Where sessions are kept. The same value has to be the event log.
    #[must_use]
    pub fn session_service<S: SessionService + EventLog>(mut self, store: Arc<S>) -> Self {
        self.sessions = Some(store.clone());
        self.log = Some(store);
        self
    }

    /// The tools that agents may use; none where it is not called.
    #[must_use]
    pub fn toolbox(mut self, toolbox: Arc<dyn Toolbox>) -> Self {
        self.toolbox = Some(toolbox);
        self
    }

    /// The way of agents to other machines; none where it is not called.
    #[must_use]
    pub fn http(mut self, http: Arc<dyn HttpClient>) -> Self {
        self.http = Some(http);
        self
    }

    /// Where artifacts are kept, and how much of them; nowhere where it is not called.
    #[must_use]
    pub fn artifacts(mut self, artifacts: Arc<dyn ArtifactService>, limits: ArtifactLimits) -> Self {
        self.artifacts = Some(artifacts);
        self.artifact_limits = limits;
        self
    }

    /// The models that agents may ask; none where it is not called.
    #[must_use]
    pub fn models(mut self, models: Arc<dyn Models>) -> Self {
        self.models = Some(models);
        self
    }

    /// What the runner allows; keeps a name given by [`app_name`](Self::app_name) where these have none.
    #[must_use]
    pub fn settings(mut self, settings: RunnerSettings) -> Self {
        let named = self.settings.default_app.take();
        self.settings = settings;
        self.settings.default_app = self.settings.default_app.take().or(named);
        self
    }

    /// The runner. Fails where no session service was given.
    pub fn build(self) -> Result<Runner, RunError> {
        let (Some(sessions), Some(log)) = (self.sessions, self.log) else {
            return Err(RunError::Internal("a runner needs a session service".into()));
        };
        let inner = Inner {
            agents: self.registry.unwrap_or_else(|| Arc::new(self.fixed)),
            sessions,
            log,
            toolbox: self.toolbox.unwrap_or_else(|| Arc::new(NoTools)),
            models: self.models,
            http: self.http,
            artifacts: self.artifacts,
            artifact_limits: self.artifact_limits,
            tracker: InvocationTracker::new(self.settings.retention),
            queue: SessionQueue::default(),
            live: LiveRuns::default(),
            admission: Admission::new(self.settings.max_invocations, self.settings.admission.clone()),
            starts: Starts::default(),
            draining: AtomicBool::new(false),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            runtime: OnceLock::new(),
            settings: self.settings,
        };
        Ok(Runner { inner: Arc::new(inner) })
    }
}

impl Runner {
    /// Begins to put a runner together.
    pub fn builder() -> RunnerBuilder {
        RunnerBuilder::default()
    }

    /// Runs the default agent on a session, which is made where it does not exist. Dropping the stream is a lost
    /// connection: the run goes on, or not, as the settings say.
    pub async fn run(
        &self,
        user_id: &str,
        session_id: &str,
        message: Content,
    ) -> Result<EventStream, RunError> {
        self.run_with_cancellation(user_id, session_id, message, RunConfig::default(), None).await
    }

    /// The same, with a configuration and a token that stops the run.
    pub async fn run_with_cancellation(
        &self,
        user_id: &str,
        session_id: &str,
        message: Content,
        config: RunConfig,
        cancel_token: Option<CancellationToken>,
    ) -> Result<EventStream, RunError> {
        let session = SessionKey {
            app_name: self.default_app()?,
            user_id: UserId::new(user_id)?,
            session_id: SessionId::new(session_id)?,
        };
        let invocation_id = InvocationId::new();
        let request = RunRequest { invocation_id, session, message, config, cancel_token };
        Ok(self.start(request).await?.events)
    }

    /// Starts a run, or finds the one that was started with the same key. When this returns, its beginning is stored.
    pub async fn start(&self, request: RunRequest) -> Result<StartedRun, RunError> {
        self.start_below(request, None).await
    }

    /// The same, of a child. It is let in whatever the admission says.
    pub(crate) async fn start_below(
        &self,
        request: RunRequest,
        parent: Option<Parent>,
    ) -> Result<StartedRun, RunError> {
        // In a task of its own: a caller that goes away in between must not leave a beginning without an end.
        self.inner.runtime();
        let runner = self.clone();
        let (tell, told) = oneshot::channel();
        self.inner.tasks.spawn(async move {
            let id = request.invocation_id;
            // Boxed, because what it takes to begin is not needed for as long as the run lives.
            let begun = Box::pin(runner.begin_once(request, parent)).await;
            let (started, next) = match begun {
                Ok(Beginning { started, next }) => (Ok(started), next),
                Err(error) => {
                    runner.inner.live.forget(id);
                    (Err(error), None)
                }
            };
            // Who does not wait any more does not want to know.
            let _ = tell.send(started);
            if next.is_some() {
                runner.live(id, next).await;
            }
        });
        told.await.map_err(|_| RunError::Internal("the host panicked while it began the run".to_owned()))?
    }

    pub(crate) async fn begin(
        &self,
        request: RunRequest,
        start_key: Option<StartKey>,
        parent: Option<Parent>,
    ) -> Result<Beginning, RunError> {
        let inner = &self.inner;
        let current = self.agent(&request.session.app_name)?;
        let id = request.invocation_id;
        let turn = inner.queue.enter(&request.session, id, request.config.if_busy)?;
        let claim = claim(id, &request);
        let could_begin = matches!(turn, Turn::Now(_));
        let entry = match &parent {
            None => inner.admission.enter(&claim, could_begin)?,
            Some(_) => inner.admission.enter_child(&claim, could_begin),
        };
        let status = entry.status();
        let guard = inner.tracker.register(id, status);
        // Asked after the registration: a drain that came in between has seen this run, and stops it. A child belongs to a
        // run that there is already.
        if parent.is_none() && inner.draining.load(Ordering::SeqCst) {
            return Err(RunError::Draining);
        }
        let session = inner.sessions.get(&request.session).await?;
        let agent = agent_choice::choose(inner.agents.as_ref(), current, session.as_ref()).await?;
        let record = new_record(id, request.session, agent.as_ref(), status, &request.config, parent)?;
        let started_at = record.started_at;
        if record.resume.is_some() {
            guard.set_durable();
        }
        let live = Arc::new(LiveRun::begun());
        // Before it is stored: who finds it in the store can listen to it.
        inner.live.insert(id, &live);
        let task = RunTask {
            told_late: false,
            runner: self.clone(),
            priority: request.config.priority,
            recorder: self.recorder(&record, &live),
            agents: inner.agents.clone(),
            message: request.message,
            guard,
            live: live.clone(),
            sessions: inner.sessions.clone(),
            record,
            start_key,
            quotas: inner.settings.admission.quotas(&claim.user, &claim.agent),
            deadline: Deadline::in_time(request.config.timeout),
            on_disconnect: request.config.on_disconnect.unwrap_or(inner.settings.on_disconnect),
            // What its client asked for holds for as long as it is not over.
            on_disconnect_at_rest: request.config.on_disconnect.unwrap_or(OnDisconnect::Continue),
            caller_token: request.cancel_token,
            stopping: inner.stopping.clone(),
            longest_wait_in_memory: inner.settings.longest_wait_in_memory,
        };
        let (seat, supersedes) = match turn {
            Turn::Now(lease) => (Seat::Held(lease), Vec::new()),
            Turn::Later { turn, supersedes } => (Seat::Waits(turn), supersedes),
        };
        let refused = |error| not_stored(error, started_at);
        let start = match entry {
            Entry::Now(place) => {
                let begun = task.begin(agent, session).await.map_err(refused)?;
                Start::Now { begun, seat, place }
            }
            Entry::Later(_) => {
                task.wait().await.map_err(refused)?;
                for other in supersedes {
                    inner.tracker.stop(other, StopReason::Superseded);
                }
                Start::Later { seat, entry, admitted: agent }
            }
        };
        let events = listener::from_the_start(id, inner.log.clone(), Attendance::new(live.clone()));
        let started = StartedRun { invocation_id: id, events };
        Ok(Beginning { started, next: Some(NextRun::new(task, start)) })
    }

    /// Goes on with an invocation that has no run in memory.
    pub(crate) fn lives_on(&self, dormant: Box<Dormant>) {
        let (runner, id) = (self.clone(), dormant.record.id);
        self.inner.tasks.spawn(async move {
            let next = Box::pin(runner.wake(dormant)).await;
            runner.live(id, next).await;
        });
    }

    /// The life of an invocation: in memory, put away, in memory again. What it is at one of these times takes no room at the
    /// others.
    async fn live(&self, id: InvocationId, mut next: Option<NextRun>) {
        while let Some(run) = next {
            next = match Box::pin(run.task.run(run.start)).await {
                Some(dormant) => {
                    // Who listens finds it again; the memory of one that nobody holds is given back.
                    self.inner.live.forget(id);
                    Box::pin(self.wake(dormant)).await
                }
                None => None,
            };
        }
        self.inner.live.forget(id);
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(crate) fn recorder(&self, record: &InvocationRecord, live: &Arc<LiveRun>) -> Arc<Recorder> {
        Arc::new(Recorder {
            id: record.id,
            session: record.session.clone(),
            log: self.inner.log.clone(),
            live: live.clone(),
            tasks: self.inner.tasks.clone(),
            runtime: self.inner.runtime().clone(),
            journal: None,
        })
    }

    /// Listens to an invocation: its stored events after `after`, then, while it runs, those to come.
    pub async fn listen(&self, id: InvocationId, after: u64) -> Result<EventStream, RunError> {
        // One that is put away is held by nobody, but by who listens to it now. Asked for before the store is: one that is
        // not over there publishes its end to whoever holds it.
        let attendance = Attendance::new(self.inner.live.get_or_find(id));
        let record = self.inner.log.invocation(id).await;
        let attendance = match &record {
            Ok(Some(record)) if !record.status.is_terminal() => Some(attendance),
            _ => {
                drop(attendance);
                self.inner.live.forget(id);
                None
            }
        };
        let record = record?.ok_or(RunError::InvocationNotFound(id))?;
        Ok(listener::from_the_log(&record, self.inner.log.clone(), attendance, after))
    }

    /// What is known of an invocation: what is stored, and the progress of one that is not over.
    pub async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, RunError> {
        let mut record = self.inner.log.invocation(id).await?;
        if let Some(record) = record.as_mut().filter(|record| !record.status.is_terminal())
            && let Some(live) = self.inner.live.get(id)
            && let Some(progress) = live.progress().clone()
        {
            record.progress = Some(progress);
        }
        Ok(record)
    }

    /// How many go before each of these invocations, where they wait for their session or for a place in memory: 0 for the
    /// one that is next. A run that ends or comes meanwhile changes it.
    pub fn queue_positions(&self, records: &[InvocationRecord]) -> Vec<Option<usize>> {
        let waits = |record: &InvocationRecord| {
            self.inner.tracker.status(record.id) == Some(InvocationStatus::Queued)
        };
        if !records.iter().any(waits) {
            return vec![None; records.len()];
        }
        let in_line = self.inner.admission.positions();
        let position = |record: &InvocationRecord| {
            let in_line = in_line.get(&record.id).copied();
            in_line.or_else(|| self.inner.queue.position(&record.session, record.id))
        };
        records.iter().map(|record| position(record).filter(|_| waits(record))).collect()
    }

    /// The session a client means. One that does not exist gets the default agent and user.
    pub async fn locate(&self, address: SessionAddress) -> Result<SessionKey, RunError> {
        match self.find(&address).await? {
            Some(key) => Ok(key),
            None => Ok(SessionKey {
                app_name: match address.app_name {
                    Some(name) => name,
                    None => self.default_app()?,
                },
                user_id: address.user_id.unwrap_or_else(|| self.inner.settings.default_user.clone()),
                session_id: address.session_id,
            }),
        }
    }

    /// The session a client means, where it exists.
    pub async fn find(&self, address: &SessionAddress) -> Result<Option<SessionKey>, RunError> {
        let mut matches = self.inner.sessions.find(&address.session_id).await?;
        matches.retain(|key| {
            address.app_name.as_ref().is_none_or(|name| *name == key.app_name)
                && address.user_id.as_ref().is_none_or(|user| *user == key.user_id)
        });
        if matches.len() > 1 {
            return Err(RunError::SessionAmbiguous { id: address.session_id.clone(), matches });
        }
        Ok(matches.pop())
    }

    /// Removes a session that no run has. False where there is none.
    pub async fn delete_session(&self, key: &SessionKey) -> Result<bool, RunError> {
        let turn = self.inner.queue.enter(key, InvocationId::new(), rak_core::IfBusy::Reject)?;
        let deleted = self.inner.sessions.delete(key).await?;
        drop(turn);
        Ok(deleted)
    }

    /// The agent with this name, ready to run.
    pub fn agent(&self, name: &AppName) -> Result<Arc<dyn Agent>, RunError> {
        if let Some(agent) = self.inner.agents.get(name) {
            return Ok(agent);
        }
        let name = name.clone();
        Err(match self.inner.agents.info(&name) {
            Some(refused) => RunError::AgentRefused {
                name,
                reason: refused.reason.unwrap_or_else(|| "it is not ready".into()),
            },
            None => RunError::AgentNotFound { name, known: self.ready_agents() },
        })
    }

    fn ready_agents(&self) -> Vec<AppName> {
        let ready = self.inner.agents.list().into_iter().filter(|info| info.state == AgentState::Ready);
        ready.map(|info| info.name).collect()
    }

    fn default_app(&self) -> Result<AppName, RunError> {
        if let Some(name) = &self.inner.settings.default_app {
            return Ok(name.clone());
        }
        let mut known = self.ready_agents();
        match (known.pop(), known.is_empty()) {
            (Some(only), true) => Ok(only),
            (last, _) => {
                known.extend(last);
                Err(RunError::AgentUnnamed { known })
            }
        }
    }

    /// The registry of agents.
    pub fn agents(&self) -> &Arc<dyn AgentRegistry> {
        &self.inner.agents
    }

    /// The tracker of invocations.
    pub fn invocation_tracker(&self) -> &InvocationTracker {
        &self.inner.tracker
    }

    /// The event log.
    pub fn event_log(&self) -> &Arc<dyn EventLog> {
        &self.inner.log
    }

    /// The session service.
    pub fn session_service(&self) -> &Arc<dyn SessionService> {
        &self.inner.sessions
    }

    /// Where artifacts are kept.
    pub fn artifacts(&self) -> Option<Arc<dyn ArtifactService>> {
        self.inner.artifacts.clone()
    }

    /// How much may be kept there.
    pub fn artifact_limits(&self) -> ArtifactLimits {
        self.inner.artifact_limits
    }

    /// The settings.
    pub fn settings(&self) -> &RunnerSettings {
        &self.inner.settings
    }

    /// Takes in the runs that the last end of the host cut off: those that are durable go on, the others end as
    /// interrupted. From then on old journals are removed now and then. To be called once, before anything is started.
    pub async fn recover(&self) -> Result<Recovered, StoreError> {
        let recovered = recovery::recover(self).await?;
        let runner = self.clone();
        self.inner.tasks.spawn(async move { runner.keep_house().await });
        Ok(recovered)
    }

    /// Lets a durable invocation rest: it gives up its memory at its next call to the host, or at once where it computes,
    /// until somebody resumes it. When this returns, that is stored: it rests in the next host, too. One that rests
    /// already rests on.
    pub async fn pause(&self, id: InvocationId) -> Result<(), RunError> {
        self.store_control(id, InvocationStatus::Paused).await?;
        if self.inner.tracker.pause(id) { Ok(()) } else { Err(RunError::InvocationOver(id)) }
    }

    /// Lets a paused invocation go on, in the next host, too. One that is not paused goes on anyway.
    pub async fn resume(&self, id: InvocationId) -> Result<(), RunError> {
        self.store_control(id, InvocationStatus::Queued).await?;
        if self.inner.tracker.resume(id) { Ok(()) } else { Err(RunError::InvocationOver(id)) }
    }

    /// Stops an invocation. A durable one does not go on in another host either: whoever is told so may rely on it.
    ///
    /// Fails with [`RunError::InvocationNotFound`], [`RunError::InvocationOver`], and [`RunError::Store`] where the store does
    /// not take it: then it is stopped for as long as this host lives.
    pub async fn cancel(&self, id: InvocationId) -> Result<(), RunError> {
        if !self.inner.tracker.cancel(id) {
            let over = self.unfinished(id).await.err();
            return Err(over.unwrap_or(RunError::InvocationOver(id)));
        }
        let live = self.inner.live.get_or_find(id);
        let stored = self.store_cancelled(id, &live).await;
        drop(live);
        self.inner.live.forget(id);
        match stored {
            // It ended meanwhile.
            Err(RunError::InvocationOver(_)) => Ok(()),
            stored => stored,
        }
    }

    async fn store_cancelled(&self, id: InvocationId, live: &Arc<LiveRun>) -> Result<(), RunError> {
        let recorder = self.recorder(&self.unfinished(id).await?, live);
        let writing = recorder.lock().await?;
        // Whoever writes its end holds the lock.
        let record = self.unfinished(id).await?;
        let Some(resume) = record.resume.filter(|resume| !resume.cancelled) else { return Ok(()) };
        let resume = Some(Resume { cancelled: true, ..resume });
        let step = resting_with(record.status, record.waiting, resume);
        let stored = recorder.record_locked(writing, Record { step: Some(step), ..Record::default() }).await;
        stored.map(drop).map_err(|failure| StoreError::unavailable(failure.message).into())
    }

    /// Stores what a client wants of an invocation that is not over.
    async fn store_control(&self, id: InvocationId, status: InvocationStatus) -> Result<(), RunError> {
        let live = self.inner.live.get_or_find(id);
        let stored = self.store_control_of(id, status, &live).await;
        drop(live);
        self.inner.live.forget(id);
        stored
    }

    async fn store_control_of(
        &self,
        id: InvocationId,
        status: InvocationStatus,
        live: &Arc<LiveRun>,
    ) -> Result<(), RunError> {
        let record = self.unfinished(id).await?;
        let recorder = self.recorder(&record, live);
        let writing = recorder.lock().await?;
        // Read again: whoever writes its end holds the lock.
        let record = self.unfinished(id).await?;
        let pauses = status == InvocationStatus::Paused;
        if pauses && record.resume.is_none() {
            return Err(RunError::NotDurable(id));
        }
        let is_paused = record.status == InvocationStatus::Paused;
        if pauses == is_paused {
            return Ok(());
        }
        let waiting = record.waiting.filter(|_| pauses);
        let step = Some(resting(status, waiting));
        let stored = recorder.record_locked(writing, Record { step, ..Record::default() }).await;
        stored.map(drop).map_err(|failure| StoreError::unavailable(failure.message).into())
    }

    pub(crate) async fn unfinished(&self, id: InvocationId) -> Result<InvocationRecord, RunError> {
        let record = self.inner.log.invocation(id).await?.ok_or(RunError::InvocationNotFound(id))?;
        if record.status.is_terminal() { Err(RunError::InvocationOver(id)) } else { Ok(record) }
    }

    /// Whether new runs are refused because the host is shutting down.
    pub fn is_draining(&self) -> bool {
        self.inner.draining.load(Ordering::SeqCst)
    }

    /// Takes no new runs, lets those that there are end within the grace time, stops the rest, and waits until
    /// everything is stored. Gives how many had to be stopped.
    pub async fn drain(&self, grace: Duration) -> usize {
        self.inner.draining.store(true, Ordering::SeqCst);
        self.inner.stopping.cancel();
        self.inner.tasks.close();
        if timeout(grace, self.inner.tasks.wait()).await.is_ok() {
            return 0;
        }
        let stopped = self.inner.tracker.live();
        self.inner.tracker.shut_down();
        if timeout(STOP_TIMEOUT, self.inner.tasks.wait()).await.is_err() {
            tracing::error!(left = self.inner.tracker.live(), "some runs did not end in time");
        }
        stopped
    }
}

struct NoTools;

#[async_trait]
impl Toolbox for NoTools {
    fn specs(&self) -> Vec<ToolSpec> {
        Vec::new()
    }

    async fn call(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        Err(Failure::new(FailureKind::NotFound, format!("there is no tool {:?}", call.name)))
    }
}

/// What a new run asks of the admission.
fn claim(id: InvocationId, request: &RunRequest) -> Claim {
    Claim {
        id,
        user: request.session.user_id.clone(),
        agent: request.session.app_name.clone(),
        priority: request.config.priority,
        again: false,
    }
}

/// Why a beginning was not stored. A quota begins anew with the next day.
fn not_stored(error: StoreError, started_at: UnixMillis) -> RunError {
    let StoreError::QuotaExceeded { whose, exceeded } = error else { return error.into() };
    let left = started_at.day().end().0.saturating_sub(started_at.0);
    let retry_after = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    RunError::QuotaExceeded { whose, exceeded, retry_after }
}

/// What it takes to go on with an invocation that begins now.
fn new_resume(now: UnixMillis, config: &RunConfig) -> Result<Resume, RunError> {
    let mut resume = Resume { priority: config.priority, ..Resume::default() };
    getrandom::fill(&mut resume.seed)
        .map_err(|error| RunError::Internal(format!("there are no random numbers: {error}")))?;
    let after =
        |timeout: Duration| i64::try_from(timeout.as_millis()).ok().and_then(|ms| now.0.checked_add(ms));
    resume.deadline = config.timeout.and_then(after).map(UnixMillis);
    Ok(resume)
}

/// What is kept of an invocation that begins now.
fn new_record(
    id: InvocationId,
    session: SessionKey,
    agent: &dyn Agent,
    status: InvocationStatus,
    config: &RunConfig,
    parent: Option<Parent>,
) -> Result<InvocationRecord, RunError> {
    let now = UnixMillis::now();
    Ok(InvocationRecord {
        id,
        session,
        agent_version: agent.version().to_owned(),
        status,
        reason: None,
        attempt: 1,
        started_at: now,
        ended_at: None,
        progress: None,
        usage: Usage::default(),
        waiting: None,
        resume: agent.durable().map(|_| new_resume(now, config)).transpose()?,
        parent,
    })
}
