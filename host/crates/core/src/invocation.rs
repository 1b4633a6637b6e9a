//! The life of one run of an agent: its states, and what is kept of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::event::Progress;
use crate::ids::{AppName, InvocationId};
use crate::journal::Seed;
use crate::run::Priority;
use crate::session::SessionKey;
use crate::time::UnixMillis;

/// Where an invocation is. It begins `Queued` or `Active`, may wait or be paused any number of times, and ends once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvocationStatus {
    /// Waits for its session, for a place among those in memory, or for its next attempt after the host ended.
    Queued,
    /// Runs.
    Active,
    /// Waits for a time, a person or another invocation.
    Waiting,
    /// Somebody paused it.
    Paused,
    /// The agent returned an outcome.
    Completed,
    /// The agent returned a failure, trapped, or went past a limit.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// Its time was over.
    TimedOut,
    /// The host ended before it did.
    Interrupted,
}

impl InvocationStatus {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Active,
        Self::Waiting,
        Self::Paused,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::TimedOut,
        Self::Interrupted,
    ];

    /// The states of an invocation that is not over.
    pub const UNFINISHED: [Self; 4] = [Self::Queued, Self::Active, Self::Waiting, Self::Paused];

    /// Whether it is over.
    pub fn is_terminal(self) -> bool {
        !Self::UNFINISHED.contains(&self)
    }

    /// Whether a life may go from here to there: anywhere, until it ends.
    pub fn may_become(self, next: Self) -> bool {
        !self.is_terminal() && self != next
    }

    /// The word of the wire and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Active => "active",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for InvocationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no status; one of queued, active, waiting, paused, completed, failed, cancelled, timed_out, interrupted is"
)]
pub struct ParseStatusError(String);

impl FromStr for InvocationStatus {
    type Err = ParseStatusError;
    fn from_str(text: &str) -> Result<Self, ParseStatusError> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| ParseStatusError(text.to_owned()))
    }
}

/// Why a run is stopped from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// A client asked for it.
    Cancelled,
    /// Its `timeoutMs`, or the agent's limit of wall time, is over.
    TimedOut,
    /// Nobody listens any more, and its `onDisconnect` does not let it go on alone.
    Disconnected,
    /// A newer run of the session took its place.
    Superseded,
    /// The invocation that started it ended, or was stopped.
    ParentEnded,
    /// The host is shutting down.
    ShuttingDown,
    /// The host ended without a chance to end the run; found at the next start.
    Interrupted,
}

impl StopReason {
    /// The state it leads to.
    pub fn status(self) -> InvocationStatus {
        match self {
            Self::Cancelled | Self::Disconnected | Self::Superseded | Self::ParentEnded => {
                InvocationStatus::Cancelled
            }
            Self::TimedOut => InvocationStatus::TimedOut,
            Self::ShuttingDown | Self::Interrupted => InvocationStatus::Interrupted,
        }
    }

    /// The stable word of the terminal event's `errorCode`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::Disconnected => "disconnected",
            Self::Superseded => "superseded",
            Self::ParentEnded => "parent_ended",
            Self::ShuttingDown => "shutting_down",
            Self::Interrupted => "interrupted",
        }
    }

    /// The text of the terminal event's `errorMessage`.
    pub fn message(self) -> &'static str {
        match self {
            Self::Cancelled => "Invocation cancelled",
            Self::TimedOut => "Invocation timed out",
            Self::Disconnected => "Invocation cancelled: nobody was listening any more",
            Self::Superseded => "Invocation cancelled: a newer message took its place",
            Self::ParentEnded => "Invocation cancelled: the invocation that started it is over",
            Self::ShuttingDown => "Invocation interrupted: the host is shutting down",
            Self::Interrupted => "Invocation interrupted: the host stopped before it ended",
        }
    }
}

/// What an invocation used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    /// Time on a processor, in microseconds.
    pub cpu_micros: u64,
    /// The most linear memory and tables it held, in bytes.
    pub peak_memory_bytes: u64,
    /// The most that it held each time it was in memory, for as long as it was there, in bytes times seconds.
    pub memory_byte_seconds: u64,
    /// Calls to the host.
    pub host_calls: u64,
    /// Events it emitted, stored or not.
    pub events: u64,
    /// Their size, in bytes.
    pub event_bytes: u64,
    /// Answers of models that it was given.
    #[serde(skip_serializing_if = "is_default")]
    pub model_calls: u64,
    /// Tokens that models read for it.
    #[serde(skip_serializing_if = "is_default")]
    pub input_tokens: u64,
    /// Tokens that models wrote for it.
    #[serde(skip_serializing_if = "is_default")]
    pub output_tokens: u64,
    /// What they cost by the prices of the configuration, in millionths of their currency.
    #[serde(skip_serializing_if = "is_default")]
    pub model_cost_micros: u64,
}

impl Usage {
    /// Tokens of models, of both directions.
    pub fn model_tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }

    /// Those that it used since it was last looked at.
    pub fn model_tokens_since(&self, before: &Self) -> u64 {
        self.model_tokens().saturating_sub(before.model_tokens())
    }
}

/// What an invocation waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Waiting {
    /// When the wait ends at the latest; absent where it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
    /// The questions to a person, by request id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<String>,
    /// The children that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invocations: Vec<InvocationId>,
}

/// What an invocation is a child of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parent {
    /// The invocation that started it.
    pub invocation_id: InvocationId,
    /// The agents above it, that of the root first.
    pub lineage: Vec<AppName>,
    /// Whether its events are shown in the parent's stream.
    #[serde(default, skip_serializing_if = "is_default")]
    pub relay: bool,
    /// Whether it goes on when its parent ends.
    #[serde(default, skip_serializing_if = "is_default")]
    pub detached: bool,
}

/// What it takes to go on with an invocation in another process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Resume {
    /// What its random numbers begin with.
    pub seed: Seed,
    /// When it has to be over, where its client said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<UnixMillis>,
    /// For how long it ran before it was put away, in milliseconds.
    pub ran_ms: u64,
    /// How urgent it is.
    #[serde(skip_serializing_if = "is_default")]
    pub priority: Priority,
    /// How many attempts in a row brought its journal no further.
    pub stalled: u32,
    /// How many entries the journal had when its newest attempt began.
    pub attempt_began_at: u64,
    /// What the user said, as long as that is not in the session: while it is queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Content>,
    /// Somebody was told that it is cancelled: whatever host it is in, it does not go on.
    #[serde(skip_serializing_if = "is_default")]
    pub cancelled: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What is kept of an invocation.
#[derive(Clone, Debug, PartialEq)]
pub struct InvocationRecord {
    /// Its id.
    pub id: InvocationId,
    /// The session it runs in.
    pub session: SessionKey,
    /// Digest of the component that runs.
    pub agent_version: String,
    /// Where it is.
    pub status: InvocationStatus,
    /// Why it ended so: a stable word, where it did not complete.
    pub reason: Option<String>,
    /// 1 for the first run.
    pub attempt: u32,
    /// When it was admitted.
    pub started_at: UnixMillis,
    /// When it ended.
    pub ended_at: Option<UnixMillis>,
    /// The newest progress.
    pub progress: Option<Progress>,
    /// What it used until it was put away or ended; zero before.
    pub usage: Usage,
    /// What it waits for, where it does.
    pub waiting: Option<Waiting>,
    /// How to go on with it; absent where it is not durable.
    pub resume: Option<Resume>,
    /// What it is a child of. Never changes.
    pub parent: Option<Parent>,
}

/// Which invocations to list. Newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InvocationFilter {
    /// Of these sessions only; empty for all.
    pub sessions: Vec<SessionKey>,
    /// Children of this one only; the sessions and the status do not count then.
    pub parent: Option<InvocationId>,
    /// In this state only.
    pub status: Option<InvocationStatus>,
    /// Older than this one: the `next` of the page before.
    pub before: Option<InvocationId>,
    /// How many at most.
    pub limit: usize,
}

/// Some invocations, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct InvocationPage {
    /// The records.
    pub invocations: Vec<InvocationRecord>,
    /// Where the next page begins; none at the end.
    pub next: Option<InvocationId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_ends_once() {
        for from in InvocationStatus::ALL {
            for to in InvocationStatus::ALL {
                assert_eq!(from.may_become(to), !from.is_terminal() && from != to, "{from} to {to}");
            }
        }
    }

    #[test]
    fn every_word_is_read_back() {
        for status in InvocationStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert!("nonsense".parse::<InvocationStatus>().is_err());
    }
}
