//! An agent that does what a test tells it, step by step.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use rak_core::time::{UnixDay, UnixMillis};
use rak_core::{
    Agent, AgentDescriptor, AgentError, AgentOutcome, AgentRun, AppName, Commit, Content, Custom, DailyUsage,
    Emission, Event, EventLog, EventStream, HistoryPage, HistoryQuery, IdempotencyKey, InvocationFilter,
    InvocationId, InvocationPage, InvocationRecord, NewSession, RunConfig, RunError, Session, SessionFilter,
    SessionId, SessionKey, SessionPage, SessionService, StateDelta, StoreError, Usage, UserId,
};
use rak_core::{Begin, EncodedEvent, JournalChunk};
use rak_runner::{RunRequest, Runner, RunnerBuilder, StartedRun};
use rak_session::MemoryStore;
use tokio::sync::{Mutex, mpsc};

/// What the agent does next.
pub(crate) enum Step {
    Emit(Vec<Emission>),
    Set(&'static str, serde_json::Value),
    /// Fails the run where the state is another one.
    Expect(&'static str, serde_json::Value),
    Panic,
    Return(Result<AgentOutcome, AgentError>),
}

pub(crate) fn say(text: &str) -> Step {
    Step::Emit(vec![Emission::Content(Content::new_model_text(text))])
}

pub(crate) fn note(number: usize) -> Emission {
    Emission::Custom(Custom { name: "note".into(), value: number.into() })
}

pub(crate) fn done() -> Step {
    Step::Return(Ok(AgentOutcome::default()))
}

/// Takes its steps from the test; waits, and heeds its token, while there is none.
pub(crate) struct Puppet {
    name: AppName,
    version: &'static str,
    pins: bool,
    descriptor: AgentDescriptor,
    steps: Arc<Mutex<mpsc::Receiver<Step>>>,
    pub(crate) runs: AtomicUsize,
}

#[async_trait]
impl Agent for Puppet {
    fn name(&self) -> &AppName {
        &self.name
    }

    fn version(&self) -> &'static str {
        self.version
    }

    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }

    fn wall_time_limit(&self) -> Option<Duration> {
        None
    }

    fn pins_sessions(&self) -> bool {
        self.pins
    }

    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        self.runs.fetch_add(1, Ordering::SeqCst);
        (self.follow(run).await, Usage::default())
    }
}

impl Puppet {
    /// Another version, which takes its steps from the same test.
    pub(crate) fn with_version(&self, version: &'static str, pins: bool) -> Arc<Self> {
        Arc::new(Self {
            name: self.name.clone(),
            version,
            pins,
            descriptor: AgentDescriptor::default(),
            steps: self.steps.clone(),
            runs: AtomicUsize::new(0),
        })
    }

    async fn follow(&self, run: AgentRun) -> Result<AgentOutcome, AgentError> {
        loop {
            let step = tokio::select! {
                biased;
                () = run.host.token().cancelled() => return Err(AgentError::Stopped),
                step = async { self.steps.lock().await.recv().await } => step.expect("the test holds the sender"),
            };
            match step {
                Step::Emit(emissions) => drop(run.host.emit(emissions).await.map_err(AgentError::Failed)?),
                Step::Set(key, value) => run.host.set_state(key, value).map_err(AgentError::Failed)?,
                Step::Expect(key, value) => {
                    assert_eq!(run.host.state(key).map_err(AgentError::Failed)?.unwrap_or_default(), value);
                }
                Step::Panic => panic!("the agent has a bug"),
                Step::Return(result) => return result,
            }
        }
    }
}

pub(crate) struct TestRunner<S = MemoryStore> {
    pub(crate) runner: Runner,
    pub(crate) store: Arc<S>,
    pub(crate) agent: Arc<Puppet>,
    pub(crate) steps: mpsc::Sender<Step>,
}

impl TestRunner {
    pub(crate) fn new() -> Self {
        Self::with_store(MemoryStore::new())
    }
}

impl<S: SessionService + EventLog> TestRunner<S> {
    pub(crate) fn with_store(store: S) -> Self {
        Self::build(store, |builder, agent| builder.agent(agent))
    }

    /// One whose agents the test gives; the puppet is the first of them.
    pub(crate) fn build(store: S, agents: impl FnOnce(RunnerBuilder, Arc<Puppet>) -> RunnerBuilder) -> Self {
        let (steps, receiver) = mpsc::channel(10_000);
        let agent = Arc::new(Puppet {
            name: "puppet".parse().unwrap(),
            version: "v1",
            pins: false,
            descriptor: AgentDescriptor::default(),
            steps: Arc::new(Mutex::new(receiver)),
            runs: AtomicUsize::new(0),
        });
        let store = Arc::new(store);
        let builder = agents(Runner::builder(), agent.clone());
        let runner = builder.session_service(store.clone()).build().unwrap();
        Self { runner, store, agent, steps }
    }

    pub(crate) async fn step(&self, step: Step) {
        self.steps.send(step).await.ok().unwrap();
    }

    pub(crate) async fn try_start(&self, session: &str, config: RunConfig) -> Result<StartedRun, RunError> {
        let request = RunRequest {
            invocation_id: InvocationId::new(),
            session: key(session),
            message: Content::new_user_text("hello"),
            config,
            cancel_token: None,
        };
        self.runner.start(request).await
    }

    pub(crate) async fn start(&self, session: &str) -> StartedRun {
        self.try_start(session, RunConfig::default()).await.ok().unwrap()
    }
}

pub(crate) fn key(session: &str) -> SessionKey {
    SessionKey {
        app_name: "puppet".parse().unwrap(),
        user_id: "ann".parse().unwrap(),
        session_id: session.parse().unwrap(),
    }
}

pub(crate) async fn collect(events: EventStream) -> Vec<Event> {
    events.map(|event| Event::clone(&event.unwrap().event)).collect().await
}

/// Everything a session remembers, as `author:text`.
pub(crate) async fn history(store: &dyn SessionService, session: &str) -> Vec<String> {
    let query = HistoryQuery::After { position: 0, limit: 1000 };
    let page = store.history(&key(session), query).await.unwrap();
    let line = |event: &Event| {
        format!("{}:{}", event.author, event.content.as_ref().map(Content::text).unwrap_or_default())
    };
    page.entries.iter().map(|entry| line(&entry.event)).collect()
}

/// A store whose commits fail from a certain one on, and that counts how often a session is read.
pub(crate) struct FailingStore {
    inner: MemoryStore,
    pub(crate) commits_left: AtomicUsize,
    pub(crate) reads: AtomicUsize,
}

impl FailingStore {
    pub(crate) fn after(commits: usize) -> Self {
        Self {
            inner: MemoryStore::new(),
            commits_left: AtomicUsize::new(commits),
            reads: AtomicUsize::new(0),
        }
    }
}

#[async_trait]
impl EventLog for FailingStore {
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError> {
        self.inner.begin(begin).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let left =
            self.commits_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_err() {
            return Err(StoreError::unavailable("the disk at /secret/path is full"));
        }
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

#[async_trait]
impl SessionService for FailingStore {
    async fn create(&self, new: NewSession) -> Result<Session, StoreError> {
        self.inner.create(new).await
    }

    async fn get(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.get(key).await
    }

    async fn find(&self, id: &SessionId) -> Result<Vec<SessionKey>, StoreError> {
        self.inner.find(id).await
    }

    async fn list(&self, filter: SessionFilter) -> Result<SessionPage, StoreError> {
        self.inner.list(filter).await
    }

    async fn update_state(&self, key: &SessionKey, delta: StateDelta) -> Result<Option<Session>, StoreError> {
        self.inner.update_state(key, delta).await
    }

    async fn pin(
        &self,
        key: &SessionKey,
        agent_version: Option<String>,
    ) -> Result<Option<Session>, StoreError> {
        self.inner.pin(key, agent_version).await
    }

    async fn pinned_versions(&self, agent: &AppName) -> Result<BTreeSet<String>, StoreError> {
        self.inner.pinned_versions(agent).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<bool, StoreError> {
        self.inner.delete(key).await
    }

    async fn append_event(&self, key: &SessionKey, event: EncodedEvent) -> Result<u64, StoreError> {
        self.inner.append_event(key, event).await
    }

    async fn history(&self, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.inner.history(key, query).await
    }
}
