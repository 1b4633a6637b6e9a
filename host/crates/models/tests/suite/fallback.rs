//! Models that are asked in the place of others.

use rak_core::{FailureKind, ModelPrompt, Models as _};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::support::{Kind, ask, embed, hello, listen, models, request, soon};

fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"error": {"message": message}}))
}

/// A first model, and one that is asked in its place; both once.
fn both(first: &Server, second: &Server) -> rak_models::ProviderModels {
    let (first, second) = (Kind::OpenAi.model(first), Kind::Anthropic.model(second));
    models(&format!(
        "default = 'one'\n[one]\n{first}retries = 0\nfallback = ['two']\n[two]\n{second}retries = 0\nprice = {{output = 1.0}}"
    ))
}

fn whole(kind: Kind) -> Reply {
    Reply::Events(kind.stream().to_owned())
}

#[tokio::test]
async fn another_model_answers_where_the_first_does_not() {
    for trouble in [
        error(500, "oh"),
        error(429, "later").with("retry-after", "3600"),
        Reply::Cut(Kind::OpenAi.wordless().to_owned()),
        Reply::Events(format!("{}data: {{\"cho\n\n", Kind::OpenAi.wordless())),
        Reply::Whole(200, Vec::new(), "text/html", "<html>".to_owned()),
    ] {
        let (first, second) = (Server::start([trouble]).await, Server::start([whole(Kind::Anthropic)]).await);
        let (response, told) = listen(&both(&first, &second), "one").await;
        let response = response.unwrap();
        assert_eq!(response.model, "claude-sonnet-4-5-20250929");
        assert_eq!(response.usage.cost_micros, 45, "it costs what the model costs that answered");
        assert!(!told.is_empty());
        assert_eq!((first.seen().len(), second.seen().len()), (1, 1));
    }
}

#[tokio::test]
async fn another_model_answers_where_the_first_does_not_satisfy_the_schema() {
    let choice = json!({"delta": {"content": "good"}, "finish_reason": "stop"});
    let wrong = Reply::Events(format!("data: {}\n\n", json!({"choices": [choice]})));
    let (first, second) = (Server::start([wrong]).await, Server::start([whole(Kind::Anthropic)]).await);
    let prompt = ModelPrompt { response_schema: Some(json!({"type": "object"})), ..hello() };
    let models = both(&first, &second);
    let response = soon(models.complete(request("one", prompt), None)).await.unwrap();
    assert_eq!(response.model, "claude-sonnet-4-5-20250929");
    assert_eq!((first.seen().len(), second.seen().len()), (1, 1));
}

#[tokio::test]
async fn a_request_that_is_refused_is_refused() {
    let (first, second) =
        (Server::start([error(400, "no")]).await, Server::start([whole(Kind::Anthropic)]).await);
    let failure = ask(&both(&first, &second), "one").await.unwrap_err();
    assert_eq!((failure.kind, second.seen().len()), (FailureKind::InvalidArgument, 0));
}

#[tokio::test]
async fn nobody_goes_on_with_what_another_model_began() {
    let cut = Reply::Cut(Kind::OpenAi.beginning().to_owned());
    let (first, second) = (Server::start([cut]).await, Server::start([whole(Kind::Anthropic)]).await);
    let models = both(&first, &second);
    let (response, told) = listen(&models, "one").await;
    assert_eq!(response.unwrap_err().kind, FailureKind::Unavailable);
    assert_eq!((told.len(), second.seen().len()), (1, 0));
    assert!(ask(&models, "one").await.is_ok(), "where nobody listens, nothing was begun");
}

#[tokio::test]
async fn where_all_fail_each_is_quoted() {
    let first = Server::start([error(429, "later").with("retry-after", "3600")]).await;
    let second = Server::start([error(529, "busy").with("retry-after", "7200")]).await;
    let failure = ask(&both(&first, &second), "one").await.unwrap_err();
    assert_eq!((failure.kind, failure.retry_after_ms), (FailureKind::Unavailable, Some(3_600_000)));
    assert_eq!(
        failure.message,
        "model \"one\": the provider answered with the status 429: later; \
         model \"two\": the provider answered with the status 529: busy"
    );
}

#[tokio::test]
async fn vectors_are_of_one_model() {
    let (first, second) =
        (Server::start([error(500, "oh")]).await, Server::start([whole(Kind::Anthropic)]).await);
    let failure = embed(&both(&first, &second), &["a"]).await.unwrap_err();
    assert_eq!((failure.kind, second.seen().len()), (FailureKind::Unavailable, 0));
}
