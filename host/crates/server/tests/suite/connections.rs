//! Connections: bounded, timed, and closed so that the last answer arrives.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::support::raw::RawClient;
use crate::support::{TestApp, message, soon};

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let app = TestApp::start_with(|settings, _| settings.header_timeout = Duration::from_millis(50));
    let mut silent = RawClient::connect(app.address).await;
    assert_eq!(silent.rest().await, "");
    let mut slow = RawClient::connect(app.address).await;
    slow.send("GET /health HTT").await;
    slow.rest().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_refused() {
    let app = TestApp::start_with(|settings, _| settings.body_timeout = Duration::from_millis(50));
    let mut client = RawClient::connect(app.address).await;
    client
        .send(&format!(
            "POST /api/v1/sessions HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: 100\r\n\r\n{{\"appName\":",
            app.address
        ))
        .await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 408"), "{head}");
    client.stream.shutdown().await.unwrap();
    assert!(client.rest().await.contains(r#""code":"request_timeout""#));
}

#[tokio::test]
async fn the_refusal_of_a_large_body_arrives() {
    let app = TestApp::start_with(|settings, _| settings.max_body_bytes = 1000);
    for announced in [true, false] {
        let mut client = RawClient::connect(app.address).await;
        let size = 16 << 20;
        let length =
            if announced { format!("Content-Length: {size}") } else { "Transfer-Encoding: chunked".into() };
        client
            .send(&format!(
                "POST /api/v1/sessions HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{length}\r\n\r\n",
                app.address
            ))
            .await;
        if !announced {
            client.send(&format!("{size:x}\r\n")).await;
        }
        // More than all buffers hold, sent by a client that does not look at the answer before it is done.
        soon(client.stream.write_all(&vec![b' '; size])).await.unwrap();
        let head = client.head().await;
        assert!(head.starts_with("HTTP/1.1 413"), "{announced} {head}");
        client.stream.shutdown().await.unwrap();
        assert!(client.rest().await.contains(r#""code":"body_too_large""#));
    }
    let fits = json!({"appName": "echo", "userId": "x".repeat(100)});
    app.post("/api/v1/sessions", fits).await.ok();
}

#[tokio::test]
async fn who_finds_every_place_taken_waits() {
    let app = TestApp::start_with(|settings, _| settings.max_connections = 1);
    let (stream, run) = app.puppet_stream("s", json!({})).await;
    let mut waiting = RawClient::connect(app.address).await;
    waiting.send(&format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", app.address)).await;
    let served = async { waiting.head().await };
    tokio::pin!(served);
    run.say("still the only one").await;
    assert!(futures::poll!(&mut served).is_pending());
    drop(stream);
    assert!(served.await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_socket_has_its_place_for_as_long_as_it_is_open() {
    let app = TestApp::start_with(|settings, _| settings.max_connections = 1);
    let mut socket = app.socket().await;
    assert_eq!(socket.status("x").await, "not_found");
    let mut waiting = RawClient::connect(app.address).await;
    waiting.send(&format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", app.address)).await;
    let served = async { waiting.head().await };
    tokio::pin!(served);
    assert!(futures::poll!(&mut served).is_pending());
    assert_eq!(socket.status("y").await, "not_found");
    assert!(futures::poll!(&mut served).is_pending());
    drop(socket);
    assert!(served.await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let app = TestApp::start();
    let mut client = RawClient::connect(app.address).await;
    for _ in 0..3 {
        client.send(&format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", app.address)).await;
        assert!(client.head().await.starts_with("HTTP/1.1 200"));
        let mut body = [0; 2];
        soon(tokio::io::AsyncReadExt::read_exact(&mut client.stream, &mut body)).await.unwrap();
        assert_eq!(&body, b"OK");
    }
}

#[tokio::test]
async fn small_frames_are_not_held_back() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let begun = std::time::Instant::now();
    for index in 0..100 {
        socket.run(&format!("s{index}"), "hi", json!({"newMessage": message("hi")})).await;
        while socket.next().await["type"] != "completed" {}
    }
    // With the kernel waiting for more to send it would be four seconds at least.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}
