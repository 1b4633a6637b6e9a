//! Sessions: made, found, listed, removed.

use std::sync::Arc;

use rak_core::{
    EventLog, InvocationStatus, SessionFilter, SessionKey, SessionService, StateDelta, StoreError,
};
use serde_json::json;

use super::fixture::{
    Run, create, create_with, delta, event, is_conflict, key, numbers, state_of, whole_history,
};

/// The sessions of a list, page by page.
async fn pages(store: &impl SessionService, filter: SessionFilter) -> Vec<Vec<SessionKey>> {
    let mut pages = Vec::new();
    let mut cursor = filter.cursor.clone();
    loop {
        let page = store.list(SessionFilter { cursor, ..filter.clone() }).await.unwrap();
        assert!(page.sessions.len() <= filter.limit);
        assert!(page.sessions.iter().all(|session| session.state.is_empty()), "a list has no state");
        pages.push(page.sessions.into_iter().map(|session| session.key).collect());
        cursor = page.next;
        if cursor.is_none() {
            return pages;
        }
    }
}

fn limit(limit: usize) -> SessionFilter {
    SessionFilter { limit, ..SessionFilter::default() }
}

async fn front(store: &impl SessionService) -> SessionKey {
    store.list(limit(1)).await.unwrap().sessions.remove(0).key
}

/// `create` makes a session with its state and its times, and refuses to make it again.
pub async fn a_session_is_created_once<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let made = create_with(&*store, &key, delta([("a", json!(1))])).await;
    assert_eq!(made.key, key);
    assert_eq!(made.state, delta([("a", json!(1))]));
    assert!(made.created_at.0 > 0 && made.created_at <= made.updated_at);
    assert_eq!(store.get(&key).await.unwrap(), Some(made.clone()));

    let state = delta([("a", json!(2)), ("user:b", json!(3))]);
    let again = rak_core::NewSession { key: key.clone(), state, agent_version: Some("sha256:2".into()) };
    assert!(is_conflict(store.create(again).await));
    assert_eq!(store.get(&key).await.unwrap(), Some(made));
}

/// Absence is not an error.
pub async fn an_absent_session_is_none<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    assert_eq!(store.get(&key).await.unwrap(), None);
    assert_eq!(store.update_state(&key, StateDelta::new()).await.unwrap(), None);
    assert!(!store.delete(&key).await.unwrap());
    assert!(store.find(&key.session_id).await.unwrap().is_empty());
    let page = store.list(limit(10)).await.unwrap();
    assert!(page.sessions.is_empty() && page.next.is_none());
}

/// `find` gives every session with the id, and no other.
pub async fn a_session_is_found_by_its_id<S: SessionService + EventLog>(store: Arc<S>) {
    let keys = [key("a", "ann", "one"), key("a", "bob", "one"), key("b", "ann", "one")];
    for key in &keys {
        create(&*store, key).await;
    }
    create(&*store, &key("a", "ann", "two")).await;
    let mut found = store.find(&keys[0].session_id).await.unwrap();
    found.sort();
    assert_eq!(found, keys);
}

/// `find` is bounded.
pub async fn a_session_is_found_a_hundred_times_at_most<S: SessionService + EventLog>(store: Arc<S>) {
    for user in 0..101 {
        create(&*store, &key("a", &user.to_string(), "one")).await;
    }
    assert_eq!(store.find(&"one".parse().unwrap()).await.unwrap().len(), 100);
}

/// Agent, user and id together are the key.
pub async fn the_same_id_under_other_agents_and_users_is_another_session<S>(store: Arc<S>)
where
    S: SessionService + EventLog,
{
    let keys = [key("a", "ann", "one"), key("a", "bob", "one"), key("b", "ann", "one")];
    for (index, key) in keys.iter().enumerate() {
        create_with(&*store, key, delta([("n", json!(index))])).await;
        store.append_event(key, event(Run::new(key).id, 0, &index.to_string())).await.unwrap();
    }
    assert!(store.delete(&keys[1]).await.unwrap());
    for (index, key) in [(0, &keys[0]), (2, &keys[2])] {
        assert_eq!(state_of(&*store, key).await, delta([("n", json!(index))]));
        assert_eq!(super::fixture::texts(&whole_history(&*store, key).await), [index.to_string()]);
    }
    assert_eq!(store.get(&keys[1]).await.unwrap(), None);
}

/// `list` gives the newest change first, in pages that cover everything once.
pub async fn a_list_is_read_in_pages_newest_change_first<S: SessionService + EventLog>(store: Arc<S>) {
    let keys: Vec<_> = (0..7).map(|n| key("app", "ann", &format!("s{n}"))).collect();
    for key in &keys {
        create(&*store, key).await;
    }
    let newest_first: Vec<_> = keys.iter().rev().cloned().collect();
    for size in [1, 2, 3, 6, 7, 8, 1000] {
        let pages = pages(&*store, limit(size)).await;
        assert_eq!(pages.concat(), newest_first);
        assert_eq!(pages.len(), 7_usize.div_ceil(size), "no page is empty");
    }
}

/// `list` takes an agent, a user, both or none.
pub async fn a_list_is_filtered_by_agent_and_user<S: SessionService + EventLog>(store: Arc<S>) {
    let keys = [("a", "ann"), ("b", "ann"), ("a", "bob"), ("a", "ann"), ("b", "bob")];
    let keys: Vec<_> =
        keys.iter().enumerate().map(|(n, (app, user))| key(app, user, &n.to_string())).collect();
    for key in &keys {
        create(&*store, key).await;
    }
    for app in [None, Some("a"), Some("b"), Some("c")] {
        for user in [None, Some("ann"), Some("bob"), Some("cid")] {
            let filter = SessionFilter {
                app_name: app.map(|app| app.parse().unwrap()),
                user_id: user.map(|user| user.parse().unwrap()),
                ..limit(2)
            };
            let wanted = keys.iter().rev().filter(|key| {
                app.is_none_or(|app| key.app_name.as_str() == app)
                    && user.is_none_or(|user| key.user_id.as_str() == user)
            });
            let listed = pages(&*store, filter).await.concat();
            assert_eq!(listed, wanted.cloned().collect::<Vec<_>>(), "{app:?} {user:?}");
        }
    }
}

/// State, events, and beginnings and commits of invocations are changes of the session; `updated_at` never goes back.
pub async fn every_write_brings_a_session_to_the_front<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    create(&*store, &one).await;
    create(&*store, &two).await;
    assert_eq!(front(&*store).await, two);

    let run = Run::begun(&*store, &one).await;
    assert_eq!(front(&*store).await, one);
    store.update_state(&two, StateDelta::new()).await.unwrap();
    assert_eq!(front(&*store).await, two);
    let before = store.get(&one).await.unwrap().unwrap().updated_at;
    // Its time is long ago.
    store.commit(run.commit([1])).await.unwrap();
    assert_eq!(front(&*store).await, one);
    assert!(store.get(&one).await.unwrap().unwrap().updated_at >= before);
    store.append_event(&two, event(run.id, 0, "x")).await.unwrap();
    assert_eq!(front(&*store).await, two);
    store.commit(run.end(2, InvocationStatus::Completed)).await.unwrap();
    assert_eq!(front(&*store).await, one);
}

/// A session that changes between two pages moves to the front; the others are each seen once.
pub async fn a_list_that_changes_while_it_is_read_leaves_nobody_out<S: SessionService + EventLog>(
    store: Arc<S>,
) {
    let keys: Vec<_> = (0..6).map(|n| key("app", "ann", &n.to_string())).collect();
    for key in &keys {
        create(&*store, key).await;
    }
    let first = store.list(limit(2)).await.unwrap();
    store.update_state(&keys[5], StateDelta::new()).await.unwrap();
    store.update_state(&keys[0], StateDelta::new()).await.unwrap();
    store.delete(&keys[4]).await.unwrap();
    create(&*store, &key("app", "ann", "new")).await;
    let rest = pages(&*store, SessionFilter { cursor: first.next, ..limit(2) }).await.concat();
    assert_eq!(rest, [keys[3].clone(), keys[2].clone(), keys[1].clone()]);
}

/// A cursor is what a list gave, and nothing else.
pub async fn a_cursor_that_was_never_given_is_refused<S: SessionService + EventLog>(store: Arc<S>) {
    create(&*store, &key("app", "ann", "one")).await;
    for bad in ["", "x", "-1", "1.", "1.a", "' OR 1"] {
        let filter = SessionFilter { cursor: Some(bad.to_owned()), ..limit(1) };
        let refused = store.list(filter).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{bad:?}");
    }
}

/// `delete` takes the history and the invocations; `user:` and `app:` state stays, and a new session of the same name
/// begins empty.
pub async fn a_deleted_session_leaves_nothing_but_shared_state<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let state = [("mine", json!(1)), ("user:ours", json!(2)), ("app:everyone", json!(3))];
    create_with(&*store, &key, delta(state)).await;
    let run = Run::begun(&*store, &key).await;
    store.commit(run.commit([1, 2])).await.unwrap();

    assert!(store.delete(&key).await.unwrap());
    assert!(!store.delete(&key).await.unwrap());
    assert_eq!(store.get(&key).await.unwrap(), None);
    assert!(store.find(&key.session_id).await.unwrap().is_empty());
    assert!(store.list(limit(10)).await.unwrap().sessions.is_empty());
    assert!(whole_history(&*store, &key).await.entries.is_empty());
    assert_eq!(store.invocation(run.id).await.unwrap(), None);
    assert!(numbers(&*store, run.id).await.is_empty());

    let again = create(&*store, &key).await;
    assert_eq!(again.state, delta([("user:ours", json!(2)), ("app:everyone", json!(3))]));
    assert!(whole_history(&*store, &key).await.entries.is_empty());
    store.append_event(&key, event(run.id, 0, "x")).await.unwrap();
    assert_eq!(whole_history(&*store, &key).await.entries.len(), 1);
}
