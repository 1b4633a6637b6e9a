//! A host, a program that talks to it, and a proxy between them that cuts connections.

mod program;
mod proxy;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use rak::server::{AppState, ServerSettings, bind, serve};
use rak::store::MemoryStore;
use rak::wasm::{CompileCache, EngineSettings, Limits, Loader, WasmEngine};
use rak::{InvocationStatus, Registry, Runner};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

pub(crate) use self::program::Program;
pub(crate) use self::proxy::CuttingProxy;

/// A file of the examples.
pub(crate) fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The agent that asks, among others: it does what its input says.
const ASKING: &str = "program";

/// A folder with the agents that ship.
pub(crate) fn agents() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for agent in rak_test_guests::agents::ALL {
        let file = folder.path().join(format!("{}.wasm", agent.name()));
        std::fs::copy(agent.path(), file).unwrap();
    }
    folder
}

/// A host on a free port, with the agents that ship and one that asks. It shuts down in order when it is dropped.
pub(crate) struct TestHost {
    pub(crate) address: SocketAddr,
    runner: Runner,
    runtime: Runtime,
    shutdown: CancellationToken,
    serving: Option<JoinHandle<()>>,
}

impl TestHost {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let shutdown = CancellationToken::new();
        let (address, runner, server) = runtime.block_on(async {
            let folder = agents();
            let asking = rak_test_guests::fixture(ASKING);
            std::fs::copy(asking, folder.path().join(asking.file_name().unwrap())).unwrap();
            let engine = WasmEngine::new(EngineSettings::default()).unwrap();
            // Compiled once for all tests.
            let cache = CompileCache::open(Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled")).unwrap();
            let loader = Loader::new(engine, Some(cache), Limits::default());
            let registry = Registry::builder(loader).folder(folder.path()).watch(false).open().await.unwrap();
            let runner = Runner::builder()
                .agents(Arc::new(registry))
                .session_service(Arc::new(MemoryStore::new()))
                .build()
                .unwrap();
            let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = listener.local_addr().unwrap();
            let state = AppState::new(runner.clone(), ServerSettings::default());
            (address, runner, serve(listener, state, shutdown.clone()))
        });
        let handle = runtime.handle().clone();
        let serving = std::thread::spawn(move || handle.block_on(server).unwrap());
        Self { address, runner, runtime, shutdown, serving: Some(serving) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How the host says an invocation ended.
    pub(crate) fn status(&self, invocation: &str) -> InvocationStatus {
        let record = self.runtime.block_on(self.runner.invocation(invocation.parse().unwrap()));
        record.unwrap().expect("the host knows the invocation").status
    }
}

impl Drop for TestHost {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
    }
}
