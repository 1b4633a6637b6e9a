//! Python.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use py_wit_component::{Linker, StringEncoding, metadata};
use wit_dylib::DylibOpts;
use wit_parser::{CloneMaps, Resolve};

use crate::compress;
use crate::summary::{Locations, Naming, Summary};

pub mod symbols;

/// The module that the contract is in, for Python.
const WORLD_MODULE: &str = "wit_world";

macro_rules! library {
    ($name:literal, $file:literal) => {
        ($name, include_bytes!(concat!(env!("PYTHON"), "/", $file, ".zst")) as &[u8])
    };
}

/// In the order that componentize-py links them.
const LIBRARIES: [(&str, &[u8]); 9] = [
    library!("libcomponentize_py_runtime.so", "libcomponentize_py_runtime_sync.so"),
    library!("libpython3.14.so", "libpython3.14.so"),
    library!("libc.so", "libc.so"),
    library!("libwasi-emulated-mman.so", "libwasi-emulated-mman.so"),
    library!("libwasi-emulated-process-clocks.so", "libwasi-emulated-process-clocks.so"),
    library!("libwasi-emulated-getpid.so", "libwasi-emulated-getpid.so"),
    library!("libwasi-emulated-signal.so", "libwasi-emulated-signal.so"),
    library!("libc++.so", "libc++.so"),
    library!("libc++abi.so", "libc++abi.so"),
];
const ADAPTER: &[u8] = include_bytes!(concat!(env!("PYTHON"), "/wasi_snapshot_preview1.reactor.wasm.zst"));
const STANDARD_LIBRARY: &[u8] = include_bytes!(concat!(env!("PYTHON"), "/python-lib.tar.zst"));
const HELPERS: &[u8] = include_bytes!(concat!(env!("PYTHON"), "/bundled.tar.zst"));

pub fn write(wit: &Path, output: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some("agent"))?;
    let mut options =
        DylibOpts { interpreter: Some("libcomponentize_py_runtime.so".into()), async_: Default::default() };
    let (mut bindings, described) = wit_dylib::create_with_metadata(&resolve, world, Some(&mut options));
    custom_section(
        &mut bindings,
        "component-type:componentize-py-union",
        &metadata::encode(&resolve, world, StringEncoding::UTF8, None)?,
    );
    let imports = described.import_funcs.iter().enumerate();
    let imports = imports.map(|(index, it)| ((it.interface.as_deref(), it.name.as_str()), index)).collect();
    let exports = described.export_funcs.iter().enumerate();
    let exports = exports.map(|(index, it)| ((it.interface.as_deref(), it.name.as_str()), index)).collect();
    let worlds = [(world, Naming::Short)].into_iter().collect();
    let (no_names, no_streams) = (HashMap::new(), HashMap::new());
    let summary =
        Summary::try_new(&resolve, &worlds, &no_names, &no_names, &imports, &exports, &no_streams)?;
    ensure!(!summary.need_async(), "the world has asynchronous functions, which need the other runtime");

    let files = std::env::temp_dir().join(format!("rak-generate-{}", std::process::id()));
    let module = files.join("world").join(WORLD_MODULE);
    fs::create_dir_all(&module)?;
    let mut locations = Locations::default();
    summary.generate_code(&module, world, WORLD_MODULE, &mut locations, false)?;
    let symbols = summary.collect_symbols(&locations, &described, &CloneMaps::default());
    fs::write(output.join("python-symbols.json"), serde_json::to_string_pretty(&symbols)? + "\n")?;
    unpack(STANDARD_LIBRARY, &files.join("python"))?;
    unpack(HELPERS, &files.join("bundled"))?;
    compress(&output.join("python-files.tar.zst"), &pack(&files)?)?;
    fs::remove_dir_all(&files)?;
    compress(&output.join("python.wasm.zst"), &link(&bindings)?)
}

fn link(bindings: &[u8]) -> Result<Vec<u8>> {
    let mut linker = Linker::default().validate(true).use_built_in_libdl(true);
    for (name, compressed) in LIBRARIES {
        linker = linker.library(name, &zstd::decode_all(compressed)?, false)?;
    }
    linker = linker.library("libcomponentize_py_bindings.so", bindings, false)?;
    linker.adapter("wasi_snapshot_preview1", &zstd::decode_all(ADAPTER)?)?.encode()
}

fn custom_section(module: &mut Vec<u8>, name: &str, data: &[u8]) {
    use wasm_encoder::Section as _;
    wasm_encoder::CustomSection { name: Cow::Borrowed(name), data: Cow::Borrowed(data) }.append_to(module);
}

fn unpack(archive: &[u8], folder: &Path) -> Result<()> {
    let archive = zstd::decode_all(Cursor::new(archive))?;
    tar::Archive::new(archive.as_slice()).unpack(folder).with_context(|| format!("unpack {}", folder.display()))
}

/// The same bytes for the same files: sorted, and without times and owners.
fn pack(folder: &Path) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    archive.mode(tar::HeaderMode::Deterministic);
    let mut paths = Vec::new();
    list(folder, &mut paths)?;
    paths.sort();
    for path in paths {
        archive.append_path_with_name(&path, path.strip_prefix(folder)?)?;
    }
    Ok(archive.into_inner()?)
}

/// Modules of the standard library that need what a component does not have: windows, processes, other Pythons.
const LEFT_OUT: [&str; 9] =
    ["ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "tkinter", "turtle.py", "turtledemo", "venv"];

fn is_left_out(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| LEFT_OUT.contains(&name))
}

fn list(folder: &Path, paths: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if is_left_out(&path) { continue }
        if path.is_dir() { list(&path, paths)? } else { paths.push(path) }
    }
    Ok(())
}
