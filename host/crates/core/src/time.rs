//! Wall-clock time as it is stored and sent. The only place that reads the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// The time now. A clock before 1970 reads as 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place the ban points to")]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Whole seconds since 1970, the unit of an event's `time` on the wire.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// Microseconds since 1970-01-01 UTC: what an agent's clock shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMicros(pub i64);

impl UnixMicros {
    /// The time now. A clock before 1970 reads as 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place the ban points to")]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    /// This much later.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(time.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long it is from an earlier time; nothing where that is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The millisecond it lies in.
    pub fn millis(self) -> UnixMillis {
        UnixMillis(self.0.div_euclid(1000))
    }
}

impl From<UnixMillis> for UnixMicros {
    fn from(time: UnixMillis) -> Self {
        Self(time.0.saturating_mul(1000))
    }
}
