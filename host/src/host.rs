//! What the commands share: the engine with its cache, put together from the settings.

use anyhow::Context as _;
use rak_wasm::{CompileCache, Loader, WasmEngine};

use crate::config::Config;

/// The folder of compiled components within the data folder.
const CACHE: &str = "compiled";

/// An engine and its loader. Without a cache folder everything works, only slower.
pub(crate) fn loader(config: &Config) -> anyhow::Result<Loader> {
    let engine = WasmEngine::new(config.engine).context("failed to start the WebAssembly engine")?;
    let folder = config.data.join(CACHE);
    let cache = CompileCache::open(&folder)
        .inspect_err(
            |error| tracing::warn!(%error, folder = %folder.display(), "compiled components cannot be kept"),
        )
        .ok();
    Ok(Loader::new(engine, cache, config.registry.limits))
}
