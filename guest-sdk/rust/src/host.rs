//! The port behind [`Context`](crate::Context): what the host offers, in the SDK's own types.
//!
//! It has one adapter a target, chosen when the crate is compiled and not through `dyn`: a vtable would keep every import
//! alive, and a component is to import only what its agent uses.

use serde_json::Value;

use crate::{
    AgentOptions, AgentSummary, ArtifactInfo, Blob, Content, Decision, Embeddings, Event, Failure,
    FunctionCall, FunctionResponse, HttpHead, HttpRequest, HttpResponse, Info, Level, ModelDelta,
    ModelRequest, ModelResponse, ModelSummary, Page, Reply, Tool, ToolOptions,
};

#[cfg(target_family = "wasm")]
pub(crate) use crate::guest::Imports as Current;
#[cfg(not(target_family = "wasm"))]
pub(crate) use crate::testing::Invocation as Current;

/// The imports of the world `agent`, one function each.
pub(crate) trait Host {
    /// A timer that is running.
    type Timer: Timer;
    /// Another agent that was started.
    type Child: Child<Timer = Self::Timer>;
    /// A call of a tool that was started.
    type Running: Started<Timer = Self::Timer, Answer = FunctionResponse>;
    /// A model's answer that is being written.
    type Completion: Writing<Timer = Self::Timer>;
    /// An answer over HTTP that is coming.
    type Exchange: Receiving<Timer = Self::Timer>;

    fn info(&self) -> Info;
    fn config(&self, key: &str) -> Option<Value>;
    fn config_keys(&self) -> Vec<String>;
    fn is_cancelled(&self) -> bool;
    fn remaining_ms(&self) -> Option<u64>;

    fn emit(&self, events: Vec<Event>) -> Result<u64, Failure>;

    fn history(&self, before: Option<u64>, limit: u32) -> Result<Page, Failure>;
    fn get(&self, key: &str) -> Result<Option<Value>, Failure>;
    fn set(&self, key: &str, value: &Value) -> Result<(), Failure>;
    fn remove(&self, key: &str) -> Result<(), Failure>;
    fn keys(&self, prefix: &str) -> Result<Vec<String>, Failure>;

    fn approve(&self, action: &str, details: &Value, expires_ms: Option<u64>) -> Result<Decision, Failure>;
    fn ask(&self, question: &str, schema: &Value, expires_ms: Option<u64>) -> Result<Value, Failure>;
    fn next_message(&self, timeout_ms: Option<u64>) -> Result<Option<Content>, Failure>;

    fn agents(&self) -> Result<Vec<AgentSummary>, Failure>;
    fn call_agent(&self, agent: &str, input: Content, options: &AgentOptions) -> Result<Reply, Failure>;
    fn start_agent(
        &self,
        agent: &str,
        input: Content,
        options: &AgentOptions,
    ) -> Result<Self::Child, Failure>;

    fn tools(&self) -> Result<Vec<Tool>, Failure>;
    fn call_tool(&self, call: FunctionCall, options: &ToolOptions) -> Result<FunctionResponse, Failure>;
    fn call_tools(
        &self,
        calls: Vec<FunctionCall>,
        options: &ToolOptions,
    ) -> Vec<Result<FunctionResponse, Failure>>;
    fn start_tool(&self, call: FunctionCall, options: &ToolOptions) -> Result<Self::Running, Failure>;

    fn models(&self) -> Result<Vec<ModelSummary>, Failure>;
    fn complete(&self, request: ModelRequest) -> Result<ModelResponse, Failure>;
    fn open_completion(&self, request: ModelRequest) -> Result<Self::Completion, Failure>;
    fn embed(&self, model: Option<&str>, texts: Vec<String>) -> Result<Embeddings, Failure>;

    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, Failure>;
    fn open_exchange(&self, request: HttpRequest) -> Result<Self::Exchange, Failure>;

    fn save_artifact(&self, name: &str, content: Blob) -> Result<u32, Failure>;
    fn load_artifact(&self, name: &str, version: Option<u32>) -> Result<Option<Blob>, Failure>;
    fn read_artifact(&self, name: &str, version: u32, offset: u64, max: u32) -> Result<Vec<u8>, Failure>;
    fn artifacts(&self, prefix: &str) -> Result<Vec<ArtifactInfo>, Failure>;
    fn artifact_versions(&self, name: &str) -> Result<Vec<ArtifactInfo>, Failure>;
    fn remove_artifact(&self, name: &str, version: Option<u32>) -> Result<bool, Failure>;

    fn sleep(&self, ms: u64);
    fn timer(&self, ms: u64) -> Self::Timer;
    fn any(&self, of: &[&Self::Timer], timeout_ms: Option<u64>) -> Vec<usize>;

    fn log(&self, level: Level, message: &str, fields: &[(&str, &str)]);
}

/// What can be waited for.
pub(crate) trait Timer {
    fn is_ready(&self) -> bool;
    fn wait(&self);
}

/// What goes on beside the invocation. Dropping it gives it up.
pub(crate) trait Started {
    /// What can be waited for.
    type Timer: Timer;
    /// What is waited for: mostly what it ends with.
    type Answer;

    fn wait(&self) -> Result<Self::Answer, Failure>;
    fn stop(&self);
    fn timer(&self) -> Self::Timer;
}

/// Another agent that was started.
pub(crate) trait Child: Started<Answer = Reply> {
    fn id(&self) -> String;
}

/// A model's answer that is being written. Its timer is ready for what is new, too.
pub(crate) trait Writing: Started<Answer = ModelResponse> {
    fn read(&self) -> Result<Vec<ModelDelta>, Failure>;
}

/// An answer over HTTP that is coming. What is waited for is its beginning; its timer is ready for what is new, too.
pub(crate) trait Receiving: Started<Answer = HttpHead> {
    fn receive(&self, max: u32) -> Result<Vec<u8>, Failure>;
}
