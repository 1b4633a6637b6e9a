//! What the contract promises, each by the fixture that shows it.

use rak_core::{
    AgentGrants, Blob, Content, Custom, FileRef, FunctionCall, FunctionResponse, InvocationStatus, Part,
    RunConfig, Scope,
};
use rak_test_guests::fixture;
use rak_wasm::AgentSettings;
use serde_json::json;

use crate::support::{TestHost, parts};

#[tokio::test]
pub(crate) async fn failure_kinds() {
    let host = TestHost::new(fixture("failure_kinds")).await;
    for kind in [
        "cancelled",
        "deadline-exceeded",
        "denied",
        "not-found",
        "invalid-argument",
        "conflict",
        "limit-exceeded",
        "rate-limited",
        "unavailable",
        "unsupported",
        "failed",
    ] {
        let ended = host.run(kind).await;
        assert_eq!(ended.status(), InvocationStatus::Failed, "{kind}");
        assert_eq!(ended.error().0, "fixture_code", "{kind}");
    }
}

#[tokio::test]
pub(crate) async fn history_reader() {
    let host = TestHost::new(fixture("history_reader")).await;
    assert_eq!(host.say("s", "2").await.answer(), "");
    let second = host.say("s", "1").await.answer();
    assert_eq!(second, "user:2\nhistory_reader:");
    let third = host.say("s", "3").await.answer();
    assert_eq!(third, format!("user:2\nhistory_reader:\nuser:1\nhistory_reader:{second}"));
    assert_eq!(host.say("another", "5").await.answer(), "");
}

#[tokio::test]
pub(crate) async fn state_writer() {
    let host = TestHost::new(fixture("state_writer")).await;
    let set = json!([
        {"op": "set", "key": "a", "value": 1},
        {"op": "set", "key": "user:b", "value": [2]},
        {"op": "set", "key": "app:c", "value": {"d": 3}},
        {"op": "set", "key": "temp:e", "value": 4},
        {"op": "get", "key": "temp:e"},
        {"op": "get", "key": "a"},
    ]);
    let answer = host.say("s", &set.to_string()).await.json();
    assert_eq!(answer[4], json!(4));
    assert_eq!(answer[5], json!(1));
    let keys = json!([{"op": "keys", "key": ""}, {"op": "get", "key": "user:b"}]).to_string();
    assert_eq!(host.say("s", &keys).await.json(), json!([["a", "app:c", "user:b"], [2]]));
    // Another session of the same user has no session state.
    assert_eq!(host.say("t", &keys).await.json(), json!([["app:c", "user:b"], [2]]));
    host.say("s", &json!([{"op": "remove", "key": "user:b"}]).to_string()).await;
    assert_eq!(host.say("t", &keys).await.json(), json!([["app:c"], null]));
}

#[tokio::test]
async fn what_a_failed_run_changed_after_its_last_event_is_forgotten() {
    let host = TestHost::new(fixture("state_writer")).await;
    let ops = json!([
        {"op": "set", "key": "kept", "value": 1}, {"op": "emit", "key": "x"},
        {"op": "set", "key": "lost", "value": 1}, {"op": "fail", "key": "x"},
    ]);
    assert_eq!(host.say("s", &ops.to_string()).await.status(), InvocationStatus::Failed);
    let keys = json!([{"op": "keys", "key": ""}]).to_string();
    assert_eq!(host.say("s", &keys).await.json(), json!([["kept"]]));
}

#[tokio::test]
pub(crate) async fn parts_echo() {
    let host = TestHost::new(fixture("parts_echo")).await;
    let sent = vec![
        Part::Text("Grüße 🌍".into()),
        Part::InlineData(Blob { mime_type: "image/png".into(), data: (0..=255).collect() }),
        Part::FileData(FileRef { mime_type: Some("a/b".into()), file_uri: "https://example.org/x".into() }),
        Part::FunctionCall(FunctionCall { id: "1".into(), name: "f".into(), args: json!({"x": [1, null]}) }),
        Part::FunctionResponse(FunctionResponse {
            id: "1".into(),
            name: "f".into(),
            response: json!({"y": 2}),
            failed: true,
        }),
        Part::Other(Custom { name: "n".into(), value: json!("v") }),
    ];
    let message = Content { role: "user".into(), parts: sent.clone() };
    let live = host.start_with("s", message, RunConfig::default()).await;
    let ended = host.finish(live).await;
    assert_eq!(ended.events.len(), 2);
    for event in &ended.events {
        assert_eq!(parts(event)[..sent.len()], sent[..]);
        assert!(parts(event)[sent.len()..].iter().any(|part| matches!(part, Part::Thought(_))));
    }
}

#[tokio::test]
pub(crate) async fn open_call() {
    let host = TestHost::new(fixture("open_call")).await;
    let ended = host.run("").await;
    assert_eq!(ended.status(), InvocationStatus::Failed);
    let [call, response, terminal] = &ended.events[..] else { panic!("{:?}", ended.events) };
    assert!(matches!(&parts(call)[0], Part::FunctionCall(call) if call.id == "call-1"));
    assert!(matches!(&parts(response)[0], Part::FunctionResponse(response)
        if response.id == "call-1" && response.name == "lookup" && response.failed));
    assert_eq!(response.author, "system");
    assert!(terminal.turn_complete);
}

#[tokio::test]
pub(crate) async fn outcome_fields() {
    let ended = TestHost::new(fixture("outcome_fields")).await.run("").await;
    let last = ended.events.last().expect("an event");
    assert!(last.actions.escalate);
    assert!(last.actions.transfer_to_agent.is_some());
    assert!(last.custom.is_some());
}

#[tokio::test]
pub(crate) async fn context_reader() {
    let settings = AgentSettings {
        config: [("greeting".to_owned(), json!("hi"))].into_iter().collect(),
        ..AgentSettings::default()
    };
    let host = TestHost::with(fixture("context_reader"), settings).await;
    let live = host.start("the session", "").await;
    let id = live.id;
    let answer = host.finish(live).await.answer();
    for expected in
        [&id.to_string(), "the session", "ann", "context_reader", "sha256:", "\"hi\"", "[\"greeting\"]"]
    {
        assert!(answer.contains(expected), "{expected} in {answer}");
    }
}

#[tokio::test]
pub(crate) async fn log_lines() {
    assert_eq!(TestHost::new(fixture("log_lines")).await.run("").await.status(), InvocationStatus::Completed);
}

#[tokio::test]
pub(crate) async fn stdout_stderr() {
    assert_eq!(
        TestHost::new(fixture("stdout_stderr")).await.run("").await.status(),
        InvocationStatus::Completed
    );
}

#[tokio::test]
pub(crate) async fn wait_any() {
    let answer = TestHost::new(fixture("wait_any")).await.run("").await.json();
    assert_eq!(answer, json!({"order": [10, 20, 30], "tooEarly": [], "nothing": [], "onlyTimeout": []}));
}

#[tokio::test]
pub(crate) async fn clock_random() {
    let host = TestHost::new(fixture("clock_random")).await;
    assert_ne!(host.run("").await.json(), host.run("").await.json());
}

#[tokio::test]
pub(crate) async fn wasi_denied() {
    // A live listener: a refused connection is the host's doing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let answer = TestHost::new(fixture("wasi_denied")).await.run(&address).await.json();
    assert_eq!(
        answer,
        json!({
            "openFile": false, "createFile": false, "listRoot": false, "listHere": false, "connectTcp": false,
            "listenTcp": false, "bindUdp": false, "resolveName": false, "environment": [], "arguments": 0,
        })
    );
    listener.set_nonblocking(true).expect("a listener");
    assert!(listener.accept().is_err(), "nobody connected");
}

#[tokio::test]
pub(crate) async fn progress_steps() {
    let ended = TestHost::new(fixture("progress_steps")).await.run("4").await;
    let steps: Vec<_> = ended.events.iter().filter_map(|event| event.progress.as_ref()).collect();
    assert_eq!(steps.len(), 4);
    assert_eq!(ended.record.progress.as_ref(), Some(steps[3]), "the newest is kept with the status");
    assert!(ended.events.iter().filter(|event| event.progress.is_some()).all(|event| event.seq.is_none()));
}

#[tokio::test]
async fn what_a_run_used_is_counted() {
    let ended = TestHost::new(fixture("progress_steps")).await.run("4").await;
    let usage = ended.record.usage;
    assert_eq!(usage.events, 4);
    assert!(usage.host_calls >= 4 && usage.cpu_micros > 0 && usage.peak_memory_bytes > 64 << 10, "{usage:?}");
}

/// What a manifest takes away is denied, and what it leaves is not.
#[tokio::test]
async fn grants_are_kept() {
    let grants = AgentGrants { history: false, state: vec![Scope::User], ..AgentGrants::default() };
    let settings = AgentSettings { grants, ..AgentSettings::default() };
    let host = TestHost::with(fixture("state_writer"), settings.clone()).await;
    let ops = json!([
        {"op": "set", "key": "user:name", "value": "Ada"},
        {"op": "set", "key": "temp:now", "value": 1},
        {"op": "set", "key": "plain", "value": 1},
        {"op": "get", "key": "app:all"},
        {"op": "remove", "key": "app:all"},
        {"op": "keys", "key": ""},
    ]);
    let answer = host.run(&ops.to_string()).await.json();
    let denied = json!({"failure": "denied"});
    assert_eq!(answer, json!([true, true, denied, denied, denied, ["temp:now", "user:name"]]));
    let host = TestHost::with(fixture("history_reader"), settings).await;
    let ended = host.run("").await;
    assert_eq!(ended.error().0, "denied");
    assert!(ended.error().1.contains("history = true"), "{:?}", ended.error());
}

#[tokio::test]
async fn the_environment_is_what_the_manifest_says() {
    let settings = AgentSettings {
        environment: [("MODE".to_owned(), "fast".to_owned())].into(),
        ..AgentSettings::default()
    };
    let answer = TestHost::with(fixture("wasi_denied"), settings).await.run("").await.json();
    assert_eq!(answer["environment"], json!(["MODE"]));
}
