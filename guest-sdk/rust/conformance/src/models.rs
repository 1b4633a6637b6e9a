//! Models.

use rak::{
    Content, Context, Failure, FunctionResponse, ModelDelta, ModelRequest, ModelTool, Outcome, Relay, role,
};
use serde_json::{Value, json};

use crate::{Answer, kind_and_code, split, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "models" => models(cx),
        "complete" => complete(cx, argument),
        "relay" => relay(cx, argument),
        "deltas" => deltas(cx, argument),
        "drop-model" => drop_model(cx, argument),
        "function" => function(cx),
        "structured" => structured(cx, argument),
        "model-fails" => model_fails(cx, argument),
        "embed" => embed(cx, argument),
        _ => return None,
    })
}

fn models(cx: &Context) -> Result<Outcome, Failure> {
    let names: Vec<_> = cx.models().available()?.into_iter().map(|model| model.name).collect();
    text(names.join(","))
}

fn complete(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let response = cx.models().complete(asked(argument))?;
    let shown = json!({
        "text": response.text(),
        "finish": response.finish.as_str(),
        "input": response.usage.input_tokens,
        "output": response.usage.output_tokens,
    });
    text(shown.to_string())
}

fn relay(cx: &Context, said: &str) -> Result<Outcome, Failure> {
    text(cx.models().complete(ModelRequest::new(said).with_relay(Relay::All))?.text())
}

fn deltas(cx: &Context, said: &str) -> Result<Outcome, Failure> {
    let completion = cx.models().open(said)?;
    for delta in completion.deltas() {
        match delta? {
            ModelDelta::Text(text) => cx.events().text_delta(text)?,
            ModelDelta::Thought(thought) => cx.events().thought_delta(thought)?,
            _ => {}
        }
    }
    text(completion.finish()?.text())
}

fn drop_model(cx: &Context, said: &str) -> Result<Outcome, Failure> {
    drop(cx.models().open(said)?);
    text("dropped")
}

fn function(cx: &Context) -> Result<Outcome, Failure> {
    let numbers = json!({"a": {"type": "number"}, "b": {"type": "number"}});
    let add = ModelTool::new("add", "Adds.", json!({"type": "object", "properties": numbers}));
    let request = ModelRequest::new("add, please").with_model("caller").with_tool(add);
    let first = cx.models().complete(request.clone())?;
    let call =
        first.function_calls().next().cloned().ok_or_else(|| Failure::failed("no function is called"))?;
    let sum = FunctionResponse::new(call.id, call.name, json!({"sum": 3}));
    let told = request.with_content(first.content).with_content(Content::new(role::FUNCTION).with(sum));
    text(format!("{} {}", call.args, cx.models().complete(told)?.text()))
}

fn structured(cx: &Context, said: &str) -> Result<Outcome, Failure> {
    let schema = json!({"type": "object", "required": ["mood"]});
    let answer: Value = cx.models().complete(ModelRequest::new(said).with_response_schema(schema))?.json()?;
    text(answer.to_string())
}

fn model_fails(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    match cx.models().complete(asked(argument)) {
        Ok(response) => text(response.text()),
        Err(failure) => text(kind_and_code(&failure)),
    }
}

fn embed(cx: &Context, said: &str) -> Result<Outcome, Failure> {
    let vectors = cx.models().embed([said, ""])?.vectors;
    let [first, second] = vectors.as_slice() else {
        return Err(Failure::failed(format!("{} vectors for two texts", vectors.len())));
    };
    let number = first.first().ok_or_else(|| Failure::failed("an empty vector"))?;
    text(format!("{},{},{number}", first.len(), second.len()))
}

/// The request that `MODEL TEXT` asks for.
fn asked(argument: &str) -> ModelRequest {
    let (model, said) = split(argument);
    let request = ModelRequest::new(said);
    if model == "-" { request } else { request.with_model(model) }
}
