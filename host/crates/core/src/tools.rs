//! The port behind which tools are: what agents may call, and how it answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::ids::InvocationId;
use crate::registry::AgentGrants;
use crate::session::SessionKey;

/// What a tool does to the world. They are what its maker says of it, and no promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own in the contract")]
pub struct ToolHints {
    /// It changes nothing.
    pub read_only: bool,
    /// What it changes may be lost.
    pub destructive: bool,
    /// A second call with the same arguments changes nothing more.
    pub idempotent: bool,
    /// It deals with a world outside this host.
    pub open_world: bool,
    /// A person is asked before each call.
    pub needs_approval: bool,
}

/// A tool, as a model is told about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolSpec {
    /// Its name in the one namespace of all tools: `clock`, `mcp.SERVER.TOOL`.
    pub name: String,
    /// What it does, and when to use it.
    #[serde(default)]
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Value,
    /// What it does to the world.
    #[serde(default)]
    pub hints: ToolHints,
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// Which tool.
    pub name: String,
    /// Its arguments, an object.
    pub args: Value,
    /// What ties the answer to the call, as the model or the agent gave it; may be empty.
    pub call_id: String,
    /// A tool that takes keys does once what is asked for several times with the same one.
    pub idempotency_key: String,
    /// How long it may take; the tool's own limit where absent, and never longer than that.
    pub timeout: Option<Duration>,
    /// For which session.
    pub session: SessionKey,
    /// By which invocation.
    pub invocation: InvocationId,
    /// What its agent may do: a tool that does the same may do no more.
    pub grants: Arc<AgentGrants>,
}

/// What a tool answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolAnswer {
    /// The answer, an object.
    pub response: Value,
    /// Whether the tool itself says that it failed: an answer too, for the model to read.
    pub failed: bool,
    /// Versions of artifacts that it saved, of which the client is to be told.
    pub saved: BTreeMap<String, u32>,
}

/// The tools there are. Who may call which, and whom to ask before, is decided by who calls this.
#[async_trait]
pub trait Toolbox: Send + Sync + 'static {
    /// The tools there are now, sorted by name. Those of a server come and go with it.
    fn specs(&self) -> Vec<ToolSpec>;

    /// One of them.
    fn spec(&self, name: &str) -> Option<ToolSpec> {
        self.specs().into_iter().find(|spec| spec.name == name)
    }

    /// Returns when it is known whether there is a tool of this name: the tools of a server are known when it has answered
    /// once. Fails with [`Unavailable`](crate::FailureKind::Unavailable) where its server never did, and says why.
    async fn known(&self, _name: &str) -> Result<(), Failure> {
        Ok(())
    }

    /// Returns when every server has answered once, or could not be reached.
    async fn settled(&self) {}

    /// Whether a person is to be asked before a tool of this name is called. It may be that of another agent
    /// (`agent.NAME`), which is no tool of these.
    fn asks_before(&self, _name: &str) -> bool {
        false
    }

    /// How long a person may take to approve a call; without an end where absent.
    fn approval_expires_in(&self) -> Option<Duration> {
        None
    }

    /// Calls a tool; dropping the future gives the call up, and the tool is told so where it can be.
    ///
    /// Fails with [`NotFound`](crate::FailureKind::NotFound), [`InvalidArgument`](crate::FailureKind::InvalidArgument)
    /// (the arguments do not satisfy the schema), [`DeadlineExceeded`](crate::FailureKind::DeadlineExceeded),
    /// [`LimitExceeded`](crate::FailureKind::LimitExceeded) (its answer is too large),
    /// [`Unavailable`](crate::FailureKind::Unavailable) (its server is not there, or went away during the call, so that
    /// nobody knows whether it was done), and [`Failed`](crate::FailureKind::Failed).
    async fn call(&self, call: ToolCall) -> Result<ToolAnswer, Failure>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tool_has_its_wire_shape() {
        let spec = ToolSpec {
            name: "mcp.files.write".to_owned(),
            description: "Writes a file.".to_owned(),
            parameters: json!({"type": "object"}),
            hints: ToolHints { destructive: true, open_world: true, ..ToolHints::default() },
        };
        let wire = json!({
            "name": "mcp.files.write",
            "description": "Writes a file.",
            "parameters": {"type": "object"},
            "hints": {
                "readOnly": false,
                "destructive": true,
                "idempotent": false,
                "openWorld": true,
                "needsApproval": false,
            },
        });
        assert_eq!(serde_json::to_value(&spec).unwrap(), wire);
        assert_eq!(serde_json::from_value::<ToolSpec>(wire).unwrap(), spec);
        let short: ToolSpec = serde_json::from_value(json!({"name": "clock", "parameters": {}})).unwrap();
        assert_eq!(short.hints, ToolHints::default());
    }
}
