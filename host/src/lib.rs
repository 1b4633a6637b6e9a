//! RAK: the host for AI agents that are WebAssembly components.
//!
//! This is the library to embed the host with; the program `rak` is made of it too. [`Runner`] runs agents,
//! [`create_router`] serves them, [`Registry`] keeps them and their versions, [`wasm`] loads them, [`store`] keeps their
//! sessions.
//!
//! ```no_run
//! use std::sync::Arc;
//! use rak::{AppState, Registry, Runner, ServerSettings, bind, create_router, serve_router, store::MemoryStore, wasm};
//!
//! # async fn example(shutdown: tokio_util::sync::CancellationToken) -> Result<(), Box<dyn std::error::Error>> {
//! let engine = wasm::WasmEngine::new(wasm::EngineSettings::default())?;
//! let loader = wasm::Loader::new(engine, None, wasm::Limits::default());
//!
//! let store = Arc::new(MemoryStore::new());
//! let agents = Registry::builder(loader).folder("agents").data(".rak").sessions(store.clone()).open().await?;
//! let runner = Runner::builder().agents(Arc::new(agents)).session_service(store.clone()).build()?;
//! let router = create_router(runner.clone(), store);
//!
//! // Any server of axum's can serve it; this one also ends every stream in order when `shutdown` is cancelled.
//! let state = AppState::new(runner, ServerSettings::default());
//! serve_router(bind("127.0.0.1:8080".parse()?)?, router, state, shutdown).await?;
//! # Ok(())
//! # }
//! ```

pub use rak_core as core;
pub use rak_registry as registry;
pub use rak_runner as runner;
pub use rak_server as server;
pub use rak_session as store;
pub use rak_wasm as wasm;

pub use rak_core::{
    Agent, AgentRegistry, Content, Event, EventLog, EventStream, InvocationId, InvocationStatus, Part,
    RunConfig, RunError, SessionService,
};
pub use rak_registry::{Registry, RegistrySettings};
pub use rak_runner::{InvocationTracker, Runner};
pub use rak_server::protocol::ws::{WsRun, WsTarget};
pub use rak_server::{
    AppState, ServerSettings, WsClientMessage, WsServerMessage, bind, create_router, create_router_with,
    serve, serve_router,
};
