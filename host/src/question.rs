//! What an agent asks, as a person reads and answers it in a terminal.

use rak_core::{Content, Decision, InputKind, InputRequest, InputResponse, InvocationId, Reply};
use serde::Deserialize as _;
use serde_json::Value;

use crate::cli::DEFAULT_HOST;
use crate::human::{self, Ages, one_line};

/// The question, with all that it takes to answer it.
pub(crate) fn shown(request: &InputRequest, ages: Ages) -> String {
    let prompt = visible(&request.prompt);
    let mut lines = vec![match request.kind {
        InputKind::Approve => format!("to be approved: {prompt}"),
        InputKind::Ask => format!("question: {prompt}"),
        InputKind::Message => prompt,
    }];
    if let Some(details) = request.details.as_ref().filter(|details| !details.is_null()) {
        let details = visible(&serde_json::to_string_pretty(details).unwrap_or_default());
        lines.extend(details.lines().map(|line| format!("  {line}")));
    }
    if request.kind == InputKind::Ask {
        lines.extend(expected(&request.schema).map(|expected| format!("  {expected}")));
    }
    if let Some(expires_at) = request.expires_at {
        let (until, left) = (human::utc(expires_at), ages.until(expires_at));
        lines.push(format!("  it can be answered until {until}, for {left}"));
    }
    lines.join("\n")
}

/// What stands before what a person writes.
pub(crate) fn prompt(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Approve => "y/n, and why> ",
        InputKind::Ask => "answer> ",
        InputKind::Message => "message> ",
    }
}

/// What a person means with a line; otherwise what to write.
pub(crate) fn read(request: &InputRequest, line: &str) -> Result<Reply, String> {
    let request_id = request.request_id.clone();
    Ok(match request.kind {
        InputKind::Approve => Reply::Decision { request_id, decision: decision(line)? },
        InputKind::Ask => Reply::Answer { request_id, answer: answer(&request.schema, line)? },
        InputKind::Message => {
            Reply::Message { request_id: Some(request_id), content: Content::new_user_text(line) }
        }
    })
}

/// How to answer it from elsewhere.
pub(crate) fn command(request: &InputRequest, invocation: InvocationId, host: &str) -> String {
    let host = if host == DEFAULT_HOST { String::new() } else { format!(" --host {host}") };
    let (answer, or) = match request.kind {
        InputKind::Approve => ("--approve", ", or with --reject"),
        InputKind::Ask => ("--answer JSON", ""),
        InputKind::Message => ("--message TEXT", ""),
    };
    let request_id = one_line(&request.request_id);
    format!("answer it with `rak invocations respond {invocation} {request_id} {answer}{host}`{or}")
}

/// An answer that was given, in one line.
pub(crate) fn answered(kind: InputKind, response: &InputResponse, message: Option<&Content>) -> String {
    let what = match kind {
        InputKind::Approve => match Decision::deserialize(&response.answer) {
            Ok(decision) => decided(&decision),
            Err(_) => response.answer.to_string(),
        },
        InputKind::Ask => format!("answered: {}", response.answer),
        InputKind::Message => format!("message: {}", message.map(Content::text).unwrap_or_default()),
    };
    let by = response.by.as_ref().map(|by| format!(" (by {by})")).unwrap_or_default();
    one_line(&format!("{what}{by}"))
}

fn decided(decision: &Decision) -> String {
    let mut text = if decision.approved { "approved" } else { "rejected" }.to_owned();
    if let Some(edited) = &decision.edited {
        text = format!("{text} as {edited}");
    }
    match &decision.reason {
        Some(reason) => format!("{text}: {reason}"),
        None => text,
    }
}

/// What an answer has to be, where there is anything to say of it.
fn expected(schema: &Value) -> Option<String> {
    let choices = choices(schema);
    if !choices.is_empty() {
        let choices: Vec<_> = choices.iter().map(label).collect();
        return Some(visible(&format!("one of: {}", choices.join(", "))));
    }
    // Of a text there is mostly nothing to say, and of what may be anything there is nothing.
    let is_plain =
        |object: &serde_json::Map<String, Value>| object.is_empty() || (is_text(schema) && object.len() == 1);
    if *schema == Value::Bool(true) || schema.as_object().is_some_and(is_plain) {
        return None;
    }
    Some(visible(&format!("by this schema: {schema}")))
}

fn choices(schema: &Value) -> &[Value] {
    schema.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn is_text(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "string")
}

/// A choice as it is written: a text without quotes.
fn label(choice: &Value) -> String {
    choice.as_str().map_or_else(|| choice.to_string(), str::to_owned)
}

fn decision(line: &str) -> Result<Decision, String> {
    let line = line.trim();
    let (word, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let approved = match word.to_lowercase().as_str() {
        "y" | "yes" => true,
        "n" | "no" => false,
        _ => return Err("write y or n, and why where you like, as in `n too dear`".to_owned()),
    };
    let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    Ok(Decision { approved, reason, edited: None })
}

fn answer(schema: &Value, line: &str) -> Result<Value, String> {
    if let Some(choice) = choices(schema).iter().find(|choice| label(choice) == line.trim()) {
        return Ok(choice.clone());
    }
    if is_text(schema) {
        return Ok(line.into());
    }
    serde_json::from_str(line).map_err(|error| format!("this is not JSON, where a text has quotes: {error}"))
}

/// A text of somebody else's, in its lines, without what would move the cursor or change colours.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use rak_core::time::UnixMillis;
    use serde_json::json;

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_490_878_746);

    fn request(kind: InputKind, prompt: &str, schema: Value) -> InputRequest {
        let (request_id, prompt) = (kind.request_id(1), prompt.to_owned());
        InputRequest { request_id, kind, prompt, details: None, schema, expires_at: None }
    }

    fn ask(schema: Value) -> InputRequest {
        request(InputKind::Ask, "Well?", schema)
    }

    fn approve() -> InputRequest {
        request(InputKind::Approve, "Pay", InputKind::Approve.schema())
    }

    #[test]
    fn a_question_has_all_that_it_takes_to_answer_it() {
        let details = Some(json!({"amount": 70, "to": "\u{9b}31mAda"}));
        let expires_at = Some(UnixMillis(NOW.0 + 7_200_000));
        assert_eq!(
            shown(&InputRequest { details, expires_at, ..approve() }, Ages(NOW)),
            "to be approved: Pay\n  {\n    \"amount\": 70,\n    \"to\": \" 31mAda\"\n  }\n  \
             it can be answered until 2026-11-24 05:27:58 UTC, for 2h"
        );
        assert_eq!(
            shown(&ask(json!({"enum": ["small", 2]})), Ages(NOW)),
            "question: Well?\n  one of: small, 2"
        );
        assert_eq!(
            shown(&ask(json!({"type": "integer"})), Ages(NOW)),
            "question: Well?\n  by this schema: {\"type\":\"integer\"}"
        );
        for anything in [json!({}), json!(true), json!({"type": "string"})] {
            assert_eq!(shown(&ask(anything), Ages(NOW)), "question: Well?");
        }
        let nothing = InputRequest { details: Some(Value::Null), ..approve() };
        assert_eq!(shown(&nothing, Ages(NOW)), "to be approved: Pay");
    }

    #[test]
    fn a_decision_is_a_letter_and_a_reason() {
        let read = |line: &str| match read(&approve(), line) {
            Ok(Reply::Decision { request_id, decision }) if request_id == "approve-1" => Some(decision),
            _ => None,
        };
        let decided = |approved, reason: Option<&str>| {
            Some(Decision { approved, reason: reason.map(str::to_owned), edited: None })
        };
        assert_eq!(read("y"), decided(true, None));
        assert_eq!(read(" Yes  it is fine "), decided(true, Some("it is fine")));
        assert_eq!(read("n too dear"), decided(false, Some("too dear")));
        for unclear in ["", "maybe", "nope", "yn"] {
            assert_eq!(read(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn an_answer_is_json_but_for_texts_and_choices() {
        let answer = |schema: Value, line: &str| match read(&ask(schema), line) {
            Ok(Reply::Answer { answer, .. }) => Ok(answer),
            Ok(other) => panic!("{other:?}"),
            Err(problem) => Err(problem),
        };
        assert_eq!(answer(json!({"type": "integer"}), "4"), Ok(json!(4)));
        assert_eq!(answer(json!({"type": "string"}), "4 or so"), Ok(json!("4 or so")));
        assert_eq!(answer(json!({"enum": ["s", 4]}), " s "), Ok(json!("s")));
        assert_eq!(answer(json!({"enum": ["s", 4]}), "4"), Ok(json!(4)));
        assert!(answer(json!({}), "plain").unwrap_err().contains("quotes"));
        // The host says what is wrong with it.
        assert_eq!(answer(json!({"enum": ["s"], "type": "string"}), "x"), Ok(json!("x")));
    }

    #[test]
    fn a_message_is_what_the_user_says() {
        let message = request(InputKind::Message, "It waits.", json!({}));
        let content = Content::new_user_text("stop");
        let expected = Reply::Message { request_id: Some("message-1".to_owned()), content };
        assert_eq!(read(&message, "stop"), Ok(expected));
    }

    #[test]
    fn whoever_cannot_answer_here_is_told_where() {
        let id = InvocationId::new();
        assert_eq!(
            command(&approve(), id, DEFAULT_HOST),
            format!("answer it with `rak invocations respond {id} approve-1 --approve`, or with --reject")
        );
        assert_eq!(
            command(&ask(json!({})), id, "http://a:1"),
            format!("answer it with `rak invocations respond {id} ask-1 --answer JSON --host http://a:1`")
        );
    }

    #[test]
    fn an_answer_is_shown_in_one_line() {
        let response = |answer: Value, by: Option<&str>| InputResponse {
            request_id: "any".to_owned(),
            answer,
            by: by.map(str::to_owned),
        };
        let rejected = response(json!({"approved": false, "reason": "too\ndear"}), Some("ada"));
        assert_eq!(answered(InputKind::Approve, &rejected, None), "rejected: too dear (by ada)");
        let edited = response(json!({"approved": true, "edited": {"amount": 5}}), None);
        assert_eq!(answered(InputKind::Approve, &edited, None), "approved as {\"amount\":5}");
        assert_eq!(answered(InputKind::Ask, &response(json!("x"), None), None), "answered: \"x\"");
        let said = Content::new_user_text("stop");
        assert_eq!(answered(InputKind::Message, &response(Value::Null, None), Some(&said)), "message: stop");
    }
}
