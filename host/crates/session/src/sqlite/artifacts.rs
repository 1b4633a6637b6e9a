//! Artifacts: saved, found, read, removed.

pub(super) mod content;
mod saves;

use std::ops::RangeInclusive;

use rak_core::{ArtifactInfo, NewArtifact, Scope, SessionKey, StoreError, time::UnixMillis};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) use self::saves::Saves;

use super::column::{self, integer};
use super::fault::Fault;
use super::writer::WriteTransaction;
use super::{sessions, state};
use crate::refusal;

pub(super) const MADE: &str =
    "SELECT info FROM artifact_origins WHERE session_pk = ?1 AND invocation_id = ?2 AND number = ?3";
const PUT_ORIGIN: &str =
    "INSERT INTO artifact_origins (session_pk, invocation_id, number, info) VALUES (?1, ?2, ?3, ?4)";
pub(super) const USER_BYTES: &str = "
    SELECT artifact_bytes FROM scopes WHERE app_name = ?1 AND user_id = ?2 AND session_id = ''";
pub(super) const RESIZE: &str = "
    UPDATE scopes SET artifact_bytes = artifact_bytes + ?3
    WHERE app_name = ?1 AND user_id = ?2 AND session_id = ''";
const NEXT_VERSION: &str = "
    INSERT INTO artifact_names (scope_pk, name, last_version) VALUES (?1, ?2, 1)
    ON CONFLICT (scope_pk, name) DO UPDATE SET last_version = last_version + 1
    RETURNING pk, last_version";
const INSERT: &str = "
    INSERT INTO artifacts (pk, name_pk, version, mime_type, size, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
pub(super) const FIND_NAME: &str = "
    SELECT artifact_names.pk FROM scopes CROSS JOIN artifact_names ON scope_pk = scopes.pk
    WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3 AND name = ?4";
/// Names from ?4 on: whoever reads them stops where they begin with something else.
pub(super) const NEWEST: &str = "
    SELECT name, version, mime_type, size, created_at, artifacts.pk
    FROM scopes
    CROSS JOIN artifact_names ON scope_pk = scopes.pk
    CROSS JOIN artifacts ON name_pk = artifact_names.pk
        AND version = (SELECT max(version) FROM artifacts WHERE name_pk = artifact_names.pk)
    WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3 AND name >= ?4
    ORDER BY name";
pub(super) const VERSIONS: &str = "
    SELECT ?2, version, mime_type, size, created_at, pk FROM artifacts
    WHERE name_pk = ?1 AND version BETWEEN ?3 AND ?4 ORDER BY version DESC LIMIT ?5";
/// The contents are removed later, in slices.
pub(super) const LOOSEN: &str = "
    INSERT INTO loose_contents (pk) SELECT pk FROM artifacts
    WHERE name_pk = ?1 AND version BETWEEN ?2 AND ?3";
pub(super) const DELETE: &str = "
    DELETE FROM artifacts WHERE name_pk = ?1 AND version BETWEEN ?2 AND ?3 RETURNING size";
pub(super) const BYTES_OF_SESSION: &str = "
    SELECT coalesce(sum(size), 0) FROM scopes
    CROSS JOIN artifact_names ON scope_pk = scopes.pk CROSS JOIN artifacts ON name_pk = artifact_names.pk
    WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3";
pub(super) const LOOSEN_SESSION: &str = "
    INSERT INTO loose_contents (pk) SELECT artifacts.pk FROM scopes
    CROSS JOIN artifact_names ON scope_pk = scopes.pk CROSS JOIN artifacts ON name_pk = artifact_names.pk
    WHERE app_name = ?1 AND user_id = ?2 AND session_id = ?3";

/// What is to be done with a save.
enum Admission {
    /// It was made before; this is the version.
    Made(ArtifactInfo),
    /// Its session is this row.
    New { session_pk: i64 },
}

/// Looks whether a version may be kept; it changes nothing.
fn admit(write: &WriteTransaction<'_>, new: &NewArtifact) -> Result<Admission, Fault> {
    let connection = write.connection;
    let found = sessions::find_row(connection, &new.session)?;
    let session_pk = found.ok_or_else(|| refusal::no_session(&new.session))?.pk;
    if let Some((invocation, number)) = new.origin {
        let mut statement = connection.prepare_cached(MADE)?;
        let row = params![session_pk, invocation.to_string(), integer(number)];
        let made = statement.query_row(row, |row| column::json(row, 0)).optional()?.flatten();
        if let Some(info) = made {
            return Ok(Admission::Made(info));
        }
    }
    refusal::check_artifacts(user_bytes(connection, &new.session)?, new)?;
    Ok(Admission::New { session_pk })
}

/// Makes the version whose content is there.
fn insert(
    write: &WriteTransaction<'_>,
    new: &NewArtifact,
    session_pk: i64,
    content_pk: i64,
) -> Result<ArtifactInfo, Fault> {
    let connection = write.connection;
    let NewArtifact { session, name, mime_type, at, .. } = new;
    let (scope, _) = refusal::artifact_scope(name)?;
    let (scope_pk, _) = state::scope_row(connection, state::scope_name(scope, session))?;
    let (name_pk, version): (i64, u32) = connection
        .prepare_cached(NEXT_VERSION)?
        .query_row(params![scope_pk, name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let size = integer(new.data.len());
    let row = params![content_pk, name_pk, version, mime_type, size, at.0];
    connection.prepare_cached(INSERT)?.execute(row)?;
    content::keep(connection, content_pk)?;
    state::scope_row(connection, state::scope_name(Scope::User, session))?;
    resize(connection, session, size)?;
    let info = ArtifactInfo {
        name: name.clone(),
        version,
        mime_type: mime_type.clone(),
        size: new.data.len() as u64,
        created_at: *at,
    };
    if let Some((invocation, number)) = new.origin {
        let json = serde_json::to_string(&info).map_err(StoreError::unavailable)?;
        let row = params![session_pk, invocation.to_string(), integer(number), json];
        connection.prepare_cached(PUT_ORIGIN)?.execute(row)?;
    }
    Ok(info)
}

/// What the user has with the agent.
fn user_bytes(connection: &Connection, key: &SessionKey) -> Result<u64, Fault> {
    let mut statement = connection.prepare_cached(USER_BYTES)?;
    let row = [key.app_name.as_str(), key.user_id.as_str()];
    Ok(statement.query_row(row, |row| column::unsigned(row, 0)).optional()?.unwrap_or(0))
}

fn resize(connection: &Connection, key: &SessionKey, bytes: i64) -> Result<(), Fault> {
    let row = params![key.app_name.as_str(), key.user_id.as_str(), bytes];
    connection.prepare_cached(RESIZE)?.execute(row)?;
    Ok(())
}

/// A version, and the row of its content.
fn artifact(row: &Row<'_>) -> rusqlite::Result<(ArtifactInfo, i64)> {
    let info = ArtifactInfo {
        name: row.get(0)?,
        version: row.get(1)?,
        mime_type: row.get(2)?,
        size: column::unsigned(row, 3)?,
        created_at: UnixMillis(row.get(4)?),
    };
    Ok((info, row.get(5)?))
}

pub(super) fn newest(
    connection: &Connection,
    session: &SessionKey,
    prefix: &str,
) -> Result<Vec<ArtifactInfo>, Fault> {
    let mut statement = connection.prepare_cached(NEWEST)?;
    let mut found = Vec::new();
    for scope in [Scope::Session, Scope::User] {
        let [app, user, session] = state::scope_name(scope, session);
        for row in statement.query_map([app, user, session, prefix], artifact)? {
            let (info, _) = row?;
            if !info.name.starts_with(prefix) {
                break;
            }
            found.push(info);
        }
    }
    found.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The row of a name, where it ever had a version.
fn find_name(connection: &Connection, session: &SessionKey, name: &str) -> Result<Option<i64>, Fault> {
    let (scope, _) = refusal::artifact_scope(name)?;
    let [app, user, session] = state::scope_name(scope, session);
    let mut statement = connection.prepare_cached(FIND_NAME)?;
    Ok(statement.query_row([app, user, session, name], |row| row.get(0)).optional()?)
}

/// Versions of a name, newest first.
fn select(
    connection: &Connection,
    session: &SessionKey,
    name: &str,
    versions: &RangeInclusive<u32>,
    limit: Option<usize>,
) -> Result<Vec<(ArtifactInfo, i64)>, Fault> {
    let Some(name_pk) = find_name(connection, session, name)? else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(VERSIONS)?;
    let limit = limit.map_or(i64::MAX, integer);
    let row = params![name_pk, name, versions.start(), versions.end(), limit];
    let found = statement.query_map(row, artifact)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A version, or all of them.
fn range(version: Option<u32>) -> RangeInclusive<u32> {
    version.map_or(0..=u32::MAX, |version| version..=version)
}

pub(super) fn versions(
    connection: &Connection,
    session: &SessionKey,
    name: &str,
) -> Result<Vec<ArtifactInfo>, Fault> {
    let found = select(connection, session, name, &range(None), None)?;
    Ok(found.into_iter().map(|(info, _)| info).collect())
}

pub(super) fn find(
    connection: &Connection,
    session: &SessionKey,
    name: &str,
    version: Option<u32>,
) -> Result<Option<(ArtifactInfo, i64)>, Fault> {
    Ok(select(connection, session, name, &range(version), Some(1))?.pop())
}

pub(super) fn read(
    connection: &Connection,
    session: &SessionKey,
    name: &str,
    version: u32,
    offset: u64,
    max: usize,
) -> Result<Option<Vec<u8>>, Fault> {
    let found = find(connection, session, name, Some(version))?;
    found.map(|(_, content_pk)| content::read(connection, content_pk, offset, max)).transpose()
}

pub(super) fn remove(
    write: &mut WriteTransaction<'_>,
    session: &SessionKey,
    name: &str,
    version: Option<u32>,
) -> Result<bool, Fault> {
    let connection = write.connection;
    let Some(name_pk) = find_name(connection, session, name)? else { return Ok(false) };
    let versions = range(version);
    let row = params![name_pk, versions.start(), versions.end()];
    connection.prepare_cached(LOOSEN)?.execute(row)?;
    let mut statement = connection.prepare_cached(DELETE)?;
    let sizes = statement.query_map(row, |row| row.get::<_, i64>(0))?;
    let sizes: Vec<_> = sizes.collect::<Result<_, _>>()?;
    resize(connection, session, -sizes.iter().sum::<i64>())?;
    Ok(!sizes.is_empty())
}

/// Lets go of what the session's artifacts have; their rows go with its scope.
pub(super) fn forget(connection: &Connection, key: &SessionKey) -> Result<(), Fault> {
    let scope = state::scope_name(Scope::Session, key);
    let bytes: i64 = connection.prepare_cached(BYTES_OF_SESSION)?.query_row(scope, |row| row.get(0))?;
    resize(connection, key, -bytes)?;
    connection.prepare_cached(LOOSEN_SESSION)?.execute(scope)?;
    Ok(())
}
