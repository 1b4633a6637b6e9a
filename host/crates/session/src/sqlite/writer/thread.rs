//! The thread: takes what is ready, commits it, answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use rak_core::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, watch};

use super::WriteTransaction;
use super::command::{Message, Outcome, Queued, panicked};
use super::complaint::Complaint;
use super::database::Database;
use crate::sqlite::fault::unavailable;
use crate::sqlite::file::FileLock;
use crate::sqlite::stats::Counters;

/// The most commands in one transaction. Grouping pays off long before; a larger group would only make its first command
/// wait longer.
const MAX_BATCH: usize = 256;

/// What the thread owns. The fields are dropped in this order: the connection before the lock, and then who waits for
/// the end is told.
pub(super) struct WriterThread {
    pub(super) inbox: mpsc::Receiver<Message>,
    pub(super) counters: Arc<Counters>,
    pub(super) changes: i64,
    pub(super) database: Database,
    pub(super) _lock: FileLock,
    pub(super) _alive: watch::Sender<()>,
}

impl WriterThread {
    /// Works until the store is closed or dropped and nothing is queued.
    pub(super) fn run(mut self) {
        let mut complaint = Complaint::default();
        while let Some(first) = self.inbox.blocking_recv() {
            let batch = self.gather(first);
            if batch.is_empty() {
                continue;
            }
            let broken = self.write(batch);
            // Nobody waits for this.
            let now = Instant::now();
            let trouble = broken.or_else(|| self.database.tend(now).err());
            match trouble {
                Some(error) => complaint.fails(&error, now),
                None if self.database.is_sound() => complaint.works(),
                None => {}
            }
        }
        if let Err(error) = self.database.finish() {
            // Nothing is lost: the next one to open the file reads the log.
            tracing::warn!(%error, "failed to empty the log of the SQLite store at its end");
        }
    }

    /// The first message and whatever is ready behind it.
    fn gather(&mut self, first: Message) -> Vec<Queued> {
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Write(queued) => batch.push(queued),
                Message::Close => self.inbox.close(),
            }
            next = if batch.len() < MAX_BATCH { self.inbox.try_recv().ok() } else { None };
        }
        batch
    }

    /// Commits a batch, and only then answers. Gives what the database could not do.
    fn write(&mut self, mut batch: Vec<Queued>) -> Option<StoreError> {
        let committed = self.transaction(&mut batch);
        match &committed {
            Ok(failed) => self.counters.committed(batch.len(), failed.commands),
            Err(_) => self.counters.failed(),
        }
        let (committed, broken) = match committed {
            Ok(failed) => (Ok(()), failed.broken),
            Err(error) => (Err(error.clone()), Some(error)),
        };
        for queued in batch {
            queued.command.answer(committed.clone());
        }
        broken
    }

    fn transaction(&mut self, batch: &mut [Queued]) -> Result<Failed, StoreError> {
        let connection = self.database.connection()?;
        roll_back(connection)?;
        execute(connection, "BEGIN IMMEDIATE")?;
        let mut failed = Failed::default();
        let mut transaction = WriteTransaction { connection, changes: &mut self.changes };
        let result = batch
            .iter_mut()
            .try_for_each(|queued| command(queued, &mut transaction, &mut failed))
            .and_then(|()| execute(connection, "COMMIT"));
        if result.is_err() {
            // Where this fails too, the next batch begins with it.
            let _ = roll_back(connection);
        }
        result.map(|()| failed)
    }
}

/// What failed alone in a transaction that was committed.
#[derive(Default)]
struct Failed {
    commands: usize,
    /// What the database said to the newest of those that it could not do.
    broken: Option<StoreError>,
}

/// Runs a command in a savepoint, so that it fails alone. An error here is the end of the batch.
fn command(
    queued: &mut Queued,
    transaction: &mut WriteTransaction<'_>,
    failed: &mut Failed,
) -> Result<(), StoreError> {
    let connection = transaction.connection;
    execute(connection, "SAVEPOINT command")?;
    let run = AssertUnwindSafe(|| queued.command.run(transaction));
    // The panic's text is in the log by way of the hook; the savepoint takes back what it left half done.
    let outcome = catch_unwind(run).unwrap_or_else(|_| Outcome::Broken(panicked()));
    if !matches!(outcome, Outcome::Done) {
        failed.commands += 1;
        if let Outcome::Broken(error) = outcome {
            if connection.is_autocommit() {
                // After some errors, those of a full or a failing disk, SQLite has given up the whole transaction.
                return Err(error);
            }
            failed.broken = Some(error);
        }
        execute(connection, "ROLLBACK TO command")?;
    }
    execute(connection, "RELEASE command")
}

/// Ends a transaction that an error left open.
fn roll_back(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_autocommit() { Ok(()) } else { execute(connection, "ROLLBACK") }
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    done.map(drop).map_err(|error| unavailable(&error))
}
