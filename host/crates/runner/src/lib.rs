//! Runs agents: who may run now, what a run is from its admission to its terminal event, and who listens to it.
//!
//! [`Runner`] is the way in. A run is one task: it waits for its session (`session_queue`) and for a place in memory
//! (`admission`), takes the version of the
//! agent that the session stays on (`agent_choice`), stores what the user said, lets the agent work against a
//! `run_context`, and ends with exactly one terminal event (`ending`).
//! Events go one way: agent, store, `feed`, listeners. A listener that is too slow for the feed reads the store.

mod admission;
mod agent_choice;
mod children;
mod closing;
mod dormant;
mod ending;
mod feed;
mod housekeeping;
mod invocation_tracker;
mod listener;
mod recorder;
mod recovery;
mod registry;
mod respond;
mod run_context;
mod run_task;
mod runner;
mod session_queue;
mod starts;
mod written;

pub use admission::{AdmissionSettings, AgentAdmission, Rate, UserAdmission};
pub use invocation_tracker::{InvocationGuard, InvocationTracker};
pub use recovery::Recovered;
pub use registry::StaticRegistry;
pub use runner::{RunRequest, Runner, RunnerBuilder, RunnerSettings, SessionAddress, StartedRun};

pub use rak_core::{EventStream, RunConfig, RunError};
