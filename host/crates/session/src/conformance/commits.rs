//! Beginnings and commits.

use std::sync::Arc;

use rak_core::{
    Begin, Commit, EncodedEvent, EventLog, HistoryQuery, InvocationStatus, SessionService, time::UnixMillis,
};
use serde_json::json;

use super::fixture::{
    Run, create, delta, event, is_conflict, is_not_found, is_too_large, key, numbers, state_of, texts,
    whole_history,
};
use crate::MAX_STATE_VALUE_BYTES;

/// `begin` makes the session where it is absent, and takes the one that is there.
pub async fn beginning_makes_the_session<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    let made = store.get(&key).await.unwrap().expect("the session is there");
    assert!(made.created_at.0 > 0 && made.state.is_empty());
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(run.record(InvocationStatus::Active)));

    store.update_state(&key, delta([("kept", json!(1))])).await.unwrap();
    Run::begun(&*store, &key).await;
    let kept = store.get(&key).await.unwrap().unwrap();
    assert_eq!((kept.created_at, kept.state), (made.created_at, delta([("kept", json!(1))])));
}

/// The second `begin` of a queued invocation changes its record and adds the message.
pub async fn beginning_a_queued_invocation_again_adds_the_message<S: SessionService + EventLog>(
    store: Arc<S>,
) {
    let key = key("app", "ann", "one");
    let run = Run::new(&key);
    store.begin(run.beginning(InvocationStatus::Queued, None)).await.unwrap();
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(run.record(InvocationStatus::Queued)));
    assert!(whole_history(&*store, &key).await.entries.is_empty());

    let mut active = run.beginning(InvocationStatus::Active, Some("at last"));
    active.record.started_at = UnixMillis(1_700_000_005_000);
    active.record.agent_version = "sha256:2".into();
    active.record.attempt = 2;
    store.begin(active.clone()).await.unwrap();
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(active.record));
    assert_eq!(texts(&whole_history(&*store, &key).await), ["at last"]);
    store.commit(run.commit([1])).await.unwrap();
    assert_eq!(numbers(&*store, run.id).await, [1]);
}

/// The user's message has no number: history shows it, the log does not.
pub async fn the_message_is_in_the_history_and_not_in_the_log<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    assert!(numbers(&*store, run.id).await.is_empty());
    store.commit(run.commit([1])).await.unwrap();
    assert_eq!(numbers(&*store, run.id).await, [1]);
    assert_eq!(texts(&whole_history(&*store, &key).await), ["hello", "1"]);
}

/// `begin` gives the message's position, or the newest event's: what lies at or before one less is the past.
pub async fn beginning_gives_the_position_before_which_the_past_lies<S: SessionService + EventLog>(
    store: Arc<S>,
) {
    let key = key("app", "ann", "one");
    let first = Run::new(&key);
    let beginning = first.beginning(InvocationStatus::Active, Some("first"));
    let position = store.begin(beginning).await.unwrap();
    assert_eq!(whole_history(&*store, &key).await.entries[0].position, position);
    store.commit(first.end(1, InvocationStatus::Completed)).await.unwrap();

    let second = Run::new(&key);
    let newest = whole_history(&*store, &key).await.entries.last().unwrap().position;
    let queued = store.begin(second.beginning(InvocationStatus::Queued, None)).await.unwrap();
    assert_eq!(queued, newest);
    let position = store.begin(second.beginning(InvocationStatus::Active, Some("second"))).await.unwrap();
    let past = HistoryQuery::Before { position: Some(position), limit: 10 };
    assert_eq!(texts(&store.history(&key, past).await.unwrap()), ["first", "1"]);
}

/// What has ended does not begin again.
pub async fn an_invocation_that_is_over_does_not_begin_again<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    store.commit(run.end(1, InvocationStatus::Failed)).await.unwrap();
    for status in InvocationStatus::ALL {
        assert!(is_conflict(store.begin(run.beginning(status, Some("again"))).await));
    }
    assert_eq!(texts(&whole_history(&*store, &key).await), ["hello", "1"]);
    assert_eq!(store.invocation(run.id).await.unwrap().unwrap().status, InvocationStatus::Failed);
}

/// An invocation is of the session that it began in.
pub async fn an_invocation_belongs_to_one_session<S: SessionService + EventLog>(store: Arc<S>) {
    let (key, other) = (key("app", "ann", "one"), key("app", "bob", "one"));
    let run = Run::begun(&*store, &key).await;
    let elsewhere = Run { id: run.id, key: other.clone() };
    assert!(is_conflict(store.begin(elsewhere.beginning(InvocationStatus::Active, None)).await));
    assert_eq!(store.get(&other).await.unwrap(), None);
    create(&*store, &other).await;
    assert!(is_not_found(store.commit(elsewhere.commit([1])).await));
    assert!(whole_history(&*store, &other).await.entries.is_empty());
    assert!(numbers(&*store, run.id).await.is_empty());
}

/// A commit stores its events in order, with its time, and applies its state in every scope.
pub async fn a_commit_stores_events_and_state<S: SessionService + EventLog>(store: Arc<S>) {
    let (key, other) = (key("app", "ann", "one"), key("app", "ann", "other"));
    create(&*store, &other).await;
    let run = Run::begun(&*store, &key).await;
    let state = delta([("s", json!(1)), ("user:u", json!(2)), ("app:a", json!(3))]);
    let commit = Commit { state: state.clone(), ..run.commit([1, 2]) };
    store.commit(commit.clone()).await.unwrap();
    store.commit(run.commit([])).await.unwrap();
    store.commit(run.commit([3])).await.unwrap();

    let read = store.read(run.id, 0, 10).await.unwrap();
    assert_eq!(read.iter().map(EncodedEvent::seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(read[0].event, commit.events[0].event);
    assert_eq!(read[1].json, commit.events[1].json);
    let page = whole_history(&*store, &key).await;
    assert_eq!(texts(&page), ["hello", "1", "2", "3"]);
    assert!(page.entries[1..].iter().all(|entry| entry.at == commit.at));
    assert_eq!(state_of(&*store, &key).await, state);
    assert_eq!(state_of(&*store, &other).await, delta([("user:u", json!(2)), ("app:a", json!(3))]));
    // An event's own delta is the runner's to collect: the store applies what the commit says.
    assert_eq!(store.invocation(run.id).await.unwrap().unwrap().status, InvocationStatus::Active);
}

/// The next number is the only one that is taken.
pub async fn numbers_have_no_gap_and_no_repeat<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    for wrong in [vec![0], vec![2], vec![1, 3], vec![1, 1], vec![2, 1], vec![1, 0], vec![u64::MAX]] {
        assert!(is_conflict(store.commit(run.commit(wrong.clone())).await), "{wrong:?}");
    }
    store.commit(run.commit([1, 2])).await.unwrap();
    for wrong in [vec![0], vec![1], vec![2], vec![2, 3], vec![4], vec![3, 5]] {
        assert!(is_conflict(store.commit(run.commit(wrong.clone())).await), "{wrong:?}");
    }
    store.commit(run.commit([3])).await.unwrap();
    assert_eq!(numbers(&*store, run.id).await, [1, 2, 3]);
}

/// A commit needs its invocation.
pub async fn a_commit_of_an_unknown_invocation_is_refused<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::new(&key);
    assert!(is_not_found(store.commit(run.commit([1])).await));
    assert_eq!(store.get(&key).await.unwrap(), None);
    create(&*store, &key).await;
    assert!(is_not_found(store.commit(run.end(1, InvocationStatus::Completed)).await));
    assert!(whole_history(&*store, &key).await.entries.is_empty());
}

/// An invocation ends once, in any terminal status, and then takes nothing more.
pub async fn nothing_follows_the_end<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    for status in InvocationStatus::ALL.into_iter().filter(|status| status.is_terminal()) {
        let run = Run::begun(&*store, &key).await;
        store.commit(run.end(1, status)).await.unwrap();
        assert!(is_conflict(store.commit(run.commit([2])).await));
        assert!(is_conflict(store.commit(run.commit([])).await));
        assert!(is_conflict(store.commit(run.end(2, InvocationStatus::Completed)).await));
        assert_eq!(numbers(&*store, run.id).await, [1]);
        assert_eq!(store.invocation(run.id).await.unwrap().unwrap().status, status);
    }
    // One that never ran ends too.
    let queued = Run::new(&key);
    store.begin(queued.beginning(InvocationStatus::Queued, None)).await.unwrap();
    store.commit(queued.end(1, InvocationStatus::Cancelled)).await.unwrap();
    assert!(is_conflict(store.begin(queued.beginning(InvocationStatus::Active, Some("late"))).await));
}

/// An end is none of the states of what is not over.
pub async fn an_end_is_terminal<S: SessionService + EventLog>(store: Arc<S>) {
    let run = Run::begun(&*store, &key("app", "ann", "one")).await;
    for status in InvocationStatus::UNFINISHED {
        assert!(is_conflict(store.commit(run.end(1, status)).await));
    }
    assert!(numbers(&*store, run.id).await.is_empty());
    store.commit(run.end(1, InvocationStatus::Completed)).await.unwrap();
}

/// Together or not at all: events, state, the end and the order of sessions.
pub async fn a_commit_that_is_refused_leaves_nothing<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    let before = store.get(&key).await.unwrap();
    let state = delta([("s", json!(1)), ("user:u", json!(1)), ("app:a", json!(1))]);
    let end = run.end(1, InvocationStatus::Completed);

    let gap = Commit { events: run.commit([1, 3]).events, state: state.clone(), ..end.clone() };
    assert!(is_conflict(store.commit(gap).await));
    let mut large = state.clone();
    large.insert("v".into(), json!("x".repeat(MAX_STATE_VALUE_BYTES)));
    assert!(is_too_large(store.commit(Commit { state: large, ..end.clone() }).await));
    // Too large only once the store adds it up, when events may be written already.
    let mut filled = state;
    filled.extend((0..5).map(|n| (format!("z{n}"), json!("x".repeat(MAX_STATE_VALUE_BYTES - 2)))));
    assert!(is_too_large(store.commit(Commit { state: filled, ..end.clone() }).await));

    assert_eq!(store.get(&key).await.unwrap(), before);
    assert!(numbers(&*store, run.id).await.is_empty());
    assert_eq!(texts(&whole_history(&*store, &key).await), ["hello"]);
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(run.record(InvocationStatus::Active)));
    store.commit(end).await.unwrap();

    // The same for a beginning.
    let again =
        Begin { message: Some(event(run.id, 0, "again")), ..run.beginning(InvocationStatus::Active, None) };
    let before = store.get(&key).await.unwrap();
    assert!(is_conflict(store.begin(again).await));
    assert_eq!(store.get(&key).await.unwrap(), before);
}

/// A session that is deleted while it runs: what the run stores afterwards is refused, and does not bring it back.
pub async fn a_deleted_session_takes_its_running_invocation_with_it<S: SessionService + EventLog>(
    store: Arc<S>,
) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    store.commit(run.commit([1])).await.unwrap();
    store.delete(&key).await.unwrap();
    assert!(is_not_found(store.commit(run.commit([2])).await));
    assert_eq!(store.get(&key).await.unwrap(), None);
    // Not even where a new session has its name.
    create(&*store, &key).await;
    assert!(is_not_found(store.commit(run.end(2, InvocationStatus::Completed)).await));
    assert!(whole_history(&*store, &key).await.entries.is_empty());
}
