//! What is sent.

use rak_core::{FailureKind, HttpRequest};

use crate::server::{Reply, Server};
use crate::support::{ask, get, http, post, reaching, with_headers};

#[tokio::test]
async fn a_request_is_sent_as_it_was_asked_for() {
    let server = Server::saying(Reply::Whole(
        404,
        vec![("X-One", "1".to_owned()), ("X-ONE", "größer".to_owned())],
        b"not here".to_vec(),
    ))
    .await;
    let http = http(&reaching(&server));
    let request = HttpRequest { method: "PATCH".to_owned(), ..post(server.url("/a%20b?c=d#e"), b"text") };
    let answer = ask(&http, with_headers(request, &[("X-A", "1"), ("x-a", "2")])).await.unwrap();
    assert_eq!((answer.head.status, answer.body.as_str()), (404, "not here"));
    let ones: Vec<_> = answer.head.headers.iter().filter(|(name, _)| name == "x-one").collect();
    assert_eq!(ones.len(), 2);
    assert_eq!(ones[1].1, "größer");
    let seen = server.seen().pop().unwrap();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("PATCH", "/a%20b?c=d"));
    assert_eq!(seen.body, b"text");
    let own: Vec<_> = seen.headers.iter().filter(|(name, _)| name == "x-a").map(|(_, value)| value).collect();
    assert_eq!(own, ["1", "2"]);
    assert!(seen.header("user-agent").unwrap().starts_with("rak/"));
    assert_eq!(seen.header("accept-encoding"), None);
}

#[tokio::test]
async fn bytes_are_given_as_they_come() {
    let gzip = [("Content-Encoding", "gzip".to_owned())];
    let server = Server::saying(Reply::Whole(200, gzip.into(), b"not decoded".to_vec())).await;
    let http = http(&reaching(&server));
    let request = with_headers(get(server.url("/")), &[("accept-encoding", "gzip"), ("user-agent", "me")]);
    let answer = ask(&http, request).await.unwrap();
    assert_eq!((answer.header("content-encoding"), answer.body.as_str()), (Some("gzip"), "not decoded"));
    let seen = server.seen().pop().unwrap();
    assert_eq!((seen.header("accept-encoding"), seen.header("user-agent")), (Some("gzip"), Some("me")));
}

#[tokio::test]
async fn a_head_has_no_body_whatever_its_length() {
    let server = Server::saying(Reply::text("x".repeat(100))).await;
    let http = http(&format!("max_bytes = 10\n{}", reaching(&server)));
    let answer = ask(&http, HttpRequest { method: "HEAD".to_owned(), ..get(server.url("/")) }).await.unwrap();
    assert_eq!((answer.header("content-length"), answer.body.as_str()), (Some("100"), ""));
}

#[tokio::test]
async fn a_body_that_is_empty_says_so() {
    let server = Server::saying(Reply::text("")).await;
    let http = http(&reaching(&server));
    ask(&http, post(server.url("/"), b"")).await.unwrap();
    ask(&http, get(server.url("/"))).await.unwrap();
    let seen = server.seen();
    assert_eq!((seen[0].header("content-length"), seen[1].header("content-length")), (Some("0"), None));
}

#[tokio::test]
async fn nobody_sends_a_second_request_within_one() {
    let server = Server::saying(Reply::text("")).await;
    let http = http(&reaching(&server));
    for (name, value) in [
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "0"),
        ("content-length", "5"),
        ("Connection", "upgrade"),
        ("Upgrade", "websocket"),
        ("Host", "elsewhere.example"),
        ("Proxy-Connection", "keep-alive"),
        ("X-A\r\nTransfer-Encoding", "chunked"),
        ("X-A: 1\r\nX-B", "1"),
        ("X-A", "1\r\nTransfer-Encoding: chunked"),
        ("X-A", "1\n\nGET / HTTP/1.1"),
        ("X-A ", "1"),
    ] {
        let request =
            with_headers(post(server.url("/"), b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"), &[(name, value)]);
        let failure = ask(&http, request).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidArgument, "{name}: {failure}");
    }
    for method in ["GET / HTTP/1.1\r\nX: ", "GET\r\n", "CONNECT", "TRACE", "get"] {
        let failure = ask(&http, HttpRequest { method: method.to_owned(), ..get(server.url("/")) }).await;
        assert_eq!(failure.unwrap_err().kind, FailureKind::InvalidArgument, "{method:?}");
    }
    assert_eq!(server.connections(), 0);
    // An address is written so that it stays on its line.
    ask(&http, get(server.url("/a\r\nX-B: 1 b"))).await.unwrap();
    assert_eq!(server.seen().pop().unwrap().target, "/aX-B:%201%20b");
}
