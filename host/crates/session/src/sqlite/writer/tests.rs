//! Groups of commands, with the thread held where the test wants it.

use std::path::Path;
use std::sync::{Arc, mpsc};

use rak_core::StoreError;
use rak_core::time::UnixDay;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{Database, WriteTransaction, Writer};
use crate::sqlite::connection::open_reader;
use crate::sqlite::fault::Fault;
use crate::sqlite::file::OwnedFile;
use crate::sqlite::readers::Readers;
use crate::sqlite::{schema, usage};

const DAY: UnixDay = UnixDay(20_000);

/// A store with a table of numbers, each there once.
fn open_numbers(path: &Path) -> Database {
    let readers = Readers::new(path.to_owned(), 1);
    let open = {
        let path = path.to_owned();
        move || {
            let mut connection = Connection::open(&path).unwrap();
            let numbers =
                "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS numbers (n INTEGER PRIMARY KEY)";
            schema::migrate(&mut connection).unwrap();
            connection.execute_batch(numbers).unwrap();
            Ok(connection)
        }
    };
    Database::open(path, Arc::clone(readers.pool()), Box::new(open)).unwrap()
}

/// A writer on such a table.
struct Fixture {
    writer: Arc<Writer>,
    reader: Connection,
    calls: JoinSet<Result<i64, StoreError>>,
    _folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = OwnedFile::claim(&folder.path().join("a.db")).unwrap();
        let database = open_numbers(&file.path);
        let reader = open_reader(&file.path).unwrap();
        let writer = Arc::new(Writer::start(database, file.lock, 0).unwrap());
        Self { writer, reader, calls: JoinSet::new(), _folder: folder }
    }

    /// Queues an operation on the table.
    fn call(&mut self, mut operation: impl FnMut(&Connection) -> Result<i64, Fault> + Send + 'static) {
        let writer = Arc::clone(&self.writer);
        self.calls.spawn(async move { writer.call(1, move |write| operation(write.connection)).await });
    }

    /// Queues a command that counts an invocation of a user, and then ends as it is told.
    fn count(&mut self, user: &'static str, end: impl Fn() -> Result<i64, Fault> + Send + 'static) {
        let writer = Arc::clone(&self.writer);
        let count = move |write: &mut WriteTransaction<'_>| {
            let (connection, user) = (write.connection, user.parse().unwrap());
            write.counts.change(connection, &user, DAY, |used| used.invocations += 1)?;
            end()
        };
        self.calls.spawn(async move { writer.call(1, count).await });
    }

    fn counted(&self, user: &str) -> u64 {
        usage::get(&self.reader, &user.parse().unwrap(), DAY).unwrap().invocations
    }

    fn insert(&mut self, number: i64) {
        self.call(move |connection| insert(connection, number));
    }

    /// Holds the writer in a transaction of its own until the answer is dropped.
    async fn hold(&mut self) -> mpsc::Sender<()> {
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (release, released) = mpsc::channel();
        let mut started = Some(started);
        self.call(move |_| {
            let _ = started.take().map(|started| started.send(()));
            let _ = released.recv();
            Ok(0)
        });
        has_started.await.unwrap();
        release
    }

    /// Waits until this many commands are queued behind the one that holds the writer.
    async fn queued(&self, commands: u64) {
        while self.writer.stats().queued < commands {
            tokio::task::yield_now().await;
        }
    }

    async fn answers(&mut self) -> Vec<Result<i64, StoreError>> {
        let mut answers = std::mem::take(&mut self.calls).join_all().await;
        answers.sort_by_key(|answer| *answer.as_ref().unwrap_or(&i64::MAX));
        answers
    }

    fn numbers(&self) -> Vec<i64> {
        let mut statement = self.reader.prepare("SELECT n FROM numbers ORDER BY n").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

fn insert(connection: &Connection, number: i64) -> Result<i64, Fault> {
    connection.prepare_cached("INSERT INTO numbers VALUES (?1)")?.execute([number])?;
    Ok(number)
}

fn refused() -> Fault {
    StoreError::NotFound { what: "it".into() }.into()
}

#[tokio::test]
async fn what_is_ready_is_committed_together() {
    let mut fixture = Fixture::new();
    let release = fixture.hold().await;
    (1..=100).for_each(|number| fixture.insert(number));
    fixture.queued(100).await;
    assert!(fixture.numbers().is_empty(), "nothing is seen before its commit");
    drop(release);
    assert!(fixture.answers().await.iter().all(Result::is_ok));
    assert_eq!(fixture.numbers(), (1..=100).collect::<Vec<_>>());
    let stats = fixture.writer.stats();
    assert_eq!((stats.transactions, stats.commands, stats.largest_batch), (2, 101, 100));
    assert_eq!((stats.failed_transactions, stats.refused_commands, stats.queued), (0, 0, 0));
}

#[tokio::test]
async fn a_command_that_fails_fails_alone() {
    let mut fixture = Fixture::new();
    let release = fixture.hold().await;
    fixture.insert(1);
    // Refused after it wrote, against the rules of the table, and by a panic.
    fixture.call(|connection| insert(connection, 2).and(Err(refused())));
    fixture.call(|connection| insert(connection, 3).and_then(|_| insert(connection, 1)));
    fixture.call(|connection| insert(connection, 4).map(|_| panic!("as it may")));
    fixture.insert(5);
    fixture.queued(5).await;
    drop(release);
    let answers = fixture.answers().await;
    assert_eq!(answers[..3], [Ok(0), Ok(1), Ok(5)]);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Err(StoreError::NotFound { .. }))).count(), 1);
    assert_eq!(
        answers.iter().filter(|answer| matches!(answer, Err(StoreError::Unavailable { .. }))).count(),
        2
    );
    assert_eq!(fixture.numbers(), [1, 5]);
    let stats = fixture.writer.stats();
    assert_eq!((stats.transactions, stats.commands, stats.refused_commands), (2, 6, 3));
}

#[tokio::test]
async fn what_a_command_counts_is_kept_or_taken_back_with_it() {
    let mut fixture = Fixture::new();
    for user in ["a", "b"] {
        fixture.count(user, || Ok(0));
    }
    assert_eq!(fixture.answers().await, [Ok(0), Ok(0)]);
    let release = fixture.hold().await;
    for _ in 0..3 {
        fixture.count("a", || Ok(1));
    }
    fixture.count("a", || Err(refused()));
    fixture.count("b", || panic!("as it may"));
    fixture.count("c", || Ok(2));
    fixture.queued(6).await;
    drop(release);
    assert_eq!(fixture.answers().await.iter().filter(|answer| answer.is_err()).count(), 2);
    assert_eq!(["a", "b", "c", "d"].map(|user| fixture.counted(user)), [4, 1, 1, 0]);
}

#[tokio::test]
async fn a_transaction_that_fails_acknowledges_nothing_and_the_next_one_works() {
    let mut fixture = Fixture::new();
    let release = fixture.hold().await;
    fixture.insert(1);
    fixture.call(|_| Err(refused()));
    // As SQLite does by itself when the disk fails under it.
    fixture.call(|connection| {
        connection.execute_batch("ROLLBACK")?;
        Err(refused())
    });
    fixture.insert(2);
    fixture.queued(4).await;
    drop(release);
    let answers = fixture.answers().await;
    assert_eq!(answers[0], Ok(0));
    assert!(
        answers[1..].iter().all(|answer| matches!(answer, Err(StoreError::Unavailable { .. }))),
        "{answers:?}"
    );
    assert!(fixture.numbers().is_empty());

    fixture.insert(3);
    assert_eq!(fixture.answers().await, [Ok(3)]);
    assert_eq!(fixture.numbers(), [3]);
    let stats = fixture.writer.stats();
    assert_eq!((stats.transactions, stats.failed_transactions, stats.commands), (2, 1, 2));
}

#[tokio::test]
async fn closing_commits_what_is_queued_and_refuses_what_comes() {
    let mut fixture = Fixture::new();
    let release = fixture.hold().await;
    (1..=10).for_each(|number| fixture.insert(number));
    fixture.queued(10).await;
    let writer = Arc::clone(&fixture.writer);
    let mut closing = JoinSet::new();
    closing.spawn(async move { writer.close().await });
    fixture.queued(11).await;
    drop(release);
    closing.join_all().await;
    assert!(fixture.answers().await.iter().all(Result::is_ok));
    assert_eq!(fixture.numbers(), (1..=10).collect::<Vec<_>>());

    fixture.insert(11);
    assert!(matches!(fixture.answers().await[..], [Err(StoreError::Unavailable { .. })]));
    fixture.writer.close().await;
}

#[tokio::test]
async fn dropping_commits_what_is_queued() {
    let mut fixture = Fixture::new();
    let release = fixture.hold().await;
    (1..=10).for_each(|number| fixture.insert(number));
    fixture.queued(10).await;
    // Who waited is gone; what was queued is not.
    fixture.calls.shutdown().await;
    drop(release);
    let Fixture { writer, reader, _folder, .. } = fixture;
    drop(Arc::into_inner(writer).unwrap());
    let count: i64 = reader.query_row("SELECT count(*) FROM numbers", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 10);
}

#[tokio::test]
async fn a_huge_command_waits_for_all_the_room_and_not_for_more() {
    let fixture = Fixture::new();
    let stored = fixture.writer.call(usize::MAX, |write| insert(write.connection, 1)).await;
    assert_eq!(stored, Ok(1));
}
