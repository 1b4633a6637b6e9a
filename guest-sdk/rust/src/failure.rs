//! How a run ends badly, and how a host call is refused.

mod convert;

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;

/// The host's word for a question that nobody answered in time.
const EXPIRED: &str = "expired";
/// The host's word for an answer that was lost with the host that waited for it.
const INTERRUPTED: &str = "interrupted";
/// The host's word for a tool that a person said no to.
const REJECTED: &str = "rejected";
/// The host's word for another agent that took longer than it may.
const TIMED_OUT: &str = "timed_out";

/// Why something failed. The client reads the kind and the message, so the message is written for them.
///
/// `?` turns the usual errors of the standard library and of `serde_json` into one; [`Failure::from_error`] takes any
/// other.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::{Failure, FailureKind};
///
/// fn parse(text: &str) -> Result<u32, Failure> {
///     text.parse().map_err(|_| Failure::invalid_argument("send a number, for example 5"))
/// }
///
/// assert_eq!(parse("x").unwrap_err().kind, FailureKind::InvalidArgument);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What sort of failure it is: what a program looks at.
    pub kind: FailureKind,
    /// A finer, stable word of the agent's own, for example `quota_exceeded`.
    pub code: Option<String>,
    /// What happened, for a person.
    pub message: String,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
    /// More for a program, in the agent's own shape.
    pub details: Option<Value>,
}

impl Failure {
    /// A failure with no more than a kind and a message.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), retry_after: None, details: None }
    }

    /// The invocation is being cancelled: what an agent returns once it noticed.
    pub fn cancelled() -> Self {
        Self::new(FailureKind::Cancelled, "the invocation was cancelled")
    }

    /// There was not enough time.
    pub fn deadline_exceeded() -> Self {
        Self::new(FailureKind::DeadlineExceeded, "the deadline has passed")
    }

    /// Nobody answered in time: what [`People`](crate::People) fails with where a question expired.
    pub fn expired() -> Self {
        Self::new(FailureKind::DeadlineExceeded, "nobody answered in time").with_code(EXPIRED)
    }

    /// Whether it is that nobody answered in time. Other than after [`Failure::deadline_exceeded`], the run can go on.
    pub fn is_expired(&self) -> bool {
        self.kind == FailureKind::DeadlineExceeded && self.code.as_deref() == Some(EXPIRED)
    }

    /// Another agent took longer than it may: what [`Agents`](crate::Agents) fails with after the timeout of its options.
    pub fn timed_out() -> Self {
        Self::new(FailureKind::DeadlineExceeded, "it took too long").with_code(TIMED_OUT)
    }

    /// Whether it is that another agent took longer than it may. Other than after [`Failure::deadline_exceeded`], the run
    /// can go on.
    pub fn is_timed_out(&self) -> bool {
        self.kind == FailureKind::DeadlineExceeded && self.code.as_deref() == Some(TIMED_OUT)
    }

    /// A person said no: what [`Tools`](crate::Tools) fails with where a tool needs approval and does not get it.
    pub fn rejected() -> Self {
        Self::new(FailureKind::Denied, "a person said no").with_code(REJECTED)
    }

    /// Whether it is that a person said no, and not that the agent's manifest does not grant it.
    pub fn is_rejected(&self) -> bool {
        self.kind == FailureKind::Denied && self.code.as_deref() == Some(REJECTED)
    }

    /// The host ended during an answer: what a [`Completion`](crate::Completion) or an [`HttpExchange`](crate::HttpExchange) fails
    /// with, after the host is back.
    pub fn interrupted() -> Self {
        Self::new(FailureKind::Unavailable, "the host ended during the answer").with_code(INTERRUPTED)
    }

    /// Whether it is that the host ended while a model wrote or the web answered. The rest of the answer is lost, and may be asked
    /// for again.
    pub fn is_interrupted(&self) -> bool {
        self.kind == FailureKind::Unavailable && self.code.as_deref() == Some(INTERRUPTED)
    }

    /// Any error, with its sources in the message, as [`FailureKind::Failed`].
    pub fn from_error(error: impl Error) -> Self {
        Self::failed(with_sources(&error))
    }

    /// Adds the agent's own word for it.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Adds more for a program to read.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<Value>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// Says what was being done, before what went wrong.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }
}

/// One constructor for each kind that needs words of its own.
macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),+ $(,)?) => {
        impl Failure {$(
            $(#[$doc])*
            pub fn $name(message: impl Into<String>) -> Self {
                Self::new(FailureKind::$kind, message)
            }
        )+}
    };
}

constructors! {
    /// Something the agent may not do.
    denied => Denied,
    /// Something that is not there.
    not_found => NotFound,
    /// The input is wrong; say what to send instead.
    invalid_argument => InvalidArgument,
    /// Something that was changed by another.
    conflict => Conflict,
    /// A quota is used up.
    limit_exceeded => LimitExceeded,
    /// Too much in too short a time.
    rate_limited => RateLimited,
    /// Something that is down now and may be back later.
    unavailable => Unavailable,
    /// Something that this agent or host cannot do.
    unsupported => Unsupported,
    /// Anything else.
    failed => Failed,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl Error for Failure {}

/// An error and what caused it, as one line.
fn with_sources(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        // Some errors repeat their source in their own text.
        if !message.ends_with(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
        source = error.source();
    }
    message
}

/// What sort of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The invocation is being cancelled.
    Cancelled,
    /// There was not enough time.
    DeadlineExceeded,
    /// The agent's manifest does not grant this.
    Denied,
    /// It is not there.
    NotFound,
    /// The input is wrong.
    InvalidArgument,
    /// It was changed by another.
    Conflict,
    /// A quota of the invocation, the agent or the user is used up.
    LimitExceeded,
    /// Too much in too short a time.
    RateLimited,
    /// It is down now and may be back later.
    Unavailable,
    /// The agent or the host cannot do this.
    Unsupported,
    /// Anything else.
    Failed,
}

impl FailureKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Cancelled,
        Self::DeadlineExceeded,
        Self::Denied,
        Self::NotFound,
        Self::InvalidArgument,
        Self::Conflict,
        Self::LimitExceeded,
        Self::RateLimited,
        Self::Unavailable,
        Self::Unsupported,
        Self::Failed,
    ];

    /// The kind's name in the contract, for example `invalid-argument`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::DeadlineExceeded => "deadline-exceeded",
            Self::Denied => "denied",
            Self::NotFound => "not-found",
            Self::InvalidArgument => "invalid-argument",
            Self::Conflict => "conflict",
            Self::LimitExceeded => "limit-exceeded",
            Self::RateLimited => "rate-limited",
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

impl FromStr for FailureKind {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self, Failure> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        known.ok_or_else(|| Failure::invalid_argument(format!("`{name}` is not a kind of failure")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in FailureKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert!("Failed".parse::<FailureKind>().is_err());
    }

    #[test]
    fn only_an_unanswered_question_is_expired() {
        assert!(Failure::expired().is_expired());
        assert!(!Failure::deadline_exceeded().is_expired());
        assert!(!Failure::failed("old").with_code("expired").is_expired());
    }

    #[test]
    fn only_another_agents_time_is_timed_out() {
        assert!(Failure::timed_out().is_timed_out());
        assert!(!Failure::deadline_exceeded().is_timed_out());
        assert!(!Failure::expired().is_timed_out());
    }

    #[test]
    fn only_what_a_person_denies_is_rejected() {
        assert!(Failure::rejected().is_rejected());
        assert!(!Failure::denied("not granted").is_rejected());
        assert!(!Failure::failed("old").with_code("rejected").is_rejected());
    }

    #[test]
    fn only_an_answer_that_was_lost_with_the_host_is_interrupted() {
        assert!(Failure::interrupted().is_interrupted());
        assert!(!Failure::unavailable("overloaded").is_interrupted());
        assert!(!Failure::failed("old").with_code("interrupted").is_interrupted());
    }

    #[test]
    fn display_is_kind_and_message() {
        let failure = Failure::not_found("no such page").context("reading the index");
        assert_eq!(failure.to_string(), "not-found: reading the index: no such page");
    }

    #[test]
    fn from_error_keeps_the_sources_and_says_each_once() {
        #[derive(Debug)]
        struct Outer(Failure);
        impl fmt::Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("outer")
            }
        }
        impl Error for Outer {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let failure = Failure::from_error(Outer(Failure::failed("inner")));
        assert_eq!(failure.message, "outer: failed: inner");
    }
}
