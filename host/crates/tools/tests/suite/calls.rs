//! What a call answers, over each transport and in each revision of the protocol.

use std::time::Duration;

use rak_core::{FailureKind, Toolbox as _};
use serde_json::json;

use crate::support::{ALL_WAYS, Host, Way, call, soon, tools};

#[tokio::test]
async fn a_tool_is_known_by_its_name_and_answers() {
    for way in ALL_WAYS {
        let host = Host::start(way, "").await;
        let add = host.tools.spec("mcp.one.add").unwrap_or_else(|| panic!("{way:?}: {:?}", host.names()));
        assert_eq!(add.description, "Adds two numbers.");
        assert_eq!(add.parameters["required"], json!(["a", "b"]));
        assert!(add.hints.read_only && !add.hints.open_world && !add.hints.destructive);
        let echo = host.tools.spec("mcp.one.echo").unwrap();
        assert!(!echo.hints.read_only && echo.hints.destructive && echo.hints.open_world);

        let answer = host.call("add", json!({"a": 1, "b": 2})).await.unwrap();
        assert_eq!((answer.response, answer.failed), (json!({"result": 3}), false), "{way:?}");
        let answer = host.call("echo", json!({"text": "hello"})).await.unwrap();
        assert_eq!(answer.response, json!({"content": [{"type": "text", "text": "hello"}]}), "{way:?}");
        let request = host.call("request", json!({})).await.unwrap().response;
        let protocol = if way.is_older() { "2025-11-25" } else { "2026-07-28" };
        assert_eq!(
            (&request["protocol"], &request["idempotencyKey"]),
            (&json!(protocol), &json!("key-of-the-call"))
        );
        soon(host.tools.stop()).await;
    }
}

#[tokio::test]
async fn a_tool_that_fails_answers_what_went_wrong() {
    for way in [Way::Stdio, Way::Http] {
        let host = Host::start(way, "").await;
        let answer = host.call("fail", json!({})).await.unwrap();
        assert!(answer.failed);
        assert!(
            answer.response["content"][0]["text"].as_str().unwrap().contains("the disk is full"),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn arguments_are_looked_at_before_the_server_sees_them() {
    let host = Host::start(Way::Stdio, "").await;
    for (args, reason) in
        [(json!({"a": 1}), "\"b\" is a required property"), (json!([1]), "they are no object")]
    {
        let failure = host.call("add", args).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidArgument);
        assert!(failure.message.contains(reason) && failure.message.contains("mcp.one.add"), "{failure}");
    }
    let failure = host.call("subtract", json!({})).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    let nowhere = soon(host.tools.call(call("mcp.two.add", json!({})))).await.unwrap_err();
    assert_eq!(nowhere.kind, FailureKind::NotFound);
}

#[tokio::test]
async fn only_what_is_allowed_is_there() {
    let settings = "allow = ['hang*', 'add', 'echo']\ndeny = ['hang_*']";
    let host = Host::start(Way::Stdio, settings).await;
    assert_eq!(host.names(), ["add", "echo", "hang"]);
    let failure = host.call("crash", json!({})).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
}

#[tokio::test]
async fn a_tool_that_hangs_is_given_up_and_told_so() {
    // A server that answers with nothing but JSON does not look at the connection meanwhile.
    for way in ALL_WAYS.into_iter().filter(|way| *way != Way::HttpJson) {
        let host = Host::start(way, "").await;
        let mut hang = call("mcp.one.hang", json!({}));
        hang.timeout = Some(Duration::from_millis(200));
        let failure = soon(host.tools.call(hang)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::DeadlineExceeded, "{way:?}: {failure}");
        assert!(failure.message.contains("200 ms"), "{failure}");
        let told = host.call("hang_cancelled", json!({})).await;
        let told = told.unwrap_or_else(|failure| panic!("{way:?}: {failure}"));
        assert_eq!(told.response["content"][0]["text"], "it was told", "{way:?}");
    }
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_given_up() {
    for way in [Way::Stdio, Way::Http] {
        let host = Host::start(way, "").await;
        let hang = host.tools.call(call("mcp.one.hang", json!({})));
        tokio::select! {
            answer = hang => panic!("it hangs: {answer:?}"),
            began = host.call("hang_began", json!({})) => assert!(began.is_ok()),
        }
        assert!(host.call("hang_cancelled", json!({})).await.is_ok(), "{way:?}");
    }
}

#[tokio::test]
async fn the_limit_of_the_configuration_is_the_longest() {
    let host = Host::start(Way::Stdio, "timeout_ms = 300").await;
    let mut hang = call("mcp.one.hang", json!({}));
    hang.timeout = Some(Duration::from_hours(1));
    let failure = soon(host.tools.call(hang)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::DeadlineExceeded);
    assert!(failure.message.contains("300 ms"), "{failure}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused_and_the_server_goes_on() {
    for way in ALL_WAYS {
        let host = Host::start(way, "max_response_bytes = 1000").await;
        // More than the answer may have, and more than a message may.
        for size in [2000, 20 << 20] {
            let failure = host.call("huge", json!({"size": size})).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::LimitExceeded, "{way:?}, {size}: {failure}");
            assert!(failure.message.contains("1000 bytes"), "{failure}");
        }
        assert!(host.call("huge", json!({"size": 100})).await.is_ok(), "{way:?}");
    }
}

#[tokio::test]
async fn many_calls_go_on_at_once() {
    for way in [Way::Stdio, Way::Http] {
        let host = Host::start(way, "").await;
        // The one that hangs does not delay the others.
        let hang = host.tools.call(call("mcp.one.hang", json!({})));
        let many = futures::future::join_all((0..10).map(|n| host.call("add", json!({"a": n, "b": 1}))));
        tokio::select! {
            answer = hang => panic!("it hangs: {answer:?}"),
            sums = many => {
                for (n, sum) in sums.into_iter().enumerate() {
                    assert_eq!(sum.unwrap().response, json!({"result": n + 1}));
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_built_in_is_beside_the_servers() {
    let tools = tools("builtins = ['clock', 'calculator']\nneeds_approval = ['c*k']");
    let names: Vec<_> = tools.specs().into_iter().map(|spec| spec.name).collect();
    assert_eq!(names, ["calculator", "clock"]);
    assert!(tools.spec("clock").unwrap().hints.needs_approval);
    assert!(!tools.spec("calculator").unwrap().hints.needs_approval);
    let answer = tools.call(call("calculator", json!({"expression": "6 * 7"}))).await.unwrap();
    assert_eq!((answer.response, answer.failed), (json!({"result": "42", "exact": true}), false));
    let answer = tools.call(call("calculator", json!({"expression": "6 *"}))).await.unwrap();
    assert!(answer.failed);
    let failure = tools.call(call("calculator", json!({"formula": "6"}))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidArgument);
    let failure = tools.call(call("mcp.none.x", json!({}))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    soon(tools.stop()).await;
}
