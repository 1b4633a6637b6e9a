//! A host in a program of one's own, as `examples/examples/embed.rs` shows it, that keeps nothing.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rak_runner::{Runner, RunnerSettings};
use rak_server::{AppState, ServerSettings};
use rak_session::MemoryStore;
use rak_wasm::{AgentSettings, ComponentAgent, EngineSettings, Limits, Loader, WasmEngine};
use tokio_util::sync::CancellationToken;

use crate::measure;

/// The agent that is served.
const ECHO: &str = "echo";
/// Guests that the engine has room for.
const MAX_GUESTS: u32 = 1200;

/// A runner of one agent, with optimized code.
pub(crate) async fn runner(components: &Path, agent: &str) -> anyhow::Result<Runner> {
    let engine = EngineSettings { max_guests: MAX_GUESTS, baseline: false, ..EngineSettings::default() };
    let engine = WasmEngine::new(engine)?;
    let loader = Loader::new(engine.clone(), None, Limits::default());
    let path = components.join(format!("{agent}.wasm"));
    let bytes = std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let name: rak_core::AppName = agent.parse()?;
    let loaded = loader.load_bytes(&name, bytes).await?;
    let agent = ComponentAgent::new(&engine, name, loaded, AgentSettings::default());
    let runner = Runner::builder().session_service(Arc::new(MemoryStore::new()));
    Ok(runner.settings(RunnerSettings::default()).agent(Arc::new(agent)).build()?)
}

/// Serves it until it is killed.
pub(crate) async fn serve(components: &Path) -> anyhow::Result<()> {
    measure::raise_file_limit();
    let state = AppState::new(runner(components, ECHO).await?, ServerSettings::default());
    let listener = rak_server::bind(([127, 0, 0, 1], 0).into())?;
    measure::say(&mut std::io::stdout(), &format!("listening on http://{}", listener.local_addr()?));
    Ok(rak_server::serve(listener, state, CancellationToken::new()).await?)
}
