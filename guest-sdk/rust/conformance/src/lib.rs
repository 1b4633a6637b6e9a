//! The conformance agent in Rust: what `guest-sdk/CONFORMANCE.md` says, and nothing else.

mod agents;
mod artifacts;
mod content;
mod failing;
mod http;
mod models;
mod own;
mod people;
mod session;
mod tools;
mod waiting;

use rak::{Content, Context, Descriptor, Failure, Outcome, Skill};
use serde_json::json;

fn describe() -> Descriptor {
    let skill = Skill::new("conform", "Conform")
        .with_description("Runs one behaviour.")
        .with_tags(["test", "contract"])
        .with_examples(["echo hello"]);
    rak::descriptor!()
        .with_skill(skill)
        .with_input_schema(json!({"type": "string"}))
        .with_extra(json!({"language": "rust"}))
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
    let said = input.parts.first().and_then(|part| part.as_text()).unwrap_or_default().to_owned();
    let (name, argument) = said.split_once(' ').unwrap_or((&said, ""));
    for part in [
        content::run,
        failing::run,
        session::run,
        waiting::run,
        people::run,
        agents::run,
        tools::run,
        models::run,
        http::run,
        artifacts::run,
        own::run,
    ] {
        if let Some(answer) = part(cx, name, argument, &input) {
            return answer;
        }
    }
    Err(Failure::invalid_argument(format!("no behaviour is called {name}")))
}

/// What a group of behaviours makes of a name; none where it is not one of its own.
type Answer = Option<Result<Outcome, Failure>>;

fn text(text: impl Into<String>) -> Result<Outcome, Failure> {
    Ok(Outcome::text(text))
}

/// A number that the input names.
fn number(argument: &str) -> Result<u64, Failure> {
    argument.parse().map_err(|_| Failure::invalid_argument(format!("{argument:?} is not a number")))
}

/// The word before the first space, and what follows it.
fn split(argument: &str) -> (&str, &str) {
    argument.split_once(' ').unwrap_or((argument, ""))
}

fn kind_and_code(failure: &Failure) -> String {
    format!("{} {}", failure.kind, failure.code.as_deref().unwrap_or("-"))
}
