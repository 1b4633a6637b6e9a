//! From bytes to a component that can be run: digest, validation, compilation or its cache, `describe`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rak_core::{AgentDescriptor, AgentError, AppName};
use serde::Serialize;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

use crate::bindings::AgentPre;
use crate::cache::{self, CompileCache};
use crate::component_agent::{Answer, Call, Template};
use crate::engine::WasmEngine;
use crate::limits::Limits;
use crate::state::GuestState;

/// The largest component that is loaded: several times a Python interpreter with its libraries.
pub const MAX_COMPONENT_BYTES: u64 = 256 << 20;

/// What a component has to export.
const ENTRY: &str = "rak:agent/entry@0.1";

/// Why a component is refused. The texts are for its author.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{} cannot be read: {cause}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It is larger than [`MAX_COMPONENT_BYTES`].
    #[error("it has {bytes} bytes; {MAX_COMPONENT_BYTES} are allowed")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// Something else than WebAssembly.
    #[error("it is not WebAssembly: a component begins with the bytes 00 61 73 6d")]
    NotWasm,
    /// WebAssembly, but not a component.
    #[error(
        "it is a core module, not a component; build it for the target wasm32-wasip2, or make a component of it with `wasm-tools component new`"
    )]
    CoreModule,
    /// It does not validate, or cannot be compiled.
    #[error("it is not a valid component: {0}")]
    Invalid(String),
    /// A component of another world.
    #[error("it exports no {ENTRY}.x, so it is not an agent; it exports {}", list(.exports))]
    NotAnAgent {
        /// What it exports.
        exports: Vec<String>,
    },
    /// It needs something this host does not have.
    #[error("it cannot be linked: {0}")]
    Unlinkable(String),
    /// It needs more than a run may have.
    #[error("it needs {needed} {what} to begin with; {allowed} are allowed (limits.{what})")]
    TooHungry {
        /// Of what.
        what: &'static str,
        /// How much.
        needed: u64,
        /// The limit.
        allowed: u64,
    },
    /// `describe` did not answer.
    #[error("its describe function failed: {0}")]
    Describe(AgentError),
    /// The host itself failed.
    #[error("the host failed while it loaded the component")]
    Host,
}

fn list(exports: &[String]) -> String {
    if exports.is_empty() { "nothing".to_owned() } else { exports.join(", ") }
}

/// A component that is ready to run.
#[derive(Clone)]
pub struct LoadedComponent {
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// What it says of itself.
    pub descriptor: AgentDescriptor,
    /// What is in it.
    pub facts: ComponentFacts,
    pub(crate) pre: AgentPre<GuestState>,
}

/// What can be said of a component without running it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComponentFacts {
    /// Its size in bytes.
    pub bytes: u64,
    /// Interfaces it imports.
    pub imports: Vec<String>,
    /// Interfaces it exports.
    pub exports: Vec<String>,
    /// Memories of all its modules.
    pub memories: u64,
    /// The largest memory it begins with, in bytes.
    pub initial_memory_bytes: u64,
    /// Tables of all its modules.
    pub tables: u64,
    /// Whether the compiled form was in the cache.
    pub cached: bool,
}

/// Loads components.
#[derive(Clone)]
pub struct Loader {
    engine: WasmEngine,
    cache: Option<CompileCache>,
    limits: Limits,
}

impl Loader {
    /// A loader for an engine. The limits are those a component has to fit in.
    pub fn new(engine: WasmEngine, cache: Option<CompileCache>, limits: Limits) -> Self {
        Self { engine, cache, limits }
    }

    /// The engine.
    pub fn engine(&self) -> &WasmEngine {
        &self.engine
    }

    /// Loads a file. The name is used for the log.
    pub async fn load_file(&self, name: &AppName, path: &Path) -> Result<LoadedComponent, LoadError> {
        let (loader, path) = (self.clone(), path.to_owned());
        let prepared = self.blocking(move || loader.prepare(&read(&path)?)).await?;
        self.describe(name, prepared).await
    }

    /// Loads bytes.
    pub async fn load_bytes(&self, name: &AppName, bytes: Vec<u8>) -> Result<LoadedComponent, LoadError> {
        let loader = self.clone();
        let prepared = self.blocking(move || loader.prepare(&bytes)).await?;
        self.describe(name, prepared).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
    ) -> Result<T, LoadError> {
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "loading a component panicked");
            LoadError::Host
        })?
    }

    /// Everything that does not run the component.
    pub(crate) fn prepare(&self, bytes: &[u8]) -> Result<Prepared, LoadError> {
        check_header(bytes)?;
        let digest = digest(bytes);
        let (component, cached) = self.compile(bytes, &digest)?;
        let facts = self.facts(&component, bytes.len() as u64, cached);
        let pre = self.link(&component, &facts)?;
        Ok(Prepared { digest, facts, pre })
    }

    fn compile(&self, bytes: &[u8], digest: &str) -> Result<(Component, bool), LoadError> {
        let engine = self.engine.wasmtime();
        if let Some(component) = self.cache.as_ref().and_then(|cache| cache.get(engine, digest)) {
            return Ok((component, true));
        }
        let component = Component::from_binary(engine, bytes)
            .map_err(|error| LoadError::Invalid(format!("{error:#}")))?;
        if let Some(cache) = &self.cache {
            cache.put(engine, digest, &component);
        }
        Ok((component, false))
    }

    pub(crate) fn facts(&self, component: &Component, bytes: u64, cached: bool) -> ComponentFacts {
        const PAGE: u64 = 64 << 10;
        let engine = self.engine.wasmtime();
        let world = component.component_type();
        let imports = world.imports(engine).map(|(name, _)| name.to_owned()).collect();
        let exports = world
            .exports(engine)
            .filter(|(_, export)| {
                matches!(export.ty, ComponentItem::ComponentInstance(_) | ComponentItem::ComponentFunc(_))
            })
            .map(|(name, _)| name.to_owned())
            .collect();
        let needed = component.resources_required();
        ComponentFacts {
            bytes,
            imports,
            exports,
            memories: needed.as_ref().map_or(0, |needed| needed.num_memories.into()),
            initial_memory_bytes: needed
                .as_ref()
                .and_then(|needed| needed.max_initial_memory_size)
                .unwrap_or(0)
                * PAGE,
            tables: needed.as_ref().map_or(0, |needed| needed.num_tables.into()),
            cached,
        }
    }

    fn link(&self, component: &Component, facts: &ComponentFacts) -> Result<AgentPre<GuestState>, LoadError> {
        if !facts.exports.iter().any(|export| export.starts_with(ENTRY)) {
            return Err(LoadError::NotAnAgent { exports: facts.exports.clone() });
        }
        let hunger = [
            ("memories", facts.memories, self.limits.memories.into()),
            ("tables", facts.tables, self.limits.tables.into()),
            ("memory_bytes", facts.initial_memory_bytes, self.limits.memory_bytes),
        ];
        if let Some((what, needed, allowed)) =
            hunger.into_iter().find(|(_, needed, allowed)| needed > allowed)
        {
            return Err(LoadError::TooHungry { what, needed, allowed });
        }
        let unlinkable = |error: wasmtime::Error| LoadError::Unlinkable(format!("{error:#}"));
        let pre = self.engine.linker().instantiate_pre(component).map_err(unlinkable)?;
        AgentPre::new(pre).map_err(unlinkable)
    }

    /// Asks the component what it is, with nothing granted and a short limit.
    async fn describe(&self, name: &AppName, prepared: Prepared) -> Result<LoadedComponent, LoadError> {
        let limits = self.limits.for_describe();
        let template =
            Template { engine: self.engine.clone(), pre: prepared.pre, limits, config: Arc::default() };
        let guest = template.guest(name, None);
        let token = guest.token.clone();
        let executing = guest.execute(Call::Describe);
        tokio::pin!(executing);
        let answer = tokio::select! {
            biased;
            answer = &mut executing => answer,
            () = tokio::time::sleep(limits.wall_time()) => {
                token.cancel();
                let _ = executing.await;
                let message = format!("it took longer than {} ms", limits.wall_time_ms);
                Err(AgentError::LimitExceeded { limit: "wall_time", message })
            }
        };
        match answer.map_err(LoadError::Describe)? {
            Answer::Descriptor(descriptor) => Ok(LoadedComponent {
                digest: prepared.digest,
                descriptor,
                facts: prepared.facts,
                pre: template.pre,
            }),
            Answer::Outcome(_) => Err(LoadError::Host),
        }
    }
}

/// A component that is compiled and linked.
pub(crate) struct Prepared {
    pub(crate) digest: String,
    pub(crate) facts: ComponentFacts,
    pre: AgentPre<GuestState>,
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", cache::sum(bytes))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let failed = |cause| LoadError::Read { path: path.to_owned(), cause };
    let bytes = std::fs::metadata(path).map_err(failed)?.len();
    if bytes > MAX_COMPONENT_BYTES {
        return Err(LoadError::TooLarge { bytes });
    }
    std::fs::read(path).map_err(failed)
}

fn check_header(bytes: &[u8]) -> Result<(), LoadError> {
    if bytes.len() as u64 > MAX_COMPONENT_BYTES {
        return Err(LoadError::TooLarge { bytes: bytes.len() as u64 });
    }
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', 1, 0, 0, 0]) => Err(LoadError::CoreModule),
        Some([0, b'a', b's', b'm', ..]) => Ok(()),
        _ => Err(LoadError::NotWasm),
    }
}
