//! What the subprotocol `rak.v2` adds.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn it_is_negotiated() {
    let app = TestApp::start();
    assert_eq!(app.socket_v2().await.protocol.as_deref(), Some("rak.v2"));
    let several = crate::support::SocketClient::open(app.address, Some("soap, rak.v2")).await;
    assert_eq!(several.protocol.as_deref(), Some("rak.v2"));
}

#[tokio::test]
async fn a_ping_gets_a_pong() {
    let app = TestApp::start();
    let mut socket = app.socket_v2().await;
    socket.send(&json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn events_have_their_number_and_progress_is_a_message() {
    let app = TestApp::start();
    let mut socket = app.socket_v2().await;
    let id = socket.run("s", "go", json!({"appName": "puppet", "streaming": false})).await;
    let run = app.next_run().await;
    run.whisper("never seen").await;
    run.progress("half", 1, 2).await;
    let progress = json!({"type": "progress", "invocationId": id, "message": "half", "done": 1, "total": 2});
    assert_eq!(socket.next().await, progress);
    run.say("one").await;
    assert_eq!(socket.next_of("event").await["seq"], 1);
    run.finish();
    assert_eq!(socket.next_of("event").await["seq"], 2);
    socket.next_of("completed").await;
}

#[tokio::test]
async fn a_run_of_somebody_else_is_listened_to() {
    let app = TestApp::start();
    let (_stream, run) = app.puppet_stream("s", json!({})).await;
    for text in ["a", "b"] {
        run.say(text).await;
    }
    let id = run.id().to_string();
    let mut socket = app.socket_v2().await;
    socket.send(&json!({"type": "subscribe", "invocationId": id, "after": 1})).await;
    let event = socket.next_of("event").await;
    assert_eq!((&event["seq"], &event["invocationId"]), (&json!(2), &json!(id)));
    run.whisper("c").await;
    assert_eq!(socket.next_of("event").await["data"]["partial"], true);
    run.finish();
    assert_eq!(socket.next_of("event").await["data"]["turnComplete"], true);
    assert_eq!(socket.next().await, json!({"type": "completed", "invocationId": id}));
    // And once more, now that it is over.
    socket.send(&json!({"type": "subscribe", "invocationId": id, "after": 2})).await;
    assert_eq!(socket.next_of("event").await["seq"], 3);
    socket.next_of("completed").await;
    socket.send(&json!({"type": "subscribe", "invocationId": id, "after": 3})).await;
    socket.next_of("completed").await;
}

#[tokio::test]
async fn a_cancelled_run_is_cancelled_for_who_listens() {
    let app = TestApp::start();
    let mut socket = app.socket_v2().await;
    let (_stream, run) = app.puppet_stream("s", json!({})).await;
    let id = run.id().to_string();
    socket.send(&json!({"type": "subscribe", "invocationId": id})).await;
    socket.cancel(&id).await;
    socket.next_of("cancelled").await;
    assert_eq!(socket.next_of("event").await["data"]["errorCode"], "cancelled");
    socket.next_of("completed").await;
}

#[tokio::test]
async fn a_failed_run_fails_for_who_listens() {
    let app = TestApp::start();
    let mut socket = app.socket_v2().await;
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    let id = run.id().to_string();
    run.fail("no_luck", "bad luck");
    stream.rest().await;
    socket.send(&json!({"type": "subscribe", "invocationId": id})).await;
    assert_eq!(socket.next_of("error").await["message"], "Agent error: bad luck");
    socket.next_of("completed").await;
}

#[tokio::test]
async fn what_never_was_cannot_be_listened_to() {
    let app = TestApp::start();
    let mut socket = app.socket_v2().await;
    for id in ["01890000-0000-7000-8000-000000000000", "nonsense"] {
        socket.send(&json!({"type": "subscribe", "invocationId": id})).await;
        let error = socket.next_of("error").await;
        assert_eq!((&error["code"], &error["invocationId"]), (&json!("invocation_not_found"), &json!(id)));
    }
    socket.send(&json!({"type": "ping"})).await;
    socket.next_of("pong").await;
}

#[tokio::test]
async fn a_status_tells_all_that_is_known() {
    let app = TestApp::start();
    let mut socket = app.socket_v2().await;
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    let id = run.id().to_string();
    socket.send(&json!({"type": "status", "invocationId": id})).await;
    let status = socket.next_of("status").await;
    assert_eq!((&status["status"], &status["invocation"]["status"]), (&json!("active"), &json!("active")));
    assert_eq!(
        (&status["invocation"]["attempt"], &status["invocation"]["sessionId"]),
        (&json!(1), &json!("s"))
    );
    run.fail("no_luck", "bad luck");
    stream.rest().await;
    socket.send(&json!({"type": "status", "invocationId": id})).await;
    let status = socket.next_of("status").await;
    assert_eq!((&status["status"], &status["invocation"]["reason"]), (&json!("failed"), &json!("no_luck")));
    socket.send(&json!({"type": "status", "invocationId": "nonsense"})).await;
    let status = socket.next_of("status").await;
    assert_eq!((&status["status"], status.get("invocation")), (&json!("not_found"), None));
}
