//! What is done from time to time beside the runs.

use std::time::Duration;

use rak_core::StoreError;
use rak_core::time::UnixMillis;

use crate::runner::Runner;

/// How often it is looked whether something is to be done.
const PERIOD: Duration = Duration::from_mins(10);
/// How many journals are removed before others may write.
const JOURNALS_AT_ONCE: usize = 32;

impl Runner {
    /// Removes the journals of runs that ended long ago, now and then, until the host shuts down.
    pub(crate) async fn keep_house(&self) {
        let stopping = self.inner().stopping.clone();
        loop {
            if let Err(error) = self.prune_journals().await {
                tracing::warn!(%error, "old journals could not be removed; they are tried again later");
            }
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(PERIOD) => {}
            }
        }
    }

    async fn prune_journals(&self) -> Result<(), StoreError> {
        let inner = self.inner();
        let kept = i64::try_from(inner.settings.journal_retention.as_millis()).unwrap_or(i64::MAX);
        let ended_before = UnixMillis(UnixMillis::now().0.saturating_sub(kept));
        while !inner.stopping.is_cancelled() {
            if inner.log.prune_journals(ended_before, JOURNALS_AT_ONCE).await? < JOURNALS_AT_ONCE {
                break;
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}
