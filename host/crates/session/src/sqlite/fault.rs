//! Why an operation on the database did not succeed.

use rak_core::StoreError;

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
            Fault::Database(error) => Self::unavailable(error),
        }
    }
}
