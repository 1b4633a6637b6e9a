//! Agents that call other agents: what is asked for, and what comes back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agent::AgentDescriptor;
use crate::content::Content;
use crate::ids::{AppName, InvocationId, SessionId};

/// An agent that another one may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentSummary {
    /// The name it is served under.
    pub name: AppName,
    /// What it does.
    pub description: String,
    /// Its author's version.
    pub version: String,
    /// JSON Schema of a structured input, where it wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// Whatever else it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}

impl AgentSummary {
    /// What an agent says of itself, under the name it is served under.
    pub fn new(name: AppName, descriptor: &AgentDescriptor) -> Self {
        let AgentDescriptor { description, version, input_schema, extra, .. } = descriptor.clone();
        Self { name, description, version, input_schema, extra }
    }
}

/// A child that an invocation wants to start.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildRequest {
    /// Which of the invocation's children it is, from 1: the same one when the invocation is repeated.
    pub number: u64,
    /// Whom it calls.
    pub agent: AppName,
    /// What it says.
    pub input: Content,
    /// How.
    pub options: ChildOptions,
}

/// How a child is to be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildOptions {
    /// Its session; one of its own where absent.
    pub session: Option<SessionId>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// Whether its events are shown in the parent's stream.
    pub relay: bool,
    /// Whether it goes on when its parent ends.
    pub detached: bool,
}

/// What a child returned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildReply {
    /// The child.
    pub invocation_id: InvocationId,
    /// What it answered, or emitted last where its outcome has no content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// A workflow above is to stop.
    #[serde(default)]
    pub escalate: bool,
    /// The conversation goes to this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_to: Option<String>,
    /// Whatever else it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}
