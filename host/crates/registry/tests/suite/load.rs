//! An agent is replaced a hundred times while it runs all the time.

use std::collections::BTreeSet;
use std::sync::Arc;

use rak_core::InvocationStatus;
use tokio_util::sync::CancellationToken;

use crate::support::{Host, Place, guest, variant};

/// How many sessions talk to it at once.
const CLIENTS: usize = 4;
const REPLACEMENTS: u32 = 100;

/// Runs until it is told to stop. Gives the versions that it met.
async fn talk(host: &Host, client: usize, stop: &CancellationToken) -> BTreeSet<String> {
    let mut versions = BTreeSet::new();
    while !stop.is_cancelled() {
        let ended = host.say("busy", &format!("client-{client}"), "hello").await;
        assert_eq!(ended.record.status, InvocationStatus::Completed, "{:?}", ended.events.last());
        // The agent says which version it is itself: the one the run was recorded with.
        let answer = ended.answer();
        assert!(answer.contains(&ended.record.agent_version), "{} in {answer}", ended.record.agent_version);
        versions.insert(ended.record.agent_version);
    }
    versions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_run_is_lost_while_good_and_bad_versions_come() {
    let place = Place::new();
    let component = guest("context_reader");
    let host = Arc::new(place.open().await);
    host.push("busy", &component, None).await.expect("it is taken");
    let stop = CancellationToken::new();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (host, stop) = (host.clone(), stop.clone());
        clients.spawn(async move { talk(&host, client, &stop).await });
    }
    let mut good = BTreeSet::from([host.info("busy").current.expect("a version").version]);
    for number in 0..REPLACEMENTS {
        let result = match number % 5 {
            3 => host.push("busy", &component[..component.len() / 2], None).await,
            4 => host.push("busy", &guest("describe_traps"), None).await,
            _ => host.push("busy", &variant(&component, number), None).await,
        };
        assert_eq!(result.is_ok(), number % 5 < 3, "{number}: {result:?}");
        good.extend(result.ok().and_then(|info| info.current).map(|current| current.version));
    }
    stop.cancel();
    let mut met = BTreeSet::new();
    while let Some(versions) = clients.join_next().await {
        met.extend(versions.expect("a client"));
    }
    assert!(met.is_subset(&good) && met.len() > 1, "{} of {}", met.len(), good.len());
    // What is left is what is kept.
    host.until("busy", |info| info.is_some_and(|info| info.draining == 0 && info.counters.active == 0)).await;
    while host.numbers("busy").len() > 4 || place.kept_components() > 4 {
        tokio::task::yield_now().await;
    }
    let counters = host.info("busy").counters;
    assert_eq!((counters.failed, counters.stopped), (0, 0));
    assert!(counters.completed >= CLIENTS as u64);
}
