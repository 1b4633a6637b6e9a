//! State and its scopes.

use std::sync::Arc;

use rak_core::{EventLog, NewSession, SessionService, StateDelta};
use serde_json::json;

use super::fixture::{Run, create, create_with, delta, is_not_found, is_too_large, key, state_of};
use crate::{MAX_STATE_SCOPE_BYTES, MAX_STATE_VALUE_BYTES};

/// A session's own keys are its own, `user:` keys are in all sessions of the user with the agent, `app:` keys in all
/// sessions of the agent.
pub async fn state_is_shared_by_its_prefix<S: SessionService + EventLog>(store: Arc<S>) {
    let mine = key("app", "ann", "one");
    let others = [key("app", "ann", "two"), key("app", "bob", "one"), key("other", "ann", "one")];
    for key in others.iter().chain([&mine]) {
        create(&*store, key).await;
    }
    let all = delta([("s", json!(1)), ("user:u", json!({"a": [1, null, "x"]})), ("app:a", json!(true))]);
    let updated = store.update_state(&mine, all.clone()).await.unwrap().unwrap();
    assert_eq!(updated.state, all);
    assert_eq!(store.get(&mine).await.unwrap(), Some(updated));

    let user_and_app: StateDelta = all.clone().into_iter().filter(|(key, _)| key.contains(':')).collect();
    assert_eq!(state_of(&*store, &others[0]).await, user_and_app);
    assert_eq!(state_of(&*store, &others[1]).await, delta([("app:a", json!(true))]));
    assert_eq!(state_of(&*store, &others[2]).await, StateDelta::new());

    // Another one may change what is shared.
    store.update_state(&others[1], delta([("app:a", json!("new")), ("user:u", json!(0))])).await.unwrap();
    let state = state_of(&*store, &mine).await;
    assert_eq!(state["app:a"], json!("new"));
    assert_eq!(state["user:u"], json!({"a": [1, null, "x"]}));
}

/// `null` removes, in every scope, and does nothing to a key that is not there.
pub async fn null_removes_a_key<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let keys = ["s", "user:u", "app:a"];
    create_with(&*store, &key, keys.iter().map(|key| ((*key).to_owned(), json!(1))).collect()).await;
    for name in keys {
        let removed = store.update_state(&key, delta([(name, json!(null))])).await.unwrap().unwrap();
        assert!(!removed.state.contains_key(name));
    }
    assert_eq!(state_of(&*store, &key).await, StateDelta::new());
    let nothing = store.update_state(&key, delta([("never", json!(null))])).await.unwrap().unwrap();
    assert_eq!(nothing.state, StateDelta::new());

    // As an event of a run says it.
    store.update_state(&key, delta([("s", json!(1)), ("t", json!(2))])).await.unwrap();
    let run = Run::begun(&*store, &key).await;
    let commit = rak_core::Commit { state: delta([("s", json!(null))]), ..run.commit([]) };
    store.commit(commit).await.unwrap();
    assert_eq!(state_of(&*store, &key).await, delta([("t", json!(2))]));
}

/// The same name in two scopes is two keys.
pub async fn a_key_in_two_scopes_is_two_keys<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create_with(&*store, &key, delta([("k", json!(1)), ("user:k", json!(2)), ("app:k", json!(3))])).await;
    store.update_state(&key, delta([("user:k", json!(null))])).await.unwrap();
    assert_eq!(state_of(&*store, &key).await, delta([("k", json!(1)), ("app:k", json!(3))]));
}

/// `temp:` keys are dropped, wherever they come from.
pub async fn temporary_state_is_not_stored<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let temporary = delta([("temp:t", json!(1))]);
    assert_eq!(create_with(&*store, &key, temporary.clone()).await.state, StateDelta::new());
    let updated = store.update_state(&key, temporary.clone()).await.unwrap().unwrap();
    assert_eq!(updated.state, StateDelta::new());
    let run = Run::begun(&*store, &key).await;
    store.commit(rak_core::Commit { state: temporary, ..run.commit([1]) }).await.unwrap();
    assert_eq!(state_of(&*store, &key).await, StateDelta::new());
}

/// A new session sees what its user and agent have, and what it brings reaches them.
pub async fn a_session_begins_with_the_state_it_is_given<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    create_with(&*store, &one, delta([("user:u", json!(1)), ("app:a", json!(1)), ("s", json!(1))])).await;
    let made = create_with(&*store, &two, delta([("user:u", json!(2)), ("s", json!(2))])).await;
    assert_eq!(made.state, delta([("user:u", json!(2)), ("app:a", json!(1)), ("s", json!(2))]));
    let state = state_of(&*store, &one).await;
    assert_eq!(state, delta([("user:u", json!(2)), ("app:a", json!(1)), ("s", json!(1))]));
}

/// Shared state is not reached through a session that is not there.
pub async fn state_of_an_absent_session_is_not_written<S: SessionService + EventLog>(store: Arc<S>) {
    let (absent, other) = (key("app", "ann", "absent"), key("app", "ann", "other"));
    let shared = delta([("user:u", json!(1)), ("app:a", json!(1)), ("s", json!(1))]);
    assert_eq!(store.update_state(&absent, shared).await.unwrap(), None);
    assert_eq!(create(&*store, &other).await.state, StateDelta::new());
}

/// A key without a name or with too long a one is refused, and the keys beside it are not written.
pub async fn a_bad_key_is_refused_whole<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    let long = "k".repeat(513);
    assert!(is_too_large(store.update_state(&key, delta([("a", json!(1)), (&long, json!(1))])).await));
    for empty in ["", "user:", "app:", "temp:"] {
        assert!(is_not_found(store.update_state(&key, delta([("zz", json!(1)), (empty, json!(1))])).await));
    }
    assert_eq!(state_of(&*store, &key).await, StateDelta::new());
    let longest = "k".repeat(512);
    let state = store.update_state(&key, delta([(&longest, json!(1))])).await.unwrap().unwrap().state;
    assert_eq!(state, delta([(&longest, json!(1))]));
}

/// A value has a largest size, everywhere state is written.
pub async fn a_large_value_is_refused<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    // Two bytes are the quotes.
    let fits = delta([("v", json!("x".repeat(MAX_STATE_VALUE_BYTES - 2)))]);
    let large = delta([("v", json!("x".repeat(MAX_STATE_VALUE_BYTES - 1)))]);
    let new = NewSession { key: key.clone(), state: large.clone(), agent_version: None };
    assert!(is_too_large(store.create(new).await));
    assert_eq!(store.get(&key).await.unwrap(), None);
    create_with(&*store, &key, fits.clone()).await;
    assert!(is_too_large(store.update_state(&key, large.clone()).await));
    let run = Run::begun(&*store, &key).await;
    assert!(is_too_large(store.commit(rak_core::Commit { state: large, ..run.commit([1]) }).await));
    assert_eq!(state_of(&*store, &key).await, fits);
}

/// A scope has a largest size; removing and replacing make room again, and the scopes do not share it.
pub async fn a_scope_has_a_largest_size<S: SessionService + EventLog>(store: Arc<S>) {
    const PIECE: usize = MAX_STATE_SCOPE_BYTES / 8;
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    for prefix in ["", "user:", "app:"] {
        let set = |n: usize, bytes: usize| {
            delta([(&format!("{prefix}k{n}"), json!("x".repeat(bytes - "k0".len() - "\"\"".len())))])
        };
        for n in 0..8 {
            store.update_state(&key, set(n, PIECE)).await.unwrap();
        }
        let one_more = delta([(&format!("{prefix}x"), json!(1))]);
        assert!(is_too_large(store.update_state(&key, one_more.clone()).await), "{prefix}");
        assert!(is_too_large(store.update_state(&key, set(3, PIECE + 1)).await), "{prefix}");
        store.update_state(&key, set(3, PIECE - 2)).await.unwrap();
        store.update_state(&key, one_more.clone()).await.unwrap();
        // Out and in at once: what counts is how large it is in the end.
        let mut swap = set(8, PIECE);
        swap.insert(format!("{prefix}k0"), json!(null));
        store.update_state(&key, swap).await.unwrap();
    }
    assert_eq!(state_of(&*store, &key).await.len(), 3 * 9);
}
