//! The one engine of a host and the one place that configures it.

use std::sync::Arc;

use rak_core::CodeTier;
use serde::{Deserialize, Serialize};
use wasmtime::component::Linker;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Strategy};

use crate::capabilities;
use crate::scheduler::Scheduler;
use crate::state::GuestState;
use crate::ticker::Ticker;

/// The stack of a guest's code. Deeper recursion is a trap of that run alone.
const WASM_STACK_BYTES: usize = 512 << 10;
/// The stack that guest and host functions share: what a host function needs comes on top. Only touched pages count.
const ASYNC_STACK_BYTES: usize = 1 << 20;
/// A slot's memory that is kept when a run ends: zeroing it is cheaper than having the kernel take and give it again.
const KEEP_RESIDENT_BYTES: usize = 1 << 20;
/// Pool slots for each invocation: most components have one memory, Python and JavaScript up to three.
const MEMORIES_PER_INVOCATION: u32 = 2;
/// The most address space that is reserved for memories. A process has 128 TiB, but the largest gap in it has 85: the program lies in
/// between.
const MAX_RESERVED_BYTES: u64 = 64 << 40;
/// What one of them reserves: what 32 bits can address, with a gap behind it, so that the code need not check.
const MEMORY_SLOT_BYTES: u64 = (4 << 30) + (32 << 20);
/// A Rust component has 3 core instances and as many tables, a stubbed Python one 38.
const CORE_INSTANCES_PER_INVOCATION: u32 = 8;

/// How the engine is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineSettings {
    /// How many guests may live at once: 4096. Each reserves 8 GiB of address space, from 8000 on less, and from 16 000 on the engine
    /// goes without.
    pub max_guests: u32,
    /// The largest memory a guest may have at all, in bytes: 1 GiB. A run's own limit lies below it.
    pub max_memory_bytes: u64,
    /// Whether slots are reserved beforehand, which makes a run's start several times cheaper. Where the address space
    /// is too small for it, the engine goes without by itself.
    pub pooling: bool,
    /// Whether a new version may run on code of the baseline compiler until its optimized code is there. Such code makes
    /// other bits of a NaN than optimized code does; nothing else about it differs but its speed.
    pub baseline: bool,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self { max_guests: 4096, max_memory_bytes: 1 << 30, pooling: true, baseline: true }
    }
}

impl EngineSettings {
    /// What wasmtime is told for optimized code, pool and all: for a bench that measures the host against wasmtime alone.
    pub fn wasmtime_config(self) -> Config {
        let mut config = config(CodeTier::Optimized);
        config.allocation_strategy(if self.pooling {
            InstanceAllocationStrategy::Pooling(pool(self))
        } else {
            InstanceAllocationStrategy::OnDemand
        });
        config
    }
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Wasmtime refused the configuration or the machine.
    #[error("failed to start the WebAssembly engine")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No thread could be started.
    #[error("failed to start the threads of the WebAssembly engine")]
    Threads(#[from] std::io::Error),
}

/// The engine, the linker that all components share, and the threads guests run on. A clone is the same engine.
///
/// To wasmtime it is two: code of the baseline compiler needs an engine that was told so. Both have the same linker, the
/// same ticker and the same threads.
#[derive(Clone)]
pub struct WasmEngine {
    inner: Arc<Inner>,
}

struct Inner {
    optimized: Lane,
    /// None where the settings or the machine do without.
    baseline: Option<Lane>,
    scheduler: Scheduler,
    settings: EngineSettings,
    pooling: bool,
}

/// Where code of one tier runs.
pub(crate) struct Lane {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<GuestState>,
}

impl Lane {
    fn new(engine: Engine) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(&engine);
        capabilities::link(&mut linker)?;
        Ok(Self { engine, linker })
    }
}

impl WasmEngine {
    /// Starts the engine and its threads.
    pub fn new(settings: EngineSettings) -> Result<Self, EngineError> {
        let (engine, pooling) = build(settings)?;
        let optimized = Lane::new(engine).map_err(engine_error)?;
        let baseline = settings.baseline.then(|| compiling_engine(CodeTier::Baseline).and_then(Lane::new));
        let baseline = baseline.and_then(|lane| {
            let without = "the baseline compiler is not available here; new versions wait for optimized code";
            lane.inspect_err(|error| tracing::info!(%error, "{without}")).ok()
        });
        let lanes = std::iter::once(&optimized).chain(&baseline);
        let ticker = Ticker::start(lanes.map(|lane| lane.engine.weak()).collect())?;
        let scheduler = Scheduler::new(ticker)?;
        Ok(Self { inner: Arc::new(Inner { optimized, baseline, scheduler, settings, pooling }) })
    }

    /// Whether runs start from reserved slots.
    pub fn is_pooling(&self) -> bool {
        self.inner.pooling
    }

    /// The settings it was built with.
    pub fn settings(&self) -> &EngineSettings {
        &self.inner.settings
    }

    /// Where code of a tier runs.
    pub(crate) fn lane(&self, tier: CodeTier) -> Option<&Lane> {
        match tier {
            CodeTier::Baseline => self.inner.baseline.as_ref(),
            CodeTier::Optimized => Some(&self.inner.optimized),
        }
    }

    /// Every guest that computes looks at its token.
    pub(crate) fn bump(&self) {
        self.inner.optimized.engine.increment_epoch();
        if let Some(lane) = &self.inner.baseline {
            lane.engine.increment_epoch();
        }
    }

    pub(crate) fn scheduler(&self) -> &Scheduler {
        &self.inner.scheduler
    }
}

/// An engine that only compiles. Its code runs in the lane of its tier.
pub(crate) fn compiling_engine(tier: CodeTier) -> wasmtime::Result<Engine> {
    let mut config = config(tier);
    config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
    Engine::new(&config)
}

fn engine_error(error: wasmtime::Error) -> EngineError {
    EngineError::Engine(error.into_boxed_dyn_error())
}

/// Builds with the pool, or without it where it cannot be had.
fn build(settings: EngineSettings) -> Result<(Engine, bool), EngineError> {
    if settings.pooling {
        match Engine::new(&settings.wasmtime_config()) {
            Ok(engine) => return Ok((engine, true)),
            Err(error) => tracing::warn!(
                error = %format_args!("{error:#}"),
                "no address space for the pool of {} guests; every run allocates for itself, which is slower", settings.max_guests
            ),
        }
    }
    let config = EngineSettings { pooling: false, ..settings }.wasmtime_config();
    Engine::new(&config).map(|engine| (engine, false)).map_err(engine_error)
}

fn config(tier: CodeTier) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // Costs 8 to 20 % a call, and no guest of this world needs it.
        .concurrency_support(false)
        .epoch_interruption(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(ASYNC_STACK_BYTES)
        .memory_init_cow(true)
        .parallel_compilation(true);
    match tier {
        // What it cannot do it says, and the component waits for the other one.
        CodeTier::Baseline => config.strategy(Strategy::Winch).wasm_relaxed_simd(false),
        // The same input gives the same bits on every machine.
        CodeTier::Optimized => config.cranelift_nan_canonicalization(true).relaxed_simd_deterministic(true),
    };
    config
}

/// Slots for memories. Where there are a great many guests, fewer of them can have two.
fn memories(guests: u32) -> u32 {
    let most = u32::try_from(MAX_RESERVED_BYTES / MEMORY_SLOT_BYTES).unwrap_or(u32::MAX);
    guests.saturating_mul(MEMORIES_PER_INVOCATION).min(most).max(guests)
}

fn pool(settings: EngineSettings) -> PoolingAllocationConfig {
    let guests = settings.max_guests;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(guests)
        .total_core_instances(guests.saturating_mul(CORE_INSTANCES_PER_INVOCATION))
        .total_memories(memories(guests))
        .total_tables(guests.saturating_mul(CORE_INSTANCES_PER_INVOCATION))
        .total_stacks(guests)
        .total_gc_heaps(guests.min(64))
        // What the largest components known need; see `Loader` for how a larger one is refused.
        .max_component_instance_size(10 << 20)
        .max_core_instance_size(10 << 20)
        .max_core_instances_per_component(64)
        .max_memories_per_component(8)
        .max_tables_per_component(64)
        .max_memories_per_module(4)
        .max_tables_per_module(64)
        .table_elements(100_000)
        .max_memory_size(usize::try_from(settings.max_memory_bytes).unwrap_or(usize::MAX))
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES)
        .async_stack_keep_resident(0)
        // The kernel says which pages a run has written, so that no others are zeroed; an older one does not know.
        .pagemap_scan(Enabled::Auto);
    pool
}
