//! A host in this process: a SQLite store, an engine, a runner, and each agent twice, durable and not.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use futures::StreamExt as _;
use rak_core::{
    AppName, Content, Decision, Durability, EncodedEvent, EventLog as _, EventStream, InputKind,
    InvocationId, InvocationRecord, OnDisconnect, Reply, Respond, RunConfig, RunError, SessionKey,
};
use rak_runner::{RunRequest, Runner, RunnerSettings, StartedRun};
use rak_session::{SqliteOptions, SqliteStore};
use rak_wasm::{AgentSettings, CompileCache, ComponentAgent, EngineSettings, Limits, Loader, WasmEngine};

use crate::measure;

/// What is measured: a shipped agent, and one that calls the host as often as it is told to.
const COMPONENTS: [&str; 2] = [ECHO, WORKER];
pub(super) const ECHO: &str = "echo";
pub(super) const WORKER: &str = "worker";
/// The file of the store within its folder.
const STORE: &str = "rak.db";
/// Where compiled components are, so that no process compiles what another one did.
const CACHE: &str = "compiled";
/// Guests that the engine has room for: the thousand that a runner takes, and some that are about to leave.
const MAX_GUESTS: u32 = 1200;
/// How soon what cannot be waited for is looked at again.
const LOOK: Duration = Duration::from_millis(1);
/// What takes longer does not come.
const PATIENCE: Duration = Duration::from_mins(2);

/// A host.
pub(super) struct Host {
    pub(super) runner: Runner,
    pub(super) store: Arc<SqliteStore>,
}

impl Host {
    /// Opens the store in `stores/name`, and serves the components of a folder.
    pub(super) async fn open(
        components: &Path,
        stores: &Path,
        name: &str,
        settings: RunnerSettings,
    ) -> anyhow::Result<Self> {
        measure::raise_file_limit();
        let engine = EngineSettings { max_guests: MAX_GUESTS, baseline: false, ..EngineSettings::default() };
        let engine = WasmEngine::new(engine)?;
        let loader =
            Loader::new(engine.clone(), CompileCache::open(stores.join(CACHE)).ok(), Limits::default());
        let folder = stores.join(name);
        std::fs::create_dir_all(&folder)?;
        let store = Arc::new(SqliteStore::open(folder.join(STORE), SqliteOptions::default())?);
        let mut runner = Runner::builder().session_service(store.clone()).settings(settings);
        for component in COMPONENTS {
            let path = components.join(format!("{component}.wasm"));
            let bytes = std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
            let loaded = loader.load_bytes(&component.parse()?, bytes).await?;
            for durability in [Durability::Journal, Durability::None] {
                let settings = AgentSettings { durability, ..AgentSettings::default() };
                let name = agent(component, durability)?;
                runner = runner.agent(Arc::new(ComponentAgent::new(&engine, name, loaded.clone(), settings)));
            }
        }
        Ok(Self { runner: runner.build()?, store })
    }

    /// Starts a run that goes on whoever listens.
    pub(super) async fn start(&self, session: &SessionKey, text: &str) -> Result<StartedRun, RunError> {
        let request = RunRequest {
            invocation_id: InvocationId::new(),
            session: session.clone(),
            message: Content::new_user_text(text),
            config: RunConfig { on_disconnect: Some(OnDisconnect::Continue), ..RunConfig::default() },
            cancel_token: None,
        };
        self.runner.start(request).await
    }

    /// The same, up to its first question; nobody listens to it any more.
    pub(super) async fn start_asking(
        &self,
        session: &SessionKey,
        text: &str,
    ) -> anyhow::Result<InvocationId> {
        let mut run = loop {
            match self.start(session, text).await {
                Ok(run) => break run,
                // Those before it are on their way out of memory.
                Err(RunError::Full { .. }) => tokio::time::sleep(LOOK).await,
                Err(error) => return Err(error.into()),
            }
        };
        loop {
            let event = run.events.next().await.context("the run asked nothing")??;
            ensure!(!event.turn_complete, "the run ended instead of asking: {}", event.json);
            if event.input_required.is_some() {
                return Ok(run.invocation_id);
            }
        }
    }

    /// Returns when an invocation that asked has given up its memory: what it used is stored then.
    pub(super) async fn rests(&self, id: InvocationId) -> anyhow::Result<()> {
        self.until(id, |record| record.usage.host_calls > 0).await
    }

    /// Returns when an invocation is over.
    pub(super) async fn ends(&self, id: InvocationId) -> anyhow::Result<()> {
        self.until(id, |record| record.status.is_terminal()).await
    }

    async fn until(
        &self,
        id: InvocationId,
        reached: impl Fn(&InvocationRecord) -> bool,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let record = self.store.invocation(id).await?.context("it is not stored")?;
            if reached(&record) {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!("{id} is {} for too long", record.status);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Approves what an invocation asked first.
    pub(super) async fn approve(&self, id: InvocationId) -> anyhow::Result<()> {
        let decision = Decision { approved: true, ..Decision::default() };
        let request_id = InputKind::Approve.request_id(1);
        let reply = Reply::Decision { request_id, decision };
        self.runner.respond(id, Respond { reply, by: None, user_id: None }).await?;
        Ok(())
    }

    /// Stops the runs, and leaves one file.
    pub(super) async fn close(self) {
        self.runner.drain(Duration::ZERO).await;
        self.store.close().await;
    }
}

/// Under which name an agent is served.
fn agent(component: &str, durability: Durability) -> anyhow::Result<AppName> {
    let more = match durability {
        Durability::Journal => "",
        Durability::None => "-none",
    };
    Ok(format!("{component}{more}").parse()?)
}

/// A session of an agent.
pub(super) fn session(component: &str, durability: Durability, id: &str) -> anyhow::Result<SessionKey> {
    Ok(SessionKey {
        app_name: agent(component, durability)?,
        user_id: "user".parse()?,
        session_id: id.parse()?,
    })
}

/// Reads a run's events up to the last one, which has to say that it went well.
pub(super) async fn to_the_end(events: &mut EventStream) -> anyhow::Result<Arc<EncodedEvent>> {
    loop {
        let event = events.next().await.context("the events end before the run")??;
        if event.turn_complete {
            ensure!(event.error_code.is_none(), "the run failed: {}", event.json);
            return Ok(event);
        }
    }
}

/// The bytes of the store in `stores/name`, with what lies beside it.
pub(super) fn stored_bytes(stores: &Path, name: &str) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(stores.join(name))? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
