//! What a socket may not do.

use std::time::Duration;

use futures::SinkExt as _;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::raw::RawClient;
use crate::support::{TestApp, message, soon};

#[tokio::test]
async fn a_message_that_is_too_big_closes_the_socket() {
    let app = TestApp::start_with(|settings, _| settings.max_frame_bytes = 1000);
    let mut socket = app.socket().await;
    socket.inner.send(Message::text("x".repeat(1000))).await.unwrap();
    socket.next_of("error").await;
    // Far more than the buffers hold: the refusal has to arrive all the same.
    let _ = soon(socket.inner.send(Message::text("x".repeat(8 << 20)))).await;
    assert_eq!(socket.closed().await, Some(1009));
}

#[tokio::test]
async fn a_message_in_pieces_is_too_big_too() {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    let app = TestApp::start_with(|settings, _| settings.max_frame_bytes = 1000);
    let mut socket = app.socket().await;
    let piece = |code, last| Message::Frame(Frame::message("x".repeat(600), OpCode::Data(code), last));
    socket.inner.send(piece(Data::Text, false)).await.unwrap();
    socket.inner.send(piece(Data::Continue, true)).await.unwrap();
    assert_eq!(socket.closed().await, Some(1009));
}

#[tokio::test]
async fn a_text_that_is_no_text_closes_the_socket() {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let frame = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);
    socket.inner.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(socket.closed().await, Some(1007));
}

#[tokio::test]
async fn too_many_runs_on_a_socket_are_refused() {
    let app = TestApp::start_with(|settings, _| settings.max_runs_per_socket = 2);
    let mut socket = app.socket().await;
    let first = socket.run("a", "go", json!({"appName": "puppet"})).await;
    socket.run("b", "go", json!({"appName": "puppet"})).await;
    let third = socket.run("c", "go", json!({"appName": "puppet", "requestId": "r"})).await;
    let error = socket.next_of("error").await;
    assert_eq!((&error["code"], &error["requestId"]), (&json!("too_many_runs"), &json!("r")));
    assert_eq!(error["message"], "Failed to run agent: 2 runs share this socket already, which is the limit");
    assert_eq!(socket.next_of("completed").await["invocationId"], third);
    socket.cancel(&first).await;
    for kind in ["cancelled", "event", "completed"] {
        socket.next_of(kind).await;
    }
    // There is a place again once the socket has let go of the first one.
    loop {
        socket
            .send(&json!({"type": "run", "sessionId": "d", "newMessage": message("hi"), "streaming": false}))
            .await;
        socket.next_of("started").await;
        if socket.next().await["type"] == "event" {
            break;
        }
        socket.next_of("completed").await;
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_dropped() {
    let app = TestApp::start_with(|settings, _| settings.write_timeout = Duration::from_millis(200));
    let mut client = RawClient::open_socket(app.address).await;
    let run = json!({
        "type": "run", "sessionId": "s", "newMessage": message("go"), "appName": "puppet",
        "onDisconnect": "cancel",
    });
    client.send_frame(&run.to_string()).await;
    let run = app.next_run().await;
    // The agent is never held up, and the run is stopped because nobody listens any more.
    let talk = async {
        run.say_much().await;
        run.stopped().await;
    };
    soon(talk).await;
    assert_eq!(app.ended(run.id()).await["reason"], "disconnected");
}

#[tokio::test]
async fn a_client_that_only_asks_is_dropped() {
    let app = TestApp::start_with(|settings, _| settings.write_timeout = Duration::from_millis(200));
    let mut client = RawClient::open_socket(app.address).await;
    // The answer to each has its own length, so the answers fill the buffers before the questions do.
    let question = json!({"type": "cancel", "invocationId": "x".repeat(60_000)}).to_string();
    let ask = async {
        let mut frame = vec![0x81, 0x80 | 0x7e];
        frame.extend(u16::try_from(question.len()).unwrap().to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(question.as_bytes());
        // Fails when the server has closed the connection.
        while tokio::io::AsyncWriteExt::write_all(&mut client.stream, &frame).await.is_ok() {}
    };
    soon(ask).await;
}

#[tokio::test]
async fn questions_are_answered_while_runs_stream_more_than_the_client_reads() {
    let app = TestApp::start_with(|settings, _| settings.socket_queue = 1);
    let mut socket = app.socket().await;
    let id = socket.run("s", "go", json!({"appName": "puppet"})).await;
    let run = app.next_run().await;
    let large = "x".repeat(64 << 10);
    for _ in 0..200 {
        run.say(&large).await;
    }
    socket.cancel(&id).await;
    run.stopped().await;
    let mut seqs = Vec::new();
    let mut kinds = Vec::new();
    loop {
        let message = socket.next().await;
        match message["type"].as_str().unwrap() {
            "event" => seqs.push(message["data"]["seq"].as_u64().unwrap()),
            kind => kinds.push(kind.to_owned()),
        }
        if message["type"] == "completed" {
            break;
        }
    }
    assert_eq!(kinds, ["cancelled", "completed"]);
    assert_eq!(seqs, (1..=201).collect::<Vec<_>>());
}
