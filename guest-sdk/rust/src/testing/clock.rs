//! The fake clock, and with it when a run is cancelled or too late.

use std::cell::Cell;

use super::Limits;
use crate::Failure;

/// Time since the run began, in milliseconds. It moves only when somebody waits.
pub(super) struct Clock {
    now_ms: Cell<u64>,
    calls: Cell<u64>,
    limits: Limits,
}

impl Clock {
    pub(super) fn new(limits: Limits) -> Self {
        Self { now_ms: Cell::new(0), calls: Cell::new(0), limits }
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    /// Counts a call to the host. It is the call after the last allowed one that is the first to see the cancellation.
    pub(super) fn count_call(&self) {
        self.calls.set(self.calls.get().saturating_add(1));
    }

    pub(super) fn is_cancelled(&self) -> bool {
        let by_calls = self.limits.cancel_after_calls.is_some_and(|calls| self.calls.get() > calls);
        by_calls || self.limits.cancel_at_ms.is_some_and(|at| self.now_ms() >= at)
    }

    pub(super) fn remaining_ms(&self) -> Option<u64> {
        self.limits.deadline_ms.map(|at| at.saturating_sub(self.now_ms()))
    }

    /// When the run ends by the clock, whatever it does.
    pub(super) fn end_ms(&self) -> Option<u64> {
        [self.limits.cancel_at_ms, self.limits.deadline_ms].into_iter().flatten().min()
    }

    /// What every call that can fail asks first, in the order in which the real host does.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.is_cancelled() {
            Err(Failure::cancelled())
        } else if self.remaining_ms() == Some(0) {
            Err(Failure::deadline_exceeded())
        } else {
            Ok(())
        }
    }

    /// Waits until `at_ms`, or until the run is cancelled or too late, whichever is first.
    pub(super) fn wait_until(&self, at_ms: u64) {
        if self.check().is_err() {
            return;
        }
        let at_ms = self.end_ms().map_or(at_ms, |end| end.min(at_ms));
        self.now_ms.set(self.now_ms().max(at_ms));
    }
}
