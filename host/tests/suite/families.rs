//! Agents that call other agents and tools, as clients and operators see them.

use rak_test_guests::fixture;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Host, PATIENCE, Place, Sse, finish, message, text};

const GRANTS: &str = "[grants]\nagents = ['echo', 'clerk']\ntools = ['c*']\n";

/// A place where the fixture that does what it is told may call others.
fn place(configuration: &str) -> Place {
    let place = Place::new(&[]);
    place.configure(configuration);
    std::fs::create_dir(place.path("agents").join("program")).expect("a folder");
    place.put("program/agent.toml", GRANTS);
    place.put("program/program.wasm", std::fs::read(fixture("program")).expect("the component"));
    place
}

async fn begin(host: &Host, steps: &Value) -> Sse {
    let mut body = message("program", &steps.to_string());
    body["onDisconnect"] = "continue".into();
    host.sse("s", body).await
}

fn saw(events: &[Value]) -> Value {
    let last = events.last().expect("an event");
    assert!(last.get("errorCode").is_none(), "{last}");
    serde_json::from_str(&text(last)).expect("what it saw")
}

#[tokio::test]
async fn a_child_is_an_invocation_that_can_be_looked_at() {
    let (place, host) = place("").serve_owned().await;
    let mut stream = begin(&host, &json!([{"op": "call", "agent": "echo", "steps": "hello"}])).await;
    assert_eq!(saw(&stream.rest().await), json!([["call", "hello"]]));
    let (status, page) = host.get(&format!("/api/v1/invocations?parentId={}", stream.invocation)).await;
    assert_eq!(status, 200);
    let [child] = page["invocations"].as_array().expect("a list").as_slice() else { panic!("{page}") };
    assert_eq!(child["appName"], "echo");
    assert_eq!(child["parentId"], stream.invocation);
    let id = child["invocationId"].as_str().expect("an id");
    let mut command = place.rak(&["invocations", "show", id]);
    command.args(["--host", &host.url]);
    let shown = finish(command).await;
    assert!(shown.out.contains(&format!("child of     {}", stream.invocation)), "{}", shown.out);
}

/// The host is killed while the child waits for a person, and the answer comes to the next one, at the parent.
#[tokio::test]
async fn a_family_survives_the_end_of_its_host() {
    let place = place("");
    let mut host = place.serve().await;
    let steps = json!([{"op": "call", "agent": "clerk", "steps": "3 chairs at 140", "options": {"relay": true}}, {"op": "say"}]);
    let order = steps.to_string();
    let mut body = message("program", &order);
    body["onDisconnect"] = "continue".into();
    let mut stream = host.sse("s", body).await;
    let question = stream.next().await.expect("a question");
    let request = question["inputRequired"]["requestId"].as_str().expect("an id").to_owned();
    assert!(request.ends_with("/ask-1"), "{question}");
    assert_eq!((&question["branch"], &question["author"]), (&json!("clerk"), &json!("clerk")));
    let invocation = stream.invocation.clone();
    host.signal(Signal::KILL);
    host.ended().await;
    drop(stream);

    let host = place.serve().await;
    let path = format!("/api/v1/invocations/{invocation}/respond");
    let (status, answer) = host.post(&path, json!({"requestId": request, "answer": "office"})).await;
    assert_eq!((status, &answer["requestId"]), (200, &json!(request)), "{answer}");
    let mut stream = host.replay(&invocation, 0).await;
    let mut events = Vec::new();
    while let Some(event) = tokio::time::timeout(PATIENCE, stream.next()).await.expect("it goes on") {
        if let Some(request) =
            event["inputRequired"]["requestId"].as_str().filter(|id| id.ends_with("approve-2"))
        {
            let (status, answer) =
                host.post(&path, json!({"requestId": request, "decision": "approve"})).await;
            assert_eq!(status, 200, "{answer}");
        }
        events.push(event);
    }
    let seqs: Vec<_> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
    assert!(
        saw(&events)[0][1].as_str().is_some_and(|said| said.starts_with("Ordered 3 chairs")),
        "{events:?}"
    );
}

#[tokio::test]
async fn tools_of_the_host_are_called_and_approved_as_the_configuration_says() {
    let (_place, host) = place("[tools]\nneeds_approval = ['clock']\n").serve_owned().await;
    let steps = json!([
        {"op": "tools"},
        {"op": "tool", "name": "calculator", "args": {"expression": "6 * 7"}},
        {"op": "tool", "name": "clock", "args": {}},
    ]);
    let mut stream = begin(&host, &steps).await;
    let question = stream.next().await.expect("a question");
    assert_eq!(question["inputRequired"]["details"], json!({"tool": "clock", "args": {}}));
    let path = format!("/api/v1/invocations/{}/respond", stream.invocation);
    let (status, _) = host.post(&path, json!({"requestId": "approve-1", "decision": "approve"})).await;
    assert_eq!(status, 200);
    let saw = saw(&stream.rest().await);
    let names: Vec<_> = saw[0][1].as_array().expect("tools").iter().map(|tool| tool[0].clone()).collect();
    assert_eq!(names, ["agent.clerk", "agent.echo", "calculator", "clock"]);
    assert_eq!(saw[1][1], json!({"response": {"result": "42", "exact": true}, "failed": false}));
    assert_eq!(saw[2][1]["response"]["timeZone"], "UTC");
}

#[tokio::test]
async fn a_mistake_in_the_configuration_of_tools_is_named() {
    for (configuration, named) in [
        ("[tools]\nbuiltins = ['clocks']\n", "clocks"),
        ("[tools]\nneeds_approval = ['[']\n", "tools.needs_approval"),
        ("[tools.mcp.files]\n", "tools.mcp.files"),
        ("[tools.mcp.files]\ncommand = ['x']\nenv = {K = '${NOT_THERE}'}\n", "NOT_THERE"),
    ] {
        let place = place(configuration);
        let ended = finish(place.rak(&["serve", "--listen", "127.0.0.1:0"])).await;
        assert_eq!(ended.code, Some(1), "{configuration}");
        assert!(ended.err.contains(named), "{configuration}: {}", ended.err);
    }
}
