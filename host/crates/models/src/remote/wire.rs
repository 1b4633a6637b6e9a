//! How one kind of provider speaks.

use std::ops::ControlFlow;

use rak_core::{Embeddings, Failure, ModelPrompt, ModelResponse};
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::draft::Draft;

/// How one kind of provider speaks.
pub(super) trait Wire: Send + Sync + 'static {
    /// What is sent along with each request, the key among it.
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)>;

    /// The request for an answer, which is to come as events.
    fn completion(&self, prompt: &ModelPrompt) -> Result<Call, Failure>;

    /// What puts the answer together.
    fn assembly<'a>(&self, draft: Draft<'a>) -> Box<dyn Assembly + 'a>;

    /// The request for vectors.
    fn embedding(&self, texts: &[String]) -> Result<Call, Failure>;

    /// The vectors, of which there have to be so many.
    fn embeddings(&self, answer: Value, expected: usize) -> Result<Embeddings, Failure>;
}

/// Puts an answer together.
pub(super) trait Assembly: Send {
    /// Takes the next event, or the whole answer of a server that does not stream; breaks where it was the last.
    fn take(&mut self, event: Value) -> Result<ControlFlow<()>, Failure>;

    /// The answer, where it was over.
    fn finish(self: Box<Self>) -> Result<ModelResponse, Failure>;
}

/// A request.
#[derive(Debug)]
pub(super) struct Call {
    /// Where, below the address of the provider.
    pub(super) path: String,
    /// And what is asked for in the address.
    pub(super) query: Option<(&'static str, &'static str)>,
    pub(super) body: Value,
}

impl Call {
    /// The whole address; what the operator asks for in it is kept.
    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        // An address with a host has a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(self.path.split('/'));
        }
        if let Some((name, value)) = self.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        url
    }
}

/// A number somewhere in an answer, or 0.
pub(super) fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_default()
}

/// A text somewhere in an answer, where there is one.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Sets a member of what is an object; of anything else there is none.
pub(super) fn set(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Value::Object(members) = object {
        members.insert(key.to_owned(), value.into());
    }
}

/// A number as it is written, and not as its bits are in twice the space: 0.7 and not 0.699999988079071.
pub(super) fn decimal(number: f32) -> Value {
    serde_json::from_str(&number.to_string()).unwrap_or_default()
}

/// A value for a header, of a text that can be one.
pub(super) fn header(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_below_the_providers() {
        let url = |base: &str, path: &str, query| {
            let call = Call { path: path.to_owned(), query, body: Value::Null };
            call.url(&Url::parse(base).unwrap()).to_string()
        };
        assert_eq!(url("http://x/v1", "chat/completions", None), "http://x/v1/chat/completions");
        assert_eq!(url("http://x/v1/", "chat/completions", None), "http://x/v1/chat/completions");
        assert_eq!(url("http://x", "embeddings", None), "http://x/embeddings");
        assert_eq!(
            url("http://x/v1?api-version=2", "a", Some(("alt", "sse"))),
            "http://x/v1/a?api-version=2&alt=sse"
        );
        assert_eq!(url("http://x/v1", "models/m:go", None), "http://x/v1/models/m:go");
    }

    #[test]
    fn a_number_is_as_it_is_written() {
        assert_eq!(decimal(0.7).to_string(), "0.7");
        assert_eq!(decimal(1.0).to_string(), "1");
        assert_eq!(decimal(f32::NAN), Value::Null);
    }
}
