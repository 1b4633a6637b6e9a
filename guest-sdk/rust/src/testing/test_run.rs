//! What a run under test left behind.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::{AgentCall, Asked, EmbedCall, HttpCall, ModelCall, ToolCall};
use crate::{Blob, Content, Event, Failure, Level, Outcome, Progress};

/// What a run under test left behind.
#[derive(Clone, Debug)]
#[must_use]
pub struct TestRun {
    /// How it ended.
    pub outcome: Result<Outcome, Failure>,
    /// What it emitted, in order.
    pub events: Vec<Event>,
    /// The state that the next invocation would find.
    pub state: BTreeMap<String, Value>,
    /// What of it this run changed: the new value, or `None` where it removed one. What a failed run changed after its
    /// last stored event is not in it, nor is anything under `temp:`.
    pub changes: BTreeMap<String, Option<Value>>,
    /// What it asked people, in order.
    pub asked: Vec<Asked>,
    /// What it told other agents, in order.
    pub agent_calls: Vec<AgentCall>,
    /// What it called tools with, in order.
    pub tool_calls: Vec<ToolCall>,
    /// What it asked models, in order.
    pub model_calls: Vec<ModelCall>,
    /// Which texts it had turned into vectors, in order.
    pub embed_calls: Vec<EmbedCall>,
    /// What it asked of the web, in order.
    pub http_calls: Vec<HttpCall>,
    /// The artifacts that the next invocation would find: the versions of each name from the first one on, `None` where one was
    /// removed. What was saved stays where a run fails.
    pub artifacts: BTreeMap<String, Vec<Option<Blob>>>,
    /// The lines it logged.
    pub logs: Vec<LogLine>,
    /// How long it waited, on the fake clock.
    pub slept: Duration,
}

impl TestRun {
    /// The text of the outcome's content; empty where it has none.
    ///
    /// # Panics
    ///
    /// Where the run failed.
    #[track_caller]
    pub fn answer(&self) -> String {
        self.outcome().content.as_ref().map(Content::text).unwrap_or_default()
    }

    /// How it ended well.
    ///
    /// # Panics
    ///
    /// Where the run failed.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion, for tests")]
    pub fn outcome(&self) -> &Outcome {
        match &self.outcome {
            Ok(outcome) => outcome,
            Err(failure) => panic!("the agent failed: {failure}"),
        }
    }

    /// How it ended badly.
    ///
    /// # Panics
    ///
    /// Where the run did not fail.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion, for tests")]
    pub fn failure(&self) -> &Failure {
        match &self.outcome {
            Ok(outcome) => panic!("the agent did not fail: {outcome:?}"),
            Err(failure) => failure,
        }
    }

    /// The newest version of an artifact; `None` where there is none.
    pub fn artifact(&self, name: &str) -> Option<&Blob> {
        self.artifacts.get(name)?.iter().flatten().next_back()
    }

    /// The contents it emitted.
    pub fn contents(&self) -> impl Iterator<Item = &Content> {
        self.events.iter().filter_map(|event| match event {
            Event::Content(content) => Some(content),
            _ => None,
        })
    }

    /// The text deltas it emitted.
    pub fn text_deltas(&self) -> impl Iterator<Item = &str> {
        self.events.iter().filter_map(|event| match event {
            Event::TextDelta(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The progress it reported.
    pub fn progress(&self) -> impl Iterator<Item = &Progress> {
        self.events.iter().filter_map(|event| match event {
            Event::Progress(progress) => Some(progress),
            _ => None,
        })
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub message: String,
    /// What stands beside it.
    pub fields: Vec<(String, String)>,
}
