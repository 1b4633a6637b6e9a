//! The vocabulary of RAK and the ports between its parts.
//!
//! Everything else in the host speaks in these types: what an agent says ([`Content`], [`Event`]), where it says it
//! ([`SessionKey`], [`InvocationId`]), how it ends ([`InvocationStatus`]), and the traits that the stores
//! ([`SessionService`], [`EventLog`], [`ArtifactService`]), the agents ([`Agent`], [`AgentRegistry`]) and what they call
//! ([`Toolbox`], [`Models`], [`HttpClient`]) stand behind.
//! There is no I/O here and no runtime.

mod agent;
mod artifacts;
mod children;
mod content;
mod event;
mod event_log;
mod failure;
mod http;
mod ids;
mod invocation;
mod journal;
mod models;
mod people;
mod quota;
mod registry;
mod run;
mod session;
mod state;
pub mod time;
mod tools;

pub use agent::{
    Agent, AgentDescriptor, AgentError, AgentOutcome, AgentRun, Emission, InvocationInfo, RunHost, Skill,
};
pub use artifacts::{
    ArtifactInfo, ArtifactLimits, ArtifactNameError, ArtifactService, MAX_ARTIFACT_NAME_BYTES, NewArtifact,
    artifact_scope, check_mime_type,
};
pub use children::{AgentSummary, ChildOptions, ChildReply, ChildRequest};
pub use content::{Base64, Blob, Content, Custom, FileRef, FunctionCall, FunctionResponse, Part, Role};
pub use event::{
    EncodedEvent, ErrorDetails, Event, EventActions, EventOrigin, Progress, SYSTEM_AUTHOR, USER_AUTHOR,
};
pub use event_log::{Begin, Commit, EventLog, InvocationEnd, InvocationRest, InvocationStep, StartKey};
pub use failure::{Failure, FailureKind, StoreError};
pub use http::{HttpAnswer, HttpBody, HttpClient, HttpHead, HttpPattern, HttpPatternError, HttpRequest};
pub use ids::{AppName, IdError, IdempotencyKey, InvocationId, MAX_ID_BYTES, SessionId, UserId};
pub use invocation::{
    InvocationFilter, InvocationPage, InvocationRecord, InvocationStatus, Parent, ParseStatusError, Resume,
    StopReason, Usage, Waiting,
};
pub use journal::{
    Difference, Journal, JournalChunk, JournalEntry, JournalLimits, Pending, Replay, ReplaySilent, Seed,
};
pub use models::{
    EmbedRequest, Embeddings, FinishReason, ModelDelta, ModelPrompt, ModelRequest, ModelResponse,
    ModelSummary, ModelTool, ModelUsage, Models, OnDelta, ToolChoice,
};
pub use people::{Decision, InputKind, InputRequest, InputResponse, Reply, Respond, RespondError};
pub use quota::{AgentQuota, DailyUsage, Quota, QuotaExceeded, Quotas};
pub use registry::{
    AgentCounters, AgentGrants, AgentInfo, AgentRegistry, AgentSource, AgentState, CodeTier, DeployError,
    Deployment, Deployments, Durability, Environment, Pinning, Refusal, VersionInfo, VersionState,
};
pub use run::{EventStream, IfBusy, Limited, OnDisconnect, Priority, PriorityError, RunConfig, RunError};
pub use session::{
    HistoryEntry, HistoryPage, HistoryQuery, NewSession, Session, SessionFilter, SessionKey, SessionPage,
    SessionService,
};
pub use state::{
    MAX_STATE_KEY_BYTES, MAX_STATE_VALUE_BYTES, Scope, StateDelta, StateKeyError, readable_scope, scope_of,
    settable_scope,
};
pub use tools::{ToolAnswer, ToolCall, ToolHints, ToolSpec, Toolbox};
