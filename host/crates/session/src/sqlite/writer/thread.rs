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
use crate::sqlite::usage::Counts;

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
        // A savepoint costs a copy of each page that a command changes, and hardly a command fails after it has written.
        match self.attempt(batch, Undo::Batch)? {
            Some(failed) => Ok(failed),
            None => Ok(self.attempt(batch, Undo::Command)?.unwrap_or_default()),
        }
    }

    /// Gives nothing, and has done nothing, where a command failed that is to be taken back alone.
    fn attempt(&mut self, batch: &mut [Queued], undo: Undo) -> Result<Option<Failed>, StoreError> {
        let connection = self.database.connection()?;
        roll_back(connection)?;
        execute(connection, "BEGIN IMMEDIATE")?;
        let mut failed = Failed::default();
        let counts = Counts::default();
        let mut transaction = WriteTransaction { connection, changes: &mut self.changes, counts };
        for queued in batch {
            match command(queued, &mut transaction, undo, &mut failed) {
                Ok(true) => {}
                Ok(false) => {
                    roll_back(connection)?;
                    return Ok(None);
                }
                Err(error) => {
                    // Where this fails too, the next batch begins with it.
                    let _ = roll_back(connection);
                    return Err(error);
                }
            }
        }
        let counted = transaction.counts.store(connection).map_err(|error| unavailable(&error));
        let committed = counted.and_then(|()| execute(connection, "COMMIT"));
        if committed.is_err() {
            let _ = roll_back(connection);
        }
        committed.map(|()| Some(failed))
    }
}

/// How a command that fails is taken back.
#[derive(Clone, Copy)]
enum Undo {
    /// With the whole batch, which is tried again then.
    Batch,
    /// Alone.
    Command,
}

/// What failed alone in a transaction that was committed.
#[derive(Default)]
struct Failed {
    commands: usize,
    /// What the database said to the newest of those that it could not do.
    broken: Option<StoreError>,
}

/// Runs a command. False where it failed and what it left behind is still there; an error is the end of the batch.
fn command(
    queued: &mut Queued,
    transaction: &mut WriteTransaction<'_>,
    undo: Undo,
    failed: &mut Failed,
) -> Result<bool, StoreError> {
    let connection = transaction.connection;
    let in_savepoint = matches!(undo, Undo::Command);
    if in_savepoint {
        execute(connection, "SAVEPOINT command")?;
    }
    let before = (connection.total_changes(), transaction.counts.changes());
    // The panic's text is in the log by way of the hook.
    let run = AssertUnwindSafe(|| queued.command.run(transaction));
    let outcome = catch_unwind(run).unwrap_or_else(|_| Outcome::Broken(panicked()));
    let broken = match outcome {
        Outcome::Done => None,
        Outcome::Refused => Some(None),
        Outcome::Broken(error) => Some(Some(error)),
    };
    if let Some(broken) = broken {
        if connection.is_autocommit() {
            // After some errors, those of a full or a failing disk, SQLite has given up the whole transaction.
            return Err(broken.unwrap_or_else(|| StoreError::unavailable("the transaction was given up")));
        }
        if in_savepoint {
            execute(connection, "ROLLBACK TO command")?;
            transaction.counts.take_back();
        } else if (connection.total_changes(), transaction.counts.changes()) != before {
            return Ok(false);
        }
        failed.commands += 1;
        failed.broken = broken.or(failed.broken.take());
    }
    if in_savepoint {
        transaction.counts.store(connection).map_err(|error| unavailable(&error))?;
        execute(connection, "RELEASE command")?;
    }
    Ok(true)
}

/// Ends a transaction that an error left open.
fn roll_back(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_autocommit() { Ok(()) } else { execute(connection, "ROLLBACK") }
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    done.map(drop).map_err(|error| unavailable(&error))
}
