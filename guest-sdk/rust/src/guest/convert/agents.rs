//! Other agents, and what they answer.

use super::super::bindings::rak::agent::agents;
use super::{json, value};
use crate::wait::millis;
use crate::{AgentOptions, AgentSummary, Reply};

impl From<agents::Summary> for AgentSummary {
    fn from(summary: agents::Summary) -> Self {
        let agents::Summary { name, description, version, input_schema, extra } = summary;
        Self { name, description, version, input_schema: input_schema.map(value), extra: extra.map(value) }
    }
}

impl From<&AgentOptions> for agents::Options {
    fn from(options: &AgentOptions) -> Self {
        Self {
            session: options.session.clone(),
            timeout_ms: options.timeout.map(millis),
            relay_events: options.relay,
            detached: options.detached,
            extra: options.extra.as_ref().map(json),
        }
    }
}

impl From<agents::Reply> for Reply {
    fn from(reply: agents::Reply) -> Self {
        Self {
            invocation_id: reply.invocation_id,
            content: reply.content.map(Into::into),
            escalate: reply.escalate,
            transfer_to: reply.transfer_to,
            extra: reply.extra.map(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::Content;

    #[test]
    fn a_summary_keeps_its_schema() {
        let theirs = agents::Summary {
            name: "writer".into(),
            description: "Writes.".into(),
            version: "1.0.0".into(),
            input_schema: Some("{\"type\":\"string\"}".into()),
            extra: None,
        };
        let ours = AgentSummary {
            name: "writer".into(),
            description: "Writes.".into(),
            version: "1.0.0".into(),
            input_schema: Some(json!({"type": "string"})),
            extra: None,
        };
        assert_eq!(AgentSummary::from(theirs), ours);
    }

    #[test]
    fn options_that_are_not_given_are_absent() {
        let none = agents::Options::from(&AgentOptions::new());
        assert!(none.session.is_none() && none.timeout_ms.is_none() && none.extra.is_none());
        assert!(!none.relay_events && !none.detached);
        let all = AgentOptions::new()
            .with_session("s")
            .with_timeout(Duration::from_micros(1500))
            .relaying()
            .detached()
            .with_extra(json!(1));
        let all = agents::Options::from(&all);
        assert_eq!(
            (all.session.as_deref(), all.timeout_ms, all.extra.as_deref()),
            (Some("s"), Some(2), Some("1"))
        );
        assert!(all.relay_events && all.detached);
    }

    #[test]
    fn a_reply_carries_everything() {
        let theirs = agents::Reply {
            invocation_id: "i".into(),
            content: Some(Content::model("hi").into()),
            escalate: true,
            transfer_to: Some("b".into()),
            extra: Some("[1]".into()),
        };
        let ours = Reply {
            invocation_id: "i".into(),
            content: Some(Content::model("hi")),
            escalate: true,
            transfer_to: Some("b".into()),
            extra: Some(json!([1])),
        };
        assert_eq!(Reply::from(theirs), ours);
    }
}
