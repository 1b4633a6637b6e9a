//! `tools`: what the agent may use, the other agents among them.
//!
//! A call is planned (is there such a tool, may it be called, do the arguments fit), approved by a person where that is
//! wanted, announced, and done. All of this is in the journal. What was announced and has no answer there was cut off:
//! it is done again where that does no harm, and fails where nobody can say whether it was done.

mod running;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use rak_core::{
    AgentSummary, AppName, ChildOptions, Content, Decision, Failure, FailureKind, InputKind, Part, Role,
    RunHost, ToolAnswer, ToolCall, ToolHints, ToolSpec,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wasmtime::component::Resource;

use crate::bindings::common::{self, FunctionCall, FunctionResponse};
use crate::bindings::tools::{CallOptions, Hints, Host, HostRunning, Tool};
use crate::capabilities::agents::Child;
use crate::capabilities::people::Ask;
use crate::capabilities::wait::Waitable;
use crate::capabilities::{answer, is_of_the_run};
use crate::convert;
use crate::gate::{Cost, Gate, Need, Refusal};
use crate::guest_error::HostStop;
use crate::state::GuestState;
use crate::timeline::Call;

pub(crate) use running::RunningTool;

/// What the names of other agents begin with.
const AGENT: &str = "agent.";
/// How long a list of tools waits for servers that have never been there: it is not worth more, because what is named is
/// waited for by itself.
const SETTLE: Duration = Duration::from_secs(10);
/// How many names an error shows.
const NAMES_SHOWN: usize = 20;

/// A call that is under way, as the guest holds it.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated module re-exports it")]
pub struct Running {
    call: Named,
    doing: Doing,
    /// How it ended, where the guest asked already.
    ended: Option<Result<Answer, Failure>>,
}

#[derive(Debug)]
enum Doing {
    Agent(Child),
    Tool(RunningTool),
}

/// What ties an answer to its call.
#[derive(Clone, Debug)]
struct Named {
    id: String,
    name: String,
}

impl Named {
    fn of(call: &FunctionCall) -> Self {
        Self { id: call.id.clone(), name: call.name.clone() }
    }

    fn response(self, answer: &Answer) -> FunctionResponse {
        let Self { id, name } = self;
        FunctionResponse { id, name, response: answer.response.to_string(), failed: answer.failed }
    }
}

/// What a tool answered, as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Answer {
    response: Value,
    #[serde(default)]
    failed: bool,
    /// Versions of artifacts, of which the client is told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    saved: BTreeMap<String, u32>,
}

impl From<ToolAnswer> for Answer {
    fn from(answer: ToolAnswer) -> Self {
        let ToolAnswer { response, failed, saved } = answer;
        Self { response, failed, saved }
    }
}

/// How a call is to be done.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Plan {
    /// A person is asked first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    approval: bool,
    /// Doing it twice does no harm.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeatable: bool,
    /// The schema of the arguments, which a person may change.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Value>,
}

/// A call that is planned and approved.
struct Ready {
    call: ToolCall,
    repeatable: bool,
    relay: bool,
}

impl Ready {
    /// The agent that it is a call of.
    fn agent(&self) -> Option<&str> {
        self.call.name.strip_prefix(AGENT)
    }
}

/// The end of one of several calls.
#[derive(Serialize, Deserialize)]
struct Done {
    index: usize,
    answer: Result<Answer, Failure>,
}

impl Host for GuestState {
    async fn available(&mut self) -> wasmtime::Result<Result<Vec<Tool>, common::Failure>> {
        let (gate, host) = (&self.gate, self.host());
        let tools = async {
            let host = host?;
            let callable = async {
                if gate.grants_tools_of_servers() {
                    // After a restart of the host they are started beside the runs that go on.
                    let _ = tokio::time::timeout(SETTLE, host.tools_settled()).await;
                }
                Ok(callable(gate, host.as_ref()))
            };
            gate.answer_soon(Call::new("tools.available", "", &()), Cost::default(), callable).await
        };
        answer(tools.await.map(|tools| tools.into_iter().map(tool_to_wit).collect()))
    }

    async fn call(
        &mut self,
        call: FunctionCall,
        options: CallOptions,
    ) -> wasmtime::Result<Result<FunctionResponse, common::Failure>> {
        let mut answers = self.call_all(vec![call], options).await?;
        answers.pop().ok_or_else(|| wasmtime::Error::msg("a call without an answer"))
    }

    async fn call_all(
        &mut self,
        calls: Vec<FunctionCall>,
        options: CallOptions,
    ) -> wasmtime::Result<Vec<Result<FunctionResponse, common::Failure>>> {
        let names: Vec<_> = calls.iter().map(Named::of).collect();
        let answers = match self.call_each(&calls, &options).await {
            Ok(answers) => answers,
            // The run is refused: each of its calls is.
            Err(Refusal::Failure(failure)) => calls.iter().map(|_| Err(failure.clone())).collect(),
            Err(Refusal::Stop(stop)) => return Err(wasmtime::Error::new(stop)),
        };
        let answers = names.into_iter().zip(answers);
        Ok(answers
            .map(|(name, answer)| {
                answer.map(|answer| name.response(&answer)).map_err(convert::failure_to_wit)
            })
            .collect())
    }

    async fn start(
        &mut self,
        call: FunctionCall,
        options: CallOptions,
    ) -> wasmtime::Result<Result<Resource<Running>, common::Failure>> {
        match self.start_call(&call, &options).await {
            Ok(doing) => {
                let running = Running { call: Named::of(&call), doing, ended: None };
                Ok(Ok(self.table.push(running)?))
            }
            Err(refusal) => answer(Err(refusal)),
        }
    }
}

impl HostRunning for GuestState {
    async fn finish(
        &mut self,
        this: Resource<Running>,
    ) -> wasmtime::Result<Result<FunctionResponse, common::Failure>> {
        let Running { call, doing, ended } = self.table.get(&this)?;
        let call = call.clone();
        if let Some(ended) = ended.clone() {
            self.gate.count()?;
            return answer(ended.map(|answer| call.response(&answer)).map_err(Refusal::from));
        }
        let end = match doing {
            Doing::Agent(child) => {
                let (id, agent) = (child.id, child.agent.clone());
                self.answer_of_agent(id, &agent).await
            }
            Doing::Tool(tool) => {
                let tool = tool.clone();
                let entry = Call::new("tools.finish", format!("{:?}", call.name), &call.id);
                self.gate.finish_tool(entry, &tool).await
            }
        };
        let ended = match &end {
            Ok(answer) => Some(Ok(answer.clone())),
            // The call was refused, and what it waits for may still be under way.
            Err(Refusal::Failure(failure)) if is_of_the_run(failure) => None,
            Err(Refusal::Failure(failure)) => Some(Err(failure.clone())),
            Err(Refusal::Stop(_)) => None,
        };
        self.table.get_mut(&this)?.ended = ended;
        if let Ok(answer) = &end {
            self.tell_of_saved(answer).await?;
        }
        answer(end.map(|answer| call.response(&answer)))
    }

    async fn cancel(&mut self, this: Resource<Running>) -> wasmtime::Result<()> {
        self.gate.count()?;
        match &self.table.get(&this)?.doing {
            Doing::Agent(child) => {
                let id = child.id;
                self.host.iter().for_each(|host| host.cancel_child(id));
            }
            Doing::Tool(tool) => tool.give_up(),
        }
        Ok(())
    }

    async fn subscribe(&mut self, this: Resource<Running>) -> wasmtime::Result<Resource<Waitable>> {
        self.gate.count()?;
        let waitable = match &self.table.get(&this)?.doing {
            Doing::Agent(child) => Waitable::Child(child.id),
            Doing::Tool(tool) => Waitable::Tool(tool.clone()),
        };
        Ok(self.table.push(waitable)?)
    }

    async fn drop(&mut self, this: Resource<Running>) -> wasmtime::Result<()> {
        let running = self.table.delete(this)?;
        if running.ended.is_none() {
            match running.doing {
                Doing::Agent(child) => self.host.iter().for_each(|host| host.cancel_child(child.id)),
                Doing::Tool(tool) => tool.give_up(),
            }
        }
        Ok(())
    }
}

/// What an approval of a call looks like. What a person changes has the form of what was shown, and arguments that the
/// tool takes.
fn approval_schema(tool: &str, parameters: Option<Value>) -> Value {
    let mut schema = InputKind::Approve.schema();
    // References lead from the root of a document, and this is another one.
    let parameters = parameters.filter(|parameters| !parameters.to_string().contains("\"$"));
    if let (Some(parameters), Some(edited)) = (parameters, schema.pointer_mut("/properties/edited")) {
        *edited = json!({
            "type": "object",
            "properties": {"tool": {"const": tool}, "args": parameters},
            "required": ["args"],
            "additionalProperties": false,
        });
    }
    schema
}

impl GuestState {
    /// Plans a call, and has it approved.
    async fn plan(&mut self, call: &FunctionCall, options: &CallOptions) -> Result<Ready, Refusal> {
        let host = self.host()?;
        self.planned += 1;
        let mut args: Value = match convert::json_from_wit(&call.args, "the arguments of a tool") {
            Ok(args) => args,
            Err(failure) => {
                self.gate.admit(Cost::default())?;
                return Err(failure.into());
            }
        };
        let shown = format!("{:?}", call.name);
        let entry = Call::new("tools.plan", &shown, &(&call.name, &args));
        let gate = &self.gate;
        let plan = async {
            known(gate, host.as_ref(), &call.name, options.timeout_ms).await?;
            let tool = callable_one(gate, host.as_ref(), &call.name)?;
            host.check_arguments(&tool, &args).await?;
            let ToolHints { read_only, idempotent, needs_approval, .. } = tool.hints;
            let parameters = needs_approval.then_some(tool.parameters);
            Ok(Plan { approval: needs_approval, repeatable: read_only || idempotent, parameters })
        };
        let Plan { approval, repeatable, parameters } =
            gate.answer_soon(entry, Cost::default(), plan).await?;
        if approval {
            let tool = &call.name;
            let ask = Ask {
                kind: InputKind::Approve,
                schema: approval_schema(tool, parameters),
                details: Some(json!({"tool": tool, "args": args})),
                need: Need::Nothing,
            };
            let expires =
                host.approval_expires_in().map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
            let response = self.ask_person("tools.approve", format!("Call {tool}?"), ask, expires).await?;
            let decision: Decision = crate::capabilities::people::read(response.answer)?;
            if !decision.approved {
                return Err(rejected(tool, decision.reason.as_deref()).into());
            }
            if let Some(edited) = decision.edited {
                // What was shown, or the arguments alone.
                args = edited.get("args").cloned().unwrap_or(edited);
                let entry = Call::new("tools.edited", &shown, &(&call.name, &args));
                let gate = &self.gate;
                let check = async {
                    let tool = callable_one(gate, host.as_ref(), &call.name)?;
                    host.check_arguments(&tool, &args).await
                };
                gate.answer_soon(entry, Cost::default(), check).await?;
            }
        }
        let info = host.info();
        // A tool that is given a key by its caller takes keys.
        let repeatable = repeatable || options.idempotency_key.is_some();
        let key = options.idempotency_key.clone();
        let call = ToolCall {
            name: call.name.clone(),
            args,
            call_id: call.id.clone(),
            idempotency_key: key.unwrap_or_else(|| format!("{}/{}", info.id, self.planned)),
            timeout: options.timeout_ms.map(Duration::from_millis),
            session: info.session.clone(),
            invocation: info.id,
            grants: self.gate.grants(),
        };
        Ok(Ready { call, repeatable, relay: options.relay_events })
    }

    /// Calls all of them at once. Each has its answer, unless the run itself is refused.
    async fn call_each(
        &mut self,
        calls: &[FunctionCall],
        options: &CallOptions,
    ) -> Result<Vec<Result<Answer, Failure>>, Refusal> {
        let mut answers = BTreeMap::new();
        let (mut tools, mut agents) = (Vec::new(), Vec::new());
        // None is begun before all of them may be.
        for (index, call) in calls.iter().enumerate() {
            match self.plan(call, options).await {
                Ok(ready) if ready.agent().is_some() => agents.push((index, ready)),
                Ok(ready) => tools.push((index, ready)),
                Err(Refusal::Failure(failure)) => drop(answers.insert(index, Err(failure))),
                Err(stop) => return Err(stop),
            }
        }
        let mut children = Vec::new();
        for (index, ready) in agents {
            match self.start_agent(&ready).await {
                Ok(child) => children.push((index, child)),
                Err(Refusal::Failure(failure)) => drop(answers.insert(index, Err(failure))),
                Err(stop) => return Err(stop),
            }
        }
        self.call_tools(tools, &mut answers).await?;
        for (index, child) in children {
            let answer = match self.answer_of_agent(child.id, &child.agent).await {
                Ok(answer) => Ok(answer),
                Err(Refusal::Failure(failure)) => Err(failure),
                Err(stop) => return Err(stop),
            };
            answers.insert(index, answer);
        }
        for answer in answers.values().flatten() {
            self.tell_of_saved(answer).await?;
        }
        Ok(answers.into_values().collect())
    }

    /// Tells the client what a tool saved. Where that cannot be told any more it is saved all the same.
    async fn tell_of_saved(&mut self, answer: &Answer) -> Result<(), HostStop> {
        for (name, version) in &answer.saved {
            if let Err(Refusal::Stop(stop)) = self.tell_of_artifact(name.clone(), *version).await {
                return Err(stop);
            }
        }
        Ok(())
    }

    /// Calls tools that are no agents, at once.
    async fn call_tools(
        &mut self,
        tools: Vec<(usize, Ready)>,
        answers: &mut BTreeMap<usize, Result<Answer, Failure>>,
    ) -> Result<(), Refusal> {
        if tools.is_empty() {
            return Ok(());
        }
        let host = self.host()?;
        let mut cut_off = BTreeMap::new();
        for (index, ready) in &tools {
            cut_off.insert(*index, self.announce(&ready.call)?);
        }
        let mut left: BTreeMap<usize, Ready> = tools.into_iter().collect();
        let mut waiting = BTreeSet::new();
        while !left.is_empty() {
            let Some(done) = self.gate.timeline.recall::<Done>(&done_entry())? else { break };
            let Done { index, answer } = done?;
            left.remove(&index);
            answers.insert(index, answer);
        }
        let kept = if cut_off.values().any(|cut_off| !cut_off) {
            self.gate.keep_all(host.as_ref()).await
        } else {
            Ok(())
        };
        let mut under_way = FuturesUnordered::new();
        for (index, Ready { call, repeatable, .. }) in left {
            let was_cut_off = cut_off.get(&index).is_some_and(|cut_off| *cut_off);
            match &kept {
                Err(failure) => self.done(index, Err(failure.clone()), answers)?,
                Ok(()) if was_cut_off && !repeatable => {
                    self.done(index, Err(unknown_outcome(&call.name)), answers)?;
                }
                Ok(()) => {
                    waiting.insert(index);
                    let (host, guard) = (host.clone(), self.gate.put_away().calls_tool(repeatable));
                    under_way.push(async move {
                        let answer = host.call_tool(call).await;
                        (index, answer, guard)
                    });
                }
            }
        }
        while !waiting.is_empty() {
            match self.gate.next_answer(under_way.next()).await {
                // Not to be put away before its answer is kept.
                Ok(Some((index, answer, _guard))) => {
                    waiting.remove(&index);
                    self.done(index, answer.map(Answer::from), answers)?;
                }
                Ok(None) => break,
                Err(Refusal::Failure(failure)) => {
                    for index in std::mem::take(&mut waiting) {
                        self.done(index, Err(failure.clone()), answers)?;
                    }
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    /// Keeps the end of one of several calls.
    fn done(
        &self,
        index: usize,
        answer: Result<Answer, Failure>,
        answers: &mut BTreeMap<usize, Result<Answer, Failure>>,
    ) -> Result<(), Failure> {
        let done = Done { index, answer };
        self.gate.timeline.note(done_entry(), Ok(&done), None)?;
        answers.insert(index, done.answer);
        Ok(())
    }

    /// Keeps that a call is about to be made. True where it was about to be made before: it may have been done.
    fn announce(&self, call: &ToolCall) -> Result<bool, Refusal> {
        let entry = Call::new("tools.begin", format!("{:?}", call.name), &(&call.name, &call.args));
        if let Some(before) = self.gate.timeline.recall::<()>(&entry)? {
            before?;
            return Ok(true);
        }
        self.gate.timeline.note(entry, Ok(&()), None)?;
        Ok(false)
    }

    /// Begins a call that goes on while the guest does.
    async fn start_call(&mut self, call: &FunctionCall, options: &CallOptions) -> Result<Doing, Refusal> {
        let ready = self.plan(call, options).await?;
        if ready.agent().is_some() {
            return Ok(Doing::Agent(self.start_agent(&ready).await?));
        }
        let host = self.host()?;
        let cut_off = self.announce(&ready.call)?;
        let entry = Call::new("tools.started", format!("{:?}", call.name), &());
        let tool = RunningTool::new(host.clone(), ready.call, ready.repeatable, self.gate.put_away().clone());
        if let Some(started) = self.gate.timeline.recall::<()>(&entry)? {
            started?;
            tool.was_cut_off();
            return Ok(Doing::Tool(tool));
        }
        let kept = if cut_off { Ok(()) } else { self.gate.keep_all(host.as_ref()).await };
        self.gate.timeline.note(entry, kept.as_ref(), None)?;
        kept?;
        if cut_off {
            tool.was_cut_off();
        } else {
            tool.begin();
        }
        Ok(Doing::Tool(tool))
    }

    async fn start_agent(&mut self, ready: &Ready) -> Result<Child, Refusal> {
        let name = ready.agent().unwrap_or_default();
        let agent = AppName::new(name)
            .map_err(|error| Failure::new(FailureKind::InvalidArgument, error.to_string()))?;
        let text = match ready.call.args.get("input") {
            Some(Value::String(text)) => text.clone(),
            // An agent with a schema of its own is told what satisfies it.
            _ => ready.call.args.to_string(),
        };
        let input = Content { role: Role::USER.into(), parts: vec![Part::Text(text)] };
        let options =
            ChildOptions { session: None, timeout: ready.call.timeout, relay: ready.relay, detached: false };
        self.start_child("tools.start", format!("{name:?}"), agent, input, options).await
    }

    /// The answer of another agent. That it failed is an answer, for the model to read.
    async fn answer_of_agent(
        &mut self,
        child: rak_core::InvocationId,
        agent: &AppName,
    ) -> Result<Answer, Refusal> {
        match self.end_of(child, agent).await {
            Ok(reply) => {
                let parts = reply.content.into_iter().flat_map(|content| content.parts);
                let texts = parts.filter_map(|part| match part {
                    Part::Text(text) => Some(text),
                    _ => None,
                });
                Ok(Answer { response: json!({"answer": texts.collect::<String>()}), ..Answer::default() })
            }
            Err(Refusal::Failure(failure)) if failure.details.is_some() => {
                let response = json!({"error": failure.message, "code": failure.code});
                Ok(Answer { response, failed: true, ..Answer::default() })
            }
            Err(refusal) => Err(refusal),
        }
    }
}

/// What the agent may call.
fn callable(gate: &Gate, host: &dyn RunHost) -> Vec<ToolSpec> {
    let tools = host.tools().into_iter().filter(|tool| gate.grants_tool(&tool.name));
    let agents = host.agents().into_iter().filter(|agent| gate.grants_agent(&agent.name));
    let mut all: Vec<_> = tools.chain(agents.map(|agent| tool_of(agent, host))).collect();
    for tool in &mut all {
        tool.hints.needs_approval |= gate.asks_before(&tool.name);
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Waits until it is known whether there is such a tool, where the agent may call it.
async fn known(gate: &Gate, host: &dyn RunHost, name: &str, timeout_ms: Option<u64>) -> Result<(), Failure> {
    if !gate.grants_tool(name) {
        return Ok(());
    }
    let known = host.tool_known(name);
    let Some(limit) = timeout_ms.map(Duration::from_millis) else { return known.await };
    tokio::time::timeout(limit, known).await.unwrap_or_else(|_| {
        let message = format!("the server of {name} is still being started");
        Err(Failure::new(FailureKind::Unavailable, message))
    })
}

/// One of them, or why it may not be called.
fn callable_one(gate: &Gate, host: &dyn RunHost, name: &str) -> Result<ToolSpec, Failure> {
    let all = callable(gate, host);
    if let Some(tool) = all.iter().find(|tool| tool.name == name) {
        return Ok(tool.clone());
    }
    let is_agent = |agent: &str| host.agents().iter().any(|known| known.name.as_str() == agent);
    let (there, list) = match name.strip_prefix(AGENT) {
        Some(agent) => (is_agent(agent), "agents"),
        None => (host.tools().iter().any(|tool| tool.name == name), "tools"),
    };
    if there {
        let message = format!(
            "the agent may not call {name:?}: its agent.toml does not name it in `{list}` of [grants]"
        );
        return Err(Failure::new(FailureKind::Denied, message));
    }
    let names: Vec<_> = all.iter().take(NAMES_SHOWN).map(|tool| tool.name.as_str()).collect();
    let names = match names.as_slice() {
        [] => "none may be called".to_owned(),
        names => format!("there are: {}", names.join(", ")),
    };
    Err(Failure::new(FailureKind::NotFound, format!("there is no tool {name:?} ({names})")))
}

fn done_entry() -> Call {
    Call::new("tools.done", "", &())
}

fn rejected(tool: &str, reason: Option<&str>) -> Failure {
    let because = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let message = format!("a person did not approve the call of {tool}{because}");
    Failure { code: Some("rejected".into()), ..Failure::new(FailureKind::Denied, message) }
}

pub(crate) fn unknown_outcome(tool: &str) -> Failure {
    let message = format!(
        "the host ended while {tool} was called, so nobody knows whether it was done; it is not called again"
    );
    Failure { code: Some("unknown_outcome".into()), ..Failure::new(FailureKind::Conflict, message) }
}

/// Another agent as a tool.
fn tool_of(agent: AgentSummary, host: &dyn RunHost) -> ToolSpec {
    let name = format!("{AGENT}{}", agent.name);
    let is_object = |schema: &Value| schema.get("type").and_then(Value::as_str) == Some("object");
    let parameters = agent.input_schema.filter(is_object).unwrap_or_else(|| {
        json!({
            "type": "object",
            "properties": {"input": {"type": "string", "description": "What to say to the agent."}},
            "required": ["input"],
        })
    });
    let needs_approval = host.asks_before(&name);
    let hints = ToolHints { needs_approval, open_world: true, ..ToolHints::default() };
    ToolSpec { name, description: agent.description, parameters, hints }
}

fn tool_to_wit(tool: ToolSpec) -> Tool {
    let ToolHints { read_only, destructive, idempotent, open_world, needs_approval } = tool.hints;
    let flags = [
        (Hints::READ_ONLY, read_only),
        (Hints::DESTRUCTIVE, destructive),
        (Hints::IDEMPOTENT, idempotent),
        (Hints::OPEN_WORLD, open_world),
        (Hints::NEEDS_APPROVAL, needs_approval),
    ];
    let set = flags.into_iter().filter(|(_, set)| *set);
    let hints = set.fold(Hints::empty(), |hints, (flag, _)| hints | flag);
    Tool {
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters.to_string(),
        hints,
        extra: None,
    }
}
