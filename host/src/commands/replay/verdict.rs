//! What came out of a repeated run.

use std::time::Duration;

use anyhow::bail;
use rak_core::{AgentError, AgentOutcome, StateDelta, Usage};
use rak_server::protocol::rest::Recording;

use super::ending::{End, RecordedEnd};
use super::recorded_host::WentOtherwise;

/// A run that was repeated.
pub(super) struct Replayed {
    pub(super) result: Result<AgentOutcome, AgentError>,
    pub(super) usage: Usage,
    pub(super) time: Duration,
    /// How many recorded calls it made.
    pub(super) position: u64,
    pub(super) went_otherwise: Option<WentOtherwise>,
    pub(super) pending_state: StateDelta,
}

/// Whether it went the same way.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// It ended the same.
    Same(End),
    /// The recorded run was stopped, or is not over; up to there it is the same.
    SameSoFar { recorded: RecordedEnd, now: Now },
    /// It made another call than the recorded one.
    OtherCall { index: u64, now: Now },
    /// It made the same calls, and set other state.
    OtherState { index: u64, recorded: StateDelta, now: StateDelta },
    /// It made the same calls, and ended otherwise.
    OtherEnd { recorded: End, now: Now },
}

/// What the repeated run did where the recording has something else, or nothing.
#[derive(Clone, Debug)]
pub(super) enum Now {
    /// It called the host.
    Called(String),
    /// It ended.
    Ended(End),
    /// It went on computing, until it was stopped.
    Computes,
}

impl Verdict {
    pub(super) fn of(recording: &Recording, end: &RecordedEnd, replayed: &Replayed) -> anyhow::Result<Self> {
        if let Some(WentOtherwise::State { index, recorded, now }) = replayed.went_otherwise.clone() {
            return Ok(Self::OtherState { index, recorded, now });
        }
        let now = match &replayed.result {
            Err(AgentError::Nondeterminism(difference)) => Now::Called(difference.now.clone()),
            Err(AgentError::Stopped | AgentError::PutAway { .. }) => Now::Computes,
            Err(AgentError::Unavailable { message }) => bail!("the run cannot be repeated: {message}"),
            result => match End::of(result, &replayed.pending_state) {
                Some(end) => Now::Ended(end),
                None => bail!("the run cannot be repeated"),
            },
        };
        let all = recording.journal.entries.len() as u64;
        if replayed.position < all {
            return Ok(Self::OtherCall { index: replayed.position, now });
        }
        Ok(match (end, now) {
            (RecordedEnd::Agent(recorded), Now::Ended(now)) if *recorded == now => Self::Same(now),
            (RecordedEnd::Agent(recorded), now) => Self::OtherEnd { recorded: recorded.clone(), now },
            (recorded, now) => Self::SameSoFar { recorded: recorded.clone(), now },
        })
    }

    pub(super) fn is_same(&self) -> bool {
        matches!(self, Self::Same(_) | Self::SameSoFar { .. })
    }
}
