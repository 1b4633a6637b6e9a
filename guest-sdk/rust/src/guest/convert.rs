//! The only mapping between the generated types and the SDK's own.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "natively only the tests convert"))]

mod agents;
mod artifacts;
mod content;
mod http;
mod models;
mod tools;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::bindings::exports::rak::agent::entry;
use super::bindings::rak::agent::{common, context, events, log, people, session};
use crate::wait::millis;
use crate::{
    Decision, Descriptor, Entry, Event, Failure, FailureKind, Info, Level, Outcome, Page, Progress, Skill,
};

/// A JSON document as the contract carries it.
pub(super) fn json(value: &Value) -> String {
    value.to_string()
}

/// What a JSON document of the host says. The host sends only valid ones; should it ever not, its text is the value, so
/// that nothing is lost and nothing traps.
pub(super) fn value(json: String) -> Value {
    serde_json::from_str(&json).unwrap_or(Value::String(json))
}

/// A time as the contract carries it.
fn time(ms: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_millis(ms)).unwrap_or(UNIX_EPOCH)
}

/// Two enums with the same cases.
macro_rules! mirror {
    ($ours:ident, $theirs:path { $($case:ident),+ $(,)? }) => {
        impl From<$ours> for $theirs {
            fn from(ours: $ours) -> Self {
                match ours { $($ours::$case => Self::$case),+ }
            }
        }

        impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                match theirs { $(<$theirs>::$case => Self::$case),+ }
            }
        }
    };
}

mirror!(
    FailureKind,
    common::FailureKind {
        Cancelled,
        DeadlineExceeded,
        Denied,
        NotFound,
        InvalidArgument,
        Conflict,
        LimitExceeded,
        RateLimited,
        Unavailable,
        Unsupported,
        Failed,
    }
);

mirror!(Level, log::Level { Trace, Debug, Info, Warning, Severe });

impl From<common::Failure> for Failure {
    fn from(failure: common::Failure) -> Self {
        Self {
            kind: failure.kind.into(),
            code: failure.code,
            message: failure.message,
            retry_after: failure.retry_after_ms.map(Duration::from_millis),
            details: failure.details.map(value),
        }
    }
}

impl From<Failure> for common::Failure {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind.into(),
            code: failure.code,
            message: failure.message,
            retry_after_ms: failure.retry_after.map(millis),
            details: failure.details.as_ref().map(json),
        }
    }
}

impl From<Event> for events::Event {
    fn from(event: Event) -> Self {
        match event {
            Event::Content(content) => Self::Content(content.into()),
            Event::TextDelta(text) => Self::TextDelta(text),
            Event::ThoughtDelta(text) => Self::ThoughtDelta(text),
            Event::Progress(Progress { message, done, total }) => {
                Self::Progress(events::Progress { message, done, total })
            }
            Event::Other(custom) => Self::Other(custom.into()),
        }
    }
}

impl From<context::Info> for Info {
    fn from(info: context::Info) -> Self {
        Self {
            invocation_id: info.invocation_id,
            session_id: info.session_id,
            user_id: info.user_id,
            agent: info.agent,
            agent_version: info.agent_version,
            attempt: info.attempt,
            parent_id: info.parent_id,
            traceparent: info.traceparent,
            extra: info.extra.map(value),
        }
    }
}

impl From<session::Page> for Page {
    fn from(page: session::Page) -> Self {
        Self { entries: page.entries.into_iter().map(Into::into).collect(), next: page.next }
    }
}

impl From<session::Entry> for Entry {
    fn from(entry: session::Entry) -> Self {
        Self { seq: entry.seq, author: entry.author, content: entry.content.into(), at: time(entry.at_ms) }
    }
}

impl From<people::Decision> for Decision {
    fn from(decision: people::Decision) -> Self {
        let people::Decision { approved, by, reason, edited } = decision;
        Self { approved, by, reason, edited: edited.map(value) }
    }
}

impl From<Descriptor> for entry::Descriptor {
    fn from(descriptor: Descriptor) -> Self {
        Self {
            name: descriptor.name,
            description: descriptor.description,
            version: descriptor.version,
            skills: descriptor.skills.into_iter().map(Into::into).collect(),
            input_schema: descriptor.input_schema.as_ref().map(json),
            extra: descriptor.extra.as_ref().map(json),
        }
    }
}

impl From<Skill> for entry::Skill {
    fn from(skill: Skill) -> Self {
        let Skill { id, name, description, tags, examples } = skill;
        Self { id, name, description, tags, examples }
    }
}

impl From<Outcome> for entry::Outcome {
    fn from(outcome: Outcome) -> Self {
        Self {
            content: outcome.content.map(Into::into),
            escalate: outcome.escalate,
            transfer_to: outcome.transfer_to,
            extra: outcome.extra.as_ref().map(json),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Content;

    #[test]
    fn failures_survive_the_way_there_and_back() {
        for kind in FailureKind::ALL {
            let failure = Failure::new(kind, "why")
                .with_code("own")
                .with_retry_after(Duration::from_millis(1500))
                .with_details(json!({"a": [1]}));
            assert_eq!(Failure::from(common::Failure::from(failure.clone())), failure);
        }
    }

    #[test]
    fn levels_keep_their_order() {
        for (index, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(log::Level::from(level) as usize, index);
        }
    }

    #[test]
    fn a_document_that_is_not_json_becomes_its_text() {
        assert_eq!(value("{\"a\":1}".into()), json!({"a": 1}));
        assert_eq!(value("{oops".into()), json!("{oops"));
    }

    #[test]
    fn entries_get_a_time() {
        let content = Content::user("x").into();
        let entry = session::Entry { seq: 7, author: "user".into(), content, at_ms: 1500 };
        assert_eq!(Entry::from(entry).at, UNIX_EPOCH + Duration::from_millis(1500));
    }

    #[test]
    fn a_decision_keeps_what_was_edited() {
        let theirs = people::Decision {
            approved: true,
            by: Some("ada".into()),
            reason: None,
            edited: Some("{\"amount\":5}".into()),
        };
        let ours = Decision::approved().with_by("ada").with_edited(json!({"amount": 5}));
        assert_eq!(Decision::from(theirs), ours);
    }

    #[test]
    fn an_outcome_carries_everything() {
        let outcome = Outcome::text("x").escalating().transferring_to("b").with_extra(json!(null));
        let theirs = entry::Outcome::from(outcome);
        assert!(theirs.escalate && theirs.content.is_some());
        assert_eq!((theirs.transfer_to.as_deref(), theirs.extra.as_deref()), (Some("b"), Some("null")));
    }
}
