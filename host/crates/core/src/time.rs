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
