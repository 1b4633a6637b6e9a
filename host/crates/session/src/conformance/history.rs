//! History: the events of a session, over all its invocations.

use std::sync::Arc;

use rak_core::{
    EncodedEvent, Event, EventLog, HistoryPage, HistoryQuery, SessionKey, SessionService, time::UnixMillis,
};
use serde_json::json;

use super::fixture::{
    Run, create, delta, event, is_not_found, is_too_large, key, numbers, state_of, text, texts, whole_history,
};
use crate::MAX_STATE_VALUE_BYTES;

/// A session with this many events, each saying its number.
async fn with_events(store: &impl SessionService, events: usize) -> SessionKey {
    let key = key("app", "ann", "one");
    create(store, &key).await;
    let id = Run::new(&key).id;
    for n in 1..=events {
        store.append_event(&key, event(id, 0, &n.to_string())).await.unwrap();
    }
    key
}

fn assert_growing(page: &HistoryPage) {
    assert!(page.entries.is_sorted_by(|a, b| a.position < b.position), "{page:?}");
}

/// Pages forward cover everything once, for every size of a page.
pub async fn history_is_read_forward_in_pages<S: SessionService + EventLog>(store: Arc<S>) {
    let key = with_events(&*store, 7).await;
    let all: Vec<_> = (1..=7).map(|n| n.to_string()).collect();
    for limit in [1, 2, 3, 6, 7, 8, 1000] {
        let (mut position, mut seen, mut pages) = (0, Vec::new(), 0);
        loop {
            let page = store.history(&key, HistoryQuery::After { position, limit }).await.unwrap();
            assert_growing(&page);
            assert!(page.entries.len() <= limit);
            seen.extend(texts(&page));
            pages += 1;
            let Some(next) = page.next else { break };
            position = next;
        }
        assert_eq!(seen, all);
        assert_eq!(pages, 7_usize.div_ceil(limit), "no page is empty");
    }
    let past = store.history(&key, HistoryQuery::After { position: u64::MAX, limit: 5 }).await.unwrap();
    assert!(past.entries.is_empty() && past.next.is_none());
}

/// Pages backward, each of them oldest first, cover everything once.
pub async fn history_is_read_backward_in_pages<S: SessionService + EventLog>(store: Arc<S>) {
    let key = with_events(&*store, 7).await;
    let all: Vec<_> = (1..=7).map(|n| n.to_string()).collect();
    for limit in [1, 2, 3, 6, 7, 8, 1000] {
        let (mut position, mut seen, mut pages) = (None, Vec::new(), 0);
        loop {
            let page = store.history(&key, HistoryQuery::Before { position, limit }).await.unwrap();
            assert_growing(&page);
            assert!(page.entries.len() <= limit);
            seen.splice(0..0, texts(&page));
            pages += 1;
            if page.next.is_none() {
                break;
            }
            position = page.next;
        }
        assert_eq!(seen, all);
        assert_eq!(pages, 7_usize.div_ceil(limit), "no page is empty");
    }
    for position in [0, 1] {
        let query = HistoryQuery::Before { position: Some(position), limit: 5 };
        let before = store.history(&key, query).await.unwrap();
        assert!(before.entries.is_empty() && before.next.is_none());
    }
    let end = HistoryQuery::Before { position: Some(u64::MAX), limit: 2 };
    assert_eq!(texts(&store.history(&key, end).await.unwrap()), ["6", "7"]);
}

/// There is no error for what is not there.
pub async fn history_of_an_absent_session_is_empty<S: SessionService + EventLog>(store: Arc<S>) {
    let absent = key("app", "ann", "absent");
    for query in [
        HistoryQuery::After { position: 0, limit: 10 },
        HistoryQuery::Before { position: None, limit: 10 },
        HistoryQuery::After { position: 0, limit: 0 },
    ] {
        let page = store.history(&absent, query).await.unwrap();
        assert!(page.entries.is_empty() && page.next.is_none());
    }
}

/// `append_event` stores the event as it is, applies its state, and gives its position; no log of an invocation has it.
pub async fn an_appended_event_changes_state_and_has_a_position<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    create(&*store, &key).await;
    let before = UnixMillis::now();
    let mut said = Event::new(Run::new(&key).id, "user");
    said.seq = Some(1);
    said.actions.state_delta =
        delta([("a", json!(1)), ("user:b", json!(2)), ("gone", json!(null)), ("temp:t", json!(1))]);
    let said = EncodedEvent::new(said).unwrap();
    let first = store.append_event(&key, said.clone()).await.unwrap();
    let second = store.append_event(&key, event(said.invocation_id, 0, "second")).await.unwrap();
    assert!(first >= 1 && second > first);

    let page = whole_history(&*store, &key).await;
    assert_eq!(page.entries.iter().map(|entry| entry.position).collect::<Vec<_>>(), [first, second]);
    assert_eq!(page.entries[0].event.event, said.event);
    assert_eq!(page.entries[0].event.json, said.json);
    assert!(page.entries[0].at >= before);
    assert_eq!(state_of(&*store, &key).await, delta([("a", json!(1)), ("user:b", json!(2))]));
    assert!(numbers(&*store, said.invocation_id).await.is_empty());
    assert_eq!(store.invocation(said.invocation_id).await.unwrap(), None);
}

/// An event needs its session, and one that is refused leaves nothing.
pub async fn an_event_for_an_absent_session_is_refused<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::new(&key);
    assert!(is_not_found(store.append_event(&key, event(run.id, 0, "x")).await));
    assert_eq!(store.get(&key).await.unwrap(), None);

    create(&*store, &key).await;
    let mut large = Event::new(run.id, "user");
    large.actions.state_delta = delta([("a", json!(1)), ("v", json!("x".repeat(MAX_STATE_VALUE_BYTES)))]);
    assert!(is_too_large(store.append_event(&key, EncodedEvent::new(large).unwrap()).await));
    assert!(whole_history(&*store, &key).await.entries.is_empty());
    assert!(state_of(&*store, &key).await.is_empty());
}

/// Positions order everything in a session, whichever invocation it is of; other sessions do not matter.
pub async fn positions_grow_over_all_invocations_of_a_session<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, other) = (key("app", "ann", "one"), key("app", "ann", "other"));
    let (a, b, elsewhere) =
        (Run::begun(&*store, &one).await, Run::begun(&*store, &one).await, Run::begun(&*store, &other).await);
    store.commit(a.commit([1, 2])).await.unwrap();
    store.commit(elsewhere.commit([1])).await.unwrap();
    store.commit(b.commit([1])).await.unwrap();
    store.append_event(&one, event(a.id, 0, "outside")).await.unwrap();
    store.commit(a.commit([3])).await.unwrap();

    let page = whole_history(&*store, &one).await;
    assert_growing(&page);
    assert!(page.entries[0].position >= 1);
    let seen: Vec<_> =
        page.entries.iter().map(|entry| (entry.event.invocation_id, text(&entry.event))).collect();
    let wanted = [
        (a.id, "hello"),
        (b.id, "hello"),
        (a.id, "1"),
        (a.id, "2"),
        (b.id, "1"),
        (a.id, "outside"),
        (a.id, "3"),
    ];
    assert_eq!(seen, wanted.map(|(id, text)| (id, text.to_owned())));
    assert_eq!(texts(&whole_history(&*store, &other).await), ["hello", "1"]);
}
