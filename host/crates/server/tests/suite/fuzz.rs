//! Whatever a client sends: no panic, and never the server's fault.

use std::sync::Arc;

use proptest::prelude::*;
use rak_runner::Runner;
use rak_server::{WsClientMessage, create_router};
use rak_session::MemoryStore;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::TestApp;
use crate::support::agents::Echo;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("echo")),
        Just(json!({"parts": [{"text": "hi"}]})),
    ];
    let key = prop_oneof![
        Just("type".to_owned()),
        Just("appName".to_owned()),
        Just("userId".to_owned()),
        Just("sessionId".to_owned()),
        Just("state".to_owned()),
        Just("stateDelta".to_owned()),
        Just("agentVersion".to_owned()),
        Just("newMessage".to_owned()),
        Just("parts".to_owned()),
        Just("text".to_owned()),
        Just("timeoutMs".to_owned()),
        Just("ifBusy".to_owned()),
        Just("onDisconnect".to_owned()),
        ".{0,6}",
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A message that is almost one.
fn almost_a_message() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(vec!["run", "cancel", "status", "subscribe", "ping", "other"]);
    (kind, prop::collection::btree_map(".{0,6}|sessionId|newMessage|invocationId|after", any_json(), 0..5))
        .prop_map(|(kind, map)| {
            let mut message = Value::Object(map.into_iter().collect());
            message["type"] = kind.into();
            message
        })
}

proptest! {
    #[test]
    fn any_text_is_a_message_or_an_error(text in any::<String>()) {
        let _ = text.parse::<WsClientMessage>();
    }

    /// The two ways to read a message agree.
    #[test]
    fn what_is_read_in_one_way_is_read_in_the_other(message in almost_a_message()) {
        let text = message.to_string();
        let one = text.parse::<WsClientMessage>().ok();
        prop_assert_eq!(one, serde_json::from_str(&text).ok());
    }
}

/// A server shared by all cases: a runtime that drives it, and one case at a time.
struct Fixture {
    runtime: Runtime,
    app: TestApp,
}

impl Fixture {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let app = runtime.block_on(async { TestApp::start() });
        Self { runtime, app }
    }

    fn post(&self, path: &str, body: Vec<u8>) -> u16 {
        self.runtime.block_on(async { self.app.post_text(path, body).await.status.as_u16() })
    }
}

const PATHS: [&str; 3] = ["/api/v1/sessions", "/api/v1/sessions/s/run", "/api/v1/sessions/s/run/sse"];

#[test]
fn any_bytes_in_a_body_are_answered() {
    let fixture = Fixture::new();
    proptest!(|(body in any::<Vec<u8>>(), path in prop::sample::select(&PATHS[..]))| {
        let status = fixture.post(path, body.clone());
        prop_assert!(status < 500, "{status} for {body:?}");
    });
}

#[test]
fn any_json_in_a_body_is_answered() {
    let fixture = Fixture::new();
    proptest!(|(body in any_json(), path in prop::sample::select(&PATHS[..]))| {
        let status = fixture.post(path, body.to_string().into_bytes());
        prop_assert!(status < 500, "{status} for {body}");
    });
}

/// Almost a form: its pieces in any order, with anything between them.
fn almost_a_form() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"--B".to_vec()),
        Just(b"--B--".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"Content-Disposition: form-data; name=\"component\"".to_vec()),
        Just(b"Content-Disposition: form-data; name=\"manifest\"".to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

#[test]
fn any_form_is_answered() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let app = runtime.block_on(async { TestApp::start_empty().0 });
    proptest!(|(form in almost_a_form())| {
        let request = app.request(reqwest::Method::PUT, "/api/v1/agents/echo");
        let request = request.header("content-type", "multipart/form-data; boundary=B").body(form.clone());
        let status = runtime.block_on(async { crate::support::Answer::of(request).await.status.as_u16() });
        prop_assert!(status < 500, "{status} for {form:?}");
    });
}

#[test]
fn any_path_and_query_are_answered() {
    let fixture = Fixture::new();
    let pieces = prop::collection::vec("[a-zA-Z0-9%_.~&=?/+-]{0,12}", 0..4);
    proptest!(|(pieces in pieces, base in prop::sample::select(vec!["sessions", "invocations", "agents"]))| {
        let path = format!("/api/v1/{base}/{}", pieces.join("/"));
        let query = format!("/api/v1/{base}?{}", pieces.join("&limit="));
        for path in [path, query] {
            let status = fixture.runtime.block_on(async { fixture.app.get(&path).await.status.as_u16() });
            prop_assert!(status < 500, "{status} for {path}");
        }
    });
}

#[test]
fn any_message_on_a_socket_is_answered() {
    let fixture = Fixture::new();
    let socket = tokio::sync::Mutex::new(fixture.runtime.block_on(fixture.app.socket()));
    proptest!(|(message in almost_a_message())| {
        fixture.runtime.block_on(async {
            let mut socket = socket.lock().await;
            socket.send(&message).await;
            // The socket is open and in order: what comes after is answered too.
            socket.send(&json!({"type": "status", "invocationId": "probe"})).await;
            while socket.next().await["invocationId"] != "probe" {}
        });
    });
}

#[test]
fn the_router_works_without_the_server() {
    let store = Arc::new(MemoryStore::new());
    let runner = Runner::builder().agent(Echo::new("echo")).session_service(store.clone()).build().unwrap();
    let _router = create_router(runner, store);
}
