//! What is asked and answered where all is well.

use rak_core::{FailureKind, FinishReason, ModelDelta, Models as _, Part};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::support::{ALL_KINDS, KEY, Kind, ask, embed, hello, listen, models, one, request, soon};

#[tokio::test]
async fn an_answer_is_told_as_it_comes_and_the_same_without() {
    for kind in ALL_KINDS {
        let server = Server::start([Reply::Events(kind.stream().to_owned())]).await;
        let models = one(kind, &server, "");
        let (response, told) = listen(&models, "one").await;
        let response = response.unwrap();
        assert_eq!(response.content.text(), "Größe 🎈 it is.", "{kind:?}");
        assert_eq!(response.finish, FinishReason::FunctionCalls, "{kind:?}");
        let usage = &response.usage;
        assert_eq!((usage.output_tokens, usage.cached_tokens), (45, 100), "{kind:?}");
        let texts = told.iter().filter_map(|delta| match delta {
            ModelDelta::Text(text) => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(texts.collect::<Vec<_>>(), ["Größe ", "🎈 it is."], "{kind:?}");
        let thoughts = told.iter().filter(|delta| matches!(delta, ModelDelta::Thought(_))).count();
        let calls = response.content.parts.iter().filter_map(|part| match part {
            Part::FunctionCall(call) => Some(call.name.as_str()),
            _ => None,
        });
        assert_eq!((thoughts, calls.collect::<Vec<_>>()), (2, vec!["weather", "time"]), "{kind:?}");
        assert_eq!(ask(&models, "one").await.unwrap(), response, "{kind:?}");
    }
}

#[tokio::test]
async fn a_request_has_its_place_and_its_key() {
    for (kind, line, key) in [
        (Kind::OpenAi, "POST /v1/chat/completions HTTP", format!("authorization: Bearer {KEY}")),
        (Kind::Anthropic, "POST /v1/messages HTTP", format!("x-api-key: {KEY}")),
        (
            Kind::Gemini,
            "POST /v1/models/small-1:streamGenerateContent?alt=sse HTTP",
            format!("x-goog-api-key: {KEY}"),
        ),
    ] {
        let server = Server::start([Reply::Events(kind.stream().to_owned())]).await;
        let models = one(kind, &server, "headers = {x-team = 'rak'}\noptions = {seed = 7}");
        ask(&models, "one").await.unwrap();
        let seen = server.seen().remove(0);
        assert!(seen.head.starts_with(line), "{}", seen.head);
        assert!(seen.head.contains(&key) && seen.head.contains("x-team: rak"), "{}", seen.head);
        assert_eq!(seen.body["seed"], 7);
    }
}

#[tokio::test]
async fn a_header_of_the_operator_wins() {
    let server = Server::start([Reply::Events(Kind::Anthropic.stream().to_owned())]).await;
    let models = one(Kind::Anthropic, &server, "headers = {anthropic-version = '2099-01-01'}");
    ask(&models, "one").await.unwrap();
    let head = server.seen().remove(0).head;
    assert!(head.contains("anthropic-version: 2099-01-01") && !head.contains("2023"), "{head}");
}

#[tokio::test]
async fn an_answer_costs_what_the_price_says() {
    for (kind, cost) in [(Kind::OpenAi, 12_000), (Kind::Anthropic, 12_500), (Kind::Gemini, 12_000)] {
        let server = Server::start([Reply::Events(kind.stream().to_owned())]).await;
        let models = one(kind, &server, "price = {input = 100.0, output = 200.0, cached = 10.0}");
        assert_eq!(ask(&models, "one").await.unwrap().usage.cost_micros, cost, "{kind:?}");
    }
}

#[tokio::test]
async fn an_answer_whose_cost_nobody_says_is_not_free() {
    let choice = json!({"delta": {"content": "good day"}, "finish_reason": "stop"});
    let answer = Reply::Events(format!("data: {}\n\n", json!({"choices": [choice]})));
    let server = Server::start([answer]).await;
    let models = one(Kind::OpenAi, &server, "price = {input = 100.0, output = 200.0}");
    let usage = ask(&models, "one").await.unwrap().usage;
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.cost_micros), (2, 2, 600));
}

#[tokio::test]
async fn a_server_that_does_not_stream_answers_too() {
    let choice =
        json!({"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"});
    let server = Server::start([Reply::json(200, &json!({"model": "m", "choices": [choice]}))]).await;
    let (response, told) = listen(&one(Kind::OpenAi, &server, "options = {stream = false}"), "one").await;
    assert_eq!(response.unwrap().content.text(), "hi");
    assert_eq!(told, [ModelDelta::Text("hi".to_owned())]);
    assert_eq!(server.seen()[0].body["stream"], false);
}

#[tokio::test]
async fn an_answer_satisfies_its_schema_or_is_invalid() {
    let answer = |text: &str, reason: &str| {
        let choice = json!({"delta": {"content": text}, "finish_reason": reason});
        Reply::Events(format!("data: {}\n\n", json!({"choices": [choice]})))
    };
    let server = Server::start([
        answer("{\"mood\": \"good\"}", "stop"),
        answer("```json\n{\"mood\": \"good\"}\n```\n", "stop"),
        answer("{}", "stop"),
        answer("good", "stop"),
        answer("{\"mood\":", "length"),
    ])
    .await;
    let models = one(Kind::OpenAi, &server, "retries = 0");
    let mut prompt = hello();
    prompt.response_schema = Some(json!({"type": "object", "required": ["mood"]}));
    let asked = || soon(models.complete(request("one", prompt.clone()), None));
    for _ in ["plain", "fenced"] {
        assert_eq!(asked().await.unwrap().content.text(), "{\"mood\": \"good\"}");
    }
    for reason in ["\"mood\" is a required property", "it is no JSON", "cut off for its length"] {
        let failure = asked().await.unwrap_err();
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Failed, Some("invalid_response")));
        assert!(failure.message.contains(reason), "{failure}");
    }
    prompt.response_schema = Some(json!({"$ref": "#"}));
    let failure = soon(models.complete(request("one", prompt.clone()), None)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidArgument, "{failure}");
    assert_eq!(server.seen().len(), 5, "what cannot be asked is not asked");
}

#[tokio::test]
async fn calls_are_no_answer_to_a_schema_yet() {
    let server = Server::start([Reply::Events(Kind::OpenAi.stream().to_owned())]).await;
    let mut prompt = hello();
    prompt.response_schema = Some(json!({"type": "object"}));
    let models = one(Kind::OpenAi, &server, "");
    let response = soon(models.complete(request("one", prompt), None)).await.unwrap();
    assert_eq!(response.finish, FinishReason::FunctionCalls);
}

#[tokio::test]
async fn texts_become_vectors() {
    let answer = json!({"data": [{"index": 0, "embedding": [0.5, 1.0]}], "usage": {"prompt_tokens": 2}});
    let server = Server::start([Reply::json(200, &answer)]).await;
    let embeddings = embed(&one(Kind::OpenAi, &server, "price = {input = 3.0}"), &["a"]).await.unwrap();
    assert_eq!(embeddings.vectors, [[0.5, 1.0]]);
    assert_eq!((embeddings.usage.input_tokens, embeddings.usage.cost_micros), (2, 6));

    let server = Server::start([Reply::json(200, &json!({"embeddings": [{"values": [1.0]}]}))]).await;
    let embeddings = embed(&one(Kind::Gemini, &server, "price = {input = 3.0}"), &["a"]).await.unwrap();
    assert_eq!(embeddings.vectors, [[1.0]]);
    assert_eq!((embeddings.usage.input_tokens, embeddings.usage.cost_micros), (1, 3), "nobody says more");

    let failure = embed(&one(Kind::Anthropic, &server, ""), &["a"]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unsupported);
}

#[tokio::test]
async fn what_models_there_are_is_said() {
    let models = models(
        "default = 'b'\n[b]\nprovider = 'openai'\nmodel = 'm'\napi_key = 'k-1'\ndescription = 'Quick.'\n\
         [a]\nprovider = 'gemini'\nmodel = 'm'\napi_key = 'k-1'",
    );
    let summaries = models.summaries().into_iter().map(|model| (model.name, model.description));
    let expected = [("a".to_owned(), String::new()), ("b".to_owned(), "Quick.".to_owned())];
    assert_eq!(summaries.collect::<Vec<_>>(), expected);
    assert_eq!(models.default_model().as_deref(), Some("b"));
    let failure = ask(&models, "c").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(failure.message, "there is no model \"c\"; there are: a, b");
}
