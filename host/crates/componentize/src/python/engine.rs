//! CPython with the agent's modules in it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wasmtime::component::{Instance, Val};
use wasmtime::{Error as EngineError, Result, Store};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use super::traceback::without_frames;
use super::{Python, symbols};
use crate::Error;
use crate::engine::{Failure, State, started, unpack};

/// A component that is CPython, and knows the contract.
const ENGINE: &[u8] = include_bytes!("../../engines/python.wasm.zst");
/// The standard library in `python`, the contract for Python in `world`, and what both need in `bundled`.
const FILES: &[u8] = include_bytes!("../../engines/python-files.tar.zst");
/// What `init` is told of the contract.
const SYMBOLS: &str = include_str!("../../engines/python-symbols.json");
/// The module that CPython loads.
const ENTRY: &str = "rak_entry";

/// Loads the agent's module, and returns the component as it is then.
pub(super) fn compile(agent: &Python<'_>) -> Result<Vec<u8>, Error> {
    let files = files(agent)?;
    let mounts = Mounts::new(agent, files.path());
    let engine = unpack(ENGINE)?;
    let component =
        started(&engine, mounts.wasi()?, |_| Ok(()), async |store, instance| init(store, instance).await);
    component.map_err(|failure| match failure {
        Failure::Engine { printed, message } => {
            // A traceback ends with the message.
            let text = if printed.trim().is_empty() { message } else { printed };
            Error::Load { file: file(agent), text: mounts.in_authors_words(&text) }
        }
        Failure::Compiler(error) => Error::compiler(&error),
    })
}

/// Where the agent's module is, or would be.
fn file(agent: &Python<'_>) -> PathBuf {
    let below: PathBuf = agent.module.split('.').collect();
    let files = agent
        .path
        .iter()
        .flat_map(|path| [path.join(&below).with_extension("py"), path.join(&below).join("__init__.py")]);
    files.clone().find(|file| file.is_file()).or(files.clone().next()).unwrap_or(below)
}

async fn init(store: &mut Store<State>, instance: Instance) -> Result<Result<(), String>> {
    let missing = || EngineError::msg("no `init`");
    let (_, exports) = instance.get_export(&mut *store, None, "exports").ok_or_else(missing)?;
    let (_, init) = instance.get_export(&mut *store, Some(&exports), "init").ok_or_else(missing)?;
    let init = instance.get_func(&mut *store, init).ok_or_else(missing)?;
    let kind = init.ty(&*store).params().nth(1).map(|(_, kind)| kind).ok_or_else(missing)?;
    let symbols = symbols::value(&kind, &serde_json::from_str(SYMBOLS).map_err(EngineError::new)?)?;
    let mut results = [Val::Bool(false)];
    // The last one would leave out all of WASI.
    let arguments = [Val::String(ENTRY.to_owned()), symbols, Val::Bool(false)];
    init.call_async(&mut *store, &arguments, &mut results).await?;
    Ok(match results {
        [Val::Result(Err(Some(message)))] => match *message {
            Val::String(message) => Err(message),
            other => Err(format!("{other:?}")),
        },
        _ => Ok(()),
    })
}

/// The files of the engine, and the module that it loads.
fn files(agent: &Python<'_>) -> Result<TempDir, Error> {
    let folder = tempfile::tempdir().map_err(|error| Error::io("create", &std::env::temp_dir(), error))?;
    let archive = unpack(FILES)?;
    let unpacked = tar::Archive::new(archive.as_slice()).unpack(folder.path());
    unpacked.map_err(|error| Error::io("write", folder.path(), error))?;
    let entry = folder.path().join("entry");
    let written =
        fs::create_dir(&entry).and_then(|()| fs::write(entry.join(format!("{ENTRY}.py")), text(agent)));
    written.map_err(|error| Error::io("write", &entry, error))?;
    Ok(folder)
}

/// JSON's texts are Python's too.
fn text(agent: &Python<'_>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let manifest = &agent.manifest;
    format!(
        "import importlib\n\
         from rak.component import entry\n\
         agent = importlib.import_module({module})\n\
         if (getattr(agent, '__file__', None) or '').startswith(('/python/', '/world/', '/bundled/')):\n    \
             raise ImportError('Python itself has a module ' + agent.__name__ + ': rename the file')\n\
         Entry = entry(agent, name={name}, description={description}, version={version})\n",
        module = quoted(agent.module),
        name = quoted(manifest.name),
        description = quoted(manifest.description),
        version = quoted(manifest.version),
    )
}

/// What CPython sees of the system, all of it only to read.
struct Mounts<'a> {
    /// Each folder by the name that CPython sees it under.
    folders: Vec<(String, &'a Path)>,
    engine: &'a Path,
}

impl<'a> Mounts<'a> {
    fn new(agent: &Python<'a>, engine: &'a Path) -> Self {
        let paths = agent.path.iter().copied().chain([agent.sdk]);
        Self { folders: paths.enumerate().map(|(index, path)| (index.to_string(), path)).collect(), engine }
    }

    fn wasi(&self) -> Result<WasiCtxBuilder, Error> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHOME", "/python");
        let own =
            ["python", "world", "bundled", "entry"].map(|name| (name.to_owned(), self.engine.join(name)));
        let given = self.folders.iter().map(|(name, path)| (name.clone(), path.to_path_buf()));
        for (name, path) in own.into_iter().chain(given.clone()) {
            let mounted = wasi.preopened_dir(&path, &name, FsPerms::ReadOnly);
            mounted
                .map_err(|error| Error::Compiler(format!("failed to open {}: {error:#}", path.display())))?;
        }
        let names: Vec<_> = given.map(|(name, _)| format!("/{name}")).collect();
        wasi.env("PYTHONPATH", format!("/python:/world:/entry:{}:/bundled", names.join(":")));
        Ok(wasi)
    }

    /// `text` with the paths that the author knows, and without the frames that are not the author's.
    fn in_authors_words(&self, text: &str) -> String {
        let sdk = self.folders.last().map(|(name, _)| format!("/{name}/rak/"));
        let hidden: Vec<_> =
            ["/entry/", "/python/importlib/"].into_iter().map(str::to_owned).chain(sdk).collect();
        let mut text = without_frames(text, &hidden);
        for (name, path) in &self.folders {
            text = text.replace(&format!("\"/{name}/"), &format!("\"{}/", path.display()));
        }
        text
    }
}
