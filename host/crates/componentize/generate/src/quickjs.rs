//! QuickJS.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use qjs_wit_component::{ComponentEncoder, Linker, StringEncoding, dummy_module, embed_component_metadata};
use qjs_wit_dylib::create_with_metadata;
use qjs_wit_parser::decoding::{DecodedWasm, decode};
use qjs_wit_parser::{ManglingAndAbi, Resolve, World, WorldKey};
use wasm_compose::composer::ComponentComposer;
use wasm_compose::config::Config;
use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;

use crate::compress;

const RUNTIME: &[u8] = include_bytes!(concat!(env!("QUICKJS"), "/prebuilt/runtime-sync.wasm"));
/// The interface by which the engine reads modules while it is made, and that no component may import.
const LOADER: &str = "local:init/module-loader";

pub fn write(wit: &Path, output: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some("javascript"))?;
    let (mut bindings, metadata) = create_with_metadata(&resolve, world, None);
    if !metadata.streams.is_empty() || !metadata.futures.is_empty() {
        bail!("the world has streams or futures, which need more than an empty preamble");
    }
    embed_component_metadata(&mut bindings, &resolve, world, StringEncoding::UTF8)?;
    let mut linker = Linker::default();
    linker.encoder().validate(true);
    linker.library("componentize_qjs_runtime.wasm", RUNTIME, false)?;
    linker.library("wit-dylib.wasm", &bindings, false)?;
    linker.encoder().adapter("wasi_snapshot_preview1", WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?;
    let component = linker.encode()?;
    compress(&output.join("quickjs.wasm.zst"), &closed(&component)?)
}

/// The component within one that imports all it does, but for the loader: that one is a stub, which traps.
fn closed(component: &[u8]) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let (engine, loader) = (folder.path().join("engine.wasm"), folder.path().join("loader.wasm"));
    fs::write(&engine, component)?;
    fs::write(&loader, stub(component)?)?;
    let config = Config { dir: folder.path().to_owned(), definitions: vec!["loader.wasm".into()], ..Config::default() };
    ComponentComposer::new(&engine, &config).compose()
}

/// A component that exports the loader's interface, and traps.
fn stub(component: &[u8]) -> Result<Vec<u8>> {
    let DecodedWasm::Component(mut resolve, world) = decode(component)? else { bail!("not a component") };
    let world = resolve.worlds[world].clone();
    let is_loader = |key: &WorldKey| resolve.name_world_key(key) == LOADER;
    let (key, item) = world.imports.iter().find(|(key, _)| is_loader(key)).context("no loader")?;
    let exports = [(key.clone(), item.clone())].into_iter().collect();
    let stub = World { name: "loader".to_owned(), imports: Default::default(), exports, ..world };
    let stub = resolve.worlds.alloc(stub);
    let mut module = dummy_module(&resolve, stub, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, stub, StringEncoding::UTF8)?;
    ComponentEncoder::default().module(&module)?.validate(true).encode()
}
