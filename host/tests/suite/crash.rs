//! kill -9, and what is there afterwards.

use futures::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::{Place, message};

/// What a client saw of its run, and which run it was.
struct Seen {
    invocation: String,
    events: Vec<Value>,
}

#[tokio::test]
async fn every_event_that_a_client_saw_is_there_after_a_kill() {
    const RUNS: usize = 1000;
    let place = Place::new(&["endless_events"]);
    place.configure("max_invocations = 2000\n[agent.endless_events]\ndurability = 'none'\n");
    let mut host = place.serve().await;
    let (count, mut seen) = watch::channel(0usize);
    let clients = join_all((0..RUNS).map(|index| {
        let (host, count) = (&host, &count);
        async move {
            let mut sse = host.sse(&format!("s{index}"), message("endless_events", "")).await;
            assert_eq!(sse.status, 200);
            let mut events = Vec::new();
            while let Some(event) = sse.next().await {
                events.push(event);
                if events.len() == 3 {
                    count.send_modify(|count| *count += 1);
                }
            }
            Seen { invocation: sse.invocation, events }
        }
    }));
    // In the middle: every client has seen some events, and all runs go on.
    let kill = async {
        seen.wait_for(|count| *count == RUNS).await.expect("the clients");
        host.signal(Signal::KILL);
    };
    let (clients, ()) = futures::join!(clients, kill);
    host.ended().await;

    let host = place.serve().await;
    let host_ref = &host;
    let checks = clients.chunks(RUNS / 20).map(|clients| async move {
        for seen in clients {
            check(host_ref, seen).await;
        }
    });
    join_all(checks).await;
    // The sessions can be used again.
    let events = host.sse("s0", message("echo", "again")).await.rest().await;
    assert_eq!(events.last().expect("an event")["turnComplete"], true);
}

async fn check(host: &crate::support::Host, seen: &Seen) {
    let (_, record) = host.get(&format!("/api/v1/invocations/{}", seen.invocation)).await;
    assert_eq!((&record["status"], &record["reason"]), (&json!("interrupted"), &json!("interrupted")));
    let stored = host.replay(&seen.invocation, 0).await.rest().await;
    let seqs = stored.iter().filter_map(|event| event["seq"].as_u64());
    assert!(seqs.eq(1..=stored.len() as u64), "once, in order");
    assert!(stored.len() > seen.events.len());
    assert_eq!(stored[..seen.events.len()], seen.events[..], "what was seen is there");
    assert_eq!(stored.last().expect("an event")["errorCode"], "interrupted");
}
