//! State: of a session, of a user, of an agent.

use rak_core::{Scope, SessionKey, StateDelta};
use rusqlite::{Connection, OptionalExtension, params};

use super::column::{self, integer};
use super::fault::Fault;
use crate::scoped_delta::{ScopedDelta, StateChange, check_scope};

/// The joins' order is fixed: three scopes at most, and then their entries.
pub(super) const LOAD: &str = "
    SELECT CASE WHEN user_id = '' THEN 'app:' WHEN session_id = '' THEN 'user:' ELSE '' END || name, json
    FROM scopes CROSS JOIN state ON scope_pk = pk
    WHERE app_name = ?1 AND user_id IN ('', ?2) AND session_id IN ('', ?3)";
pub(super) const FIND_SCOPE: &str =
    "SELECT pk, bytes FROM scopes WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3";
const INSERT_SCOPE: &str = "INSERT INTO scopes (app_name, user_id, session_id, bytes) VALUES (?1, ?2, ?3, 0)";
const RESIZE_SCOPE: &str = "UPDATE scopes SET bytes = ?2 WHERE pk = ?1";
const DELETE_SCOPE: &str = "DELETE FROM scopes WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3";
pub(super) const ENTRY_BYTES: &str =
    "SELECT octet_length(name) + octet_length(json) FROM state WHERE scope_pk = ?1 AND name = ?2";
const SET: &str = "
    INSERT INTO state (scope_pk, name, json) VALUES (?1, ?2, ?3)
    ON CONFLICT (scope_pk, name) DO UPDATE SET json = excluded.json";
const REMOVE: &str = "DELETE FROM state WHERE scope_pk = ?1 AND name = ?2";

/// The state a session sees, under prefixed keys.
pub(super) fn load(connection: &Connection, key: &SessionKey) -> Result<StateDelta, Fault> {
    let mut statement = connection.prepare_cached(LOAD)?;
    let mut rows = statement.query([key.app_name.as_str(), key.user_id.as_str(), key.session_id.as_str()])?;
    let mut state = StateDelta::new();
    while let Some(row) = rows.next()? {
        state.insert(row.get(0)?, column::json(row, 1)?.unwrap_or_default());
    }
    Ok(state)
}

/// Applies changes, each to its scope.
pub(super) fn apply(connection: &Connection, key: &SessionKey, delta: &ScopedDelta) -> Result<(), Fault> {
    for (scope, changes) in delta.by_scope() {
        let (pk, before) = scope_row(connection, scope_name(scope, key))?;
        let mut after = before;
        for change in changes {
            after = (after + integer(change.bytes())) - entry_bytes(connection, pk, change)?;
            match &change.json {
                Some(json) => connection.prepare_cached(SET)?.execute(params![pk, change.name, json])?,
                None => connection.prepare_cached(REMOVE)?.execute(params![pk, change.name])?,
            };
        }
        check_scope(scope, size(before), size(after))?;
        connection.prepare_cached(RESIZE_SCOPE)?.execute([pk, after])?;
    }
    Ok(())
}

/// Forgets the session's own state; the user's and the agent's stay.
pub(super) fn forget(connection: &Connection, key: &SessionKey) -> Result<(), Fault> {
    connection.prepare_cached(DELETE_SCOPE)?.execute(scope_name(Scope::Session, key))?;
    Ok(())
}

/// The columns that name a scope.
pub(super) fn scope_name(scope: Scope, key: &SessionKey) -> [&str; 3] {
    let (app, user, session) = (key.app_name.as_str(), key.user_id.as_str(), key.session_id.as_str());
    match scope {
        Scope::App => [app, "", ""],
        Scope::User => [app, user, ""],
        Scope::Temp | Scope::Session => [app, user, session],
    }
}

/// The scope's row and its size; it is made where it is absent.
pub(super) fn scope_row(connection: &Connection, name: [&str; 3]) -> Result<(i64, i64), Fault> {
    let found = connection
        .prepare_cached(FIND_SCOPE)?
        .query_row(name, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some(found) = found {
        return Ok(found);
    }
    connection.prepare_cached(INSERT_SCOPE)?.execute(name)?;
    Ok((connection.last_insert_rowid(), 0))
}

/// What the entry takes up so far.
fn entry_bytes(connection: &Connection, scope_pk: i64, change: &StateChange) -> Result<i64, Fault> {
    let mut statement = connection.prepare_cached(ENTRY_BYTES)?;
    let bytes = statement.query_row(params![scope_pk, change.name], |row| row.get(0)).optional()?;
    Ok(bytes.unwrap_or(0))
}

fn size(bytes: i64) -> usize {
    usize::try_from(bytes).unwrap_or(0)
}
