//! The session and the context.

use rak::{Content, Context, Entry, Failure, Outcome};
use serde_json::{Value, json};

use crate::{Answer, number, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "set" => set(cx, argument),
        "get" => cx.session().get(argument).and_then(shown),
        "remove" => cx.session().remove(argument).and_then(|()| text("removed")),
        "keys" => cx.session().keys(argument).and_then(|keys| text(keys.join(","))),
        "history" => history(cx, argument),
        "pages" => pages(cx, argument),
        "context" => context(cx),
        "config" => cx.config(argument).and_then(shown),
        "config-keys" => text(cx.config_keys().join(",")),
        "remaining" => text(if cx.remaining().is_some() { "some" } else { "none" }),
        _ => return None,
    })
}

fn shown(value: Option<Value>) -> Result<Outcome, Failure> {
    text(value.map_or_else(|| "none".to_owned(), |value| value.to_string()))
}

fn set(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (key, value) = argument.split_once(' ').unwrap_or((argument, "null"));
    let value: Value = serde_json::from_str(value)
        .map_err(|error| Failure::invalid_argument(format!("the value is not JSON: {error}")))?;
    cx.session().set(key, value)?;
    text("set")
}

fn history(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let limit = u32::try_from(number(argument)?).unwrap_or(u32::MAX);
    text(lines(&cx.session().history(None, limit)?.entries))
}

fn pages(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let limit = u32::try_from(number(argument)?).unwrap_or(u32::MAX);
    let mut pages: Vec<_> = cx.session().pages(limit).collect::<Result<_, _>>()?;
    // The newest page comes first.
    pages.reverse();
    text(pages.iter().map(|page| lines(&page.entries)).collect::<Vec<_>>().join("\n"))
}

fn lines(entries: &[Entry]) -> String {
    let line = |entry: &Entry| format!("{}: {}", entry.author, entry.content.text());
    entries.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn context(cx: &Context) -> Result<Outcome, Failure> {
    let info = cx.info();
    let shown = json!({
        "invocationId": info.invocation_id,
        "sessionId": info.session_id,
        "userId": info.user_id,
        "agent": info.agent,
        "agentVersion": info.agent_version,
        "attempt": info.attempt,
    });
    text(shown.to_string())
}
