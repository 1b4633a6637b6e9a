//! `examples/browser/index.html`: its client is run without a browser, by `browser_page.mjs` beside this file.

use rak::server::protocol::ws::{FirstStatus, WsStatus};
use rak::{Content, Event, InvocationId, InvocationStatus, WsServerMessage};

use crate::support::{CuttingProxy, Program, TestHost, example};

fn page() -> String {
    std::fs::read_to_string(example("browser/index.html")).unwrap()
}

fn drive(url: &str, agent: &str, text: &str, rest: &[&str]) -> Program {
    let files =
        ["tests/suite/browser_page.mjs", "browser/index.html"].map(|path| example(path).into_os_string());
    // Node 20 has a WebSocket, but only when it is asked for.
    let flags = ["--experimental-websocket", "--no-warnings"].map(Into::into);
    let words = [url, agent, text].into_iter().chain(rest.iter().copied()).map(Into::into);
    Program::start("node", flags.into_iter().chain(files).chain(words))
}

#[test]
fn streams_text_as_it_comes() {
    let host = TestHost::start();
    let mut page = drive(&host.url(), "echo", "hello page", &[]);
    page.succeed();
    let expected =
        ["connection open", "started", "piece hello ", "piece page", "whole hello page", "finished"];
    assert_eq!(page.out.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn cancels_over_the_socket() {
    let host = TestHost::start();
    let mut page = drive(&host.url(), "countdown", "600", &["--cancel"]);
    page.succeed();
    assert!(page.out.contains("whole 600\n"), "{}", page.out);
    assert!(page.out.contains("progress 0 of 600\n"), "{}", page.out);
    assert!(page.out.ends_with("cancelled\nend Invocation cancelled\nfinished\n"), "{}", page.out);
    assert_eq!(host.status(page.invocation()), InvocationStatus::Cancelled);
}

#[test]
fn a_lost_socket_is_replaced_by_a_replay() {
    let host = TestHost::start();
    let proxy = CuttingProxy::start(host.address, r#""seq":2"#);
    let mut page = drive(&proxy.url(), "countdown", "3", &[]);
    page.succeed();
    let whole: Vec<_> = page.out.lines().filter_map(|line| line.strip_prefix("whole ")).collect();
    assert_eq!(whole, ["3", "2", "1", "Done."], "{}", page.out);
    assert_eq!(proxy.cuts(), 1);
    assert!(page.out.contains("connection lost\nconnection open\n"), "{}", page.out);
    assert!(page.out.ends_with("finished\n"), "{}", page.out);
}

#[test]
fn a_run_whose_socket_is_lost_can_be_cancelled() {
    let host = TestHost::start();
    // The first progress is cut: the cancellation, after the replay of the first text, goes over REST.
    let proxy = CuttingProxy::start(host.address, r#""seq":2"#);
    let mut page = drive(&proxy.url(), "countdown", "600", &["--cancel-after-loss"]);
    page.succeed();
    assert!(page.out.ends_with("cancelled\nend Invocation cancelled\nfinished\n"), "{}", page.out);
    assert_eq!(host.status(page.invocation()), InvocationStatus::Cancelled);
}

#[test]
fn answers_what_is_asked() {
    let host = TestHost::start();
    let steps = r#"[{"op":"approve"},{"op":"ask","schema":{"type":"integer"}},{"op":"message"}]"#;
    let answers = [
        r#"{"decision":{"approved":false,"reason":"no"}}"#,
        r#"{"answer":"x"}"#,
        r#"{"answer":4}"#,
        r#"{"message":{"parts":[{"text":"stop"}]}}"#,
    ];
    let mut page = drive(&host.url(), "program", steps, &answers);
    page.succeed();
    let expected = [
        "connection open",
        "started",
        "asks approve: go on?",
        "answered approve-1",
        "asks ask: what next?",
        "refused this is no answer to ask-2: \"x\" is not of type \"integer\"",
        "answered ask-2",
        "asks message: The agent waits for a message.",
        "answered message-1",
        "whole stop",
        r#"whole [["approve",[false,null,"no",null]],["ask",4],["message","stop"]]"#,
        "finished",
    ];
    assert_eq!(page.out.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn shows_what_is_wrong() {
    let host = TestHost::start();
    let mut failed = drive(&host.url(), "countdown", "many", &[]);
    failed.succeed();
    assert!(failed.out.contains("failed Agent error: send a number"), "{}", failed.out);
    assert!(failed.out.ends_with("finished\n"), "{}", failed.out);

    let gone = host.url();
    drop(host);
    let mut alone = drive(&gone, "echo", "", &[]);
    alone.succeed();
    assert!(alone.out.contains("failed cannot reach http://127.0.0.1:"), "{}", alone.out);
}

/// The `type` of every message a host sends to a client that negotiates nothing.
fn types() -> Vec<String> {
    let invocation_id = InvocationId::new();
    let id = invocation_id.to_string();
    let event = Event { content: Some(Content::new_model_text("hi")), ..Event::new(invocation_id, "echo") };
    let messages = [
        WsServerMessage::Started { invocation_id, request_id: None },
        WsServerMessage::Event { invocation_id, seq: None, data: Box::new(event) },
        WsServerMessage::Completed { invocation_id },
        WsServerMessage::Cancelled { invocation_id },
        WsServerMessage::Status {
            invocation_id: id,
            status: WsStatus::First(FirstStatus::Active),
            invocation: None,
        },
        WsServerMessage::Error {
            message: String::new(),
            code: None,
            invocation_id: None,
            request_id: None,
            retry_after_ms: None,
        },
    ];
    let kind = |message| serde_json::to_value(message).unwrap()["type"].as_str().unwrap().to_owned();
    messages.iter().map(kind).collect()
}

#[test]
fn knows_every_message_of_the_first_protocol() {
    let page = page();
    for kind in types() {
        assert!(page.contains(&format!("case \"{kind}\":")), "the page does not handle {kind}");
    }
}

#[test]
fn needs_nothing_but_itself() {
    let page = page();
    for attribute in ["src=", "href=\"http", "@import", "url("] {
        assert!(!page.contains(attribute), "the page loads something with {attribute}");
    }
    assert!(page.contains(r#"<html lang="en">"#) && page.contains(r#"name="viewport""#));
    // What the script takes hold of is there, and what a person types into has a label.
    for id in ["host", "agent", "log", "composer", "text", "send", "work", "work-text", "work-bar", "cancel"]
    {
        assert!(page.contains(&format!("id=\"{id}\"")), "the page has no #{id}");
    }
    for id in ["host", "agent", "text"] {
        assert!(page.contains(&format!("<label for=\"{id}\"")), "#{id} has no label");
    }
}
