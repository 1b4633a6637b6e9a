//! Waiting for several things at once.

use std::time::Duration;

use crate::host::{Current, Host, Timer};

/// Something that becomes ready: [`Context::timer`](crate::Context::timer) makes one, and what was started
/// [has one](crate::Child::waitable).
///
/// Wait for several with [`Context::wait_any`](crate::Context::wait_any).
pub struct Waitable {
    timer: <Current as Host>::Timer,
}

impl Waitable {
    pub(crate) fn new(timer: <Current as Host>::Timer) -> Self {
        Self { timer }
    }

    pub(crate) fn timer(&self) -> &<Current as Host>::Timer {
        &self.timer
    }

    /// Whether it is ready.
    pub fn ready(&self) -> bool {
        self.timer.is_ready()
    }

    /// Returns when it is ready, or at once when the invocation is being cancelled.
    pub fn block(&self) {
        self.timer.wait();
    }
}

/// Whole milliseconds, rounded up so that a wait is never shorter than what was asked for.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_shorter_than_asked_for() {
        assert_eq!(millis(Duration::ZERO), 0);
        assert_eq!(millis(Duration::from_nanos(1)), 1);
        assert_eq!(millis(Duration::from_millis(20)), 20);
        assert_eq!(millis(Duration::MAX), u64::MAX);
    }
}
