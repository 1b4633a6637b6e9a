//! Artifacts in the file: written and removed in slices, by hosts that end in between and on disks that are full.

use std::path::{Path, PathBuf};

use rak_core::{
    ArtifactService, EventLog, InvocationId, NewArtifact, NewSession, SessionKey, SessionService, StateDelta,
    StoreError, time::UnixMillis,
};
use rak_session::{SqliteOptions, SqliteStore};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{begin, commit, key};

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, SqliteOptions::default()).unwrap()
}

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rak.db");
    (folder, path)
}

fn new_session(key: SessionKey) -> NewSession {
    NewSession { key, state: StateDelta::new(), agent_version: None }
}

fn artifact(key: &SessionKey, name: &str, bytes: usize) -> NewArtifact {
    NewArtifact {
        session: key.clone(),
        name: name.to_owned(),
        mime_type: "text/plain".to_owned(),
        data: (0..bytes).map(|at| u8::try_from(at % 251).unwrap()).collect(),
        at: UnixMillis(3),
        origin: None,
        max_user_bytes: u64::MAX,
    }
}

/// How many contents there are that no artifact has, and how many artifacts.
fn contents(path: &Path) -> (i64, i64) {
    let connection = Connection::open(path).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let loose =
        "SELECT count(*) FROM (SELECT pk FROM loose_contents UNION SELECT content_pk FROM artifact_chunks)
        WHERE pk NOT IN (SELECT pk FROM artifacts)";
    (count(loose), count("SELECT count(*) FROM artifacts"))
}

/// What the sixth version of the schema made of a file: a session with state, and state of its user.
const SIXTH_VERSION: &str = concat!(
    include_str!("../../src/sqlite/schema/1.sql"),
    include_str!("../../src/sqlite/schema/2.sql"),
    include_str!("../../src/sqlite/schema/3.sql"),
    include_str!("../../src/sqlite/schema/4.sql"),
    include_str!("../../src/sqlite/schema/5.sql"),
    include_str!("../../src/sqlite/schema/6.sql"),
    r#"
    PRAGMA application_id = 0x52414b00;
    PRAGMA user_version = 6;
    INSERT INTO sessions VALUES (1, 'one', 'app', 'ann', 10, 20, 7, 0, NULL);
    INSERT INTO scopes VALUES (1, 'app', 'ann', 'one', 2), (2, 'app', 'ann', '', 2);
    INSERT INTO state VALUES (1, 'a', '1'), (2, 'b', '2');
    "#
);

#[tokio::test]
async fn a_file_of_the_sixth_version_is_brought_forward() {
    let (_folder, path) = file();
    Connection::open(&path).unwrap().execute_batch(SIXTH_VERSION).unwrap();
    let key = key("app", "ann", "one");
    let store = open(&path);
    assert!(store.newest(&key, "").await.unwrap().is_empty());
    for name in ["a", "user:a"] {
        assert_eq!(store.save(artifact(&key, name, 1)).await.unwrap().version, 1);
    }
    let state = [("a".to_owned(), json!(1)), ("user:b".to_owned(), json!(2))].into();
    assert_eq!(store.get(&key).await.unwrap().unwrap().state, state);
    assert!(store.delete(&key).await.unwrap());
    let left = store.newest(&key, "").await.unwrap();
    assert_eq!(left.iter().map(|info| info.name.as_str()).collect::<Vec<_>>(), ["user:a"]);
}

#[tokio::test]
async fn a_large_artifact_leaves_room_for_others() {
    let (_folder, path) = file();
    let store = open(&path);
    let key = key("app", "ann", "one");
    store.create(new_session(key.clone())).await.unwrap();
    let before = store.stats().transactions;
    store.save(artifact(&key, "a", 3 << 20)).await.unwrap();
    // Those that were left are removed, it begins, it is written, it is kept.
    assert_eq!(store.stats().transactions - before, 1 + 1 + 3 + 1);
    let before = store.stats().transactions;
    assert!(store.remove(&key, "a", None).await.unwrap());
    assert_eq!(store.stats().transactions - before, 1 + 3 + 1);
    assert_eq!(contents(&path), (0, 0));
}

#[tokio::test]
async fn what_is_left_of_an_artifact_is_removed_in_time() {
    let (_folder, path) = file();
    let key = key("app", "ann", "one");
    let store = open(&path);
    store.create(new_session(key.clone())).await.unwrap();
    store.save(artifact(&key, "kept", 3 << 20)).await.unwrap();
    drop(store);
    // As a host leaves it that is killed while it saves, or while it removes.
    let left = "INSERT INTO loose_contents VALUES (100), (101);
        INSERT INTO artifact_chunks (content_pk, first, data) VALUES (100, 0, x'01'), (100, 1, x'02'), (101, 0, x'03')";
    Connection::open(&path).unwrap().execute_batch(left).unwrap();
    let store = open(&path);
    store.save(artifact(&key, "a", 3 << 20)).await.unwrap();
    assert_eq!(contents(&path), (0, 2));
    // Who does not wait for its save any more has not saved, and what was written of it goes with the next removal.
    let before = store.stats().commands;
    let mut save = Box::pin(store.save(artifact(&key, "b", 3 << 20)));
    while store.stats().commands < before + 3 {
        tokio::select! {
            biased;
            saved = &mut save => panic!("it has slices left: {saved:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(save);
    assert!(store.versions(&key, "b").await.unwrap().is_empty());
    assert!(store.delete(&key).await.unwrap());
    assert_eq!(contents(&path), (0, 0));
}

#[tokio::test]
async fn a_store_that_is_full_of_artifacts_recovers() {
    let (_folder, path) = file();
    let options = SqliteOptions { max_file_bytes: Some(8 << 20), ..SqliteOptions::default() };
    let store = SqliteStore::open(&path, options).unwrap();
    let (id, key) = (InvocationId::new(), key("app", "ann", "one"));
    store.begin(begin(id, &key)).await.unwrap();
    let kept = artifact(&key, "kept", 2 << 20);
    store.save(kept.clone()).await.unwrap();
    let full = store.save(artifact(&key, "large", 9 << 20)).await;
    assert!(matches!(&full, Err(StoreError::Unavailable { reason }) if reason.contains("full")), "{full:?}");
    // Nothing is left of it, and there is room for what is smaller.
    assert_eq!(contents(&path), (0, 1));
    store.commit(commit(id, &key, 1, &"x".repeat(64 << 10))).await.unwrap();
    store.save(artifact(&key, "user:a", 2 << 20)).await.unwrap();
    assert!(store.remove(&key, "user:a", None).await.unwrap());
    store.save(artifact(&key, "a", 3 << 20)).await.unwrap();
    store.close().await;
    drop(store);
    let store = open(&path);
    let read = ArtifactService::read(&store, &key, "kept", 1, 0, usize::MAX).await.unwrap();
    assert!(read == Some(kept.data));
}
