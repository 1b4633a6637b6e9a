//! The connection that writes, and when its log goes into the file.
//!
//! A flush that fails says that something written before it is lost, not what; the next flush succeeds all the same,
//! because the system has forgotten what it could not write. Where a commit fails so, that is no matter: SQLite takes it
//! back, and the next commit writes the same pages of the log again. Where the log was on its way into the file it is,
//! since both are believed from then on. So nothing moves any more until the whole log has been written once more, and
//! then it moves from its beginning.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rak_core::StoreError;
use rusqlite::Connection;

use super::checkpoint::Checkpoint;
use crate::sqlite::fault;
use crate::sqlite::log::{LogPages, keep_log_on_close, log_bytes, write_log_again};
use crate::sqlite::readers::Pool;

/// Pages the log holds before they go into the database. At 4 KiB each that is 16 MiB: a flush every few thousand
/// commits, and a log that is replayed in no time after a crash.
const CHECKPOINT_PAGES: u64 = 4096;
/// A log that grew so much longer while it moved is waited for: the disk is slower than those who write.
const MAX_LOG_PAGES: u64 = 8 * CHECKPOINT_PAGES;
/// How soon a log that did not move is moved again: that takes several flushes, on a disk that has trouble already.
const RETRY: Duration = Duration::from_secs(5);

/// Makes the connection.
pub(in crate::sqlite) type Open = dyn Fn() -> Result<Connection, StoreError> + Send;

/// The file as the writer has it.
pub(in crate::sqlite) struct Database {
    path: PathBuf,
    open: Box<Open>,
    /// None after the disk failed, until it can be opened again; nobody reads meanwhile.
    connection: Option<Connection>,
    /// What the log has to hold when it is opened again.
    committed: Option<Committed>,
    readers: Arc<Pool>,
    /// The log is on its way into the file. Nobody else moves it meanwhile, and the file stays open.
    checkpoint: Option<Checkpoint>,
    /// A flush failed while the log moved.
    doubtful: bool,
    /// The log does not hold what was acknowledged.
    lost: bool,
    /// A log that did not move is left alone until then.
    again: Option<Instant>,
}

/// What was committed when the file was closed.
#[derive(Clone, Copy)]
struct Committed {
    pages: LogPages,
    bytes: u64,
}

impl Database {
    /// Opens the file, whose readers are these.
    pub(in crate::sqlite) fn open(
        path: &Path,
        readers: Arc<Pool>,
        open: Box<Open>,
    ) -> Result<Self, StoreError> {
        let path = path.to_owned();
        // Whoever left a log may have been told that it is not on the disk, and had no time to write it again.
        write_log_again(&path, None)?;
        let connection = Some(open()?);
        Ok(Self {
            path,
            open,
            connection,
            committed: None,
            readers,
            checkpoint: None,
            doubtful: false,
            lost: false,
            again: None,
        })
    }

    /// The connection, opened again where the disk did not let us before.
    pub(in crate::sqlite) fn connection(&mut self) -> Result<&Connection, StoreError> {
        if self.lost {
            return Err(lost());
        }
        if self.connection.is_none() {
            let readers = Arc::clone(&self.readers);
            let mut usable = readers.suspend();
            self.open_again()?;
            *usable = true;
        }
        self.connection.as_ref().ok_or_else(|| StoreError::unavailable("it was closed"))
    }

    /// Whether the log moves when it is to.
    pub(super) fn is_sound(&self) -> bool {
        !self.lost && !self.doubtful && self.again.is_none()
    }

    /// Moves the log into the file where it has become long; from time to time where that fails.
    pub(super) fn tend(&mut self, now: Instant) -> Result<(), StoreError> {
        if self.lost || self.again.is_some_and(|again| now < again) {
            return Ok(());
        }
        let tended = if self.doubtful { self.begin_log_again() } else { self.tend_log() };
        self.again = tended.is_err().then(|| now + RETRY);
        tended
    }

    fn tend_log(&mut self) -> Result<(), StoreError> {
        let left = LogPages::of(self.connection()?).map_err(|error| fault::unavailable(&error))?.left();
        match &self.checkpoint {
            None if left < CHECKPOINT_PAGES => Ok(()),
            None => match Checkpoint::start(&self.path) {
                Ok(checkpoint) => {
                    self.checkpoint = Some(checkpoint);
                    Ok(())
                }
                // There are no threads left.
                Err(_) => self.move_log("PASSIVE"),
            },
            Some(checkpoint) if checkpoint.is_finished() || left >= MAX_LOG_PAGES => {
                self.end_checkpoint()?;
                self.move_log("PASSIVE")
            }
            Some(_) => Ok(()),
        }
    }

    /// Waits for the checkpoint that is under way.
    fn end_checkpoint(&mut self) -> Result<(), StoreError> {
        let Some(checkpoint) = self.checkpoint.take() else { return Ok(()) };
        let moved = checkpoint.join();
        self.moved(moved)
    }

    /// Moves the whole log into the file and lets go of it.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        // Where it failed the log is doubtful.
        let _ = self.end_checkpoint();
        let finished = if self.doubtful { self.begin_log_again() } else { self.move_log("TRUNCATE") };
        if let (Err(_), Some(connection)) = (&finished, &self.connection) {
            // Nothing is lost: who opens the file next begins with the log. Closing it would try once more, unseen.
            keep_log_on_close(connection).map_err(|error| fault::unavailable(&error))?;
        }
        finished
    }

    /// Moves the log. What somebody still reads without is left for the next time.
    fn move_log(&mut self, mode: &str) -> Result<(), StoreError> {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        let checkpoint = self.connection()?.prepare_cached(&sql);
        let moved = checkpoint.and_then(|mut checkpoint| checkpoint.query_row([], |_| Ok(())));
        self.moved(moved)
    }

    /// Takes note of a log that did not move.
    fn moved(&mut self, moved: rusqlite::Result<()>) -> Result<(), StoreError> {
        moved.map_err(|error| {
            self.doubtful |= fault::is_lost_flush(&error);
            let error = fault::unavailable(&error);
            StoreError::unavailable(format_args!("its log could not be moved into its file: {error}"))
        })
    }

    /// Writes the log again, and moves all of it. SQLite forgets how much of it had moved only where nobody has the file
    /// open.
    fn begin_log_again(&mut self) -> Result<(), StoreError> {
        let readers = Arc::clone(&self.readers);
        let mut usable = readers.suspend();
        self.close()?;
        *usable = false;
        self.open_again()?;
        *usable = true;
        drop(usable);
        let pages = LogPages::of(self.connection()?).map_err(|error| fault::unavailable(&error))?;
        if pages.moved > 0 {
            return Err(StoreError::unavailable(
                "its log has to be moved from its beginning, and cannot while another process has the file open",
            ));
        }
        self.move_log("TRUNCATE")?;
        self.doubtful = false;
        Ok(())
    }

    /// Closes the connection, or keeps it.
    fn close(&mut self) -> Result<(), StoreError> {
        let Some(connection) = self.connection.take() else { return Ok(()) };
        let committed = LogPages::of(&connection).and_then(|pages| {
            let bytes = log_bytes(&connection, pages)?;
            keep_log_on_close(&connection)?;
            Ok(Committed { pages, bytes })
        });
        let (connection, error) = match committed {
            Err(error) => (connection, error),
            Ok(committed) => {
                self.committed = Some(committed);
                match connection.close() {
                    Ok(()) => return Ok(()),
                    Err(kept) => kept,
                }
            }
        };
        self.connection = Some(connection);
        Err(fault::unavailable(&error))
    }

    /// Opens the file with all that was committed, and with nothing of a commit that failed.
    fn open_again(&mut self) -> Result<(), StoreError> {
        write_log_again(&self.path, self.committed.map(|committed| committed.bytes))?;
        let connection = (self.open)()?;
        let found = LogPages::of(&connection).map_err(|error| fault::unavailable(&error))?;
        self.lost = self.committed.is_some_and(|committed| found.written < committed.pages.written);
        if self.lost {
            return Err(lost());
        }
        self.committed = None;
        self.connection = Some(connection);
        Ok(())
    }
}

fn lost() -> StoreError {
    StoreError::unavailable(
        "the disk lost what it had taken: end the host, and look after the disk before it starts again",
    )
}
