//! A registry on a folder, and a runner that runs its agents.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures::StreamExt as _;
use rak_core::{
    AgentInfo, AgentRegistry as _, AppName, Content, DeployError, Deployments as _, Event, EventStream,
    InvocationId, InvocationRecord, RunConfig, SessionKey,
};
use rak_registry::{Registry, RegistrySettings};
use rak_runner::{RunRequest, Runner};
use rak_session::MemoryStore;
use rak_test_guests::{agent, fixture};
use rak_wasm::{CompileCache, CompileLimits, Compiler, EngineSettings, Limits, Loader, WasmEngine};
use tempfile::TempDir;

/// A test that waits for longer has failed; nothing is measured with it.
const PATIENCE: Duration = Duration::from_mins(2);

static ENGINE: LazyLock<WasmEngine> = LazyLock::new(|| {
    let settings = EngineSettings { max_guests: 200, ..EngineSettings::default() };
    WasmEngine::new(settings).expect("the engine starts")
});

pub(crate) fn app(name: &str) -> AppName {
    AppName::new(name).expect("a name")
}

pub(crate) fn echo() -> Vec<u8> {
    std::fs::read(agent("echo")).expect("the component")
}

pub(crate) fn guest(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).expect("the component")
}

/// The same component with another digest: a section that nobody reads lies at its end.
pub(crate) fn variant(component: &[u8], number: u32) -> Vec<u8> {
    let name = format!("variant-{number}");
    let length = u8::try_from(name.len()).expect("a short name");
    let section = [&[0, length + 1, length], name.as_bytes()].concat();
    [component, &section].concat()
}

/// A folder of agents with a data folder beside it.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) settings: RegistrySettings,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("agents")).expect("a folder");
        Self { folder, store: Arc::new(MemoryStore::new()), settings: RegistrySettings::default() }
    }

    pub(crate) fn with(settings: RegistrySettings) -> Self {
        Self { settings, ..Self::new() }
    }

    pub(crate) fn agents(&self) -> PathBuf {
        self.folder.path().join("agents")
    }

    /// Renames a file into place, as careful programs do.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.agents().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let partial = self.folder.path().join("partial");
        std::fs::write(&partial, bytes).expect("a file");
        std::fs::rename(partial, path).expect("a file");
    }

    pub(crate) async fn open(&self) -> Host {
        self.open_with(Compiler::in_process(CompileLimits::default())).await
    }

    /// A host that cannot compile.
    pub(crate) async fn open_without_compiler(&self) -> Host {
        let compiler = Compiler::in_process(CompileLimits::default());
        self.open_with(compiler.with_worker("/nonexistent/compiler".into(), &[])).await
    }

    async fn open_with(&self, compiler: Compiler) -> Host {
        let data = self.folder.path().join("data");
        let cache = CompileCache::open(data.join("compiled")).expect("a cache");
        let loader = Loader::new(ENGINE.clone(), Some(cache), Limits::default()).with_compiler(compiler);
        let registry = Registry::builder(loader)
            .folder(self.agents())
            .data(data)
            .settings(self.settings.clone())
            .sessions(self.store.clone())
            .open()
            .await
            .expect("a registry");
        let runner = Runner::builder()
            .agents(Arc::new(registry.clone()))
            .session_service(self.store.clone())
            .build()
            .expect("a runner");
        Host { registry, runner }
    }

    /// Takes the compiled code away. It is moved, not deleted: a compiler that no longer matters to anybody may still be
    /// writing into its folder.
    pub(crate) fn lose_code(&self) {
        let folder = self.folder.path();
        std::fs::rename(folder.join("data/compiled"), folder.join("lost")).expect("it is there");
    }

    /// How many components are kept on disk.
    pub(crate) fn kept_components(&self) -> usize {
        let folder = self.folder.path().join("data/registry/components");
        std::fs::read_dir(folder).expect("a folder").count()
    }

    /// How many files of compiled code there are.
    pub(crate) fn kept_code(&self) -> usize {
        let entries = std::fs::read_dir(self.folder.path().join("data/compiled")).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        names.filter(|name| name.to_string_lossy().ends_with(".cwasm")).count()
    }
}

pub(crate) struct Host {
    pub(crate) registry: Registry,
    pub(crate) runner: Runner,
}

/// A run that is over.
pub(crate) struct Ended {
    pub(crate) events: Vec<Event>,
    pub(crate) record: InvocationRecord,
}

impl Ended {
    pub(crate) fn answer(&self) -> String {
        let last = self.events.last().expect("an event");
        last.content.as_ref().map(Content::text).unwrap_or_default()
    }
}

impl Host {
    /// Ends the host as the program does: what it still takes in is given up or done before this returns.
    pub(crate) async fn close(self) {
        self.registry.close().await;
    }

    /// Waits until what is said of an agent is so.
    pub(crate) async fn until(
        &self,
        name: &str,
        is_so: impl Fn(Option<&AgentInfo>) -> bool,
    ) -> Option<AgentInfo> {
        let mut changes = self.registry.changes();
        let waiting = async {
            loop {
                let info = self.registry.info(&app(name));
                if is_so(info.as_ref()) {
                    return info;
                }
                changes.changed().await.expect("the registry lives");
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| panic!("it never came; now: {:?}", self.registry.info(&app(name))))
    }

    /// Waits until a version with this number is live.
    pub(crate) async fn until_number(&self, name: &str, number: u64) -> AgentInfo {
        self.until(name, |info| {
            info.and_then(|info| info.current.as_ref()).is_some_and(|it| it.number == number)
        })
        .await
        .expect("an agent")
    }

    pub(crate) async fn until_gone(&self, name: &str) {
        self.until(name, |info| info.is_none()).await;
    }

    pub(crate) async fn until_refused(&self, name: &str, text: &str) -> AgentInfo {
        let refused = |info: Option<&AgentInfo>| {
            info.and_then(|info| info.refused.as_ref()).map(|it| it.reason.clone())
        };
        self.until(name, |info| refused(info).is_some_and(|reason| reason.contains(text)))
            .await
            .expect("an agent")
    }

    pub(crate) fn info(&self, name: &str) -> AgentInfo {
        self.registry.info(&app(name)).expect("an agent")
    }

    /// Uploads a component in pieces.
    pub(crate) async fn push(
        &self,
        name: &str,
        component: &[u8],
        manifest: Option<&str>,
    ) -> Result<AgentInfo, DeployError> {
        let mut upload = self.registry.begin(&app(name)).await?;
        for chunk in component.chunks(10_000) {
            upload.write(chunk.to_vec().into()).await?;
        }
        if let Some(manifest) = manifest {
            upload.manifest(manifest.to_owned());
        }
        upload.finish(None).await
    }

    pub(crate) fn numbers(&self, name: &str) -> Vec<u64> {
        let versions = self.registry.versions(&app(name)).expect("an agent");
        versions.iter().map(|version| version.number).collect()
    }

    pub(crate) async fn start(&self, name: &str, session: &str, input: &str) -> (InvocationId, EventStream) {
        let session = SessionKey {
            app_name: app(name),
            user_id: "ann".parse().expect("an id"),
            session_id: session.parse().expect("an id"),
        };
        let id = InvocationId::new();
        let request = RunRequest {
            invocation_id: id,
            session,
            message: Content::new_user_text(input),
            config: RunConfig::default(),
            cancel_token: None,
        };
        (id, self.runner.start(request).await.expect("the run starts").events)
    }

    pub(crate) async fn finish(&self, (id, events): (InvocationId, EventStream)) -> Ended {
        let events = events.map(|event| Event::clone(&event.expect("an event").event)).collect();
        let events = tokio::time::timeout(PATIENCE, events).await.expect("the run ends");
        let record = self.runner.invocation(id).await.expect("the log").expect("the record");
        Ended { events, record }
    }

    pub(crate) async fn say(&self, name: &str, session: &str, input: &str) -> Ended {
        let run = self.start(name, session, input).await;
        self.finish(run).await
    }
}
