//! The other agents that a test has: what they answer, and what they were told.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use super::FakeHost;
use super::invocation::Inner;
use super::started::{Calls, FakeStarted, Script, not_found};
use crate::host::{Child, Started};
use crate::wait::millis;
use crate::{
    AgentOptions, AgentSummary, Content, Failure, FailureKind, FromInput, IntoOutcome, Outcome, Reply,
};

/// Another agent, as a test has it: [`FakeHost::add_agent`].
#[derive(Clone)]
pub struct FakeAgent {
    summary: AgentSummary,
    takes: Duration,
    answer: Rc<dyn Fn(Content) -> Result<Outcome, Failure>>,
}

impl FakeAgent {
    /// An agent of this name that is over at once. Its function is like an agent's own, without the context: it takes an
    /// input ([`FromInput`]) and returns something that is [`IntoOutcome`]. It is called when the agent is started.
    pub fn new<I, O>(name: impl Into<String>, answer: impl Fn(I) -> O + 'static) -> Self
    where
        I: FromInput,
        O: IntoOutcome,
    {
        let summary = AgentSummary { name: name.into(), version: "1.0.0".into(), ..AgentSummary::default() };
        let answer = move |input| answer(I::from_input(input)?).into_outcome();
        Self { summary, takes: Duration::ZERO, answer: Rc::new(answer) }
    }

    /// Says what the agent does.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.summary.description = description.into();
        self
    }

    /// Sets the version.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.summary.version = version.into();
        self
    }

    /// Says what a structured input looks like, as a JSON Schema. The fake host does not look at it.
    #[must_use]
    pub fn with_input_schema(mut self, schema: impl Into<Value>) -> Self {
        self.summary.input_schema = Some(schema.into());
        self
    }

    /// Adds anything else that is said of it.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.summary.extra = Some(extra.into());
        self
    }

    /// Lets it take this time of the fake clock.
    #[must_use]
    pub fn takes(mut self, time: Duration) -> Self {
        self.takes = time;
        self
    }
}

impl fmt::Debug for FakeAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAgent")
            .field("summary", &self.summary)
            .field("takes", &self.takes)
            .finish_non_exhaustive()
    }
}

/// What another agent was told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AgentCall {
    /// The child's invocation: `child-1` for the first.
    pub invocation_id: String,
    /// Which agent it was.
    pub agent: String,
    /// What it was told.
    pub input: Content,
    /// How it was to run.
    pub options: AgentOptions,
    /// Whether it was stopped before its end, by the agent or because its run was over. A timeout is an end.
    pub cancelled: bool,
}

impl FakeHost {
    /// Another agent of this host, which the agent may call, and which is over at once.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, name: String) -> Result<String, Failure> {
    ///     Ok(cx.agents().call("greeter", name)?.text())
    /// }
    ///
    /// let run = FakeHost::new().agent("greeter", |name: String| format!("Hello, {name}!")).run(run, "Ada");
    /// assert_eq!(run.answer(), "Hello, Ada!");
    /// assert_eq!(run.agent_calls[0].input.text(), "Ada");
    /// ```
    #[must_use]
    pub fn agent<I, O>(self, name: impl Into<String>, answer: impl Fn(I) -> O + 'static) -> Self
    where
        I: FromInput,
        O: IntoOutcome,
    {
        self.add_agent(FakeAgent::new(name, answer))
    }

    /// Another agent of this host, with more to say of it than [`agent`](Self::agent) does. It takes the place of one of
    /// the same name.
    #[must_use]
    pub fn add_agent(mut self, agent: FakeAgent) -> Self {
        self.agents.insert(agent.summary.name.clone(), agent);
        self
    }
}

/// The other agents of one run.
pub(super) struct Agents {
    known: BTreeMap<String, FakeAgent>,
    calls: Calls<AgentCall>,
}

impl Agents {
    pub(super) fn new(known: BTreeMap<String, FakeAgent>) -> Self {
        Self { known, calls: Calls::default() }
    }

    pub(super) fn available(&self) -> Vec<AgentSummary> {
        self.known.values().map(|agent| agent.summary.clone()).collect()
    }

    /// What they were told, in order.
    pub(super) fn calls(&self) -> Vec<AgentCall> {
        self.calls.all().into_iter().map(|(call, cancelled)| AgentCall { cancelled, ..call }).collect()
    }

    /// Starts a child of `run`, whose agents these are.
    pub(super) fn start(
        &self,
        run: &Rc<Inner>,
        agent: &str,
        input: Content,
        options: &AgentOptions,
    ) -> Result<FakeChild, Failure> {
        let known = self.known.get(agent).ok_or_else(|| not_found("agent", agent, self.known.keys()))?;
        let invocation_id = format!("child-{}", self.calls.count() + 1);
        let cancelled = self.calls.note(AgentCall {
            invocation_id: invocation_id.clone(),
            agent: agent.into(),
            input: input.clone(),
            options: options.clone(),
            cancelled: false,
        });
        let (takes, end) = match options.timeout {
            Some(timeout) if timeout < known.takes => (timeout, Err(Failure::timed_out())),
            _ => (known.takes, (known.answer)(input)),
        };
        let names_child = |failure| with_invocation(failure, agent, &invocation_id);
        let script = Script {
            takes_ms: millis(takes),
            end: end.map(|outcome| reply(&invocation_id, outcome)).map_err(names_child),
            when_cancelled: names_child(Failure::failed("it was cancelled").with_code("cancelled")),
            detached: options.detached,
        };
        Ok(FakeChild { started: FakeStarted::new(run, script, cancelled), invocation_id })
    }
}

fn reply(invocation_id: &str, outcome: Outcome) -> Reply {
    let Outcome { content, escalate, transfer_to, extra } = outcome;
    Reply { invocation_id: invocation_id.into(), content, escalate, transfer_to, extra }
}

/// What a child failed with, as its parent sees it.
fn with_invocation(mut failure: Failure, agent: &str, invocation_id: &str) -> Failure {
    if failure.kind == FailureKind::Cancelled {
        // This kind tells a run that it is being cancelled itself.
        failure.kind = FailureKind::Failed;
    }
    let mut details = json!({"agent": agent, "invocationId": invocation_id});
    if let (Value::Object(details), Some(own)) = (&mut details, failure.details.take()) {
        details.insert("details".into(), own);
    }
    failure.context(format_args!("the agent `{agent}` failed")).with_details(details)
}

/// Another agent that was started.
pub(crate) struct FakeChild {
    started: FakeStarted<Reply>,
    invocation_id: String,
}

impl FakeChild {
    /// Waits for its end, as a part of the call that started it.
    pub(super) fn end(&self) -> Result<Reply, Failure> {
        self.started.end()
    }
}

impl Started for FakeChild {
    type Timer = <FakeStarted<Reply> as Started>::Timer;
    type Answer = Reply;

    fn wait(&self) -> Result<Reply, Failure> {
        self.started.wait()
    }

    fn stop(&self) {
        self.started.stop();
    }

    fn timer(&self) -> Self::Timer {
        self.started.timer()
    }
}

impl Child for FakeChild {
    fn id(&self) -> String {
        self.invocation_id.clone()
    }
}

#[cfg(test)]
mod tests;
