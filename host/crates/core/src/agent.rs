//! The ports between the runner and the agents: what an agent is, and what a run may ask of the host.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::artifacts::{ArtifactLimits, ArtifactService};
use crate::children::{AgentSummary, ChildReply, ChildRequest};
use crate::content::{Content, Custom};
use crate::event::Progress;
use crate::failure::{Failure, FailureKind};
use crate::http::{HttpAnswer, HttpRequest};
use crate::ids::{AppName, InvocationId};
use crate::invocation::{Usage, Waiting};
use crate::journal::{Difference, Journal, JournalEntry, JournalLimits};
use crate::models::{EmbedRequest, Embeddings, ModelRequest, ModelResponse, ModelSummary, OnDelta};
use crate::people::{InputRequest, InputResponse};
use crate::session::{HistoryPage, SessionKey};
use crate::time::UnixMillis;
use crate::tools::{ToolAnswer, ToolCall, ToolSpec};

/// What an agent says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AgentDescriptor {
    /// The name its author gave it; it is served under the name of its file.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its author's version.
    pub version: String,
    /// What it can do.
    pub skills: Vec<Skill>,
    /// JSON Schema of a structured input, where it wants one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// Whatever else it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}

/// One thing an agent can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Skill {
    /// Stable.
    pub id: String,
    /// For a person.
    pub name: String,
    /// For a person or a model.
    pub description: String,
    /// To search by.
    pub tags: Vec<String>,
    /// Inputs to try.
    pub examples: Vec<String>,
}

/// An agent that can be run. One value serves all runs of its version.
#[async_trait]
pub trait Agent: Send + Sync + 'static {
    /// The name it is served under.
    fn name(&self) -> &AppName;

    /// Which build: a digest that changes whenever the agent does.
    fn version(&self) -> &str;

    /// What it says of itself.
    fn descriptor(&self) -> &AgentDescriptor;

    /// The longest a run may take.
    fn wall_time_limit(&self) -> Option<Duration>;

    /// Whether its runs are journaled, so that they survive the process.
    fn durable(&self) -> Option<JournalLimits> {
        None
    }

    /// Whether a session that has no version yet stays on this one.
    fn pins_sessions(&self) -> bool {
        false
    }

    /// Runs it once. When the run's token is cancelled, this returns soon, whatever the agent does.
    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage);
}

/// One run, as the agent gets it.
pub struct AgentRun {
    /// What the user said.
    pub input: Content,
    /// What the host does for the run.
    pub host: Arc<dyn RunHost>,
}

/// What an agent returns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentOutcome {
    /// The answer, where it was not emitted already.
    pub content: Option<Content>,
    /// Tells a workflow above to stop.
    pub escalate: bool,
    /// Hands the conversation to another agent.
    pub transfer_to: Option<String>,
    /// Whatever else it says.
    pub extra: Option<Value>,
}

/// How a run failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AgentError {
    /// The agent said so.
    #[error("{}", .0.message)]
    Failed(Failure),
    /// Its code trapped or exited. Only this invocation is lost.
    #[error("{message}")]
    Trapped {
        /// What the trap was, with the end of what the agent wrote to its error output.
        message: String,
    },
    /// It went past a limit.
    #[error("{message}")]
    LimitExceeded {
        /// Which one, as a stable word: `memory`, `cpu_time`, `stack`, `events` …
        limit: &'static str,
        /// For a person.
        message: String,
    },
    /// It was stopped by its token.
    #[error("the run was stopped")]
    Stopped,
    /// It is not over: it was put away, and goes on from its journal.
    #[error("the run was put away")]
    PutAway {
        /// What it waits for; absent where its host asked for it.
        waiting: Option<Waiting>,
    },
    /// Repeated from its journal, it did something else than the first time.
    #[error("the run could not be repeated: {0}")]
    Nondeterminism(#[from] Difference),
    /// The host could not run it.
    #[error("{message}")]
    Unavailable {
        /// For a person.
        message: String,
    },
}

impl AgentError {
    /// The stable word of the terminal event's `errorCode`.
    pub fn code(&self) -> &str {
        match self {
            Self::Failed(failure) => failure.code.as_deref().unwrap_or(failure.kind.as_str()),
            Self::Trapped { .. } => "trapped",
            Self::LimitExceeded { .. } => "limit_exceeded",
            Self::Stopped => "cancelled",
            Self::PutAway { .. } => "put_away",
            Self::Nondeterminism(_) => "nondeterminism",
            Self::Unavailable { .. } => "unavailable",
        }
    }
}

/// Who runs, for whom.
#[derive(Clone, Debug, PartialEq)]
pub struct InvocationInfo {
    /// Its id.
    pub id: InvocationId,
    /// The session it runs in.
    pub session: SessionKey,
    /// Digest of the component that runs.
    pub agent_version: String,
    /// 1 for the first run.
    pub attempt: u32,
    /// The invocation that called this one.
    pub parent: Option<InvocationId>,
}

/// Something an agent lets the client see.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Emission {
    /// Stored, then sent.
    Content(Content),
    /// Sent.
    TextDelta(String),
    /// Sent.
    ThoughtDelta(String),
    /// Sent; the newest is kept with the status.
    Progress(Progress),
    /// Stored, then sent.
    Custom(Custom),
    /// A version of an artifact was saved. Stored, then sent.
    Artifact {
        /// Its name, with its prefix.
        name: String,
        /// Its number.
        version: u32,
    },
}

impl Emission {
    /// Whether it is kept; otherwise it is only sent.
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Content(_) | Self::Custom(_) | Self::Artifact { .. })
    }
}

/// What the host does for one run. The calls do not check limits or grants: whoever runs the agent does that before.
#[async_trait]
pub trait RunHost: Send + Sync + 'static {
    /// Who runs, for whom.
    fn info(&self) -> &InvocationInfo;

    /// Cancelled when the run is to stop.
    fn token(&self) -> &CancellationToken;

    /// Cancelled when the run is to give up its memory, and is not over: it ends with [`AgentError::PutAway`]. Never
    /// where there is no journal.
    fn put_away(&self) -> Option<&CancellationToken> {
        None
    }

    /// What the run is repeated from, and recorded in; absent where it is not durable.
    fn journal(&self) -> Option<&Arc<Journal>> {
        None
    }

    /// A wait that is longer than this puts the run away.
    fn longest_wait_in_memory(&self) -> Duration {
        Duration::MAX
    }

    /// When the run has to be over.
    fn deadline(&self) -> Option<Instant>;

    /// Stores and publishes. All or none; gives the number of the newest stored event. The entry, with that number as
    /// its answer, goes to the journal in the same step.
    async fn emit_recorded(
        &self,
        emissions: Vec<Emission>,
        entry: Option<JournalEntry>,
    ) -> Result<u64, Failure>;

    /// The same without a journal.
    async fn emit(&self, emissions: Vec<Emission>) -> Result<u64, Failure> {
        self.emit_recorded(emissions, None).await
    }

    /// The run was repeated up to an [`emit_recorded`](Self::emit_recorded) that stored something: what state it had changed is stored.
    fn emitted_before(&self) {}

    /// The run is repeated and emits this, stored or only sent, as it did before. Nobody is to see it again.
    fn emits_again(&self, _emissions: &[Emission]) {}

    /// The run was repeated up to an emission that is not the recorded one; it ends with
    /// [`AgentError::Nondeterminism`]. For who wants to show all of it.
    fn emits_otherwise(&self, _now: &[Emission]) {}

    /// Stores what the journal has so far, and the newest progress, before a wait: who crashes in the wait repeats nothing
    /// of what came before it.
    async fn keep(&self) -> Result<(), Failure> {
        Ok(())
    }

    /// Asks a person, where that was not done yet, and stores all of the journal with it. From now on the run waits for
    /// the answer, which comes with [`answer`](Self::answer), `until` this time at most.
    async fn ask(&self, _request: InputRequest, _until: Option<UnixMillis>) -> Result<(), Failure> {
        Err(Failure::new(FailureKind::Unsupported, "there is nobody to ask"))
    }

    /// The answer to a question, when there is one.
    async fn answer(&self, _request_id: &str) -> InputResponse {
        std::future::pending().await
    }

    /// The answer that there is by now. The run does not wait for another one any more; one that comes to a question that
    /// expires is refused.
    async fn answer_by_now(&self, _request_id: &str) -> Result<Option<InputResponse>, Failure> {
        Ok(None)
    }

    /// The other agents that there are.
    fn agents(&self) -> Vec<AgentSummary> {
        Vec::new()
    }

    /// Starts a child, or finds the one that was started with the same number before. Gives its id.
    async fn start_child(&self, _request: ChildRequest) -> Result<InvocationId, Failure> {
        Err(Failure::new(FailureKind::Unsupported, "there are no other agents here"))
    }

    /// The run was repeated up to the start of this child: it is the run's again.
    fn has_child(&self, _child: InvocationId) {}

    /// Returns when a child is over, and everything of it that is shown in this run's stream is.
    async fn child_over(&self, _child: InvocationId) {
        std::future::pending::<()>().await;
    }

    /// Whether it is by now.
    fn is_child_over(&self, _child: InvocationId) -> bool {
        false
    }

    /// What a child that is over returned, or the failure that it ended with.
    async fn child_reply(&self, child: InvocationId) -> Result<ChildReply, Failure> {
        Err(Failure::new(FailureKind::NotFound, format!("there is no invocation {child}")))
    }

    /// Stops a child; nothing where it is over.
    fn cancel_child(&self, _child: InvocationId) {}

    /// The host's tools, other agents left out.
    fn tools(&self) -> Vec<ToolSpec> {
        Vec::new()
    }

    /// Whether the host's settings want a person to be asked before a tool is called, which may be another agent.
    fn asks_before(&self, _tool: &str) -> bool {
        false
    }

    /// Returns when it is known whether there is a tool of this name, which may be that of a server that is being started;
    /// [`FailureKind::Unavailable`] where that cannot be known.
    async fn tool_known(&self, _tool: &str) -> Result<(), Failure> {
        Ok(())
    }

    /// Returns when all tools are known that there are going to be.
    async fn tools_settled(&self) {}

    /// How long a person may take to approve a call.
    fn approval_expires_in(&self) -> Option<Duration> {
        None
    }

    /// Whether arguments satisfy a tool's schema; [`FailureKind::InvalidArgument`] where they do not.
    async fn check_arguments(&self, _tool: &ToolSpec, _arguments: &Value) -> Result<(), Failure> {
        Ok(())
    }

    /// The models there are, by alias.
    fn models(&self) -> Vec<ModelSummary> {
        Vec::new()
    }

    /// The alias that is meant where neither the agent nor its manifest names one.
    fn default_model(&self) -> Option<String> {
        None
    }

    /// Asks a model; dropping the future gives it up. What it writes is told as it comes, where somebody wants that.
    async fn ask_model(
        &self,
        request: ModelRequest,
        _on_delta: Option<OnDelta>,
    ) -> Result<ModelResponse, Failure> {
        Err(Failure::new(FailureKind::NotFound, format!("there is no model {:?}", request.model)))
    }

    /// Turns texts into vectors; dropping the future gives it up.
    async fn embed(&self, request: EmbedRequest) -> Result<Embeddings, Failure> {
        Err(Failure::new(FailureKind::NotFound, format!("there is no model {:?}", request.model)))
    }

    /// Asks over HTTP; dropping the future, or what is left of the answer, gives it up.
    async fn send_http(&self, _request: HttpRequest) -> Result<HttpAnswer, Failure> {
        Err(Failure::new(FailureKind::Unsupported, "there is no HTTP here"))
    }

    /// Where artifacts are kept.
    fn artifacts(&self) -> Option<Arc<dyn ArtifactService>> {
        None
    }

    /// How much may be kept there.
    fn artifact_limits(&self) -> ArtifactLimits {
        ArtifactLimits::default()
    }

    /// Calls a tool; dropping the future gives it up.
    async fn call_tool(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        Err(Failure::new(FailureKind::NotFound, format!("there is no tool {:?}", call.name)))
    }

    /// As long as the value lives, the run is not counted among those that are in memory: it waits for others, which have to
    /// come in.
    fn give_way(&self) -> Option<Box<dyn Send>> {
        None
    }

    /// The newest entries before a position, oldest first, of what was said before this run.
    async fn history(&self, before: Option<u64>, limit: usize) -> Result<HistoryPage, Failure>;

    /// A value as this run sees it.
    fn state(&self, key: &str) -> Result<Option<Value>, Failure>;

    /// Sets a value, or removes it with `null`. Stored with the next stored event.
    fn set_state(&self, key: &str, value: Value) -> Result<(), Failure>;

    /// Keys with this prefix, sorted.
    fn state_keys(&self, prefix: &str) -> Result<Vec<String>, Failure>;
}
