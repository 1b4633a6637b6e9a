//! Requests that are made again.

use rak_core::{FailureKind, ModelPrompt, Models as _};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::support::{ALL_KINDS, Kind, ask, embed, hello, listen, one, request, soon};

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
            Reply::Events(format!("{}data: {{\"cho\n\n", kind.wordless())),
            Reply::Whole(200, Vec::new(), "text/html", "<html>".to_owned()),
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
async fn an_answer_that_does_not_satisfy_its_schema_is_asked_for_again() {
    let answer = |text: &str| {
        let choice = json!({"delta": {"content": text}, "finish_reason": "stop"});
        Reply::Events(format!("data: {}\n\n", json!({"choices": [choice]})))
    };
    let prompt =
        ModelPrompt { response_schema: Some(json!({"type": "object", "required": ["mood"]})), ..hello() };
    let replies = [answer("good"), answer("{}"), answer("{\"mood\": \"good\"}")];
    let server = Server::start(replies.clone()).await;
    let models = one(Kind::OpenAi, &server, "");
    let response = soon(models.complete(request("one", prompt.clone()), None)).await.unwrap();
    assert_eq!((response.content.text().as_str(), server.seen().len()), ("{\"mood\": \"good\"}", 3));

    let server = Server::start(replies).await;
    let models = one(Kind::OpenAi, &server, "");
    let failure = soon(models.complete(request("one", prompt), Some(&|_| {}))).await.unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("invalid_response"));
    assert_eq!(server.seen().len(), 1, "what was told cannot be taken back");
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
