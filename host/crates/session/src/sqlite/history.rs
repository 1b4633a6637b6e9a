//! Events: in the order of their session, and by the numbers of their invocation.

use rak_core::{
    EncodedEvent, HistoryEntry, HistoryPage, HistoryQuery, InvocationId, SessionKey, time::UnixMillis,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{self, integer};
use super::fault::Fault;
use super::sessions;

pub(super) const INSERT: &str = "
    INSERT INTO events (session_pk, position, invocation_pk, seq, at, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
pub(super) const AFTER: &str = "
    SELECT position, at, json FROM events
    WHERE session_pk = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
pub(super) const BEFORE: &str = "
    SELECT position, at, json FROM events
    WHERE session_pk = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3";
/// `seq > 0` is what the index is limited to; the planner wants to read it.
pub(super) const OF_INVOCATION: &str = "
    SELECT json FROM events
    WHERE invocation_pk = (SELECT pk FROM invocations WHERE id = ?1) AND seq > 0 AND seq > ?2
    ORDER BY seq LIMIT ?3";
pub(super) const MESSAGE: &str = "
    SELECT position, events.json FROM invocations
    CROSS JOIN events ON events.session_pk = invocations.session_pk AND position = message_position WHERE id = ?1";

/// Where an event lies.
pub(super) struct Place {
    pub(super) session_pk: i64,
    pub(super) position: i64,
    pub(super) invocation_pk: Option<i64>,
    pub(super) seq: i64,
    pub(super) at: UnixMillis,
}

pub(super) fn insert(connection: &Connection, place: &Place, json: &str) -> Result<(), Fault> {
    let Place { session_pk, position, invocation_pk, seq, at } = place;
    let mut statement = connection.prepare_cached(INSERT)?;
    statement.execute(params![session_pk, position, invocation_pk, seq, at.0, json])?;
    Ok(())
}

pub(super) fn read(
    connection: &Connection,
    invocation: InvocationId,
    after: u64,
    limit: usize,
) -> Result<Vec<EncodedEvent>, Fault> {
    let mut statement = connection.prepare_cached(OF_INVOCATION)?;
    let events = statement
        .query_map(params![invocation.to_string(), integer(after), integer(limit)], |row| {
            column::event(row, 0)
        })?;
    Ok(events.collect::<Result<_, _>>()?)
}

/// What the user said to an invocation, and where that is in its session.
pub(super) fn message(
    connection: &Connection,
    invocation: InvocationId,
) -> Result<Option<(u64, EncodedEvent)>, Fault> {
    let message = |row: &Row<'_>| Ok((column::unsigned(row, 0)?, column::event(row, 1)?));
    let mut statement = connection.prepare_cached(MESSAGE)?;
    Ok(statement.query_row([invocation.to_string()], message).optional()?)
}

pub(super) fn page(
    connection: &Connection,
    key: &SessionKey,
    query: HistoryQuery,
) -> Result<HistoryPage, Fault> {
    let Some(session) = sessions::find_row(connection, key)? else {
        return Ok(HistoryPage { entries: Vec::new(), next: None });
    };
    let (sql, position, limit) = match query {
        HistoryQuery::After { position, limit } => (AFTER, position, limit),
        HistoryQuery::Before { position, limit } => (BEFORE, position.unwrap_or(u64::MAX), limit),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let one_more = integer(limit.saturating_add(1));
    let rows = statement.query_map([session.pk, integer(position), one_more], entry)?;
    let mut entries: Vec<_> = rows.collect::<Result<_, _>>()?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(|entry| entry.position);
    if matches!(query, HistoryQuery::Before { .. }) {
        entries.reverse();
    }
    Ok(HistoryPage { entries, next })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<HistoryEntry> {
    Ok(HistoryEntry {
        position: column::unsigned(row, 0)?,
        at: UnixMillis(row.get(1)?),
        event: column::event(row, 2)?,
    })
}
