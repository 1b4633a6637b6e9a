//! The one terminal event of an invocation, and what is added before it so that the next run finds a history it can use.

use rak_core::{
    AgentError, AgentOutcome, Content, Custom, ErrorDetails, Event, FunctionResponse, InvocationEnd,
    InvocationId, InvocationStatus, Part, Role, SYSTEM_AUTHOR, StateDelta, StopReason, Usage,
};
use serde_json::json;

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Ending {
    Completed(AgentOutcome),
    Failed { code: String, message: String, details: Option<ErrorDetails> },
    Stopped(StopReason),
}

impl Ending {
    pub(crate) fn of(result: Result<AgentOutcome, AgentError>, stopped: Option<StopReason>) -> Self {
        match (stopped, result) {
            // Whoever stopped it was told so, whatever the agent returned in the same moment.
            (Some(reason), _) => Self::Stopped(reason),
            (None, Ok(outcome)) => Self::Completed(outcome),
            (None, Err(error)) => {
                let details = match &error {
                    AgentError::Failed(failure) => Some(failure.into()),
                    _ => None,
                };
                Self::Failed { code: error.code().to_owned(), message: error.to_string(), details }
            }
        }
    }

    pub(crate) fn status(&self) -> InvocationStatus {
        match self {
            Self::Completed(_) => InvocationStatus::Completed,
            Self::Failed { .. } => InvocationStatus::Failed,
            Self::Stopped(reason) => reason.status(),
        }
    }

    pub(crate) fn end(&self, usage: Usage, progress: Option<rak_core::Progress>) -> InvocationEnd {
        let reason = match self {
            Self::Completed(_) => None,
            Self::Failed { code, .. } => Some(code.clone()),
            Self::Stopped(reason) => Some(reason.code().to_owned()),
        };
        InvocationEnd { status: self.status(), reason, progress, usage }
    }

    /// The events that end the run; the last one is the terminal event. `open_calls` are the function calls that
    /// nobody answered; a run that completed may leave them open on purpose.
    pub(crate) fn events(
        self,
        id: InvocationId,
        author: &str,
        open_calls: &[(String, String)],
        state: &StateDelta,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        if !open_calls.is_empty() && !matches!(self, Self::Completed(_)) {
            events.push(closing_responses(id, open_calls));
        }
        events.push(self.terminal_event(id, author, state));
        events
    }

    fn terminal_event(self, id: InvocationId, author: &str, state: &StateDelta) -> Event {
        match self {
            Self::Completed(outcome) => {
                let mut event = Event::new(id, author);
                event.turn_complete = true;
                event.content = outcome.content;
                event.custom = outcome.extra.map(|value| Custom { name: "outcome".into(), value });
                event.actions.state_delta.clone_from(state);
                event.actions.escalate = outcome.escalate;
                event.actions.transfer_to_agent = outcome.transfer_to;
                event
            }
            Self::Failed { code, message, details } => {
                let mut event = Event::new(id, SYSTEM_AUTHOR);
                event.turn_complete = true;
                event.error_code = Some(code);
                event.error_message = Some(message);
                event.error_details = details;
                event
            }
            Self::Stopped(reason) => {
                let mut event = Event::new(id, SYSTEM_AUTHOR);
                event.turn_complete = true;
                event.interrupted = true;
                event.error_code = Some(reason.code().to_owned());
                event.error_message = Some(reason.message().to_owned());
                event
            }
        }
    }
}

/// Models refuse a conversation with a call that has no response.
fn closing_responses(id: InvocationId, open_calls: &[(String, String)]) -> Event {
    let parts = open_calls
        .iter()
        .map(|(call, name)| {
            Part::FunctionResponse(FunctionResponse {
                id: call.clone(),
                name: name.clone(),
                response: json!({"error": "the run ended before this call was answered"}),
                failed: true,
            })
        })
        .collect();
    let mut event = Event::new(id, SYSTEM_AUTHOR);
    event.content = Some(Content { role: Role::FUNCTION.into(), parts });
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_wins_over_what_the_agent_returned() {
        let ending = Ending::of(Ok(AgentOutcome::default()), Some(StopReason::Cancelled));
        assert_eq!(ending.status(), InvocationStatus::Cancelled);
        let events = ending.events(InvocationId::new(), "a", &[("1".into(), "f".into())], &StateDelta::new());
        assert_eq!(events.len(), 2);
        assert_eq!(events[1].error_message.as_deref(), Some("Invocation cancelled"));
        assert!(events[1].turn_complete && events[1].author == "system");
    }

    #[test]
    fn a_completed_run_may_leave_calls_open() {
        let ending = Ending::of(Ok(AgentOutcome::default()), None);
        let events = ending.events(InvocationId::new(), "a", &[("1".into(), "f".into())], &StateDelta::new());
        assert_eq!(events.len(), 1);
        assert!(events[0].turn_complete);
    }
}
