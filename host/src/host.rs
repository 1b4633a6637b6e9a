//! What the commands share: the engine with its cache, put together from the settings.

use std::path::PathBuf;

use anyhow::Context as _;
use rak_wasm::{CompileCache, Compiler, Loader, WasmEngine};

use crate::config::Config;

/// The file of the store within the data folder.
pub(crate) const STORE: &str = "rak.db";

/// The folder of compiled components within the data folder.
const CACHE: &str = "compiled";

/// The hidden command that compiles one component, in a process of its own.
pub(crate) const COMPILE_COMMAND: &str = "compile-worker";

/// An engine and its loader. Without a cache folder everything works, only slower.
pub(crate) fn loader(config: &Config) -> anyhow::Result<Loader> {
    let engine = WasmEngine::new(config.engine).context("failed to start the WebAssembly engine")?;
    let folder = config.data.join(CACHE);
    let cache = CompileCache::open(&folder)
        .inspect_err(
            |error| tracing::warn!(%error, folder = %folder.display(), "compiled components cannot be kept"),
        )
        .ok();
    let compiler = Compiler::in_process(config.compile).with_worker(program()?, &[COMPILE_COMMAND]);
    Ok(Loader::new(engine, cache, config.registry.limits).with_compiler(compiler))
}

/// This program, also when its file was replaced by a newer one meanwhile.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() {
        Ok(running)
    } else {
        std::env::current_exe().context("failed to find the program itself")
    }
}
