//! Agents that are WebAssembly components.
//!
//! [`WasmEngine`] is the one engine of a host: its configuration, its epoch ticker, the threads guests run on.
//! [`Loader`] turns bytes into a [`LoadedComponent`]: digest, validation, compilation by a [`Compiler`] (or the cache of
//! it), `describe`; a [`ComponentAgent`] runs it. A run gets a `Store` of its own, with the `state` and the limits of that
//! run; every host function in `capabilities` passes one `gate`.

mod bindings;
mod cache;
mod capabilities;
mod compiler;
mod component_agent;
mod convert;
mod cpu_meter;
mod engine;
mod gate;
mod guest_error;
mod inspection;
mod limits;
mod loader;
mod output;
mod scheduler;
mod state;
mod ticker;
mod timeline;

pub use cache::CompileCache;
pub use compiler::{CompileLimits, Compiler, compile_worker};
pub use component_agent::{AgentSettings, ComponentAgent};
pub use engine::{EngineError, EngineSettings, WasmEngine};
pub use inspection::{Inspection, inspect};
pub use limits::{LimitTooHigh, Limits, LimitsOverride};
pub use loader::{Code, ComponentFacts, LoadError, LoadedComponent, Loader, MAX_COMPONENT_BYTES, digest};
