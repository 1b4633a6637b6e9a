//! A log that is moved, and one that was not flushed.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rak_core::StoreError;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{CHECKPOINT_PAGES, Database, MAX_LOG_PAGES, RETRY};
use crate::sqlite::log::LogPages;
use crate::sqlite::readers::Readers;

/// A database with a table of numbers, and those who read it.
struct Fixture {
    database: Database,
    readers: Readers,
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let readers = Readers::new(path.clone(), 1);
        let open = Box::new({
            let path = path.clone();
            move || Ok(open(&path))
        });
        let database = Database::open(&path, Arc::clone(readers.pool()), open).unwrap();
        Self { database, readers, folder }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("a.db-wal")
    }

    fn insert(&mut self, number: i64) {
        insert(self.database.connection().unwrap(), number, 1);
    }

    fn pages(&mut self) -> LogPages {
        LogPages::of(self.database.connection().unwrap()).unwrap()
    }

    /// Waits for the thread.
    fn end_checkpoint(&mut self) {
        while self.database.checkpoint.as_ref().is_some_and(|checkpoint| !checkpoint.is_finished()) {
            std::thread::yield_now();
        }
        self.database.tend(Instant::now()).unwrap();
    }

    fn tend_until_moved(&mut self) {
        while self.pages().left() > 0 {
            self.end_checkpoint();
        }
    }

    async fn numbers(&self) -> Result<Vec<i64>, StoreError> {
        let read = self.readers.read(|read| {
            let mut statement = read.prepare("SELECT n FROM numbers ORDER BY n")?;
            let numbers = statement.query_map([], |row| row.get(0))?;
            Ok(numbers.collect::<Result<_, _>>()?)
        });
        read.await
    }
}

fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    let schema = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
        CREATE TABLE IF NOT EXISTS numbers (n INTEGER PRIMARY KEY, ballast)";
    connection.execute_batch(schema).unwrap();
    connection
}

fn insert(connection: &Connection, number: i64, ballast: u64) {
    let row = [number, i64::try_from(ballast).unwrap()];
    connection.execute("INSERT INTO numbers VALUES (?1, zeroblob(?2))", row).unwrap();
}

#[tokio::test]
async fn a_long_log_is_moved_and_a_short_one_is_not() {
    let mut fixture = Fixture::new();
    fixture.insert(1);
    fixture.database.tend(Instant::now()).unwrap();
    assert_eq!(fixture.pages().moved, 0);
    insert(fixture.database.connection().unwrap(), 2, CHECKPOINT_PAGES * 4096);
    fixture.database.tend(Instant::now()).unwrap();
    // Whatever is committed meanwhile makes the log longer.
    fixture.insert(3);
    fixture.tend_until_moved();
    fixture.insert(4);
    assert!(fixture.pages().written < CHECKPOINT_PAGES, "it begins anew");
    assert_eq!(fixture.numbers().await, Ok(vec![1, 2, 3, 4]));
}

#[tokio::test]
async fn a_log_that_grows_faster_than_it_moves_is_waited_for() {
    let mut fixture = Fixture::new();
    insert(fixture.database.connection().unwrap(), 1, CHECKPOINT_PAGES * 4096);
    fixture.database.tend(Instant::now()).unwrap();
    assert!(fixture.database.checkpoint.is_some());
    insert(fixture.database.connection().unwrap(), 2, MAX_LOG_PAGES * 4096);
    // That moved more than is left for the writer, or nothing more: a second one goes on with it.
    while fixture.pages().left() > 0 {
        fixture.database.tend(Instant::now()).unwrap();
    }
    assert_eq!(fixture.numbers().await, Ok(vec![1, 2]));
}

/// Whoever reads needs the log from where it was.
#[tokio::test]
async fn a_log_moves_as_far_as_readers_let_it() {
    let mut fixture = Fixture::new();
    fixture.insert(1);
    let other = open(&fixture.folder.path().join("a.db"));
    other.execute_batch("BEGIN; SELECT * FROM numbers").unwrap();
    insert(fixture.database.connection().unwrap(), 2, CHECKPOINT_PAGES * 4096);
    fixture.database.tend(Instant::now()).unwrap();
    fixture.end_checkpoint();
    assert!(fixture.pages().left() >= CHECKPOINT_PAGES);
    other.execute_batch("COMMIT").unwrap();
    fixture.tend_until_moved();
    assert_eq!(fixture.numbers().await, Ok(vec![1, 2]));
}

#[tokio::test]
async fn a_log_that_is_on_its_way_is_whole_at_the_end() {
    let Fixture { mut database, folder, .. } = Fixture::new();
    insert(database.connection().unwrap(), 1, CHECKPOINT_PAGES * 4096);
    database.tend(Instant::now()).unwrap();
    database.finish().unwrap();
    assert!(!folder.path().join("a.db-wal").exists());
    let connection = open(&folder.path().join("a.db"));
    let found: i64 = connection.query_row("SELECT n FROM numbers", [], |row| row.get(0)).unwrap();
    assert_eq!(found, 1);
}

#[tokio::test]
async fn a_doubtful_log_is_written_again_and_moved_from_its_beginning() {
    let mut fixture = Fixture::new();
    (1..=10).for_each(|number| fixture.insert(number));
    assert_eq!(fixture.numbers().await.unwrap().len(), 10);
    fixture.database.doubtful = true;
    assert!(!fixture.database.is_sound());
    fixture.database.tend(Instant::now()).unwrap();
    assert!(fixture.database.is_sound());
    assert_eq!(fs::metadata(fixture.log()).unwrap().len(), 0);
    fixture.insert(11);
    assert_eq!(fixture.numbers().await, Ok((1..=11).collect()));
}

/// A commit whose flush failed lies in the log behind what was committed, whole, and would be taken for one.
#[tokio::test]
async fn a_commit_that_was_taken_back_does_not_come_back() {
    let mut fixture = Fixture::new();
    fixture.insert(1);
    let length = usize::try_from(fs::metadata(fixture.log()).unwrap().len()).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for name in ["a.db", "a.db-wal"] {
        fs::copy(fixture.folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let other = open(&copy.path().join("a.db"));
    insert(&other, 2, 1);
    let behind = fs::read(copy.path().join("a.db-wal")).unwrap().split_off(length);
    OpenOptions::new().append(true).open(fixture.log()).unwrap().write_all(&behind).unwrap();

    fixture.database.doubtful = true;
    fixture.database.tend(Instant::now()).unwrap();
    assert_eq!(fixture.numbers().await, Ok(vec![1]));
}

#[tokio::test]
async fn a_log_that_lost_what_was_committed_is_the_end_of_the_store() {
    let mut fixture = Fixture::new();
    (1..=3).for_each(|number| fixture.insert(number));
    let log = OpenOptions::new().write(true).open(fixture.log()).unwrap();
    log.set_len(log.metadata().unwrap().len() - 1).unwrap();
    fixture.database.doubtful = true;
    let now = Instant::now();
    let Err(StoreError::Unavailable { reason }) = fixture.database.tend(now) else { panic!("it is lost") };
    assert!(reason.contains("lost"), "{reason}");
    assert!(fixture.database.connection().is_err());
    assert!(
        matches!(fixture.numbers().await, Err(StoreError::Unavailable { .. })),
        "nobody reads half of it"
    );
    assert_eq!(fixture.database.tend(now + 2 * RETRY), Ok(()), "there is nothing to be tried");
    assert!(!fixture.database.is_sound());
}

/// SQLite would go on where it was, and part of what had moved may be what was lost.
#[tokio::test]
async fn a_doubtful_log_waits_until_no_other_process_has_the_file() {
    let mut fixture = Fixture::new();
    (1..=10).for_each(|number| fixture.insert(number));
    let connection = fixture.database.connection().unwrap();
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
    let path = fixture.folder.path().join("a.db");
    let other = open(&path);
    let reads: i64 = other.query_row("SELECT count(*) FROM numbers", [], |row| row.get(0)).unwrap();
    assert_eq!(reads, 10);
    fixture.database.doubtful = true;
    let now = Instant::now();
    let Err(StoreError::Unavailable { reason }) = fixture.database.tend(now) else { panic!("it waits") };
    assert!(reason.contains("another process"), "{reason}");
    fixture.insert(11);
    drop(other);
    assert_eq!(fixture.database.tend(now), Ok(()), "not before its time");
    assert!(!fixture.database.is_sound());
    fixture.database.tend(now + RETRY).unwrap();
    assert!(fixture.database.is_sound());
    assert_eq!(fixture.numbers().await, Ok((1..=11).collect()));
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_again_is_opened_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let readers = Readers::new(path.clone(), 1);
    let gate = folder.path().join("closed");
    let opener = Box::new({
        let (path, gate) = (path.clone(), gate.clone());
        move || if gate.exists() { Err(StoreError::unavailable("closed")) } else { Ok(open(&path)) }
    });
    let database = Database::open(&path, Arc::clone(readers.pool()), opener).unwrap();
    let mut fixture = Fixture { database, readers, folder };
    fixture.insert(1);
    fs::write(&gate, "").unwrap();
    fixture.database.doubtful = true;
    let now = Instant::now();
    assert!(fixture.database.tend(now).is_err());
    assert!(fixture.database.connection().is_err());
    assert!(fixture.numbers().await.is_err());
    fs::remove_file(&gate).unwrap();
    fixture.insert(2);
    assert_eq!(fixture.numbers().await, Ok(vec![1, 2]));
    assert!(!fixture.database.is_sound(), "the log has not moved");
    fixture.database.tend(now + RETRY).unwrap();
    assert!(fixture.database.is_sound());
}
