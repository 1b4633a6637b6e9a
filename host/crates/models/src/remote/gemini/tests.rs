use proptest::prelude::*;
use rak_core::{FailureKind, FinishReason, Part, ToolChoice};
use serde_json::{Value, json};

use super::Gemini;
use crate::remote::fixture::{
    after_the_untellable, answered, asked, blob, call, conversation, file, request, response_of, response_to,
    settings, stand_in, state, text,
};
use crate::remote::wire::Wire as _;
use crate::settings::RemoteKind;

const STREAM: &str = include_str!("../../../tests/streams/gemini.sse");

fn gemini() -> Gemini {
    Gemini::new(settings(RemoteKind::Gemini))
}

fn candidate(parts: &Value, reason: Option<&str>) -> Value {
    json!({"candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": reason}]})
}

#[test]
fn a_conversation_has_its_request() {
    let own = state("gemini", &json!({"on": "call", "call": "c1", "signature": "s"}));
    let mut prompt = conversation(Vec::new());
    prompt.contents[1].parts.push(own);
    prompt.tool_choice = ToolChoice::Named("add".to_owned());
    insta::assert_json_snapshot!(request(&gemini(), &prompt).unwrap());
}

#[test]
fn a_stream_has_its_answer() {
    let (response, told) = answered(&gemini(), STREAM, &[]);
    insta::assert_json_snapshot!((response.unwrap(), told));
}

proptest! {
    #[test]
    fn an_answer_is_the_same_however_it_is_cut(places in prop::collection::vec(any::<usize>(), 0..60)) {
        prop_assert_eq!(answered(&gemini(), STREAM, &places), answered(&gemini(), STREAM, &[]));
    }
}

#[test]
fn what_was_answered_can_be_passed_back() {
    let content = response_of(&gemini(), STREAM).unwrap().content;
    let mut prompt = asked(vec![text("hello")]);
    prompt.contents.push(content);
    let body = request(&gemini(), &prompt).unwrap();
    let expected = json!([
        {"text": "Größe 🎈 it is."},
        {"text": "", "thoughtSignature": "c2lnLTA="},
        {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
        {"functionCall": {"name": "weather", "args": {"city": "Ulm"}}, "thoughtSignature": "c2lnLTE="},
        {"functionCall": {"name": "time", "args": {}}},
        {"inlineData": {"mimeType": "image/png", "data": "AQL/"}},
    ]);
    assert_eq!(body["contents"][1]["parts"], expected);
}

#[test]
fn a_text_with_a_signature_stays_apart() {
    let parts = json!([{"text": "a"}, {"text": "b", "thoughtSignature": "s"}, {"text": "c"}]);
    let content = response_to(&gemini(), &[candidate(&parts, Some("STOP"))]).unwrap().content;
    let own = state("gemini", &json!({"on": "before", "signature": "s"}));
    assert_eq!(content.parts, [text("a"), text("b"), own, text("c")]);
    let mut prompt = asked(vec![text("hello")]);
    prompt.contents.push(content);
    assert_eq!(request(&gemini(), &prompt).unwrap()["contents"][1]["parts"], parts);
}

#[test]
fn a_signature_goes_with_what_it_is_on_and_a_guest_breaks_nothing() {
    let signed = |parts: Vec<Part>| {
        let mut prompt = asked(parts);
        prompt.contents[0].role = "model".to_owned();
        request(&gemini(), &prompt).unwrap()["contents"][0]["parts"].take()
    };
    let on_call = || state("gemini", &json!({"on": "call", "call": "c1", "signature": "s"}));
    let before = || state("gemini", &json!({"on": "before", "signature": "s"}));
    assert_eq!(signed(vec![on_call(), text("a")]), json!([{"text": "a"}]));
    assert_eq!(signed(vec![before()]), json!([{"text": "", "thoughtSignature": "s"}]));
    let nonsense = state("gemini", &json!({"part": 7}));
    assert_eq!(signed(vec![nonsense, before()]), json!([7]));
    assert_eq!(signed(vec![text("a"), state("gemini", &json!(7))]), json!([{"text": "a"}]));
}

#[test]
fn a_schema_and_options_are_in_the_request() {
    let mut gemini = gemini();
    let options = json!({"generationConfig": {"thinkingConfig": {"includeThoughts": true}}});
    gemini.settings.options = options.as_object().unwrap().clone();
    let mut prompt = asked(vec![text("hello")]);
    prompt.response_schema = Some(json!({"type": "object"}));
    prompt.extra = Some(json!({"generationConfig": {"topK": 3}}));
    let config = request(&gemini, &prompt).unwrap()["generationConfig"].take();
    let expected = json!({
        "responseMimeType": "application/json",
        "responseJsonSchema": {"type": "object"},
        "thinkingConfig": {"includeThoughts": true},
        "topK": 3,
    });
    assert_eq!(config, expected);
    prompt.extra = Some(json!({"generation_config": {"max_output_tokens": 9}}));
    assert!(request(&gemini, &prompt).unwrap_err().contains("extra.generation_config.max_output_tokens"));
}

#[test]
fn a_choice_has_its_mode() {
    for (choice, config) in [
        (ToolChoice::Auto, Value::Null),
        (ToolChoice::None, json!({"functionCallingConfig": {"mode": "NONE"}})),
        (ToolChoice::Required, json!({"functionCallingConfig": {"mode": "ANY"}})),
    ] {
        let mut prompt = conversation(Vec::new());
        prompt.tool_choice = choice;
        assert_eq!(request(&gemini(), &prompt).unwrap()["toolConfig"], config);
    }
}

#[test]
fn it_is_shown_anything_and_told_no_call_by_the_user() {
    let prompt = asked(vec![blob("video/mp4"), file(None, "https://example.com/a")]);
    let body = request(&gemini(), &prompt).unwrap();
    assert_eq!(body["contents"][0]["parts"][0]["inlineData"]["mimeType"], "video/mp4");
    assert_eq!(body["contents"][0]["parts"][1]["fileData"], json!({"fileUri": "https://example.com/a"}));
    let error = request(&gemini(), &asked(vec![call("1", json!({}))])).unwrap_err();
    assert!(error.starts_with("the functionCall \"add\""), "{error}");
}

#[test]
fn what_cannot_be_told_is_named_where_the_conversation_went_on() {
    let mut prompt = after_the_untellable();
    let contents = json!([
        {"role": "user", "parts": [{"text": "Look."}, {"text": stand_in("a")}]},
        {"role": "model", "parts": [{"text": "I do."}, {"text": stand_in("b")}]},
        {"role": "user", "parts": [{"text": stand_in("c")}, {"text": "And now?"}]},
    ]);
    assert_eq!(request(&gemini(), &prompt).unwrap()["contents"], contents);
    prompt.contents.pop();
    assert!(request(&gemini(), &prompt).unwrap_err().starts_with("the custom part \"c\" cannot be told"));
}

#[test]
fn an_id_of_the_model_is_passed_back() {
    let parts = json!([{"functionCall": {"id": "own", "name": "add", "args": {"a": 1}}}]);
    let content = response_to(&gemini(), &[candidate(&parts, Some("STOP"))]).unwrap().content;
    assert_eq!(content.parts, [call("own", json!({"a": 1}))]);
    let mut prompt = asked(vec![text("hello")]);
    prompt.contents.push(content);
    assert_eq!(request(&gemini(), &prompt).unwrap()["contents"][1]["parts"], parts);
}

#[test]
fn arguments_that_are_no_object_are_told_in_one() {
    let parts = json!([{"functionCall": {"id": "own", "name": "add", "args": "1, 2"}}]);
    let content = response_to(&gemini(), &[candidate(&parts, Some("STOP"))]).unwrap().content;
    assert_eq!(content.parts, [call("own", json!("1, 2"))]);
    let mut prompt = asked(vec![text("hello")]);
    prompt.contents.push(content);
    let told = request(&gemini(), &prompt).unwrap()["contents"][1]["parts"][0]["functionCall"].take();
    assert_eq!(told["args"], json!({"invalid": "1, 2"}));
}

#[test]
fn an_end_has_its_reason() {
    for (reason, finish) in [
        ("STOP", FinishReason::Stop),
        ("MAX_TOKENS", FinishReason::Length),
        ("SAFETY", FinishReason::Filtered),
        ("MALFORMED_FUNCTION_CALL", FinishReason::Other("MALFORMED_FUNCTION_CALL".to_owned())),
    ] {
        let response = response_to(&gemini(), &[candidate(&json!([{"text": "a"}]), Some(reason))]);
        assert_eq!(response.unwrap().finish, finish);
    }
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}});
    let response = response_to(&gemini(), std::slice::from_ref(&blocked)).unwrap();
    assert_eq!((response.finish, response.extra), (FinishReason::Filtered, Some(blocked)));
}

#[test]
fn what_is_no_answer_says_so() {
    let failure = response_to(&gemini(), &[candidate(&json!([{"text": "a"}]), None)]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
    let busy = json!({"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}});
    let failure = response_to(&gemini(), &[busy]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    for event in [json!(7), candidate(&json!([{"functionCall": {}}]), Some("STOP"))] {
        let failure = response_to(&gemini(), &[event]).unwrap_err();
        assert_eq!(failure.code.as_deref(), Some("invalid_response"), "{failure}");
    }
}

#[test]
fn a_whole_answer_is_one_too() {
    let events = [candidate(&json!([{"text": "a"}]), None), candidate(&json!([{"text": "b"}]), Some("STOP"))];
    let response = response_to(&gemini(), &[events.to_vec().into()]).unwrap();
    assert_eq!(response.content.text(), "ab");
}

#[test]
fn vectors_come_in_the_order_of_the_texts() {
    let call = gemini().embedding(&["a".to_owned(), "b".to_owned()]).unwrap();
    assert_eq!(call.path, "models/small-1:batchEmbedContents");
    assert_eq!(
        call.body["requests"][1],
        json!({"model": "models/small-1", "content": {"parts": [{"text": "b"}]}})
    );
    let answer = json!({"embeddings": [{"values": [1.0]}, {"values": [0.5]}]});
    assert_eq!(gemini().embeddings(answer.clone(), 2).unwrap().vectors, [[1.0], [0.5]]);
    assert!(gemini().embeddings(answer, 1).is_err());
}
