//! What the log of the host says of a disk that fails: once, and not for each of a thousand runs that meet it.

use std::time::{Duration, Instant};

use rak_core::StoreError;

/// How often it is said again while that lasts.
const PERIOD: Duration = Duration::from_mins(1);

/// Whether the disk fails, as far as it was said.
#[derive(Debug, Default)]
pub(super) struct Complaint {
    said_at: Option<Instant>,
    /// Since it was said last.
    failures: u64,
    /// It was said, and not that it is over.
    open: bool,
}

impl Complaint {
    /// Something could not be stored.
    pub(super) fn fails(&mut self, error: &StoreError, now: Instant) {
        self.failures += 1;
        if self.said_at.is_some_and(|said_at| now.duration_since(said_at) < PERIOD) {
            tracing::debug!(%error, "the SQLite store failed again");
            return;
        }
        let failures = std::mem::take(&mut self.failures);
        tracing::error!(%error, failures, "the SQLite store fails: nothing is acknowledged that it does not take");
        (self.said_at, self.open) = (Some(now), true);
    }

    /// Everything that was asked for was stored.
    pub(super) fn works(&mut self) {
        if std::mem::take(&mut self.open) {
            tracing::warn!("the SQLite store works again");
        }
    }
}
