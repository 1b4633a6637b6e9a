//! What clients call their starts.

use std::sync::Arc;

use rak_core::{Begin, EventLog, IdempotencyKey, InvocationId, InvocationStatus, SessionService, StartKey};
use tokio::task::JoinSet;

use super::fixture::{Run, is_conflict, key};

fn named(run: &Run, status: InvocationStatus, name: &str) -> Begin {
    let start_key = StartKey { key: name.parse().unwrap(), digest: format!("digest of {name}") };
    Begin { start_key: Some(start_key), ..run.beginning(status, None) }
}

fn name(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

/// The invocation of a key is found, in its session, whatever becomes of it.
pub async fn a_start_is_found_by_its_key<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    assert_eq!(store.started_with(&one, &name("a")).await.unwrap(), None);
    let run = Run::new(&one);
    store.begin(named(&run, InvocationStatus::Queued, "a")).await.unwrap();
    let other = Run::new(&two);
    store.begin(named(&other, InvocationStatus::Queued, "a")).await.unwrap();
    Run::begun(&*store, &one).await;
    let found = Some((run.id, "digest of a".to_owned()));
    assert_eq!(store.started_with(&one, &name("a")).await.unwrap(), found);
    assert_eq!(store.started_with(&two, &name("a")).await.unwrap().unwrap().0, other.id);
    assert_eq!(store.started_with(&one, &name("b")).await.unwrap(), None);

    // Its second beginning does not say it again.
    store.begin(run.beginning(InvocationStatus::Active, Some("hello"))).await.unwrap();
    store.commit(run.end(1, InvocationStatus::Completed)).await.unwrap();
    assert_eq!(store.started_with(&one, &name("a")).await.unwrap(), found);
}

/// A key belongs to the first invocation that began with it, and a beginning that is refused leaves nothing.
pub async fn a_key_starts_one_invocation<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let first = Run::new(&key);
    store.begin(named(&first, InvocationStatus::Queued, "a")).await.unwrap();
    let second = Run::new(&key);
    assert!(is_conflict(store.begin(named(&second, InvocationStatus::Active, "a")).await));
    assert_eq!(store.invocation(second.id).await.unwrap(), None);
    store.begin(named(&first, InvocationStatus::Active, "a")).await.unwrap();
    store.begin(named(&second, InvocationStatus::Active, "b")).await.unwrap();
}

/// Of many beginnings with one key at the same time, one is stored.
pub async fn one_of_many_begins_with_a_key<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let mut begins: JoinSet<Result<InvocationId, ()>> = JoinSet::new();
    for _ in 0..20 {
        let (store, run) = (Arc::clone(&store), Run::new(&key));
        begins.spawn(async move {
            let begun = store.begin(named(&run, InvocationStatus::Active, "a")).await;
            begun.map(|_| run.id).map_err(|error| assert!(is_conflict(Err::<(), _>(error))))
        });
    }
    let begun: Vec<_> = begins.join_all().await.into_iter().flatten().collect();
    let found = store.started_with(&key, &name("a")).await.unwrap();
    assert_eq!(begun, [found.unwrap().0]);
}

/// A deleted session takes its keys with it.
pub async fn a_deleted_session_forgets_its_keys<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    store.begin(named(&Run::new(&key), InvocationStatus::Active, "a")).await.unwrap();
    assert!(store.delete(&key).await.unwrap());
    assert_eq!(store.started_with(&key, &name("a")).await.unwrap(), None);
    let again = Run::new(&key);
    store.begin(named(&again, InvocationStatus::Active, "a")).await.unwrap();
    assert_eq!(store.started_with(&key, &name("a")).await.unwrap().unwrap().0, again.id);
}
