//! Invocations: begun, continued, ended, listed.

use rak_core::{
    AgentQuota, EncodedEvent, IdempotencyKey, InvocationFilter, InvocationId, InvocationPage,
    InvocationRecord, InvocationStatus, InvocationStep, Quotas, SessionKey, StartKey, Usage,
    time::UnixMillis,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::column::{self, integer};
use super::encoded::{EncodedCommit, EncodedRecord, EncodedStep};
use super::fault::Fault;
use super::writer::WriteTransaction;
use super::{history, journal, sessions, state, usage};
use crate::refusal;

/// The columns of a record, in the order in which [`record`] reads them.
macro_rules! records {
    ($rest:literal) => {
        concat!(
            "SELECT id, app_name, user_id, session_id, invocations.agent_version, status, reason, attempt, started_at, \
             ended_at, progress, usage, waiting, resume, parent FROM invocations CROSS JOIN sessions ON sessions.pk = session_pk ",
            $rest
        )
    };
}

pub(super) const GET: &str = records!("WHERE id = ?1");
/// The lists, by filter: ?1 is the session's row, ?2 the status, ?3 the id to begin before, ?4 the limit. The status of a
/// session's invocations is looked at and not searched by: an order of its own would be written three times a run.
pub(super) const LIST_ALL: &str = records!("WHERE id < ?3 ORDER BY id DESC LIMIT ?4");
pub(super) const LIST_STATUS: &str = records!("WHERE status = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4");
pub(super) const LIST_SESSION: &str = records!("WHERE session_pk = ?1 AND id < ?3 ORDER BY id DESC LIMIT ?4");
pub(super) const LIST_SESSION_AND_STATUS: &str =
    records!("WHERE session_pk = ?1 AND +status = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4");
pub(super) const LIST_PARENT: &str = records!("WHERE parent_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3");
/// Sorts behind every id.
const AFTER_ALL_IDS: &str = "g";

pub(super) const FIND: &str = "
    SELECT invocations.pk, session_pk, status, last_seq, journal_length,
        session_id = ?2 AND app_name = ?3 AND user_id = ?4, last_position, usage
    FROM invocations CROSS JOIN sessions ON sessions.pk = session_pk WHERE id = ?1";
/// Both have these, by their numbers: the record's columns in the order in which [`put`] gives them.
const INSERT: &str = "
    INSERT INTO invocations (id, session_pk, agent_version, status, reason, attempt, started_at, ended_at, progress,
        usage, waiting, resume, message_position, start_key, start_digest, parent_id, parent)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
pub(super) const UPDATE: &str = "
    UPDATE invocations SET agent_version = ?3, status = ?4, reason = ?5, attempt = ?6, started_at = ?7, ended_at = ?8,
        progress = ?9, usage = ?10, waiting = ?11, resume = ?12, message_position = coalesce(message_position, ?13),
        start_key = coalesce(start_key, ?14), start_digest = coalesce(start_digest, ?15),
        parent_id = coalesce(parent_id, ?16), parent = coalesce(parent, ?17)
    WHERE id = ?1 AND session_pk = ?2";
pub(super) const STARTED_WITH: &str =
    "SELECT id, start_digest FROM invocations WHERE session_pk = ?1 AND start_key = ?2";
pub(super) const NUMBER: &str = "UPDATE invocations SET last_seq = ?2 WHERE pk = ?1";
pub(super) const JOURNAL: &str = "UPDATE invocations SET last_seq = ?2, journal_length = ?3 WHERE pk = ?1";
/// ?4 the status, ?5 the reason, ?6 the progress, ?7 what was used, ?8 what it waits for, ?9 how to go on.
pub(super) const REST: &str = "
    UPDATE invocations SET last_seq = ?2, journal_length = ?3, status = ?4, reason = ?5,
        progress = coalesce(?6, progress), usage = coalesce(?7, usage), waiting = ?8, resume = coalesce(?9, resume)
    WHERE pk = ?1";
pub(super) const END: &str = "
    UPDATE invocations SET last_seq = ?2, journal_length = ?3, status = ?4, reason = ?5, progress = ?6, usage = ?7,
        ended_at = ?8, waiting = NULL
    WHERE pk = ?1";

/// Where [`FIND`] has what an invocation used, as JSON.
const USAGE: usize = 7;

/// An invocation's row.
struct Found {
    pk: i64,
    session: sessions::Found,
    status: InvocationStatus,
    last_seq: u64,
    journal_length: u64,
    /// It belongs to the session that was asked for.
    same_session: bool,
    /// What it used so far, as it is stored: most commits do not ask.
    usage: String,
}

impl Found {
    fn usage(&self) -> Result<Usage, Fault> {
        serde_json::from_str(&self.usage).map_err(|error| column::broken(USAGE, error).into())
    }
}

fn find(connection: &Connection, id: InvocationId, key: &SessionKey) -> Result<Option<Found>, Fault> {
    let (session, app, user) = (key.session_id.as_str(), key.app_name.as_str(), key.user_id.as_str());
    let found = |row: &Row<'_>| {
        Ok(Found {
            pk: row.get(0)?,
            session: sessions::Found { pk: row.get(1)?, last_position: row.get(6)? },
            status: column::parsed(row, 2)?,
            last_seq: column::unsigned(row, 3)?,
            journal_length: column::unsigned(row, 4)?,
            same_session: row.get(5)?,
            usage: row.get(USAGE)?,
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
    quotas: &Quotas,
) -> Result<u64, Fault> {
    let record = &begin.record;
    let found = find(write.connection, record.id, &record.session)?;
    if found.is_none() {
        // Before anything is written: taking it back would take back all that is written with it.
        check_quotas(write, record, quotas)?;
    }
    let session = match &found {
        Some(found) if !found.same_session => return Err(refusal::other_session(record.id).into()),
        Some(found) => {
            refusal::check_step(record.id, found.status, record.status)?;
            found.session
        }
        None => match sessions::find_row(write.connection, &record.session)? {
            Some(session) => session,
            None => sessions::insert(write, &record.session, None, UnixMillis::now())?,
        },
    };
    let session_pk = session.pk;
    if let Some(StartKey { key, .. }) = &begin.start_key {
        match find_start(write.connection, session_pk, key)? {
            Some((other, _)) if other != record.id => return Err(refusal::key_used(key, other).into()),
            _ => {}
        }
    }
    if pin {
        sessions::pin_unpinned(write.connection, session_pk, &record.agent_version)?;
    }
    count(write, record, found.as_ref())?;
    let at = UnixMillis::now();
    let position = sessions::touch(write, session, at, usize::from(message.is_some()))?;
    let sql = if found.is_some() { UPDATE } else { INSERT };
    put(write.connection, sql, begin, session_pk, message.map(|_| position))?;
    if let Some(message) = message {
        let invocation_pk = found.map_or_else(|| write.connection.last_insert_rowid(), |found| found.pk);
        let place = history::Place { session_pk, position, invocation_pk: Some(invocation_pk), seq: 0, at };
        history::insert(write.connection, &place, &message.json)?;
    }
    Ok(position.cast_unsigned())
}

/// Counts a beginning for its user and its agent.
fn count(
    write: &mut WriteTransaction<'_>,
    record: &InvocationRecord,
    found: Option<&Found>,
) -> Result<(), Fault> {
    let (key, day) = (&record.session, record.started_at.day());
    let before = found.map(Found::usage).transpose()?.unwrap_or_default();
    write.counts.change(write.connection, &key.user_id, day, |used| {
        used.invocations = used.invocations.saturating_add(u64::from(found.is_none()));
        used.add(&before, &record.usage);
    })?;
    usage::add_to_agent(write.connection, &key.app_name, day, record.usage.model_tokens_since(&before))
}

fn check_quotas(
    write: &mut WriteTransaction<'_>,
    record: &InvocationRecord,
    quotas: &Quotas,
) -> Result<(), Fault> {
    let (key, day) = (&record.session, record.started_at.day());
    let used = write.counts.get(write.connection, &key.user_id, day)?;
    refusal::check_user_quota(&key.user_id, &quotas.user, used)?;
    // Most agents have no quota: for them nothing is read.
    if quotas.agent != AgentQuota::default() {
        let tokens = usage::of_agent(write.connection, &key.app_name, day)?;
        refusal::check_agent_quota(&key.app_name, quotas.agent, tokens)?;
    }
    Ok(())
}

/// Inserts or updates the whole record.
fn put(
    connection: &Connection,
    sql: &str,
    begin: &EncodedRecord,
    session_pk: i64,
    message_position: Option<i64>,
) -> Result<(), Fault> {
    let EncodedRecord { record, start_key, progress, usage, waiting, resume, parent } = begin;
    connection.prepare_cached(sql)?.execute(params![
        record.id.to_string(),
        session_pk,
        record.agent_version,
        record.status.as_str(),
        record.reason,
        record.attempt,
        record.started_at.0,
        record.ended_at.map(|at| at.0),
        progress,
        usage,
        waiting,
        resume,
        message_position,
        start_key.as_ref().map(|start| start.key.as_str()),
        start_key.as_ref().map(|start| &start.digest),
        record.parent.as_ref().map(|parent| parent.invocation_id.to_string()),
        parent,
    ])?;
    Ok(())
}

pub(super) fn commit(write: &mut WriteTransaction<'_>, commit: &EncodedCommit) -> Result<(), Fault> {
    let EncodedCommit { invocation: id, session, events, state, at, journal, step } = commit;
    let found = find(write.connection, *id, session)?.filter(|found| found.same_session);
    let mut found = found.ok_or_else(|| refusal::no_invocation(*id, session))?;
    refusal::check_end(*id, found.status, step.as_ref().map(|step| &step.step))?;
    found.last_seq = refusal::check_numbers(*id, found.last_seq, events.iter().map(EncodedEvent::seq))?;
    found.journal_length = refusal::check_journal(*id, found.journal_length, journal.as_ref())?;

    // Entries of the journal and steps are nothing that a list of sessions shows.
    if !events.is_empty() || !state.is_empty() {
        let newest = sessions::touch(write, found.session, *at, events.len())?;
        append(write.connection, &found, newest, *at, events)?;
        state::apply(write.connection, session, state)?;
    }
    if let Some(chunk) = journal.as_ref().filter(|chunk| chunk.count > 0) {
        journal::insert(write.connection, found.pk, chunk)?;
    }
    let used = step.as_ref().and_then(|step| step.step.usage());
    if let Some(now) = used {
        let (day, before) = (at.day(), found.usage()?);
        write.counts.change(write.connection, &session.user_id, day, |used| used.add(&before, now))?;
        usage::add_to_agent(write.connection, &session.app_name, day, now.model_tokens_since(&before))?;
    }
    match step {
        Some(step) => take_step(write.connection, &found, step, *at),
        None => number(write.connection, &found, journal.is_some()),
    }
}

/// Stores events that end at the position `newest`.
fn append(
    connection: &Connection,
    found: &Found,
    newest: i64,
    at: UnixMillis,
    events: &[EncodedEvent],
) -> Result<(), Fault> {
    let first = newest - integer(events.len()) + 1;
    for (position, event) in (first..).zip(events) {
        let place = history::Place {
            session_pk: found.session.pk,
            position,
            invocation_pk: Some(found.pk),
            seq: integer(event.seq()),
            at,
        };
        history::insert(connection, &place, &event.json)?;
    }
    Ok(())
}

/// Stores the newest numbers. The length of the journal is in an index's condition: it is named where it changes.
fn number(connection: &Connection, found: &Found, journal: bool) -> Result<(), Fault> {
    let Found { pk, last_seq, journal_length, .. } = *found;
    if journal {
        let row = [pk, integer(last_seq), integer(journal_length)];
        connection.prepare_cached(JOURNAL)?.execute(row)?;
    } else {
        connection.prepare_cached(NUMBER)?.execute([pk, integer(last_seq)])?;
    }
    Ok(())
}

/// Stores the newest numbers and where the invocation is from now on.
fn take_step(
    connection: &Connection,
    found: &Found,
    step: &EncodedStep,
    at: UnixMillis,
) -> Result<(), Fault> {
    let (pk, last, length) = (found.pk, integer(found.last_seq), integer(found.journal_length));
    let EncodedStep { step, progress, usage, waiting, resume } = step;
    let status = step.status().as_str();
    match step {
        InvocationStep::Rests(rest) => {
            let row = params![pk, last, length, status, rest.reason, progress, usage, waiting, resume];
            connection.prepare_cached(REST)?.execute(row)?;
        }
        InvocationStep::Ends(end) => {
            let row = params![pk, last, length, status, end.reason, progress, usage, at.0];
            connection.prepare_cached(END)?.execute(row)?;
        }
    }
    Ok(())
}

/// The invocation of a session that was started with this key.
pub(super) fn started_with(
    connection: &Connection,
    session: &SessionKey,
    key: &IdempotencyKey,
) -> Result<Option<(InvocationId, String)>, Fault> {
    match sessions::find_row(connection, session)? {
        Some(session) => find_start(connection, session.pk, key),
        None => Ok(None),
    }
}

fn find_start(
    connection: &Connection,
    session_pk: i64,
    key: &IdempotencyKey,
) -> Result<Option<(InvocationId, String)>, Fault> {
    let start = |row: &Row<'_>| Ok((column::parsed(row, 0)?, row.get(1)?));
    let mut statement = connection.prepare_cached(STARTED_WITH)?;
    Ok(statement.query_row(params![session_pk, key.as_str()], start).optional()?)
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
    let mut found = if let Some(parent) = filter.parent {
        query(connection, LIST_PARENT, params![parent.to_string(), before, one_more])?
    } else if filter.sessions.is_empty() {
        rows(if status.is_some() { LIST_STATUS } else { LIST_ALL }, None)?
    } else {
        // A page of each session, put together: one query over all of them would sort all their invocations.
        let sql = if status.is_some() { LIST_SESSION_AND_STATUS } else { LIST_SESSION };
        let mut found = Vec::new();
        for key in &filter.sessions {
            if let Some(sessions::Found { pk, .. }) = sessions::find_row(connection, key)? {
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
        waiting: column::json(row, 12)?,
        resume: column::json(row, 13)?,
        parent: column::json(row, 14)?,
    })
}
