//! Tools: what the host lends an agent to act with.

use std::cell::{Cell, OnceCell};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::host::{Current, Host, Started};
use crate::{Failure, FunctionCall, FunctionResponse, Waitable};

/// What the agent may use, in one namespace: `cx.tools()`. There are the host's own tools, those of MCP servers
/// (`mcp.SERVER.TOOL`), and other agents (`agent.NAME`).
///
/// A tool that says itself that it failed has answered all the same, with [`FunctionResponse::failed`], for a model to read.
/// A call fails where there was no answer: the tool is not there ([`NotFound`](crate::FailureKind::NotFound)), may not be
/// used ([`Denied`](crate::FailureKind::Denied); a person who said no is [`Failure::is_rejected`], one who said nothing in
/// time [`Failure::is_expired`]), does not take these arguments ([`InvalidArgument`](crate::FailureKind::InvalidArgument)),
/// took too long, or its server is away ([`Unavailable`](crate::FailureKind::Unavailable)).
///
/// Where the host ended during a call, and the tool may not be called twice, nobody knows what came of it: that is a
/// [`Conflict`](crate::FailureKind::Conflict) with the code `unknown_outcome`.
///
/// A [`FunctionCall`] is passed on as a model made it. One without an id gets one of this run, `call-1` for the first.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Context, Failure};
/// use serde_json::json;
///
/// fn run(cx: &Context, sum: String) -> Result<String, Failure> {
///     let answer = cx.tools().call_named("calculator", json!({"expression": sum}))?;
///     Ok(format!("It is {}.", answer.response))
/// }
///
/// let host = FakeHost::new().tool("calculator", |args| json!(if args["expression"] == "6 * 7" { 42 } else { 0 }));
/// assert_eq!(host.run(run, "6 * 7").answer(), "It is 42.");
/// ```
#[derive(Clone, Copy)]
pub struct Tools<'cx> {
    host: &'cx Current,
    ids: &'cx CallIds,
}

impl<'cx> Tools<'cx> {
    pub(crate) fn new(host: &'cx Current, ids: &'cx CallIds) -> Self {
        Self { host, ids }
    }

    /// The tools that may be called, by name.
    pub fn available(&self) -> Result<Vec<Tool>, Failure> {
        self.host.tools()
    }

    /// Calls a tool and waits for its answer.
    pub fn call(&self, call: FunctionCall) -> Result<FunctionResponse, Failure> {
        self.call_with(call, &ToolOptions::default())
    }

    /// [`call`](Self::call), with options.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use std::time::Duration;
    ///
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure, FunctionCall, ToolOptions};
    /// use serde_json::json;
    ///
    /// fn run(cx: &Context, order: String) -> Result<(), Failure> {
    ///     let call = FunctionCall::named("mcp.shop.buy", json!({"order": order}));
    ///     // The shop takes an order once, however often this runs.
    ///     let options = ToolOptions::new().with_idempotency_key(order).with_timeout(Duration::from_secs(30));
    ///     cx.tools().call_with(call, &options).map(drop)
    /// }
    ///
    /// let run = FakeHost::new().tool("mcp.shop.buy", |_| json!("ok")).run(run, "47");
    /// assert_eq!(run.tool_calls[0].options.idempotency_key.as_deref(), Some("47"));
    /// ```
    pub fn call_with(&self, call: FunctionCall, options: &ToolOptions) -> Result<FunctionResponse, Failure> {
        self.host.call_tool(self.ids.identify(call), options)
    }

    /// Calls the tool of this name, with arguments of any shape that is JSON.
    pub fn call_named(&self, name: &str, args: impl Serialize) -> Result<FunctionResponse, Failure> {
        self.call(FunctionCall::named(name, serde_json::to_value(args)?))
    }

    /// Calls tools all at once, and waits for all of them. The answers are in the order of the calls.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Content, Context, Failure, FunctionResponse, Outcome, Part, role};
    /// use serde_json::json;
    ///
    /// /// Answers what a model asks for.
    /// fn run(cx: &Context, turn: Content) -> Outcome {
    ///     let calls: Vec<_> = turn.parts.into_iter().filter_map(Part::into_function_call).collect();
    ///     let answers = cx.tools().call_all(calls.clone());
    ///     let answers = calls.into_iter().zip(answers).map(|(call, answer)| {
    ///         // A model can also read why there is no answer, and try something else.
    ///         answer.unwrap_or_else(|why| FunctionResponse::new(call.id, call.name, why.message).into_failed())
    ///     });
    ///     answers.fold(Content::new(role::FUNCTION), Content::with).into()
    /// }
    ///
    /// use rak::FunctionCall;
    ///
    /// let turn = Content::new(role::MODEL)
    ///     .with(FunctionCall::new("a", "clock", json!({})))
    ///     .with(FunctionCall::new("b", "sundial", json!({})));
    /// let run = FakeHost::new().tool("clock", |_| json!("12:00")).run(run, turn);
    /// let content = run.outcome().content.as_ref().unwrap();
    /// assert_eq!(content.parts[0], FunctionResponse::new("a", "clock", "12:00").into());
    /// assert!(matches!(&content.parts[1], Part::FunctionResponse(answer) if answer.failed));
    /// ```
    pub fn call_all(
        &self,
        calls: impl IntoIterator<Item = FunctionCall>,
    ) -> Vec<Result<FunctionResponse, Failure>> {
        self.call_all_with(calls, &ToolOptions::default())
    }

    /// [`call_all`](Self::call_all), each with the same options.
    pub fn call_all_with(
        &self,
        calls: impl IntoIterator<Item = FunctionCall>,
        options: &ToolOptions,
    ) -> Vec<Result<FunctionResponse, Failure>> {
        let calls = calls.into_iter().map(|call| self.ids.identify(call)).collect();
        self.host.call_tools(calls, options)
    }

    /// Starts a call, which goes on beside this invocation.
    pub fn start(&self, call: FunctionCall) -> Result<RunningTool, Failure> {
        self.start_with(call, &ToolOptions::default())
    }

    /// [`start`](Self::start), with options.
    pub fn start_with(&self, call: FunctionCall, options: &ToolOptions) -> Result<RunningTool, Failure> {
        self.host.start_tool(self.ids.identify(call), options).map(RunningTool::new)
    }
}

/// The ids of the calls that have none. They are counted, so that a run that is resumed makes the same ones again.
#[derive(Default)]
pub(crate) struct CallIds {
    made: Cell<u64>,
}

impl CallIds {
    fn identify(&self, mut call: FunctionCall) -> FunctionCall {
        if call.id.is_empty() {
            self.made.set(self.made.get().saturating_add(1));
            call.id = format!("call-{}", self.made.get());
        }
        call
    }
}

/// A tool that may be called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tool {
    /// The name to call it by.
    pub name: String,
    /// What it does, for a model to read.
    pub description: String,
    /// JSON Schema of the arguments.
    pub parameters: Value,
    /// What its makers say of it.
    pub hints: Hints,
    /// Anything else the host says of it.
    pub extra: Option<Value>,
}

/// What is said of a tool. None of it is enforced, but that a person is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each of them holds or not, whatever the others do")]
pub struct Hints {
    /// It changes nothing.
    pub read_only: bool,
    /// What it changes may be lost.
    pub destructive: bool,
    /// A second call with the same arguments changes nothing more.
    pub idempotent: bool,
    /// It deals with a world outside this host.
    pub open_world: bool,
    /// The host asks a person before each call.
    pub needs_approval: bool,
}

impl Hints {
    /// Those that hold, by their names in the contract, for example `read-only`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.read_only, "read-only"),
            (self.destructive, "destructive"),
            (self.idempotent, "idempotent"),
            (self.open_world, "open-world"),
            (self.needs_approval, "needs-approval"),
        ];
        all.into_iter().filter_map(|(holds, name)| holds.then_some(name))
    }
}

/// How a tool is to be called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolOptions {
    /// How long it may take; not counted while a person is asked.
    pub timeout: Option<Duration>,
    /// A tool that takes keys does once what is asked for several times with the same one. Where absent, the host makes one
    /// for each call.
    pub idempotency_key: Option<String>,
    /// Of another agent: whether this invocation's client sees what it emits.
    pub relay: bool,
    /// Anything else the host understands.
    pub extra: Option<Value>,
}

impl ToolOptions {
    /// No limit of time, and a key of its own for each call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the call up after this time.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Says which calls are the same one, asked for again.
    #[must_use]
    pub fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Shows this invocation's client what another agent emits.
    #[must_use]
    pub fn relaying(mut self) -> Self {
        self.relay = true;
        self
    }

    /// Adds anything else the host understands.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.extra = Some(extra.into());
        self
    }
}

/// A tool that works beside this invocation: [`Tools::start`]. Dropping it gives it up.
#[must_use = "dropping it gives it up"]
pub struct RunningTool {
    // Declared first, so that it is given up before what it belongs to.
    waitable: OnceCell<Waitable>,
    running: <Current as Host>::Running,
}

impl RunningTool {
    fn new(running: <Current as Host>::Running) -> Self {
        Self { waitable: OnceCell::new(), running }
    }

    /// Waits for its answer, as [`Tools::call`] does. The same again for who asks again.
    pub fn finish(&self) -> Result<FunctionResponse, Failure> {
        self.running.wait()
    }

    /// Gives it up; nothing where it is over.
    pub fn cancel(&self) {
        self.running.stop();
    }

    /// Ready when it is over, for [`Context::wait_any`](crate::Context::wait_any).
    pub fn waitable(&self) -> &Waitable {
        self.waitable.get_or_init(|| Waitable::new(self.running.timer()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_call_without_an_id_gets_one() {
        let ids = CallIds::default();
        let id = |id: &str| ids.identify(FunctionCall::new(id, "f", json!({}))).id;
        assert_eq!(["", "a", ""].map(id), ["call-1", "a", "call-2"]);
    }

    #[test]
    fn hints_have_the_contracts_words_and_order() {
        let all = Hints {
            read_only: true,
            destructive: true,
            idempotent: true,
            open_world: true,
            needs_approval: true,
        };
        let names: Vec<_> = all.names().collect();
        assert_eq!(names, ["read-only", "destructive", "idempotent", "open-world", "needs-approval"]);
        assert_eq!(Hints::default().names().count(), 0);
    }
}
