//! Tools, and calls of them.

use super::super::bindings::rak::agent::{common, tools};
use super::{json, value};
use crate::wait::millis;
use crate::{FunctionCall, FunctionResponse, Hints, Tool, ToolOptions};

impl From<tools::Tool> for Tool {
    fn from(tool: tools::Tool) -> Self {
        Self {
            name: tool.name,
            description: tool.description,
            parameters: value(tool.parameters),
            hints: tool.hints.into(),
            extra: tool.extra.map(value),
        }
    }
}

impl From<tools::Hints> for Hints {
    fn from(hints: tools::Hints) -> Self {
        let holds = |hint: tools::Hints| (hints & hint) == hint;
        Self {
            read_only: holds(tools::Hints::READ_ONLY),
            destructive: holds(tools::Hints::DESTRUCTIVE),
            idempotent: holds(tools::Hints::IDEMPOTENT),
            open_world: holds(tools::Hints::OPEN_WORLD),
            needs_approval: holds(tools::Hints::NEEDS_APPROVAL),
        }
    }
}

impl From<&ToolOptions> for tools::CallOptions {
    fn from(options: &ToolOptions) -> Self {
        Self {
            timeout_ms: options.timeout.map(millis),
            idempotency_key: options.idempotency_key.clone(),
            relay_events: options.relay,
            extra: options.extra.as_ref().map(json),
        }
    }
}

impl From<FunctionCall> for common::FunctionCall {
    fn from(call: FunctionCall) -> Self {
        Self { id: call.id, name: call.name, args: json(&call.args) }
    }
}

impl From<common::FunctionCall> for FunctionCall {
    fn from(call: common::FunctionCall) -> Self {
        let common::FunctionCall { id, name, args } = call;
        Self { id, name, args: value(args) }
    }
}

impl From<common::FunctionResponse> for FunctionResponse {
    fn from(response: common::FunctionResponse) -> Self {
        let common::FunctionResponse { id, name, response, failed } = response;
        Self { id, name, response: value(response), failed }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_tool_keeps_its_parameters_and_each_hint() {
        let theirs = |hints| tools::Tool {
            name: "f".into(),
            description: "Does.".into(),
            parameters: "{\"type\":\"object\"}".into(),
            hints,
            extra: Some("1".into()),
        };
        let ours = |hints| Tool {
            name: "f".into(),
            description: "Does.".into(),
            parameters: json!({"type": "object"}),
            hints,
            extra: Some(json!(1)),
        };
        let none = Hints::default();
        for (hint, hints) in [
            (tools::Hints::empty(), none),
            (tools::Hints::READ_ONLY, Hints { read_only: true, ..none }),
            (tools::Hints::DESTRUCTIVE, Hints { destructive: true, ..none }),
            (tools::Hints::IDEMPOTENT, Hints { idempotent: true, ..none }),
            (tools::Hints::OPEN_WORLD, Hints { open_world: true, ..none }),
            (tools::Hints::NEEDS_APPROVAL, Hints { needs_approval: true, ..none }),
        ] {
            assert_eq!(Tool::from(theirs(hint)), ours(hints));
        }
    }

    #[test]
    fn options_that_are_not_given_are_absent() {
        let none = tools::CallOptions::from(&ToolOptions::new());
        assert!(none.timeout_ms.is_none() && none.idempotency_key.is_none() && none.extra.is_none());
        assert!(!none.relay_events);
        let all = ToolOptions::new()
            .with_timeout(Duration::from_micros(1500))
            .with_idempotency_key("k")
            .relaying()
            .with_extra(json!(1));
        let all = tools::CallOptions::from(&all);
        assert_eq!((all.timeout_ms, all.idempotency_key.as_deref()), (Some(2), Some("k")));
        assert_eq!((all.relay_events, all.extra.as_deref()), (true, Some("1")));
    }
}
