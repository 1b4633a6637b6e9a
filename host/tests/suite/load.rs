//! Many at once: spinning guests beside an echo, a thousand streams at the end.

use std::sync::Arc;

use futures::future::join_all;
use rustix::process::Signal;
use serde_json::json;

use crate::support::{Place, message, text};

#[tokio::test]
async fn an_echo_is_answered_beside_sixty_four_spinning_guests() {
    let (_place, host) = Place::new(&["busy_loop"]).serve_owned().await;
    let host = Arc::new(host);
    let mut spinners = join_all((0..64).map(|index| {
        let host = host.clone();
        async move { host.sse(&format!("s{index}"), message("busy_loop", "")).await }
    }))
    .await;
    for spinner in &mut spinners {
        assert_eq!(text(&spinner.next().await.expect("an event")), "spinning");
    }
    for index in 0..20 {
        let events = host.sse(&format!("e{index}"), message("echo", "quick")).await.rest().await;
        assert_eq!(text(events.last().expect("an event")), "quick");
    }
    for mut spinner in spinners {
        let (status, answer) =
            host.post(&format!("/api/v1/invocations/{}/cancel", spinner.invocation), json!({})).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(spinner.rest().await.last().expect("an event")["errorCode"], "cancelled");
    }
}

#[tokio::test]
async fn a_shutdown_ends_a_thousand_streams() {
    const STREAMS: usize = 1000;
    let place = Place::new(&["sleeper"]);
    place.configure("[server]\nshutdown_grace_ms = 0\n[agent.sleeper]\ndurability = 'none'\n");
    let mut host = place.serve().await;
    let mut streams = join_all((0..STREAMS - 1).map(|index| {
        let host = &host;
        async move {
            let mut sse = host.sse(&format!("s{index}"), message("sleeper", "")).await;
            assert_eq!(sse.status, 200);
            sse.next().await.expect("an event");
            sse
        }
    }))
    .await;
    let mut socket = host.socket("w").await;
    let mut run = message("sleeper", "");
    run["type"] = "run".into();
    run["sessionId"] = "w".into();
    socket.send(run).await;
    socket.receive_type("event").await;
    host.signal(Signal::TERM);
    for stream in &mut streams {
        let last = stream.rest().await.pop().expect("the terminal event");
        assert_eq!((&last["errorCode"], &last["turnComplete"]), (&json!("shutting_down"), &json!(true)));
    }
    assert_eq!(socket.close_code().await, 1001);
    assert!(host.ended().await.success());
}
