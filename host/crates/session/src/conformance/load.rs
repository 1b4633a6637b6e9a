//! Odd texts, large events, many at once.

use std::sync::Arc;

use rak_core::{
    Commit, EventLog, InvocationEnd, InvocationStatus, InvocationStep, NewSession, SessionFilter,
    SessionService, StateDelta, Usage,
};
use serde_json::json;
use tokio::task::JoinSet;

use super::fixture::{
    Run, create_with, delta, event, is_conflict, key, numbers, state_of, text, texts, whole_history,
};

/// Any text goes in and out unchanged: ids, state, events, reasons.
pub async fn any_text_comes_back<S: SessionService + EventLog>(store: Arc<S>) {
    let odd = "Größe 🦀 \u{202e}rtl e\u{301} 'quote' \"double\" %_\\ -- ;";
    let nul = "a\0b";
    let key = key("app", odd, odd);
    let state = delta([(odd, json!(nul)), (&format!("user:{odd}"), json!({odd: [odd]})), (nul, json!(odd))]);
    create_with(&*store, &key, state.clone()).await;
    assert_eq!(state_of(&*store, &key).await, state);
    assert_eq!(store.find(&key.session_id).await.unwrap(), std::slice::from_ref(&key));

    let run = Run::begun(&*store, &key).await;
    let said = format!("{odd}{nul}\u{7f}\r\n\t");
    let events = vec![event(run.id, 1, &said)];
    let (status, reason) = (InvocationStatus::Failed, Some(odd.to_owned()));
    let end = InvocationEnd { status, reason, progress: None, usage: Usage::default() };
    let step = Some(InvocationStep::Ends(end));
    store.commit(Commit { events, step, ..run.commit([]) }).await.unwrap();
    assert_eq!(texts(&whole_history(&*store, &key).await), ["hello", &said]);
    assert_eq!(store.invocation(run.id).await.unwrap().unwrap().reason.as_deref(), Some(odd));

    // What looks alike is not the same.
    let composed = super::fixture::key("app", odd, "\u{e9}");
    let decomposed = super::fixture::key("app", odd, "e\u{301}");
    create_with(&*store, &composed, StateDelta::new()).await;
    assert_eq!(store.get(&decomposed).await.unwrap(), None);
    store.update_state(&key, delta([(nul, json!(null))])).await.unwrap();
    assert!(!state_of(&*store, &key).await.contains_key(nul));
}

/// An event of a megabyte is stored and read like any other.
pub async fn a_large_event_comes_back<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    let large = "0123456789abcdef".repeat(1 << 16);
    let events = vec![event(run.id, 1, "before"), event(run.id, 2, &large), event(run.id, 3, "after")];
    store.commit(Commit { events: events.clone(), ..run.commit([]) }).await.unwrap();
    let read = store.read(run.id, 0, 10).await.unwrap();
    assert_eq!(read[1].json, events[1].json);
    assert_eq!(text(&read[1]).len(), 1 << 20);
    assert_eq!(text(&read[2]), "after");
    assert_eq!(whole_history(&*store, &key).await.entries.len(), 4);
}

/// Many tasks, some of them in the same session: nothing is lost, nothing is mixed up, positions grow.
pub async fn many_tasks_commit_at_once<S: SessionService + EventLog>(store: Arc<S>) {
    const TASKS: u64 = 32;
    const COMMITS: u64 = 8;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let run = Run::begun(&*store, &key("app", "ann", &(task % 8).to_string())).await;
            for seq in 1..=COMMITS {
                let state = delta([(&format!("task{task}"), json!(seq)), ("user:newest", json!(task))]);
                store.commit(Commit { state, ..run.commit([seq]) }).await.unwrap();
                // What was acknowledged is there for everybody.
                assert_eq!(numbers(&*store, run.id).await, (1..=seq).collect::<Vec<_>>());
            }
            store.commit(run.end(COMMITS + 1, InvocationStatus::Completed)).await.unwrap();
            run
        });
    }
    let runs = tasks.join_all().await;
    for run in &runs {
        assert_eq!(numbers(&*store, run.id).await, (1..=COMMITS + 1).collect::<Vec<_>>());
    }
    for session in 0..8 {
        let key = key("app", "ann", &session.to_string());
        let page = whole_history(&*store, &key).await;
        assert_eq!(page.entries.len() as u64, TASKS / 8 * (COMMITS + 2));
        assert!(page.entries.is_sorted_by(|a, b| a.position < b.position));
        let state = state_of(&*store, &key).await;
        let own: Vec<_> = state.iter().filter(|(key, _)| key.starts_with("task")).collect();
        assert_eq!(own.len() as u64, TASKS / 8);
        assert!(own.iter().all(|(_, value)| **value == json!(COMMITS)));
    }
    let filter = SessionFilter { limit: 100, ..SessionFilter::default() };
    assert_eq!(store.list(filter).await.unwrap().sessions.len(), 8);
}

/// Of many who create the same session, one does.
pub async fn one_of_many_creates_a_session<S: SessionService + EventLog>(store: Arc<S>) {
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let store = Arc::clone(&store);
        let state = delta([("task", json!(task))]);
        let new = NewSession { key: key("app", "ann", "one"), state, agent_version: None };
        tasks.spawn(async move { store.create(new).await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| is_conflict((*result).clone())).count(), 15);
    let made = results.into_iter().find_map(Result::ok);
    assert_eq!(store.get(&key("app", "ann", "one")).await.unwrap(), made);
}

/// `check` says whether it can be written to, and changes nothing that anybody sees.
pub async fn a_store_that_works_says_so<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    Run::begun(&*store, &key).await;
    let before = store.get(&key).await.unwrap();
    for _ in 0..3 {
        store.check().await.unwrap();
    }
    assert_eq!(store.get(&key).await.unwrap(), before);
}
