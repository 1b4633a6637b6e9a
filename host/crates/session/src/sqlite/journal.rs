//! Journals: chunks that are appended, read as a whole, and removed in time.

use rak_core::{InvocationId, JournalChunk, time::UnixMillis};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{self, integer};
use super::fault::Fault;
use super::writer::WriteTransaction;

const INSERT: &str = "INSERT INTO journal (invocation_pk, first, count, entries) VALUES (?1, ?2, ?3, ?4)";
/// Nothing of one that is being removed: what is left of it repeats nothing.
pub(super) const READ: &str = "
    SELECT first, count, entries FROM journal
    WHERE invocation_pk = (SELECT pk FROM invocations WHERE id = ?1 AND journal_length > 0) ORDER BY first";
/// The condition is the index's: the planner wants to read it.
pub(super) const NEXT_TO_PRUNE: &str = "
    SELECT pk FROM invocations
    WHERE ended_at < ?1 AND ended_at IS NOT NULL AND (journal_length <> 0 OR resume IS NOT NULL)
    ORDER BY ended_at, id LIMIT 1";
/// `octet_length` looks at the row's header, not at the text.
pub(super) const CHUNKS: &str =
    "SELECT first, octet_length(entries) FROM journal WHERE invocation_pk = ?1 ORDER BY first";
pub(super) const DELETE: &str = "DELETE FROM journal WHERE invocation_pk = ?1 AND first <= ?2";
pub(super) const PRUNE: &str = "UPDATE invocations SET resume = NULL, journal_length = ?2 WHERE pk = ?1";

/// What one transaction removes at most, in chunks and in pages of large ones: some milliseconds of the writer's time,
/// and then others have their turn.
const MAX_SLICE: usize = 500;
/// What is freed of a large chunk at the price of a small one, in bytes: a page.
const PAGE_BYTES: i64 = 4096;

pub(super) fn insert(connection: &Connection, invocation_pk: i64, chunk: &JournalChunk) -> Result<(), Fault> {
    let JournalChunk { first, count, entries } = chunk;
    let row = params![invocation_pk, integer(*first), integer(*count), entries];
    connection.prepare_cached(INSERT)?.execute(row)?;
    Ok(())
}

pub(super) fn read(connection: &Connection, id: InvocationId) -> Result<Vec<JournalChunk>, Fault> {
    let chunk = |row: &Row<'_>| {
        Ok(JournalChunk {
            first: column::unsigned(row, 0)?,
            count: column::unsigned(row, 1)?,
            entries: row.get(2)?,
        })
    };
    let mut statement = connection.prepare_cached(READ)?;
    let chunks = statement.query_map([id.to_string()], chunk)?;
    Ok(chunks.collect::<Result<_, _>>()?)
}

/// What one transaction removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    /// Journals of which nothing is left.
    pub(super) journals: usize,
    /// Whether there may be more to remove.
    pub(super) more: bool,
}

/// Removes as much as one transaction may, of `limit` journals at most.
pub(super) fn prune(
    write: &mut WriteTransaction<'_>,
    ended_before: UnixMillis,
    limit: usize,
) -> Result<Slice, Fault> {
    let mut room = MAX_SLICE;
    let mut journals = 0;
    while journals < limit {
        if room == 0 {
            return Ok(Slice { journals, more: true });
        }
        let mut next = write.connection.prepare_cached(NEXT_TO_PRUNE)?;
        let Some(pk) = next.query_row([ended_before.0], |row| row.get(0)).optional()? else { break };
        let whole = delete(write.connection, pk, &mut room)?;
        write.connection.prepare_cached(PRUNE)?.execute([pk, if whole { 0 } else { -1 }])?;
        journals += usize::from(whole);
    }
    Ok(Slice { journals, more: false })
}

/// Removes the chunks of a journal for which there is room, at least one. Gives whether that was all.
fn delete(connection: &Connection, invocation_pk: i64, room: &mut usize) -> Result<bool, Fault> {
    // What is not chunks costs something too.
    *room = room.saturating_sub(1);
    let mut last = None;
    let mut statement = connection.prepare_cached(CHUNKS)?;
    let mut rows = statement.query([invocation_pk])?;
    let whole = loop {
        let Some(row) = rows.next()? else { break true };
        if last.is_some() && *room == 0 {
            break false;
        }
        last = Some(row.get::<_, i64>(0)?);
        let pages = 1 + row.get::<_, i64>(1)? / PAGE_BYTES;
        *room = room.saturating_sub(usize::try_from(pages).unwrap_or(usize::MAX));
    };
    drop(rows);
    if let Some(last) = last {
        connection.prepare_cached(DELETE)?.execute([invocation_pk, last])?;
    }
    Ok(whole)
}
