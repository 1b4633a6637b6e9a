//! What the model may call, under the names that it knows.

use serde_json::{Value, json};

use super::callbacks::Callbacks;
use crate::{
    Answer, Content, Context, Failure, FailureKind, Function, FunctionCall, FunctionResponse, ModelTool,
    Outcome, role,
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
    HandOver(&'t [HandOver]),
}

/// An agent that the conversation can be handed over to.
pub(super) struct HandOver {
    pub(super) agent: String,
    /// For the model to read.
    pub(super) when: String,
}

/// What came of the calls of one answer.
pub(super) struct Answers {
    /// For the model to read.
    pub(super) content: Content,
    /// How the run ends, where a function ended it.
    pub(super) end: Option<Outcome>,
}

impl<'t> Toolbox<'t> {
    pub(super) fn new(
        cx: &Context,
        functions: &'t [Function<'t>],
        host_tools: &[String],
        hand_over: &'t [HandOver],
    ) -> Result<Self, Failure> {
        let mut toolbox = Self { entries: Vec::new() };
        for function in functions {
            toolbox.add(function.tool.clone(), Does::Function(function));
        }
        for tool in found(cx, host_tools)? {
            toolbox.add(tool, Does::HostTool);
        }
        if !hand_over.is_empty() {
            toolbox.add(transfer(hand_over), Does::HandOver(hand_over));
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

    /// Does what the model asks for: the tools of the host all at once, and then functions one after the other.
    pub(super) fn answer(
        &self,
        cx: &Context,
        callbacks: &Callbacks<'_>,
        calls: Vec<FunctionCall>,
    ) -> Result<Answers, Failure> {
        let mut turns: Vec<_> = calls.into_iter().map(|call| Turn::new(self, call)).collect();
        if let Some(before) = &callbacks.before_tool {
            for turn in &mut turns {
                turn.answer = before(cx, &mut turn.call)?.map(|answer| Ok(turn.response(answer)));
            }
        }
        call_host(cx, &mut turns);
        let mut answers = Answers { content: Content::new(role::FUNCTION), end: None };
        for turn in turns {
            let response = turn.end(cx, callbacks, self, &mut answers.end)?;
            answers.content = answers.content.with(response);
        }
        Ok(answers)
    }

    /// What the model is told of a function that there is not.
    fn unknown(&self, name: &str) -> Failure {
        let names: Vec<_> = self.entries.iter().map(|entry| entry.offered.name.as_str()).collect();
        Failure::not_found(format!("no function is called `{name}`, only {}", names.join(", ")))
    }
}

/// Calls the tools of the host that nothing has answered yet.
fn call_host(cx: &Context, turns: &mut [Turn<'_>]) {
    let mut waiting: Vec<_> = turns
        .iter_mut()
        .filter(|turn| turn.answer.is_none() && matches!(turn.does, Some(Does::HostTool)))
        .collect();
    if !waiting.is_empty() {
        let answers = cx.tools().call_all(waiting.iter().map(|turn| turn.call.clone()));
        for (turn, answer) in waiting.iter_mut().zip(answers) {
            turn.answer = Some(answer);
        }
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
    /// What there is already.
    answer: Option<Result<FunctionResponse, Failure>>,
}

impl<'t> Turn<'t> {
    fn new(toolbox: &'t Toolbox<'_>, mut call: FunctionCall) -> Self {
        let entry = toolbox.entries.iter().find(|entry| entry.offered.name == call.name);
        let offered = call.name.clone();
        if let Some(entry) = entry {
            call.name.clone_from(&entry.name);
        }
        Self { offered, call, does: entry.map(|entry| &entry.does), answer: None }
    }

    fn response(&self, answer: Value) -> FunctionResponse {
        FunctionResponse::new(&self.call.id, &self.call.name, answer)
    }

    /// What the model reads. A failure is something to read, too, unless it is the end of the run.
    fn end(
        mut self,
        cx: &Context,
        callbacks: &Callbacks<'_>,
        toolbox: &Toolbox<'_>,
        end: &mut Option<Outcome>,
    ) -> Result<FunctionResponse, Failure> {
        let answer = match self.answer.take() {
            Some(answer) => answer,
            None => self.call(cx, toolbox).map(|answer| match answer {
                Answer::Told(value) => self.response(value),
                Answer::End(outcome) => {
                    end.get_or_insert(outcome);
                    self.response(json!({"ended": true}))
                }
            }),
        };
        let mut response = match answer {
            Err(failure) if ends_the_run(cx, &failure) => return Err(failure),
            Err(failure) => {
                let fields = [("tool", self.call.name.as_str()), ("error", failure.message.as_str())];
                cx.log().warning("a tool failed", &fields);
                self.response(json!({"error": failure.message})).into_failed()
            }
            Ok(response) => response,
        };
        if let Some(after) = &callbacks.after_tool {
            after(cx, &self.call, &mut response)?;
        }
        response.name = self.offered;
        Ok(response)
    }

    /// Calls what is the agent's own.
    fn call(&self, cx: &Context, toolbox: &Toolbox<'_>) -> Result<Answer, Failure> {
        match self.does {
            Some(Does::Function(function)) => function.call(cx, self.call.args.clone()),
            Some(Does::HandOver(agents)) => handed_over(&self.call, agents),
            Some(Does::HostTool) => Err(Failure::unavailable("the host gave no answer")),
            None => Err(toolbox.unknown(&self.call.name)),
        }
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
fn transfer(agents: &[HandOver]) -> ModelTool {
    let mut lines = vec![
        "Hands the conversation over to another agent, which answers in place of this one. The agents:"
            .to_owned(),
    ];
    lines.extend(agents.iter().map(|HandOver { agent, when }| format!("- {agent}: {when}")));
    let parameters = json!({
        "type": "object",
        "properties": {"agent": {"type": "string", "enum": names(agents)}},
        "required": ["agent"],
        "additionalProperties": false,
    });
    ModelTool::new(TRANSFER, lines.join("\n"), parameters)
}

/// How the run ends where the model hands the conversation over.
fn handed_over(call: &FunctionCall, agents: &[HandOver]) -> Result<Answer, Failure> {
    let named = call.args.get("agent").and_then(Value::as_str);
    match named.filter(|named| names(agents).contains(named)) {
        Some(agent) => Ok(Answer::End(Outcome::empty().transferring_to(agent))),
        None => Err(Failure::invalid_argument(format!("`agent` is one of {}", names(agents).join(", ")))),
    }
}

fn names(agents: &[HandOver]) -> Vec<&str> {
    agents.iter().map(|agent| agent.agent.as_str()).collect()
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
