//! How a run is asked for, and what comes back.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use serde::{Deserialize, Serialize};

use crate::event::EncodedEvent;
use crate::failure::StoreError;
use crate::ids::{AppName, IdError, IdempotencyKey, InvocationId, SessionId, UserId};
use crate::quota::QuotaExceeded;
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

/// How urgent a run is among those that wait for a place: -100 to 100, higher first, 0 where nobody says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Priority(i8);

/// A number that is no priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a priority is a number from {lowest} to {highest}, not {0}", lowest = Priority::LOWEST, highest = Priority::HIGHEST)]
pub struct PriorityError(i64);

impl Priority {
    /// The lowest.
    pub const LOWEST: i8 = -100;
    /// The highest.
    pub const HIGHEST: i8 = 100;

    /// Checks and takes a number.
    pub fn new(number: i64) -> Result<Self, PriorityError> {
        let fits = i8::try_from(number).ok().filter(|fits| (Self::LOWEST..=Self::HIGHEST).contains(fits));
        fits.map(Self).ok_or(PriorityError(number))
    }
}

impl TryFrom<i64> for Priority {
    type Error = PriorityError;
    fn try_from(number: i64) -> Result<Self, PriorityError> {
        Self::new(number)
    }
}

impl From<Priority> for i64 {
    fn from(priority: Priority) -> Self {
        priority.0.into()
    }
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
    /// The longest the run may take, waiting for its session and for a place included. The agent's limit of wall time
    /// holds beside it, from when the run has its place.
    pub timeout: Option<Duration>,
    /// How urgent it is among those that wait for a place.
    pub priority: Priority,
    /// A second start with the same key in the same session, and the same message, is the same invocation.
    pub idempotency_key: Option<IdempotencyKey>,
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
    /// The host runs as many invocations as it may, and as many wait as may wait.
    #[error(
        "the host is full: {running} invocations may run at once and {waiting} may wait, and both are there; try again in a moment"
    )]
    Full {
        /// How many may run.
        running: usize,
        /// How many may wait.
        waiting: usize,
    },
    /// Runs are started faster than they may be.
    #[error("{whose} may start {per_minute} runs a minute; try again in {retry_after:.1?}")]
    RateLimited {
        /// Whose limit it is.
        whose: Limited,
        /// The limit.
        per_minute: u32,
        /// When the next one may start.
        retry_after: Duration,
    },
    /// Its user, or its agent, has used up a quota.
    #[error("the quota of {whose} is used up for the day (UTC): {exceeded}")]
    QuotaExceeded {
        /// Whose it is.
        whose: Limited,
        /// What of it.
        exceeded: QuotaExceeded,
        /// When the next day begins.
        retry_after: Duration,
    },
    /// The key of this start was that of another one.
    #[error(
        "the idempotency key {key:?} was used in this session with another message, for invocation {invocation}; take a new key for a new message"
    )]
    IdempotencyConflict {
        /// The key.
        key: IdempotencyKey,
        /// The invocation that was started with it.
        invocation: InvocationId,
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

/// Whose limit was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limited {
    /// A user's.
    User(UserId),
    /// An agent's, all its users together.
    Agent(AppName),
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "the user {user:?}"),
            Self::Agent(agent) => write!(f, "the users of the agent {agent:?} together"),
        }
    }
}

fn known_agents(known: &[AppName]) -> String {
    if known.is_empty() {
        return " (no agent is loaded)".to_owned();
    }
    let names: Vec<_> = known.iter().take(20).map(AppName::as_str).collect();
    let more = if known.len() > names.len() { ", …" } else { "" };
    format!(" (there are: {}{more})", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_is_a_small_number() {
        for number in [-100, -1, 0, 100] {
            let priority = Priority::new(number).unwrap();
            assert_eq!(serde_json::to_value(priority).unwrap(), number);
            assert_eq!(serde_json::from_value::<Priority>(number.into()).unwrap(), priority);
        }
        for number in [-101, 101, i64::MIN, i64::MAX] {
            assert_eq!(Priority::new(number), Err(PriorityError(number)));
        }
        assert!(Priority::new(1).unwrap() > Priority::default());
        let error = serde_json::from_str::<Priority>("101").unwrap_err().to_string();
        assert!(error.contains("from -100 to 100, not 101"), "{error}");
    }
}
