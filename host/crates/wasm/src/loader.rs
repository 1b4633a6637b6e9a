//! From bytes to a component that can be run: digest, validation, compilation or its cache, `describe`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rak_core::{AgentDescriptor, AgentError, AgentGrants, AppName, CodeTier};
use serde::{Deserialize, Serialize};
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

use crate::bindings::AgentPre;
use crate::cache::{self, CompileCache};
use crate::compiler::{CompileLimits, Compiler};
use crate::component_agent::{Answer, Call, Guest, Template};
use crate::engine::WasmEngine;
use crate::limits::Limits;
use crate::state::GuestState;

/// The largest component that is loaded: several times a Python interpreter with its libraries.
pub const MAX_COMPONENT_BYTES: u64 = 256 << 20;

/// Up to this size optimizing a component takes less than a second.
const SOON_OPTIMIZED_BYTES: usize = 1 << 20;

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
    /// Compiling it takes more than it may.
    #[error("it cannot be compiled: {0}")]
    TooCostly(String),
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
    /// Its code.
    pub code: Code,
}

/// The code of a component, linked.
#[derive(Clone)]
pub struct Code {
    /// How good it is.
    pub tier: CodeTier,
    pub(crate) pre: AgentPre<GuestState>,
}

/// What can be said of a component without running it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Loads components. A clone is the same loader.
#[derive(Clone)]
pub struct Loader {
    engine: WasmEngine,
    cache: Option<CompileCache>,
    compiler: Compiler,
    limits: Limits,
}

impl Loader {
    /// A loader for an engine. The limits are those a component has to fit in. It compiles in this process; see
    /// [`with_compiler`](Self::with_compiler).
    pub fn new(engine: WasmEngine, cache: Option<CompileCache>, limits: Limits) -> Self {
        Self { engine, cache, compiler: Compiler::in_process(CompileLimits::default()), limits }
    }

    /// The loader with another compiler.
    #[must_use]
    pub fn with_compiler(self, compiler: Compiler) -> Self {
        Self { compiler, ..self }
    }

    /// The engine.
    pub fn engine(&self) -> &WasmEngine {
        &self.engine
    }

    /// The limits that a component has to fit in.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Loads a file. It runs on optimized code, unless it is so large that a person would wait for that. The name is used
    /// for the log.
    pub async fn load_file(&self, name: &AppName, path: &Path) -> Result<LoadedComponent, LoadError> {
        let path = path.to_owned();
        let bytes = blocking(move || read(&path)).await?;
        let tier = if bytes.len() > SOON_OPTIMIZED_BYTES { CodeTier::Baseline } else { CodeTier::Optimized };
        self.load(name, bytes, tier).await
    }

    /// Loads bytes, with optimized code.
    pub async fn load_bytes(&self, name: &AppName, bytes: Vec<u8>) -> Result<LoadedComponent, LoadError> {
        self.load(name, bytes, CodeTier::Optimized).await
    }

    /// Loads bytes, with the code that is there first; [`optimize`](Self::optimize) makes the rest.
    pub async fn load_soon(&self, name: &AppName, bytes: Vec<u8>) -> Result<LoadedComponent, LoadError> {
        self.load(name, bytes, CodeTier::Baseline).await
    }

    async fn load(
        &self,
        name: &AppName,
        bytes: Vec<u8>,
        tier: CodeTier,
    ) -> Result<LoadedComponent, LoadError> {
        check_header(&bytes)?;
        let component: Arc<[u8]> = bytes.into();
        let hashed = component.clone();
        let digest = blocking(move || Ok(digest(&hashed))).await?;
        let (compiled, tier, cached) = self.compile(component.clone(), &digest, tier).await?;
        let loader = self.clone();
        let size = component.len() as u64;
        let (facts, code) = blocking(move || {
            let facts = Self::facts(&compiled, size, cached);
            let code = loader.link(&compiled, &facts, tier)?;
            Ok((facts, code))
        })
        .await?;
        let descriptor = self.describe(name, &code).await?;
        Ok(LoadedComponent { digest, descriptor, facts, code })
    }

    /// The code of a component from the cache alone. The facts are those of when it was loaded first.
    pub async fn cached_code(&self, digest: &str, facts: &ComponentFacts) -> Option<Code> {
        let (loader, digest, facts) = (self.clone(), digest.to_owned(), facts.clone());
        let found = blocking(move || {
            let found = loader.cached(&digest);
            found.map(|(component, tier)| loader.link(&component, &facts, tier)).transpose()
        });
        found.await.ok().flatten()
    }

    /// The best code that is in the cache.
    fn cached(&self, digest: &str) -> Option<(Component, CodeTier)> {
        let cache = self.cache.as_ref()?;
        [CodeTier::Optimized, CodeTier::Baseline].into_iter().find_map(|tier| {
            let lane = self.engine.lane(tier)?;
            Some((cache.get(&lane.engine, digest)?, tier))
        })
    }

    /// Compiles a component for speed, behind whatever else is compiled. None where nobody wants it any more when its
    /// turn comes.
    pub async fn optimize(
        &self,
        bytes: Vec<u8>,
        facts: &ComponentFacts,
        is_wanted: impl Fn() -> bool,
    ) -> Result<Option<Code>, LoadError> {
        let component: Arc<[u8]> = bytes.into();
        let hashed = component.clone();
        let digest = blocking(move || Ok(digest(&hashed))).await?;
        let Some(code) = self.compiler.optimize(component, is_wanted).await? else { return Ok(None) };
        let (loader, facts) = (self.clone(), facts.clone());
        blocking(move || {
            let component = loader.keep(&digest, CodeTier::Optimized, &code)?;
            loader.link(&component, &facts, CodeTier::Optimized).map(Some)
        })
        .await
    }

    /// Compiles what does not link or describe, only to say what is in it.
    pub(crate) fn compile_for_facts(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        let lane = self.engine.lane(CodeTier::Optimized);
        let lane = lane.ok_or_else(|| wasmtime::format_err!("there is no engine"))?;
        Component::from_binary(&lane.engine, bytes)
    }

    /// Forgets the compiled forms of a component.
    pub async fn forget(&self, digest: &str) {
        if let Some(cache) = self.cache.clone() {
            let digest = digest.to_owned();
            let _ = tokio::task::spawn_blocking(move || cache.forget(&digest)).await;
        }
    }

    async fn compile(
        &self,
        bytes: Arc<[u8]>,
        digest: &str,
        tier: CodeTier,
    ) -> Result<(Component, CodeTier, bool), LoadError> {
        let (loader, wanted) = (self.clone(), digest.to_owned());
        if let Some((component, tier)) = blocking(move || Ok(loader.cached(&wanted))).await? {
            return Ok((component, tier, true));
        }
        if tier == CodeTier::Baseline && self.engine.lane(tier).is_some() {
            match self.compile_as(bytes.clone(), digest, tier).await {
                Ok(component) => return Ok((component, tier, false)),
                // It knows fewer instructions than the other one, whose answer counts.
                Err(LoadError::Invalid(reason)) => {
                    tracing::debug!(%reason, "the baseline compiler does not take it");
                }
                Err(error) => return Err(error),
            }
        }
        let component = self.compile_as(bytes, digest, CodeTier::Optimized).await?;
        Ok((component, CodeTier::Optimized, false))
    }

    async fn compile_as(
        &self,
        bytes: Arc<[u8]>,
        digest: &str,
        tier: CodeTier,
    ) -> Result<Component, LoadError> {
        let code = self.compiler.compile(bytes, tier).await?;
        let (loader, digest) = (self.clone(), digest.to_owned());
        blocking(move || loader.keep(&digest, tier, &code)).await
    }

    /// Makes a component of compiled code, and keeps the code for the next time.
    fn keep(&self, digest: &str, tier: CodeTier, code: &[u8]) -> Result<Component, LoadError> {
        let lane = self.engine.lane(tier).ok_or(LoadError::Host)?;
        let component =
            cache::load(&lane.engine, code).map_err(|error| LoadError::Invalid(format!("{error:#}")))?;
        if let Some(cache) = &self.cache {
            cache.put(&lane.engine, digest, code);
            if let Some(quick) = self.engine.lane(CodeTier::Baseline).filter(|_| tier == CodeTier::Optimized)
            {
                // Nobody asks for it any more.
                cache.remove(&quick.engine, digest);
            }
        }
        Ok(component)
    }

    pub(crate) fn facts(component: &Component, bytes: u64, cached: bool) -> ComponentFacts {
        const PAGE: u64 = 64 << 10;
        let engine = component.engine();
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

    fn link(&self, component: &Component, facts: &ComponentFacts, tier: CodeTier) -> Result<Code, LoadError> {
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
        let lane = self.engine.lane(tier).ok_or(LoadError::Host)?;
        let pre = lane.linker.instantiate_pre(component).map_err(unlinkable)?;
        Ok(Code { tier, pre: AgentPre::new(pre).map_err(unlinkable)? })
    }

    /// Asks the component what it is, with nothing granted and a short limit.
    async fn describe(&self, name: &AppName, code: &Code) -> Result<AgentDescriptor, LoadError> {
        let limits = self.limits.for_describe();
        let template = Template {
            engine: self.engine.clone(),
            limits,
            grants: Arc::new(AgentGrants::default()),
            config: Arc::default(),
            environment: Arc::default(),
        };
        let guest = Guest::new(template, code.pre.clone(), name, None);
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
            Answer::Descriptor(descriptor) => Ok(descriptor),
            Answer::Outcome(_) => Err(LoadError::Host),
        }
    }
}

/// Work that takes a processor or the disk for a while.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "loading a component panicked");
        LoadError::Host
    })?
}

/// The digest of a component: `sha256:` and 64 hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
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
