//! Providers that are silent, break off, or talk nonsense.

use rak_core::{FailureKind, Models as _};
use serde_json::json;
use tokio::net::TcpListener;

use crate::server::{Reply, Server};
use crate::support::{ALL_KINDS, Kind, ask, embed, hello, listen, one, request, soon};

const ONCE: &str = "retries = 0\n";

#[tokio::test]
async fn an_answer_that_breaks_off_is_unavailable() {
    for kind in ALL_KINDS {
        for reply in [
            Reply::Cut(kind.beginning().to_owned()),
            Reply::Cut(String::new()),
            Reply::Events(kind.beginning().to_owned()),
            Reply::Events(String::new()),
        ] {
            let server = Server::start([reply.clone()]).await;
            let failure = ask(&one(kind, &server, ONCE), "one").await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::Unavailable, "{kind:?} {reply:?}: {failure}");
            assert!(failure.message.starts_with("model \"one\": the "), "{failure}");
        }
    }
}

#[tokio::test]
async fn nonsense_is_an_invalid_response() {
    for kind in ALL_KINDS {
        for reply in [
            Reply::Events(format!("{}data: {{\"cho\n\n", kind.beginning())),
            Reply::Events("<html>\n\n".to_owned()),
            Reply::Whole(200, Vec::new(), "text/html", "<html>".to_owned()),
        ] {
            let server = Server::start([reply]).await;
            let failure = ask(&one(kind, &server, ONCE), "one").await.unwrap_err();
            let code = failure.code.as_deref();
            assert_eq!((failure.kind, code), (FailureKind::Failed, Some("invalid_response")), "{failure}");
            assert_eq!(server.seen().len(), 1);
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    let value = json!({"choices": [{"delta": {"content": "x".repeat(1000)}}]});
    let large = json!({"data": "x".repeat(20_000)});
    for reply in [
        Reply::Endless(format!("data: {value}\n\n")),
        Reply::Endless(": a comment\n\n".repeat(50)),
        Reply::Endless("data: one line without an end".repeat(50)),
        Reply::json(200, &large),
    ] {
        let server = Server::start([reply]).await;
        let failure =
            ask(&one(Kind::OpenAi, &server, "max_response_bytes = 10000"), "one").await.unwrap_err();
        let code = failure.code.as_deref();
        assert_eq!((failure.kind, code), (FailureKind::LimitExceeded, Some("response_too_large")));
        assert!(failure.message.contains("larger than 10000 bytes"), "{failure}");
        assert_eq!(server.seen().len(), 1);
    }
    let server = Server::start([Reply::json(200, &large)]).await;
    let failure = embed(&one(Kind::OpenAi, &server, "max_response_bytes = 10000"), &["a"]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::LimitExceeded);
}

#[tokio::test]
async fn what_is_said_of_an_error_is_bounded() {
    let large = Reply::Whole(400, Vec::new(), "text/plain", "x".repeat(1 << 20));
    let server = Server::start([large]).await;
    let failure = ask(&one(Kind::OpenAi, &server, ""), "one").await.unwrap_err();
    assert!(failure.message.len() < 3000, "{}", failure.message.len());
}

#[tokio::test]
async fn silence_has_an_end() {
    for kind in ALL_KINDS {
        for (reply, settings, reason) in [
            (Reply::Silence, "idle_timeout_ms = 5000", "the provider was silent for 5000 ms"),
            (
                Reply::Stall(kind.beginning().to_owned()),
                "idle_timeout_ms = 5000",
                "the provider was silent for 5000 ms",
            ),
            (Reply::Stall(String::new()), "timeout_ms = 4000", "it took longer than 4000 ms"),
        ] {
            let server = Server::start([reply]).await;
            let models = one(kind, &server, &format!("{ONCE}{settings}"));
            let asked = models.complete(request("one", hello()), None);
            // Time stands still until the provider is silent, and then goes on as soon as nothing else does.
            let stalled = async {
                soon(server.waiting(1)).await;
                tokio::time::pause();
            };
            let (answered, ()) = tokio::join!(asked, stalled);
            tokio::time::resume();
            let failure = answered.unwrap_err();
            assert_eq!(failure.kind, FailureKind::DeadlineExceeded, "{failure}");
            assert!(failure.message.ends_with(reason), "{failure}");
            soon(server.gone(1)).await;
        }
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let text = format!("[one]\nprovider = 'openai'\nmodel = 'm'\nbase_url = 'http://127.0.0.1:{port}/v1'");
    let failure = ask(&crate::support::models(&text), "one").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("the provider cannot be reached: Connection refused"), "{failure}");
    assert!(!failure.message.contains(&port.to_string()), "an address may have a key in it: {failure}");
}

#[tokio::test]
async fn nobody_is_followed_elsewhere() {
    let other = Server::start([Reply::Events(Kind::OpenAi.stream().to_owned())]).await;
    let location = format!("http://127.0.0.1:{}/v1/chat/completions", other.port);
    let server = Server::start([Reply::json(307, &json!({})).with("location", location)]).await;
    let failure = ask(&one(Kind::OpenAi, &server, ""), "one").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Failed, "{failure}");
    assert!(other.seen().is_empty(), "a key is for who it was given for");
}

#[tokio::test]
async fn what_was_told_stays_told() {
    for kind in ALL_KINDS {
        let whole = Reply::Events(kind.stream().to_owned());
        let server = Server::start([Reply::Cut(kind.beginning().to_owned()), whole]).await;
        let (response, told) = listen(&one(kind, &server, ""), "one").await;
        assert_eq!(response.unwrap_err().kind, FailureKind::Unavailable, "{kind:?}");
        assert_eq!((told.len(), server.seen().len()), (1, 1), "{kind:?}");
    }
}
