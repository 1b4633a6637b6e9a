//! What a component costs its author: its size, and how long it takes to compile.
//!
//! The numbers are written down beside the component; `cargo xtask languages --write` makes the README's table of them, and
//! of what `cargo xtask bench languages` measures.

use std::path::Path;
use std::time::{Duration, Instant};

use rak_core::AppName;
use rak_wasm::{EngineSettings, Limits, Loader, WasmEngine};
use serde_json::json;

/// Measures a component and writes the numbers beside it.
pub(super) async fn measure(path: &Path, component: Vec<u8>) {
    let settings = EngineSettings { max_guests: 200, ..EngineSettings::default() };
    let engine = WasmEngine::new(settings).expect("the engine starts");
    let loader = Loader::new(engine, None, Limits::default());
    let name = AppName::new("conformance").expect("a name");
    let bytes = component.len();
    let began = Instant::now();
    loader.load_soon(&name, component.clone()).await.expect("it loads");
    let baseline = began.elapsed();
    let began = Instant::now();
    loader.load_bytes(&name, component).await.expect("it loads");
    let optimized = began.elapsed();
    let numbers = json!({
        "bytes": bytes, "baselineMs": milliseconds(baseline), "optimizedMs": milliseconds(optimized),
    });
    std::fs::write(path.with_extension("json"), numbers.to_string()).expect("a file");
}

fn milliseconds(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}
