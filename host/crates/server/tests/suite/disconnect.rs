//! What becomes of a run when nobody listens any more.

use std::time::Duration;

use rak_core::OnDisconnect;
use reqwest::Method;
use serde_json::json;

use crate::support::{EventSource, TestApp, soon};

#[tokio::test]
async fn a_run_is_cancelled_with_its_stream() {
    let app = TestApp::start();
    let (stream, run) = app.puppet_stream("s", json!({"onDisconnect": "cancel"})).await;
    drop(stream);
    run.stopped().await;
    let body = app.ended(run.id()).await;
    assert_eq!((&body["status"], &body["reason"]), (&json!("cancelled"), &json!("disconnected")));
}

#[tokio::test]
async fn a_run_is_cancelled_when_the_grace_is_over() {
    let app = TestApp::start();
    let (stream, run) = app.puppet_stream("s", json!({"onDisconnect": {"graceMs": 20}})).await;
    drop(stream);
    run.stopped().await;
    assert_eq!(app.ended(run.id()).await["reason"], "disconnected");
}

#[tokio::test]
async fn the_servers_policy_holds_for_who_says_nothing() {
    let app = TestApp::start_with(|_, runner| runner.on_disconnect = OnDisconnect::Cancel);
    let (stream, run) = app.puppet_stream("s", json!({})).await;
    drop(stream);
    run.stopped().await;
}

#[tokio::test]
async fn every_run_of_a_socket_goes_its_own_way() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let policies =
        [json!("cancel"), json!("continue"), json!({"graceMs": 3_600_000}), json!({"graceMs": 10})];
    let mut runs = Vec::new();
    for (index, policy) in policies.iter().enumerate() {
        let options = json!({"appName": "puppet", "onDisconnect": policy});
        socket.run(&format!("s{index}"), "go", options).await;
        runs.push(app.next_run().await);
    }
    drop(socket);
    runs[0].stopped().await;
    runs[3].stopped().await;
    assert!(!runs[1].host.token().is_cancelled() && !runs[2].host.token().is_cancelled());
    for run in runs.drain(1..3) {
        let id = run.id();
        run.say("alone").await;
        run.finish();
        assert_eq!(app.ended(id).await["status"], "completed");
    }
}

#[tokio::test]
async fn who_comes_back_in_time_has_missed_nothing() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({"onDisconnect": {"graceMs": 3_600_000}})).await;
    run.say("a").await;
    assert_eq!(stream.next().await.unwrap().id, Some(1));
    drop(stream);
    run.say("b").await;
    let path = format!("/api/v1/invocations/{}/events", run.id());
    let mut again = EventSource::open(app.request(Method::GET, &path).header("last-event-id", "1")).await;
    assert_eq!(again.next().await.unwrap().text(), "b");
    run.finish();
    assert_eq!(again.rest().await.len(), 1);
}

#[tokio::test]
async fn a_lost_connection_cancels_a_run_with_one_answer_too() {
    let app = TestApp::start();
    let body =
        json!({"newMessage": crate::support::message("go"), "appName": "puppet", "onDisconnect": "cancel"});
    let request = app.request(Method::POST, "/api/v1/sessions/s/run").json(&body);
    let response = soon(request.send()).await.unwrap();
    let run = app.next_run().await;
    drop(response);
    run.stopped().await;
}

#[tokio::test]
async fn a_stream_whose_client_reads_nothing_is_dropped() {
    let app = TestApp::start_with(|settings, _| settings.write_timeout = Duration::from_millis(200));
    let mut client = crate::support::raw::RawClient::connect(app.address).await;
    let body =
        json!({"newMessage": crate::support::message("go"), "appName": "puppet", "onDisconnect": "cancel"});
    let body = body.to_string();
    client
        .send(&format!(
            "POST /api/v1/sessions/s/run/sse HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            app.address,
            body.len()
        ))
        .await;
    let run = app.next_run().await;
    let talk = async {
        run.say_much().await;
        run.stopped().await;
    };
    soon(talk).await;
    drop(client);
}
