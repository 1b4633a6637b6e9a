//! A person in the loop: what an agent asks, and what is answered.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::content::Content;
use crate::failure::StoreError;
use crate::ids::{InvocationId, UserId};
use crate::run::RunError;
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

impl InputKind {
    /// The id of a question. Messages are numbered by themselves: the n-th answers the n-th question for one, whether it
    /// was asked for yet or not.
    pub fn request_id(self, number: u64) -> String {
        let word = match self {
            Self::Approve => "approve",
            Self::Ask => "ask",
            Self::Message => "message",
        };
        format!("{word}-{number}")
    }

    /// JSON Schema of the answer, where the agent has none of its own.
    pub fn schema(self) -> Value {
        match self {
            Self::Approve => json!({
                "type": "object",
                "properties": {"approved": {"type": "boolean"}, "reason": {"type": "string"}, "edited": {}},
                "required": ["approved"],
            }),
            Self::Ask => json!({}),
            Self::Message => json!({
                "type": "object",
                "properties": {"role": {"type": "string"}, "parts": {"type": "array"}},
                "required": ["parts"],
            }),
        }
    }
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
    /// The answer; absent for a message, which is the content of the event.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub answer: Value,
    /// Who answered, where they said so.
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

/// What a person says to an invocation.
#[derive(Clone, Debug, PartialEq)]
pub struct Respond {
    /// The answer, and what to.
    pub reply: Reply,
    /// Who says it.
    pub by: Option<String>,
    /// Whose session it has to be; anybody's where absent.
    pub user_id: Option<UserId>,
}

/// An answer to a question, or a message that nobody has to have asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// To a question of the kind [`InputKind::Approve`].
    Decision {
        /// Which question.
        request_id: String,
        /// What was decided.
        decision: Decision,
    },
    /// To a question of the kind [`InputKind::Ask`].
    Answer {
        /// Which question.
        request_id: String,
        /// What satisfies its schema.
        answer: Value,
    },
    /// What the user says while the agent works.
    Message {
        /// Which message it is, `message-1` for the first, where it is to be taken only once; the next one where absent.
        request_id: Option<String>,
        /// What is said.
        content: Content,
    },
}

/// Why an answer was not taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RespondError {
    /// The invocation cannot be answered.
    #[error(transparent)]
    Run(#[from] RunError),
    /// It has no such question.
    #[error("invocation {invocation} has no question {request_id:?}{}", open_questions(.open))]
    RequestNotFound {
        /// Which invocation.
        invocation: InvocationId,
        /// What was named.
        request_id: String,
        /// The questions that wait for an answer.
        open: Vec<String>,
    },
    /// Somebody gave another answer before.
    #[error("{request_id} was answered already, with something else")]
    AlreadyAnswered {
        /// Which question.
        request_id: String,
    },
    /// It is too late.
    #[error("{request_id} can no longer be answered: its time is over")]
    RequestExpired {
        /// Which question.
        request_id: String,
    },
    /// It is not what was asked for.
    #[error("this is no answer to {request_id}: {reason}")]
    InvalidAnswer {
        /// Which question.
        request_id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The agent does not listen, and there are enough messages for it.
    #[error("{limit} messages were sent to this invocation already, which is the limit")]
    TooManyMessages {
        /// How many there may be.
        limit: usize,
    },
}

impl From<StoreError> for RespondError {
    fn from(error: StoreError) -> Self {
        Self::Run(error.into())
    }
}

fn open_questions(open: &[String]) -> String {
    if open.is_empty() {
        return "; it asks nothing at the moment".to_owned();
    }
    format!("; what it asks is {}", open.join(", "))
}
