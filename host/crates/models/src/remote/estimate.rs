//! What an answer cost where the provider does not say: a budget of tokens is to hold whoever answers.

use rak_core::{Content, ModelPrompt, ModelUsage, Part};
use serde_json::Value;

/// How many bytes a token has: the usual measure for English text.
const BYTES_PER_TOKEN: usize = 4;

/// What an answer cost; as the provider says, where it says something.
pub(super) fn usage(said: ModelUsage, prompt: &ModelPrompt, answer: &Content) -> ModelUsage {
    if said.tokens() > 0 {
        return said;
    }
    let system = prompt.system.as_ref().map_or(0, String::len);
    let schema = prompt.response_schema.as_ref().map_or(0, json_bytes);
    let tools = prompt
        .tools
        .iter()
        .map(|tool| tool.name.len() + tool.description.len() + json_bytes(&tool.parameters));
    let asked = prompt.contents.iter().map(content_bytes).chain(tools).sum::<usize>();
    ModelUsage {
        input_tokens: tokens(system + schema + asked),
        output_tokens: tokens(content_bytes(answer)),
        ..said
    }
}

/// What vectors of texts cost; as the provider says, where it says something.
pub(super) fn vectors_usage(said: ModelUsage, texts: &[String]) -> ModelUsage {
    if said.tokens() > 0 {
        return said;
    }
    ModelUsage { input_tokens: tokens(texts.iter().map(String::len).sum()), ..said }
}

fn tokens(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(u64::MAX)
}

/// What is written in a message. The bytes of an image say nothing about its tokens.
fn content_bytes(content: &Content) -> usize {
    let bytes = content.parts.iter().map(|part| match part {
        Part::Text(text) | Part::Thought(text) => text.len(),
        Part::FunctionCall(call) => call.name.len() + json_bytes(&call.args),
        Part::FunctionResponse(response) => response.name.len() + json_bytes(&response.response),
        Part::InlineData(_) | Part::FileData(_) | Part::Other(_) => 0,
    });
    bytes.sum()
}

fn json_bytes(value: &Value) -> usize {
    value.to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::fixture::{asked, call, response, text};
    use rak_core::ModelTool;
    use serde_json::json;

    fn estimated(prompt: &ModelPrompt, parts: Vec<Part>) -> (u64, u64) {
        let answer = Content { role: "model".to_owned(), parts };
        let usage = usage(ModelUsage::default(), prompt, &answer);
        (usage.input_tokens, usage.output_tokens)
    }

    #[test]
    fn four_bytes_are_a_token_and_what_is_left_is_one() {
        assert_eq!(estimated(&asked(vec![text("12345678")]), vec![text("123456789")]), (2, 3));
        assert_eq!(estimated(&asked(vec![text("Größe")]), vec![]), (2, 0));
        let prompt = ModelPrompt {
            system: Some("1234".to_owned()),
            tools: vec![ModelTool {
                name: "name".to_owned(),
                description: "12345678".to_owned(),
                parameters: json!({"a": 12}),
            }],
            response_schema: Some(json!({"b": 34})),
            // `add` and `{}`, `add` and `"1234567"`.
            ..asked(vec![call("x", json!({})), response("x", json!("1234567"), false)])
        };
        assert_eq!(
            estimated(&prompt, vec![call("x", json!({"a": 1}))]),
            ((4 + 12 + 8 + 8 + 5 + 12_u64).div_ceil(4), 3)
        );
    }

    #[test]
    fn what_the_provider_says_is_what_it_cost() {
        let said = ModelUsage { output_tokens: 1, ..ModelUsage::default() };
        let prompt = asked(vec![text("12345678")]);
        assert_eq!(usage(said, &prompt, &prompt.contents[0]), said);
        let said = ModelUsage { input_tokens: 1, ..ModelUsage::default() };
        assert_eq!(vectors_usage(said, &["12345678".to_owned()]), said);
        assert_eq!(
            vectors_usage(ModelUsage::default(), &["a".to_owned(), "12345678".to_owned()]).input_tokens,
            3
        );
    }
}
