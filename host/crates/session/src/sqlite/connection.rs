//! Connections as the writer and the readers need them.

use std::path::Path;
use std::time::Duration;

use rak_core::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::column::integer;
use super::log::keep_log_on_close;
use super::options::SqliteOptions;
use super::schema;

/// How long a statement waits for a lock: nobody of this host ever holds one against it, but a person with a shell on
/// the file, or a backup, may for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Room for every statement of this crate, with some to spare.
const CACHED_STATEMENTS: usize = 96;
/// Pages the writer keeps, in KiB: the indexes' hot ends of a store with some millions of events.
const WRITER_CACHE_KIB: i64 = 32 << 10;
/// What a log that grew beyond it in a burst is cut back to, in bytes.
const MAX_IDLE_LOG_BYTES: i64 = 64 << 20;

/// Opens the file for writing, makes it a store where it is empty, and brings it to the newest schema.
pub(super) fn open_writer(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    let refused = |error: schema::SchemaError| {
        StoreError::unavailable(format_args!("failed to open {}: {error}", path.display()))
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|error| refused(error.into()))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|error| refused(error.into()))?;
    // Before anything is changed: the file may belong to somebody else.
    schema::inspect(&connection).map_err(refused)?;
    prepare_writer(&connection, options).map_err(|error| refused(error.into()))?;
    schema::migrate(&mut connection).map_err(refused)?;
    Ok(connection)
}

/// What both have in common.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Plans depend on the statements alone. Otherwise one with a range is planned anew for each value that it is given.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "trusted_schema", false)
}

fn prepare_writer(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    prepare(connection)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        let message = format!("the file system does not support a write-ahead log (journal mode {mode})");
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN),
            Some(message),
        ));
    }
    connection.pragma_update(None, "synchronous", options.synchronous.as_str())?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // A savepoint keeps the pages it may have to bring back; in memory, so that a full disk does not stop it.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The writer moves the log by itself: SQLite would tell nobody that it failed.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", MAX_IDLE_LOG_BYTES, |_| Ok(()))?;
    if let Some(bytes) = options.max_file_bytes {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = (integer(bytes) / page.max(1)).max(1);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(())
}

/// Opens the file for reading, beside the writer.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    prepare(&connection)?;
    Ok(connection)
}

/// Opens the file for moving its log, beside the writer, who has it open until this one is closed.
pub(super) fn open_checkpointer(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    prepare(&connection)?;
    // Only the writer ends a log.
    keep_log_on_close(&connection)?;
    Ok(connection)
}
