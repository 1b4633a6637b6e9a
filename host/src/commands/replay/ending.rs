//! How a run ended, then and now.

use rak_core::{AgentError, AgentOutcome, Content, ErrorDetails, Event, InvocationStatus, StateDelta};
use rak_server::protocol::rest::Recording;
use serde_json::{Value, json};

/// Failures that are the host's and not the agent's: there is nothing to compare them with.
const CODES_OF_THE_HOST: [&str; 4] = ["unavailable", "attempts_exhausted", "not_stored", "nondeterminism"];

/// The end that an agent made itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// It returned an outcome.
    Completed { outcome: Box<AgentOutcome>, state: StateDelta },
    /// It failed, trapped, or went past a limit.
    Failed { code: String, message: String, details: Option<ErrorDetails> },
}

/// How the recorded run ended.
#[derive(Clone, Debug)]
pub(super) enum RecordedEnd {
    /// By itself.
    Agent(End),
    /// Something else ended it, at whatever call it was: the reason, for a person.
    Stopped(String),
    /// It is not over.
    NotYet(InvocationStatus),
}

impl RecordedEnd {
    pub(super) fn of(recording: &Recording) -> Self {
        let body = &recording.invocation;
        if !body.status.is_terminal() {
            return Self::NotYet(body.status);
        }
        let Some(event) = recording.events.last().filter(|event| event.turn_complete) else {
            return Self::Stopped(body.reason.clone().unwrap_or_else(|| body.status.to_string()));
        };
        let message = event.error_message.clone().unwrap_or_default();
        match &event.error_code {
            None => Self::Agent(completed(event)),
            Some(code) if event.interrupted || is_of_the_host(event, code) => {
                Self::Stopped(if message.is_empty() { code.clone() } else { message })
            }
            Some(code) => {
                let details = event.error_details.clone();
                Self::Agent(End::Failed { code: code.clone(), message, details })
            }
        }
    }
}

fn is_of_the_host(event: &Event, code: &str) -> bool {
    let details = event.error_details.as_ref().and_then(|details| details.details.as_ref());
    // A journal that is full is that of then.
    let full = details.is_some_and(|details| details.get("limit").is_some_and(|limit| limit == "journal"))
        || event.error_message.as_ref().is_some_and(|message| message.starts_with("the run's journal has "));
    full || (event.error_details.is_none() && CODES_OF_THE_HOST.contains(&code))
}

fn completed(event: &Event) -> End {
    let outcome = AgentOutcome {
        content: event.content.clone(),
        escalate: event.actions.escalate,
        transfer_to: event.actions.transfer_to_agent.clone(),
        extra: event.custom.clone().map(|custom| custom.value),
    };
    End::Completed { outcome: Box::new(outcome), state: event.actions.state_delta.clone() }
}

impl End {
    /// The end of the repeated run; none where something else ended it.
    pub(super) fn of(result: &Result<AgentOutcome, AgentError>, state: &StateDelta) -> Option<Self> {
        let error = match result {
            Ok(outcome) => {
                return Some(Self::Completed { outcome: Box::new(outcome.clone()), state: state.clone() });
            }
            Err(error) => error,
        };
        let details = match error {
            AgentError::Failed(failure) => Some(failure.into()),
            AgentError::Trapped { .. } | AgentError::LimitExceeded { .. } => None,
            _ => return None,
        };
        Some(Self::Failed { code: error.code().to_owned(), message: error.to_string(), details })
    }

    /// Everything of it, for a person.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Completed { outcome, state } => {
                let mut text = match &outcome.content {
                    Some(content) => format!("completed with {}", describe_content(content)),
                    None => "completed without content".to_owned(),
                };
                let more = [
                    outcome.escalate.then(|| "escalate".to_owned()),
                    outcome.transfer_to.as_ref().map(|to| format!("transfer to {to}")),
                    outcome.extra.as_ref().map(|extra| format!("extra {extra}")),
                    (!state.is_empty()).then(|| format!("state {}", json!(state))),
                ];
                for more in more.into_iter().flatten() {
                    text.push_str(", ");
                    text.push_str(&more);
                }
                text
            }
            Self::Failed { code, message, details } => {
                let details = details.as_ref().map(|details| format!(" {}", json!(details)));
                format!("failed ({code}): {message}{}", details.unwrap_or_default())
            }
        }
    }
}

/// A content in a line: its text, where it is one text, and JSON otherwise.
pub(super) fn describe_content(content: &Content) -> String {
    match content.parts.as_slice() {
        [part] if part.as_text().is_some() => Value::from(content.text()).to_string(),
        _ => json!(content.parts).to_string(),
    }
}
