//! What people say to an invocation.

use rak_core::{Content, Decision, InvocationId, Reply, Respond, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::empty_is_absent;

/// `POST /api/v1/invocations/{id}/respond`: one of `decision`, `answer` and `message`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RespondBody {
    /// Which question. A message may leave it out.
    #[serde(alias = "request_id", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether something may be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionBody>,
    /// The answer to a question; `null` is one too.
    #[serde(deserialize_with = "null_is_there", skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// What the user says while the agent works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Content>,
    /// Who says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whose invocation it has to be; anybody's where absent.
    #[serde(
        alias = "user_id",
        deserialize_with = "empty_is_absent",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_id: Option<UserId>,
}

/// A decision, or the word for one that says no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "\"approve\", \"reject\" or {approved, reason?, edited?}")]
pub enum DecisionBody {
    /// `"approve"` or `"reject"`.
    Word(DecisionWord),
    /// All of it.
    Whole(Decision),
}

/// A decision in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionWord {
    /// It may be done.
    Approve,
    /// It may not.
    Reject,
}

impl From<DecisionBody> for Decision {
    fn from(body: DecisionBody) -> Self {
        match body {
            DecisionBody::Word(word) => Self { approved: word == DecisionWord::Approve, ..Self::default() },
            DecisionBody::Whole(decision) => decision,
        }
    }
}

fn null_is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl TryFrom<RespondBody> for Respond {
    type Error = &'static str;

    fn try_from(body: RespondBody) -> Result<Self, &'static str> {
        let RespondBody { request_id, decision, answer, message, by, user_id } = body;
        let named = || request_id.clone().ok_or("requestId: missing; the event with inputRequired has it");
        let reply = match (decision, answer, message) {
            (Some(decision), None, None) => {
                Reply::Decision { request_id: named()?, decision: decision.into() }
            }
            (None, Some(answer), None) => Reply::Answer { request_id: named()?, answer },
            (None, None, Some(content)) => Reply::Message { request_id, content },
            _ => return Err("one of decision, answer and message has to be there, and only one"),
        };
        Ok(Self { reply, by, user_id })
    }
}

/// The answer to [`RespondBody`]: it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RespondAnswer {
    /// Which invocation.
    pub invocation_id: InvocationId,
    /// What was answered; for a message, which one it is.
    pub request_id: String,
}
