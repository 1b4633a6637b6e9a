//! Letting go of versions that nobody needs.

use std::collections::BTreeSet;
use std::sync::Arc;

use rak_core::AppName;

use crate::entry::Entry;
use crate::record::Record;
use crate::registry::Registry;

impl Registry {
    /// Lets go of what an agent has beyond the versions that are kept: those that no run has, and to which no session is
    /// pinned. Called by whoever holds the entry's lock.
    pub(crate) async fn collect(&self, entry: &Arc<Entry>) {
        let mut record = entry.state().record.clone();
        let Some(pinned) = self.pinned(&record).await else { return };
        let before = record.clone();
        mark_leaving(&mut record, self.settings().keep_versions);
        record
            .versions
            .retain(|kept| !kept.leaving || pinned.contains(&kept.version) || entry.is_held(&kept.version));
        if record == before {
            return;
        }
        if let Err(error) = self.keep_record(entry, &record).await {
            tracing::warn!(agent = %entry.name, %error, "old versions could not be let go");
            return;
        }
        let kept: BTreeSet<_> = record.versions.iter().map(|kept| kept.digest.as_str()).collect();
        for gone in before.versions.iter().filter(|version| !kept.contains(version.digest.as_str())) {
            self.forget_component(&gone.digest).await;
        }
    }

    /// The versions that sessions stay on, and that runs which are not over need. None where the store does not say: then
    /// nothing is let go.
    pub(crate) async fn pinned(&self, record: &Record) -> Option<BTreeSet<String>> {
        if record.current.is_some()
            && record.versions.len() <= 1 + self.settings().keep_versions
            && !record.versions.iter().any(|kept| kept.leaving)
        {
            return Some(BTreeSet::new());
        }
        let Some(sessions) = self.sessions() else { return Some(BTreeSet::new()) };
        let pinned = sessions.pinned_versions(&record.name).await;
        pinned.inspect_err(|error| tracing::warn!(%error, "the pins of sessions cannot be read")).ok()
    }

    /// Looks after every agent that has something to let go of, whenever a version is gone from memory.
    pub(crate) async fn keep_house(self) {
        loop {
            self.gone().notified().await;
            for entry in self.entries() {
                let leaving = entry.state().record.versions.iter().any(|kept| kept.leaving);
                if leaving {
                    let _changing = entry.changing.lock().await;
                    self.collect(&entry).await;
                }
            }
        }
    }

    /// Removes a component and its compiled forms, unless a version of any agent has it.
    pub(crate) async fn forget_component(&self, digest: &str) {
        let (registry, wanted) = (self.clone(), digest.to_owned());
        let forget = move || {
            registry.depot().forget(&wanted, || registry.entries().iter().any(|entry| uses(entry, &wanted)))
        };
        if tokio::task::spawn_blocking(forget).await.unwrap_or(false) {
            self.loader().forget(digest).await;
        }
    }

    /// Removes the compiled forms of a component that no version has.
    pub(crate) async fn forget_code(&self, digest: &str) {
        if !self.entries().iter().any(|entry| uses(entry, digest)) {
            self.loader().forget(digest).await;
        }
    }

    /// Removes the components that no version has: what a crash left.
    pub(crate) async fn sweep(&self) {
        let depot = self.depot().clone();
        let Ok(Ok(digests)) = tokio::task::spawn_blocking(move || depot.digests()).await else { return };
        for digest in digests {
            self.forget_component(&digest).await;
        }
    }
}

fn uses(entry: &Entry, digest: &str) -> bool {
    entry.state().record.versions.iter().any(|kept| kept.digest == digest)
}

/// Marks the versions beyond the current one and the `keep` that were current last.
fn mark_leaving(record: &mut Record, keep: usize) {
    let current = record.current.clone();
    let mut older: Vec<_> =
        record.versions.iter_mut().filter(|kept| Some(&kept.version) != current.as_ref()).collect();
    older.sort_by_key(|kept| std::cmp::Reverse((kept.loaded_at, kept.number)));
    for (index, kept) in older.into_iter().enumerate() {
        // Of an agent that was removed only what is needed stays.
        kept.leaving = current.is_none() || index >= keep;
    }
}

/// Whether nothing is kept of a name.
pub(crate) fn is_empty(record: &Record) -> bool {
    record.current.is_none() && record.seen.is_none() && record.versions.is_empty()
}

pub(crate) fn not_found(name: &AppName) -> rak_core::DeployError {
    rak_core::DeployError::AgentNotFound { name: name.clone() }
}
