//! What happens in an invocation, as clients see it and as it is stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::content::{Content, Custom, Part};
use crate::failure::{Failure, FailureKind};
use crate::ids::InvocationId;
use crate::people::{InputRequest, InputResponse};
use crate::state::StateDelta;
use crate::time::UnixMillis;

/// The author of what the user sent.
pub const USER_AUTHOR: &str = "user";
/// The author of what the host adds by itself: how a run ended, responses to calls that were left open.
pub const SYSTEM_AUTHOR: &str = "system";

/// One thing that happened. Stored events are numbered within their invocation from 1, without a gap; events that are
/// only sent (text still being written, progress) have no number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// UUID v7.
    pub id: String,
    /// Its number within the invocation, from 1. Absent where the event is not stored, and on the user's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Seconds since 1970.
    pub time: i64,
    /// The invocation it belongs to.
    pub invocation_id: InvocationId,
    /// Which agent within the tree of agents; empty at the root.
    #[serde(default)]
    pub branch: String,
    /// Where it happened, where that is a child of the invocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<EventOrigin>,
    /// `user`, `system` or the agent's name.
    pub author: String,
    /// A piece of something that comes again as a whole.
    #[serde(default)]
    pub partial: bool,
    /// The last event of the invocation.
    #[serde(default)]
    pub turn_complete: bool,
    /// The run was stopped from outside.
    #[serde(default)]
    pub interrupted: bool,
    /// What is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Where a model took it from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounding_metadata: Option<Value>,
    /// A stable word, where the run failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The same for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The same for a program, where the agent said more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_details: Option<ErrorDetails>,
    /// Function calls whose answer comes later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub long_running_tool_ids: Vec<String>,
    /// What a model counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_metadata: Option<Value>,
    /// How far the work is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What only the client and the agent understand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<Custom>,
    /// A question to a person: the invocation waits for the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_required: Option<InputRequest>,
    /// The answer to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_response: Option<InputResponse>,
    /// What changed with it.
    #[serde(default)]
    pub actions: EventActions,
}

/// Where an event happened that is shown in the stream of an invocation above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventOrigin {
    /// The invocation: a child, or a child's child.
    pub invocation_id: InvocationId,
    /// The child of the stream's own invocation through which it came.
    pub through: InvocationId,
    /// Its number there; absent where it is not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// What an agent says of its failure beside a code and a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetails {
    /// What to do next.
    pub kind: FailureKind,
    /// When trying again may help, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Whatever else a program could use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl From<&Failure> for ErrorDetails {
    fn from(failure: &Failure) -> Self {
        Self { kind: failure.kind, retry_after_ms: failure.retry_after_ms, details: failure.details.clone() }
    }
}

/// How far the work is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub message: String,
    /// Units done, in a unit of the agent's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<u64>,
    /// Units in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// What an event changes beside the conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventActions {
    /// State that was set; `null` where a key was removed.
    pub state_delta: StateDelta,
    /// New versions of artifacts, by name.
    pub artifact_delta: BTreeMap<String, u32>,
    /// A workflow above is to stop.
    pub escalate: bool,
    /// The conversation goes to this agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_to_agent: Option<String>,
}

impl Event {
    /// An empty event of an author, made now.
    pub fn new(invocation_id: InvocationId, author: impl Into<String>) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            seq: None,
            time: UnixMillis::now().seconds(),
            invocation_id,
            branch: String::new(),
            origin: None,
            author: author.into(),
            partial: false,
            turn_complete: false,
            interrupted: false,
            content: None,
            grounding_metadata: None,
            error_code: None,
            error_message: None,
            error_details: None,
            long_running_tool_ids: Vec::new(),
            usage_metadata: None,
            progress: None,
            custom: None,
            input_required: None,
            input_response: None,
            actions: EventActions::default(),
        }
    }

    /// Whether it says something finished to the user: content that is whole and asks for no function.
    pub fn is_final_response(&self) -> bool {
        !self.partial
            && self.content.as_ref().is_some_and(|content| {
                !content
                    .parts
                    .iter()
                    .any(|part| matches!(part, Part::FunctionCall(_) | Part::FunctionResponse(_)))
            })
    }
}

/// An event with its JSON, so that the store and every listener share one encoding. A clone shares both.
#[derive(Clone, Debug)]
pub struct EncodedEvent {
    /// The event.
    pub event: Arc<Event>,
    /// The same, as it is stored and sent.
    pub json: Arc<str>,
}

impl EncodedEvent {
    /// Encodes an event.
    pub fn new(event: Event) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(&event)?.into();
        Ok(Self { event: Arc::new(event), json })
    }

    /// Reads one back.
    pub fn from_json(json: impl Into<Arc<str>>) -> Result<Self, serde_json::Error> {
        let json = json.into();
        Ok(Self { event: Arc::new(serde_json::from_str(&json)?), json })
    }

    /// The number within the invocation; 0 where it has none.
    pub fn seq(&self) -> u64 {
        self.event.seq.unwrap_or(0)
    }
}

impl std::ops::Deref for EncodedEvent {
    type Target = Event;
    fn deref(&self) -> &Event {
        &self.event
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::FunctionCall;
    use serde_json::json;

    fn id(number: u8) -> InvocationId {
        format!("01890000-0000-7000-8000-00000000000{number}").parse().unwrap()
    }

    fn event() -> Event {
        Event {
            id: "01890000-0000-7000-8000-000000000000".into(),
            time: 1_700_000_000,
            ..Event::new("01890000-0000-7000-8000-000000000001".parse().unwrap(), "echo")
        }
    }

    #[test]
    fn the_smallest_event_has_the_keys_old_clients_read() {
        insta::assert_json_snapshot!(event());
    }

    #[test]
    fn a_full_event_comes_back() {
        let event = Event {
            seq: Some(3),
            branch: "a.b".into(),
            origin: Some(EventOrigin { invocation_id: id(2), through: id(3), seq: Some(7) }),
            partial: true,
            turn_complete: true,
            interrupted: true,
            content: Some(Content::new_model_text("hi")),
            grounding_metadata: Some(json!({"g": 1})),
            error_code: Some("trapped".into()),
            error_message: Some("boom".into()),
            long_running_tool_ids: vec!["1".into()],
            usage_metadata: Some(json!({"inputTokens": 1})),
            progress: Some(Progress { message: "half".into(), done: Some(1), total: Some(2) }),
            custom: Some(Custom { name: "n".into(), value: json!(null) }),
            actions: EventActions {
                state_delta: [("k".to_owned(), json!(1))].into(),
                artifact_delta: [("a".to_owned(), 2)].into(),
                escalate: true,
                transfer_to_agent: Some("b".into()),
            },
            ..event()
        };
        insta::assert_json_snapshot!(event);
        let encoded = EncodedEvent::new(event.clone()).unwrap();
        assert_eq!(*EncodedEvent::from_json(encoded.json).unwrap().event, event);
    }

    #[test]
    fn a_final_response_is_whole_and_asks_nothing() {
        let mut event = event();
        assert!(!event.is_final_response());
        event.content = Some(Content::new_model_text("hi"));
        assert!(event.is_final_response());
        event.partial = true;
        assert!(!event.is_final_response());
        event.partial = false;
        let call = FunctionCall { id: "1".into(), name: "f".into(), args: json!({}) };
        event.content.as_mut().unwrap().parts.push(Part::FunctionCall(call));
        assert!(!event.is_final_response());
    }
}
