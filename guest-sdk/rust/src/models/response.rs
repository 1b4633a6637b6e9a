//! What a model answers.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Content, Failure, FunctionCall, Part};

/// The host's word for an answer that is not what was asked for.
pub(crate) const INVALID_RESPONSE: &str = "invalid_response";

/// What a model answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelResponse {
    /// The provider's name of the model.
    pub model: String,
    /// With the role `model`: texts, thoughts, images, and calls of functions.
    pub content: Content,
    /// Why it ends.
    pub finish: FinishReason,
    /// What it cost.
    pub usage: Usage,
    /// Anything else the provider says.
    pub extra: Option<Value>,
}

impl ModelResponse {
    /// The text of the content. Thoughts are not part of it.
    pub fn text(&self) -> String {
        self.content.text()
    }

    /// The functions that the model wants called, in order.
    pub fn function_calls(&self) -> impl Iterator<Item = &FunctionCall> {
        self.content.parts.iter().filter_map(Part::as_function_call)
    }

    /// The text as the JSON that was asked for with [`ModelRequest::response_schema`](crate::ModelRequest::response_schema).
    ///
    /// Fails with [`FailureKind::Failed`](crate::FailureKind::Failed) and the code `invalid_response` where it is not JSON, or
    /// not a `T`; ask for a [`serde_json::Value`] to look at whatever it is.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure, ModelRequest};
    /// use serde_json::json;
    ///
    /// fn run(cx: &Context, letter: String) -> Result<String, Failure> {
    ///     let schema = json!({"type": "array", "items": {"type": "string"}});
    ///     let request = ModelRequest::new(letter).with_system("Whom does it name?").with_response_schema(schema);
    ///     let names: Vec<String> = cx.models().complete(request)?.json()?;
    ///     Ok(names.join(" and "))
    /// }
    ///
    /// let host = FakeHost::new().model("small", |_| r#"["Ada", "Grace"]"#);
    /// assert_eq!(host.run(run, "Dear Ada, …").answer(), "Ada and Grace");
    /// ```
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        from_json(&self.text())
    }
}

/// An answer that no model gave: its name is empty, and it cost nothing.
impl From<Content> for ModelResponse {
    fn from(content: Content) -> Self {
        let calls = content.parts.iter().any(|part| part.as_function_call().is_some());
        let finish = if calls { FinishReason::FunctionCalls } else { FinishReason::Stop };
        Self { model: String::new(), content, finish, usage: Usage::default(), extra: None }
    }
}

/// The text of an answer as the JSON that was asked for.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| {
        Failure::failed(format!("the model's answer is not the JSON that was asked for: {error}"))
            .with_code(INVALID_RESPONSE)
    })
}

/// Why an answer ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FinishReason {
    /// It is complete.
    #[default]
    Stop,
    /// There were no more tokens.
    Length,
    /// Functions are to be called.
    FunctionCalls,
    /// The provider held it back.
    Filtered,
    /// A word of the provider.
    Other(String),
}

impl FinishReason {
    /// The reason's name in the contract, for example `function-calls`, or the provider's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::FunctionCalls => "function-calls",
            Self::Filtered => "filtered",
            Self::Other(word) => word,
        }
    }
}

/// What an answer cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// Tokens that were read, the cached ones among them.
    pub input_tokens: u64,
    /// Tokens that were written, thoughts among them.
    pub output_tokens: u64,
    /// Of the input, those that the provider had cached.
    pub cached_tokens: u64,
    /// Of the output, those that were thoughts.
    pub thought_tokens: u64,
    /// Anything else the host says of it, such as what it cost.
    pub extra: Option<Value>,
}

/// A piece of an answer that is still being written.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ModelDelta {
    /// Text, to be put behind what came before.
    Text(String),
    /// The model's reasoning.
    Thought(String),
    /// A whole call of a function.
    FunctionCall(FunctionCall),
    /// Anything else the provider sends.
    Other(Value),
}

/// Texts as vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embeddings {
    /// The provider's name of the model.
    pub model: String,
    /// One for each text, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// What they cost.
    pub usage: Usage,
    /// Anything else the provider says.
    pub extra: Option<Value>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn response(content: Content) -> ModelResponse {
        ModelResponse {
            model: "small-1".into(),
            content,
            finish: FinishReason::Stop,
            usage: Usage::default(),
            extra: None,
        }
    }

    #[test]
    fn a_response_says_what_is_in_it() {
        let calls = [FunctionCall::new("1", "look", json!({})), FunctionCall::new("2", "listen", json!({}))];
        let content = Content::model("one").with(Part::thought("hm")).with(calls[0].clone()).with(" two");
        let response = response(content.with(calls[1].clone()));
        assert_eq!(response.text(), "one two");
        assert_eq!(response.function_calls().cloned().collect::<Vec<_>>(), calls);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_invalid_response() {
        assert_eq!(response(Content::model("[1, 2]")).json::<Vec<u8>>(), Ok(vec![1, 2]));
        for text in ["", "no", "[1, -2]"] {
            let failure = response(Content::model(text)).json::<Vec<u8>>().unwrap_err();
            assert_eq!(failure.code.as_deref(), Some("invalid_response"), "{text}");
        }
    }

    #[test]
    fn reasons_have_the_contracts_words() {
        let reasons = [FinishReason::Stop, FinishReason::Length, FinishReason::FunctionCalls];
        assert_eq!(reasons.each_ref().map(FinishReason::as_str), ["stop", "length", "function-calls"]);
        assert_eq!(FinishReason::Other("refusal".into()).as_str(), "refusal");
    }
}
