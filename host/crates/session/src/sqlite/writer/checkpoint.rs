//! The log on its way into the file, beside the writer.
//!
//! A thread copies the pages through a connection of its own, while commits go on and make the log longer. SQLite begins the
//! log anew only where all of it has moved, so the last few pages are left to the writer, between two commits.

use std::path::Path;
use std::thread::JoinHandle;

use crate::sqlite::connection::open_checkpointer;
use crate::sqlite::log::LogPages;

/// Pages that the writer moves in a moment: what is committed while a few hundred pages are flushed.
const FEW_PAGES: u64 = 256;

/// A checkpoint that another thread makes.
pub(super) struct Checkpoint(JoinHandle<rusqlite::Result<()>>);

impl Checkpoint {
    /// Starts the thread.
    pub(super) fn start(path: &Path) -> std::io::Result<Self> {
        let path = path.to_owned();
        let thread = std::thread::Builder::new().name("rak-checkpoint".to_owned());
        thread.spawn(move || move_most(&path)).map(Self)
    }

    /// Whether [`Self::join`] returns at once.
    pub(super) fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// Waits for its end. After an error nothing may move until the log was written again.
    pub(super) fn join(self) -> rusqlite::Result<()> {
        // What a thread that panicked has left is moved by the writer; the panic's text is in the log by way of the hook.
        self.0.join().unwrap_or(Ok(()))
    }
}

/// Moves all but a few pages, or as much as those who read let it.
fn move_most(path: &Path) -> rusqlite::Result<()> {
    // Where it cannot be opened once more, as without file handles left, the writer moves all of it.
    let Ok(connection) = open_checkpointer(path) else { return Ok(()) };
    let mut left = u64::MAX;
    loop {
        connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))?;
        let before = left;
        left = LogPages::of(&connection)?.left();
        if left <= FEW_PAGES || left > before / 2 {
            return Ok(());
        }
    }
}
