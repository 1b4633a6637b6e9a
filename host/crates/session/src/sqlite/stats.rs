//! What an operator may want to know of the writer.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the writer of a [`SqliteStore`](crate::SqliteStore) did since it was opened. `commands / transactions` is how
/// well commits are grouped; a growing `failed_transactions` says that the disk is full or failing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SqliteStats {
    /// Transactions that were committed.
    pub transactions: u64,
    /// Transactions that failed; nothing in them was acknowledged.
    pub failed_transactions: u64,
    /// Commands in committed transactions, those that were refused among them.
    pub commands: u64,
    /// Commands that were refused alone (a conflict, something not found, too large) or failed alone.
    pub refused_commands: u64,
    /// The most commands in one transaction.
    pub largest_batch: u64,
    /// Commands that wait for the writer now.
    pub queued: u64,
}

/// The same, while it is being counted.
#[derive(Debug, Default)]
pub(super) struct Counters {
    transactions: AtomicU64,
    failed_transactions: AtomicU64,
    commands: AtomicU64,
    refused_commands: AtomicU64,
    largest_batch: AtomicU64,
}

impl Counters {
    pub(super) fn committed(&self, commands: usize, refused: usize) {
        let (commands, refused) = (commands as u64, refused as u64);
        self.transactions.fetch_add(1, Ordering::Relaxed);
        self.commands.fetch_add(commands, Ordering::Relaxed);
        self.refused_commands.fetch_add(refused, Ordering::Relaxed);
        self.largest_batch.fetch_max(commands, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failed_transactions.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self, queued: usize) -> SqliteStats {
        SqliteStats {
            transactions: self.transactions.load(Ordering::Relaxed),
            failed_transactions: self.failed_transactions.load(Ordering::Relaxed),
            commands: self.commands.load(Ordering::Relaxed),
            refused_commands: self.refused_commands.load(Ordering::Relaxed),
            largest_batch: self.largest_batch.load(Ordering::Relaxed),
            queued: queued as u64,
        }
    }
}
