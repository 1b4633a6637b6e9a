//! Why an operation on the database did not succeed.

use rak_core::StoreError;
use rusqlite::ffi;

/// Either the operation is not to be done, or the database could not do it.
#[derive(Debug)]
pub(super) enum Fault {
    Refused(StoreError),
    Database(rusqlite::Error),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(error) => error,
            Fault::Database(error) => unavailable(&error),
        }
    }
}

/// What the database says, with the number under which SQLite's manual has more: its own words are the same for every
/// way in which a disk may fail.
pub(super) fn unavailable(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error() {
        Some(code) if is_lost_flush(error) => StoreError::unavailable(format_args!(
            "{error}: the disk did not take what was to be flushed to it (SQLite error {})",
            code.extended_code
        )),
        Some(code) => StoreError::unavailable(format_args!("{error} (SQLite error {})", code.extended_code)),
        None => StoreError::unavailable(error),
    }
}

/// Whether a flush failed: what was written before it may be neither on the disk nor waiting for it any more.
pub(super) fn is_lost_flush(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|code| code.extended_code == ffi::SQLITE_IOERR_FSYNC)
}
