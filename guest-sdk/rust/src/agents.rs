//! Other agents of the host.

use std::cell::OnceCell;
use std::time::Duration;

use serde_json::Value;

use crate::host::{Child as _, Current, Host, Started};
use crate::{Content, Failure, Waitable};

/// Calls other agents of this host: `cx.agents()`.
///
/// Each call is an invocation of its own: a child of this one, with a session of its own agent, for the same user. A child
/// recovers with its parent after a crash of the host, and ends with it, unless it is
/// [detached](AgentOptions::detached).
///
/// A call fails with what the child failed with. Where the child was stopped, the failure's code says why: `cancelled`, or
/// `timed_out`, which [`Failure::is_timed_out`] knows. The details name the child's invocation.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Context, Failure};
///
/// fn run(cx: &Context, article: String) -> Result<String, Failure> {
///     let summary = cx.agents().call("summarizer", article)?.text();
///     Ok(format!("In short: {summary}"))
/// }
///
/// let host = FakeHost::new().agent("summarizer", |article: String| format!("{} letters", article.len()));
/// assert_eq!(host.run(run, "Once upon a time").answer(), "In short: 16 letters");
/// ```
#[derive(Clone, Copy)]
pub struct Agents<'cx> {
    host: &'cx Current,
}

impl<'cx> Agents<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// The agents that may be called, by name.
    pub fn available(&self) -> Result<Vec<AgentSummary>, Failure> {
        self.host.agents()
    }

    /// Starts a child and waits for its end.
    pub fn call(&self, agent: &str, input: impl Into<Content>) -> Result<Reply, Failure> {
        self.call_with(agent, input, &AgentOptions::default())
    }

    /// [`call`](Self::call), with options.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use std::time::Duration;
    ///
    /// use rak::testing::{FakeAgent, FakeHost};
    /// use rak::{AgentOptions, Context, Failure};
    ///
    /// const MINUTE: Duration = Duration::from_mins(1);
    ///
    /// fn run(cx: &Context, draft: String) -> Result<String, Failure> {
    ///     let options = AgentOptions::new().with_timeout(MINUTE).relaying();
    ///     match cx.agents().call_with("proofreader", draft.as_str(), &options) {
    ///         Err(failure) if failure.is_timed_out() => Ok(draft),
    ///         reply => Ok(reply?.text()),
    ///     }
    /// }
    ///
    /// let slow = FakeAgent::new("proofreader", |_: String| "Hello").takes(2 * MINUTE);
    /// assert_eq!(FakeHost::new().add_agent(slow).run(run, "Helo").answer(), "Helo");
    /// ```
    pub fn call_with(
        &self,
        agent: &str,
        input: impl Into<Content>,
        options: &AgentOptions,
    ) -> Result<Reply, Failure> {
        self.host.call_agent(agent, input.into(), options)
    }

    /// Starts a child for each of them, which then work side by side, and waits for all of their ends. The replies are in
    /// the order of the calls.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, text: String) -> Result<String, Failure> {
    ///     let replies = cx.agents().call_all(["french", "german"].map(|agent| (agent, text.as_str())));
    ///     let texts: Result<Vec<_>, Failure> = replies.into_iter().map(|reply| Ok(reply?.text())).collect();
    ///     Ok(texts?.join(", "))
    /// }
    ///
    /// let host = FakeHost::new().agent("french", |_: String| "merci").agent("german", |_: String| "danke");
    /// assert_eq!(host.run(run, "thanks").answer(), "merci, danke");
    /// ```
    pub fn call_all<A, C>(&self, calls: impl IntoIterator<Item = (A, C)>) -> Vec<Result<Reply, Failure>>
    where
        A: AsRef<str>,
        C: Into<Content>,
    {
        self.call_all_with(calls, &AgentOptions::default())
    }

    /// [`call_all`](Self::call_all), each with the same options.
    pub fn call_all_with<A, C>(
        &self,
        calls: impl IntoIterator<Item = (A, C)>,
        options: &AgentOptions,
    ) -> Vec<Result<Reply, Failure>>
    where
        A: AsRef<str>,
        C: Into<Content>,
    {
        // All of them have to be started before the first is waited for.
        let children: Vec<_> =
            calls.into_iter().map(|(agent, input)| self.start_with(agent.as_ref(), input, options)).collect();
        children.into_iter().map(|child| child?.finish()).collect()
    }

    /// Starts a child, which goes on beside this invocation.
    pub fn start(&self, agent: &str, input: impl Into<Content>) -> Result<Child, Failure> {
        self.start_with(agent, input, &AgentOptions::default())
    }

    /// [`start`](Self::start), with options.
    pub fn start_with(
        &self,
        agent: &str,
        input: impl Into<Content>,
        options: &AgentOptions,
    ) -> Result<Child, Failure> {
        self.host.start_agent(agent, input.into(), options).map(Child::new)
    }
}

/// An agent that may be called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentSummary {
    /// The name to call it by.
    pub name: String,
    /// What it does, in a sentence or two.
    pub description: String,
    /// Its version.
    pub version: String,
    /// JSON Schema of a structured input, where it wants one.
    pub input_schema: Option<Value>,
    /// Anything else the host says of it.
    pub extra: Option<Value>,
}

/// How a child is to run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentOptions {
    /// Its session among those of its agent and this user; a new one where absent. Children in the same session run one
    /// after the other.
    pub session: Option<String>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// Whether this invocation's client sees what the child emits.
    pub relay: bool,
    /// Whether it goes on when this invocation ends.
    pub detached: bool,
    /// Anything else the host understands.
    pub extra: Option<Value>,
}

impl AgentOptions {
    /// A new session, no limit of time, seen by nobody but the caller, and over when the caller is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs it in this session of its agent.
    #[must_use]
    pub fn with_session(mut self, id: impl Into<String>) -> Self {
        self.session = Some(id.into());
        self
    }

    /// Stops it after this time.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Shows this invocation's client what it emits.
    #[must_use]
    pub fn relaying(mut self) -> Self {
        self.relay = true;
        self
    }

    /// Lets it go on when this invocation ends, or drops its [`Child`].
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Adds anything else the host understands.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.extra = Some(extra.into());
        self
    }
}

/// What an agent answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The child's invocation.
    pub invocation_id: String,
    /// What it answered: the content of its outcome, or the last content that it emitted where that has none.
    pub content: Option<Content>,
    /// Whether it tells a workflow above to stop.
    pub escalate: bool,
    /// The agent that it wants to hand the conversation to.
    pub transfer_to: Option<String>,
    /// As in its outcome.
    pub extra: Option<Value>,
}

impl Reply {
    /// The text of the content; empty where there is none.
    pub fn text(&self) -> String {
        self.content.as_ref().map(Content::text).unwrap_or_default()
    }
}

/// An agent that works beside this invocation: [`Agents::start`]. Dropping it stops it, unless it is
/// [detached](AgentOptions::detached).
///
/// ```
/// # extern crate rak_sdk as rak;
/// use std::time::Duration;
///
/// use rak::testing::{FakeAgent, FakeHost};
/// use rak::{Context, Failure};
///
/// const SECOND: Duration = Duration::from_secs(1);
///
/// /// The first answer is the answer; the other agent is stopped.
/// fn run(cx: &Context, question: String) -> Result<String, Failure> {
///     let children = [cx.agents().start("thorough", question.as_str())?, cx.agents().start("quick", question)?];
///     let ready = cx.wait_any(&children.each_ref().map(|child| child.waitable()), None);
///     cx.check_cancelled()?;
///     Ok(children[ready[0]].finish()?.text())
/// }
///
/// let host = FakeHost::new()
///     .add_agent(FakeAgent::new("thorough", |_: String| "42, because …").takes(9 * SECOND))
///     .add_agent(FakeAgent::new("quick", |_: String| "42").takes(SECOND));
/// let run = host.run(run, "What is it?");
/// assert_eq!((run.answer().as_str(), run.slept), ("42", SECOND)); // of the fake clock
/// assert!(run.agent_calls[0].cancelled);
/// ```
#[must_use = "dropping it stops it"]
pub struct Child {
    // Declared first, so that it is given up before what it belongs to.
    waitable: OnceCell<Waitable>,
    child: <Current as Host>::Child,
}

impl Child {
    fn new(child: <Current as Host>::Child) -> Self {
        Self { waitable: OnceCell::new(), child }
    }

    /// Which invocation it is.
    pub fn invocation_id(&self) -> String {
        self.child.id()
    }

    /// Waits for its end, as [`Agents::call`] does. The same again for who asks again.
    pub fn finish(&self) -> Result<Reply, Failure> {
        self.child.wait()
    }

    /// Stops it, a detached one too; nothing where it is over.
    pub fn cancel(&self) {
        self.child.stop();
    }

    /// Ready when it is over, for [`Context::wait_any`](crate::Context::wait_any).
    pub fn waitable(&self) -> &Waitable {
        self.waitable.get_or_init(|| Waitable::new(self.child.timer()))
    }
}
