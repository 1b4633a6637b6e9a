//! Invocations, as a person reads them.

use std::time::Duration;

use rak_core::{InputRequest, Progress, Usage, Waiting};
use rak_server::protocol::rest::{InvocationBody, InvocationList};

use crate::human::{self, Ages, Labelled, one_line};
use crate::question;
use crate::table::Table;

/// More of a name is not shown in the table.
const MAX_NAME: usize = 24;

/// The invocations of a host, newest first.
pub(super) fn list(page: &InvocationList, host: &str, ages: Ages) -> String {
    if page.invocations.is_empty() {
        return format!("there are no such invocations at {host}");
    }
    let mut table =
        Table::new(&["INVOCATION", "AGENT", "SESSION", "STATUS", "ATTEMPT", "STARTED", "DURATION"]);
    for body in &page.invocations {
        table.row([
            body.invocation_id.to_string(),
            cut(body.app_name.as_str()),
            cut(body.session_id.as_str()),
            status(body, ages),
            body.attempt.to_string(),
            ages.of(body.started_at),
            human::long_duration(lasted(body, ages)),
        ]);
    }
    let more = if page.next.is_some() { "\nthere are older ones; --limit N shows more" } else { "" };
    format!("{table}{more}")
}

/// Everything of one, with what it asks.
pub(super) fn one(body: &InvocationBody, questions: &[InputRequest], ages: Ages) -> String {
    let mut text = Labelled::default();
    text.line("invocation", &body.invocation_id.to_string());
    text.line("agent", body.app_name.as_str());
    text.line("version", &body.agent_version);
    text.line("session", &format!("{} of {}", body.session_id, body.user_id));
    text.line("child of", &body.parent_id.map(|parent| parent.to_string()).unwrap_or_default());
    text.line("status", body.status.as_str());
    text.line("in line", &body.queue_position.map(place).unwrap_or_default());
    text.line("because", body.reason.as_deref().unwrap_or_default());
    if let Some(waiting) = &body.waiting {
        text.lines("waits", waits(waiting, ages));
    }
    text.line("progress", &body.progress.as_ref().map(progress).unwrap_or_default());
    text.line("attempt", &body.attempt.to_string());
    text.line("survives", if body.durable { "the end of the host" } else { "nothing: it is not durable" });
    text.line("started", &format!("{}, {}", human::utc(body.started_at), ages.of(body.started_at)));
    if let Some(ended_at) = body.ended_at {
        text.line("ended", &format!("{}, {}", human::utc(ended_at), ages.of(ended_at)));
    }
    text.line(
        if body.ended_at.is_some() { "took" } else { "takes" },
        &human::long_duration(lasted(body, ages)),
    );
    let usage = &body.usage;
    if usage.host_calls > 0 || body.ended_at.is_some() {
        let cpu = Duration::from_micros(usage.cpu_micros);
        text.line("used", &format!("{} of a processor", human::duration(cpu)));
        text.line("", &format!("{} of memory at most", human::bytes(usage.peak_memory_bytes)));
        text.line("", &format!("{} calls to the host", usage.host_calls));
        text.line("", &format!("{} events of {}", usage.events, human::bytes(usage.event_bytes)));
        text.lines("", models(usage));
    }
    let asked = questions
        .iter()
        .map(|request| format!("\n\n{} {}", one_line(&request.request_id), question::shown(request, ages)));
    std::iter::once(text.to_string()).chain(asked).collect()
}

/// What models did for it; nothing where it asked none.
fn models(usage: &Usage) -> Vec<String> {
    let Usage { model_calls, input_tokens, output_tokens, model_cost_micros: cost, .. } = *usage;
    let answers = (model_calls > 0).then(|| {
        format!("{model_calls} answers of models, {input_tokens} tokens read and {output_tokens} written")
    });
    let price =
        (cost > 0).then(|| format!("{}.{:06} by the prices of the host", cost / 1_000_000, cost % 1_000_000));
    answers.into_iter().chain(price).collect()
}

/// The status, and what it waits for.
fn status(body: &InvocationBody, ages: Ages) -> String {
    let waiting = body.waiting.as_ref().map(|waiting| match (&waiting.until, waiting.requests.len()) {
        (_, 1) => "for an answer".to_owned(),
        (_, requests @ 2..) => format!("for {requests} answers"),
        (_, 0) if !waiting.invocations.is_empty() => "for other agents".to_owned(),
        (Some(until), 0) => format!("for {}", ages.until(*until)),
        (None, 0) => String::new(),
    });
    let reason = body.reason.as_deref().filter(|reason| *reason != body.status.as_str());
    let place = body.queue_position.map(place);
    match (waiting.or(place), reason) {
        (Some(waiting), _) if !waiting.is_empty() => format!("{} {waiting}", body.status),
        (_, Some(reason)) => format!("{} ({})", body.status, one_line(reason)),
        _ => body.status.to_string(),
    }
}

/// What it waits for, each in a line.
fn waits(waiting: &Waiting, ages: Ages) -> Vec<String> {
    let until = waiting.until.map(|until| format!("until {}, for {}", human::utc(until), ages.until(until)));
    let answers = waiting.requests.iter().map(|request| format!("for the answer to {request}"));
    let children = waiting.invocations.iter().map(|child| format!("for its child {child}"));
    until.into_iter().chain(answers).chain(children).collect()
}

/// Where it is in the queue.
fn place(before: usize) -> String {
    if before == 0 { "next".to_owned() } else { format!("after {before} others") }
}

fn progress(progress: &Progress) -> String {
    match (progress.done, progress.total) {
        (Some(done), Some(total)) => format!("{} ({done} of {total})", progress.message),
        (Some(done), None) => format!("{} ({done})", progress.message),
        _ => progress.message.clone(),
    }
}

/// How long it took, or takes so far.
fn lasted(body: &InvocationBody, ages: Ages) -> Duration {
    let end = body.ended_at.unwrap_or(ages.0);
    Duration::from_millis(u64::try_from(end.0.saturating_sub(body.started_at.0)).unwrap_or(0))
}

fn cut(name: &str) -> String {
    if name.chars().count() <= MAX_NAME {
        return name.to_owned();
    }
    name.chars().take(MAX_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use rak_core::time::UnixMillis;
    use rak_core::{InputKind, InvocationId, InvocationStatus};

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_490_878_746);

    fn body(status: InvocationStatus) -> InvocationBody {
        InvocationBody {
            invocation_id: "01a20b98-951a-7222-825f-d9b9ee605546".parse::<InvocationId>().unwrap(),
            session_id: "demo".parse().unwrap(),
            app_name: "timers".parse().unwrap(),
            user_id: "user".parse().unwrap(),
            parent_id: None,
            agent_version: "sha256:00".into(),
            status,
            queue_position: None,
            waiting: None,
            durable: true,
            reason: None,
            attempt: 1,
            started_at: UnixMillis(NOW.0 - 90_000),
            ended_at: None,
            progress: None,
            usage: Usage::default(),
        }
    }

    fn waiting() -> InvocationBody {
        let waiting = Waiting { until: Some(UnixMillis(NOW.0 + 7_200_000)), ..Waiting::default() };
        InvocationBody { waiting: Some(waiting), ..body(InvocationStatus::Waiting) }
    }

    #[test]
    fn a_list_says_what_is_waited_for_and_why_something_failed() {
        let failed = InvocationBody {
            reason: Some("trapped".into()),
            ended_at: Some(UnixMillis(NOW.0 - 89_958)),
            ..body(InvocationStatus::Failed)
        };
        let page = InvocationList { invocations: vec![waiting(), failed], next: None };
        assert_eq!(
            list(&page, "http://127.0.0.1:8080", Ages(NOW)),
            "INVOCATION                            AGENT   SESSION  STATUS            ATTEMPT  STARTED  DURATION\n\
             01a20b98-951a-7222-825f-d9b9ee605546  timers  demo     waiting for 2h    1        1m ago   1m 30s\n\
             01a20b98-951a-7222-825f-d9b9ee605546  timers  demo     failed (trapped)  1        1m ago   42 ms"
        );
        let none = InvocationList { invocations: Vec::new(), next: None };
        assert!(list(&none, "http://127.0.0.1:8080", Ages(NOW)).contains("no such invocations"));
    }

    #[test]
    fn what_is_asked_is_shown_below() {
        let kind = InputKind::Approve;
        let question = InputRequest {
            request_id: kind.request_id(1),
            kind,
            prompt: "Pay".into(),
            details: Some(70.into()),
            schema: kind.schema(),
            expires_at: None,
        };
        let waiting =
            Waiting { until: None, requests: vec![question.request_id.clone()], ..Waiting::default() };
        let asking = InvocationBody { waiting: Some(waiting), ..body(InvocationStatus::Waiting) };
        let text = one(&asking, &[question], Ages(NOW));
        assert!(text.contains("waits        for the answer to approve-1\n"), "{text}");
        assert!(text.ends_with("\n\napprove-1 to be approved: Pay\n  70"), "{text}");
        let page = InvocationList { invocations: vec![asking], next: None };
        assert!(list(&page, "", Ages(NOW)).contains(" waiting for an answer "));
    }

    #[test]
    fn one_is_shown_with_all_that_is_known() {
        let text = one(&waiting(), &[], Ages(NOW));
        for expected in [
            "invocation   01a20b98-951a-7222-825f-d9b9ee605546\n",
            "session      demo of user\n",
            "status       waiting\n",
            "waits        until 2026-11-24 05:27:58 UTC, for 2h\n",
            "takes        1m 30s",
        ] {
            assert!(text.contains(expected), "{expected:?} in {text}");
        }
        assert!(!text.contains("used") && !text.contains("in line"), "{text}");
        let queued = InvocationBody { queue_position: Some(3), ..body(InvocationStatus::Queued) };
        let text = one(&queued, &[], Ages(NOW));
        assert!(text.contains("status       queued\nin line      after 3 others\n"), "{text}");
        let page = InvocationList { invocations: vec![queued], next: None };
        assert!(list(&page, "http://127.0.0.1:8080", Ages(NOW)).contains("queued after 3 others"));
        let progress = Progress { message: "half".into(), done: Some(1), total: Some(2) };
        let usage = Usage { host_calls: 3, cpu_micros: 1500, ..Usage::default() };
        let text = one(&InvocationBody { progress: Some(progress), usage, ..waiting() }, &[], Ages(NOW));
        assert!(text.contains("progress     half (1 of 2)\n") && text.contains("3 calls"), "{text}");
        assert!(!text.contains("models"), "{text}");
        let asked = Usage { model_calls: 2, input_tokens: 310, output_tokens: 42, ..usage };
        let usage = Usage { model_cost_micros: 1_000_161, ..asked };
        let text = one(&InvocationBody { usage, ..waiting() }, &[], Ages(NOW));
        for expected in ["2 answers of models, 310 tokens read and 42 written\n", " 1.000161 by the prices"] {
            assert!(text.contains(expected), "{expected:?} in {text}");
        }
    }
}
