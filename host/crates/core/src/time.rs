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

    /// The day it lies in.
    pub fn day(self) -> UnixDay {
        UnixDay(self.0.div_euclid(DAY_MS))
    }

    /// Whole seconds since 1970, the unit of an event's `time` on the wire.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// Milliseconds in a day; UTC as computers keep it has no longer ones.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Days since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixDay(pub i64);

impl UnixDay {
    /// When the next one begins.
    pub fn end(self) -> UnixMillis {
        UnixMillis(self.0.saturating_add(1).saturating_mul(DAY_MS))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_one_begins() {
        assert_eq!(UnixMillis(0).day(), UnixDay(0));
        assert_eq!(UnixMillis(-1).day(), UnixDay(-1));
        assert_eq!(UnixMillis(1_795_490_878_746).day().end(), UnixMillis(1_795_564_800_000));
        for time in [0, 1_795_490_878_746, -1] {
            let day = UnixMillis(time).day();
            assert_eq!((UnixMillis(day.end().0 - 1).day(), day.end().day()), (day, UnixDay(day.0 + 1)));
        }
    }
}
