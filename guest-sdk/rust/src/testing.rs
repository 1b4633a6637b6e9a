//! Unit tests for agents: a host in memory, with a clock that only moves when somebody waits.
//!
//! [`FakeHost`] says what the agent finds; [`FakeHost::run`] runs it, natively and in this thread; [`TestRun`] holds what
//! it did.
//!
//! ```
//! # extern crate rak_sdk as rak;
//! use std::time::Duration;
//!
//! use rak::testing::FakeHost;
//! use rak::{Content, Context, Event, Failure, FailureKind};
//!
//! fn run(cx: &Context, name: String) -> Result<String, Failure> {
//!     cx.events().content(Content::model("One moment."))?;
//!     cx.sleep(Duration::from_secs(60));
//!     cx.check_cancelled()?;
//!     Ok(format!("Hello, {name}!"))
//! }
//!
//! let run_to_end = FakeHost::new().run(run, "Ada");
//! assert_eq!(run_to_end.answer(), "Hello, Ada!");
//! assert_eq!(run_to_end.slept, Duration::from_secs(60)); // of the fake clock
//!
//! let cancelled = FakeHost::new().cancel_after(Duration::from_secs(5)).run(run, "Ada");
//! assert_eq!(cancelled.failure().kind, FailureKind::Cancelled);
//! assert_eq!(cancelled.slept, Duration::from_secs(5));
//! ```
//!
//! The function given to `run` is the agent's own: the one under `#[rak::agent]`, or `MyAgent::run` of a type.

mod agents;
mod artifacts;
mod clock;
mod http;
mod invocation;
mod models;
mod people;
mod started;
mod state;
mod test_run;
mod tools;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;

use crate::wait::millis;
use crate::{Content, Context, Entry, FromInput, Info, IntoOutcome};

use agents::Agents;
pub use agents::{AgentCall, FakeAgent};
use artifacts::Artifacts;
use clock::Clock;
use http::Http;
pub use http::{HttpAnswer, HttpCall};
pub(crate) use invocation::Invocation;
use models::Models;
pub use models::{EmbedCall, FakeModel, ModelAnswer, ModelCall};
pub use people::Asked;
use people::{People, Script};
use state::State;
pub use test_run::{LogLine, TestRun};
use tools::Tools;
pub use tools::{FakeTool, ToolAnswer, ToolCall};

/// A host in memory: what an agent finds when it runs. Each run begins with the same.
#[derive(Clone, Debug)]
pub struct FakeHost {
    info: Info,
    config: BTreeMap<String, Value>,
    history: Vec<Entry>,
    state: BTreeMap<String, Value>,
    script: Script,
    agents: BTreeMap<String, FakeAgent>,
    tools: BTreeMap<String, FakeTool>,
    models: Vec<FakeModel>,
    http: Vec<http::Route>,
    artifacts: artifacts::Preset,
    limits: Limits,
}

/// When a run is to end.
#[derive(Clone, Copy, Debug, Default)]
struct Limits {
    cancel_after_calls: Option<u64>,
    cancel_at_ms: Option<u64>,
    deadline_ms: Option<u64>,
}

impl Default for FakeHost {
    fn default() -> Self {
        let info = Info {
            invocation_id: "test-invocation".into(),
            session_id: "test-session".into(),
            user_id: "test-user".into(),
            agent: "test-agent".into(),
            agent_version: "sha256:test".into(),
            attempt: 1,
            ..Info::default()
        };
        Self {
            info,
            config: BTreeMap::new(),
            history: Vec::new(),
            state: BTreeMap::new(),
            script: Script::default(),
            agents: BTreeMap::new(),
            tools: BTreeMap::new(),
            models: Vec::new(),
            http: Vec::new(),
            artifacts: artifacts::Preset::default(),
            limits: Limits::default(),
        }
    }
}

impl FakeHost {
    /// A user without history, state or artifacts, an agent without configuration, nobody to answer it, no other agents, tools,
    /// models or places of the web, no deadline.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whose conversation it is.
    #[must_use]
    pub fn user(mut self, id: impl Into<String>) -> Self {
        self.info.user_id = id.into();
        self
    }

    /// Which conversation it is.
    #[must_use]
    pub fn session(mut self, id: impl Into<String>) -> Self {
        self.info.session_id = id.into();
        self
    }

    /// Everything that `cx.info()` says.
    #[must_use]
    pub fn info(mut self, info: Info) -> Self {
        self.info = info;
        self
    }

    /// A value of the agent's manifest.
    #[must_use]
    pub fn config(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.config.insert(key.into(), value.into());
        self
    }

    /// Something that was said before, after everything else that was said; a second later than the last.
    #[must_use]
    pub fn said(self, author: impl Into<String>, content: impl Into<Content>) -> Self {
        let seq = self.history.last().map_or(0, |last| last.seq).saturating_add(1);
        let at = UNIX_EPOCH + Duration::from_secs(seq);
        self.entry(Entry { seq, author: author.into(), content: content.into(), at })
    }

    /// An entry of the history, after everything that is there.
    #[must_use]
    pub fn entry(mut self, entry: Entry) -> Self {
        self.history.push(entry);
        self
    }

    /// A value of the state, under its whole key (`count`, `user:count`, `app:count`). `null` is no value.
    #[must_use]
    pub fn state(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        match (key.into(), value.into()) {
            (key, Value::Null) => self.state.remove(&key),
            (key, value) => self.state.insert(key, value),
        };
        self
    }

    /// The state that another run left behind, in place of what is there: the next turn of a conversation.
    #[must_use]
    pub fn state_after(mut self, run: &TestRun) -> Self {
        self.state = run.state.clone();
        self
    }

    /// Cancels the run after this time of the fake clock.
    #[must_use]
    pub fn cancel_after(mut self, time: Duration) -> Self {
        self.limits.cancel_at_ms = Some(millis(time));
        self
    }

    /// Cancels the run after this number of calls to the host; with 0 it is cancelled from the beginning. Every call
    /// counts, `is_cancelled` and log lines too.
    #[must_use]
    pub fn cancel_after_calls(mut self, calls: u64) -> Self {
        self.limits.cancel_after_calls = Some(calls);
        self
    }

    /// Gives the run a deadline. Nothing waits longer than that, and every call that can fail does so after it.
    #[must_use]
    pub fn deadline(mut self, time: Duration) -> Self {
        self.limits.deadline_ms = Some(millis(time));
        self
    }

    /// Runs an agent. A panic of the agent is a panic of the test.
    pub fn run<A, I>(&self, agent: A, input: impl Into<Content>) -> TestRun
    where
        A: for<'cx> AgentFn<'cx, I>,
        I: FromInput,
    {
        let invocation = Rc::new(invocation::Inner {
            info: self.info.clone(),
            config: self.config.clone(),
            history: self.history.clone(),
            clock: Clock::new(self.limits),
            state: State::new(self.state.clone()).into(),
            people: People::new(self.script.clone()),
            agents: Agents::new(self.agents.clone()),
            tools: Tools::new(self.tools.clone()),
            models: Models::new(self.models.clone()),
            http: Http::new(self.http.clone()),
            artifacts: Artifacts::new(self.artifacts.clone()).into(),
            events: Vec::new().into(),
            logs: Vec::new().into(),
        });
        let context = Context::new(Invocation(Rc::clone(&invocation)));
        let outcome = I::from_input(input.into()).and_then(|input| agent(&context, input).into_outcome());
        invocation.finish(outcome)
    }
}

/// What [`FakeHost::run`] runs: a function that takes a [`&Context`](Context) and an input ([`FromInput`]) and returns
/// something that is [`IntoOutcome`]. Every such function is one, so there is nothing to implement.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an agent's function",
    note = "it takes `&Context` and one input that is `FromInput`, and returns something that is `IntoOutcome`"
)]
pub trait AgentFn<'cx, I>: FnOnce(&'cx Context, I) -> Self::Answer {
    /// What it returns. It may hold on to the context, as an `impl IntoOutcome` does.
    type Answer: IntoOutcome;
}

impl<'cx, A, I, O> AgentFn<'cx, I> for A
where
    A: FnOnce(&'cx Context, I) -> O,
    O: IntoOutcome,
{
    type Answer = O;
}

#[cfg(test)]
mod tests;
