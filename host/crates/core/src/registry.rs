//! The ports behind which agents are kept: which version of which agent is live, and how that changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::agent::{Agent, AgentDescriptor};
use crate::http::HttpPattern;
use crate::ids::AppName;
use crate::state::Scope;
use crate::time::UnixMillis;

/// Where an agent is in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// It can be run.
    Ready,
    /// No version of it could be loaded yet.
    Refused,
}

/// Where a version came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentSource {
    /// The folder of agents.
    Folder,
    /// An upload, or the program that embeds the host.
    Upload,
}

/// How good the machine code is that runs an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeTier {
    /// Compiled quickly, so that the version is live sooner; the optimized code follows by itself.
    Baseline,
    /// Compiled for speed.
    Optimized,
}

/// What a session's runs hold on to when its agent is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pinning {
    /// Nothing: every run takes the newest version.
    #[default]
    None,
    /// A session stays on the version that its first run had.
    Session,
}

/// What becomes of a run when the process that runs it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// What it asked of the host is journaled, and it goes on from there.
    #[default]
    Journal,
    /// It is lost: only its events are kept.
    None,
}

/// What an agent may do beside computing, emitting events and waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AgentGrants {
    /// Read what was said in the session before the run.
    pub history: bool,
    /// Read and change the state of these scopes. The run's own `temp:` needs no grant.
    pub state: Vec<Scope>,
    /// Ask the people who use it.
    pub people: bool,
    /// Call these agents; `*` for every one.
    pub agents: Vec<String>,
    /// Call the tools whose names these patterns stand for, in which `*` is anything. Other agents are in `agents`.
    pub tools: Vec<String>,
    /// The tools, by such patterns, before whose calls a person is asked.
    pub ask_before: Vec<String>,
    /// Ask the models whose aliases these patterns stand for. The first is the agent's default, where it is no pattern.
    pub models: Vec<String>,
    /// Ask these places over HTTP.
    pub http: Vec<HttpPattern>,
    /// Let the host add these credentials of its settings to what is asked.
    pub credentials: Vec<String>,
    /// Read, save and remove the artifacts of these scopes: `session`, `user`.
    pub artifacts: Vec<Scope>,
    /// Write to the host's log.
    pub log: bool,
    /// Names of the environment variables that it is given.
    pub environment: Vec<String>,
}

impl Default for AgentGrants {
    /// What an agent may do whose manifest does not say: everything about its own conversation.
    fn default() -> Self {
        Self {
            history: true,
            state: vec![Scope::Session, Scope::User, Scope::App],
            people: true,
            agents: Vec::new(),
            tools: Vec::new(),
            ask_before: Vec::new(),
            models: Vec::new(),
            http: Vec::new(),
            credentials: Vec::new(),
            artifacts: vec![Scope::Session, Scope::User],
            log: true,
            environment: Vec::new(),
        }
    }
}

/// What the runs of an agent came to since the host started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AgentCounters {
    /// Runs that go on now, on whatever version.
    pub active: u64,
    /// Runs that returned an outcome.
    pub completed: u64,
    /// Runs that failed, trapped, or went past a limit.
    pub failed: u64,
    /// Runs that were stopped from outside.
    pub stopped: u64,
    /// Time on a processor of the runs that are over, in microseconds.
    pub cpu_micros: u64,
    /// Calls to the host of the runs that are over.
    pub host_calls: u64,
}

/// A version that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Why, for its author.
    pub reason: String,
    /// When.
    pub at: UnixMillis,
    /// Digest of its component, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// An agent as the registry lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentInfo {
    /// The name it is served under.
    pub name: AppName,
    /// Whether it can be run.
    pub state: AgentState,
    /// Why it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What a new run gets; absent where no version could be loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<VersionInfo>,
    /// What it says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<AgentDescriptor>,
    /// Interfaces it imports.
    #[serde(default)]
    pub imports: Vec<String>,
    /// What it may do with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<AgentGrants>,
    /// What one run may use, by the names of the configuration.
    #[serde(default)]
    pub limits: Map<String, Value>,
    /// Whether its sessions stay on their version.
    #[serde(default)]
    pub pinning: Pinning,
    /// Runs that still go on with versions that were replaced.
    #[serde(default)]
    pub draining: u64,
    /// The newest version that was not taken, where it is newer than the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    /// What its runs came to.
    #[serde(default)]
    pub counters: AgentCounters,
}

impl AgentInfo {
    /// An agent of which nothing is known but its name and that it can be run.
    pub fn ready(name: AppName) -> Self {
        Self {
            name,
            state: AgentState::Ready,
            reason: None,
            current: None,
            descriptor: None,
            imports: Vec::new(),
            grants: None,
            limits: Map::new(),
            pinning: Pinning::None,
            draining: 0,
            refused: None,
            counters: AgentCounters::default(),
        }
    }

    /// An agent of which no version could be loaded.
    pub fn refused(name: AppName, refusal: Refusal) -> Self {
        let reason = Some(refusal.reason.clone());
        Self { state: AgentState::Refused, reason, refused: Some(refusal), ..Self::ready(name) }
    }
}

/// What becomes of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// New runs get it.
    Current,
    /// It was replaced, and can be rolled back to.
    Kept,
    /// It was replaced, is not kept, and goes when its last run ends or its last session lets go.
    Draining,
}

/// One version of an agent: a component with a manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionInfo {
    /// Which one: a digest over the component and what the manifest says, `sha256:` and 64 hexadecimal digits. Without
    /// a manifest it is the digest of the component.
    pub version: String,
    /// Its place in the agent's life, from 1.
    pub number: u64,
    /// Digest of the component alone.
    pub digest: String,
    /// Size of the component, in bytes.
    pub bytes: u64,
    /// Whether it is the current one.
    pub state: VersionState,
    /// Where it came from.
    pub source: AgentSource,
    /// When it became current, the last time that it did.
    pub loaded_at: UnixMillis,
    /// The code its runs begin with; absent where none is loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeTier>,
    /// Runs that go on with it.
    pub runs: u64,
    /// The author's own version, as the component describes itself.
    #[serde(default)]
    pub described_version: String,
}

/// The agents of a host.
#[async_trait]
pub trait AgentRegistry: Send + Sync + 'static {
    /// The current version of an agent.
    fn get(&self, name: &AppName) -> Option<Arc<dyn Agent>>;

    /// A certain version of an agent, where it is still kept. It may have to be read from the disk.
    async fn version(&self, name: &AppName, version: &str) -> Option<Arc<dyn Agent>> {
        self.get(name).filter(|agent| agent.version() == version)
    }

    /// All agents, those that were refused too, sorted by name.
    fn list(&self) -> Vec<AgentInfo>;

    /// One agent as it is listed.
    fn info(&self, name: &AppName) -> Option<AgentInfo> {
        self.list().into_iter().find(|info| info.name == *name)
    }

    /// What can be changed here, where anything can.
    fn deployments(&self) -> Option<&dyn Deployments> {
        None
    }
}

/// Changes which version of an agent is live.
#[async_trait]
pub trait Deployments: Send + Sync {
    /// Begins a new version of an agent, which need not exist yet.
    async fn begin(&self, name: &AppName) -> Result<Box<dyn Deployment>, DeployError>;

    /// The versions of an agent that are there, newest first. `None` where there is no such agent.
    fn versions(&self, name: &AppName) -> Option<Vec<VersionInfo>>;

    /// Makes an older version the current one: the named one (its number, its digest, or the beginning of it), or the
    /// one that the current one replaced.
    async fn rollback(&self, name: &AppName, to: Option<&str>) -> Result<AgentInfo, DeployError>;

    /// Takes an agent away. Runs in progress go on to their end.
    async fn remove(&self, name: &AppName) -> Result<(), DeployError>;
}

/// A version that is being taken in. Dropping it gives it up.
#[async_trait]
pub trait Deployment: Send {
    /// The next bytes of the component. Without any, the current version's component is taken.
    async fn write(&mut self, bytes: Bytes) -> Result<(), DeployError>;

    /// The manifest, as the text of `agent.toml`. Without one, what the current version's manifest says stays so.
    fn manifest(&mut self, text: String);

    /// Checks, compiles and describes it, and makes it the current version. The digest, where given, is the one that the
    /// component has to have. When this returns, a new run gets the new version.
    async fn finish(self: Box<Self>, digest: Option<String>) -> Result<AgentInfo, DeployError>;
}

/// Why a change of versions was not made. Nothing else has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeployError {
    /// The component or the manifest cannot be used. The text is for its author.
    #[error("the version is refused: {reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// The component is larger than the host takes.
    #[error(
        "the component is larger than {limit} bytes, which is what this host takes (registry.max_component_bytes)"
    )]
    TooLarge {
        /// How large it may be.
        limit: u64,
    },
    /// What arrived is not what was sent.
    #[error("the component has the digest {found}, not {expected}: it did not arrive as it was sent")]
    DigestMismatch {
        /// What was said.
        expected: String,
        /// What it is.
        found: String,
    },
    /// There is no such agent.
    #[error("there is no agent named {name:?}")]
    AgentNotFound {
        /// The name.
        name: AppName,
    },
    /// The agent has no such version any more.
    #[error("{name} has no version {version}; it has {}", list(.known))]
    VersionNotFound {
        /// The agent.
        name: AppName,
        /// What was asked for.
        version: String,
        /// Those that there are, as numbers.
        known: Vec<u64>,
    },
    /// There is nothing before the current version.
    #[error("{name} has no older version to go back to")]
    NothingOlder {
        /// The agent.
        name: AppName,
    },
    /// The disk is full.
    #[error("there is no room on the host's disk for it")]
    DiskFull,
    /// The host could not do it. The reason is for the operator, never for a client.
    #[error("the host could not keep the version: {reason}")]
    Unavailable {
        /// What went wrong.
        reason: String,
    },
    /// The host takes no uploads.
    #[error("this host takes no uploads; registry.uploads = true in its configuration allows them")]
    NotAllowed,
}

fn list(numbers: &[u64]) -> String {
    let texts: Vec<_> = numbers.iter().map(u64::to_string).collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

/// Values that the environment of a guest has, by name.
pub type Environment = BTreeMap<String, String>;
