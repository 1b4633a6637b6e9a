//! Invocations that wait, are paused, go on and end.

use std::sync::Arc;

use rak_core::{
    Begin, Commit, Content, EventLog, InvocationFilter, InvocationId, InvocationRest, InvocationStatus,
    InvocationStep, Priority, Progress, Resume, SessionFilter, SessionService, Usage, Waiting,
    time::UnixMillis,
};

use super::fixture::{Run, event, is_conflict, key, numbers, resume, text, whole_history};

fn waiting() -> Waiting {
    Waiting {
        until: Some(UnixMillis(i64::MAX)),
        requests: vec!["one".into(), "zwei 🦀".into()],
        invocations: vec![InvocationId::new()],
    }
}

fn rests(run: &Run, rest: InvocationRest) -> Commit {
    Commit { step: Some(InvocationStep::Rests(rest)), ..run.commit([]) }
}

fn plain(status: InvocationStatus) -> InvocationRest {
    InvocationRest { status, reason: None, waiting: None, progress: None, usage: None, resume: None }
}

/// What it waits for and how to go on come back as they were given to `begin`.
pub async fn a_resting_record_comes_back_whole<S: SessionService + EventLog>(store: Arc<S>) {
    for status in InvocationStatus::UNFINISHED {
        let run = Run::new(&key("app", "ann", "one"));
        let mut begin = run.beginning(status, None);
        begin.record.waiting = Some(waiting());
        begin.record.resume = Some(Resume {
            seed: [255; 32],
            deadline: Some(UnixMillis(i64::MIN)),
            ran_ms: u64::MAX,
            priority: Priority::new(-7).unwrap(),
            stalled: u32::MAX,
            attempt_began_at: u64::MAX,
            message: Some(Content::new_model_text("as long as it is queued \0 'quoted'")),
            cancelled: true,
        });
        store.begin(begin.clone()).await.unwrap();
        assert_eq!(store.invocation(run.id).await.unwrap().as_ref(), Some(&begin.record));
        // The same status again, with less in it.
        store.begin(run.beginning(status, None)).await.unwrap();
        assert_eq!(store.invocation(run.id).await.unwrap(), Some(run.record(status)));
    }
}

/// From anywhere to anywhere, and what a rest says is in the record.
pub async fn an_invocation_rests_in_every_unfinished_status<S: SessionService + EventLog>(store: Arc<S>) {
    for from in InvocationStatus::UNFINISHED {
        for to in InvocationStatus::UNFINISHED {
            let run = Run::new(&key("app", "ann", "one"));
            store.begin(run.beginning(from, None)).await.unwrap();
            let rest = InvocationRest {
                status: to,
                reason: Some("why".into()),
                waiting: Some(waiting()),
                progress: Some(Progress { message: "half".into(), done: Some(1), total: None }),
                usage: Some(Usage { host_calls: 3, ..Usage::default() }),
                resume: Some(resume(7)),
            };
            store.commit(rests(&run, rest.clone())).await.unwrap();
            let mut wanted = run.record(to);
            wanted.reason = rest.reason;
            wanted.waiting = rest.waiting;
            wanted.progress = rest.progress;
            wanted.usage = rest.usage.unwrap();
            wanted.resume = rest.resume;
            assert_eq!(store.invocation(run.id).await.unwrap().as_ref(), Some(&wanted), "{from} to {to}");

            // What is absent stays, but not the reason and what it waited for.
            store.commit(rests(&run, plain(from))).await.unwrap();
            let wanted = rak_core::InvocationRecord { status: from, reason: None, waiting: None, ..wanted };
            assert_eq!(store.invocation(run.id).await.unwrap(), Some(wanted), "{to} to {from}");
        }
    }
}

/// A rest is not an end, and nothing rests after its end.
pub async fn a_rest_is_not_terminal<S: SessionService + EventLog>(store: Arc<S>) {
    let run = Run::begun(&*store, &key("app", "ann", "one")).await;
    for status in InvocationStatus::ALL.into_iter().filter(|status| status.is_terminal()) {
        let rest = Commit { events: run.commit([1]).events, ..run.rest(status) };
        assert!(is_conflict(store.commit(rest).await), "{status}");
    }
    assert!(numbers(&*store, run.id).await.is_empty());
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(run.record(InvocationStatus::Active)));
    store.commit(run.end(1, InvocationStatus::Completed)).await.unwrap();
    for status in InvocationStatus::ALL {
        assert!(is_conflict(store.commit(run.rest(status)).await), "{status}");
    }
}

/// An end clears what it waited for, and keeps how it can be repeated.
pub async fn an_end_clears_what_was_waited_for<S: SessionService + EventLog>(store: Arc<S>) {
    for status in InvocationStatus::UNFINISHED {
        let run = Run::begun(&*store, &key("app", "ann", "one")).await;
        let waits = InvocationRest { waiting: Some(waiting()), resume: Some(resume(3)), ..plain(status) };
        store.commit(rests(&run, waits)).await.unwrap();
        let end = run.end(1, InvocationStatus::TimedOut);
        store.commit(end.clone()).await.unwrap();
        let mut wanted = run.record(InvocationStatus::TimedOut);
        wanted.ended_at = Some(end.at);
        wanted.resume = Some(resume(3));
        assert_eq!(store.invocation(run.id).await.unwrap(), Some(wanted));
    }
}

/// Each status has its list, and an invocation is in one of them.
pub async fn invocations_are_listed_by_where_they_rest<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let mut runs = Vec::new();
    for _ in InvocationStatus::UNFINISHED {
        runs.push(Run::begun(&*store, &key).await);
    }
    for turn in 0..4 {
        let now = |index: usize| InvocationStatus::UNFINISHED[(index + turn) % 4];
        for (index, run) in runs.iter().enumerate() {
            let waiting = (now(index) == InvocationStatus::Waiting).then(waiting);
            store.commit(rests(run, InvocationRest { waiting, ..plain(now(index)) })).await.unwrap();
        }
        for (index, run) in runs.iter().enumerate() {
            for sessions in [vec![], vec![key.clone()]] {
                let status = Some(now(index));
                let filter = InvocationFilter { sessions, status, limit: 10, ..InvocationFilter::default() };
                let found = store.invocations(filter).await.unwrap().invocations;
                assert_eq!(found.len(), 1);
                assert_eq!(found[0].id, run.id);
                assert_eq!(found[0].waiting.is_some(), found[0].status == InvocationStatus::Waiting);
            }
        }
    }
}

/// A step or an entry of the journal is nothing that a list of sessions shows.
pub async fn a_step_does_not_change_its_session<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    let run = Run::begun(&*store, &one).await;
    Run::begun(&*store, &two).await;
    let before = store.get(&one).await.unwrap();
    for commit in [run.journal(0, 1), run.rest(InvocationStatus::Waiting), run.commit([])] {
        store.commit(Commit { at: UnixMillis(i64::MAX), ..commit }).await.unwrap();
    }
    assert_eq!(store.get(&one).await.unwrap(), before);
    let filter = SessionFilter { limit: 1, ..SessionFilter::default() };
    assert_eq!(store.list(filter).await.unwrap().sessions[0].key, two);
}

/// The user's message is found by its invocation, at its position.
pub async fn the_message_of_an_invocation_is_found<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    assert!(store.message(InvocationId::new()).await.unwrap().is_none());
    let first = Run::begun(&*store, &key).await;
    store.commit(first.commit([1, 2])).await.unwrap();

    let run = Run::new(&key);
    store.begin(run.beginning(InvocationStatus::Queued, None)).await.unwrap();
    assert!(store.message(run.id).await.unwrap().is_none());
    store.append_event(&key, event(run.id, 0, "from outside")).await.unwrap();
    assert!(store.message(run.id).await.unwrap().is_none());
    let begin = run.beginning(InvocationStatus::Active, Some("said"));
    let said = begin.message.clone().unwrap();
    let position = store.begin(begin).await.unwrap();
    store.commit(run.commit([1])).await.unwrap();

    let (found, message) = store.message(run.id).await.unwrap().unwrap();
    assert_eq!((found, message.json), (position, said.json));
    let history = whole_history(&*store, &key).await;
    let entry = history.entries.iter().find(|entry| entry.position == position).unwrap();
    assert_eq!(text(&entry.event), "said");
    assert_eq!(store.message(first.id).await.unwrap().unwrap().0, 1);

    // What it began with remains what it is asked about.
    store
        .begin(Begin {
            message: Some(event(run.id, 0, "more")),
            ..run.beginning(InvocationStatus::Active, None)
        })
        .await
        .unwrap();
    assert_eq!(store.message(run.id).await.unwrap().unwrap().0, position);
    store.commit(run.end(2, InvocationStatus::Failed)).await.unwrap();
    assert_eq!(store.message(run.id).await.unwrap().unwrap().0, position);
}
