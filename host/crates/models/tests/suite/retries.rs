//! Requests that are made again.

use rak_core::FailureKind;
use serde_json::json;

use crate::server::{Reply, Server};
use crate::support::{ALL_KINDS, Kind, ask, embed, listen, one};

fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"error": {"message": message}}))
}

#[tokio::test]
async fn what_passes_is_asked_again() {
    for kind in ALL_KINDS {
        for trouble in [
            error(429, "slow down").with("retry-after", "0"),
            error(500, "oh"),
            error(529, "overloaded"),
            Reply::Cut(kind.wordless().to_owned()),
            Reply::Events("data: {\"error\": {\"code\": 503, \"message\": \"busy\"}}\n\n".to_owned()),
        ] {
            let whole = Reply::Events(kind.stream().to_owned());
            let server = Server::start([trouble.clone(), trouble.clone(), whole]).await;
            let (response, _) = listen(&one(kind, &server, ""), "one").await;
            assert!(response.is_ok(), "{kind:?} {trouble:?}: {response:?}");
            assert_eq!(server.seen().len(), 3);
        }
    }
}

#[tokio::test]
async fn where_nobody_listens_half_an_answer_is_none() {
    for kind in ALL_KINDS {
        let whole = Reply::Events(kind.stream().to_owned());
        let server = Server::start([Reply::Cut(kind.beginning().to_owned()), whole]).await;
        let response = ask(&one(kind, &server, ""), "one").await.unwrap();
        assert_eq!((response.content.text().as_str(), server.seen().len()), ("Größe 🎈 it is.", 2));
    }
}

#[tokio::test]
async fn it_is_asked_so_often_and_no_more() {
    for (settings, requests) in [("", 3), ("retries = 0", 1), ("retries = 4", 5)] {
        let server = Server::start([error(500, "oh no")]).await;
        let failure = ask(&one(Kind::OpenAi, &server, settings), "one").await.unwrap_err();
        assert_eq!((failure.kind, server.seen().len()), (FailureKind::Unavailable, requests));
        assert_eq!(failure.message, "model \"one\": the provider answered with the status 500: oh no");
    }
}

#[tokio::test]
async fn a_pause_that_is_too_long_is_for_whoever_asked() {
    let server = Server::start([error(429, "later").with("retry-after", "3600")]).await;
    let failure = ask(&one(Kind::OpenAi, &server, ""), "one").await.unwrap_err();
    assert_eq!((failure.kind, failure.retry_after_ms), (FailureKind::RateLimited, Some(3_600_000)));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_pause_that_is_wanted_is_made() {
    let whole = Reply::Events(Kind::OpenAi.stream().to_owned());
    let server = Server::start([error(429, "wait").with("retry-after-ms", "50"), whole]).await;
    let begun = std::time::Instant::now();
    ask(&one(Kind::OpenAi, &server, ""), "one").await.unwrap();
    assert!(begun.elapsed().as_millis() >= 50);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn what_does_not_pass_is_not_asked_again() {
    for (status, kind, code) in [
        (400, FailureKind::InvalidArgument, None),
        (401, FailureKind::Failed, Some("unauthorized")),
        (404, FailureKind::InvalidArgument, None),
    ] {
        let server = Server::start([error(status, "no")]).await;
        let failure = ask(&one(Kind::OpenAi, &server, ""), "one").await.unwrap_err();
        assert_eq!((failure.kind, failure.code.as_deref()), (kind, code));
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn vectors_are_asked_for_again_too() {
    let answer = Reply::json(200, &json!({"data": [{"index": 0, "embedding": [0.5]}]}));
    let server = Server::start([error(503, "busy"), answer]).await;
    assert!(embed(&one(Kind::OpenAi, &server, ""), &["a"]).await.is_ok());
    assert_eq!(server.seen().len(), 2);
}
