//! Agents put in place by a form.

use std::time::Duration;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use tokio::io::AsyncWriteExt as _;
use tower::ServiceExt as _;

use crate::support::deployments::digest;
use crate::support::raw::RawClient;
use crate::support::{Answer, FakeRegistry, TestApp};

const PATH: &str = "/api/v1/agents/echo";

async fn put(app: &TestApp, form: Form) -> Answer {
    Answer::of(app.request(Method::PUT, PATH).multipart(form)).await
}

/// A form as it is written, with `\n` for the ends of lines and `B` for the boundary.
async fn put_text(app: &TestApp, text: &str) -> Answer {
    let request = app.request(Method::PUT, PATH);
    let request = request.header("content-type", "multipart/form-data; boundary=B");
    Answer::of(request.body(text.replace('\n', "\r\n"))).await
}

fn part(name: &str, body: &str) -> String {
    format!("--B\nContent-Disposition: form-data; name=\"{name}\"\n\n{body}\n")
}

fn state(registry: &FakeRegistry) -> (String, String) {
    (registry.component("echo").unwrap(), registry.manifest("echo"))
}

#[tokio::test]
async fn a_form_has_a_component_a_manifest_or_both_in_any_order() {
    let (app, registry) = TestApp::start_empty();
    let file = Part::bytes(b"one".as_slice()).file_name("a.wasm").mime_str("application/wasm").unwrap();
    let form = Form::new().part("component", file).text("manifest", "a = 1");
    assert_eq!(put(&app, form).await.status.as_u16(), 201);
    assert_eq!(state(&registry), ("one".into(), "a = 1".into()));
    put(&app, Form::new().text("manifest", "a = 2").text("component", "two")).await.ok();
    assert_eq!(state(&registry), ("two".into(), "a = 2".into()));
    put(&app, Form::new().text("manifest", "a = 3")).await.ok();
    assert_eq!(state(&registry), ("two".into(), "a = 3".into()));
    put(&app, Form::new().text("component", "four")).await.ok();
    assert_eq!(state(&registry), ("four".into(), String::new()));
    // One that is empty is a manifest, too.
    put(&app, Form::new().text("manifest", "")).await.ok();
    assert_eq!(state(&registry), ("four".into(), String::new()));
}

#[tokio::test]
async fn a_large_component_passes_through_a_form() {
    let (app, registry) = TestApp::start_empty_with(|settings| settings.max_body_bytes = 1000);
    // Line ends and dashes on the way, as if the end of the part had come.
    let component = "\r\n--B\r\n-- \r\r\n".repeat((1 << 20) / 13);
    let form = Form::new().text("component", component.clone()).text("manifest", "m".repeat(256 << 10));
    let query = format!("{PATH}?digest={}", digest(component.as_bytes()));
    Answer::of(app.request(Method::PUT, &query).multipart(form)).await.ok();
    assert!(registry.component("echo").unwrap() == component);
    assert_eq!(registry.manifest("echo").len(), 256 << 10);
    let too_large = Form::new().text("component", "x".repeat((1 << 20) + 1));
    assert_eq!(put(&app, too_large).await.refusal(), (413, "component_too_large".into()));
    let too_large = Form::new().text("manifest", "m".repeat((256 << 10) + 1));
    assert_eq!(put(&app, too_large).await.refusal(), (413, "manifest_too_large".into()));
}

#[tokio::test]
async fn a_form_with_other_parts_is_refused() {
    let (app, registry) = TestApp::start_empty();
    put(&app, Form::new().text("component", "one")).await.ok();
    let twice = |name: &'static str| Form::new().text(name, "two").text(name, "three");
    for (form, words) in [
        (Form::new().text("componnet", "two"), "a part named \"componnet\""),
        (Form::new().text("component", "two").text("x".repeat(1000), "three"), "xxxx\"; it may have"),
        (twice("component"), "two parts named component"),
        (twice("manifest"), "two parts named manifest"),
        (Form::new().text("component", ""), "component is empty"),
        (Form::new().text("manifest", "m").text("component", ""), "component is empty"),
        (Form::new().part("manifest", Part::bytes(b"a\xff".as_slice())), "not UTF-8: see byte 1"),
    ] {
        let refused = put(&app, form).await;
        assert_eq!(refused.refusal(), (422, "invalid".into()), "{words}");
        assert!(refused.error().contains(words), "{}", refused.error());
        assert!(refused.text.len() < 300, "{}", refused.text);
    }
    let none = put_text(&app, "--B--\n").await;
    assert_eq!(none.refusal(), (422, "invalid".into()));
    assert!(none.error().contains("no part"), "{}", none.error());
    let unnamed = put_text(&app, "--B\nContent-Disposition: form-data\n\ntwo\n--B--\n").await;
    assert_eq!(unnamed.refusal(), (422, "invalid".into()));
    assert_eq!(registry.component("echo").unwrap(), "one");
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let (app, registry) = TestApp::start_empty();
    put_text(&app, &format!("before\n{}{}--B--\nafter", part("component", "one"), part("manifest", "m")))
        .await
        .ok();
    for text in [
        String::new(),
        "two".into(),
        "--B".into(),
        "--B\n".into(),
        "--B\nnonsense\n\ntwo\n--B--\n".into(),
        part("component", "two"),
        format!("{}--B", part("component", "two")),
        format!("{}--C--\n", part("component", "two")),
    ] {
        assert_eq!(put_text(&app, &text).await.refusal(), (400, "malformed_form".into()), "{text:?}");
    }
    let many = format!("--B\nX: {}\n\ntwo\n--B--\n", "x".repeat(1 << 20));
    assert_eq!(put_text(&app, &many).await.refusal(), (400, "malformed_form".into()));
    let long = format!("{}--B--\n{}", part("component", "two"), "x".repeat(1 << 20));
    assert_eq!(put_text(&app, &long).await.refusal(), (400, "malformed_form".into()));
    for (kind, status, code) in [
        ("multipart/form-data", 400, "malformed_form"),
        ("multipart/form-data; boundary=", 400, "malformed_form"),
        ("multipart/mixed; boundary=B", 415, "unsupported_media_type"),
    ] {
        let request = app.request(Method::PUT, PATH).header("content-type", kind).body("two");
        assert_eq!(Answer::of(request).await.refusal(), (status, code.into()), "{kind}");
    }
    assert_eq!(registry.component("echo").unwrap(), "one");
}

#[tokio::test]
async fn a_form_that_breaks_off_changes_nothing() {
    let (app, registry) = TestApp::start_empty();
    put(&app, Form::new().text("component", "one")).await.ok();
    let whole = format!("{}--B--\n", part("component", "two")).replace('\n', "\r\n");
    // In the midst of a part, and where the form is at its end but the body is not.
    for (given_up, sent) in [(1, &whole[..whole.len() - 12]), (2, whole.as_str())] {
        let mut client = RawClient::connect(app.address).await;
        client
            .send(&format!(
                "PUT {PATH} HTTP/1.1\r\nHost: {}\r\nContent-Type: multipart/form-data; boundary=B\r\n\
                 Content-Length: {}\r\n\r\n{sent}",
                app.address,
                whole.len() + 1
            ))
            .await;
        client.stream.shutdown().await.unwrap();
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("incomplete_body"), "{answer}");
        registry.has_given_up(given_up).await;
    }
    assert_eq!(registry.component("echo").unwrap(), "one");
}

#[tokio::test]
async fn a_form_may_not_pause_long() {
    let (app, registry) =
        TestApp::start_empty_with(|settings| settings.body_timeout = Duration::from_millis(50));
    let mut client = RawClient::connect(app.address).await;
    client
        .send(&format!(
            "PUT {PATH} HTTP/1.1\r\nHost: {}\r\nContent-Type: multipart/form-data; boundary=B\r\n\
             Content-Length: 1000\r\n\r\n--B\r\nContent-Disp",
            app.address
        ))
        .await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 408"), "{head}");
    registry.has_given_up(1).await;
}

#[tokio::test]
async fn a_form_that_is_there_at_once_is_read_piece_by_piece() {
    let (app, registry) = TestApp::start_empty();
    let component = "x".repeat(1 << 20);
    let form = format!("{}--B--\n", part("component", &component)).replace('\n', "\r\n").into_bytes();
    // No chunk has to be waited for, and together they are more than the parser may hold.
    let pieces: Vec<_> = form.chunks(32 << 10).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    let body = axum::body::Body::from_stream(futures::stream::iter(pieces));
    let request = axum::http::Request::put(PATH).header("content-type", "multipart/form-data; boundary=B");
    let router = rak_server::create_router_with(app.state.clone());
    let response = router.oneshot(request.body(body).unwrap()).await.unwrap();
    assert_eq!(response.status(), 201);
    assert!(registry.component("echo").unwrap() == component);
}

#[tokio::test]
async fn a_form_is_read_however_it_is_cut() {
    let (app, registry) = TestApp::start_empty();
    let whole = format!("{}{}--B--\n", part("manifest", "m\n--"), part("component", "one\n-\n--\n--b"));
    let whole = whole.replace('\n', "\r\n");
    let cut = whole.as_bytes().chunks(1).map(<[u8]>::to_vec).map(Ok::<_, std::io::Error>);
    let body = reqwest::Body::wrap_stream(futures::stream::iter(cut.collect::<Vec<_>>()));
    let request = app.request(Method::PUT, PATH).header("content-type", "multipart/form-data; boundary=B");
    Answer::of(request.body(body)).await.ok();
    assert_eq!(state(&registry), ("one\r\n-\r\n--\r\n--b".into(), "m\r\n--".into()));
}
