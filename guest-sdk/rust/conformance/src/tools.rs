//! Tools.

use rak::{Content, Context, Failure, FunctionCall, FunctionResponse, Outcome};
use serde_json::{Value, json};

use crate::{Answer, kind_and_code, split, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "tools" => tools(cx),
        "hints" => hints(cx, argument),
        "tool" => tool(cx, argument),
        "tool-fails" => tool_fails(cx, argument),
        "tool-all" => tool_all(cx, argument),
        "tool-start" => tool_start(cx, argument),
        _ => return None,
    })
}

fn tools(cx: &Context) -> Result<Outcome, Failure> {
    let names: Vec<_> = cx.tools().available()?.into_iter().map(|tool| tool.name).collect();
    text(names.join(","))
}

fn hints(cx: &Context, name: &str) -> Result<Outcome, Failure> {
    let found = cx.tools().available()?.into_iter().find(|tool| tool.name == name);
    let tool = found.ok_or_else(|| Failure::not_found(format!("no tool is called {name}")))?;
    text(tool.hints.names().collect::<Vec<_>>().join(","))
}

fn tool(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    text(shown(cx.tools().call(asked(argument)?)?).to_string())
}

fn tool_fails(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    match cx.tools().call(asked(argument)?) {
        Ok(answer) => text(shown(answer).to_string()),
        Err(failure) => text(kind_and_code(&failure)),
    }
}

fn tool_all(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let call = asked(argument)?;
    let answers = cx.tools().call_all([call.clone(), call.clone(), call]);
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.map(shown)).collect::<Result<_, _>>()?;
    text(Value::from(answers).to_string())
}

fn tool_start(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let running = cx.tools().start(asked(argument)?)?;
    running.waitable().block();
    text(shown(running.finish()?).to_string())
}

/// The call that `NAME ARGS` asks for.
fn asked(argument: &str) -> Result<FunctionCall, Failure> {
    let (name, args) = split(argument);
    let args: Value = serde_json::from_str(args)
        .map_err(|error| Failure::invalid_argument(format!("{args} is not JSON: {error}")))?;
    Ok(FunctionCall::new("1", name, args))
}

fn shown(answer: FunctionResponse) -> Value {
    json!({"response": answer.response, "failed": answer.failed})
}
