//! What the model may call, under the names that it knows.

use serde_json::{Value, json};

use super::callbacks::Callbacks;
use crate::{
    AgentSummary, Content, Context, Failure, FailureKind, Function, FunctionCall, FunctionResponse,
    ModelTool, role,
};

/// How the model calls the hand-over.
const TRANSFER: &str = "transfer_to_agent";
/// The longest name that every provider takes.
const MAX_NAME: usize = 64;

/// What the model may call in one run.
pub(super) struct Toolbox<'t> {
    entries: Vec<Entry<'t>>,
}

/// Something that the model may call.
struct Entry<'t> {
    /// As the model knows it.
    offered: ModelTool,
    /// As it is called here.
    name: String,
    does: Does<'t>,
}

/// What a call comes to.
enum Does<'t> {
    Function(&'t Function<'t>),
    HostTool,
    /// To one of these agents.
    HandOver(&'t [String]),
}

/// What came of the calls of one answer.
pub(super) struct Answers {
    /// For the model to read.
    pub(super) content: Content,
    /// Who goes on, where the conversation was handed over.
    pub(super) transfer_to: Option<String>,
}

impl<'t> Toolbox<'t> {
    pub(super) fn new(
        cx: &Context,
        functions: &'t [Function<'t>],
        host_tools: &[String],
        hand_over: &'t [String],
    ) -> Result<Self, Failure> {
        let mut toolbox = Self { entries: Vec::new() };
        for function in functions {
            toolbox.add(function.tool.clone(), Does::Function(function));
        }
        for tool in found(cx, host_tools)? {
            toolbox.add(tool, Does::HostTool);
        }
        if !hand_over.is_empty() {
            toolbox.add(transfer(&cx.agents().available()?, hand_over), Does::HandOver(hand_over));
        }
        Ok(toolbox)
    }

    fn add(&mut self, tool: ModelTool, does: Does<'t>) {
        let offered = self.free_name(&tool.name);
        let name = tool.name.clone();
        self.entries.push(Entry { offered: ModelTool { name: offered, ..tool }, name, does });
    }

    /// The name as providers take it, and as no other has it.
    fn free_name(&self, name: &str) -> String {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        let name: String = name.chars().map(|letter| if fits(letter) { letter } else { '_' }).collect();
        let taken = |name: &str| self.entries.iter().any(|entry| entry.offered.name == name);
        let numbered = (2_u32..).map(|number| {
            let number = format!("_{number}");
            name.chars().take(MAX_NAME.saturating_sub(number.len())).collect::<String>() + &number
        });
        let short = name.chars().take(MAX_NAME).collect();
        std::iter::once(short).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
    }

    /// What the model is offered.
    pub(super) fn offered(&self) -> Vec<ModelTool> {
        self.entries.iter().map(|entry| entry.offered.clone()).collect()
    }

    /// Does what the model asks for: functions one after the other, and then the tools of the host all at once.
    pub(super) fn answer(
        &self,
        cx: &Context,
        callbacks: &Callbacks<'_>,
        calls: Vec<FunctionCall>,
    ) -> Result<Answers, Failure> {
        let mut transfer_to = None;
        let mut turn: Vec<_> = calls.into_iter().map(|call| Turn::new(self, call)).collect();
        for turn in &mut turn {
            if let Some(before) = &callbacks.before_tool
                && let Some(answer) = before(cx, &mut turn.call)?
            {
                turn.response = Some(Ok(turn.answered(answer)));
                continue;
            }
            let answer = match turn.does {
                Some(Does::HostTool) => continue,
                Some(Does::Function(function)) => function.call(cx, turn.call.args.clone()),
                Some(Does::HandOver(agents)) => handed_over(&turn.call, agents).map(|agent| {
                    transfer_to = Some(agent.clone());
                    json!(format!("`{agent}` goes on"))
                }),
                None => Err(Failure::not_found(format!("no function is called `{}`", turn.call.name))),
            };
            turn.response = Some(answer.map(|answer| turn.answered(answer)));
        }
        let waiting = turn.iter().filter(|turn| turn.response.is_none()).map(|turn| turn.call.clone());
        let waiting: Vec<_> = waiting.collect();
        if !waiting.is_empty() {
            let answers = cx.tools().call_all(waiting);
            for (turn, answer) in turn.iter_mut().filter(|turn| turn.response.is_none()).zip(answers) {
                turn.response = Some(answer);
            }
        }
        let mut content = Content::new(role::FUNCTION);
        for turn in turn {
            content = content.with(turn.end(cx, callbacks)?);
        }
        Ok(Answers { content, transfer_to })
    }
}

/// A call of the model, and what comes of it.
struct Turn<'t> {
    /// How the model calls it.
    offered: String,
    /// With the name that it has here.
    call: FunctionCall,
    /// Nothing, where nothing has the name.
    does: Option<&'t Does<'t>>,
    response: Option<Result<FunctionResponse, Failure>>,
}

impl<'t> Turn<'t> {
    fn new(toolbox: &'t Toolbox<'_>, mut call: FunctionCall) -> Self {
        let entry = toolbox.entries.iter().find(|entry| entry.offered.name == call.name);
        let offered = call.name.clone();
        if let Some(entry) = entry {
            call.name.clone_from(&entry.name);
        }
        Self { offered, call, does: entry.map(|entry| &entry.does), response: None }
    }

    fn answered(&self, answer: Value) -> FunctionResponse {
        FunctionResponse::new(&self.call.id, &self.call.name, answer)
    }

    /// What the model reads. A failure is one to read, too, unless it is the end of the run.
    fn end(self, cx: &Context, callbacks: &Callbacks<'_>) -> Result<FunctionResponse, Failure> {
        let mut response = match self.response {
            Some(Ok(response)) => response,
            Some(Err(failure)) if ends_the_run(cx, &failure) => return Err(failure),
            Some(Err(failure)) => {
                FunctionResponse::new(&self.call.id, &self.call.name, failure.message).into_failed()
            }
            None => {
                FunctionResponse::new(&self.call.id, &self.call.name, "there was no answer").into_failed()
            }
        };
        if let Some(after) = &callbacks.after_tool {
            after(cx, &self.call, &mut response)?;
        }
        response.name = self.offered;
        Ok(response)
    }
}

/// Whether the run itself is cancelled or late, and not only what was called.
fn ends_the_run(cx: &Context, failure: &Failure) -> bool {
    match failure.kind {
        FailureKind::Cancelled => true,
        FailureKind::DeadlineExceeded => cx.remaining().is_some_and(|left| left.is_zero()),
        _ => false,
    }
}

/// The tools of the host that are meant, each once.
fn found(cx: &Context, patterns: &[String]) -> Result<Vec<ModelTool>, Failure> {
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let available = cx.tools().available()?;
    let missing = patterns
        .iter()
        .find(|pattern| !pattern.contains('*') && !available.iter().any(|tool| tool.name == **pattern));
    if let Some(name) = missing {
        let message =
            format!("the host has no tool `{name}` for this agent; its manifest grants them with `tools`");
        return Err(Failure::not_found(message));
    }
    let meant =
        available.into_iter().filter(|tool| patterns.iter().any(|pattern| matches(pattern, &tool.name)));
    Ok(meant.map(|tool| ModelTool::new(tool.name, tool.description, tool.parameters)).collect())
}

/// Whether the name is one of the pattern's, in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name
            .strip_prefix(start)
            .is_some_and(|end| (0..=end.len()).filter_map(|at| end.get(at..)).any(|end| matches(rest, end))),
    }
}

/// The function by which the model hands the conversation over.
fn transfer(known: &[AgentSummary], agents: &[String]) -> ModelTool {
    let mut lines =
        vec!["Hands the conversation over to another agent, which answers the user from now on.".to_owned()];
    let known = known.iter().filter(|agent| agents.contains(&agent.name));
    lines.extend(known.map(|agent| format!("- {}: {}", agent.name, agent.description)));
    let parameters = json!({
        "type": "object",
        "properties": {"agent": {"type": "string", "enum": agents}},
        "required": ["agent"],
        "additionalProperties": false,
    });
    ModelTool::new(TRANSFER, lines.join("\n"), parameters)
}

/// The agent that goes on.
fn handed_over<'t>(call: &FunctionCall, agents: &'t [String]) -> Result<&'t String, Failure> {
    let named = call.args.get("agent").and_then(Value::as_str);
    agents
        .iter()
        .find(|agent| named == Some(agent))
        .ok_or_else(|| Failure::invalid_argument(format!("`agent` is one of these: {}", agents.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_names() {
        assert!(matches("a.b", "a.b") && !matches("a.b", "a.bc") && !matches("a.b", "a"));
        assert!(matches("mcp.*", "mcp.files.read") && !matches("mcp.*", "mcp"));
        assert!(matches("*.read", "mcp.files.read") && matches("mcp.*.read", "mcp.ü.read"));
        assert!(matches("*", "") && matches("**", "a"));
    }

    #[test]
    fn names_are_made_to_fit_and_differ() {
        let mut toolbox = Toolbox { entries: Vec::new() };
        let long = "x".repeat(70);
        for name in ["a.b", "a_b", "a b", &long, &long] {
            toolbox.add(ModelTool { name: name.into(), ..ModelTool::default() }, Does::HostTool);
        }
        let names: Vec<_> = toolbox.entries.iter().map(|entry| entry.offered.name.as_str()).collect();
        assert_eq!(names, ["a_b", "a_b_2", "a_b_3", &long[..64], &format!("{}_2", &long[..62])]);
        assert_eq!(toolbox.entries[2].name, "a b");
    }
}
