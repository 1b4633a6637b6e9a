//! Journals, and what a run is repeated with.

use rak_core::{EncodedEvent, InvocationId, JournalChunk, time::UnixMillis};

use super::tables::{InvocationRow, Tables};

impl Tables {
    pub(super) fn journal(&self, id: InvocationId) -> Vec<JournalChunk> {
        self.invocations.get(&id).map_or_else(Vec::new, |row| row.journal.clone())
    }

    pub(super) fn prune_journals(&mut self, ended_before: UnixMillis, limit: usize) -> usize {
        let prunable = |row: &&mut InvocationRow| {
            row.record.ended_at.is_some_and(|at| at < ended_before)
                && (row.journal_length > 0 || row.record.resume.is_some())
        };
        let mut rows: Vec<_> = self.invocations.values_mut().filter(prunable).collect();
        rows.sort_unstable_by_key(|row| (row.record.ended_at, row.record.id));
        rows.truncate(limit);
        for row in &mut rows {
            row.journal = Vec::new();
            row.journal_length = 0;
            row.record.resume = None;
        }
        rows.len()
    }

    pub(super) fn message(&self, id: InvocationId) -> Option<(u64, EncodedEvent)> {
        let (position, message) = self.invocations.get(&id)?.message.as_ref()?;
        Some((*position, EncodedEvent::clone(message)))
    }
}
