//! A person in the loop: what an agent asks, and what is answered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::UnixMillis;

/// What kind of answer a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// A [`Decision`].
    Approve,
    /// A value that satisfies the schema.
    Ask,
    /// What the user says next, a content.
    Message,
}

/// A question to a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputRequest {
    /// Its id within the invocation.
    pub request_id: String,
    /// What kind of answer it wants.
    pub kind: InputKind,
    /// What is asked, for a person.
    pub prompt: String,
    /// What a person needs to decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// JSON Schema of the answer.
    pub schema: Value,
    /// When it can no longer be answered, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UnixMillis>,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputResponse {
    /// Which question.
    pub request_id: String,
    /// The answer.
    pub answer: Value,
    /// Who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What a person decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Whether it may be done.
    pub approved: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is to be done instead of what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Value>,
}
