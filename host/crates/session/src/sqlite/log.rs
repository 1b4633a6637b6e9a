//! The log beside the file: how long it is, and how it is written again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rak_core::StoreError;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::column;

/// What is written again at a time, in bytes.
const PIECE: usize = 1 << 20;
/// What SQLite puts before the first page, and before each: <https://sqlite.org/fileformat2.html#the_write_ahead_log>.
const HEADER_BYTES: u64 = 32;
const PAGE_HEADER_BYTES: u64 = 24;

/// How much is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogPages {
    /// Pages that were committed.
    pub(super) written: u64,
    /// Those of them that are in the file already.
    pub(super) moved: u64,
}

impl LogPages {
    /// Pages that are not in the file yet.
    pub(super) fn left(self) -> u64 {
        self.written.saturating_sub(self.moved)
    }

    /// Asks SQLite, which looks into the index that it shares between connections.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
        statement.query_row([], |row| {
            Ok(Self { written: column::unsigned(row, 1)?, moved: column::unsigned(row, 2)? })
        })
    }
}

/// Leaves the log as it is when the last connection to the file is closed.
pub(super) fn keep_log_on_close(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map(drop)
}

/// The length of a log with what was committed and nothing behind it, in bytes.
pub(super) fn log_bytes(connection: &Connection, pages: LogPages) -> rusqlite::Result<u64> {
    let page: u64 = connection.pragma_query_value(None, "page_size", |row| column::unsigned(row, 0))?;
    Ok(HEADER_BYTES.saturating_add(pages.written.saturating_mul(page.saturating_add(PAGE_HEADER_BYTES))))
}

/// Writes the log of a file once more, as it reads now, and flushes it: what the system took to be on the disk and was
/// not gets there, or this fails. Nobody may write meanwhile; who reads sees no difference. What lies behind `length` is
/// cut off.
pub(super) fn write_log_again(database: &Path, length: Option<u64>) -> Result<(), StoreError> {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    let path = PathBuf::from(name);
    let written = match OpenOptions::new().read(true).write(true).open(&path) {
        Ok(log) => write_again(log, length),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    written.map_err(|error| {
        StoreError::unavailable(format_args!("failed to write {} once more: {error}", path.display()))
    })
}

fn write_again(mut log: File, length: Option<u64>) -> io::Result<()> {
    let mut left = log.metadata()?.len();
    if let Some(length) = length.filter(|length| *length < left) {
        log.set_len(length)?;
        left = length;
    }
    if left == 0 {
        return Ok(());
    }
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    while left > 0 {
        let bytes = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let Some(piece) = piece.get_mut(..bytes) else { break };
        log.seek(SeekFrom::Start(at))?;
        log.read_exact(piece)?;
        log.seek(SeekFrom::Start(at))?;
        log.write_all(piece)?;
        at += bytes as u64;
        left -= bytes as u64;
    }
    log.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_reads_the_same_when_it_was_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("a.db");
        let log = folder.path().join("a.db-wal");
        write_log_again(&database, None).unwrap();
        assert!(!log.exists(), "none is made");
        let bytes: Vec<u8> = (0..2 * PIECE + 7).map(|byte| u8::try_from(byte % 251).unwrap()).collect();
        std::fs::write(&log, &bytes).unwrap();
        write_log_again(&database, None).unwrap();
        assert_eq!(std::fs::read(&log).unwrap(), bytes);
        write_log_again(&database, Some(PIECE as u64 + 1)).unwrap();
        assert_eq!(std::fs::read(&log).unwrap(), bytes[..=PIECE]);
        write_log_again(&database, Some(u64::MAX)).unwrap();
        assert_eq!(std::fs::read(&log).unwrap(), bytes[..=PIECE], "it is not made longer");
    }
}
