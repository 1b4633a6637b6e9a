//! What is hot inside, each by itself: `cargo bench --package rak-bench`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench fails where something is not as it should be")]

use std::hint::black_box;
use std::sync::Arc;

use divan::Bencher;
use rak_core::time::UnixMillis;
use rak_core::{
    Begin, Commit, Content, EncodedEvent, Event, EventLog, HistoryQuery, InvocationEnd, InvocationId,
    InvocationRecord, InvocationStatus, InvocationStep, Quotas, SessionKey, SessionService, StateDelta,
    Usage,
};
use rak_session::{MemoryStore, SqliteOptions, SqliteStore};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Runs that are stored at a time, each in a session of its own.
const AT_A_TIME: usize = 64;

fn main() {
    divan::main();
}

#[divan::bench(args = [16, 1024, 64 << 10])]
fn encode_an_event(bencher: Bencher, text_bytes: usize) {
    let event = event(InvocationId::new(), &"x".repeat(text_bytes));
    bencher.bench_local(|| EncodedEvent::new(black_box(event.clone())).unwrap());
}

#[divan::bench(args = [16, 1024, 64 << 10])]
fn read_an_encoded_event(bencher: Bencher, text_bytes: usize) {
    let json = EncodedEvent::new(event(InvocationId::new(), &"x".repeat(text_bytes))).unwrap().json;
    bencher.bench_local(|| serde_json::from_str::<Event>(black_box(&json)).unwrap());
}

/// The beginning and the end of an echo: two commits a run, and what is ready is committed together.
#[divan::bench]
fn store_runs_in_sqlite(bencher: Bencher) {
    let (runtime, folder) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let store = SqliteStore::open(folder.path().join("rak.db"), SqliteOptions::default()).unwrap();
    let store = Arc::new(store);
    bencher.counter(AT_A_TIME).bench_local(|| runtime.block_on(runs(&store)));
}

#[divan::bench]
fn store_runs_in_memory(bencher: Bencher) {
    let (runtime, store) = (Runtime::new().unwrap(), Arc::new(MemoryStore::new()));
    bencher.counter(AT_A_TIME).bench_local(|| runtime.block_on(runs(&store)));
}

/// The newest page of a session, as an agent asks for it.
#[divan::bench(args = [10, 100])]
fn read_history_from_sqlite(bencher: Bencher, limit: usize) {
    let (runtime, folder) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let store = SqliteStore::open(folder.path().join("rak.db"), SqliteOptions::default()).unwrap();
    for _ in 0..limit {
        runtime.block_on(run(&store, session(0)));
    }
    let query = HistoryQuery::Before { position: None, limit };
    bencher.bench_local(|| runtime.block_on(store.history(&session(0), query)).unwrap());
}

async fn runs<S: EventLog + 'static>(store: &Arc<S>) {
    let mut runs = JoinSet::new();
    for lane in 0..AT_A_TIME {
        let store = Arc::clone(store);
        runs.spawn(async move { run(store.as_ref(), session(lane)).await });
    }
    runs.join_all().await;
}

async fn run(store: &impl EventLog, session: SessionKey) {
    let (id, at) = (InvocationId::new(), UnixMillis::now());
    let record = InvocationRecord {
        id,
        session: session.clone(),
        agent_version: "sha256:0".to_owned(),
        status: InvocationStatus::Active,
        reason: None,
        attempt: 1,
        started_at: at,
        ended_at: None,
        progress: None,
        usage: Usage::default(),
        waiting: None,
        resume: None,
        parent: None,
    };
    let message = Some(EncodedEvent::new(event(id, "hello rak")).unwrap());
    let begin = Begin { record, message, pin: false, start_key: None, quotas: Quotas::default() };
    store.begin(begin).await.unwrap();
    let mut answer = event(id, "hello rak");
    (answer.seq, answer.turn_complete) = (Some(1), true);
    let end = InvocationEnd {
        status: InvocationStatus::Completed,
        reason: None,
        progress: None,
        usage: Usage { cpu_micros: 30, ..Usage::default() },
    };
    let commit = Commit {
        invocation: id,
        session,
        events: vec![EncodedEvent::new(answer).unwrap()],
        state: StateDelta::new(),
        at,
        journal: None,
        step: Some(InvocationStep::Ends(end)),
    };
    store.commit(commit).await.unwrap();
}

fn event(id: InvocationId, text: &str) -> Event {
    let mut event = Event::new(id, "echo");
    event.content = Some(Content::new_model_text(text));
    event
}

fn session(lane: usize) -> SessionKey {
    SessionKey {
        app_name: "echo".parse().unwrap(),
        user_id: "user".parse().unwrap(),
        session_id: format!("lane-{lane}").parse().unwrap(),
    }
}
