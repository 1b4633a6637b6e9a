use proptest::prelude::*;
use rak_core::{FailureKind, FinishReason, FunctionCall, ModelDelta, Part, ToolChoice};
use reqwest::Url;
use serde_json::{Value, json};

use super::OpenAi;
use crate::remote::fixture::{
    after_the_untellable, answered, asked, blob, call, conversation, file, request, response, response_of,
    response_to, settings, stand_in, state, text,
};
use crate::remote::wire::Wire as _;
use crate::settings::RemoteKind;

const STREAM: &str = include_str!("../../../tests/streams/openai.sse");

fn openai() -> OpenAi {
    at("http://localhost:11434/v1")
}

fn at(url: &str) -> OpenAi {
    OpenAi::new(settings(RemoteKind::OpenAi), &Url::parse(url).unwrap())
}

/// An event with what is new in the answer.
fn delta(delta: &Value) -> Value {
    json!({"choices": [{"index": 0, "delta": delta}]})
}

fn end(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

#[test]
fn a_conversation_has_its_request() {
    let own = state("openai", &json!({"model": "small-1", "reasoning_content": "They want a sum."}));
    let mut prompt = conversation(vec![own]);
    prompt.tool_choice = ToolChoice::Named("add".to_owned());
    insta::assert_json_snapshot!(request(&openai(), &prompt).unwrap());
}

#[test]
fn a_stream_has_its_answer() {
    let (response, told) = answered(&openai(), STREAM, &[]);
    insta::assert_json_snapshot!((response.unwrap(), told));
}

proptest! {
    #[test]
    fn an_answer_is_the_same_however_it_is_cut(places in prop::collection::vec(any::<usize>(), 0..60)) {
        prop_assert_eq!(answered(&openai(), STREAM, &places), answered(&openai(), STREAM, &[]));
    }
}

#[test]
fn the_longest_answer_has_the_name_that_the_server_knows() {
    let mut prompt = asked(vec![text("hello")]);
    prompt.max_output_tokens = Some(9);
    assert_eq!(request(&openai(), &prompt).unwrap()["max_tokens"], 9);
    let strict = request(&at("https://api.openai.com/v1"), &prompt).unwrap();
    assert_eq!((&strict["max_completion_tokens"], strict.get("max_tokens")), (&json!(9), None));
}

#[test]
fn a_schema_and_options_are_in_the_request() {
    let mut openai = openai();
    openai.settings.options =
        json!({"seed": 7, "tools": [{"type": "web_search"}]}).as_object().unwrap().clone();
    let mut prompt = asked(vec![text("hello")]);
    prompt.response_schema = Some(json!({"type": "object"}));
    prompt.extra = Some(json!({"reasoning_effort": "low"}));
    let body = request(&openai, &prompt).unwrap();
    assert_eq!(
        body["response_format"]["json_schema"],
        json!({"name": "answer", "schema": {"type": "object"}})
    );
    assert_eq!((&body["seed"], &body["reasoning_effort"]), (&json!(7), &json!("low")));
    assert_eq!(body["tools"], json!([{"type": "web_search"}]));
    prompt.extra = Some(json!({"model": "large"}));
    assert!(request(&openai, &prompt).unwrap_err().contains("extra.model"));
}

#[test]
fn what_it_can_be_shown_is_shown_and_the_rest_is_named() {
    for (part, kind) in [
        (blob("image/png"), "image_url"),
        (blob("audio/wav"), "input_audio"),
        (blob("audio/mpeg"), "input_audio"),
        (blob("application/pdf"), "file"),
        (file(Some("image/png"), "https://example.com/a.png"), "image_url"),
    ] {
        let body = request(&openai(), &asked(vec![part])).unwrap();
        assert_eq!(body["messages"][0]["content"][0]["type"], kind);
    }
    for (part, name) in [
        (blob("video/mp4"), "inlineData of the type \"video/mp4\""),
        (file(Some("image/png"), "file:///a.png"), "fileData of the type \"image/png\""),
        (file(None, "https://example.com/a.png"), "fileData without a mimeType"),
        (call("1", json!({})), "the functionCall \"add\""),
        (Part::Thought("hm".to_owned()), "a thought"),
    ] {
        let error = request(&openai(), &asked(vec![part])).unwrap_err();
        assert!(error.starts_with(name) && error.ends_with("in a message of the role user"), "{error}");
    }
    let mut prompt = asked(vec![blob("image/png")]);
    prompt.contents[0].role = "model".to_owned();
    let body = request(&openai(), &prompt).unwrap();
    let named = "[a part that this model cannot be told: inlineData of the type \"image/png\"]";
    assert_eq!(body["messages"][0], json!({"role": "assistant", "content": named}));
    prompt.contents[0].role = "narrator".to_owned();
    assert!(request(&openai(), &prompt).unwrap_err().contains("the role \"narrator\""));
}

#[test]
fn what_cannot_be_told_is_named_where_the_conversation_went_on() {
    let mut prompt = after_the_untellable();
    let text = |text: &str| json!({"type": "text", "text": text});
    let messages = json!([
        {"role": "user", "content": [text("Look."), text(&stand_in("a"))]},
        {"role": "assistant", "content": format!("I do.{}", stand_in("b"))},
        {"role": "user", "content": [text(&stand_in("c"))]},
        {"role": "user", "content": "And now?"},
    ]);
    assert_eq!(request(&openai(), &prompt).unwrap()["messages"], messages);
    prompt.contents.pop();
    assert!(request(&openai(), &prompt).unwrap_err().starts_with("the custom part \"c\" cannot be told"));
}

#[test]
fn answers_of_functions_come_before_what_is_said() {
    let prompt = asked(vec![text("so?"), response("1", json!({"sum": 3}), false)]);
    let messages = request(&openai(), &prompt).unwrap()["messages"].take();
    assert_eq!(messages[0], json!({"role": "tool", "tool_call_id": "1", "content": "{\"sum\":3}"}));
    assert_eq!(messages[1], json!({"role": "user", "content": [{"type": "text", "text": "so?"}]}));
}

#[test]
fn the_state_of_another_model_is_not_told() {
    let foreign = state("openai", &json!({"model": "large", "reasoning_details": [1]}));
    let body = request(&openai(), &conversation(vec![foreign])).unwrap();
    assert!(!body.to_string().contains("reasoning"), "{body}");
}

#[test]
fn calls_are_told_apart_however_servers_number_them() {
    let call = |index: Option<u64>, id: &str, name: &str, arguments: Value| {
        let function = json!({"name": name, "arguments": arguments});
        let mut call = json!({"id": id, "function": function});
        if let Some(index) = index {
            call["index"] = index.into();
        }
        delta(&json!({"tool_calls": [call]}))
    };
    let calls = |events: &[Value]| {
        let mut events = events.to_vec();
        events.push(end("stop"));
        let response = response_to(&openai(), &events).unwrap();
        assert_eq!(response.finish, FinishReason::FunctionCalls);
        response
            .content
            .parts
            .into_iter()
            .map(|part| match part {
                Part::FunctionCall(FunctionCall { id, name, args }) => format!("{id} {name} {args}"),
                part => panic!("{part:?}"),
            })
            .collect::<Vec<_>>()
    };
    // One index for all, no index, no ids, arguments that are no text, pieces that take turns.
    let one_index = [call(Some(0), "x", "f", json!("{}")), call(Some(0), "y", "g", json!("{}"))];
    assert_eq!(calls(&one_index), ["x f {}", "y g {}"]);
    let no_index = [
        call(None, "x", "f", json!("{\"a\"")),
        call(None, "x", "", json!(":1}")),
        call(None, "y", "g", json!("")),
    ];
    assert_eq!(calls(&no_index), ["x f {\"a\":1}", "y g {}"]);
    let no_ids = [call(None, "", "f", json!("{}")), call(None, "", "f", json!({"a": 1}))];
    assert_eq!(calls(&no_ids), ["call-1 f {}", "call-2 f {\"a\":1}"]);
    let turns = [
        call(Some(0), "x", "f", json!("{\"a\"")),
        call(Some(1), "y", "g", json!("{\"b\"")),
        call(Some(0), "", "", json!(":1}")),
        call(Some(1), "", "", json!(":2}")),
    ];
    assert_eq!(calls(&turns), ["x f {\"a\":1}", "y g {\"b\":2}"]);
}

#[test]
fn arguments_that_are_no_json_are_a_text_and_told_in_an_object() {
    let written =
        json!({"tool_calls": [{"index": 0, "id": "x", "function": {"name": "add", "arguments": "{\"a\":"}}]});
    let response = response_to(&openai(), &[delta(&written), end("tool_calls")]).unwrap();
    assert_eq!(response.content.parts, [call("x", json!("{\"a\":"))]);
    let mut prompt = asked(vec![text("hello")]);
    prompt.contents.push(response.content);
    let messages = request(&openai(), &prompt).unwrap()["messages"].take();
    assert_eq!(messages[1]["tool_calls"][0]["function"]["arguments"], r#"{"invalid":"{\"a\":"}"#);
}

#[test]
fn reasoning_that_is_wanted_back_is_kept() {
    let detail = |text: &str| {
        delta(&json!({
            "reasoning": text,
            "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": text, "signature": null}],
        }))
    };
    let signed =
        delta(&json!({"reasoning_details": [{"type": "reasoning.text", "index": 0, "signature": "s"}]}));
    let response = response_to(
        &openai(),
        &[detail("h"), detail("m"), signed, delta(&json!({"content": "ok"})), end("stop")],
    );
    let own = json!({
        "model": "small-1",
        "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "hm", "signature": "s"}],
    });
    let parts = response.unwrap().content.parts;
    assert_eq!(parts, [Part::Thought("hm".into()), text("ok"), state("openai", &own)]);
}

#[test]
fn images_refusals_and_what_is_new_are_kept() {
    let image = json!({"images": [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AQL/"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    ]});
    let response = response_to(&openai(), &[delta(&image), end("stop")]).unwrap();
    assert_eq!(response.content.parts, [blob("image/png"), file(None, "https://example.com/a.png")]);

    let refusal = delta(&json!({"refusal": "No."}));
    let response = response_to(&openai(), &[refusal, end("stop")]).unwrap();
    assert_eq!((response.finish, response.content.text().as_str()), (FinishReason::Filtered, "No."));

    let new = json!({"choices": [{"delta": {"content": "a", "annotations": [{"url": "x"}]}, "finish_reason": "odd"}]});
    let response = response_to(&openai(), &[new]).unwrap();
    assert_eq!(response.finish, FinishReason::Other("odd".to_owned()));
    assert_eq!(response.extra, Some(json!({"message": {"annotations": [{"url": "x"}]}})));

    let pieces = delta(&json!({"content": [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "ok"},
    ]}));
    let response = response_to(&openai(), &[pieces, end("length")]).unwrap();
    assert_eq!(response.content.parts, [Part::Thought("hm".into()), text("ok")]);
    assert_eq!(response.finish, FinishReason::Length);
}

#[test]
fn a_stream_that_is_not_over_is_cut_off() {
    let half = STREAM.split_once("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"gpt-5-mini-2025-08-07\",\"choices\":[{\"index\":0,\"delta\":{},").unwrap().0;
    for stream in ["", "data: [DONE]\n\n", half] {
        let failure = response_of(&openai(), stream).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
        assert!(failure.message.contains("cut the answer off"), "{failure}");
    }
}

#[test]
fn what_is_no_answer_says_so() {
    for (stream, kind, reason) in [
        ("data: {\"cho\n\n", FailureKind::Failed, "no JSON"),
        ("data: 7\n\n", FailureKind::Failed, "no object"),
        ("nonsense\n\n", FailureKind::Failed, "cannot be read"),
        ("data: {\"error\": {\"message\": \"busy\", \"code\": 502}}\n\n", FailureKind::Unavailable, "busy"),
        ("data: {\"error\": {\"message\": \"slow\", \"code\": 429}}\n\n", FailureKind::RateLimited, "slow"),
    ] {
        let failure = response_of(&openai(), stream).unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.message.contains(reason), "{failure}");
    }
}

#[test]
fn a_whole_answer_is_one_too() {
    let message = json!({
        "role": "assistant",
        "content": "hi",
        "tool_calls": [{"id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
    });
    let whole = json!({
        "id": "1",
        "model": "small-1-2",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4},
    });
    let (response, told) = answered(&openai(), &format!("data: {whole}\n\n"), &[]);
    let response = response.unwrap();
    assert_eq!((response.model.as_str(), response.usage.tokens()), ("small-1-2", 7));
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], ModelDelta::Text("hi".to_owned()));
}

#[test]
fn vectors_come_in_the_order_of_the_texts() {
    let call = openai().embedding(&["a".to_owned(), String::new()]).unwrap();
    assert_eq!(call.path, "embeddings");
    assert_eq!(call.body, json!({"model": "small-1", "input": ["a", ""], "encoding_format": "float"}));
    let answer = json!({
        "model": "embedder",
        "data": [{"index": 1, "embedding": [0.5]}, {"index": 0, "embedding": [1.0]}],
        "usage": {"prompt_tokens": 2},
    });
    let embeddings = openai().embeddings(answer.clone(), 2).unwrap();
    assert_eq!((embeddings.vectors, embeddings.usage.input_tokens), (vec![vec![1.0], vec![0.5]], 2));
    assert!(openai().embeddings(answer, 3).unwrap_err().message.contains("2 vectors for 3 texts"));
    let words = json!({"data": [{"embedding": ["a"]}]});
    assert_eq!(openai().embeddings(words, 1).unwrap_err().code.as_deref(), Some("invalid_response"));
}
