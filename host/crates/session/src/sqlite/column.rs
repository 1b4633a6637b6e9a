//! Between Rust's values and SQLite's.

use std::error::Error;
use std::str::FromStr;

use rak_core::EncodedEvent;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;

/// A text that is not what it should be.
pub(super) fn broken(column: usize, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// A text that is parsed: an id, a status.
pub(super) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    row.get_ref(column)?.as_str()?.parse().map_err(|error| broken(column, error))
}

/// A text that is JSON, or nothing.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    text.map(|text| serde_json::from_str(text).map_err(|error| broken(column, error))).transpose()
}

/// An event as it was stored.
pub(super) fn event(row: &Row<'_>, column: usize) -> rusqlite::Result<EncodedEvent> {
    EncodedEvent::from_json(row.get_ref(column)?.as_str()?).map_err(|error| broken(column, error))
}

/// A number that never is negative.
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

/// SQLite's integers end at 2^63 - 1; positions, numbers and limits beyond it mean "past everything".
pub(super) fn integer(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
