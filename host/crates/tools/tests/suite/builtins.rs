//! Built-in tools that need something of the host.

use std::sync::Arc;
use std::time::Duration;

use rak_core::time::UnixMillis;
use rak_core::{
    AgentGrants, ArtifactLimits, Failure, FailureKind, MAX_STATE_VALUE_BYTES, NewArtifact, Scope, ToolAnswer,
    ToolCall, Toolbox as _,
};
use rak_tools::Tools;
use serde_json::{Value, json};

use crate::fakes::{FakeArtifacts, FakeHttp, FakeSessions};
use crate::support::{call, tools};

fn granted(name: &str, args: Value) -> ToolCall {
    let grants = AgentGrants {
        http: vec!["api.example.com".parse().unwrap()],
        credentials: vec!["github".to_owned()],
        ..AgentGrants::default()
    };
    ToolCall { grants: Arc::new(grants), ..call(name, args) }
}

/// The answer of a tool that has one.
async fn answer(tools: &Tools, name: &str, args: Value) -> Value {
    let ToolAnswer { response, failed, .. } = tools.call(granted(name, args)).await.unwrap();
    assert!(!failed, "{response}");
    response
}

async fn failure(tools: &Tools, call: ToolCall) -> Failure {
    tools.call(call).await.unwrap_err()
}

fn with_grants(call: ToolCall, change: impl FnOnce(&mut AgentGrants)) -> ToolCall {
    let mut grants = (*call.grants).clone();
    change(&mut grants);
    ToolCall { grants: Arc::new(grants), ..call }
}

fn asking(http: &Arc<FakeHttp>) -> Tools {
    tools("").with_http(http.clone())
}

fn remembering(state: Value) -> (Arc<FakeSessions>, Tools) {
    let sessions = FakeSessions::default();
    *sessions.0.lock().unwrap() = serde_json::from_value(state).unwrap();
    let sessions = Arc::new(sessions);
    let tools = tools("").with_sessions(sessions.clone());
    (sessions, tools)
}

fn keeping() -> (Arc<FakeArtifacts>, Tools) {
    let artifacts = Arc::new(FakeArtifacts::default());
    let limits = ArtifactLimits { bytes: 20, user_bytes: 1000 };
    let tools = tools("").with_artifacts(artifacts.clone(), limits);
    (artifacts, tools)
}

fn file(name: &str, mime_type: &str, data: &[u8]) -> NewArtifact {
    NewArtifact {
        session: call("", json!({})).session,
        name: name.to_owned(),
        mime_type: mime_type.to_owned(),
        data: data.to_vec(),
        at: UnixMillis(7),
        origin: None,
        max_user_bytes: 0,
    }
}

fn names(tools: &Tools) -> Vec<String> {
    tools.specs().into_iter().map(|spec| spec.name).collect()
}

#[tokio::test]
async fn a_tool_is_there_where_the_host_has_what_it_is_about() {
    assert_eq!(names(&tools("")), ["calculator", "clock"]);
    assert_eq!(failure(&tools(""), granted("http.fetch", json!({}))).await.kind, FailureKind::NotFound);
    let all = tools("needs_approval = ['http.*']")
        .with_http(Arc::new(FakeHttp::new("", &[])))
        .with_sessions(Arc::new(FakeSessions::default()))
        .with_artifacts(Arc::new(FakeArtifacts::default()), ArtifactLimits::default());
    assert_eq!(
        names(&all),
        [
            "artifact.list",
            "artifact.read",
            "artifact.write",
            "calculator",
            "clock",
            "http.fetch",
            "memory.get",
            "memory.list",
            "memory.remove",
            "memory.set",
        ]
    );
    let hints = |name: &str| all.spec(name).unwrap().hints;
    assert!(hints("http.fetch").open_world && hints("http.fetch").needs_approval);
    assert!(!hints("http.fetch").read_only && !hints("http.fetch").idempotent);
    assert!(
        hints("memory.get").read_only && hints("artifact.read").read_only && hints("memory.list").idempotent
    );
    assert!(
        hints("memory.set").destructive && hints("memory.set").idempotent && !hints("memory.set").read_only
    );
    assert!(!hints("artifact.write").destructive && hints("artifact.write").idempotent);
    let some = tools("builtins = ['memory.get', 'clock', 'http.fetch']")
        .with_sessions(Arc::new(FakeSessions::default()));
    assert_eq!(names(&some), ["clock", "memory.get"]);
}

#[tokio::test]
async fn fetch_asks_as_its_agent_may() {
    let http = Arc::new(FakeHttp::new("application/json", &[b"{\"a\":", b"1}"]));
    let tools = asking(&http);
    let response = answer(&tools, "http.fetch", json!({"url": "https://api.example.com/a"})).await;
    let whole = json!({
        "status": 404,
        "url": "https://api.example.com/a#end",
        "contentType": "application/json",
        "truncated": false,
        "body": "{\"a\":1}",
    });
    assert_eq!(response, whole);
    let args = json!({
        "url": "https://api.example.com/a",
        "method": "POST",
        "headers": {"Content-Type": "text/plain"},
        "body": "hello",
        "credential": "github",
    });
    let call = ToolCall { timeout: Some(Duration::from_secs(5)), ..granted("http.fetch", args) };
    tools.call(call.clone()).await.unwrap();
    let seen = http.seen.lock().unwrap();
    assert_eq!((seen[0].method.as_str(), seen[0].body.len(), &seen[0].credential), ("GET", 0, &None));
    assert_eq!((seen[1].method.as_str(), seen[1].body.as_slice()), ("POST", &b"hello"[..]));
    assert_eq!(seen[1].headers, [("Content-Type".to_owned(), "text/plain".to_owned())]);
    assert_eq!(seen[1].credential.as_deref(), Some("github"));
    assert_eq!(*seen[1].allowed, ["api.example.com".parse().unwrap()]);
    assert_eq!((seen[1].timeout, seen[1].invocation), (call.timeout, call.invocation));
    assert!(seen[1].follow_redirects);
}

#[tokio::test]
async fn fetch_takes_the_credentials_that_are_granted() {
    let http = Arc::new(FakeHttp::new("", &[]));
    let args = json!({"url": "https://api.example.com", "credential": "other"});
    let failure = failure(&asking(&http), granted("http.fetch", args)).await;
    assert_eq!(failure.kind, FailureKind::Denied);
    assert!(
        failure.message.contains("the credential \"other\"") && failure.message.contains("`credentials`")
    );
    assert!(http.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn fetch_gives_what_can_be_read() {
    let args = json!({"url": "https://api.example.com", "maxBytes": 4});
    for (content_type, chunks, body, truncated) in [
        ("text/plain", &["abc"][..], "abc", false),
        ("text/plain", &["ab", "cd"], "abcd", false),
        ("text/plain", &["ab", "cde", "never read"], "abcd", true),
        ("image/svg+xml", &["abcé"], "abc", true),
        ("", &[], "", false),
    ] {
        let chunks: Vec<_> = chunks.iter().map(|chunk| chunk.as_bytes()).collect();
        let http = Arc::new(FakeHttp::new(content_type, &chunks));
        let response = answer(&asking(&http), "http.fetch", args.clone()).await;
        assert_eq!((&response["body"], &response["truncated"]), (&json!(body), &json!(truncated)));
    }
    let http = Arc::new(FakeHttp::new("Text/HTML; charset=latin1", &[b"gr\xf6"]));
    assert_eq!(answer(&asking(&http), "http.fetch", args.clone()).await["body"], "gr\u{fffd}");
    for (headers, chunks, note) in [
        (&[][..], &[&b"\x89PN"[..]][..], "the body is no text; it has 3 bytes"),
        (&[], &[b"\x89PNG", b"\r"], "the body is no text; it has more than 4 bytes"),
        (&[("content-length", "70")], &[b"\x89PNG", b"\r"], "the body is no text; it has 70 bytes"),
    ] {
        let mut http = FakeHttp::new("image/png", chunks);
        http.headers = headers
            .iter()
            .map(|(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let response = answer(&asking(&Arc::new(http)), "http.fetch", args.clone()).await;
        assert_eq!((&response["note"], response.get("body")), (&json!(note), None));
    }
}

#[tokio::test]
async fn fetch_fails_where_the_answer_is_not_whole() {
    let mut http = FakeHttp::new("text/plain", &[b"abc"]);
    let cut = Failure::new(FailureKind::Unavailable, "it was cut off");
    http.chunks.push(Err(cut.clone()));
    let call = granted("http.fetch", json!({"url": "https://api.example.com"}));
    assert_eq!(failure(&asking(&Arc::new(http)), call).await, cut);
    for args in [json!({}), json!({"url": "a", "maxBytes": 0}), json!({"url": "a", "method": "TRACE"})] {
        let http = Arc::new(FakeHttp::new("", &[]));
        let failure = failure(&asking(&http), granted("http.fetch", args)).await;
        assert_eq!(failure.kind, FailureKind::InvalidArgument, "{failure}");
    }
}

#[tokio::test]
async fn what_is_remembered_is_the_users() {
    let (sessions, tools) = remembering(json!({"user:name": "Ann", "own": 1, "user:memory.likes.tea": true}));
    let get = async |key: &str| answer(&tools, "memory.get", json!({"key": key})).await;
    assert_eq!(get("likes.tea").await, json!({"key": "likes.tea", "found": true, "value": true}));
    assert_eq!(get("name").await, json!({"key": "name", "found": false}));
    let value = json!({"street": ["a", 1]});
    let set = json!({"key": "address", "value": value});
    assert_eq!(answer(&tools, "memory.set", set).await, json!({"key": "address", "remembered": true}));
    assert_eq!(get("address").await["value"], value);
    assert_eq!(sessions.0.lock().unwrap().as_ref().unwrap()["user:memory.address"], value);
    let list = async |args: Value| answer(&tools, "memory.list", args).await;
    assert_eq!(list(json!({})).await, json!({"keys": ["address", "likes.tea"], "truncated": false}));
    assert_eq!(list(json!({"prefix": "likes."})).await["keys"], json!(["likes.tea"]));
    for removed in [true, false] {
        let response = answer(&tools, "memory.remove", json!({"key": "address"})).await;
        assert_eq!(response, json!({"key": "address", "removed": removed}));
    }
    let left = sessions.0.lock().unwrap().clone().unwrap();
    assert_eq!(json!(left), json!({"user:name": "Ann", "own": 1, "user:memory.likes.tea": true}));
}

#[tokio::test]
async fn what_cannot_be_remembered_is_said_so() {
    let (sessions, tools) = remembering(json!({}));
    let large = "x".repeat(MAX_STATE_VALUE_BYTES);
    for (args, kind) in [
        (json!({"key": "a", "value": null}), FailureKind::InvalidArgument),
        (json!({"key": "a"}), FailureKind::InvalidArgument),
        (json!({"key": "", "value": 1}), FailureKind::InvalidArgument),
        (json!({"key": "k".repeat(201), "value": 1}), FailureKind::InvalidArgument),
        (json!({"key": "é".repeat(200), "value": large}), FailureKind::InvalidArgument),
    ] {
        assert_eq!(failure(&tools, granted("memory.set", args)).await.kind, kind);
    }
    for (name, args) in [
        ("memory.get", json!({"key": "a"})),
        ("memory.set", json!({"key": "a", "value": 1})),
        ("memory.remove", json!({"key": "a"})),
        ("memory.list", json!({})),
    ] {
        let call = granted(name, args);
        let ungranted = with_grants(call.clone(), |grants| grants.state = vec![Scope::Session]);
        let failure = tools.call(ungranted).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied);
        assert!(failure.message.contains("`state` of [grants]"), "{failure}");
        *sessions.0.lock().unwrap() = None;
        assert_eq!(tools.call(call).await.unwrap_err().kind, FailureKind::NotFound, "{name}");
    }
}

#[tokio::test]
async fn a_text_is_kept_as_a_file() {
    let (artifacts, tools) = keeping();
    let args = json!({"name": "user:notes.md", "text": "größer", "mimeType": "text/markdown"});
    let call = granted("artifact.write", args.clone());
    let first = tools.call(call.clone()).await.unwrap().response;
    assert_eq!(first, json!({"name": "user:notes.md", "version": 1, "size": 8}));
    // The same call again, as the host makes it.
    assert_eq!(tools.call(call.clone()).await.unwrap().response, first);
    let second = ToolCall { idempotency_key: "another".to_owned(), ..call.clone() };
    assert_eq!(tools.call(second).await.unwrap().response["version"], 2);
    let kept = artifacts.0.lock().unwrap()["user:notes.md"][0].clone();
    assert_eq!((kept.mime_type.as_str(), kept.data.as_slice()), ("text/markdown", "größer".as_bytes()));
    assert_eq!((kept.max_user_bytes, kept.origin.unwrap().0), (1000, call.invocation));
    let plain = answer(&tools, "artifact.write", json!({"name": "a/b.txt", "text": ""})).await;
    assert_eq!((&plain["version"], &plain["size"]), (&json!(1), &json!(0)));
    assert_eq!(artifacts.0.lock().unwrap()["a/b.txt"][0].mime_type, "text/plain");
    let listed = answer(&tools, "artifact.list", json!({"prefix": "user:"})).await;
    assert_eq!(listed["artifacts"].as_array().unwrap().len(), 1);
    let listed = &answer(&tools, "artifact.list", json!({})).await["artifacts"];
    assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&json!("a/b.txt"), &json!("user:notes.md")));
    assert_eq!((&listed[1]["version"], &listed[1]["mimeType"]), (&json!(2), &json!("text/markdown")));
    for (args, kind) in [
        (json!({"name": "a", "text": "x".repeat(21)}), FailureKind::LimitExceeded),
        (json!({"name": "../a", "text": ""}), FailureKind::InvalidArgument),
        (json!({"name": "a", "text": "", "mimeType": "text"}), FailureKind::InvalidArgument),
    ] {
        assert_eq!(failure(&tools, granted("artifact.write", args)).await.kind, kind);
    }
}

#[tokio::test]
async fn a_file_is_read_in_parts() {
    let (artifacts, tools) = keeping();
    let text = "é".repeat(20);
    artifacts.put(file("long.txt", "text/plain", b"old"));
    artifacts.put(file("long.txt", "text/plain", text.as_bytes()));
    artifacts.put(file("a.png", "image/png", b"\x89PNG"));
    let read = async |args: Value| answer(&tools, "artifact.read", args).await;
    let whole = read(json!({"name": "long.txt"})).await;
    let expected =
        json!({"name": "long.txt", "version": 2, "mimeType": "text/plain", "size": 40, "text": text});
    assert_eq!(whole, expected);
    assert_eq!(read(json!({"name": "long.txt", "version": 1})).await["text"], "old");
    let (mut joined, mut offset) = (String::new(), json!(0));
    while !offset.is_null() {
        let part = read(json!({"name": "long.txt", "offset": offset, "maxBytes": 17})).await;
        joined.push_str(part["text"].as_str().unwrap());
        offset = part["nextOffset"].clone();
    }
    assert_eq!(joined, text);
    let inside = read(json!({"name": "long.txt", "offset": 1, "maxBytes": 16})).await;
    assert_eq!((&inside["text"], &inside["nextOffset"]), (&json!("é".repeat(7)), &json!(16)));
    assert_eq!(read(json!({"name": "long.txt", "offset": 40})).await["text"], "");
    let picture = read(json!({"name": "a.png"})).await;
    assert_eq!(
        (&picture["note"], picture.get("text")),
        (&json!("the file is no text; it has 4 bytes of image/png"), None)
    );
    for (args, reason) in [
        (json!({"name": "b"}), "there is no file \"b\""),
        (json!({"name": "a.png", "version": 2}), "there is no version 2 of a file \"a.png\""),
    ] {
        let failure = failure(&tools, granted("artifact.read", args)).await;
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::NotFound, reason));
    }
}

#[tokio::test]
async fn files_are_used_as_they_are_granted() {
    let (artifacts, tools) = keeping();
    artifacts.put(file("own.txt", "text/plain", b"a"));
    artifacts.put(file("user:all.txt", "text/plain", b"b"));
    let of_the_user = |name: &str, args: Value| {
        with_grants(granted(name, args), |grants| grants.artifacts = vec![Scope::User])
    };
    let listed = tools.call(of_the_user("artifact.list", json!({}))).await.unwrap().response;
    assert_eq!(listed["artifacts"].as_array().unwrap().len(), 1);
    assert!(tools.call(of_the_user("artifact.read", json!({"name": "user:all.txt"}))).await.is_ok());
    for call in [
        of_the_user("artifact.read", json!({"name": "own.txt"})),
        of_the_user("artifact.write", json!({"name": "own.txt", "text": ""})),
        with_grants(granted("artifact.list", json!({})), |grants| grants.artifacts.clear()),
    ] {
        let failure = failure(&tools, call).await;
        assert_eq!(failure.kind, FailureKind::Denied);
        assert!(failure.message.contains("`artifacts` of [grants]"), "{failure}");
    }
}
