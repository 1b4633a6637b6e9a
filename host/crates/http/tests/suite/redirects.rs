//! Answers that lead on.

use rak_core::{FailureKind, HttpRequest};

use crate::server::{Reply, Server};
use crate::support::{ask, get, http, post, reaching, with_headers};

#[tokio::test]
async fn an_answer_leads_on() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/a?b" => Reply::to(302, "c/d#e"),
        "/c/d" => Reply::to(307, "/f"),
        _ => Reply::text("here"),
    })
    .await;
    let http = http(&reaching(&server));
    let answer = ask(&http, get(server.url("/a?b"))).await.unwrap();
    assert_eq!((answer.head.url, answer.body.as_str()), (server.url("/f"), "here"));
    let still = HttpRequest { follow_redirects: false, ..get(server.url("/a?b")) };
    let answer = ask(&http, still).await.unwrap();
    assert_eq!((answer.head.status, answer.header("location")), (302, Some("c/d#e")));
    assert_eq!(answer.head.url, server.url("/a?b"));
}

#[tokio::test]
async fn what_leads_nowhere_is_an_answer() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/none" => Reply::Whole(302, Vec::new(), b"none".to_vec()),
        "/broken" => Reply::to(302, "http://["),
        "/choices" => Reply::to(300, "/elsewhere"),
        _ => Reply::to(304, "/elsewhere"),
    })
    .await;
    let http = http(&reaching(&server));
    for (path, status) in [("/none", 302), ("/broken", 302), ("/choices", 300), ("/same", 304)] {
        assert_eq!(ask(&http, get(server.url(path))).await.unwrap().head.status, status);
    }
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_request_is_sent_on_as_its_status_says() {
    let server = Server::start(|seen| match seen.target.trim_start_matches('/').parse() {
        Ok(status) => Reply::to(status, "/end"),
        Err(_) => Reply::text("end"),
    })
    .await;
    let http = http(&reaching(&server));
    for (status, method, body) in
        [(301, "GET", ""), (302, "GET", ""), (303, "GET", ""), (307, "POST", "text"), (308, "POST", "text")]
    {
        ask(&http, post(server.url(&format!("/{status}")), b"text")).await.unwrap();
        let last = server.seen().pop().unwrap();
        assert_eq!((last.target.as_str(), last.method.as_str()), ("/end", method), "{status}");
        assert_eq!(String::from_utf8(last.body).unwrap(), body, "{status}");
    }
}

#[tokio::test]
async fn each_step_is_checked_as_the_first_one() {
    let other = Server::saying(Reply::text("secret")).await;
    let port = other.port;
    let server =
        Server::start(move |seen| Reply::to(302, seen.target.strip_prefix('/').unwrap().to_owned())).await;
    let http = http(&reaching(&server));
    for to in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("//127.0.0.1:{port}"),
        format!("http://[::1]:{port}/"),
        format!("http://a.example:{port}/"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://a.example/".to_owned(),
        "http://user:secret@a.example/".to_owned(),
    ] {
        let failure = ask(&http, get(server.url(&format!("/{to}")))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied, "{to}: {failure}");
        let from = format!("http://127.0.0.1:{} leads on: ", server.port);
        assert!(failure.message.starts_with(&from) && !failure.message.contains("secret"), "{to}: {failure}");
    }
    let mut request = get(server.url(&format!("/http://b.example:{}/", server.port)));
    request.allowed = [format!("http://127.0.0.1:{}", server.port).parse().unwrap()].into();
    let failure = ask(&http, request).await.unwrap_err();
    assert!(failure.message.contains("b.example") && failure.message.contains("agent.toml"), "{failure}");
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn what_is_for_one_place_does_not_go_to_another() {
    let other = Server::saying(Reply::text("other")).await;
    let port = other.port;
    let server = Server::start(move |seen| match seen.target.as_str() {
        "/here" => Reply::text("here"),
        "/stay" => Reply::to(307, "/here"),
        _ => Reply::to(307, format!("http://127.0.0.1:{port}/")),
    })
    .await;
    let http = http("private = ['127.0.0.1']");
    let own = [("authorization", "mine"), ("cookie", "c=1"), ("x-own", "1")];
    ask(&http, with_headers(get(server.url("/stay")), &own)).await.unwrap();
    let stayed = server.seen().pop().unwrap();
    assert_eq!((stayed.target.as_str(), stayed.header("authorization")), ("/here", Some("mine")));
    assert_eq!(ask(&http, with_headers(get(server.url("/go")), &own)).await.unwrap().body, "other");
    let there = other.seen().pop().unwrap();
    assert_eq!((there.header("authorization"), there.header("cookie")), (None, None));
    assert_eq!(there.header("x-own"), Some("1"));
    assert_eq!(there.header("host"), Some(&*format!("127.0.0.1:{port}")));
    assert_eq!(there.header("referer"), None);
}

#[tokio::test]
async fn a_circle_has_an_end() {
    let server = Server::saying(Reply::to(302, "/")).await;
    let http = http(&reaching(&server));
    let failure = ask(&http, get(server.url("/"))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::LimitExceeded);
    assert!(failure.message.contains("leads on for the 11th time"), "{failure}");
    assert_eq!(server.seen().len(), 11);
}
