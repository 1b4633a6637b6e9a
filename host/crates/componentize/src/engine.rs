//! A component that has been started, written down as a component.

mod access;
mod no_host;

use std::io::Read;

use ruzstd::decoding::StreamingDecoder;
use wasmtime::component::{Component, Instance, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store, Strategy};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wizer::Wizer;

use crate::Error;
use access::Access;

/// How much of what an agent prints while it is loaded is kept, in bytes of each stream.
const MAX_OUTPUT: usize = 64 << 10;

/// What a store holds while an engine starts.
pub(crate) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// Why an engine did not start.
pub(crate) enum Failure {
    /// The engine could not load the modules.
    Engine {
        /// To standard output and error.
        printed: String,
        /// What it says is wrong.
        message: String,
    },
    Compiler(wasmtime::Error),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Compiler(error)
    }
}

/// Starts `component` by `start`, and returns it as it is then.
///
/// `wasi` says what it sees of the system, and `link` gives it what is not WASI.
pub(crate) fn started(
    component: &[u8],
    wasi: WasiCtxBuilder,
    link: impl FnOnce(&mut Linker<State>) -> wasmtime::Result<()>,
    start: impl AsyncFnOnce(&mut Store<State>, Instance) -> wasmtime::Result<Result<(), String>>,
) -> Result<Vec<u8>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Compiler(wasmtime::Error::new(error)))?;
    runtime.block_on(start_and_write(component, wasi, link, start))
}

async fn start_and_write(
    component: &[u8],
    mut wasi: WasiCtxBuilder,
    link: impl FnOnce(&mut Linker<State>) -> wasmtime::Result<()>,
    start: impl AsyncFnOnce(&mut Store<State>, Instance) -> wasmtime::Result<Result<(), String>>,
) -> Result<Vec<u8>, Failure> {
    let (stdout, stderr) = (MemoryOutputPipe::new(MAX_OUTPUT), MemoryOutputPipe::new(MAX_OUTPUT));
    let wasi = wasi.stdout(stdout.clone()).stderr(stderr.clone()).build();
    let engine = Engine::new(&config())?;
    let mut store = Store::new(&engine, State { wasi, table: ResourceTable::new() });
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument_component(component)?;
    let compiled = Component::new(&engine, &instrumented)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    no_host::add_to_linker(&compiled, &mut linker)?;
    link(&mut linker)?;
    let instance = linker.instantiate_async(&mut store, &compiled).await?;
    let outcome = start(&mut store, instance).await.unwrap_or_else(|trap| Err(format!("{trap:#}")));
    outcome.map_err(|message| {
        let printed = [stdout.contents(), stderr.contents()].concat();
        Failure::Engine { printed: String::from_utf8_lossy(&printed).into_owned(), message }
    })?;
    let mut access = Access::new(&mut store, instance);
    let component = wizer.snapshot_component(&context, &mut access).await?;
    access.failed.map_or(Ok(component), |error| Err(error.into()))
}

/// Code that runs once: what counts is how soon it is there.
fn config() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true).strategy(Strategy::Winch).wasm_relaxed_simd(false);
    config
}

/// One of the files of `engines/`.
pub(crate) fn unpack(compressed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut decoder =
        StreamingDecoder::new(compressed).map_err(|error| Error::Compiler(format!("no engine: {error}")))?;
    decoder.read_to_end(&mut bytes).map_err(|error| Error::Compiler(format!("no engine: {error}")))?;
    Ok(bytes)
}
