use proptest::prelude::*;
use rak_core::{FailureKind, FinishReason, Part, ToolChoice};
use serde_json::{Value, json};

use super::Anthropic;
use crate::remote::fixture::{
    after_the_untellable, answered, asked, blob, call, conversation, file, request, response, response_of,
    response_to, settings, stand_in, state, text,
};
use crate::remote::wire::Wire as _;
use crate::settings::RemoteKind;

const STREAM: &str = include_str!("../../../tests/streams/anthropic.sse");

fn anthropic() -> Anthropic {
    Anthropic::new(settings(RemoteKind::Anthropic))
}

/// A stream of one block.
fn of_block(block: &Value, deltas: &[Value]) -> Vec<Value> {
    let mut events = vec![
        json!({"type": "message_start", "message": {"model": "small-1-2"}}),
        json!({"type": "content_block_start", "index": 0, "content_block": block}),
    ];
    let delta = |delta| json!({"type": "content_block_delta", "index": 0, "delta": delta});
    events.extend(deltas.iter().map(delta));
    events.extend([
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        json!({"type": "message_stop"}),
    ]);
    events
}

#[test]
fn a_conversation_has_its_request() {
    let thinking = json!({"type": "thinking", "thinking": "They want a sum.", "signature": "s"});
    let mut prompt = conversation(vec![state("anthropic", &thinking)]);
    prompt.tool_choice = ToolChoice::Required;
    insta::assert_json_snapshot!(request(&anthropic(), &prompt).unwrap());
}

#[test]
fn a_stream_has_its_answer() {
    let (response, told) = answered(&anthropic(), STREAM, &[]);
    insta::assert_json_snapshot!((response.unwrap(), told));
}

proptest! {
    #[test]
    fn an_answer_is_the_same_however_it_is_cut(places in prop::collection::vec(any::<usize>(), 0..60)) {
        prop_assert_eq!(answered(&anthropic(), STREAM, &places), answered(&anthropic(), STREAM, &[]));
    }
}

#[test]
fn what_was_answered_can_be_passed_back() {
    let content = response_of(&anthropic(), STREAM).unwrap().content;
    let mut prompt = asked(vec![text("hello")]);
    prompt.contents.push(content);
    let body = request(&anthropic(), &prompt).unwrap();
    let kinds = body["messages"][1]["content"].as_array().unwrap().iter().map(|block| &block["type"]);
    let expected = ["thinking", "redacted_thinking", "text", "server_tool_use", "tool_use", "tool_use"];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
    assert_eq!(
        body["messages"][1]["content"][0],
        json!({"type": "thinking", "thinking": "They want the weather.", "signature": "c2lnbmVk"})
    );
}

#[test]
fn a_schema_is_the_providers_where_it_can_hold_an_answer_to_it() {
    let mut prompt = asked(vec![text("hello")]);
    prompt.system = Some("Be brief.".to_owned());
    let closed = json!({"type": "object", "properties": {}, "additionalProperties": false});
    prompt.response_schema = Some(closed.clone());
    let body = request(&anthropic(), &prompt).unwrap();
    assert_eq!(body["output_config"], json!({"format": {"type": "json_schema", "schema": closed}}));
    assert_eq!(body["system"], "Be brief.");
    prompt.response_schema = Some(json!({"type": "object"}));
    let body = request(&anthropic(), &prompt).unwrap();
    assert!(body.get("output_config").is_none());
    let system = body["system"].as_str().unwrap();
    assert!(system.starts_with("Be brief.\n\nAnswer with JSON alone"), "{system}");
    assert!(system.ends_with("{\"type\":\"object\"}"), "{system}");
}

#[test]
fn an_agent_adds_what_has_no_field() {
    let mut prompt = asked(vec![text("hello")]);
    prompt.extra = Some(
        json!({"thinking": {"type": "enabled", "budget_tokens": 1024}, "output_config": {"effort": "low"}}),
    );
    let body = request(&anthropic(), &prompt).unwrap();
    assert_eq!((&body["thinking"]["budget_tokens"], &body["max_tokens"]), (&json!(1024), &json!(4096)));
    prompt.extra = Some(json!({"max_tokens": 100_000}));
    assert!(request(&anthropic(), &prompt).unwrap_err().contains("extra.max_tokens"));
    prompt.extra = Some(json!({"output_config": {"format": {}}}));
    assert!(request(&anthropic(), &prompt).unwrap_err().contains("extra.output_config.format"));
}

#[test]
fn what_it_can_be_shown_is_shown_and_the_rest_is_named() {
    let plain = Part::InlineData(rak_core::Blob { mime_type: "text/plain".into(), data: b"hi".to_vec() });
    for (part, kind, source) in [
        (blob("image/png"), "image", "base64"),
        (blob("application/pdf"), "document", "base64"),
        (plain, "document", "text"),
        (file(Some("image/png"), "https://example.com/a.png"), "image", "url"),
        (file(Some("application/pdf"), "https://example.com/a.pdf"), "document", "url"),
    ] {
        let body = request(&anthropic(), &asked(vec![part])).unwrap();
        let block = &body["messages"][0]["content"][0];
        assert_eq!((&block["type"], &block["source"]["type"]), (&json!(kind), &json!(source)));
    }
    for (part, name) in [
        (blob("audio/wav"), "inlineData of the type \"audio/wav\""),
        (blob("text/plain"), "inlineData of the type \"text/plain\""),
        (file(Some("image/png"), "file:///a.png"), "fileData of the type \"image/png\""),
        (file(None, "https://example.com/a.png"), "fileData without a mimeType"),
        (call("1", json!({})), "the functionCall \"add\""),
    ] {
        let error = request(&anthropic(), &asked(vec![part])).unwrap_err();
        assert!(error.starts_with(name), "{error}");
    }
}

#[test]
fn what_cannot_be_told_is_named_where_the_conversation_went_on() {
    let mut prompt = after_the_untellable();
    let text = |text: &str| json!({"type": "text", "text": text});
    let messages = json!([
        {"role": "user", "content": [text("Look."), text(&stand_in("a"))]},
        {"role": "assistant", "content": [text("I do."), text(&stand_in("b"))]},
        {"role": "user", "content": [text(&stand_in("c")), text("And now?")]},
    ]);
    assert_eq!(request(&anthropic(), &prompt).unwrap()["messages"], messages);
    prompt.contents.pop();
    assert!(request(&anthropic(), &prompt).unwrap_err().starts_with("the custom part \"c\" cannot be told"));
}

#[test]
fn answers_of_functions_come_first_and_nothing_is_empty() {
    let prompt = asked(vec![text("so?"), text(""), response("1", json!({"sum": 3}), true)]);
    let body = request(&anthropic(), &prompt).unwrap();
    let result =
        json!({"type": "tool_result", "tool_use_id": "1", "content": "{\"sum\":3}", "is_error": true});
    assert_eq!(body["messages"][0]["content"], json!([result, {"type": "text", "text": "so?"}]));
}

#[test]
fn what_is_new_is_kept() {
    let text_block = json!({"type": "text", "text": "a"});
    let deltas = [
        json!({"type": "text_delta", "text": "b"}),
        json!({"type": "citations_delta", "citation": {"url": "x"}}),
        json!({"type": "new_delta", "n": 1}),
    ];
    let response = response_to(&anthropic(), &of_block(&text_block, &deltas)).unwrap();
    assert_eq!((response.content.text().as_str(), response.finish), ("ab", FinishReason::Stop));
    let extra = json!({"citations": [{"url": "x"}], "deltas": [{"type": "new_delta", "n": 1}]});
    assert_eq!(response.extra, Some(extra));
    assert_eq!(response.model, "small-1-2");
}

#[test]
fn a_whole_answer_is_one_too() {
    let whole = json!({
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "model": "small-1-2",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "hi"},
            {"type": "tool_use", "id": "x", "name": "add", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 3, "output_tokens": 4},
    });
    let response = response_to(&anthropic(), &[whole]).unwrap();
    let own = state("anthropic", &json!({"type": "thinking", "thinking": "hm", "signature": "s"}));
    let parts = [Part::Thought("hm".into()), own, text("hi"), call("x", json!({"a": 1}))];
    assert_eq!(response.content.parts, parts);
    assert_eq!((response.finish, response.usage.tokens()), (FinishReason::FunctionCalls, 7));
}

#[test]
fn a_stream_that_is_not_over_is_cut_off() {
    let half = STREAM.split_once("event: message_stop").unwrap().0;
    for stream in ["", half] {
        let failure = response_of(&anthropic(), stream).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
        assert!(failure.message.contains("cut the answer off"), "{failure}");
    }
}

#[test]
fn arguments_that_are_no_json_are_a_text_and_told_in_an_object() {
    let block = json!({"type": "tool_use", "id": "x", "name": "add", "input": {}});
    let half = json!({"type": "input_json_delta", "partial_json": "{\"a\":"});
    let content = response_to(&anthropic(), &of_block(&block, &[half])).unwrap().content;
    assert_eq!(content.parts, [call("x", json!("{\"a\":"))]);
    let mut prompt = asked(vec![text("hello")]);
    prompt.contents.push(content);
    let messages = request(&anthropic(), &prompt).unwrap()["messages"].take();
    assert_eq!(messages[1]["content"][0]["input"], json!({"invalid": "{\"a\":"}));
}

#[test]
fn what_is_no_answer_says_so() {
    let busy = json!({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}});
    let failure = response_to(&anthropic(), &[busy]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.ends_with("busy"), "{failure}");

    for events in [
        of_block(&json!({"type": "tool_use"}), &[]),
        of_block(&json!(7), &[]),
        vec![json!({"type": "content_block_delta", "index": 3, "delta": {}})],
        vec![json!({"type": "content_block_stop", "index": 3})],
    ] {
        let failure = response_to(&anthropic(), &events).unwrap_err();
        assert_eq!(failure.code.as_deref(), Some("invalid_response"), "{failure}");
    }
}

#[test]
fn it_has_no_vectors() {
    assert_eq!(anthropic().embedding(&[]).unwrap_err().kind, FailureKind::Unsupported);
}
