//! Sessions: made, listed, changed, removed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, flaky_store::SECRET, message};

async fn create(app: &TestApp, app_name: &str, user: &str, id: &str) -> Answer {
    app.post("/api/v1/sessions", json!({"appName": app_name, "userId": user, "sessionId": id})).await
}

async fn patch(app: &TestApp, path: &str, body: Value) -> Answer {
    Answer::of(app.request(Method::PATCH, path).json(&body)).await
}

async fn delete(app: &TestApp, path: &str) -> Answer {
    Answer::of(app.request(Method::DELETE, path)).await
}

#[tokio::test]
async fn a_session_is_made_with_the_id_that_was_asked_for() {
    let app = TestApp::start();
    let body =
        json!({"appName": "echo", "userId": "ann", "sessionId": "s1", "state": {"mood": "good"}, "more": 1});
    let created = app.post("/api/v1/sessions", body).await;
    assert_eq!(created.text, r#"{"sessionId":"s1","appName":"echo","userId":"ann"}"#);
    assert_eq!(create(&app, "echo", "ann", "s1").await.refusal(), (409, "session_exists".into()));
    let session = app.get("/api/v1/sessions/s1").await.ok();
    assert_eq!(session["state"], json!({"mood": "good"}));
    assert_eq!(session["userId"], "ann");
    assert!(session["createdAt"].as_i64().unwrap() > 1_600_000_000_000);
}

#[tokio::test]
async fn a_session_without_an_id_gets_one() {
    let app = TestApp::start();
    for id in [json!(null), json!("")] {
        let body = json!({"appName": "echo", "userId": "ann", "sessionId": id});
        let created = app.post("/api/v1/sessions", body).await.ok();
        let id = created["sessionId"].as_str().unwrap();
        assert_eq!(id.len(), 36, "{created}");
        app.get(&format!("/api/v1/sessions/{id}")).await.ok();
    }
}

#[tokio::test]
async fn a_session_needs_an_agent_that_exists() {
    let app = TestApp::start();
    let answer = create(&app, "ecko", "ann", "s").await;
    assert_eq!(answer.refusal(), (404, "agent_not_found".into()));
    assert!(answer.error().contains("there are: echo, puppet"), "{}", answer.error());
}

#[tokio::test]
async fn what_a_session_cannot_have_is_refused() {
    let app = TestApp::start();
    for (body, field) in [
        (json!({"userId": "ann"}), "appName"),
        (json!({"appName": "echo"}), "userId"),
        (json!({"appName": "a/b", "userId": "ann"}), "appName: an agent's name has the character '/'"),
        (json!({"appName": "echo", "userId": ""}), "userId: a user id is empty"),
        (json!({"appName": "echo", "userId": "ann", "sessionId": 7}), "sessionId"),
        (json!({"appName": "echo", "userId": "ann", "sessionId": "a\u{0}b"}), "sessionId"),
        (json!({"appName": "echo", "userId": "ann", "sessionId": "x".repeat(257)}), "256 are allowed"),
        (json!({"appName": "echo", "userId": "ann", "state": []}), "state: invalid type"),
        (json!({"appName": "echo", "userId": "ann", "state": {"user:": 1}}), "a state key needs a name"),
        (json!(["echo", "ann"]), "expected a JSON object"),
    ] {
        let answer = app.post("/api/v1/sessions", body.clone()).await;
        assert_eq!(answer.refusal(), (422, "invalid".into()), "{body}");
        assert!(answer.error().contains(field), "{body}: {}", answer.error());
    }
    let large = json!({"appName": "echo", "userId": "ann", "state": {"k": "x".repeat(2 << 20)}});
    assert_eq!(app.post("/api/v1/sessions", large).await.refusal(), (413, "too_large".into()));
}

#[tokio::test]
async fn sessions_are_listed_in_pages_the_newest_change_first() {
    let app = TestApp::start();
    for index in 0..5 {
        create(&app, "echo", "ann", &format!("s{index}")).await.ok();
    }
    create(&app, "puppet", "bob", "other").await.ok();
    let mut seen = Vec::new();
    let mut path = "/api/v1/sessions?appName=echo&limit=2&cursor=".to_owned();
    loop {
        let page = app.get(&path).await.ok();
        let sessions = page["sessions"].as_array().unwrap();
        assert!(sessions.len() <= 2 && sessions.iter().all(|session| session.get("state").is_none()));
        seen.extend(sessions.iter().map(|session| session["sessionId"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/sessions?appName=echo&limit=2&cursor={next}");
    }
    assert_eq!(seen, ["s4", "s3", "s2", "s1", "s0"]);
    assert_eq!(app.get("/api/v1/sessions").await.ok()["sessions"].as_array().unwrap().len(), 6);
    let bobs = app.get("/api/v1/sessions?userId=bob").await.ok();
    assert_eq!(bobs["sessions"][0]["sessionId"], "other");
}

#[tokio::test]
async fn a_limit_is_cut_down_and_a_bad_parameter_is_refused() {
    let app = TestApp::start();
    for index in 0..3 {
        create(&app, "echo", "ann", &format!("s{index}")).await.ok();
    }
    for limit in ["0", "1", "18446744073709551615"] {
        let listed = app.get(&format!("/api/v1/sessions?limit={limit}")).await.ok();
        let expected = if limit.len() == 1 { 1 } else { 3 };
        assert_eq!(listed["sessions"].as_array().unwrap().len(), expected, "{limit}");
    }
    for query in ["limit=x", "limit=-1", "limit=1&limit=2", "cursor=nonsense", "appName=a%2Fb", "userId=%00"]
    {
        assert_eq!(
            app.get(&format!("/api/v1/sessions?{query}")).await.refusal(),
            (422, "invalid".into()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn the_state_of_a_session_is_changed() {
    let app = TestApp::start();
    create(&app, "echo", "ann", "s").await.ok();
    let changed =
        patch(&app, "/api/v1/sessions/s", json!({"stateDelta": {"a": 1, "user:b": [2]}})).await.ok();
    assert_eq!(changed["state"], json!({"a": 1, "user:b": [2]}));
    let changed = patch(&app, "/api/v1/sessions/s", json!({"stateDelta": {"a": null}})).await.ok();
    assert_eq!(changed["state"], json!({"user:b": [2]}));
    let nothing = patch(&app, "/api/v1/sessions/s", json!({})).await;
    assert_eq!(nothing.refusal(), (422, "invalid".into()));
    assert!(nothing.error().contains("send stateDelta, agentVersion, or both"));
    assert_eq!(patch(&app, "/api/v1/sessions/s", json!({"stateDelta": {"": 1}})).await.refusal().0, 422);
    let absent = patch(&app, "/api/v1/sessions/none", json!({"stateDelta": {}})).await;
    assert_eq!(absent.refusal(), (404, "session_not_found".into()));
}

#[tokio::test]
async fn a_session_is_removed_unless_a_run_has_it() {
    let app = TestApp::start();
    let (mut stream, run) = app.puppet_stream("s", json!({})).await;
    let busy = delete(&app, "/api/v1/sessions/s").await;
    assert_eq!(busy.refusal(), (409, "session_busy".into()));
    assert_eq!(busy.json()["invocationId"], stream.invocation_id());
    run.finish();
    stream.rest().await;
    let gone = delete(&app, "/api/v1/sessions/s").await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    assert_eq!(delete(&app, "/api/v1/sessions/s").await.refusal(), (404, "session_not_found".into()));
    assert_eq!(app.get("/api/v1/sessions/s").await.refusal(), (404, "session_not_found".into()));
}

#[tokio::test]
async fn an_id_that_several_users_have_needs_more_words() {
    let app = TestApp::start();
    create(&app, "echo", "ann", "same").await.ok();
    create(&app, "echo", "bob", "same").await.ok();
    let answer = app.get("/api/v1/sessions/same").await;
    assert_eq!(answer.refusal(), (409, "session_ambiguous".into()));
    let matches = answer.json()["matches"].clone();
    assert_eq!(matches[1], json!({"sessionId": "same", "appName": "echo", "userId": "bob"}));
    assert_eq!(app.get("/api/v1/sessions/same?userId=bob").await.ok()["userId"], "bob");
    let body = json!({"newMessage": message("hi"), "userId": "ann"});
    app.post("/api/v1/sessions/same/run", body).await.ok();
}

#[tokio::test]
async fn the_history_is_read_in_pages() {
    let app = TestApp::start();
    for text in ["one", "two"] {
        app.post("/api/v1/sessions/s/run", json!({"newMessage": message(text)})).await.ok();
    }
    let all = app.get("/api/v1/sessions/s/events").await.ok();
    let events = all["events"].as_array().unwrap();
    let texts: Vec<_> =
        events.iter().filter_map(|event| event["content"]["parts"][0]["text"].as_str()).collect();
    assert_eq!(texts, ["one", "echo: one", "two", "echo: two"]);
    assert_eq!(events[0]["author"], "user");
    assert!(all.get("next").is_none());
    let mut paged = Vec::new();
    let mut after = 0;
    loop {
        let page = app.get(&format!("/api/v1/sessions/s/events?after={after}&limit=4")).await.ok();
        paged.extend(page["events"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_u64() else { break };
        after = next;
    }
    assert_eq!(&paged, events);
    let beyond = app.get(&format!("/api/v1/sessions/s/events?after={}", u64::MAX)).await.ok();
    assert_eq!(beyond, json!({"events": []}));
    assert_eq!(app.get("/api/v1/sessions/none/events").await.refusal().0, 404);
}

#[tokio::test]
async fn ids_may_have_any_letters() {
    let app = TestApp::start();
    create(&app, "echo", "Jürgen O'Neill", "Gespräch 1/2").await.ok();
    let session = app.get("/api/v1/sessions/Gespr%C3%A4ch%201%2F2").await.ok();
    assert_eq!(session["sessionId"], "Gespräch 1/2");
    assert_eq!(app.get("/api/v1/sessions/%FF").await.refusal(), (400, "malformed_path".into()));
    assert_eq!(app.get("/api/v1/sessions/%00").await.refusal(), (422, "invalid".into()));
}

#[tokio::test]
async fn a_broken_store_is_no_secret_but_its_words_are() {
    let app = TestApp::start();
    app.store.break_now();
    for (method, path) in [
        (Method::GET, "/api/v1/sessions"),
        (Method::GET, "/api/v1/sessions/s"),
        (Method::DELETE, "/api/v1/sessions/s"),
        (Method::GET, "/api/v1/sessions/s/events"),
        (Method::GET, "/api/v1/invocations"),
        (Method::GET, "/api/v1/invocations/01890000-0000-7000-8000-000000000000"),
        (Method::GET, "/api/v1/invocations/01890000-0000-7000-8000-000000000000/events"),
    ] {
        let answer = Answer::of(app.request(method, path)).await;
        assert_eq!(answer.refusal(), (503, "store_unavailable".into()), "{path}");
        assert!(answer.headers.contains_key("retry-after") && !answer.text.contains(SECRET));
    }
    assert_eq!(create(&app, "echo", "ann", "s").await.refusal().0, 503);
    let run = app.post("/api/v1/sessions/s/run", json!({"newMessage": message("hi")})).await;
    assert_eq!(run.refusal(), (503, "store_unavailable".into()));
}
