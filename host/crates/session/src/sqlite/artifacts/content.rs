//! What is in artifacts: chunks, written and removed in slices, and read where somebody wants to.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use crate::sqlite::column::{self, integer};
use crate::sqlite::fault::Fault;

/// What is stored in one row, in bytes: whoever reads a little of a large file reads so much of it.
const CHUNK_BYTES: usize = 64 << 10;
/// What one transaction writes or removes of a content at most, in bytes: some milliseconds of the writer's time, and then
/// others have their turn.
pub(super) const SLICE_BYTES: usize = 16 * CHUNK_BYTES;

const BEGIN: &str = "INSERT INTO loose_contents DEFAULT VALUES";
const INSERT: &str = "INSERT INTO artifact_chunks (content_pk, first, data) VALUES (?1, ?2, ?3)";
/// A content that its artifact has.
pub(in crate::sqlite) const KEEP: &str = "DELETE FROM loose_contents WHERE pk = ?1";
/// From the chunk in which ?2 lies up to ?3.
pub(in crate::sqlite) const READ: &str = "
    SELECT first, data FROM artifact_chunks
    WHERE content_pk = ?1 AND first < ?3 AND first >=
        (SELECT max(first) FROM artifact_chunks WHERE content_pk = ?1 AND first <= ?2)
    ORDER BY first";
pub(in crate::sqlite) const NEXT_LOOSE: &str =
    "SELECT pk FROM loose_contents WHERE pk > ?1 ORDER BY pk LIMIT 1";
pub(in crate::sqlite) const DELETE: &str = "
    DELETE FROM artifact_chunks WHERE pk IN
        (SELECT pk FROM artifact_chunks WHERE content_pk = ?1 ORDER BY first LIMIT ?2)";

/// The contents that somebody is writing, who has yet to save their artifacts.
#[derive(Clone, Debug, Default)]
pub(super) struct UnderWay(Arc<Mutex<BTreeSet<i64>>>);

impl UnderWay {
    fn contents(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A content that is being written. Dropped before it was kept, it is one to be removed.
#[derive(Debug)]
pub(super) struct Unsaved {
    pub(super) pk: i64,
    under_way: UnderWay,
}

impl Drop for Unsaved {
    fn drop(&mut self) {
        self.under_way.contents().remove(&self.pk);
    }
}

/// Begins a content.
pub(super) fn begin(connection: &Connection, under_way: &UnderWay) -> Result<Unsaved, Fault> {
    connection.prepare_cached(BEGIN)?.execute([])?;
    let pk = connection.last_insert_rowid();
    under_way.contents().insert(pk);
    Ok(Unsaved { pk, under_way: under_way.clone() })
}

/// Writes the part of the data that lies in the range, which begins where the one before it ended.
pub(super) fn write(connection: &Connection, pk: i64, data: &[u8], range: Range<usize>) -> Result<(), Fault> {
    let mut first = range.start;
    let mut statement = connection.prepare_cached(INSERT)?;
    for chunk in data.get(range).unwrap_or_default().chunks(CHUNK_BYTES) {
        statement.execute(params![pk, integer(first), chunk])?;
        first += chunk.len();
    }
    Ok(())
}

/// Lets an artifact have it.
pub(super) fn keep(connection: &Connection, pk: i64) -> Result<(), Fault> {
    connection.prepare_cached(KEEP)?.execute([pk])?;
    Ok(())
}

/// `max` bytes at most from an offset.
pub(super) fn read(connection: &Connection, pk: i64, offset: u64, max: usize) -> Result<Vec<u8>, Fault> {
    let end = offset.saturating_add(max as u64);
    let mut statement = connection.prepare_cached(READ)?;
    let mut rows = statement.query([pk, integer(offset), integer(end)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let first = column::unsigned(row, 0)?;
        let chunk = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let within = |position: u64| {
            usize::try_from(position.saturating_sub(first)).unwrap_or(usize::MAX).min(chunk.len())
        };
        found.extend_from_slice(chunk.get(within(offset)..within(end)).unwrap_or_default());
    }
    Ok(found)
}

/// Removes a slice of what no artifact has and nobody is writing. True where there may be more of it.
pub(super) fn sweep(connection: &Connection, under_way: &UnderWay) -> Result<bool, Fault> {
    let mut room = SLICE_BYTES / CHUNK_BYTES;
    let mut after = 0;
    while room > 0 {
        let mut next = connection.prepare_cached(NEXT_LOOSE)?;
        let Some(pk) = next.query_row([after], |row| row.get(0)).optional()? else { return Ok(false) };
        after = pk;
        if under_way.contents().contains(&pk) {
            continue;
        }
        let removed = connection.prepare_cached(DELETE)?.execute(params![pk, integer(room)])?;
        if removed < room {
            keep(connection, pk)?;
        }
        // One that is empty is work, too.
        room = room.saturating_sub(removed.max(1));
    }
    Ok(true)
}
