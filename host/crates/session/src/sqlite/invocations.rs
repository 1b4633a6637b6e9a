//! Invocations: begun, continued, ended, listed.

use rak_core::{
    EncodedEvent, InvocationEnd, InvocationFilter, InvocationId, InvocationPage, InvocationRecord,
    InvocationStatus, SessionKey, StoreError, Usage, time::UnixMillis,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, named_params, params};
use serde::Serialize;

use super::column::{self, integer};
use super::fault::Fault;
use super::writer::WriteTransaction;
use super::{history, sessions, state};
use crate::refusal;
use crate::scoped_delta::ScopedDelta;

/// The columns of a record, in the order in which [`record`] reads them.
macro_rules! records {
    ($rest:literal) => {
        concat!(
            "SELECT id, app_name, user_id, session_id, invocations.agent_version, status, reason, attempt, started_at, \
             ended_at, progress, usage FROM invocations CROSS JOIN sessions ON sessions.pk = session_pk ",
            $rest
        )
    };
}

pub(super) const GET: &str = records!("WHERE id = ?1");
/// The lists, by filter: ?1 is the session's row, ?2 the status, ?3 the id to begin before, ?4 the limit.
pub(super) const LIST_ALL: &str = records!("WHERE id < ?3 ORDER BY id DESC LIMIT ?4");
pub(super) const LIST_STATUS: &str = records!("WHERE status = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4");
pub(super) const LIST_SESSION: &str = records!("WHERE session_pk = ?1 AND id < ?3 ORDER BY id DESC LIMIT ?4");
pub(super) const LIST_SESSION_AND_STATUS: &str =
    records!("WHERE session_pk = ?1 AND status = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4");
/// Sorts behind every id.
const AFTER_ALL_IDS: &str = "g";

pub(super) const FIND: &str = "
    SELECT invocations.pk, session_pk, status, last_seq, session_id = ?2 AND app_name = ?3 AND user_id = ?4
    FROM invocations CROSS JOIN sessions ON sessions.pk = session_pk WHERE id = ?1";
const INSERT: &str = "
    INSERT INTO invocations (id, session_pk, agent_version, status, reason, attempt, started_at, ended_at, progress,
        usage)
    VALUES (:id, :session_pk, :agent_version, :status, :reason, :attempt, :started_at, :ended_at, :progress, :usage)";
pub(super) const UPDATE: &str = "
    UPDATE invocations SET agent_version = :agent_version, status = :status, reason = :reason, attempt = :attempt,
        started_at = :started_at, ended_at = :ended_at, progress = :progress, usage = :usage
    WHERE pk = :pk";
pub(super) const NUMBER: &str = "UPDATE invocations SET last_seq = ?2 WHERE pk = ?1";
pub(super) const END: &str = "
    UPDATE invocations SET last_seq = ?2, status = ?3, reason = ?4, ended_at = ?5, progress = ?6, usage = ?7
    WHERE pk = ?1";

/// A record whose JSON is made: that needs no transaction.
pub(super) struct EncodedRecord {
    pub(super) record: InvocationRecord,
    progress: Option<String>,
    usage: String,
}

impl EncodedRecord {
    pub(super) fn new(record: InvocationRecord) -> Result<Self, StoreError> {
        let progress = record.progress.as_ref().map(encode).transpose()?;
        Ok(Self { progress, usage: encode(&record.usage)?, record })
    }
}

/// The end of an invocation whose JSON is made.
pub(super) struct EncodedEnd {
    status: InvocationStatus,
    reason: Option<String>,
    progress: Option<String>,
    usage: String,
}

impl EncodedEnd {
    pub(super) fn new(end: InvocationEnd) -> Result<Self, StoreError> {
        let progress = end.progress.as_ref().map(encode).transpose()?;
        Ok(Self { status: end.status, reason: end.reason, progress, usage: encode(&end.usage)? })
    }
}

fn encode(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::unavailable)
}

/// What is to be committed, with everything encoded.
pub(super) struct EncodedCommit {
    pub(super) invocation: InvocationId,
    pub(super) session: SessionKey,
    pub(super) events: Vec<EncodedEvent>,
    pub(super) state: ScopedDelta,
    pub(super) at: UnixMillis,
    pub(super) end: Option<EncodedEnd>,
}

/// An invocation's row.
struct Found {
    pk: i64,
    session_pk: i64,
    status: InvocationStatus,
    last_seq: u64,
    /// It belongs to the session that was asked for.
    same_session: bool,
}

fn find(connection: &Connection, id: InvocationId, key: &SessionKey) -> Result<Option<Found>, Fault> {
    let (session, app, user) = (key.session_id.as_str(), key.app_name.as_str(), key.user_id.as_str());
    let found = |row: &Row<'_>| {
        Ok(Found {
            pk: row.get(0)?,
            session_pk: row.get(1)?,
            status: column::parsed(row, 2)?,
            last_seq: column::unsigned(row, 3)?,
            same_session: row.get(4)?,
        })
    };
    let mut statement = connection.prepare_cached(FIND)?;
    Ok(statement.query_row(params![id.to_string(), session, app, user], found).optional()?)
}

pub(super) fn begin(
    write: &mut WriteTransaction<'_>,
    begin: &EncodedRecord,
    message: Option<&EncodedEvent>,
    pin: bool,
) -> Result<u64, Fault> {
    let record = &begin.record;
    let (pk, session_pk) = match find(write.connection, record.id, &record.session)? {
        Some(found) if !found.same_session => return Err(refusal::other_session(record.id).into()),
        Some(found) => {
            refusal::check_step(record.id, found.status, record.status)?;
            update(write.connection, found.pk, begin)?;
            (found.pk, found.session_pk)
        }
        None => {
            let session_pk = match sessions::find_pk(write.connection, &record.session)? {
                Some(pk) => pk,
                None => sessions::insert(write, &record.session, None, UnixMillis::now())?,
            };
            (insert(write.connection, session_pk, begin)?, session_pk)
        }
    };
    if pin {
        sessions::pin_unpinned(write.connection, session_pk, &record.agent_version)?;
    }
    let at = UnixMillis::now();
    let position = sessions::touch(write, session_pk, at, usize::from(message.is_some()))?;
    if let Some(message) = message {
        let place = history::Place { session_pk, position, invocation_pk: Some(pk), seq: 0, at };
        history::insert(write.connection, &place, &message.json)?;
    }
    Ok(position.cast_unsigned())
}

fn insert(connection: &Connection, session_pk: i64, begin: &EncodedRecord) -> Result<i64, Fault> {
    let EncodedRecord { record, progress, usage } = begin;
    connection.prepare_cached(INSERT)?.execute(named_params! {
        ":id": record.id.to_string(),
        ":session_pk": session_pk,
        ":agent_version": record.agent_version,
        ":status": record.status.as_str(),
        ":reason": record.reason,
        ":attempt": record.attempt,
        ":started_at": record.started_at.0,
        ":ended_at": record.ended_at.map(|at| at.0),
        ":progress": progress,
        ":usage": usage,
    })?;
    Ok(connection.last_insert_rowid())
}

fn update(connection: &Connection, pk: i64, begin: &EncodedRecord) -> Result<(), Fault> {
    let EncodedRecord { record, progress, usage } = begin;
    connection.prepare_cached(UPDATE)?.execute(named_params! {
        ":pk": pk,
        ":agent_version": record.agent_version,
        ":status": record.status.as_str(),
        ":reason": record.reason,
        ":attempt": record.attempt,
        ":started_at": record.started_at.0,
        ":ended_at": record.ended_at.map(|at| at.0),
        ":progress": progress,
        ":usage": usage,
    })?;
    Ok(())
}

pub(super) fn commit(write: &mut WriteTransaction<'_>, commit: &EncodedCommit) -> Result<(), Fault> {
    let EncodedCommit { invocation: id, session, events, state, at, end } = commit;
    let found = find(write.connection, *id, session)?.filter(|found| found.same_session);
    let found = found.ok_or_else(|| refusal::no_invocation(*id, session))?;
    refusal::check_end(*id, found.status, end.as_ref().map(|end| end.status))?;
    let last = refusal::check_numbers(*id, found.last_seq, events.iter().map(EncodedEvent::seq))?;

    let newest = sessions::touch(write, found.session_pk, *at, events.len())?;
    let first = newest - integer(events.len()) + 1;
    for (position, event) in (first..).zip(events) {
        let place = history::Place {
            session_pk: found.session_pk,
            position,
            invocation_pk: Some(found.pk),
            seq: integer(event.seq()),
            at: *at,
        };
        history::insert(write.connection, &place, &event.json)?;
    }
    state::apply(write.connection, session, state)?;
    match end {
        Some(EncodedEnd { status, reason, progress, usage }) => {
            let row = params![found.pk, integer(last), status.as_str(), reason, at.0, progress, usage];
            write.connection.prepare_cached(END)?.execute(row)?;
        }
        None => {
            write.connection.prepare_cached(NUMBER)?.execute([found.pk, integer(last)])?;
        }
    }
    Ok(())
}

pub(super) fn get(connection: &Connection, id: InvocationId) -> Result<Option<InvocationRecord>, Fault> {
    Ok(connection.prepare_cached(GET)?.query_row([id.to_string()], record).optional()?)
}

pub(super) fn list(connection: &Connection, filter: &InvocationFilter) -> Result<InvocationPage, Fault> {
    let status = filter.status.map(InvocationStatus::as_str);
    let before = filter.before.map_or_else(|| AFTER_ALL_IDS.to_owned(), |id| id.to_string());
    let one_more = integer(filter.limit.saturating_add(1));
    let rows =
        |sql, session_pk: Option<i64>| query(connection, sql, params![session_pk, status, before, one_more]);
    let mut found = if filter.sessions.is_empty() {
        rows(if status.is_some() { LIST_STATUS } else { LIST_ALL }, None)?
    } else {
        // A page of each session, put together: one query over all of them would sort all their invocations.
        let sql = if status.is_some() { LIST_SESSION_AND_STATUS } else { LIST_SESSION };
        let mut found = Vec::new();
        for key in &filter.sessions {
            if let Some(pk) = sessions::find_pk(connection, key)? {
                found.extend(rows(sql, Some(pk))?);
            }
        }
        found.sort_unstable_by_key(|record| std::cmp::Reverse(record.id));
        // A session that was named twice.
        found.dedup_by_key(|record| record.id);
        found
    };
    let more = found.len() > filter.limit;
    found.truncate(filter.limit);
    let next = found.last().filter(|_| more).map(|record| record.id);
    Ok(InvocationPage { invocations: found, next })
}

fn query(connection: &Connection, sql: &str, params: impl Params) -> Result<Vec<InvocationRecord>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, record)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn record(row: &Row<'_>) -> rusqlite::Result<InvocationRecord> {
    Ok(InvocationRecord {
        id: column::parsed(row, 0)?,
        session: SessionKey {
            app_name: column::parsed(row, 1)?,
            user_id: column::parsed(row, 2)?,
            session_id: column::parsed(row, 3)?,
        },
        agent_version: row.get(4)?,
        status: column::parsed(row, 5)?,
        reason: row.get(6)?,
        attempt: row.get(7)?,
        started_at: UnixMillis(row.get(8)?),
        ended_at: row.get::<_, Option<i64>>(9)?.map(UnixMillis),
        progress: column::json(row, 10)?,
        usage: column::json::<Usage>(row, 11)?.unwrap_or_default(),
    })
}
