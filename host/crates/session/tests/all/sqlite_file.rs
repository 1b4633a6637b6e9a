//! The file: reopened, full, newer, foreign, in use.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rak_core::{
    Commit, DailyUsage, EventLog, HistoryQuery, InvocationEnd, InvocationId, InvocationStatus,
    InvocationStep, JournalChunk, NewSession, Resume, SessionFilter, SessionKey, SessionService, StateDelta,
    StoreError, Usage, Waiting,
    time::{UnixDay, UnixMillis},
};
use rak_session::{SqliteOptions, SqliteStore, Synchronous};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{begin, commit, event, key};

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, SqliteOptions::default()).unwrap()
}

/// Why it is not opened.
fn refusal(path: &Path) -> String {
    match SqliteStore::open(path, SqliteOptions::default()) {
        Err(StoreError::Unavailable { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rak.db");
    (folder, path)
}

fn new_session(key: SessionKey) -> NewSession {
    NewSession { key, state: StateDelta::new(), agent_version: None }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_was_stored_is_there_after_reopening() {
    let (_folder, path) = file();
    let key = key("app", "ann", "one");
    let id = InvocationId::new();
    let state: StateDelta = [("a".to_owned(), json!(1)), ("user:b".to_owned(), json!(2))].into();
    let mut session = None;
    for synchronous in [Synchronous::Normal, Synchronous::Full] {
        let store =
            SqliteStore::open(&path, SqliteOptions { synchronous, ..SqliteOptions::default() }).unwrap();
        if session.is_none() {
            let agent_version = Some("sha256:1".to_owned());
            let new = NewSession { key: key.clone(), state: state.clone(), agent_version };
            store.create(new).await.unwrap();
            store.begin(begin(id, &key)).await.unwrap();
            store.commit(commit(id, &key, 1, "one")).await.unwrap();
            session = store.get(&key).await.unwrap();
        }
        assert_eq!(store.get(&key).await.unwrap(), session);
        assert_eq!(store.invocation(id).await.unwrap(), Some(begin(id, &key).record));
        assert_eq!(store.read(id, 0, 10).await.unwrap().len(), 1);
        let history = store.history(&key, HistoryQuery::After { position: 0, limit: 10 }).await.unwrap();
        assert_eq!(history.entries.len(), 2);
        drop(store);
    }

    // Changes after reopening come after those before it.
    let store = open(&path);
    store.create(new_session(crate::support::key("app", "ann", "two"))).await.unwrap();
    let listed = store.list(SessionFilter { limit: 10, ..SessionFilter::default() }).await.unwrap().sessions;
    assert_eq!(
        listed.iter().map(|session| session.key.session_id.as_str()).collect::<Vec<_>>(),
        ["two", "one"]
    );
    store.commit(commit(id, &key, 2, "two")).await.unwrap();
}

#[tokio::test]
async fn closing_leaves_one_file_and_refuses_what_comes() {
    let (folder, path) = file();
    let key = key("app", "ann", "one");
    let store = open(&path);
    store.begin(begin(InvocationId::new(), &key)).await.unwrap();
    store.get(&key).await.unwrap();
    store.close().await;
    store.close().await;
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the database and its lock: {left:?}");
    assert!(matches!(store.get(&key).await, Err(StoreError::Unavailable { .. })));
    assert!(matches!(store.check().await, Err(StoreError::Unavailable { .. })));
    // The file is free, although the store is still there.
    assert!(open(&path).get(&key).await.unwrap().is_some());
}

#[test]
fn files_and_folders_that_are_made_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/for/rak.db");
    let store = open(&path);
    for name in ["made/for/rak.db", "made/for/rak.db.lock", "made/for/rak.db-wal", "made/for/rak.db-shm"] {
        assert_eq!(mode(&folder.path().join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&folder.path().join("made")), 0o700);
    assert_eq!(store.path(), fs::canonicalize(&path).unwrap());
}

#[tokio::test]
async fn a_second_host_on_the_file_is_refused() {
    let (folder, path) = file();
    let first = open(&path);
    let reason = refusal(&path);
    assert!(
        reason.contains("in use by another host") && reason.contains(&std::process::id().to_string()),
        "{reason}"
    );
    // Under another name too.
    let link = folder.path().join("link.db");
    symlink(&path, &link).unwrap();
    assert!(refusal(&link).contains("in use"));
    // The first one did not notice.
    let key = key("app", "ann", "one");
    first.begin(begin(InvocationId::new(), &key)).await.unwrap();
    drop(first);
    assert!(open(&link).get(&key).await.unwrap().is_some());
}

/// What the first version of the schema made of a file: its step, and a row of each table by the columns it had.
const FIRST_VERSION: &str = concat!(
    include_str!("../../src/sqlite/schema/1.sql"),
    r#"
    PRAGMA application_id = 0x52414b00;
    PRAGMA user_version = 1;
    INSERT INTO sessions VALUES (1, 'one', 'app', 'ann', 10, 20, 7, 2);
    INSERT INTO invocations VALUES
        (1, '01890000-0000-7000-8000-000000000001', 1, 'sha256:1', 'active', NULL, 1, 10, NULL, NULL, '{}', 0);
    INSERT INTO scopes VALUES (1, 'app', 'ann', 'one', 2);
    INSERT INTO state VALUES (1, 'a', '1');
    "#
);

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_forward() {
    let (_folder, path) = file();
    Connection::open(&path).unwrap().execute_batch(FIRST_VERSION).unwrap();
    let key = key("app", "ann", "one");
    for _ in 0..2 {
        let store = open(&path);
        let session = store.get(&key).await.unwrap().unwrap();
        assert_eq!((session.created_at.0, session.agent_version), (10, None));
        assert_eq!(session.state, [("a".to_owned(), json!(1))].into());
        let id: InvocationId = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        assert_eq!(store.invocation(id).await.unwrap().unwrap().agent_version, "sha256:1");
        // That of the invocation which is not over.
        let needed = ["sha256:1".to_owned()];
        assert_eq!(store.pinned_versions(&key.app_name).await.unwrap(), needed.into());
    }
    let store = open(&path);
    store.pin(&key, Some("sha256:2".into())).await.unwrap();
    drop(store);
    let version: i64 =
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 8);
    let needed = ["sha256:1".to_owned(), "sha256:2".to_owned()];
    assert_eq!(open(&path).pinned_versions(&key.app_name).await.unwrap(), needed.into());
}

/// What the second version of the schema made of a file: a run that the host did not end, and what was said to it.
const SECOND_VERSION: &str = concat!(
    include_str!("../../src/sqlite/schema/1.sql"),
    include_str!("../../src/sqlite/schema/2.sql"),
    r#"
    PRAGMA application_id = 0x52414b00;
    PRAGMA user_version = 2;
    INSERT INTO sessions VALUES (1, 'one', 'app', 'ann', 10, 20, 7, 3, NULL);
    INSERT INTO invocations VALUES
        (1, '01890000-0000-7000-8000-000000000001', 1, 'sha256:1', 'completed', NULL, 1, 10, 11, NULL, '{}', 0),
        (2, '01890000-0000-7000-8000-000000000002', 1, 'sha256:1', 'active', NULL, 1, 10, NULL, NULL, '{}', 1);
    "#
);

#[tokio::test]
async fn a_file_of_the_second_version_is_brought_forward() {
    let (_folder, path) = file();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(SECOND_VERSION).unwrap();
    let key = key("app", "ann", "one");
    let (over, active): (InvocationId, InvocationId) = (
        "01890000-0000-7000-8000-000000000001".parse().unwrap(),
        "01890000-0000-7000-8000-000000000002".parse().unwrap(),
    );
    let put = "INSERT INTO events (session_pk, position, invocation_pk, seq, at, json) VALUES (1, ?1, ?2, ?3, 1, ?4)";
    for (position, pk, seq) in [(1, None, 0), (2, Some(2), 0), (3, Some(2), 1)] {
        let json = event(active, seq, "said").json.to_string();
        connection.execute(put, rusqlite::params![position, pk, seq.cast_signed(), json]).unwrap();
    }
    drop(connection);
    for _ in 0..2 {
        let store = open(&path);
        for id in [over, active] {
            let record = store.invocation(id).await.unwrap().unwrap();
            assert_eq!((record.waiting, record.resume), (None, None));
            assert!(store.journal(id).await.unwrap().is_empty());
        }
        assert!(store.message(over).await.unwrap().is_none());
        assert_eq!(store.message(active).await.unwrap().unwrap().0, 2);
        assert_eq!(store.prune_journals(UnixMillis(i64::MAX), 10).await.unwrap(), 0);
    }
    let store = open(&path);
    store.commit(with_journal(commit(active, &key, 2, "two"), 0)).await.unwrap();
    assert_eq!(store.journal(active).await.unwrap().len(), 1);
}

/// What the fifth version of the schema made of a file: what a user used, and a run that the host did not end.
const FIFTH_VERSION: &str = concat!(
    include_str!("../../src/sqlite/schema/1.sql"),
    include_str!("../../src/sqlite/schema/2.sql"),
    include_str!("../../src/sqlite/schema/3.sql"),
    include_str!("../../src/sqlite/schema/4.sql"),
    include_str!("../../src/sqlite/schema/5.sql"),
    r#"
    PRAGMA application_id = 0x52414b00;
    PRAGMA user_version = 5;
    INSERT INTO sessions VALUES (1, 'one', 'app', 'ann', 10, 20, 7, 3, NULL);
    INSERT INTO invocations (pk, id, session_pk, agent_version, status, attempt, started_at, usage)
        VALUES (1, '01890000-0000-7000-8000-000000000001', 1, 'sha256:1', 'active', 1, 10, '{"cpuMicros": 2}');
    INSERT INTO usage VALUES ('ann', 0, 1, 2, 3, 4, 5);
    "#
);

#[tokio::test]
async fn a_file_of_the_fifth_version_is_brought_forward() {
    let (_folder, path) = file();
    Connection::open(&path).unwrap().execute_batch(FIFTH_VERSION).unwrap();
    let key = key("app", "ann", "one");
    let store = open(&path);
    let mut expected = DailyUsage {
        invocations: 1,
        cpu_micros: 2,
        memory_byte_seconds: 3,
        events: 4,
        event_bytes: 5,
        model_tokens: 0,
    };
    assert_eq!(store.used(&key.user_id, UnixDay(0)).await.unwrap(), expected);
    assert_eq!(store.agent_tokens(&key.app_name, UnixDay(0)).await.unwrap(), 0);
    let id = "01890000-0000-7000-8000-000000000001".parse().unwrap();
    let usage = Usage { cpu_micros: 2, input_tokens: 6, output_tokens: 1, ..Usage::default() };
    store.commit(ending(commit(id, &key, 1, "one"), usage)).await.unwrap();
    expected.model_tokens = 7;
    assert_eq!(store.used(&key.user_id, UnixDay(0)).await.unwrap(), expected);
    assert_eq!(store.agent_tokens(&key.app_name, UnixDay(0)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_run_that_uses_no_model_has_no_row_of_tokens() {
    let (_folder, path) = file();
    let store = open(&path);
    let rows = || -> i64 {
        let connection = Connection::open(&path).unwrap();
        connection.query_row("SELECT count(*) FROM agent_usage", [], |row| row.get(0)).unwrap()
    };
    for (session, output_tokens, expected) in [("one", 0, 0), ("two", 1, 1), ("three", 1, 1)] {
        let (id, key) = (InvocationId::new(), key("app", "ann", session));
        store.begin(begin(id, &key)).await.unwrap();
        let usage = Usage { cpu_micros: 1, output_tokens, ..Usage::default() };
        store.commit(ending(commit(id, &key, 1, ""), usage)).await.unwrap();
        assert_eq!(rows(), expected, "{session}");
    }
}

/// With the end of its invocation.
fn ending(commit: Commit, usage: Usage) -> Commit {
    let end = InvocationEnd { status: InvocationStatus::Completed, reason: None, progress: None, usage };
    Commit { step: Some(InvocationStep::Ends(end)), ..commit }
}

/// With a chunk of one entry.
fn with_journal(commit: Commit, first: u64) -> Commit {
    Commit { journal: Some(JournalChunk { first, count: 1, entries: "[1]".into() }), ..commit }
}

/// A run that is over, with a journal of this many chunks.
async fn ended(store: &SqliteStore, chunks: u64) -> InvocationId {
    let (id, key) = (InvocationId::new(), key("app", "ann", "one"));
    let mut begin = begin(id, &key);
    begin.record.resume = Some(Resume::default());
    store.begin(begin).await.unwrap();
    for first in 0..chunks {
        let commit = Commit { events: Vec::new(), ..commit(id, &key, 1, "") };
        store.commit(with_journal(commit, first)).await.unwrap();
    }
    store.commit(ending(commit(id, &key, 1, ""), Usage::default())).await.unwrap();
    id
}

#[tokio::test]
async fn a_journal_is_there_after_reopening() {
    let (_folder, path) = file();
    let (id, key) = (InvocationId::new(), key("app", "ann", "one"));
    for first in 0..3 {
        let store = open(&path);
        let mut begin = begin(id, &key);
        begin.record.waiting = Some(Waiting { until: Some(UnixMillis(7)), ..Waiting::default() });
        begin.record.resume = Some(Resume { ran_ms: first, ..Resume::default() });
        store.begin(begin.clone()).await.unwrap();
        let commit = Commit { events: Vec::new(), ..commit(id, &key, 1, "") };
        store.commit(with_journal(commit, first)).await.unwrap();
        drop(store);
        let store = open(&path);
        let chunks = store.journal(id).await.unwrap();
        assert!((0..=first).eq(chunks.iter().map(|chunk| chunk.first)));
        assert_eq!(store.invocation(id).await.unwrap(), Some(begin.record));
        assert_eq!(store.message(id).await.unwrap().unwrap().0, 1);
    }
}

#[tokio::test]
async fn a_long_journal_is_removed_in_several_transactions() {
    let (_folder, path) = file();
    let store = open(&path);
    ended(&store, 2500).await;
    ended(&store, 1).await;
    let before = store.stats().transactions;
    assert_eq!(store.prune_journals(UnixMillis(3), 10).await.unwrap(), 2);
    assert_eq!(store.stats().transactions - before, 6);
    drop(store);
    let left = "SELECT count(*) FROM journal";
    let left: i64 = Connection::open(&path).unwrap().query_row(left, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_journal_that_is_removed_in_part_is_gone_and_removed_later() {
    let (_folder, path) = file();
    let store = open(&path);
    let id = ended(&store, 3).await;
    drop(store);
    // As a host that is killed between two transactions leaves it.
    let connection = Connection::open(&path).unwrap();
    let part =
        "UPDATE invocations SET resume = NULL, journal_length = -1; DELETE FROM journal WHERE first < 2";
    connection.execute_batch(part).unwrap();
    let store = open(&path);
    assert!(store.journal(id).await.unwrap().is_empty());
    assert_eq!(store.prune_journals(UnixMillis(3), 10).await.unwrap(), 1);
    assert_eq!(store.prune_journals(UnixMillis(3), 10).await.unwrap(), 0);
    let left: i64 = connection.query_row("SELECT count(*) FROM journal", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_newer_schema_is_refused_and_not_touched() {
    let (_folder, path) = file();
    drop(open(&path));
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = fs::read(&path).unwrap();
    let reason = refusal(&path);
    assert!(reason.contains("version 99") && reason.contains("start the newer host"), "{reason}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_no_store_is_refused_and_not_touched() {
    let (folder, path) = file();
    fs::write(&path, "this is not a database, and longer than a header of one would be: ".repeat(50))
        .unwrap();
    let before = fs::read(&path).unwrap();
    assert!(refusal(&path).contains("not a database"), "{}", refusal(&path));
    assert_eq!(fs::read(&path).unwrap(), before);

    let theirs = folder.path().join("theirs.db");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let before = fs::read(&theirs).unwrap();
    assert!(refusal(&theirs).contains("another program"));
    assert_eq!(fs::read(&theirs).unwrap(), before);

    assert!(refusal(folder.path()).contains("unable to open"), "{}", refusal(folder.path()));
    // A refused file is free again.
    fs::remove_file(&path).unwrap();
    drop(open(&path));
}

#[tokio::test]
async fn a_file_that_is_cut_short_is_an_error_and_no_panic() {
    let (_folder, path) = file();
    let key = key("app", "ann", "one");
    let store = open(&path);
    store.begin(begin(InvocationId::new(), &key)).await.unwrap();
    drop(store);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 3]).unwrap();
    // Whether at once or at the first read, depends on which pages are gone.
    if let Ok(store) = SqliteStore::open(&path, SqliteOptions::default()) {
        assert!(matches!(store.get(&key).await, Err(StoreError::Unavailable { .. })));
    }
}

#[tokio::test]
async fn a_full_store_refuses_keeps_what_it_has_and_recovers() {
    let (_folder, path) = file();
    let options = SqliteOptions { max_file_bytes: Some(1 << 20), ..SqliteOptions::default() };
    let store = SqliteStore::open(&path, options).unwrap();
    let (kept, filler) = (key("app", "ann", "kept"), key("app", "ann", "filler"));
    let id = InvocationId::new();
    store.begin(begin(id, &kept)).await.unwrap();
    store.create(new_session(filler.clone())).await.unwrap();

    let large = "x".repeat(64 << 10);
    let mut stored = 0;
    let full = loop {
        match store.append_event(&filler, event(id, 0, &large)).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(&full, StoreError::Unavailable { reason } if reason.contains("full")), "{full}");
    assert!((4..16).contains(&stored), "{stored}");
    assert_eq!(store.check().await, Err(full.clone()));
    assert_eq!(store.commit(commit(id, &kept, 1, &large)).await, Err(full));
    // What was acknowledged is there, what was not is not.
    let stats = store.stats();
    assert_eq!((stats.failed_transactions, stats.commands), (3, stored as u64 + 2), "{stats:?}");
    let history = store.history(&filler, HistoryQuery::After { position: 0, limit: 100 }).await.unwrap();
    assert_eq!(history.entries.len(), stored);
    assert!(store.read(id, 0, 10).await.unwrap().is_empty());

    assert!(store.delete(&filler).await.unwrap());
    store.check().await.unwrap();
    store.commit(commit(id, &kept, 1, &large)).await.unwrap();
    store.close().await;
    drop(store);
    assert_eq!(open(&path).read(id, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_newer_host_added_to_an_event_is_ignored() {
    let (_folder, path) = file();
    let key = key("app", "ann", "one");
    let id = InvocationId::new();
    let store = open(&path);
    store.begin(begin(id, &key)).await.unwrap();
    store.commit(commit(id, &key, 1, "one")).await.unwrap();
    drop(store);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "UPDATE events SET json = json_set(json, '$.invented', json('{\"a\": 1}'));
             UPDATE invocations SET usage = json_set(usage, '$.invented', 1)",
        )
        .unwrap();
    drop(connection);
    let store = open(&path);
    let read = store.read(id, 0, 10).await.unwrap();
    assert!(read[0].json.contains("invented"));
    assert!(store.invocation(id).await.unwrap().is_some());
}

#[tokio::test]
async fn many_readers_share_few_connections() {
    let (_folder, path) = file();
    let options = SqliteOptions { reader_connections: 0, ..SqliteOptions::default() };
    let store = std::sync::Arc::new(SqliteStore::open(&path, options).unwrap());
    let key = key("app", "ann", "one");
    store.begin(begin(InvocationId::new(), &key)).await.unwrap();
    let mut reads = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (store, key) = (std::sync::Arc::clone(&store), key.clone());
        reads.spawn(async move { store.get(&key).await.unwrap().is_some() });
    }
    assert!(reads.join_all().await.into_iter().all(|found| found));
}
