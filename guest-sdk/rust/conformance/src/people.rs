//! Asking people, and listening to them.

use std::time::Duration;

use rak::{Content, Context, Failure, Outcome};
use serde_json::{Value, json};

use crate::{Answer, number, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "approve" => approve(cx, argument),
        "ask" => ask(cx, argument),
        "message" => message(cx, argument),
        "expired" => expired(cx),
        _ => return None,
    })
}

fn approve(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (expires, details) = timed(argument)?;
    let decision = cx.people().approve("Do it?", details, expires)?;
    let shown = json!({
        "approved": decision.approved,
        "by": decision.by,
        "reason": decision.reason,
        "edited": decision.edited,
    });
    text(shown.to_string())
}

fn ask(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (expires, schema) = timed(argument)?;
    let answer: Value = cx.people().ask("Well?", schema, expires)?;
    text(answer.to_string())
}

fn message(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let timeout = match argument {
        "ever" => None,
        ms => Some(Duration::from_millis(number(ms)?)),
    };
    let Some(message) = cx.people().next_message(timeout)? else { return text("none") };
    text(message.parts.first().and_then(|part| part.as_text()).unwrap_or_default())
}

fn expired(cx: &Context) -> Result<Outcome, Failure> {
    let asked: Result<Value, Failure> = cx.people().ask("Well?", json!({}), Some(Duration::from_millis(1)));
    match asked {
        Ok(answer) => text(answer.to_string()),
        Err(failure) if failure.is_expired() => {
            text(format!("{} {}", failure.kind, failure.code.unwrap_or_default()))
        }
        Err(failure) => Err(failure),
    }
}

/// How long a question stands (without end for 0), and the JSON that follows.
fn timed(argument: &str) -> Result<(Option<Duration>, Value), Failure> {
    let (ms, json) = argument.split_once(' ').unwrap_or((argument, "null"));
    let expires = Some(number(ms)?).filter(|ms| *ms > 0).map(Duration::from_millis);
    let value = serde_json::from_str(json)
        .map_err(|error| Failure::invalid_argument(format!("{json} is not JSON: {error}")))?;
    Ok((expires, value))
}
