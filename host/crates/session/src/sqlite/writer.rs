//! The one who writes: a thread that commits what is ready in one transaction.

mod checkpoint;
mod command;
mod complaint;
mod database;
#[cfg(test)]
mod tests;
mod thread;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rak_core::StoreError;
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use self::command::{Call, Message, Queued};
pub(super) use self::database::Database;
use self::thread::WriterThread;
use super::fault::Fault;
use super::file::FileLock;
use super::stats::{Counters, SqliteStats};
use super::usage::Counts;

/// Commands that wait for the writer; who comes later waits for room in the queue. Several batches, so that the writer
/// never waits for its callers to wake up.
const MAX_QUEUED: usize = 1024;
/// The size of those that wait and of the batch being written, in KiB. An event may have a megabyte and more: the count
/// alone would not bound the memory.
const MAX_QUEUED_KIB: u32 = 64 << 10;

/// The way to the writing thread. Dropping it waits until what was queued is committed.
#[derive(Debug)]
pub(super) struct Writer {
    /// None only while it is being dropped.
    commands: Option<mpsc::Sender<Message>>,
    queued_kib: Arc<Semaphore>,
    counters: Arc<Counters>,
    /// Closed when the thread has let go of the file.
    ended: watch::Receiver<()>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What an operation writes with: the open transaction.
pub(super) struct WriteTransaction<'a> {
    pub(super) connection: &'a Connection,
    changes: &'a mut i64,
    pub(super) counts: Counts,
}

impl WriteTransaction<'_> {
    /// The number of the next change of a session. It grows over all of them; those of commands that fail are lost.
    pub(super) fn next_change(&mut self) -> i64 {
        *self.changes += 1;
        *self.changes
    }
}

impl Writer {
    /// Starts the thread. `changes` is the number of the newest change in the file.
    pub(super) fn start(database: Database, lock: FileLock, changes: i64) -> std::io::Result<Self> {
        let (commands, inbox) = mpsc::channel(MAX_QUEUED);
        let (alive, ended) = watch::channel(());
        let counters = Arc::new(Counters::default());
        let thread = WriterThread {
            inbox,
            counters: Arc::clone(&counters),
            changes,
            database,
            _lock: lock,
            _alive: alive,
        };
        let thread =
            std::thread::Builder::new().name("rak-sqlite-writer".to_owned()).spawn(|| thread.run())?;
        Ok(Self {
            commands: Some(commands),
            queued_kib: Arc::new(Semaphore::new(MAX_QUEUED_KIB as usize)),
            counters,
            ended,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Runs an operation of about this many bytes, and answers when it is committed. It runs again where its transaction was
    /// taken back because of another one. Who stops waiting does not take it
    /// back once it is queued.
    pub(super) async fn call<T, F>(&self, bytes: usize, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTransaction<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX).min(MAX_QUEUED_KIB);
        let room = Arc::clone(&self.queued_kib).acquire_many_owned(kib).await.map_err(|_| closed())?;
        let (reply, answer) = oneshot::channel();
        let command = Message::Write(Queued { command: Box::new(Call::new(operation, reply)), _room: room });
        let commands = self.commands.as_ref().ok_or_else(closed)?;
        commands.send(command).await.map_err(|_| closed())?;
        answer.await.map_err(|_| StoreError::unavailable("the writer gave up; the log says why"))?
    }

    pub(super) fn stats(&self) -> SqliteStats {
        let queued =
            self.commands.as_ref().map_or(0, |commands| commands.max_capacity() - commands.capacity());
        self.counters.snapshot(queued)
    }

    /// Commits what is queued, lets go of the file, and ends the thread.
    pub(super) async fn close(&self) {
        if let Some(commands) = &self.commands {
            // An error says that it is closed already.
            let _ = commands.send(Message::Close).await;
        }
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
        self.join();
    }

    fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the SQLite writer panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.commands = None;
        self.join();
    }
}

fn closed() -> StoreError {
    StoreError::unavailable("it was closed")
}
