//! Servers that come, change and go.

use rak_core::{FailureKind, Toolbox as _};
use serde_json::json;

use crate::support::{ALL_WAYS, Host, HttpServer, call, command, soon, tools, words};

#[tokio::test]
async fn tools_that_come_later_are_there_when_the_server_says_so() {
    for way in ALL_WAYS {
        let host = Host::start(way, "").await;
        assert!(host.tools.spec("mcp.one.grown").is_none());
        host.call("grow", json!({})).await.unwrap();
        soon(host.tools.wait_for(|specs| specs.iter().any(|spec| spec.name == "mcp.one.grown"))).await;
        let answer = host.call("grown", json!({})).await.unwrap();
        assert_eq!(answer.response["content"][0]["text"], "new", "{way:?}");
    }
}

#[tokio::test]
async fn a_server_that_crashes_in_a_call_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let lives = folder.path().join("lives");
    let command = command(&["--lives", lives.to_str().unwrap()]);
    let tools = tools(&format!("[mcp.one]\n{command}"));
    for life in 1..=3 {
        let name = format!("mcp.one.life_{life}");
        soon(tools.wait_for(|specs| specs.iter().any(|spec| spec.name == name))).await;
        let failure = soon(tools.call(call("mcp.one.crash", json!({})))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
        assert_eq!(failure.code.as_deref(), Some("connection_lost"));
        assert!(failure.message.contains("whether it was done is not known"), "{failure}");
        // An agent that knows the tool may call it again later.
        assert!(tools.spec("mcp.one.crash").is_some());
    }
    soon(tools.stop()).await;
}

#[tokio::test]
async fn a_served_server_that_crashes_is_found_again() {
    let server = HttpServer::start(&["--http"]).await;
    let tools = tools(&format!("[mcp.one]\nurl = '{}'", server.url()));
    soon(tools.settled()).await;
    let failure = soon(tools.call(call("mcp.one.crash", json!({})))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
    assert!(!failure.message.contains("127.0.0.1"), "an address may have a key in it: {failure}");
    let folder = tempfile::tempdir().unwrap();
    let (lives, port) = (folder.path().join("lives"), server.port.to_string());
    let _again = HttpServer::start(&["--http", "--port", &port, "--lives", lives.to_str().unwrap()]).await;
    soon(tools.wait_for(|specs| specs.iter().any(|spec| spec.name == "mcp.one.life_1"))).await;
    assert!(soon(tools.call(call("mcp.one.add", json!({"a": 1, "b": 2})))).await.is_ok());
    soon(tools.stop()).await;
}

#[tokio::test]
async fn a_server_that_cannot_be_started_delays_nobody_and_says_why() {
    let absent = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let working = command(&[]);
    let tools = tools(&format!(
        "[mcp.one]\n{working}\n[mcp.none]\ncommand = ['/nonexistent/server']\n\
         [mcp.mute]\ncommand = ['/bin/sh', '-c', 'echo no key >&2; exit 4']\n\
         [mcp.away]\nurl = 'http://127.0.0.1:{absent}/mcp'"
    ));
    // What is built in is there at once.
    assert!(tools.call(call("clock", json!({}))).await.is_ok());
    soon(tools.settled()).await;
    let failure = soon(tools.known("mcp.none.x")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("/nonexistent/server"), "{failure}");
    assert!(soon(tools.call(call("mcp.one.add", json!({"a": 1, "b": 2})))).await.is_ok());
    for (name, reason) in [
        ("mcp.none.x", "/nonexistent/server cannot be started: No such file or directory"),
        ("mcp.mute.x", "it ended with exit status: 4; the last it wrote is: no key"),
        ("mcp.away.x", "it cannot be reached: Connection refused"),
    ] {
        let mut there = call(name, json!({}));
        there.timeout = Some(std::time::Duration::from_secs(5));
        let failure = soon(tools.call(there)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
        let starting = failure.message.contains("still being started");
        assert!(starting || failure.message.contains(reason), "{failure}");
        assert!(!failure.message.contains(&absent.to_string()), "{failure}");
    }
    soon(tools.stop()).await;
}

#[tokio::test]
async fn a_call_waits_for_a_server_that_is_being_started() {
    let working = command(&[]);
    let tools = tools(&format!("[mcp.one]\n{working}"));
    assert!(tools.spec("mcp.one.add").is_none(), "it is not there yet");
    soon(tools.known("mcp.one.add")).await.unwrap();
    assert!(tools.spec("mcp.one.add").is_some(), "who waits for it finds it");
    assert!(soon(tools.call(call("mcp.one.add", json!({"a": 1, "b": 2})))).await.is_ok());
}

#[tokio::test]
async fn nothing_of_a_server_is_left_when_the_host_ends() {
    // Many servers are started by a script.
    let script =
        format!("{}; true", words(&[]).iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "));
    let tools =
        tools(&format!("[mcp.one]\n{}\n[mcp.two]\ncommand = ['/bin/sh', '-c', \"{script}\"]", command(&[])));
    let mut processes = Vec::new();
    for server in ["one", "two"] {
        let request = soon(tools.call(call(&format!("mcp.{server}.request"), json!({})))).await.unwrap();
        let process = std::path::PathBuf::from(format!("/proc/{}", request.response["process"]));
        assert!(process.exists());
        processes.push(process);
    }
    soon(tools.stop()).await;
    for process in processes {
        assert!(!process.exists(), "{}", process.display());
    }
    let failure = soon(tools.call(call("mcp.one.add", json!({"a": 1, "b": 2})))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("the host ends"), "{failure}");
}
