//! How the events of a run are shown to a client, whatever carries them.
//!
//! A run that failed or ran out of time has its failure in the place of its terminal event; any other end is shown as
//! the event it is.

use std::sync::Arc;

use rak_core::{EncodedEvent, ErrorDetails, Event, RunError, StopReason};
use serde_json::value::RawValue;

use crate::error::ApiError;

/// What the client sees.
#[derive(Debug)]
pub(crate) enum Shown {
    /// An event, in the midst of a run or at its end.
    Event(Arc<EncodedEvent>),
    /// The terminal event of a run that was cancelled.
    Cancelled(Arc<EncodedEvent>),
    /// The terminal event of a run that failed.
    Failed(Arc<EncodedEvent>, RunFailure),
    /// The events cannot be read any further.
    Broken(RunFailure),
}

/// Why a run has no better end. Both texts are public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunFailure {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) details: Option<ErrorDetails>,
}

/// Shows what a run's stream gave; none where the client does not want it.
pub(crate) fn show(item: Result<Arc<EncodedEvent>, RunError>, streaming: bool) -> Option<Shown> {
    let event = match item {
        Ok(event) => event,
        Err(error) => {
            let error = ApiError::from(error);
            let failure =
                RunFailure { code: error.code().to_owned(), text: error.text().to_owned(), details: None };
            return Some(Shown::Broken(failure));
        }
    };
    if event.partial && !streaming {
        return None;
    }
    Some(match End::of(&event) {
        Some(End::Failed) => {
            let failure = RunFailure {
                code: event.error_code.clone().unwrap_or_default(),
                text: event.error_message.clone().unwrap_or_default(),
                details: event.error_details.clone(),
            };
            Shown::Failed(event, failure)
        }
        Some(End::Cancelled) => Shown::Cancelled(event),
        Some(End::Other) | None => Shown::Event(event),
    })
}

enum End {
    /// It failed, or its time was over.
    Failed,
    Cancelled,
    /// It completed, or the host stopped.
    Other,
}

impl End {
    fn of(event: &Event) -> Option<Self> {
        if !event.turn_complete {
            return None;
        }
        let Some(code) = event.error_code.as_deref() else { return Some(Self::Other) };
        // Only what was stopped from outside is marked as interrupted; an agent's own code may be any word.
        Some(match code {
            _ if !event.interrupted => Self::Failed,
            _ if code == StopReason::TimedOut.code() => Self::Failed,
            _ if CANCELLED.iter().any(|reason| reason.code() == code) => Self::Cancelled,
            _ => Self::Other,
        })
    }
}

/// The reasons that lead to the status `cancelled`.
const CANCELLED: [StopReason; 3] = [StopReason::Cancelled, StopReason::Disconnected, StopReason::Superseded];

/// The JSON an event already has, to be put into a larger one as it is.
pub(crate) fn raw_json(event: &EncodedEvent) -> &RawValue {
    serde_json::from_str(&event.json).unwrap_or_else(|error| {
        tracing::error!(invocation = %event.invocation_id, %error, "an event is stored as something else than JSON");
        RawValue::NULL
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::{InvocationId, InvocationStatus, SYSTEM_AUTHOR, StoreError};

    fn shown(change: impl FnOnce(&mut Event)) -> Option<Shown> {
        let mut event = Event::new(InvocationId::new(), SYSTEM_AUTHOR);
        change(&mut event);
        show(Ok(Arc::new(EncodedEvent::new(event).unwrap())), false)
    }

    fn stopped(reason: StopReason) -> Option<Shown> {
        shown(|event| {
            event.turn_complete = true;
            event.interrupted = true;
            event.error_code = Some(reason.code().into());
            event.error_message = Some(reason.message().into());
        })
    }

    #[test]
    fn every_reason_to_stop_is_shown_by_its_status() {
        use StopReason::{Cancelled, Disconnected, Interrupted, ShuttingDown, Superseded, TimedOut};
        for reason in [Cancelled, TimedOut, Disconnected, Superseded, ShuttingDown, Interrupted] {
            let shown = stopped(reason).unwrap();
            match reason.status() {
                InvocationStatus::Cancelled => assert!(matches!(shown, Shown::Cancelled(_)), "{reason:?}"),
                InvocationStatus::TimedOut => assert!(matches!(shown, Shown::Failed(..)), "{reason:?}"),
                _ => assert!(matches!(shown, Shown::Event(_)), "{reason:?}"),
            }
        }
    }

    #[test]
    fn a_failure_keeps_the_agents_words() {
        let shown = shown(|event| {
            event.turn_complete = true;
            event.error_code = Some("cancelled".into());
            event.error_message = Some("the upstream cancelled".into());
        });
        let Some(Shown::Failed(_, failure)) = shown else { panic!("{shown:?}") };
        assert_eq!((failure.code.as_str(), failure.text.as_str()), ("cancelled", "the upstream cancelled"));
    }

    #[test]
    fn partial_events_are_for_those_who_want_them() {
        assert!(shown(|event| event.partial = true).is_none());
        assert!(matches!(shown(|_| ()), Some(Shown::Event(_))));
    }

    #[test]
    fn a_store_that_fails_is_not_quoted() {
        let shown = show(Err(StoreError::unavailable("secret").into()), true);
        let Some(Shown::Broken(failure)) = shown else { panic!() };
        assert_eq!(failure.code, "store_unavailable");
        assert!(!failure.text.contains("secret"));
    }
}
