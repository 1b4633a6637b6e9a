//! What people are asked over the wire, and what they answer.

use rak_core::InputKind;
use serde_json::{Value, json};

use crate::support::agents::PuppetRun;
use crate::support::{TestApp, message};

fn respond_path(run: &PuppetRun) -> String {
    format!("/api/v1/invocations/{}/respond", run.id())
}

#[tokio::test]
async fn a_question_is_seen_and_answered() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    run.ask(InputKind::Approve, 1, InputKind::Approve.schema()).await;
    let asked = stream.next().await.unwrap().data;
    assert_eq!(asked["inputRequired"]["requestId"], "approve-1");
    assert_eq!(asked["inputRequired"]["kind"], "approve");
    let state = app.get(&format!("/api/v1/invocations/{}", run.id())).await.ok();
    assert_eq!(
        (&state["status"], &state["waiting"]),
        (&json!("waiting"), &json!({"requests": ["approve-1"]}))
    );

    let body = json!({"requestId": "approve-1", "decision": "reject", "by": "ada"});
    for _ in 0..2 {
        let answer = app.post(&respond_path(&run), body.clone()).await.ok();
        assert_eq!(answer, json!({"invocationId": run.id(), "requestId": "approve-1"}));
    }
    let answered = stream.next().await.unwrap().data;
    let response = json!({"requestId": "approve-1", "answer": {"approved": false}, "by": "ada"});
    assert_eq!((&answered["author"], &answered["inputResponse"]), (&json!("user"), &response));
    assert_eq!(run.host.answer("approve-1").await.answer, json!({"approved": false}));
    let state = app.get(&format!("/api/v1/invocations/{}", run.id())).await.ok();
    assert_eq!((&state["status"], state.get("waiting")), (&json!("active"), None));
    run.finish();
    stream.rest().await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_taken_is_refused_with_the_reason() {
    let app = TestApp::start();
    let (_stream, run) = app.puppet_stream("s", json!({"userId": "ann"})).await;
    run.ask(InputKind::Ask, 1, json!({"type": "object", "properties": {"n": {"type": "integer"}}})).await;
    let path = respond_path(&run);
    let ask = |answer: Value| json!({"requestId": "ask-1", "answer": answer});
    let refusals = [
        (json!({}), 422, "invalid", "one of decision, answer and message"),
        (json!({"requestId": "ask-1", "answer": 1, "decision": "approve"}), 422, "invalid", "only one"),
        (json!({"answer": 1}), 422, "invalid", "requestId"),
        (json!({"requestId": "ask-1", "decision": "maybe"}), 422, "invalid", "approve"),
        (json!({"requestId": "ask-2", "answer": 1}), 404, "request_not_found", "ask-1"),
        (json!({"requestId": "ask-1", "decision": "approve"}), 422, "invalid_answer", "send an answer"),
        (ask(json!({"n": "x"})), 422, "invalid_answer", "/n"),
        (json!({"requestId": "message-2", "message": message("x")}), 404, "request_not_found", "message-2"),
        (
            json!({"requestId": "ask-1", "answer": {}, "userId": "bob"}),
            404,
            "invocation_not_found",
            "no invocation",
        ),
    ];
    for (body, status, code, text) in refusals {
        let answer = app.post(&path, body.clone()).await;
        assert_eq!(answer.refusal(), (status, code.into()), "{body}");
        assert!(answer.error().contains(text), "{body}: {}", answer.error());
    }
    app.post(&path, ask(json!({"n": 1}))).await.ok();
    assert_eq!(app.post(&path, ask(json!({"n": 2}))).await.refusal(), (409, "already_answered".into()));
    let id = run.id();
    run.finish();
    app.ended(id).await;
    let late = json!({"message": message("x")});
    assert_eq!(app.post(&path, late).await.refusal(), (409, "invocation_over".into()));
    assert_eq!(app.post(&path, ask(json!({"n": 1}))).await.status.as_u16(), 200);
    let nowhere = "/api/v1/invocations/01890000-0000-7000-8000-000000000000/respond";
    assert_eq!(app.post(nowhere, ask(json!(1))).await.refusal(), (404, "invocation_not_found".into()));
}

/// What the history keeps as said by the system or the model has to come from there.
#[tokio::test]
async fn a_message_speaks_for_the_user() {
    let app = TestApp::start();
    let (_stream, run) = app.puppet_stream("s", json!({})).await;
    let mut socket = app.socket_v2().await;
    for role in ["system", "model", "", "x"] {
        let said = json!({"role": role, "parts": [{"text": "hi"}]});
        let answer = app.post(&respond_path(&run), json!({"message": said})).await;
        assert_eq!(answer.refusal(), (422, "invalid".into()), "{role}");
        assert!(answer.error().starts_with("message.role"), "{}", answer.error());
        socket.send(&json!({"type": "respond", "invocationId": run.id(), "message": said})).await;
        assert_eq!(socket.next_of("error").await["code"], "invalid", "{role}");
    }
    assert_eq!(
        app.post(&respond_path(&run), json!({"message": message("hi")})).await.ok()["requestId"],
        "message-1"
    );
}

#[tokio::test]
async fn a_message_may_come_at_any_time() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    for (text, name) in [("one", "message-1"), ("two", "message-2")] {
        let answer = app.post(&respond_path(&run), json!({"message": message(text)})).await.ok();
        assert_eq!(answer["requestId"], name);
        let event = stream.next().await.unwrap().data;
        assert_eq!((&event["author"], &event["content"]["parts"][0]["text"]), (&json!("user"), &json!(text)));
    }
    let second = run.host.answer("message-2").await;
    assert_eq!(second.answer["parts"], json!([{"text": "two"}]));
    run.finish();
    stream.rest().await;
    let history = app.get("/api/v1/sessions/s/events").await.ok();
    let said =
        history["events"].as_array().unwrap().iter().map(|event| &event["content"]["parts"][0]["text"]);
    assert_eq!(said.take(3).collect::<Vec<_>>(), [&json!("go"), &json!("one"), &json!("two")]);
}

#[tokio::test]
async fn a_socket_of_the_second_protocol_asks_and_answers() {
    let app = TestApp::start();
    let mut socket = app.socket_v2().await;
    let id = socket.run("s", "go", json!({"appName": "puppet"})).await;
    let run = app.next_run().await;
    run.ask(InputKind::Ask, 1, json!({"type": "integer"})).await;
    let asked = socket.next().await;
    assert_eq!(
        (&asked["type"], &asked["invocationId"], &asked["seq"]),
        (&json!("input_required"), &json!(id), &json!(1))
    );
    assert_eq!(asked["request"]["schema"], json!({"type": "integer"}));

    let respond = |answer: Value| json!({"type": "respond", "invocationId": id, "requestId": "ask-1", "answer": answer});
    socket.send(&respond(json!("x"))).await;
    let error = socket.next_of("error").await;
    assert_eq!((&error["code"], &error["invocationId"]), (&json!("invalid_answer"), &json!(id)));
    socket.send(&respond(json!(7))).await;
    let (first, second) = (socket.next().await, socket.next().await);
    let (responded, event) = if first["type"] == "event" { (second, first) } else { (first, second) };
    assert_eq!(responded, json!({"type": "responded", "invocationId": id, "requestId": "ask-1"}));
    assert_eq!(event["data"]["inputResponse"], json!({"requestId": "ask-1", "answer": 7}));
    socket.send(&json!({"type": "respond", "invocationId": "nonsense", "answer": 1, "requestId": "a"})).await;
    assert_eq!(socket.next_of("error").await["code"], "invocation_not_found");
    run.finish();
    socket.next_of("event").await;
    socket.next_of("completed").await;
}

#[tokio::test]
async fn a_socket_of_the_first_protocol_sees_events_only() {
    let app = TestApp::start();
    let mut socket = app.socket().await;
    let id = socket.run("s", "go", json!({"appName": "puppet"})).await;
    let run = app.next_run().await;
    run.ask(InputKind::Message, 1, json!({})).await;
    let event = socket.next_of("event").await;
    assert_eq!(event["data"]["inputRequired"]["requestId"], "message-1");
    socket.send(&json!({"type": "respond", "invocationId": id, "message": message("x")})).await;
    let error = socket.next_of("error").await;
    assert!(error["message"].as_str().unwrap().contains("unknown type"), "{error}");
    run.finish();
    socket.next_of("event").await;
    socket.next_of("completed").await;
}
