#![doc = include_str!("guide.md")]

// What the macros make names the SDK as authors do.
#[cfg(test)]
extern crate self as rak;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod agent;
mod agents;
mod artifacts;
mod bytes;
mod content;
mod context;
mod descriptor;
mod events;
mod failure;
mod function;
#[cfg(any(target_family = "wasm", test))]
mod guest;
mod host;
mod http;
mod llm;
mod log;
mod models;
mod outcome;
mod people;
mod schema;
mod session;
#[cfg(not(target_family = "wasm"))]
pub mod testing;
mod tools;
mod wait;
mod workflow;

pub use agent::{Agent, FromInput, Json};
pub use agents::{AgentOptions, AgentSummary, Agents, Child, Reply};
pub use artifacts::{ArtifactInfo, ArtifactReader, Artifacts};
pub use content::{Blob, Content, Custom, FileRef, FunctionCall, FunctionResponse, Part, role};
pub use context::{Context, Info};
pub use descriptor::{Descriptor, Skill};
pub use events::{Event, Events, Progress};
pub use failure::{Failure, FailureKind};
pub use function::{Answer, Function, IntoResponse};
pub use http::{Http, HttpExchange, HttpHead, HttpRequest, HttpResponse};
pub use llm::LlmAgent;
pub use log::{Level, Log};
pub use models::{
    Completion, Embeddings, FinishReason, ModelDelta, ModelRequest, ModelResponse, ModelSummary, ModelTool,
    Models, Relay, ToolChoice, Usage,
};
pub use outcome::{IntoOutcome, Outcome};
pub use people::{Decision, People};
pub use rak_sdk_macros::{Schema, agent, tool};
pub use schema::Schema;
pub use session::{Entry, Page, Pages, Session};
pub use tools::{Hints, RunningTool, Tool, ToolOptions, Tools};
pub use wait::Waitable;
pub use workflow::{IntoStep, Loop, Parallel, Sequential};
