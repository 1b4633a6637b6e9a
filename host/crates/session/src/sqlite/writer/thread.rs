//! The thread: takes what is ready, commits it, answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rak_core::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, watch};

use super::WriteTransaction;
use super::command::{Message, Outcome, Queued, panicked};
use crate::sqlite::connection;
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
    pub(super) connection: Connection,
    pub(super) _lock: FileLock,
    pub(super) _alive: watch::Sender<()>,
}

impl WriterThread {
    /// Works until the store is closed or dropped and nothing is queued.
    pub(super) fn run(mut self) {
        while let Some(first) = self.inbox.blocking_recv() {
            let batch = self.gather(first);
            if !batch.is_empty() {
                self.write(batch);
            }
        }
        if let Err(error) = connection::checkpoint(&self.connection) {
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

    /// Commits a batch, and only then answers.
    fn write(&mut self, mut batch: Vec<Queued>) {
        let committed = self.transaction(&mut batch);
        match &committed {
            Ok(failed) => self.counters.committed(batch.len(), *failed),
            Err(error) => {
                tracing::error!(%error, commands = batch.len(), "failed to commit to the SQLite store");
                self.counters.failed();
            }
        }
        let committed = committed.map(drop);
        for queued in batch {
            queued.command.answer(committed.clone());
        }
    }

    /// Gives the number of commands that failed alone.
    fn transaction(&mut self, batch: &mut [Queued]) -> Result<usize, StoreError> {
        self.roll_back()?;
        self.execute("BEGIN IMMEDIATE")?;
        let mut failed = 0;
        let result = batch
            .iter_mut()
            .try_for_each(|queued| self.command(queued, &mut failed))
            .and_then(|()| self.execute("COMMIT"));
        if result.is_err() {
            // Where this fails too, the next batch begins with it.
            let _ = self.roll_back();
        }
        result.map(|()| failed)
    }

    /// Runs a command in a savepoint, so that it fails alone. An error here is the end of the batch.
    fn command(&mut self, queued: &mut Queued, failed: &mut usize) -> Result<(), StoreError> {
        self.execute("SAVEPOINT command")?;
        let mut transaction = WriteTransaction { connection: &self.connection, changes: &mut self.changes };
        let run = AssertUnwindSafe(|| queued.command.run(&mut transaction));
        // The panic's text is in the log by way of the hook; the savepoint takes back what it left half done.
        let outcome = catch_unwind(run).unwrap_or_else(|_| Outcome::Broken(panicked()));
        if !matches!(outcome, Outcome::Done) {
            *failed += 1;
            if let (Outcome::Broken(error), true) = (outcome, self.connection.is_autocommit()) {
                // After some errors, those of a full or a failing disk, SQLite has given up the whole transaction.
                return Err(error);
            }
            self.execute("ROLLBACK TO command")?;
        }
        self.execute("RELEASE command")
    }

    /// Ends a transaction that an error left open.
    fn roll_back(&self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() { Ok(()) } else { self.execute("ROLLBACK") }
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        let done = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        done.map(drop).map_err(StoreError::unavailable)
    }
}
