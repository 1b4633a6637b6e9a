//! A program that serves the agents of a folder: the host as a library.
//!
//! ```sh
//! cargo run -p rak-examples --example embed -- target/agents 127.0.0.1:8080
//! ```

use std::{io::Write, sync::Arc};

use rak::{
    AppState, Registry, Runner, ServerSettings, bind, create_router, serve_router, store::MemoryStore, wasm,
};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target/agents".into());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".into());
    let shutdown = CancellationToken::new();
    let serving = serve_agents(&folder, &address, shutdown.clone(), std::io::stdout());
    tokio::pin!(serving);
    tokio::select! {
        served = &mut serving => return served,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    shutdown.cancel();
    serving.await
}

/// All there is to it.
pub(crate) async fn serve_agents(
    folder: &str,
    address: &str,
    shutdown: CancellationToken,
    mut out: impl Write,
) -> anyhow::Result<()> {
    let engine = wasm::WasmEngine::new(wasm::EngineSettings::default())?;
    let loader = wasm::Loader::new(engine, None, wasm::Limits::default());
    let agents = Registry::builder(loader).folder(folder).open().await?;

    let store = Arc::new(MemoryStore::new());
    let runner = Runner::builder().agents(Arc::new(agents)).session_service(store.clone()).build()?;
    let router = create_router(runner.clone(), store);

    let listener = bind(address.parse()?)?;
    writeln!(out, "listening on http://{}", listener.local_addr()?)?;
    serve_router(listener, router, AppState::new(runner, ServerSettings::default()), shutdown).await?;
    Ok(())
}
