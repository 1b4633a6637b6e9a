//! Content and events.

use anyhow::ensure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Behaviour, answers};
use crate::languages::subject::{AGENT, Subject};

/// The largest content that every language has to bear.
const LARGE: usize = 10 << 20;
/// One of every length in UTF-8, and what is special to C, JSON and terminals.
const UNICODE: &str = "naïve 日本語 🦀 e\u{301} \u{0} \"quoted\" \\ \u{7f} line\nbreak \u{10ffff}";

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("describe", Box::pin(describes_itself(subject))),
        ("echo", Box::pin(echoes(subject, "one two  three"))),
        ("echo unicode", Box::pin(echoes(subject, UNICODE))),
        ("echo nothing", Box::pin(echoes(subject, ""))),
        ("answer unicode", Box::pin(async { answers(subject, &format!("answer {UNICODE}"), UNICODE).await })),
        ("nothing", Box::pin(answers_nothing(subject))),
        ("parts", Box::pin(keeps_parts(subject))),
        ("kinds", Box::pin(makes_parts(subject))),
        ("events", Box::pin(emits(subject))),
        ("progress", Box::pin(reports_progress(subject))),
        ("outcome", Box::pin(says_more(subject))),
        ("bytes", Box::pin(answers_at_length(subject))),
        ("text-size", Box::pin(takes_a_large_text(subject))),
        ("data-size", Box::pin(takes_large_data(subject))),
    ]
}

/// Every kind of part, as the wire has them.
fn kinds() -> Vec<Value> {
    vec![
        json!({"text": "a"}),
        json!({"text": "b", "thought": true}),
        json!({"inlineData": {"mimeType": "application/octet-stream", "data": "AAH+/w=="}}),
        json!({"fileData": {"mimeType": "text/plain", "fileUri": "file:///a"}}),
        json!({"fileData": {"fileUri": "file:///b"}}),
        json!({"functionCall": {"id": "1", "name": "f", "args": {"a": 1}}}),
        json!({"functionResponse": {"id": "1", "name": "f", "response": {"b": [2]}, "failed": true}}),
        json!({"custom": {"name": "x", "value": {"c": null}}}),
    ]
}

async fn describes_itself(subject: &Subject) -> anyhow::Result<()> {
    let (_, info) = subject.host.agent(AGENT).await;
    let expected = json!({
        "name": "conformance",
        "description": "Does what the specification says.",
        "version": "1.2.3",
        "skills": [{
            "id": "conform", "name": "Conform", "description": "Runs one behaviour.", "tags": ["test", "contract"],
            "examples": ["echo hello"],
        }],
        "inputSchema": {"type": "string"},
        "extra": {"language": subject.language.called},
    });
    ensure!(info["descriptor"] == expected, "{} for {expected}", info["descriptor"]);
    Ok(())
}

async fn echoes(subject: &Subject, text: &str) -> anyhow::Result<()> {
    let ran = subject.run(&format!("echo {text}")).await?;
    let partial = ran.partial();
    let deltas: Vec<_> =
        partial.iter().filter_map(|event| event["content"]["parts"][0]["text"].as_str()).collect();
    let expected: Vec<_> = text.split_inclusive(' ').collect();
    ensure!(deltas == expected, "streamed {deltas:?} for {expected:?}");
    let answer = ran.answer()?;
    ensure!(answer == text, "{answer:?} for {text:?}");
    Ok(())
}

async fn answers_nothing(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("nothing").await?;
    let stored = ran.stored();
    ensure!(
        stored.len() == 1 && stored[0]["content"]["parts"] == json!([{"text": "said before"}]),
        "{stored:?}"
    );
    let last = ran.last();
    ensure!(last["turnComplete"] == true && last.get("content").is_none(), "{last}");
    Ok(())
}

async fn keeps_parts(subject: &Subject) -> anyhow::Result<()> {
    let sent = kinds();
    let ran = subject.run_in(&subject.new_session(), "parts", &sent).await?;
    let parts = ran.parts()?;
    ensure!(*parts == sent, "{parts:?} for {sent:?}");
    Ok(())
}

async fn makes_parts(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("kinds").await?;
    let (parts, expected) = (ran.parts()?, kinds());
    ensure!(*parts == expected, "{parts:?} for {expected:?}");
    Ok(())
}

async fn emits(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("events").await?;
    let stored = ran.stored();
    ensure!(stored.len() == 2, "{stored:?}");
    ensure!(stored[0]["content"]["parts"] == json!([{"text": "one"}]), "{}", stored[0]);
    ensure!(stored[1]["custom"] == json!({"name": "note", "value": {"k": "v"}}), "{}", stored[1]);
    let partial = ran.partial();
    ensure!(partial.len() == 3, "{partial:?}");
    ensure!(partial[0]["progress"] == json!({"message": "half", "done": 1, "total": 2}), "{}", partial[0]);
    ensure!(partial[1]["content"]["parts"] == json!([{"text": "hm", "thought": true}]), "{}", partial[1]);
    ensure!(partial[2]["content"]["parts"] == json!([{"text": "two"}]), "{}", partial[2]);
    let answer = ran.answer()?;
    ensure!(answer == "2", "the number is {answer}");
    Ok(())
}

async fn reports_progress(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("progress").await?;
    let partial = ran.partial();
    ensure!(partial.len() == 1 && partial[0]["progress"] == json!({"message": "no numbers"}), "{partial:?}");
    ensure!(ran.answer()? == "done");
    Ok(())
}

async fn says_more(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("outcome").await?;
    ensure!(ran.answer()? == "done");
    let last = ran.last();
    ensure!(last["actions"]["escalate"] == true && last["actions"]["transferToAgent"] == "other", "{last}");
    ensure!(last["custom"]["value"] == json!({"n": 1}), "{last}");
    Ok(())
}

async fn answers_at_length(subject: &Subject) -> anyhow::Result<()> {
    for size in [0, 1, LARGE] {
        let ran = subject.run(&format!("bytes {size}")).await?;
        let answer = ran.answer()?;
        ensure!(
            answer.len() == size && answer.bytes().all(|byte| byte == b'x'),
            "{} for {size}",
            answer.len()
        );
    }
    Ok(())
}

async fn takes_a_large_text(subject: &Subject) -> anyhow::Result<()> {
    for text in [String::new(), "ü".repeat(LARGE / 2)] {
        let (size, part) = (text.len().to_string(), json!({"text": text}));
        let ran = subject.run_in(&subject.new_session(), "text-size", &[part]).await?;
        let answer = ran.answer()?;
        ensure!(answer == size, "{answer} for {size}");
    }
    Ok(())
}

async fn takes_large_data(subject: &Subject) -> anyhow::Result<()> {
    for size in [0, LARGE] {
        let data = STANDARD.encode(vec![0xff_u8; size]);
        let part = json!({"inlineData": {"mimeType": "application/octet-stream", "data": data}});
        let ran = subject.run_in(&subject.new_session(), "data-size", &[part]).await?;
        let answer = ran.answer()?;
        ensure!(answer == size.to_string(), "{answer} for {size}");
    }
    Ok(())
}
