//! The WebSocket as clients of the first protocol see it: every row of the protocol's table.

use futures::SinkExt as _;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::support::{SocketClient, TestApp, message, soon};

const PUPPET: fn() -> Value = || json!({"appName": "puppet"});

/// The keys of a message, sorted.
fn keys(message: &Value) -> Vec<&str> {
    message.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_normal_run() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    assert_eq!(socket.protocol, None);
    let run = json!({"type": "run", "sessionId": "s", "newMessage": message("hi"), "more": true});
    socket.send(&run).await;
    let started = socket.next_of("started").await;
    assert_eq!(keys(&started), ["invocationId", "type"]);
    let id = &started["invocationId"];
    let mut texts = Vec::new();
    for _ in 0..4 {
        let event = socket.next_of("event").await;
        assert_eq!(keys(&event), ["data", "invocationId", "type"]);
        assert_eq!((&event["invocationId"], &event["data"]["invocationId"]), (id, id));
        texts.push(event["data"]["content"]["parts"][0]["text"].as_str().unwrap_or("-").to_owned());
    }
    assert_eq!(texts, ["ec", "ho", "echo: hi", "-"]);
    assert_eq!(socket.next_of("completed").await, json!({"type": "completed", "invocationId": id}));
    assert_eq!(socket.status(id.as_str().unwrap()).await, "completed");
}

#[tokio::test]
async fn a_run_without_partial_events() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    socket.run("s", "hi", json!({"streaming": false})).await;
    assert_eq!(socket.next_of("event").await["data"]["seq"], 1);
    assert_eq!(socket.next_of("event").await["data"]["turnComplete"], true);
    socket.next_of("completed").await;
}

#[tokio::test]
async fn the_agent_fails() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let id = socket.run("s", "go", json!({"appName": "puppet", "requestId": "r1"})).await;
    let run = app.next_run().await;
    run.say("one").await;
    run.fail("no_luck", "bad luck");
    socket.next_of("event").await;
    let error = socket.next_of("error").await;
    assert_eq!(
        error,
        json!({"type": "error", "message": "Agent error: bad luck", "code": "no_luck", "invocationId": id,
            "requestId": "r1"})
    );
    socket.next_of("completed").await;
    assert_eq!(socket.status(&id).await, "completed");
}

#[tokio::test]
async fn a_run_times_out() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let id = socket.run("s", "go", json!({"appName": "puppet", "timeoutMs": 1})).await;
    let error = socket.next_of("error").await;
    assert_eq!(error["message"], "Agent error: Invocation timed out");
    socket.next_of("completed").await;
    assert_eq!(socket.status(&id).await, "completed");
}

#[tokio::test]
async fn a_run_cannot_start() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let id = socket.run("s", "go", json!({"appName": "nobody", "requestId": "r"})).await;
    let error = socket.next_of("error").await;
    assert!(
        error["message"].as_str().unwrap().starts_with("Failed to run agent: there is no agent named"),
        "{error}"
    );
    assert_eq!((&error["invocationId"], &error["requestId"]), (&json!(id), &json!("r")));
    assert_eq!(error["code"], "agent_not_found");
    assert_eq!(socket.next_of("completed").await["invocationId"], id);
}

#[tokio::test]
async fn a_run_on_a_busy_session_cannot_start() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let first = socket.run("s", "go", PUPPET()).await;
    let second = socket.run("s", "go", PUPPET()).await;
    assert_ne!(first, second);
    let error = socket.next_of("error").await;
    assert_eq!((&error["code"], &error["invocationId"]), (&json!("session_busy"), &json!(second)));
    assert!(error["message"].as_str().unwrap().contains(&first));
    socket.next_of("completed").await;
    app.next_run().await.finish();
    socket.next_of("event").await;
    socket.next_of("completed").await;
}

/// What a socket sees at the end of a run that was cancelled.
async fn sees_the_end(socket: &mut SocketClient, id: &str) {
    let event = socket.next_of("event").await;
    assert_eq!(event["invocationId"], id);
    assert_eq!(event["data"]["author"], "system");
    assert_eq!(event["data"]["errorMessage"], "Invocation cancelled");
    assert_eq!(event["data"]["turnComplete"], true);
    assert_eq!(socket.next_of("completed").await, json!({"type": "completed", "invocationId": id}));
}

#[tokio::test]
async fn a_run_is_cancelled_by_its_own_socket() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let id = socket.run("s", "go", PUPPET()).await;
    let run = app.next_run().await;
    assert_eq!(socket.status(&id).await, "active");
    socket.cancel(&id).await;
    assert_eq!(socket.next().await, json!({"type": "cancelled", "invocationId": id}));
    sees_the_end(&mut socket, &id).await;
    run.stopped().await;
    assert_eq!(socket.status(&id).await, "cancelled");
    socket.cancel(&id).await;
    let error = socket.next_of("error").await;
    assert_eq!(error["message"], format!("Invocation {id} not found or already completed"));
}

#[tokio::test]
async fn a_run_is_cancelled_by_another_socket() {
    let app = TestApp::start();
    let (mut socket, mut other) = (app.socket().await, app.socket().await);
    let id = socket.run("s", "go", PUPPET()).await;
    other.cancel(&id).await;
    assert_eq!(other.next().await, json!({"type": "cancelled", "invocationId": id}));
    assert_eq!(socket.next().await, json!({"type": "cancelled", "invocationId": id}));
    sees_the_end(&mut socket, &id).await;
    assert_eq!(other.status(&id).await, "cancelled");
    assert_eq!(socket.status(&id).await, "cancelled");
}

#[tokio::test]
async fn a_run_is_cancelled_the_moment_its_id_is_known() {
    let app = TestApp::start();
    let (mut socket, mut other) = (app.socket().await, app.socket().await);
    for index in 0..50 {
        let id = socket.run(&format!("s{index}"), "go", PUPPET()).await;
        let canceller = if index % 2 == 0 { &mut socket } else { &mut other };
        canceller.cancel(&id).await;
        canceller.next_of("cancelled").await;
        if index % 2 == 1 {
            socket.next_of("cancelled").await;
        }
        sees_the_end(&mut socket, &id).await;
    }
}

#[tokio::test]
async fn a_run_is_cancelled_twice() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let id = socket.run("s", "go", PUPPET()).await;
    let _run = app.next_run().await;
    socket.cancel(&id).await;
    socket.cancel(&id).await;
    let mut kinds = Vec::new();
    for _ in 0..4 {
        kinds.push(socket.next().await["type"].as_str().unwrap().to_owned());
    }
    // The second answer comes whenever it comes.
    let second = kinds.iter().position(|kind| kind == "error").unwrap();
    kinds.remove(second);
    assert_eq!(kinds, ["cancelled", "event", "completed"]);
}

#[tokio::test]
async fn a_queued_run_is_cancelled() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    socket.run("s", "go", PUPPET()).await;
    let id = socket.run("s", "go", json!({"appName": "puppet", "ifBusy": "queue"})).await;
    assert_eq!(socket.status(&id).await, "active");
    socket.cancel(&id).await;
    socket.next_of("cancelled").await;
    sees_the_end(&mut socket, &id).await;
}

#[tokio::test]
async fn a_run_that_is_superseded_is_cancelled() {
    let app = TestApp::start();
    let (mut first, mut second) = (app.socket().await, app.socket().await);
    let id = first.run("s", "go", PUPPET()).await;
    second.run("s", "go", json!({"appName": "puppet", "ifBusy": "interrupt"})).await;
    first.next_of("cancelled").await;
    assert_eq!(first.next_of("event").await["data"]["errorCode"], "superseded");
    first.next_of("completed").await;
    assert_eq!(first.status(&id).await, "cancelled");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_cancelled() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    for id in ["01890000-0000-7000-8000-000000000000", "nonsense", ""] {
        socket.cancel(id).await;
        let error = socket.next_of("error").await;
        assert_eq!(error["message"], format!("Invocation {id} not found or already completed"));
        assert_eq!(socket.status(id).await, "not_found");
    }
}

#[tokio::test]
async fn the_end_is_remembered_for_a_while() {
    let app = TestApp::start_with(|_, runner| runner.retention = std::time::Duration::ZERO);
    let mut socket = app.socket().await;
    let id = socket.run("s", "hi", json!({"streaming": false})).await;
    socket.next_of("event").await;
    socket.next_of("event").await;
    socket.next_of("completed").await;
    assert_eq!(socket.status(&id).await, "not_found");
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_the_socket_stays_open() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let deep =
        format!(r#"{{"type":"status","invocationId":"x","more":{}{}}}"#, "[".repeat(500), "]".repeat(500));
    for (text, expected) in [
        ("", "EOF"),
        ("nonsense", "expected ident"),
        ("{\"type\":", "EOF"),
        ("[]", "invalid length 0"),
        ("null", "invalid type"),
        (r#"{"newMessage":{}}"#, "missing field `type`"),
        (r#"{"type":"launch"}"#, "unknown type \"launch\""),
        (r#"{"type":"subscribe","invocationId":"x"}"#, "unknown type \"subscribe\""),
        (r#"{"type":"ping"}"#, "unknown type \"ping\""),
        (r#"{"type":7}"#, "type: invalid type"),
        (r#"{"type":"run"}"#, "missing field `sessionId`"),
        (r#"{"type":"run","sessionId":"s"}"#, "missing field `newMessage`"),
        (r#"{"type":"run","newMessage":{"parts":[]}}"#, "missing field `sessionId`"),
        (r#"{"type":"run","sessionId":"","newMessage":{"parts":[]}}"#, "sessionId: a session id is empty"),
        (r#"{"type":"run","sessionId":"s","newMessage":{"parts":[{"text":1}]}}"#, "newMessage.parts[0].text"),
        (r#"{"type":"cancel"}"#, "missing field `invocationId`"),
        (r#"{"type":"cancel","invocationId":1}"#, "invocationId: invalid type"),
        (r#"["cancel"]"#, "expected a JSON object"),
        (&deep, "recursion limit exceeded"),
    ] {
        socket.send_text(text).await;
        let error = socket.next_of("error").await;
        let words = error["message"].as_str().unwrap();
        assert!(words.starts_with("Invalid message format: ") && words.contains(expected), "{text}: {words}");
    }
    socket.run("s", "still here", json!({"streaming": false})).await;
}

#[tokio::test]
async fn binary_messages_are_refused_and_the_socket_stays_open() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    socket.inner.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(socket.next().await, json!({"type": "error", "message": "Binary messages not supported"}));
    assert_eq!(socket.status("x").await, "not_found");
}

#[tokio::test]
async fn a_ping_is_answered_while_a_run_streams() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    socket.run("s", "go", PUPPET()).await;
    socket.inner.send(Message::Ping("are you there".into())).await.unwrap();
    let pong = soon(futures::StreamExt::next(&mut socket.inner)).await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong("are you there".into()));
}

#[tokio::test]
async fn a_close_is_answered_with_a_close() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    socket.run("s", "go", PUPPET()).await;
    let frame = CloseFrame { code: CloseCode::Normal, reason: "bye".into() };
    socket.inner.send(Message::Close(Some(frame))).await.unwrap();
    assert_eq!(socket.closed().await, Some(1000));
    assert!(soon(futures::StreamExt::next(&mut socket.inner)).await.is_none());
}

#[tokio::test]
async fn runs_share_a_socket() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let mut ids = Vec::new();
    for index in 0..10 {
        let options = json!({"appName": "puppet", "requestId": format!("r{index}")});
        ids.push(socket.run(&format!("s{index}"), "go", options).await);
    }
    let mut runs = Vec::new();
    for _ in 0..10 {
        runs.push(app.next_run().await);
    }
    // While all of them run, questions are answered.
    for id in &ids {
        assert_eq!(socket.status(id).await, "active");
    }
    for run in &runs {
        run.say("one").await;
        assert_eq!(socket.next_of("event").await["invocationId"], run.id().to_string());
    }
    for run in runs {
        let id = run.id().to_string();
        run.finish();
        assert_eq!(socket.next_of("event").await["data"]["turnComplete"], true);
        assert_eq!(socket.next_of("completed").await["invocationId"], id);
    }
}

#[tokio::test]
async fn the_request_id_comes_back() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    socket
        .send(&json!({"type": "run", "sessionId": "s", "newMessage": message("hi"), "requestId": "mine"}))
        .await;
    assert_eq!(socket.next_of("started").await["requestId"], "mine");
}

#[tokio::test]
async fn the_session_of_the_message_wins() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    socket.run("mine", "hi", json!({"streaming": false, "userId": "ann"})).await;
    socket.next_of("event").await;
    assert_eq!(app.get("/api/v1/sessions/mine").await.ok()["userId"], "ann");
    assert_eq!(app.get("/api/v1/sessions/any").await.status, 404);
}

#[tokio::test]
async fn a_store_that_breaks_is_not_quoted() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    app.store.break_now();
    socket.run("s", "hi", json!({})).await;
    let error = socket.next_of("error").await;
    assert_eq!(error["code"], "store_unavailable");
    assert!(!error.to_string().contains("secret"));
    socket.next_of("completed").await;
}

#[tokio::test]
async fn the_route_is_for_sockets_only() {
    let app = TestApp::start();
    let answer = app.get("/api/v1/sessions/s/run/ws").await;
    assert_eq!(answer.refusal(), (426, "upgrade_required".into()));
    assert_eq!(answer.headers["sec-websocket-version"], "13");
}
