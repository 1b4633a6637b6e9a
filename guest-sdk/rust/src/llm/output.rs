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
        match finish {
            FinishReason::Filtered => {
                let failure = Failure::failed("the provider of the model held the answer back");
                return Err(failure.with_code("filtered"));
            }
            FinishReason::Length => cx.log().warning("the model had no more tokens for its answer", &[]),
            _ => {}
        }
        let text = content.text();
        let value = match self.decode {
            Some(decode) => decode(&text)?,
            None => text.into(),
        };
        if let Some(key) = &self.key {
            cx.session().set(key, value)?;
        }
        let said = !content.parts.is_empty();
        Ok(Outcome { content: said.then_some(content), ..Outcome::empty() })
    }
}
