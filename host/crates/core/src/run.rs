//! How a run is asked for, and what comes back.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;

use crate::event::EncodedEvent;
use crate::failure::StoreError;
use crate::ids::{AppName, IdError, InvocationId, SessionId};
use crate::session::SessionKey;

/// The events of one invocation, in order. The last one has `turn_complete`; an error ends the stream early and says
/// that reading failed, not that the run did.
pub type EventStream = Pin<Box<dyn Stream<Item = Result<Arc<EncodedEvent>, RunError>> + Send>>;

/// What a second run on a busy session does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IfBusy {
    /// It is refused.
    #[default]
    Reject,
    /// It waits for its turn.
    Queue,
    /// It stops the run in progress and goes next.
    Interrupt,
}

/// What becomes of a run when the last client that listened to it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnDisconnect {
    /// It is cancelled at once.
    Cancel,
    /// It goes on alone.
    Continue,
    /// It is cancelled unless somebody listens again within this time.
    Grace(Duration),
}

/// How a run is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunConfig {
    /// Whether text still being written is wanted. The stream carries it all the same: who listens leaves it out.
    pub streaming: bool,
    /// On a busy session.
    pub if_busy: IfBusy,
    /// When nobody listens any more; the host's default where absent.
    pub on_disconnect: Option<OnDisconnect>,
    /// The longest the run may take, waiting for its session included; the agent's limit holds beside it.
    pub timeout: Option<Duration>,
}

/// Why a run did not begin, or why its events cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// No agent has this name.
    #[error("there is no agent named {name:?}{}", known_agents(.known))]
    AgentNotFound {
        /// The name that was asked for.
        name: AppName,
        /// Those that there are.
        known: Vec<AppName>,
    },
    /// Nobody said which agent, and there is no default.
    #[error("no agent was named: say which with appName{}", known_agents(.known))]
    AgentUnnamed {
        /// Those that there are.
        known: Vec<AppName>,
    },
    /// The agent is known, but its component could not be loaded.
    #[error("the agent {name:?} could not be loaded: {reason}")]
    AgentRefused {
        /// Which agent.
        name: AppName,
        /// Why.
        reason: String,
    },
    /// The session is pinned to a version that is not there any more.
    #[error(
        "the session stays on version {version} of {name}, which is not kept any more; PATCH the session with \"agentVersion\": null to let it take the current one"
    )]
    VersionGone {
        /// The agent.
        name: AppName,
        /// The version.
        version: String,
    },
    /// Another run has the session.
    #[error(
        "the session is busy with invocation {running}; wait for it, cancel it, or send ifBusy \"queue\" or \"interrupt\""
    )]
    SessionBusy {
        /// The run that has it.
        running: InvocationId,
    },
    /// The same session id exists for several agents or users.
    #[error("there are {} sessions with the id {id:?}; say which with appName and userId", .matches.len())]
    SessionAmbiguous {
        /// The id.
        id: SessionId,
        /// The sessions that have it.
        matches: Vec<SessionKey>,
    },
    /// There is no such session.
    #[error("there is no session {0:?}")]
    SessionNotFound(SessionId),
    /// Too many wait for the session already.
    #[error("{waiting} runs wait for this session already, which is the limit")]
    QueueFull {
        /// How many wait.
        waiting: usize,
    },
    /// The host runs as many invocations as it may.
    #[error("the host is full: {limit} invocations run already; try again in a moment")]
    Full {
        /// How many may run.
        limit: usize,
    },
    /// The host takes no new runs.
    #[error("the host is shutting down; try again in a moment")]
    Draining,
    /// An id cannot be used.
    #[error(transparent)]
    InvalidId(#[from] IdError),
    /// There is no invocation with this id.
    #[error("there is no invocation {0}")]
    InvocationNotFound(InvocationId),
    /// The invocation has ended.
    #[error("invocation {0} is over")]
    InvocationOver(InvocationId),
    /// The invocation has no journal, so that it cannot rest.
    #[error(
        "invocation {0} cannot be paused: its agent is not durable (durability = \"none\" in agent.toml)"
    )]
    NotDurable(InvocationId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something in the host itself failed.
    #[error("the host failed: {0}")]
    Internal(String),
}

fn known_agents(known: &[AppName]) -> String {
    if known.is_empty() {
        return " (no agent is loaded)".to_owned();
    }
    let names: Vec<_> = known.iter().take(20).map(AppName::as_str).collect();
    let more = if known.len() > names.len() { ", …" } else { "" };
    format!(" (there are: {}{more})", names.join(", "))
}
