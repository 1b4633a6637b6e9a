//! How a server ends.

use std::time::{Duration, Instant};

use axum::routing::get;
use rak_server::{AppState, create_router, serve_router};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::raw::RawClient;
use crate::support::{EventSource, SocketClient, TestApp, message, soon};

#[tokio::test]
async fn runs_may_end_and_new_ones_are_refused() {
    let mut app = TestApp::start_with(|settings, _| settings.shutdown_grace = Duration::from_hours(1));
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    let mut socket = app.socket().await;
    let id = socket.run("t", "go", json!({"appName": "puppet"})).await;
    let on_socket = app.next_run().await;
    // A connection that is open already is still served.
    let mut open = RawClient::connect(app.address).await;
    let request = format!("GET /readiness HTTP/1.1\r\nHost: {}\r\n\r\n", app.address);
    open.send(&request).await;
    assert!(open.head().await.starts_with("HTTP/1.1 200"));
    tokio::io::AsyncReadExt::read_exact(&mut open.stream, &mut [0; 5]).await.unwrap();
    app.begin_shutdown();
    while !app.state.runner.is_draining() {
        tokio::task::yield_now().await;
    }
    open.send(&request).await;
    assert!(open.head().await.starts_with("HTTP/1.1 503"));
    // So is a new one: a health check has to learn what is going on.
    let mut new = RawClient::connect(app.address).await;
    new.send(&request).await;
    assert!(new.head().await.starts_with("HTTP/1.1 503"));
    drop(new);
    socket.send(&json!({"type": "run", "sessionId": "u", "newMessage": message("hi")})).await;
    socket.next_of("started").await;
    assert_eq!(socket.next_of("error").await["code"], "draining");
    socket.next_of("completed").await;
    assert_eq!(socket.status(&id).await, "active");

    run.say("last words").await;
    run.finish();
    assert_eq!(stream.rest().await.len(), 2);
    on_socket.finish();
    socket.next_of("event").await;
    socket.next_of("completed").await;
    assert_eq!(socket.closed().await, Some(1001));
    drop(open);
    app.stopped().await;
}

#[tokio::test]
async fn a_socket_without_runs_is_closed_at_once() {
    let mut app = TestApp::start();
    let mut socket = app.socket().await;
    assert_eq!(socket.status("x").await, "not_found");
    app.begin_shutdown();
    assert_eq!(socket.closed().await, Some(1001));
    app.stopped().await;
    assert!(tokio::net::TcpStream::connect(app.address).await.is_err());
}

#[tokio::test]
async fn a_connection_that_is_kept_for_later_holds_nothing_up() {
    let mut app = TestApp::start_with(|settings, _| settings.close_timeout = Duration::from_hours(1));
    let mut kept = RawClient::connect(app.address).await;
    kept.send(&format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", app.address)).await;
    assert!(kept.head().await.starts_with("HTTP/1.1 200"));
    let silent = RawClient::connect(app.address).await;
    app.begin_shutdown();
    app.stopped().await;
    drop((kept, silent));
}

#[tokio::test]
async fn a_router_of_its_own_ends_with_the_server_too() {
    let app = TestApp::start();
    let listener = rak_server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let state = AppState::new(app.state.runner.clone(), app.state.settings.as_ref().clone());
    let router =
        create_router(app.state.runner.clone(), app.store.clone()).route("/mine", get(async || "mine"));
    let shutdown = CancellationToken::new();
    let server = Box::pin(serve_router(listener, router, state, shutdown.clone()));
    let client = Box::pin(async {
        let mine = app.http.get(format!("http://{address}/mine")).send().await.unwrap();
        assert_eq!(mine.text().await.unwrap(), "mine");
        let mut socket = SocketClient::open(address, None).await;
        assert_eq!(socket.status("x").await, "not_found");
        shutdown.cancel();
        assert_eq!(socket.closed().await, Some(1001));
    });
    let (served, ()) = soon(async { tokio::join!(server, client) }).await;
    served.unwrap();
}

#[tokio::test]
async fn runs_that_do_not_end_are_stopped() {
    let mut app = TestApp::start_with(|settings, _| settings.shutdown_grace = Duration::from_millis(1));
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    let mut socket = app.socket_v2().await;
    socket.run("t", "go", json!({"appName": "puppet"})).await;
    let mut listener = app.socket_v2().await;
    listener.send(&json!({"type": "subscribe", "invocationId": run.id().to_string()})).await;
    listener.send(&json!({"type": "ping"})).await;
    listener.next_of("pong").await;
    app.begin_shutdown();
    let last = stream.rest().await.pop().unwrap();
    assert_eq!(last.data["errorCode"], "shutting_down");
    assert_eq!((&last.data["turnComplete"], last.data.get("error")), (&json!(true), None));
    for socket in [&mut socket, &mut listener] {
        assert_eq!(socket.next_of("event").await["data"]["errorCode"], "shutting_down");
        socket.next_of("completed").await;
        assert_eq!(socket.closed().await, Some(1001));
    }
    app.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_open_streams_end_in_time() {
    let mut app = TestApp::start_with(|settings, runner| {
        settings.shutdown_grace = Duration::from_millis(100);
        settings.close_timeout = Duration::from_secs(2);
        runner.max_invocations = 2000;
    });
    let mut streams = Vec::new();
    for index in 0..900 {
        streams.push(app.stream(&format!("s{index}"), "go", json!({"appName": "puppet"})).await);
    }
    let mut sockets = Vec::new();
    for index in 0..100 {
        let mut socket = app.socket().await;
        socket.run(&format!("t{index}"), "go", json!({"appName": "puppet"})).await;
        sockets.push(socket);
    }
    // Some clients read nothing, and have far more to read than fits anywhere.
    let mut deaf = Vec::new();
    for index in 0..10 {
        let mut client = RawClient::open_socket(app.address).await;
        let run = json!({"type": "run", "sessionId": format!("d{index}"), "newMessage": message("deaf"), "appName": "puppet"});
        client.send_frame(&run.to_string()).await;
        deaf.push(client);
    }
    let large = "x".repeat(512 << 10);
    let mut runs = Vec::new();
    for _ in 0..1010 {
        let run = app.next_run().await;
        if run.input.text() == "deaf" {
            for _ in 0..20 {
                run.say(&large).await;
            }
        }
        runs.push(run);
    }
    let begun = Instant::now();
    app.begin_shutdown();
    let streams_end = futures::future::join_all(streams.iter_mut().map(EventSource::rest));
    let sockets_end = futures::future::join_all(sockets.iter_mut().map(async |socket| {
        socket.next_of("event").await;
        socket.next_of("completed").await;
        socket.closed().await
    }));
    let (streams_end, sockets_end, ()) =
        tokio::join!(streams_end, sockets_end, async { app.stopped().await });
    assert!(streams_end.iter().all(|frames| frames.last().unwrap().data["turnComplete"] == true));
    assert!(sockets_end.iter().all(|code| *code == Some(1001)));
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    drop(deaf);
}
