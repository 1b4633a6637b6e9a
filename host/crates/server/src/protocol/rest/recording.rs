//! What was recorded of an invocation, to be repeated elsewhere.

use std::fmt::Write as _;

use rak_core::time::UnixMillis;
use rak_core::{Event, JournalEntry, Seed};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::InvocationBody;

/// The layout of [`Recording`]. A reader refuses a higher number; keys it does not know it ignores.
pub const RECORDING_FORMAT: u32 = 1;

/// `GET /api/v1/invocations/{id}/journal`: all that it takes to repeat an invocation, but for its component.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// [`RECORDING_FORMAT`].
    pub format: u32,
    /// The invocation.
    pub invocation: InvocationBody,
    /// What the user said.
    pub message: Event,
    /// Whether more was said in the session before the oldest entry of `history`.
    pub more_history: bool,
    /// What was said in the session before it: the newest entries, oldest first.
    pub history: Vec<PlacedEvent>,
    /// What its agent asked of the host.
    pub journal: RecordedJournal,
    /// Its stored events.
    pub events: Vec<Event>,
}

/// An event and where it lies in its session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedEvent {
    /// Its position in the session's history.
    pub position: u64,
    /// When it was stored, in milliseconds since 1970.
    pub at: UnixMillis,
    /// The event.
    pub event: Event,
}

/// The journal of an invocation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedJournal {
    /// What its random numbers begin with; absent where the invocation is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<SeedText>,
    /// When its own clock began.
    pub started_at: UnixMillis,
    /// The calls and their answers, in order. Of use to the host alone.
    pub entries: Vec<JournalEntry>,
}

/// A seed: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SeedText(pub Seed);

impl std::fmt::Debug for SeedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It is no secret any more, but nothing for a log either.
        f.write_str("SeedText(…)")
    }
}

impl Serialize for SeedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = self.0.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        serializer.serialize_str(&digits)
    }
}

impl<'de> Deserialize<'de> for SeedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let byte = |index: usize| {
            let digits = text.get(index * 2..index * 2 + 2)?;
            u8::from_str_radix(digits, 16).ok()
        };
        let mut seed = Seed::default();
        for (index, place) in seed.iter_mut().enumerate() {
            let wrong = || serde::de::Error::custom("a seed is 64 hexadecimal digits");
            *place = byte(index).ok_or_else(wrong)?;
        }
        if text.len() == seed.len() * 2 {
            Ok(Self(seed))
        } else {
            Err(serde::de::Error::custom("a seed is 64 hexadecimal digits"))
        }
    }
}
