//! What becomes of the model's answer.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::models;
use crate::{Content, Context, Failure, FinishReason, Outcome};

/// What is wanted of the answer.
#[derive(Default)]
pub(super) struct Output {
    /// Reads the JSON that was wanted.
    pub(super) decode: Option<Decode>,
    /// Where it is set in the state.
    pub(super) key: Option<String>,
}

/// Reads an answer as JSON, or says what is wrong with it.
type Decode = fn(&str) -> Result<Value, Failure>;

/// The text as JSON, where it is a `T`.
pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Result<Value, Failure> {
    models::from_json::<T>(text)?;
    models::from_json(text)
}

impl Output {
    /// How the run ends with this answer.
    pub(super) fn outcome(
        &self,
        cx: &Context,
        content: Content,
        finish: &FinishReason,
    ) -> Result<Outcome, Failure> {
        let text = content.text();
        if *finish == FinishReason::Filtered && text.is_empty() {
            return Err(Failure::failed("the model's provider held the answer back").with_code("filtered"));
        }
        let value = match self.decode {
            Some(decode) => decode(&text)?,
            None => text.into(),
        };
        if let Some(key) = &self.key {
            cx.session().set(key, value)?;
        }
        Ok(content.into())
    }
}
