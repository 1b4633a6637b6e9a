//! kill -9, and what is there afterwards.

use std::hash::BuildHasher as _;
use std::time::Duration;

use futures::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::{Host, Place, message, text};

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

async fn check(host: &Host, seen: &Seen) {
    let (_, record) = host.get(&format!("/api/v1/invocations/{}", seen.invocation)).await;
    assert_eq!((&record["status"], &record["reason"]), (&json!("interrupted"), &json!("interrupted")));
    let stored = host.replay(&seen.invocation, 0).await.rest().await;
    let seqs = stored.iter().filter_map(|event| event["seq"].as_u64());
    assert!(seqs.eq(1..=stored.len() as u64), "once, in order");
    assert!(stored.len() > seen.events.len());
    assert_eq!(stored[..seen.events.len()], seen.events[..], "what was seen is there");
    assert_eq!(stored.last().expect("an event")["errorCode"], "interrupted");
}

/// One who wants to see a run to its end, whatever happens to the host.
#[derive(Default)]
struct Client {
    invocation: String,
    events: Vec<Value>,
}

impl Client {
    fn last_seen(&self) -> u64 {
        self.events.iter().filter_map(|event| event["seq"].as_u64()).max().unwrap_or(0)
    }

    fn is_done(&self) -> bool {
        self.events.last().is_some_and(|event| event["turnComplete"] == true)
    }

    /// Listens for as long as the host lives, and the run.
    async fn listen(&mut self, host: &Host, index: usize, input: &str, started: &watch::Sender<usize>) {
        if self.is_done() {
            return;
        }
        let mut sse = if self.invocation.is_empty() {
            host.sse(&format!("s{index}"), message("numbers", input)).await
        } else {
            host.reconnect(&self.invocation, self.last_seen()).await
        };
        assert_eq!(sse.status, 200);
        if self.invocation.is_empty() {
            self.invocation.clone_from(&sse.invocation);
        }
        started.send_modify(|count| *count += 1);
        while let Some(event) = sse.next().await {
            self.events.push(event);
        }
    }
}

#[tokio::test]
async fn runs_go_on_after_one_kill_after_the_other() {
    const RUNS: usize = 50;
    const KILLS: u32 = 4;
    const NUMBERS: usize = 60;
    let input = NUMBERS.to_string();
    let place = Place::new(&["numbers"]);
    let mut clients: Vec<_> = (0..RUNS).map(|_| Client::default()).collect();
    for life in 0..=KILLS {
        let mut host = place.serve().await;
        let running = clients.iter().filter(|client| !client.is_done()).count();
        let (count, mut started) = watch::channel(0);
        let listening = clients.iter_mut().enumerate();
        let listening =
            join_all(listening.map(|(index, client)| client.listen(&host, index, &input, &count)));
        let kill = async {
            started.wait_for(|count| *count == running).await.expect("the clients");
            if life < KILLS {
                let random = std::hash::RandomState::new().hash_one(life) % 300;
                tokio::time::sleep(Duration::from_millis(random)).await;
                host.signal(Signal::KILL);
            }
        };
        futures::join!(listening, kill);
        if life < KILLS {
            host.ended().await;
            continue;
        }
        for client in &clients {
            completed(&host, client, NUMBERS, 1 + KILLS).await;
        }
    }
}

async fn completed(host: &Host, client: &Client, numbers: usize, attempts: u32) {
    let seqs: Vec<_> = client.events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert!(seqs.iter().copied().eq(1..=numbers as u64 + 1), "once, in order: {seqs:?}");
    let texts: Vec<_> = client.events.iter().map(text).collect();
    let wanted = (1..=numbers).map(|number| number.to_string()).chain(["counted".to_owned()]);
    assert!(texts.iter().cloned().eq(wanted), "{texts:?}");
    let (_, record) = host.get(&format!("/api/v1/invocations/{}", client.invocation)).await;
    assert_eq!(record["status"], "completed");
    assert!(record["attempt"].as_u64().is_some_and(|attempt| attempt <= attempts.into()), "{record}");
}
