//! Journals: appended, read, removed.

use std::sync::Arc;

use rak_core::{
    Commit, EventLog, InvocationId, InvocationStatus, JournalChunk, SessionService, time::UnixMillis,
};
use serde_json::json;

use super::fixture::{
    Run, chunk, create, delta, is_conflict, is_not_found, is_too_large, key, numbers, resume, state_of,
    texts, whole_history,
};
use crate::MAX_STATE_VALUE_BYTES;

/// The first index and the size of each chunk.
async fn journal(store: &impl EventLog, id: InvocationId) -> Vec<(u64, u64)> {
    let chunks = store.journal(id).await.unwrap();
    chunks.iter().map(|chunk| (chunk.first, chunk.count)).collect()
}

/// A durable run with a journal of this many entries.
async fn durable(store: &impl EventLog, entries: u64) -> Run {
    let run = Run::new(&key("app", "ann", "one"));
    let mut begin = run.beginning(InvocationStatus::Active, Some("hello"));
    begin.record.resume = Some(resume(1));
    store.begin(begin).await.unwrap();
    store.commit(run.journal(0, entries)).await.unwrap();
    run
}

/// One that is over since this time.
async fn ended(store: &impl EventLog, entries: u64, at: i64) -> Run {
    let run = durable(store, entries).await;
    let end = run.end(1, InvocationStatus::Completed);
    store.commit(Commit { at: UnixMillis(at), ..end }).await.unwrap();
    run
}

async fn may_be_repeated(store: &impl EventLog, run: &Run) -> bool {
    let record = store.invocation(run.id).await.unwrap().unwrap();
    assert_eq!(record.status, InvocationStatus::Completed);
    assert_eq!(record.resume.is_some(), !store.journal(run.id).await.unwrap().is_empty());
    record.resume.is_some()
}

/// Chunks come back in their order and as they were, whoever else writes in between.
pub async fn a_journal_is_appended_and_read_in_order<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let (run, other) = (Run::begun(&*store, &key).await, Run::begun(&*store, &key).await);
    assert!(store.journal(run.id).await.unwrap().is_empty());
    assert!(store.journal(InvocationId::new()).await.unwrap().is_empty());
    let mut written = Vec::new();
    let mut first = 0;
    for count in [1, 2, 1, 10, 3, 300, 1] {
        let chunk = chunk(first, count);
        store.commit(Commit { journal: Some(chunk.clone()), ..run.commit([]) }).await.unwrap();
        store.commit(other.journal(written.len() as u64, 1)).await.unwrap();
        first += count;
        written.push(chunk);
    }
    assert_eq!(store.journal(run.id).await.unwrap(), written);
    assert_eq!(journal(&*store, other.id).await, (0..7).map(|first| (first, 1)).collect::<Vec<_>>());
    // Nothing of it is in the log or in the history.
    assert!(numbers(&*store, run.id).await.is_empty());
    assert_eq!(texts(&whole_history(&*store, &key).await), ["hello", "hello"]);
}

/// The next index is the only one that is taken.
pub async fn a_journal_has_no_gap_and_no_repeat<S: SessionService + EventLog>(store: Arc<S>) {
    let run = Run::begun(&*store, &key("app", "ann", "one")).await;
    for wrong in [1, 2, u64::MAX] {
        assert!(is_conflict(store.commit(run.journal(wrong, 1)).await), "{wrong}");
    }
    store.commit(run.journal(0, 3)).await.unwrap();
    for wrong in [0, 1, 2, 4, u64::MAX] {
        assert!(is_conflict(store.commit(run.journal(wrong, 1)).await), "{wrong}");
    }
    // One without entries is nothing, in its place.
    store.commit(run.journal(3, 0)).await.unwrap();
    assert!(is_conflict(store.commit(run.journal(4, 0)).await));
    store.commit(run.journal(3, 1)).await.unwrap();
    assert_eq!(journal(&*store, run.id).await, [(0, 3), (3, 1)]);
}

/// Together or not at all: entries, events, state and the end.
pub async fn a_journal_is_stored_with_its_commit_or_not_at_all<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    let before = store.get(&key).await.unwrap();
    let state = delta([("s", json!(1)), ("user:u", json!(1))]);
    let end = Commit { journal: Some(chunk(0, 2)), ..run.end(1, InvocationStatus::Completed) };
    let whole = Commit { state: state.clone(), ..end };

    let gap_in_journal = Commit { journal: Some(chunk(1, 2)), ..whole.clone() };
    let gap_in_events = Commit { events: run.commit([2]).events, ..whole.clone() };
    let not_an_end = Commit { step: run.end(1, InvocationStatus::Paused).step, ..whole.clone() };
    for refused in [gap_in_journal, gap_in_events, not_an_end] {
        assert!(is_conflict(store.commit(refused).await));
    }
    // Too large only once the store adds it up.
    let mut filled = state.clone();
    filled.extend((0..5).map(|n| (format!("z{n}"), json!("x".repeat(MAX_STATE_VALUE_BYTES - 2)))));
    assert!(is_too_large(store.commit(Commit { state: filled, ..whole.clone() }).await));
    assert!(is_not_found(store.commit(Run::new(&key).journal(0, 1)).await));

    assert_eq!(store.get(&key).await.unwrap(), before);
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(run.record(InvocationStatus::Active)));
    assert!(numbers(&*store, run.id).await.is_empty() && store.journal(run.id).await.unwrap().is_empty());
    store.commit(whole).await.unwrap();
    assert_eq!(state_of(&*store, &key).await, state);
    assert_eq!(numbers(&*store, run.id).await, [1]);
    assert_eq!(journal(&*store, run.id).await, [(0, 2)]);
    // And nothing after the end.
    assert!(is_conflict(store.commit(run.journal(2, 1)).await));
    assert_eq!(journal(&*store, run.id).await, [(0, 2)]);
}

/// A journal of many chunks is read in order and removed as one.
pub async fn a_long_journal_is_kept_and_removed<S: SessionService + EventLog>(store: Arc<S>) {
    const CHUNKS: u64 = 1500;
    let run = durable(&*store, 1).await;
    for first in 1..CHUNKS {
        store.commit(run.journal(first, 1)).await.unwrap();
    }
    let chunks = store.journal(run.id).await.unwrap();
    assert!((0..CHUNKS).eq(chunks.iter().map(|chunk| chunk.first)));
    assert!(chunks.iter().all(|stored| *stored == chunk(stored.first, 1)));
    let entries: Vec<_> = chunks.iter().flat_map(|chunk| chunk.decode().unwrap()).collect();
    assert!((0..CHUNKS).eq(entries.iter().map(|entry| entry.digest)));

    store.commit(run.end(1, InvocationStatus::Completed)).await.unwrap();
    let short = ended(&*store, 1, i64::MAX - 1).await;
    assert_eq!(store.prune_journals(UnixMillis(i64::MAX), 2).await.unwrap(), 2);
    assert!(!may_be_repeated(&*store, &run).await && !may_be_repeated(&*store, &short).await);
    assert_eq!(numbers(&*store, run.id).await, [1]);
}

/// A large answer is an entry like any other.
pub async fn a_large_chunk_comes_back<S: SessionService + EventLog>(store: Arc<S>) {
    let run = durable(&*store, 1).await;
    let entries = format!("[\"{}\"]", "0123456789abcdef".repeat(1 << 18));
    let large = JournalChunk { first: 1, count: 1, entries };
    store.commit(Commit { journal: Some(large.clone()), ..run.commit([]) }).await.unwrap();
    store.commit(run.journal(2, 1)).await.unwrap();
    assert_eq!(store.journal(run.id).await.unwrap(), [chunk(0, 1), large, chunk(2, 1)]);
    store.commit(run.end(1, InvocationStatus::Completed)).await.unwrap();
    assert_eq!(store.prune_journals(UnixMillis(i64::MAX), 10).await.unwrap(), 1);
    assert!(!may_be_repeated(&*store, &run).await);
}

/// A second `begin` keeps the journal and the numbers.
pub async fn beginning_again_goes_on_with_the_journal<S: SessionService + EventLog>(store: Arc<S>) {
    let run = durable(&*store, 2).await;
    store.commit(run.commit([1])).await.unwrap();
    for status in [InvocationStatus::Active, InvocationStatus::Queued, InvocationStatus::Active] {
        store.begin(run.beginning(status, None)).await.unwrap();
        assert_eq!(store.invocation(run.id).await.unwrap(), Some(run.record(status)));
    }
    assert!(is_conflict(store.commit(run.journal(0, 1)).await));
    assert!(is_conflict(store.commit(run.commit([1])).await));
    store.commit(Commit { journal: Some(chunk(2, 1)), ..run.commit([2]) }).await.unwrap();
    assert_eq!(journal(&*store, run.id).await, [(0, 2), (2, 1)]);
}

/// The journals of those that ended first go first, as many as are wanted, and only once.
pub async fn journals_are_removed_oldest_first<S: SessionService + EventLog>(store: Arc<S>) {
    let mut runs = Vec::new();
    for at in [50, 20, 40, 10, 30] {
        runs.push((at, ended(&*store, 3, at).await));
    }
    runs.sort_by_key(|(at, _)| *at);
    let prune = async |before, limit| store.prune_journals(UnixMillis(before), limit).await.unwrap();
    let left = async || {
        let mut left = Vec::new();
        for (at, run) in &runs {
            if may_be_repeated(&*store, run).await {
                left.push(*at);
            }
        }
        left
    };
    assert_eq!(prune(10, 10).await, 0);
    assert_eq!(prune(60, 0).await, 0);
    assert_eq!(left().await, [10, 20, 30, 40, 50]);
    assert_eq!(prune(60, 2).await, 2);
    assert_eq!(left().await, [30, 40, 50]);
    // What ended at the time itself stays.
    assert_eq!(prune(40, 2).await, 1);
    assert_eq!(prune(40, 2).await, 0);
    assert_eq!(left().await, [40, 50]);
    assert_eq!(prune(60, usize::MAX).await, 2);
    assert_eq!(prune(60, usize::MAX).await, 0);
    assert!(left().await.is_empty());
    // What was said and what came of it stay.
    for (_, run) in &runs {
        assert_eq!(numbers(&*store, run.id).await, [1]);
        assert!(store.message(run.id).await.unwrap().is_some());
    }
}

/// A run that asked for nothing can be repeated too, until it is removed with the others.
pub async fn a_run_without_entries_is_removed_like_others<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = ended(&*store, 0, 10).await;
    // One that is not durable has nothing to remove, and one that never ran ends all the same.
    let plain = Run::begun(&*store, &key).await;
    store.commit(plain.end(1, InvocationStatus::Failed)).await.unwrap();
    let mut never = Run::new(&key).beginning(InvocationStatus::Cancelled, None);
    never.record.resume = Some(resume(2));
    never.record.ended_at = Some(UnixMillis(20));
    store.begin(never.clone()).await.unwrap();

    assert_eq!(store.prune_journals(UnixMillis(i64::MAX), 10).await.unwrap(), 2);
    assert_eq!(store.invocation(run.id).await.unwrap().unwrap().resume, None);
    assert_eq!(store.invocation(never.record.id).await.unwrap().unwrap().resume, None);
    assert_eq!(store.prune_journals(UnixMillis(i64::MAX), 10).await.unwrap(), 0);
}

/// What is not over keeps its journal, however long it rests.
pub async fn an_unfinished_run_keeps_its_journal<S: SessionService + EventLog>(store: Arc<S>) {
    for status in InvocationStatus::UNFINISHED {
        let run = durable(&*store, 2).await;
        store.commit(run.rest(status)).await.unwrap();
        assert_eq!(store.prune_journals(UnixMillis(i64::MAX), 10).await.unwrap(), 0, "{status}");
        assert_eq!(journal(&*store, run.id).await, [(0, 2)]);
        assert_eq!(store.invocation(run.id).await.unwrap().unwrap().resume, Some(resume(1)));
        store.commit(run.journal(2, 1)).await.unwrap();
    }
}

/// A deleted session takes the journals of its runs along.
pub async fn a_deleted_session_takes_its_journals_with_it<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let (running, over) = (durable(&*store, 2).await, ended(&*store, 2, 10).await);
    let elsewhere = Run::begun(&*store, &super::fixture::key("app", "ann", "other")).await;
    store.commit(elsewhere.journal(0, 1)).await.unwrap();
    assert!(store.delete(&key).await.unwrap());
    for run in [&running, &over] {
        assert!(store.journal(run.id).await.unwrap().is_empty());
        assert!(store.message(run.id).await.unwrap().is_none());
    }
    assert_eq!(store.prune_journals(UnixMillis(i64::MAX), 10).await.unwrap(), 0);
    assert!(is_not_found(store.commit(running.journal(2, 1)).await));
    assert_eq!(journal(&*store, elsewhere.id).await, [(0, 1)]);
    // Nor are they those of a new session with its name.
    create(&*store, &key).await;
    let new = durable(&*store, 1).await;
    assert_eq!(journal(&*store, new.id).await, [(0, 1)]);
}
