//! Answers that are too large, too slow, or not whole.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use rak_core::{FailureKind, HttpClient as _, HttpRequest};

use crate::server::{Reply, Server};
use crate::support::{ask, get, http, post, reaching, read, soon};

#[tokio::test]
async fn an_answer_that_is_too_large_is_given_up() {
    for reply in [
        Reply::text("x".repeat(11)),
        Reply::Pieces(vec![b"12345".to_vec(), b"678901".to_vec()]),
        Reply::Endless(b"12345".to_vec()),
        Reply::Raw(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(11))),
    ] {
        let server = Server::saying(reply.clone()).await;
        let http = http(&format!("max_bytes = 10\n{}", reaching(&server)));
        let failure = ask(&http, get(server.url("/"))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::LimitExceeded, "{reply:?}: {failure}");
        assert!(failure.message.ends_with("is larger than 10 bytes"), "{failure}");
        if matches!(reply, Reply::Endless(_)) {
            soon(server.gone(1)).await;
        }
    }
    let server = Server::saying(Reply::text("x".repeat(10))).await;
    let http = http(&format!("max_bytes = 10\n{}", reaching(&server)));
    assert_eq!(ask(&http, get(server.url("/"))).await.unwrap().body.len(), 10);
}

#[tokio::test]
async fn a_length_that_is_too_large_is_not_waited_for() {
    let server = Server::saying(Reply::Raw("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n".to_owned())).await;
    let http = http(&format!("max_bytes = 10\n{}", reaching(&server)));
    let failure = soon(http.send(get(server.url("/")))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::LimitExceeded);
}

#[tokio::test]
async fn what_is_sent_has_a_bound_too() {
    let server = Server::saying(Reply::text("")).await;
    let http = http(&format!("max_request_bytes = 3\n{}", reaching(&server)));
    assert!(ask(&http, post(server.url("/"), b"abc")).await.is_ok());
    let failure = ask(&http, post(server.url("/"), b"abcd")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::LimitExceeded);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_late_is_given_up() {
    let soon_over = Some(Duration::from_millis(50));
    for (reply, text, timeout) in [
        (Reply::Silence, "", soon_over),
        (Reply::Stall(b"begun".to_vec()), "timeout_ms = 50\n", None),
        (Reply::Stall(b"begun".to_vec()), "timeout_ms = 50\n", Some(Duration::from_hours(1))),
    ] {
        let server = Server::saying(reply).await;
        let http = http(&format!("{text}{}", reaching(&server)));
        let failure = ask(&http, HttpRequest { timeout, ..get(server.url("/")) }).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::DeadlineExceeded);
        assert!(failure.message.ends_with("took longer than 50 ms"), "{failure}");
        soon(server.gone(1)).await;
    }
}

#[tokio::test]
async fn an_answer_that_trickles_is_late_all_the_same() {
    let server = Server::saying(Reply::Endless(b"x".to_vec())).await;
    let http = http(&format!("timeout_ms = 50\n{}", reaching(&server)));
    let failure = ask(&http, get(server.url("/"))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::DeadlineExceeded, "{failure}");
}

#[tokio::test]
async fn a_connection_that_is_cut_off_is_no_end_of_an_answer() {
    for raw in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    ] {
        let server = Server::saying(Reply::Raw(raw.to_owned())).await;
        let http = http(&reaching(&server));
        let mut answer = soon(http.send(get(server.url("/")))).await.unwrap();
        let failure = read(&mut *answer.body).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable, "{raw}");
        let cut = format!("the connection to http://127.0.0.1:{} was cut off: ", server.port);
        assert!(failure.message.starts_with(&cut), "{failure}");
        // It is not over the next time.
        assert_eq!(soon(answer.body.next()).await, Err(failure));
    }
    for raw in
        ["", "HTTP/1.1 2", "nonsense\r\n\r\n", "HTTP/1.1 101 Upgraded\r\n\r\n", "HTTP/1.1 600 What\r\n\r\n"]
    {
        let server = Server::saying(Reply::Raw(raw.to_owned())).await;
        let failure = ask(&http(&reaching(&server)), get(server.url("/?key=secret"))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable, "{raw}");
        assert!(!failure.message.contains("secret"), "{failure}");
    }
}

#[tokio::test]
async fn an_answer_ends_once_and_for_all() {
    let server = Server::saying(Reply::Pieces(vec![b"ab".to_vec(), b"c".to_vec()])).await;
    let http = http(&reaching(&server));
    let mut answer = soon(http.send(get(server.url("/")))).await.unwrap();
    assert_eq!(read(&mut *answer.body).await.unwrap(), b"abc");
    assert_eq!(soon(answer.body.next()).await, Ok(None));
    assert_eq!(soon(answer.body.next()).await, Ok(None));
}

#[tokio::test]
async fn many_ask_at_once() {
    let server = Server::start(|seen| Reply::text(seen.target.clone())).await;
    let http = Arc::new(http(&reaching(&server)));
    let asked = (0..50).map(|number| {
        let (http, url) = (http.clone(), server.url(&format!("/{number}")));
        async move { (number, ask(&http, get(url)).await) }
    });
    for (number, answer) in join_all(asked).await {
        assert_eq!(answer.unwrap().body, format!("/{number}"));
    }
}
