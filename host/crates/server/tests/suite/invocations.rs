//! Invocations and agents: listed, looked at, cancelled.

use serde_json::json;

use crate::support::{TestApp, message};

#[tokio::test]
async fn an_invocation_is_described_while_it_runs_and_afterwards() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({"userId": "ann"})).await;
    let path = format!("/api/v1/invocations/{}", run.id());
    let body = app.get(&path).await.ok();
    assert_eq!(body["invocationId"], stream.invocation_id());
    assert_eq!(
        (&body["sessionId"], &body["appName"], &body["userId"]),
        (&json!("s"), &json!("puppet"), &json!("ann"))
    );
    assert_eq!(
        (&body["status"], &body["agentVersion"], &body["attempt"]),
        (&json!("active"), &json!("sha256:puppet"), &json!(1))
    );
    assert!(body.get("endedAt").is_none() && body.get("reason").is_none());
    run.progress("all of it", 2, 2).await;
    run.fail("no_luck", "bad luck");
    stream.rest().await;
    let body = app.get(&path).await.ok();
    assert_eq!((&body["status"], &body["reason"]), (&json!("failed"), &json!("no_luck")));
    assert_eq!(body["progress"], json!({"message": "all of it", "done": 2, "total": 2}));
    assert!(body["endedAt"].as_i64() >= body["startedAt"].as_i64());
    assert_eq!(body["usage"]["hostCalls"], 0);
}

#[tokio::test]
async fn invocations_are_listed_the_newest_first() {
    let app = TestApp::start();
    for session in ["a", "a", "b"] {
        app.post(&format!("/api/v1/sessions/{session}/run"), json!({"newMessage": message("x")})).await.ok();
    }
    let (_stream, run) = app.puppet_stream("c", json!({})).await;
    let list = |query: &str| {
        let path = format!("/api/v1/invocations{query}");
        let app = &app;
        async move { app.get(&path).await.ok() }
    };
    let all = list("").await;
    let all = all["invocations"].as_array().unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(all[0]["invocationId"], run.id().to_string());
    assert_eq!(list("?sessionId=a").await["invocations"].as_array().unwrap().len(), 2);
    assert_eq!(list("?sessionId=none").await, json!({"invocations": []}));
    assert_eq!(list("?status=active").await["invocations"].as_array().unwrap().len(), 1);
    assert_eq!(list("?status=&sessionId=").await["invocations"].as_array().unwrap().len(), 4);
    let first = list("?limit=3").await;
    let next = first["next"].as_str().unwrap();
    let second = list(&format!("?limit=3&cursor={next}")).await;
    assert_eq!(second["invocations"].as_array().unwrap(), &all[3..]);
    assert!(second.get("next").is_none());
    for query in ["status=done", "cursor=x", "limit=x", "sessionId=%00"] {
        let answer = app.get(&format!("/api/v1/invocations?{query}")).await;
        assert_eq!(answer.refusal(), (422, "invalid".into()), "{query}");
    }
}

#[tokio::test]
async fn to_cancel_twice_is_to_cancel_once() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    let path = format!("/api/v1/invocations/{}/cancel", run.id());
    for _ in 0..2 {
        let body = app.post(&path, json!({})).await.ok();
        assert_eq!(body["status"], "cancelled");
    }
    stream.rest().await;
    let body = app.post(&path, json!({})).await.ok();
    assert_eq!((&body["status"], &body["reason"]), (&json!("cancelled"), &json!("cancelled")));
}

#[tokio::test]
async fn to_cancel_what_is_over_changes_nothing() {
    let app = TestApp::start();
    let mut stream = app.stream("s", "hi", json!({})).await;
    stream.rest().await;
    let path = format!("/api/v1/invocations/{}/cancel", stream.invocation_id());
    assert_eq!(app.post(&path, json!({})).await.ok()["status"], "completed");
    let unknown =
        app.post("/api/v1/invocations/01890000-0000-7000-8000-000000000000/cancel", json!({})).await;
    assert_eq!(unknown.refusal(), (404, "invocation_not_found".into()));
    assert_eq!(app.post("/api/v1/invocations/x/cancel", json!({})).await.refusal().0, 422);
}

#[tokio::test]
async fn the_agents_are_listed() {
    let app = TestApp::start();
    let agents = app.get("/api/v1/agents").await.ok();
    assert_eq!(agents["agents"][0]["name"], "echo");
    assert_eq!(agents["agents"][1]["name"], "puppet");
    let echo = app.get("/api/v1/agents/echo").await.ok();
    assert_eq!((&echo["state"], &echo["descriptor"]["version"]), (&json!("ready"), &json!("1.0")));
    let unknown = app.get("/api/v1/agents/nobody").await;
    assert_eq!(unknown.refusal(), (404, "agent_not_found".into()));
    assert!(unknown.error().contains("echo, puppet"));
    assert_eq!(app.get("/api/v1/agents/a%20b").await.refusal(), (422, "invalid".into()));
}
