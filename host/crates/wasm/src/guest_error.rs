//! Why a guest's code ended early, from what wasmtime says.

use rak_core::{AgentError, Difference, Waiting};
use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi::I32Exit;

use crate::limits::MemoryGauge;
use crate::output::Output;

/// Why the host ended a guest's code: a trap of our own.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum HostStop {
    #[error("the run was stopped")]
    Stopped,
    #[error("{message}")]
    Limit { limit: &'static str, message: String },
    /// Its memory is given up; it goes on from its journal.
    #[error("the run was put away")]
    PutAway(Option<Waiting>),
    #[error(transparent)]
    Differs(#[from] Difference),
    #[error("{message}")]
    Unavailable { message: String },
}

impl HostStop {
    pub(crate) fn limit(limit: &'static str, message: impl Into<String>) -> Self {
        Self::Limit { limit, message: message.into() }
    }
}

pub(crate) fn explain(
    error: &wasmtime::Error,
    memory: &MemoryGauge,
    output: &Output,
    memory_limit: u64,
) -> AgentError {
    if let Some(stop) = error.downcast_ref::<HostStop>() {
        return match stop.clone() {
            HostStop::Stopped => AgentError::Stopped,
            HostStop::Limit { limit, message } => AgentError::LimitExceeded { limit, message },
            HostStop::PutAway(waiting) => AgentError::PutAway { waiting },
            HostStop::Differs(difference) => AgentError::Nondeterminism(difference),
            HostStop::Unavailable { message } => AgentError::Unavailable { message },
        };
    }
    if let Some(exit) = error.downcast_ref::<I32Exit>() {
        // WASI 0.2 tells success from failure, not which number it was.
        let called = if exit.0 == 0 { "exit(0)" } else { "exit with a failure" };
        let message = with_tail(&format!("the agent called {called} instead of returning"), output);
        return AgentError::Trapped { message };
    }
    if memory.was_refused() {
        let mebibytes = memory_limit >> 20;
        let message = with_tail(&format!("the agent used more than its {mebibytes} MiB of memory"), output);
        return AgentError::LimitExceeded { limit: "memory", message };
    }
    let errno = error.downcast_ref::<rustix::io::Errno>().copied();
    let io = error.downcast_ref::<std::io::Error>().and_then(rustix::io::Errno::from_io_error);
    if errno.or(io) == Some(rustix::io::Errno::NOMEM) {
        // Each live guest takes six or seven mappings of this process, of which Linux allows 65530.
        let message = "the system gives this host no room for another guest; on Linux `sysctl vm.max_map_count` has to be \
                       about seven times the guests that live at once";
        return AgentError::Unavailable { message: message.into() };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => AgentError::LimitExceeded {
            limit: "stack",
            message: "the agent used more than its stack: it calls itself too deeply".into(),
        },
        // Most languages keep a stack of their own at the beginning of the memory.
        Some(Trap::MemoryOutOfBounds) => AgentError::Trapped {
            message: with_tail(
                "the agent trapped: it reached outside of its memory, as code does that calls itself too deeply and \
                 overflows its stack",
                output,
            ),
        },
        Some(trap) => AgentError::Trapped {
            message: with_tail(&format!("the agent trapped: {}", short(*trap)), output),
        },
        None if error.is::<PoolConcurrencyLimitError>() => AgentError::Unavailable {
            message: "the host has no room for another guest; try again in a moment".into(),
        },
        None => {
            let text = error.root_cause().to_string();
            if text.contains("allocated for hostcalls") {
                let message = "the agent handed more to the host in one call than it may".into();
                return AgentError::LimitExceeded { limit: "host_call_bytes", message };
            }
            AgentError::Trapped { message: with_tail(&format!("the agent could not go on: {text}"), output) }
        }
    }
}

fn short(trap: Trap) -> String {
    let text = trap.to_string();
    text.strip_prefix("wasm trap: ").map_or(text.clone(), str::to_owned)
}

/// The end of what the guest wrote to its error output says more than any trap: a panic's text, a traceback.
fn with_tail(message: &str, output: &Output) -> String {
    let tail = output.error_text();
    // What a panic of Rust advises is not for those who read this.
    let lines = tail.trim().lines().filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE"));
    let tail = lines.collect::<Vec<_>>().join("\n");
    if tail.is_empty() { message.to_owned() } else { format!("{message}\n{tail}") }
}
