//! What goes wrong: in an agent's work ([`Failure`]) and in a store ([`StoreError`]).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::quota::QuotaExceeded;
use crate::run::Limited;

/// The kinds of the contract's `failure`: they say what to do next, not where it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The invocation is being cancelled.
    Cancelled,
    /// The invocation's time is over.
    DeadlineExceeded,
    /// The agent's manifest does not grant this.
    Denied,
    /// There is no such thing.
    NotFound,
    /// The caller sent something that cannot be used.
    InvalidArgument,
    /// It is there already, or was changed meanwhile.
    Conflict,
    /// A quota of the invocation, the agent or the user.
    LimitExceeded,
    /// Too many in too short a time.
    RateLimited,
    /// Not now; later may work.
    Unavailable,
    /// This host cannot do it.
    Unsupported,
    /// Anything else.
    Failed,
}

impl FailureKind {
    /// The stable `snake_case` word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::Denied => "denied",
            Self::NotFound => "not_found",
            Self::InvalidArgument => "invalid_argument",
            Self::Conflict => "conflict",
            Self::LimitExceeded => "limit_exceeded",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error that crosses the contract, in either direction: the host's answer to a call, or how an agent's run failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What to do next.
    pub kind: FailureKind,
    /// A stable word of whoever raised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For a person.
    pub message: String,
    /// When trying again may help, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Whatever else a program could use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl Failure {
    /// A failure with a kind and a text.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), retry_after_ms: None, details: None }
    }
}

/// Why a store did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// What is to be created is there already, or what is to be changed is past it.
    #[error("{reason}")]
    Conflict {
        /// What is in the way.
        reason: String,
    },
    /// The caller asked for something that makes no sense.
    #[error("{reason}")]
    Invalid {
        /// What is wrong with it.
        reason: String,
    },
    /// What is to be changed is not there.
    #[error("{what} does not exist")]
    NotFound {
        /// What it was.
        what: String,
    },
    /// It would be larger than the store allows.
    #[error("{what} would have {size} bytes; {limit} are allowed")]
    TooLarge {
        /// What it was.
        what: String,
        /// How large it would be.
        size: usize,
        /// How large it may be.
        limit: usize,
    },
    /// Its user, or its agent, has used up a quota.
    #[error("the quota of {whose} is used up for the day (UTC): {exceeded}")]
    QuotaExceeded {
        /// Whose it is.
        whose: Limited,
        /// What of it.
        exceeded: QuotaExceeded,
    },
    /// The store itself failed: the disk is full, the file is damaged, it was shut down. Nothing of the call is stored.
    #[error("the store is not usable: {reason}")]
    Unavailable {
        /// What the backend said; for the operator, never for a client.
        reason: String,
    },
}

impl StoreError {
    /// A failure of the backend itself.
    pub fn unavailable(reason: impl fmt::Display) -> Self {
        Self::Unavailable { reason: reason.to_string() }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::new(FailureKind::Conflict, error.to_string()),
            StoreError::Invalid { .. } => Self::new(FailureKind::InvalidArgument, error.to_string()),
            StoreError::NotFound { .. } => Self::new(FailureKind::NotFound, error.to_string()),
            StoreError::TooLarge { .. } | StoreError::QuotaExceeded { .. } => {
                Self::new(FailureKind::LimitExceeded, error.to_string())
            }
            // The backend's own words stay in the host's log.
            StoreError::Unavailable { .. } => {
                Self::new(FailureKind::Unavailable, "the store is not usable at the moment")
            }
        }
    }
}
