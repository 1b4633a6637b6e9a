//! The tools that a test has: what they answer, and what they were called with.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use super::FakeHost;
use super::invocation::Inner;
use super::started::{Calls, FakeStarted, Script, not_found};
use crate::wait::millis;
use crate::{Failure, FunctionCall, FunctionResponse, Hints, Tool, ToolOptions};

/// A tool, as a test has it: [`FakeHost::add_tool`].
#[derive(Clone)]
pub struct FakeTool {
    tool: Tool,
    takes: Duration,
    answer: Rc<dyn Fn(Value) -> ToolAnswer>,
}

impl FakeTool {
    /// A tool of this name that takes any object, and is over at once. Its function takes the arguments and returns a
    /// JSON value, a [`ToolAnswer`], a [`Failure`], or a `Result` of one of the former and a failure. It is called when the
    /// call is started.
    pub fn new<A: Into<ToolAnswer>>(name: impl Into<String>, answer: impl Fn(Value) -> A + 'static) -> Self {
        let tool = Tool { name: name.into(), parameters: json!({"type": "object"}), ..Tool::default() };
        Self { tool, takes: Duration::ZERO, answer: Rc::new(move |args| answer(args).into()) }
    }

    /// Says what the tool does.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.tool.description = description.into();
        self
    }

    /// Says what the arguments look like, as a JSON Schema. The fake host does not look at it.
    #[must_use]
    pub fn with_parameters(mut self, schema: impl Into<Value>) -> Self {
        self.tool.parameters = schema.into();
        self
    }

    /// Says what its makers say of it.
    #[must_use]
    pub fn with_hints(mut self, hints: Hints) -> Self {
        self.tool.hints = hints;
        self
    }

    /// Adds anything else that is said of it.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.tool.extra = Some(extra.into());
        self
    }

    /// Asks a person before each call: the test says with [`FakeHost::approves`] and [`FakeHost::rejects`] what they say. A
    /// person who edits the arguments changes what the tool is called with.
    #[must_use]
    pub fn needs_approval(mut self) -> Self {
        self.tool.hints.needs_approval = true;
        self
    }

    /// Lets it take this time of the fake clock.
    #[must_use]
    pub fn takes(mut self, time: Duration) -> Self {
        self.takes = time;
        self
    }
}

impl fmt::Debug for FakeTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeTool")
            .field("tool", &self.tool)
            .field("takes", &self.takes)
            .finish_non_exhaustive()
    }
}

/// What comes of a call of a [`FakeTool`].
#[derive(Clone, Debug, PartialEq)]
pub enum ToolAnswer {
    /// The tool did it.
    Done(Value),
    /// The tool says that it failed: a response too, for a model to read.
    Failed(Value),
    /// There is no response, because the tool is away, may not be used, or the like.
    None(Failure),
}

impl From<Value> for ToolAnswer {
    fn from(response: Value) -> Self {
        Self::Done(response)
    }
}

impl From<Failure> for ToolAnswer {
    fn from(failure: Failure) -> Self {
        Self::None(failure)
    }
}

impl<A: Into<Self>> From<Result<A, Failure>> for ToolAnswer {
    fn from(answer: Result<A, Failure>) -> Self {
        answer.map_or_else(Self::None, Into::into)
    }
}

/// What a tool was called with. Calls that did not come to a tool, because there is none of the name or a person said no, are
/// not among them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ToolCall {
    /// The call, with the arguments that the tool got.
    pub call: FunctionCall,
    /// How it was called.
    pub options: ToolOptions,
    /// Whether it was given up before its end, by the agent or because its run was over. A timeout is an end.
    pub cancelled: bool,
}

impl FakeHost {
    /// A tool that the agent may call, and which is over at once.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::{FakeHost, ToolAnswer};
    /// use rak::{Context, Failure};
    /// use serde_json::json;
    ///
    /// fn run(cx: &Context, path: String) -> Result<String, Failure> {
    ///     let answer = cx.tools().call_named("mcp.files.read", json!({"path": path}))?;
    ///     if answer.failed {
    ///         return Ok(format!("I cannot read it: {}", answer.response));
    ///     }
    ///     Ok(answer.response.to_string())
    /// }
    ///
    /// let host = FakeHost::new().tool("mcp.files.read", |args| match args["path"].as_str() {
    ///     Some("a.txt") => ToolAnswer::Done(json!("hello")),
    ///     _ => ToolAnswer::Failed(json!("no such file")),
    /// });
    /// assert_eq!(host.run(run, "a.txt").answer(), "\"hello\"");
    /// let run = host.run(run, "b.txt");
    /// assert_eq!(run.answer(), "I cannot read it: \"no such file\"");
    /// assert_eq!(run.tool_calls[0].call.args["path"], "b.txt");
    /// ```
    #[must_use]
    pub fn tool<A: Into<ToolAnswer>>(
        self,
        name: impl Into<String>,
        answer: impl Fn(Value) -> A + 'static,
    ) -> Self {
        self.add_tool(FakeTool::new(name, answer))
    }

    /// A tool, with more to say of it than [`tool`](Self::tool) does. It takes the place of one of the same name.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::{FakeHost, FakeTool};
    /// use rak::{Context, Failure};
    /// use serde_json::json;
    ///
    /// fn run(cx: &Context, text: String) -> Result<&'static str, Failure> {
    ///     match cx.tools().call_named("mcp.mail.send", json!({"text": text})) {
    ///         Err(failure) if failure.is_rejected() => Ok("not sent"),
    ///         answer => answer.map(|_| "sent"),
    ///     }
    /// }
    ///
    /// let host = FakeHost::new().add_tool(FakeTool::new("mcp.mail.send", |_| json!("ok")).needs_approval());
    /// assert_eq!(host.clone().approves().run(run, "hi").answer(), "sent");
    /// let rejected = host.rejects("too late").run(run, "hi");
    /// assert_eq!(rejected.answer(), "not sent");
    /// assert!(rejected.tool_calls.is_empty());
    /// ```
    #[must_use]
    pub fn add_tool(mut self, tool: FakeTool) -> Self {
        self.tools.insert(tool.tool.name.clone(), tool);
        self
    }
}

/// A call that goes on.
pub(crate) type FakeRunning = FakeStarted<FunctionResponse>;

/// The tools of one run.
pub(super) struct Tools {
    known: BTreeMap<String, FakeTool>,
    calls: Calls<ToolCall>,
}

impl Tools {
    pub(super) fn new(known: BTreeMap<String, FakeTool>) -> Self {
        Self { known, calls: Calls::default() }
    }

    pub(super) fn available(&self) -> Vec<Tool> {
        self.known.values().map(|tool| tool.tool.clone()).collect()
    }

    /// What they were called with, in order.
    pub(super) fn calls(&self) -> Vec<ToolCall> {
        self.calls.all().into_iter().map(|(call, cancelled)| ToolCall { cancelled, ..call }).collect()
    }

    /// Starts a call of `run`, whose tools these are.
    pub(super) fn start(
        &self,
        run: &Rc<Inner>,
        call: FunctionCall,
        options: &ToolOptions,
    ) -> Result<FakeRunning, Failure> {
        let known =
            self.known.get(&call.name).ok_or_else(|| not_found("tool", &call.name, self.known.keys()))?;
        let call = match known.approve(run, call) {
            Ok(call) => call,
            // The tool is started all the same; it is its end that says so.
            Err(failure) => return Ok(ended(run, failure)),
        };
        let cancelled =
            self.calls.note(ToolCall { call: call.clone(), options: options.clone(), cancelled: false });
        let when_cancelled = Failure::failed(format!("the call of the tool `{}` was cancelled", call.name))
            .with_code("cancelled");
        let (takes, end) = match options.timeout {
            Some(timeout) if timeout < known.takes => (timeout, Err(Failure::deadline_exceeded())),
            _ => (known.takes, known.answer(call)),
        };
        let script = Script { takes_ms: millis(takes), end, when_cancelled, detached: false };
        Ok(FakeStarted::new(run, script, cancelled))
    }
}

impl FakeTool {
    /// The call as the tool may get it; a failure where a person says no, or nothing.
    fn approve(&self, run: &Inner, mut call: FunctionCall) -> Result<FunctionCall, Failure> {
        if self.tool.hints.needs_approval {
            let decision = run.approve(&format!("Call the tool `{}`", call.name), &call.args, None)?;
            if !decision.approved {
                let doing = format!("the tool `{}` was not called", call.name);
                let why = decision.reason.map(|reason| format!("; {reason}")).unwrap_or_default();
                let mut failure = Failure::rejected().context(doing);
                failure.message.push_str(&why);
                return Err(failure);
            }
            call.args = decision.edited.unwrap_or(call.args);
        }
        Ok(call)
    }

    fn answer(&self, call: FunctionCall) -> Result<FunctionResponse, Failure> {
        let FunctionCall { id, name, args } = call;
        match (self.answer)(args) {
            ToolAnswer::Done(response) => Ok(FunctionResponse::new(id, name, response)),
            ToolAnswer::Failed(response) => Ok(FunctionResponse::new(id, name, response).into_failed()),
            ToolAnswer::None(failure) => Err(failure),
        }
    }
}

/// A call that never came to its tool.
fn ended(run: &Rc<Inner>, failure: Failure) -> FakeRunning {
    let script = Script { takes_ms: 0, end: Err(failure.clone()), when_cancelled: failure, detached: false };
    FakeStarted::new(run, script, Rc::new(Cell::new(false)))
}

#[cfg(test)]
mod tests;
