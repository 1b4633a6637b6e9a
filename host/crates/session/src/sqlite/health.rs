//! Whether the store can be written to: tried, not guessed.

use rak_core::time::UnixMillis;

use super::fault::Fault;
use super::writer::WriteTransaction;

/// The room that is asked for, in bytes: an event of a usual size must fit many times over.
const BALLAST_BYTES: i64 = 64 << 10;

/// Takes some room and gives it back: the file may not grow any more even though small changes of it succeed. Only the
/// time of the check and a few pages' numbers are written in the end.
pub(super) fn check(write: &mut WriteTransaction<'_>) -> Result<(), Fault> {
    let put = "INSERT OR REPLACE INTO health (pk, checked_at, ballast) VALUES (1, ?1, zeroblob(?2))";
    write.connection.prepare_cached(put)?.execute([UnixMillis::now().0, BALLAST_BYTES])?;
    write.connection.prepare_cached("UPDATE health SET ballast = NULL WHERE pk = 1")?.execute([])?;
    Ok(())
}
