//! Sessions: made, found, listed, changed, removed.

use std::collections::BTreeSet;

use rak_core::{
    AppName, EncodedEvent, Session, SessionFilter, SessionId, SessionKey, SessionPage, StateDelta,
    time::UnixMillis,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{self, integer};
use super::fault::Fault;
use super::writer::WriteTransaction;
use super::{artifacts, history, state};
use crate::scoped_delta::ScopedDelta;
use crate::{cursor, refusal};

/// The most sessions that `find` gives.
const MAX_FOUND: i64 = 100;

pub(super) const GET: &str = "
    SELECT app_name, user_id, session_id, agent_version, created_at, updated_at FROM sessions
    WHERE session_id = ?1 AND app_name = ?2 AND user_id = ?3";
pub(super) const FIND_ROW: &str =
    "SELECT pk, last_position FROM sessions WHERE session_id = ?1 AND app_name = ?2 AND user_id = ?3";
pub(super) const FIND: &str = "
    SELECT app_name, user_id, session_id FROM sessions
    WHERE session_id = ?1 ORDER BY app_name, user_id LIMIT ?2";
const INSERT: &str = "
    INSERT INTO sessions (session_id, app_name, user_id, agent_version, created_at, updated_at, changed)
    VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)";
/// The position is found before and not returned: for rows that it returns, SQLite makes a table first.
pub(super) const TOUCH: &str = "
    UPDATE sessions SET updated_at = max(updated_at, ?2), changed = ?3, last_position = ?4 WHERE pk = ?1";
pub(super) const PIN: &str = "UPDATE sessions SET agent_version = ?2 WHERE pk = ?1";
pub(super) const PIN_UNPINNED: &str =
    "UPDATE sessions SET agent_version = ?2 WHERE pk = ?1 AND agent_version IS NULL";
/// One version at a time, however many sessions stay on it: ?2 is the smallest text that it may be.
pub(super) const NEXT_PINNED: &str = "
    SELECT agent_version FROM sessions
    WHERE app_name = ?1 AND agent_version >= ?2 ORDER BY agent_version LIMIT 1";
/// Those of invocations that are not over, by the index of their statuses.
pub(super) const UNFINISHED: &str = "
    SELECT DISTINCT invocations.agent_version FROM invocations CROSS JOIN sessions ON sessions.pk = session_pk
    WHERE status IN ('queued', 'active', 'waiting', 'paused') AND app_name = ?1";
pub(super) const DELETE: &str =
    "DELETE FROM sessions WHERE session_id = ?1 AND app_name = ?2 AND user_id = ?3";
pub(super) const NEWEST_CHANGE: &str = "SELECT coalesce(max(changed), 0) FROM sessions";

/// The lists, by filter: ?1 is the agent, ?2 the user, ?3 the change to begin before, ?4 the limit. With a plus a column is
/// looked at and not searched by: a user has few sessions with other agents.
macro_rules! list {
    ($filter:literal) => {
        concat!(
            "SELECT app_name, user_id, session_id, agent_version, created_at, updated_at, changed \
             FROM sessions WHERE ",
            $filter,
            "changed < ?3 ORDER BY changed DESC LIMIT ?4"
        )
    };
}
pub(super) const LIST_ALL: &str = list!("");
pub(super) const LIST_APP: &str = list!("app_name = ?1 AND ");
pub(super) const LIST_USER: &str = list!("user_id = ?2 AND ");
pub(super) const LIST_APP_AND_USER: &str = list!("+app_name = ?1 AND user_id = ?2 AND ");

/// The key as the unique index has it.
fn key_columns(key: &SessionKey) -> [&str; 3] {
    [key.session_id.as_str(), key.app_name.as_str(), key.user_id.as_str()]
}

fn key(row: &Row<'_>) -> rusqlite::Result<SessionKey> {
    Ok(SessionKey {
        app_name: column::parsed(row, 0)?,
        user_id: column::parsed(row, 1)?,
        session_id: column::parsed(row, 2)?,
    })
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        key: key(row)?,
        state: StateDelta::new(),
        agent_version: row.get(3)?,
        created_at: UnixMillis(row.get(4)?),
        updated_at: UnixMillis(row.get(5)?),
    })
}

/// A session's row.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) pk: i64,
    /// That of its newest event.
    pub(super) last_position: i64,
}

/// The session's row, where it is there.
pub(super) fn find_row(connection: &Connection, key: &SessionKey) -> Result<Option<Found>, Fault> {
    let mut statement = connection.prepare_cached(FIND_ROW)?;
    let found = |row: &Row<'_>| Ok(Found { pk: row.get(0)?, last_position: row.get(1)? });
    Ok(statement.query_row(key_columns(key), found).optional()?)
}

/// Makes the session's row.
pub(super) fn insert(
    write: &mut WriteTransaction<'_>,
    key: &SessionKey,
    agent_version: Option<&str>,
    at: UnixMillis,
) -> Result<Found, Fault> {
    let changed = write.next_change();
    let [session, app, user] = key_columns(key);
    let row = params![session, app, user, agent_version, at.0, changed];
    write.connection.prepare_cached(INSERT)?.execute(row)?;
    Ok(Found { pk: write.connection.last_insert_rowid(), last_position: 0 })
}

/// Makes the session the one that changed last and takes the next `events` positions. Gives the newest position.
pub(super) fn touch(
    write: &mut WriteTransaction<'_>,
    session: Found,
    at: UnixMillis,
    events: usize,
) -> Result<i64, Fault> {
    let changed = write.next_change();
    let newest = session.last_position + integer(events);
    write.connection.prepare_cached(TOUCH)?.execute([session.pk, at.0, changed, newest])?;
    Ok(newest)
}

pub(super) fn create(
    write: &mut WriteTransaction<'_>,
    key: &SessionKey,
    agent_version: Option<&str>,
    delta: &ScopedDelta,
) -> Result<Session, Fault> {
    if find_row(write.connection, key)?.is_some() {
        return Err(refusal::session_exists(key).into());
    }
    insert(write, key, agent_version, UnixMillis::now())?;
    state::apply(write.connection, key, delta)?;
    get(write.connection, key)?.ok_or_else(|| refusal::no_session(key).into())
}

pub(super) fn get(connection: &Connection, key: &SessionKey) -> Result<Option<Session>, Fault> {
    let found = connection.prepare_cached(GET)?.query_row(key_columns(key), session).optional()?;
    let Some(session) = found else { return Ok(None) };
    Ok(Some(Session { state: state::load(connection, key)?, ..session }))
}

pub(super) fn find(connection: &Connection, id: &SessionId) -> Result<Vec<SessionKey>, Fault> {
    let mut statement = connection.prepare_cached(FIND)?;
    let keys = statement.query_map(params![id.as_str(), MAX_FOUND], key)?;
    Ok(keys.collect::<Result<_, _>>()?)
}

pub(super) fn list(connection: &Connection, filter: &SessionFilter) -> Result<SessionPage, Fault> {
    let before = filter.cursor.as_deref().map_or(Ok(i64::MAX), cursor::decode)?;
    let sql = match (&filter.app_name, &filter.user_id) {
        (None, None) => LIST_ALL,
        (Some(_), None) => LIST_APP,
        (None, Some(_)) => LIST_USER,
        (Some(_), Some(_)) => LIST_APP_AND_USER,
    };
    let app = filter.app_name.as_ref().map(rak_core::AppName::as_str);
    let user = filter.user_id.as_ref().map(rak_core::UserId::as_str);
    let mut statement = connection.prepare_cached(sql)?;
    let limit = integer(filter.limit.saturating_add(1));
    let rows = statement
        .query_map(params![app, user, before, limit], |row| Ok((session(row)?, row.get::<_, i64>(6)?)))?;
    let mut rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    let more = rows.len() > filter.limit;
    rows.truncate(filter.limit);
    let next = rows.last().filter(|_| more).map(|(_, changed)| cursor::encode(*changed));
    Ok(SessionPage { sessions: rows.into_iter().map(|(session, _)| session).collect(), next })
}

pub(super) fn update_state(
    write: &mut WriteTransaction<'_>,
    key: &SessionKey,
    delta: &ScopedDelta,
) -> Result<Option<Session>, Fault> {
    let Some(session) = find_row(write.connection, key)? else { return Ok(None) };
    touch(write, session, UnixMillis::now(), 0)?;
    state::apply(write.connection, key, delta)?;
    get(write.connection, key)
}

pub(super) fn pin(
    write: &mut WriteTransaction<'_>,
    key: &SessionKey,
    agent_version: Option<&str>,
) -> Result<Option<Session>, Fault> {
    let Some(session) = find_row(write.connection, key)? else { return Ok(None) };
    touch(write, session, UnixMillis::now(), 0)?;
    write.connection.prepare_cached(PIN)?.execute(params![session.pk, agent_version])?;
    get(write.connection, key)
}

/// Pins a session that has no version yet.
pub(super) fn pin_unpinned(connection: &Connection, pk: i64, agent_version: &str) -> Result<(), Fault> {
    connection.prepare_cached(PIN_UNPINNED)?.execute(params![pk, agent_version])?;
    Ok(())
}

pub(super) fn pinned_versions(connection: &Connection, agent: &AppName) -> Result<BTreeSet<String>, Fault> {
    let mut statement = connection.prepare_cached(NEXT_PINNED)?;
    let mut versions = BTreeSet::new();
    let mut next = String::new();
    while let Some(found) =
        statement.query_row([agent.as_str(), &next], |row| row.get::<_, String>(0)).optional()?
    {
        // The smallest text that sorts behind it.
        next = format!("{found}\0");
        versions.insert(found);
    }
    let mut statement = connection.prepare_cached(UNFINISHED)?;
    for found in statement.query_map([agent.as_str()], |row| row.get(0))? {
        versions.insert(found?);
    }
    Ok(versions)
}

/// Its invocations and events go with its row: the schema cascades. What its artifacts had is left to be removed.
pub(super) fn delete(write: &mut WriteTransaction<'_>, key: &SessionKey) -> Result<bool, Fault> {
    artifacts::forget(write.connection, key)?;
    state::forget(write.connection, key)?;
    Ok(write.connection.prepare_cached(DELETE)?.execute(key_columns(key))? > 0)
}

pub(super) fn append_event(
    write: &mut WriteTransaction<'_>,
    key: &SessionKey,
    event: &EncodedEvent,
    delta: &ScopedDelta,
) -> Result<u64, Fault> {
    let session = find_row(write.connection, key)?.ok_or_else(|| refusal::no_session(key))?;
    let now = UnixMillis::now();
    let position = touch(write, session, now, 1)?;
    state::apply(write.connection, key, delta)?;
    let place = history::Place { session_pk: session.pk, position, invocation_pk: None, seq: 0, at: now };
    history::insert(write.connection, &place, &event.json)?;
    Ok(position.cast_unsigned())
}
