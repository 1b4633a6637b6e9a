//! Other agents.

use std::time::Duration;

use rak::{AgentOptions, Content, Context, Failure, Outcome, Part};
use serde_json::json;

use crate::{Answer, kind_and_code, number, split, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "agents" => agents(cx),
        "call" => call(cx, argument),
        "call-in" => call_in(cx, argument),
        "call-fails" => call_fails(cx, argument),
        "fan" => fan(cx, argument),
        "race" => race(cx, argument),
        "drop" => drop_child(cx, argument),
        "detach" => detach(cx, argument),
        _ => return None,
    })
}

fn agents(cx: &Context) -> Result<Outcome, Failure> {
    let names: Vec<_> = cx.agents().available()?.into_iter().map(|agent| agent.name).collect();
    text(names.join(","))
}

fn call(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (agent, said) = split(argument);
    let reply = cx.agents().call_with(agent, said, &AgentOptions::new().relaying())?;
    let first = reply.content.as_ref().and_then(|content| content.parts.first());
    let shown = json!({
        "answer": first.and_then(Part::as_text),
        "escalate": reply.escalate,
        "transferTo": reply.transfer_to,
        "extra": reply.extra,
    });
    text(shown.to_string())
}

fn call_in(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (session, argument) = split(argument);
    let (agent, said) = split(argument);
    text(cx.agents().call_with(agent, said, &AgentOptions::new().with_session(session))?.text())
}

fn call_fails(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (ms, argument) = split(argument);
    let (agent, said) = split(argument);
    let timeout = Some(number(ms)?).filter(|ms| *ms > 0).map(Duration::from_millis);
    let options = AgentOptions { timeout, ..AgentOptions::new() };
    match cx.agents().call_with(agent, said, &options) {
        Ok(reply) => text(reply.text()),
        Err(failure) => text(kind_and_code(&failure)),
    }
}

fn fan(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (agent, said) = split(argument);
    let replies = cx.agents().call_all((1..=3).map(|number| (agent, format!("{said} {number}"))));
    let texts: Result<Vec<_>, Failure> = replies.into_iter().map(|reply| Ok(reply?.text())).collect();
    text(texts?.join(","))
}

fn race(cx: &Context, agent: &str) -> Result<Outcome, Failure> {
    let children = [cx.agents().start(agent, "sleep 3600000")?, cx.agents().start(agent, "sleep 1")?];
    let ready = cx.wait_any(&children.each_ref().map(|child| child.waitable()), None);
    cx.check_cancelled()?;
    children[0].cancel();
    let first = *ready.first().ok_or_else(|| Failure::failed("none is ready"))?;
    text(format!("{first} {}", children[first].finish()?.text()))
}

fn drop_child(cx: &Context, agent: &str) -> Result<Outcome, Failure> {
    let child = cx.agents().start(agent, "sleep 3600000")?;
    text(child.invocation_id())
}

fn detach(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (agent, said) = split(argument);
    let child = cx.agents().start_with(agent, said, &AgentOptions::new().detached())?;
    text(child.invocation_id())
}
