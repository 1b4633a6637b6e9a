//! Artifacts: listed, read, saved, removed.

use rak_core::ArtifactLimits;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, flaky_store::SECRET};

/// A server with the session `s`.
async fn start() -> TestApp {
    start_with(ArtifactLimits::default()).await
}

async fn start_with(limits: ArtifactLimits) -> TestApp {
    let app = TestApp::start_with_artifacts(limits);
    create(&app, "ann", "s").await;
    app
}

async fn create(app: &TestApp, user: &str, session: &str) {
    app.post("/api/v1/sessions", json!({"appName": "echo", "userId": user, "sessionId": session})).await.ok();
}

fn path(rest: &str) -> String {
    format!("/api/v1/sessions/s/artifacts/{rest}")
}

fn request(app: &TestApp, method: Method, rest: &str) -> RequestBuilder {
    app.request(method, &path(rest))
}

async fn put(app: &TestApp, rest: &str, content: impl Into<reqwest::Body>) -> Answer {
    Answer::of(request(app, Method::PUT, rest).header("content-type", "text/plain").body(content)).await
}

async fn get(app: &TestApp, rest: &str) -> Answer {
    app.get(&path(rest)).await
}

async fn get_with(app: &TestApp, rest: &str, header: &str, value: &str) -> Answer {
    Answer::of(request(app, Method::GET, rest).header(header, value)).await
}

async fn delete(app: &TestApp, rest: &str) -> Answer {
    Answer::of(request(app, Method::DELETE, rest)).await
}

async fn names(app: &TestApp, query: &str) -> Vec<String> {
    let list = app.get(&format!("/api/v1/sessions/s/artifacts{query}")).await.ok();
    let name = |artifact: &Value| format!("{} {}", artifact["name"].as_str().unwrap(), artifact["version"]);
    list["artifacts"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn an_artifact_is_saved_and_read() {
    let app = start().await;
    let saved = put(&app, "reports%2F2026%20%C3%BC.md", "one").await;
    assert_eq!(saved.status, 201);
    let created_at = saved.json()["createdAt"].as_i64().unwrap();
    assert_eq!(
        saved.json(),
        json!({"name": "reports/2026 ü.md", "version": 1, "mimeType": "text/plain", "size": 3,
            "createdAt": created_at})
    );
    let read = get(&app, "reports%2F2026%20%C3%BC.md").await;
    assert_eq!((read.status.as_u16(), read.text.as_str()), (200, "one"));
    for (header, expected) in [
        ("content-type", "text/plain"),
        ("content-length", "3"),
        ("etag", format!("\"1-{created_at}\"").as_str()),
        ("x-artifact-version", "1"),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, no-cache"),
        ("content-disposition", "attachment; filename=\"2026 _.md\"; filename*=UTF-8''2026%20%C3%BC.md"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
    ] {
        assert_eq!(read.headers[header], expected, "{header}");
    }
    let head = Answer::of(request(&app, Method::HEAD, "reports%2F2026%20%C3%BC.md")).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.headers["content-length"], "3");
    assert_eq!(head.headers["etag"], read.headers["etag"]);
}

#[tokio::test]
async fn each_save_makes_a_version() {
    let app = start().await;
    assert_eq!(put(&app, "a", "one").await.ok()["version"], 1);
    assert_eq!(put(&app, "a", "two").await.ok()["version"], 2);
    assert_eq!(put(&app, "user:b", "").await.ok()["version"], 1);
    assert_eq!(get(&app, "a").await.text, "two");
    assert_eq!(get(&app, "a?version=1").await.text, "one");
    assert_eq!(get(&app, "a?version=").await.headers["x-artifact-version"], "2");
    let empty = get(&app, "user:b").await;
    assert_eq!((empty.status.as_u16(), empty.headers["content-length"].to_str().unwrap()), (200, "0"));
    let versions = get(&app, "a/versions").await.ok();
    assert_eq!(
        (&versions["versions"][0]["version"], &versions["versions"][1]["version"]),
        (&json!(2), &json!(1))
    );

    assert_eq!(delete(&app, "a?version=2").await.status, 204);
    assert_eq!(delete(&app, "a?version=2").await.refusal(), (404, "artifact_not_found".into()));
    assert_eq!(get(&app, "a").await.text, "one");
    assert_eq!(put(&app, "a", "three").await.ok()["version"], 3);
    assert_eq!(delete(&app, "a").await.status, 204);
    for rest in ["a", "a?version=1", "a/versions"] {
        let gone = get(&app, rest).await;
        assert_eq!(gone.refusal(), (404, "artifact_not_found".into()), "{rest}");
        assert!(gone.error().contains("lists those that there are"), "{}", gone.error());
    }
    assert_eq!(delete(&app, "a").await.refusal(), (404, "artifact_not_found".into()));
    assert_eq!(names(&app, "").await, ["user:b 1"]);
}

#[tokio::test]
async fn artifacts_are_listed_by_how_their_names_begin() {
    let app = start().await;
    for name in ["b%25", "user:a", "ba", "a"] {
        put(&app, name, "x").await.ok();
    }
    put(&app, "a", "x").await.ok();
    assert_eq!(names(&app, "").await, ["a 2", "b% 1", "ba 1", "user:a 1"]);
    assert_eq!(names(&app, "?prefix=").await.len(), 4);
    assert_eq!(names(&app, "?prefix=b%25").await, ["b% 1"]);
    assert_eq!(names(&app, "?prefix=user:").await, ["user:a 1"]);
    assert!(names(&app, "?prefix=_").await.is_empty());
}

#[tokio::test]
async fn a_large_artifact_is_sent_as_it_is() {
    let app = start().await;
    let content: String =
        (0..3_000_000).map(|at| char::from(b'a' + u8::try_from(at % 23).unwrap())).collect();
    assert_eq!(put(&app, "large", content.clone()).await.ok()["size"], 3_000_000);
    let read = get(&app, "large").await;
    assert_eq!(read.headers["content-length"], "3000000");
    assert!(read.text == content);
    let part = get_with(&app, "large", "range", "bytes=262000-1000000").await;
    assert!(part.text == content[262_000..=1_000_000]);
}

#[tokio::test]
async fn a_part_is_sent_to_who_asks_for_one() {
    let app = start().await;
    put(&app, "a", "0123456789").await.ok();
    let part = get_with(&app, "a", "range", "bytes=2-4").await;
    assert_eq!((part.status.as_u16(), part.text.as_str()), (206, "234"));
    assert_eq!(part.headers["content-range"], "bytes 2-4/10");
    assert_eq!(part.headers["content-length"], "3");
    assert_eq!(get_with(&app, "a", "range", "bytes=-3").await.text, "789");
    let several = get_with(&app, "a", "range", "bytes=0-1,3-4").await;
    assert_eq!((several.status.as_u16(), several.text.as_str()), (200, "0123456789"));
    let nothing = get_with(&app, "a", "range", "bytes=10-").await;
    assert_eq!(nothing.refusal(), (416, "no_such_range".into()));
    assert_eq!(nothing.headers["content-range"], "bytes */10");

    // Who has the beginning of another version gets all of this one.
    let etag = part.headers["etag"].to_str().unwrap();
    for (value, expected) in [(etag, "234"), ("\"0-0\"", "0123456789")] {
        let request = request(&app, Method::GET, "a").header("range", "bytes=2-4").header("if-range", value);
        assert_eq!(Answer::of(request).await.text, expected, "{value}");
    }
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let app = start().await;
    put(&app, "a", "one").await.ok();
    let etag = get(&app, "a").await.headers["etag"].to_str().unwrap().to_owned();
    for same in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
        let answer = get_with(&app, "a", "if-none-match", &same).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""), "{same}");
        assert_eq!(answer.headers["etag"], etag.as_str());
    }
    put(&app, "a", "two").await.ok();
    assert_eq!(get_with(&app, "a", "if-none-match", &etag).await.text, "two");
    assert_eq!(get_with(&app, "a?version=1", "if-none-match", &etag).await.status, 304);
}

#[tokio::test]
async fn a_file_has_the_type_it_is_given() {
    let app = start().await;
    let untyped = Answer::of(request(&app, Method::PUT, "a").body("x")).await.ok();
    assert_eq!(untyped["mimeType"], "application/octet-stream");
    for (given, expected) in [
        ("text/html; charset=utf-8", "text/html; charset=utf-8"),
        (" image/png ", "image/png"),
        ("", "application/octet-stream"),
    ] {
        let answer =
            Answer::of(request(&app, Method::PUT, "a").header("content-type", given).body("x")).await;
        assert_eq!(answer.ok()["mimeType"], expected);
        assert_eq!(get(&app, "a").await.headers["content-type"], expected);
    }
    for bad in ["text", "tëxt/plain"] {
        let request = request(&app, Method::PUT, "b").header("content-type", bad.as_bytes()).body("x");
        let answer = Answer::of(request).await;
        assert_eq!(answer.refusal(), (422, "invalid".into()), "{bad}");
        assert!(answer.error().starts_with("Content-Type: "), "{}", answer.error());
    }
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    let app = start_with(ArtifactLimits { bytes: 10, user_bytes: 25 }).await;
    let large = put(&app, "a", "x".repeat(11)).await;
    assert_eq!(large.refusal(), (413, "artifact_too_large".into()));
    assert!(large.error().contains("10 bytes are allowed"), "{}", large.error());
    // Nor does it help to say nothing of it beforehand.
    let parts = ["12345", "67890", "1"].map(Ok::<_, std::io::Error>);
    let body = reqwest::Body::wrap_stream(futures::stream::iter(parts));
    assert_eq!(put(&app, "a", body).await.refusal(), (413, "artifact_too_large".into()));
    assert!(names(&app, "").await.is_empty());

    for name in ["a", "user:a"] {
        put(&app, name, "x".repeat(10)).await.ok();
    }
    let full = put(&app, "a", "x".repeat(6)).await;
    assert_eq!(full.refusal(), (413, "artifacts_full".into()));
    assert!(full.error().contains("would have 26 bytes; 25 are allowed; remove"), "{}", full.error());
    assert_eq!(delete(&app, "user:a").await.status, 204);
    put(&app, "a", "x".repeat(6)).await.ok();
}

#[tokio::test]
async fn an_artifact_belongs_to_its_session_or_its_user() {
    let app = start().await;
    put(&app, "a", "of the session").await.ok();
    put(&app, "user:a", "of the user").await.ok();
    create(&app, "ann", "t").await;
    create(&app, "bob", "s").await;
    let other = app.get("/api/v1/sessions/t/artifacts").await.ok();
    assert_eq!(other["artifacts"].as_array().unwrap().len(), 1);
    assert_eq!(other["artifacts"][0]["name"], "user:a");
    assert_eq!(app.get("/api/v1/sessions/t/artifacts/user:a").await.text, "of the user");

    for rest in ["a", "a/versions"] {
        assert_eq!(get(&app, rest).await.refusal(), (409, "session_ambiguous".into()));
        assert_eq!(
            get(&app, &format!("{rest}?userId=bob")).await.refusal(),
            (404, "artifact_not_found".into())
        );
        assert_eq!(get(&app, &format!("{rest}?userId=ann&appName=echo")).await.status, 200);
    }
    assert_eq!(get(&app, "a?userId=ann").await.text, "of the session");
    let gone = Answer::of(app.request(Method::DELETE, "/api/v1/sessions/s?userId=ann")).await;
    assert_eq!(gone.status, 204);
    assert_eq!(get(&app, "a").await.refusal(), (404, "artifact_not_found".into()));
    assert_eq!(app.get("/api/v1/sessions/t/artifacts/user:a").await.text, "of the user");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let app = start().await;
    for (method, rest) in [
        (Method::GET, ""),
        (Method::GET, "/artifacts/a"),
        (Method::HEAD, "/artifacts/a"),
        (Method::GET, "/artifacts/a/versions"),
        (Method::PUT, "/artifacts/a"),
        (Method::DELETE, "/artifacts/a"),
    ] {
        let path = format!("/api/v1/sessions/none{}", if rest.is_empty() { "/artifacts" } else { rest });
        let answer = Answer::of(app.request(method.clone(), &path)).await;
        assert_eq!(answer.status, 404, "{method} {path}");
        if method != Method::HEAD {
            assert_eq!(answer.refusal().1, "session_not_found", "{method} {path}");
        }
    }
    for (rest, code) in [
        ("..%2Fa", (422, "invalid")),
        ("a%2F", (422, "invalid")),
        ("user:", (422, "invalid")),
        ("a%00", (422, "invalid")),
        ("a?version=x", (422, "invalid")),
        ("a?version=-1", (422, "invalid")),
        ("a?version=4294967295", (404, "artifact_not_found")),
        ("%FF", (400, "malformed_path")),
        ("a/b", (404, "not_found")),
    ] {
        assert_eq!(get(&app, rest).await.refusal(), (code.0, code.1.into()), "{rest}");
    }
    let numbered = put(&app, "a?version=7", "x").await;
    assert_eq!(numbered.refusal(), (422, "invalid".into()));
    assert!(numbered.error().contains("leave it out"), "{}", numbered.error());
    assert_eq!(put(&app, &"n".repeat(256), "x").await.refusal(), (422, "invalid".into()));
    assert_eq!(app.post(&path("a"), json!({})).await.refusal(), (405, "method_not_allowed".into()));
}

#[tokio::test]
async fn a_host_without_artifacts_says_so() {
    let (app, _registry) = TestApp::start_empty();
    for (method, path) in [
        (Method::GET, "/api/v1/sessions/s/artifacts"),
        (Method::GET, "/api/v1/sessions/s/artifacts/a"),
        (Method::GET, "/api/v1/sessions/s/artifacts/a/versions"),
        (Method::PUT, "/api/v1/sessions/s/artifacts/a"),
        (Method::DELETE, "/api/v1/sessions/s/artifacts/a"),
    ] {
        let answer = Answer::of(app.request(method, path)).await;
        assert_eq!(answer.refusal(), (501, "no_artifacts".into()), "{path}");
    }
}

#[tokio::test]
async fn a_broken_store_is_a_503() {
    let app = start().await;
    put(&app, "a", "x").await.ok();
    app.store.break_now();
    for rest in ["a", "a/versions"] {
        let answer = get(&app, rest).await;
        assert_eq!(answer.refusal(), (503, "store_unavailable".into()));
        assert!(!answer.text.contains(SECRET));
    }
    assert_eq!(put(&app, "a", "x").await.refusal().0, 503);
    assert_eq!(delete(&app, "a").await.refusal().0, 503);
    app.store.mend();
    assert_eq!(get(&app, "a").await.text, "x");
}
