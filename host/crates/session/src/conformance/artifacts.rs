//! Artifacts and their versions.

use std::collections::BTreeSet;
use std::sync::Arc;

use rak_core::{
    ArtifactInfo, ArtifactService, InvocationId, NewArtifact, SessionKey, SessionService, StoreError,
    time::UnixMillis,
};
use tokio::task::JoinSet;

use super::fixture::{create, is_not_found, key};

/// More than any store writes or reads at once.
const LARGE: usize = (5 << 20) + 7;

fn new(key: &SessionKey, name: &str, data: &[u8]) -> NewArtifact {
    NewArtifact {
        session: key.clone(),
        name: name.into(),
        mime_type: "text/plain".into(),
        data: data.to_vec(),
        at: UnixMillis(1_700_000_000_000),
        origin: None,
        max_user_bytes: u64::MAX,
    }
}

/// Bytes of which no two neighbouring pieces are alike.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

async fn save(store: &impl ArtifactService, key: &SessionKey, name: &str, data: &[u8]) -> ArtifactInfo {
    store.save(new(key, name, data)).await.unwrap()
}

/// The whole of a version.
async fn content(
    store: &impl ArtifactService,
    key: &SessionKey,
    name: &str,
    version: u32,
) -> Option<Vec<u8>> {
    store.read(key, name, version, 0, usize::MAX).await.unwrap()
}

async fn find(
    store: &impl ArtifactService,
    key: &SessionKey,
    name: &str,
    version: Option<u32>,
) -> Option<ArtifactInfo> {
    store.find(key, name, version).await.unwrap()
}

async fn versions(store: &impl ArtifactService, key: &SessionKey, name: &str) -> Vec<u32> {
    store.versions(key, name).await.unwrap().iter().map(|info| info.version).collect()
}

async fn newest(store: &impl ArtifactService, key: &SessionKey, prefix: &str) -> Vec<(String, u32)> {
    let found = store.newest(key, prefix).await.unwrap();
    found.into_iter().map(|info| (info.name, info.version)).collect()
}

fn named<const N: usize>(names: [(&str, u32); N]) -> Vec<(String, u32)> {
    names.map(|(name, version)| (name.to_owned(), version)).into()
}

/// Each save makes a version that never changes.
pub async fn an_artifact_is_kept_in_versions<S: SessionService + ArtifactService>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    assert_eq!(find(&*store, &key, "a.md", None).await, None);
    assert!(versions(&*store, &key, "a.md").await.is_empty());
    let first = save(&*store, &key, "a.md", b"one").await;
    let expected = ArtifactInfo {
        name: "a.md".into(),
        version: 1,
        mime_type: "text/plain".into(),
        size: 3,
        created_at: UnixMillis(1_700_000_000_000),
    };
    assert_eq!(first, expected);
    let second = NewArtifact {
        mime_type: "image/png".into(),
        at: UnixMillis(1_700_000_000_001),
        ..new(&key, "a.md", b"second")
    };
    let second = store.save(second).await.unwrap();
    assert_eq!((second.version, second.size, second.mime_type.as_str()), (2, 6, "image/png"));
    assert_eq!(store.versions(&key, "a.md").await.unwrap(), [second.clone(), first.clone()]);
    assert_eq!(find(&*store, &key, "a.md", None).await, Some(second.clone()));
    assert_eq!(find(&*store, &key, "a.md", Some(1)).await, Some(first));
    for absent in [0, 3, u32::MAX] {
        assert_eq!(find(&*store, &key, "a.md", Some(absent)).await, None);
        assert_eq!(content(&*store, &key, "a.md", absent).await, None);
    }
    assert_eq!(content(&*store, &key, "a.md", 1).await.unwrap(), b"one");
    assert_eq!(content(&*store, &key, "a.md", 2).await.unwrap(), b"second");
    assert_eq!(store.newest(&key, "").await.unwrap(), [second]);
}

/// Any part of a version is read, and nothing behind its end.
pub async fn an_artifact_is_read_in_parts<S: SessionService + ArtifactService>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    let data = bytes(300_000);
    save(&*store, &key, "a", &data).await;
    for offset in [0, 1, 65_535, 65_536, 65_537, 131_072, 299_999, 300_000, 300_001] {
        for max in [0, 1, 2, 65_536, 65_537, 200_000, usize::MAX] {
            let read = store.read(&key, "a", 1, offset as u64, max).await.unwrap().unwrap();
            let expected = &data[offset.min(data.len())..];
            assert_eq!(read, expected[..max.min(expected.len())], "{offset} {max}");
        }
    }
    assert_eq!(store.read(&key, "a", 1, u64::MAX, usize::MAX).await, Ok(Some(Vec::new())));
    save(&*store, &key, "empty", b"").await;
    assert_eq!(store.read(&key, "empty", 1, 0, 10).await, Ok(Some(Vec::new())));
    assert_eq!(find(&*store, &key, "empty", None).await.unwrap().size, 0);
}

/// What is larger than anything the store does at once is whole or not there.
pub async fn a_large_artifact_comes_back<S: SessionService + ArtifactService>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    let data = bytes(LARGE);
    assert_eq!(save(&*store, &key, "user:large", &data).await.size, LARGE as u64);
    assert!(content(&*store, &key, "user:large", 1).await.unwrap() == data);
    // One that is removed takes nothing of another one with it.
    save(&*store, &key, "user:large", &data[1..]).await;
    assert!(store.remove(&key, "user:large", Some(1)).await.unwrap());
    assert_eq!(content(&*store, &key, "user:large", 1).await, None);
    assert!(content(&*store, &key, "user:large", 2).await.unwrap() == data[1..]);
}

/// A file of the user is in all its sessions with the agent, and in no other one.
pub async fn an_artifact_is_shared_by_its_prefix<S: SessionService + ArtifactService>(store: Arc<S>) {
    let keys = [("app", "ann", "one"), ("app", "ann", "two"), ("app", "bob", "one"), ("other", "ann", "one")]
        .map(|(app, user, session)| key(app, user, session));
    for key in &keys {
        create(&*store, key).await;
    }
    save(&*store, &keys[0], "a", b"session").await;
    save(&*store, &keys[0], "user:a", b"user").await;
    assert_eq!(save(&*store, &keys[1], "user:a", b"again").await.version, 2);
    assert_eq!(newest(&*store, &keys[0], "").await, named([("a", 1), ("user:a", 2)]));
    assert_eq!(newest(&*store, &keys[1], "").await, named([("user:a", 2)]));
    assert_eq!(content(&*store, &keys[0], "user:a", 2).await.unwrap(), b"again");
    assert_eq!(content(&*store, &keys[0], "a", 1).await.unwrap(), b"session");
    assert_eq!(content(&*store, &keys[1], "a", 1).await, None);
    for key in &keys[2..] {
        assert!(newest(&*store, key, "").await.is_empty());
        assert_eq!(find(&*store, key, "user:a", None).await, None);
        assert!(!store.remove(key, "user:a", None).await.unwrap());
    }
}

/// Names are found by how they begin, letter by letter.
pub async fn artifacts_are_listed_by_how_their_names_begin<S: SessionService + ArtifactService>(
    store: Arc<S>,
) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    for name in ["user:a%b", "a_b", "axb", "a%b", "A_b", "é/ü.md", "é", "user:é", "v", "\u{10FFFF}", "a_"]
    {
        save(&*store, &key, name, b"").await;
    }
    save(&*store, &key, "a_b", b"").await;
    let all = [
        ("A_b", 1),
        ("a%b", 1),
        ("a_", 1),
        ("a_b", 2),
        ("axb", 1),
        ("user:a%b", 1),
        ("user:é", 1),
        ("v", 1),
        ("é", 1),
        ("é/ü.md", 1),
        ("\u{10FFFF}", 1),
    ];
    assert_eq!(newest(&*store, &key, "").await, named(all));
    assert_eq!(newest(&*store, &key, "a_").await, named([("a_", 1), ("a_b", 2)]));
    assert_eq!(newest(&*store, &key, "a%").await, named([("a%b", 1)]));
    assert_eq!(newest(&*store, &key, "us").await, named([("user:a%b", 1), ("user:é", 1)]));
    assert_eq!(newest(&*store, &key, "user:é").await, named([("user:é", 1)]));
    assert_eq!(newest(&*store, &key, "é").await, named([("é", 1), ("é/ü.md", 1)]));
    assert_eq!(newest(&*store, &key, "\u{10FFFF}").await, named([("\u{10FFFF}", 1)]));
    assert!(newest(&*store, &key, "A%").await.is_empty());
    assert!(newest(&*store, &key, "a_b\0").await.is_empty());
}

/// What is removed is gone, and its number is not given to another version.
pub async fn a_number_of_a_version_is_not_used_again<S: SessionService + ArtifactService>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    for name in ["a", "user:a"] {
        assert!(!store.remove(&key, name, None).await.unwrap());
        for expected in 1..=3 {
            assert_eq!(save(&*store, &key, name, b"x").await.version, expected);
        }
        assert!(store.remove(&key, name, Some(3)).await.unwrap());
        assert!(!store.remove(&key, name, Some(3)).await.unwrap());
        assert_eq!(find(&*store, &key, name, None).await.unwrap().version, 2);
        assert_eq!(newest(&*store, &key, name).await, named([(name, 2)]));
        assert_eq!(save(&*store, &key, name, b"x").await.version, 4);
        assert_eq!(versions(&*store, &key, name).await, [4, 2, 1]);
        assert!(store.remove(&key, name, None).await.unwrap());
        assert!(!store.remove(&key, name, None).await.unwrap());
        assert!(versions(&*store, &key, name).await.is_empty());
        assert!(newest(&*store, &key, name).await.is_empty());
        assert_eq!(content(&*store, &key, name, 4).await, None);
        assert_eq!(save(&*store, &key, name, b"x").await.version, 5);
    }
}

/// A save that is repeated gives what it made, also where that was removed meanwhile.
pub async fn a_save_is_made_once_by_its_origin<S: SessionService + ArtifactService>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    create(&*store, &one).await;
    create(&*store, &two).await;
    let (id, other) = (InvocationId::new(), InvocationId::new());
    let by = |key: &SessionKey, id, number| NewArtifact {
        origin: Some((id, number)),
        ..new(key, "user:a", &bytes(LARGE))
    };
    let made = store.save(by(&one, id, 0)).await.unwrap();
    assert_eq!(store.save(by(&one, id, 0)).await, Ok(made.clone()));
    // There is no room for another one, and none is needed.
    let full = NewArtifact { max_user_bytes: 0, ..by(&one, id, 0) };
    assert_eq!(store.save(full).await, Ok(made.clone()));
    for (origin, expected) in [((&one, id, 1), 2), ((&one, other, 0), 3), ((&two, id, 0), 4)] {
        let (key, id, number) = origin;
        assert_eq!(store.save(by(key, id, number)).await.unwrap().version, expected);
    }
    assert!(store.remove(&two, "user:a", None).await.unwrap());
    assert_eq!(store.save(by(&one, id, 0)).await, Ok(made));
    assert!(versions(&*store, &one, "user:a").await.is_empty());
    assert_eq!(save(&*store, &one, "user:a", b"").await.version, 5);
}

/// All sessions and versions of a user with an agent are counted together, and what is removed does not count.
pub async fn a_user_has_no_more_than_it_may<S: SessionService + ArtifactService>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    let others = [key("app", "bob", "one"), key("other", "ann", "one")];
    for key in [&one, &two].into_iter().chain(&others) {
        create(&*store, key).await;
    }
    let try_save = async |key: &SessionKey, name: &str, size: usize| {
        let new = NewArtifact { max_user_bytes: 100, ..new(key, name, &bytes(size)) };
        store.save(new).await.map(|info| info.version)
    };
    let refused = |size| {
        let what = "the artifacts of the user".to_owned();
        Err(StoreError::TooLarge { what, size, limit: 100 })
    };
    assert_eq!(try_save(&one, "a", LARGE).await, refused(LARGE));
    assert_eq!(try_save(&one, "a", 101).await, refused(101));
    assert_eq!(try_save(&one, "a", 40).await, Ok(1));
    assert_eq!(try_save(&one, "a", 20).await, Ok(2));
    assert_eq!(try_save(&two, "user:a", 30).await, Ok(1));
    assert_eq!(try_save(&two, "b", 11).await, refused(101));
    assert_eq!(find(&*store, &two, "b", None).await, None);
    assert_eq!(try_save(&two, "b", 10).await, Ok(1));
    assert_eq!(try_save(&two, "b", 0).await, Ok(2));
    assert_eq!(try_save(&two, "user:c", 1).await, refused(101));
    for key in &others {
        assert_eq!(try_save(key, "a", 100).await, Ok(1));
    }
    assert!(store.remove(&one, "a", Some(2)).await.unwrap());
    assert_eq!(try_save(&two, "user:a", 21).await, refused(101));
    assert_eq!(try_save(&two, "user:a", 20).await, Ok(2));
    assert!(store.delete(&one).await.unwrap());
    assert_eq!(try_save(&two, "b", 41).await, refused(101));
    assert_eq!(try_save(&two, "b", 40).await, Ok(3));
    assert!(store.remove(&two, "user:a", None).await.unwrap());
    assert_eq!(try_save(&two, "user:a", 50).await, Ok(3));
}

/// What cannot be the name of a file names nothing.
pub async fn an_artifact_with_an_unusable_name_is_refused<S: SessionService + ArtifactService>(
    store: Arc<S>,
) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    let is_invalid = |refused: Option<StoreError>| matches!(refused, Some(StoreError::Invalid { .. }));
    for name in ["", "user:", "../a", "/a", "a\nb", &"n".repeat(256)] {
        assert!(is_invalid(store.save(new(&key, name, b"x")).await.err()), "{name}");
        assert!(is_invalid(store.versions(&key, name).await.err()), "{name}");
        assert!(is_invalid(ArtifactService::find(&*store, &key, name, None).await.err()), "{name}");
        assert!(is_invalid(store.read(&key, name, 1, 0, 1).await.err()), "{name}");
        assert!(is_invalid(store.remove(&key, name, None).await.err()), "{name}");
    }
    assert!(newest(&*store, &key, "").await.is_empty());
}

/// Nobody saves without a session, a file of the user neither.
pub async fn an_artifact_of_an_absent_session_is_refused<S: SessionService + ArtifactService>(store: Arc<S>) {
    let (key, there) = (key("app", "ann", "one"), key("app", "ann", "two"));
    for name in ["a", "user:a"] {
        for data in [&b"x"[..], &bytes(LARGE)] {
            assert!(is_not_found(store.save(new(&key, name, data)).await));
        }
        assert!(versions(&*store, &key, name).await.is_empty());
    }
    create(&*store, &there).await;
    assert!(newest(&*store, &there, "").await.is_empty());
}

/// The session's go with it, those of the user stay, and a new session begins anew.
pub async fn a_deleted_session_takes_its_artifacts_with_it<S: SessionService + ArtifactService>(
    store: Arc<S>,
) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    create(&*store, &one).await;
    create(&*store, &two).await;
    let origin = Some((InvocationId::new(), 0));
    store.save(NewArtifact { origin, ..new(&one, "a", &bytes(LARGE)) }).await.unwrap();
    save(&*store, &one, "a", b"x").await;
    save(&*store, &one, "user:a", b"user").await;
    save(&*store, &two, "a", b"two").await;
    assert!(store.delete(&one).await.unwrap());
    assert_eq!(newest(&*store, &one, "").await, named([("user:a", 1)]));
    assert_eq!(content(&*store, &one, "a", 1).await, None);
    create(&*store, &one).await;
    assert_eq!(newest(&*store, &one, "").await, named([("user:a", 1)]));
    assert_eq!(store.save(NewArtifact { origin, ..new(&one, "a", b"new") }).await.unwrap().version, 1);
    assert_eq!(content(&*store, &one, "a", 1).await.unwrap(), b"new");
    assert_eq!(content(&*store, &one, "user:a", 1).await.unwrap(), b"user");
    assert_eq!(content(&*store, &two, "a", 1).await.unwrap(), b"two");
    assert_eq!(save(&*store, &one, "user:a", b"").await.version, 2);
}

/// Many saves at the same time, small and large, each make a version of their own.
pub async fn many_save_at_once<S: SessionService + ArtifactService>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    let mut saves = JoinSet::new();
    for number in 0_u8..12 {
        let (store, key) = (Arc::clone(&store), key.clone());
        let data = vec![number; if number % 3 == 0 { LARGE } else { 1 + usize::from(number) }];
        saves.spawn(async move { (save(&*store, &key, "a", &data).await.version, data) });
    }
    let saved = saves.join_all().await;
    for (version, data) in &saved {
        assert!(content(&*store, &key, "a", *version).await.as_ref() == Some(data), "{version}");
    }
    let numbers: BTreeSet<_> = saved.into_iter().map(|(version, _)| version).collect();
    assert!(numbers.into_iter().eq(1..=12));
}
