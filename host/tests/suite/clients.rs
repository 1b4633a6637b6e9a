//! What clients written for the system this one continues do: create, run, stream, cancel on the same socket.

use serde_json::{Value, json};

use crate::support::{Place, message, text};

#[tokio::test]
async fn a_session_is_created_and_run_in_one_answer() {
    let (_place, host) = Place::new(&[]).serve_owned().await;
    let body = json!({"appName": "counter", "userId": "ann", "sessionId": "s", "state": {"user:count": 4}});
    assert_eq!(
        host.post("/api/v1/sessions", body.clone()).await,
        (200, json!({"sessionId": "s", "appName": "counter", "userId": "ann"}))
    );
    assert_eq!(host.post("/api/v1/sessions", body).await.0, 409);
    let run = json!({"newMessage": {"parts": [{"text": "hi"}]}});
    let (status, answer) = host.post("/api/v1/sessions/s/run", run).await;
    assert_eq!(status, 200);
    let events = answer["events"].as_array().expect("events");
    assert!(text(events.last().expect("an event")).contains('5'), "{answer}");
    let (_, session) = host.get("/api/v1/sessions/s").await;
    assert_eq!(session["state"]["user:count"], 5, "{session}");
}

#[tokio::test]
async fn an_echo_streams_its_deltas_and_then_the_whole() {
    let (_place, host) = Place::new(&[]).serve_owned().await;
    let mut sse = host.sse("s", message("echo", "one two three")).await;
    assert_eq!(sse.status, 200);
    let events = sse.rest().await;
    let (deltas, whole): (Vec<Value>, Vec<Value>) =
        events.into_iter().partition(|event| event["partial"] == true);
    assert_eq!(deltas.iter().map(text).collect::<String>(), "one two three");
    assert_eq!(whole.iter().map(text).collect::<Vec<_>>(), ["one two three"]);
    assert_eq!((&whole[0]["turnComplete"], &whole[0]["author"]), (&json!(true), &json!("echo")));
    assert_eq!(whole[0]["invocationId"], sse.invocation);
}

#[tokio::test]
async fn a_cancel_on_the_same_socket_stops_a_guest_wherever_it_is() {
    let (_place, host) =
        Place::new(&["busy_loop", "sleeper", "wasi_sleeper", "waiter", "ignores_cancel"]).serve_owned().await;
    let mut socket = host.socket("s").await;
    for agent in ["busy_loop", "sleeper", "wasi_sleeper", "waiter", "ignores_cancel", "countdown", "primes"] {
        let input = if agent == "primes" { "4000000000" } else { "60" };
        let mut run = message(agent, input);
        run["type"] = "run".into();
        run["sessionId"] = "s".into();
        run["requestId"] = agent.into();
        socket.send(run).await;
        let started = socket.receive().await;
        assert_eq!((&started["type"], &started["requestId"]), (&json!("started"), &json!(agent)));
        let id = started["invocationId"].clone();
        socket.receive_type("event").await;
        socket.send(json!({"type": "status", "invocationId": id})).await;
        assert_eq!(socket.receive_type("status").await["status"], "active", "{agent}");
        socket.send(json!({"type": "cancel", "invocationId": id})).await;
        let cancelled = socket.receive_type("cancelled").await;
        assert_eq!(cancelled, json!({"type": "cancelled", "invocationId": id}));
        let mut last = Value::Null;
        let completed = loop {
            let message = socket.receive().await;
            match message["type"].as_str() {
                Some("event") => last = message["data"].clone(),
                Some("completed") => break message,
                _ => panic!("{message}"),
            }
        };
        assert_eq!(completed, json!({"type": "completed", "invocationId": id}));
        assert_eq!(
            (&last["author"], &last["errorMessage"], &last["turnComplete"]),
            (&json!("system"), &json!("Invocation cancelled"), &json!(true)),
            "{agent}"
        );
        socket.send(json!({"type": "cancel", "invocationId": id})).await;
        let error = socket.receive_type("error").await;
        let id = id.as_str().expect("an id");
        assert_eq!(error["message"], format!("Invocation {id} not found or already completed"));
    }
}

#[tokio::test]
async fn a_trap_is_the_error_of_its_run_and_says_what_happened() {
    let (_place, host) = Place::new(&["panic_text"]).serve_owned().await;
    let mut sse = host.sse("s", message("panic_text", "")).await;
    let events = sse.rest().await;
    let error = events.last().expect("an event");
    assert!(error["error"].as_str().expect("a text").contains("the answer is 42"), "{error}");
    assert_eq!(error["code"], "trapped");
    let mut socket = host.socket("t").await;
    let mut run = message("panic_text", "");
    run["type"] = "run".into();
    run["sessionId"] = "t".into();
    socket.send(run).await;
    assert_eq!(socket.receive().await["type"], "started");
    let error = socket.receive().await;
    assert!(error["message"].as_str().expect("a text").starts_with("Agent error: "), "{error}");
    assert_eq!(socket.receive().await["type"], "completed");
    let (_, record) = host.get(&format!("/api/v1/invocations/{}", sse.invocation)).await;
    assert_eq!((&record["status"], &record["reason"]), (&json!("failed"), &json!("trapped")));
}

#[tokio::test]
async fn agents_are_listed_with_what_is_wrong_with_them() {
    let place = Place::new(&[]);
    std::fs::write(place.path("agents/broken.wasm"), "nonsense").expect("a file");
    let host = place.serve().await;
    let (_, listed) = host.get("/api/v1/agents").await;
    let agents = listed["agents"].as_array().expect("agents");
    let names: Vec<_> = agents.iter().map(|agent| agent["name"].as_str().expect("a name")).collect();
    assert_eq!(
        names,
        ["assistant", "broken", "clerk", "countdown", "counter", "echo", "primes", "researcher"]
    );
    assert_eq!(agents[1]["state"], "refused");
    let run = host.sse("s", message("broken", "")).await;
    assert_eq!(run.status, 503);
    let (status, error) = host.post("/api/v1/sessions/s/run", message("nobody", "")).await;
    assert_eq!((status, &error["code"]), (404, &json!("agent_not_found")));
    assert!(error["error"].as_str().expect("a text").contains("echo"), "{error}");
}
