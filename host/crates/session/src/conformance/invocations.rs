//! Invocations as they are read.

use std::sync::Arc;

use rak_core::{
    Commit, EncodedEvent, EventLog, InvocationEnd, InvocationFilter, InvocationId, InvocationStatus,
    InvocationStep, Parent, Progress, SessionService, Usage, time::UnixMillis,
};

use super::fixture::{Run, key};

const USAGE: Usage = Usage {
    cpu_micros: u64::MAX,
    peak_memory_bytes: 1 << 40,
    memory_byte_seconds: 2,
    host_calls: 3,
    events: 4,
    event_bytes: 5,
    model_calls: 6,
    input_tokens: 7,
    output_tokens: 8,
    model_cost_micros: 9,
};

fn progress() -> Progress {
    Progress { message: "half".into(), done: Some(1), total: Some(u64::MAX) }
}

/// `read` gives what lies above a number, in order, as many as are wanted.
pub async fn a_log_is_read_after_a_number_up_to_a_limit<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::begun(&*store, &key).await;
    let other = Run::begun(&*store, &key).await;
    store.commit(run.commit(1..=4)).await.unwrap();
    store.commit(other.commit(1..=3)).await.unwrap();
    store.commit(run.commit(5..=9)).await.unwrap();
    for after in [0, 1, 4, 8, 9, 10, u64::MAX] {
        for limit in [0, 1, 3, 9, 1000] {
            let read = store.read(run.id, after, limit).await.unwrap();
            let wanted: Vec<_> = (1..=9).filter(|seq| *seq > after).take(limit).collect();
            assert_eq!(read.iter().map(EncodedEvent::seq).collect::<Vec<_>>(), wanted, "{after} {limit}");
            assert!(read.iter().all(|event| event.invocation_id == run.id));
        }
    }
    assert!(store.read(InvocationId::new(), 0, 10).await.unwrap().is_empty());
}

/// Every field of a record comes back.
pub async fn a_record_comes_back_whole<S: SessionService + EventLog>(store: Arc<S>) {
    let run = Run::new(&key("app", "ann", "one"));
    assert_eq!(store.invocation(run.id).await.unwrap(), None);
    let mut begin = run.beginning(InvocationStatus::Queued, None);
    begin.record.attempt = u32::MAX;
    begin.record.agent_version = String::new();
    store.begin(begin.clone()).await.unwrap();
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(begin.record.clone()));

    // One that ends without having run.
    begin.record.status = InvocationStatus::TimedOut;
    begin.record.reason = Some("timed_out".into());
    begin.record.ended_at = Some(UnixMillis(1_700_000_009_000));
    begin.record.progress = Some(progress());
    begin.record.usage = USAGE;
    store.begin(begin.clone()).await.unwrap();
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(begin.record));
}

/// Children are listed by their parent, whatever session and status they have, and stay its children.
pub async fn children_are_listed_by_their_parent<S: SessionService + EventLog>(store: Arc<S>) {
    let parent = Run::begun(&*store, &key("app", "ann", "one")).await;
    let other = Run::begun(&*store, &key("app", "ann", "one")).await;
    let child_of = |parent: &Run, session: &str| {
        let child = Run::new(&key("helper", "ann", session));
        let mut begin = child.beginning(InvocationStatus::Queued, None);
        begin.record.parent = Some(Parent {
            invocation_id: parent.id,
            lineage: vec![parent.key.app_name.clone()],
            relay: true,
            detached: false,
        });
        (child, begin)
    };
    let (first, begin) = child_of(&parent, "a");
    store.begin(begin.clone()).await.unwrap();
    assert_eq!(store.invocation(first.id).await.unwrap(), Some(begin.record.clone()));
    let (second, mut begin_second) = child_of(&parent, "b");
    store.begin(begin_second.clone()).await.unwrap();
    store.begin(child_of(&other, "a").1).await.unwrap();
    // Whoever goes on with it need not say again whose child it is.
    begin_second.record.status = InvocationStatus::Active;
    let said = begin_second.record.parent.take();
    store.begin(begin_second.clone()).await.unwrap();
    begin_second.record.parent = said;
    assert_eq!(store.invocation(second.id).await.unwrap(), Some(begin_second.record));

    let children = |before, limit| {
        let filter =
            InvocationFilter { parent: Some(parent.id), before, limit, ..InvocationFilter::default() };
        let store = store.clone();
        async move {
            let page = store.invocations(filter).await.unwrap();
            (page.invocations.iter().map(|record| record.id).collect::<Vec<_>>(), page.next)
        }
    };
    assert_eq!(children(None, 10).await, (vec![second.id, first.id], None));
    assert_eq!(children(None, 1).await, (vec![second.id], Some(second.id)));
    assert_eq!(children(Some(second.id), 10).await, (vec![first.id], None));
}

/// The end's status, reason, progress, usage and time are in the record afterwards.
pub async fn an_end_is_kept_with_its_record<S: SessionService + EventLog>(store: Arc<S>) {
    let run = Run::begun(&*store, &key("app", "ann", "one")).await;
    let end = InvocationEnd {
        status: InvocationStatus::Failed,
        reason: Some("trapped".into()),
        progress: Some(progress()),
        usage: USAGE,
    };
    let commit = Commit { step: Some(InvocationStep::Ends(end)), ..run.commit([1]) };
    store.commit(commit.clone()).await.unwrap();

    let mut wanted = run.record(InvocationStatus::Failed);
    wanted.reason = Some("trapped".into());
    wanted.ended_at = Some(commit.at);
    wanted.progress = Some(progress());
    wanted.usage = USAGE;
    assert_eq!(store.invocation(run.id).await.unwrap(), Some(wanted));
}

/// The ids of a list, over all its pages.
async fn listed(store: &impl EventLog, filter: InvocationFilter) -> Vec<InvocationId> {
    let mut ids = Vec::new();
    let mut before = filter.before;
    loop {
        let page = store.invocations(InvocationFilter { before, ..filter.clone() }).await.unwrap();
        assert!(page.invocations.len() <= filter.limit);
        ids.extend(page.invocations.iter().map(|record| record.id));
        before = page.next;
        if before.is_none() {
            return ids;
        }
        assert_eq!(page.invocations.len(), filter.limit, "only the last page is short");
    }
}

/// Newest first, in pages that cover everything once.
pub async fn invocations_are_listed_newest_first_in_pages<S: SessionService + EventLog>(store: Arc<S>) {
    let keys = [key("app", "ann", "one"), key("app", "bob", "one"), key("other", "ann", "two")];
    let runs: Vec<_> = (0..9).map(|n| Run::new(&keys[n % 3])).collect();
    // The age of an id counts, not when it was stored.
    for n in [3, 0, 8, 1, 7, 5, 2, 6, 4] {
        store.begin(runs[n].beginning(InvocationStatus::Active, None)).await.unwrap();
    }
    let newest_first: Vec<_> = runs.iter().rev().map(|run| run.id).collect();
    for limit in [1, 2, 3, 8, 9, 10] {
        let filter = InvocationFilter { limit, ..InvocationFilter::default() };
        assert_eq!(listed(&*store, filter).await, newest_first);
    }
    let before = InvocationFilter { before: Some(runs[4].id), limit: 100, ..InvocationFilter::default() };
    assert_eq!(listed(&*store, before).await, newest_first[5..]);
    let page = store.invocations(InvocationFilter { limit: 1, ..InvocationFilter::default() }).await.unwrap();
    assert_eq!(page.invocations, [runs[8].record(InvocationStatus::Active)]);
}

/// Lists take sessions and a status, and both.
pub async fn invocations_are_listed_by_session_and_status<S: SessionService + EventLog>(store: Arc<S>) {
    let keys = [key("app", "ann", "one"), key("app", "bob", "one"), key("other", "ann", "one")];
    let mut runs = Vec::new();
    for n in 0..12 {
        let run = Run::begun(&*store, &keys[n % 3]).await;
        let status = match n % 4 {
            0 => InvocationStatus::Completed,
            1 => InvocationStatus::Cancelled,
            _ => InvocationStatus::Active,
        };
        if status.is_terminal() {
            store.commit(run.end(1, status)).await.unwrap();
        }
        runs.push((run, status));
    }
    let absent = key("app", "ann", "absent");
    let [one, two, three] = keys;
    let choices = [
        vec![],
        vec![one.clone()],
        vec![one.clone(), two.clone()],
        vec![three.clone(), absent.clone(), one.clone(), three.clone()],
        vec![absent],
    ];
    for sessions in choices {
        for status in [None].into_iter().chain(InvocationStatus::ALL.map(Some)) {
            let wanted: Vec<_> = runs
                .iter()
                .rev()
                .filter(|(run, _)| sessions.is_empty() || sessions.contains(&run.key))
                .filter(|(_, now)| status.is_none_or(|status| status == *now))
                .map(|(run, _)| run.id)
                .collect();
            for limit in [1, 3, 100] {
                let filter = InvocationFilter {
                    sessions: sessions.clone(),
                    status,
                    limit,
                    ..InvocationFilter::default()
                };
                assert_eq!(listed(&*store, filter).await, wanted, "{sessions:?} {status:?} {limit}");
            }
        }
    }
}
