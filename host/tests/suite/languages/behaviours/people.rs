//! A person in the loop.

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use serde_json::{Value, json};

use super::stopping::ends_cancelled;
use super::{Behaviour, answers};
use crate::languages::subject::{Ran, Subject};
use crate::support::Sse;

/// How long a question stands that expires, but not while the test waits.
const HOUR_MS: u64 = 3_600_000;
/// How far apart the host's looks at its clock for one question may be on a slow machine.
const SLOW_MS: u64 = 60_000;

/// A run that asks once, and what comes of the reply.
struct Conversation {
    name: &'static str,
    said: String,
    asks: Question,
    /// The body of the reply, without the id of the question.
    reply: Value,
    answer: Answer,
}

/// What a person is shown.
struct Question {
    kind: &'static str,
    prompt: &'static str,
    /// The schema of the answer, where it is the agent's own.
    schema: Option<Value>,
    details: Value,
    expires_in_ms: Option<u64>,
}

/// What the agent answers.
enum Answer {
    Text(&'static str),
    /// Languages escape differently; what the text means is what counts, and that it is compact where that is said.
    Json {
        value: Value,
        compact: bool,
    },
}

/// A conversation whose question is asked.
pub(super) struct Asked {
    conversation: Conversation,
    /// Which invocation asks, and the number of the event; or why it does not ask.
    question: anyhow::Result<(String, u64)>,
}

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    let talks = conversations()
        .into_iter()
        .map(|conversation| -> Behaviour<'_> { (conversation.name, Box::pin(talks(subject, conversation))) });
    let others: [Behaviour<'_>; 9] = [
        ("message that nobody sends", Box::pin(answers(subject, "message 1", "none"))),
        ("message that is not waited for", Box::pin(answers(subject, "message 0", "none"))),
        ("message that comes at once", Box::pin(hears_what_was_said_at_once(subject))),
        ("messages to a paused run", Box::pin(hears_what_was_said_meanwhile(subject))),
        ("expired", Box::pin(answers(subject, "expired", "deadline-exceeded expired"))),
        ("approve that nobody answers", Box::pin(fails_as_expired(subject, "approve 1 null"))),
        ("cancel in an approve", Box::pin(is_cancelled(subject, "approve 0 null"))),
        ("cancel in an ask", Box::pin(is_cancelled(subject, "ask 3600000 {}"))),
        ("cancel in a message", Box::pin(is_cancelled(subject, "message ever"))),
    ];
    talks.chain(others).collect()
}

/// Has every question asked, and answers none.
pub(super) async fn ask_all(subject: &Subject) -> Vec<Asked> {
    join_all(conversations().into_iter().map(|conversation| async move {
        let question = conversation.ask(subject).await.map(|(stream, seq)| (stream.invocation, seq));
        Asked { conversation, question }
    }))
    .await
}

/// Answers what was asked before.
pub(super) fn answer_all(subject: &Subject, asked: Vec<Asked>) -> Vec<Behaviour<'_>> {
    asked
        .into_iter()
        .map(|Asked { conversation, question }| -> Behaviour<'_> {
            let name = conversation.name;
            let answered = async move {
                let (invocation, seq) = question?;
                let stream = subject.host.replay(&invocation, seq).await;
                conversation.reply(subject, stream).await
            };
            (name, Box::pin(answered))
        })
        .collect()
}

async fn talks(subject: &Subject, conversation: Conversation) -> anyhow::Result<()> {
    let (stream, _) = conversation.ask(subject).await?;
    conversation.reply(subject, stream).await
}

impl Conversation {
    /// Runs it until it asks, and gives the number of that event.
    async fn ask(&self, subject: &Subject) -> anyhow::Result<(Sse, u64)> {
        let mut stream = subject.begin(&subject.new_session(), &self.said, &[]).await?;
        let event = stream.next().await.with_context(|| format!("{:?} ended", self.said))?;
        self.asks.check(&event)?;
        let seq = event["seq"].as_u64().with_context(|| format!("the question is not stored: {event}"))?;
        Ok((stream, seq))
    }

    async fn reply(&self, subject: &Subject, mut stream: Sse) -> anyhow::Result<()> {
        let mut body = self.reply.clone();
        body["requestId"] = self.asks.request_id().into();
        subject.respond(&stream.invocation, &body).await?;
        let ran = Ran { events: stream.rest().await };
        let answer = ran.answer().with_context(|| format!("{:?}", self.said))?;
        ensure!(self.answer.is(answer), "{:?} answers {answer} after {body}", self.said);
        Ok(())
    }
}

impl Question {
    fn request_id(&self) -> String {
        format!("{}-1", self.kind)
    }

    fn check(&self, event: &Value) -> anyhow::Result<()> {
        let request = &event["inputRequired"];
        let shown = [&request["requestId"], &request["kind"], &request["prompt"], &request["details"]];
        let expected = [&self.request_id().into(), &self.kind.into(), &self.prompt.into(), &self.details];
        ensure!(shown == expected, "{event} for {expected:?}");
        if let Some(schema) = &self.schema {
            ensure!(request["schema"] == *schema, "{event} for the schema {schema}");
        }
        // The time of an event has whole seconds.
        let asked_at = event["time"].as_u64().unwrap_or_default() * 1000;
        let left = request["expiresAt"].as_u64().map(|at| at.saturating_sub(asked_at));
        let as_asked = match (left, self.expires_in_ms) {
            (Some(left), Some(expected)) => left.abs_diff(expected) < SLOW_MS,
            (left, expected) => left == expected,
        };
        ensure!(as_asked, "{event} expires after {left:?} ms");
        Ok(())
    }
}

impl Answer {
    fn is(&self, text: &str) -> bool {
        match self {
            Self::Text(expected) => text == *expected,
            Self::Json { value, compact } => {
                let same = serde_json::from_str::<Value>(text).is_ok_and(|got| got == *value);
                same && !(*compact && (text.contains(": ") || text.contains(", ")))
            }
        }
    }
}

fn conversations() -> Vec<Conversation> {
    let details = json!({"amount": 12.5, "to": ["Ada", "ü"], "note": null});
    let edited = json!({"amount": 10, "to": ["Ada"]});
    let object = json!({"type": "object", "properties": {"n": {"type": "array"}}, "required": ["n"]});
    let object_answer = json!({"n": [1, -2.5, {"ü": null}], "s": "a \"b\" \\ \n", "e": {}});
    vec![
        approve(
            "approve with changes",
            None,
            details,
            json!({"decision": {"approved": true, "reason": "it is due", "edited": edited}, "by": "ada"}),
            json!({"approved": true, "by": "ada", "reason": "it is due", "edited": edited}),
        ),
        approve(
            "approve in a word",
            Some(HOUR_MS),
            Value::Null,
            json!({"decision": "approve"}),
            json!({"approved": true, "by": null, "reason": null, "edited": null}),
        ),
        approve(
            "reject",
            None,
            json!("all of it"),
            json!({"decision": {"approved": false, "reason": "zu teuer — 💸"}, "by": "Jürgen"}),
            json!({"approved": false, "by": "Jürgen", "reason": "zu teuer — 💸", "edited": null}),
        ),
        approve(
            "reject with nothing but changes",
            Some(HOUR_MS),
            json!([1]),
            json!({"decision": {"approved": false, "edited": false}}),
            json!({"approved": false, "by": null, "reason": null, "edited": false}),
        ),
        ask("ask for a number", None, json!({"type": "integer"}), 9_007_199_254_740_991_u64.into()),
        ask("ask for a fraction", Some(HOUR_MS), json!({"type": "number", "maximum": 0}), (-0.25).into()),
        ask("ask for an object", None, object, object_answer),
        ask("ask for a text", None, json!({"type": "string"}), "grün 日本 🟢".into()),
        ask("ask for an empty text", Some(HOUR_MS), json!({"enum": [""]}), "".into()),
        ask("ask for a flag", None, json!({"type": "boolean"}), false.into()),
        ask("ask for null", None, json!({}), Value::Null),
        message("message that is waited for", "ever", "and green 🟢"),
        message("message within a time", "3600000", " two\nlines "),
    ]
}

fn approve(
    name: &'static str,
    expires_in_ms: Option<u64>,
    details: Value,
    reply: Value,
    answer: Value,
) -> Conversation {
    let said = format!("approve {} {details}", expires_in_ms.unwrap_or_default());
    let asks = Question { kind: "approve", prompt: "Do it?", schema: None, details, expires_in_ms };
    Conversation { name, said, asks, reply, answer: Answer::Json { value: answer, compact: false } }
}

fn ask(name: &'static str, expires_in_ms: Option<u64>, schema: Value, answer: Value) -> Conversation {
    let said = format!("ask {} {schema}", expires_in_ms.unwrap_or_default());
    let schema = Some(schema);
    let asks = Question { kind: "ask", prompt: "Well?", schema, details: Value::Null, expires_in_ms };
    let reply = json!({"answer": answer, "by": "ada"});
    Conversation { name, said, asks, reply, answer: Answer::Json { value: answer, compact: true } }
}

fn message(name: &'static str, timeout: &str, text: &'static str) -> Conversation {
    let said = format!("message {timeout}");
    // However long the run waits for it, a message can be sent at any time: it is kept for the next question.
    let asks = Question {
        kind: "message",
        prompt: "The agent waits for a message.",
        schema: None,
        details: Value::Null,
        expires_in_ms: None,
    };
    let reply = json!({"message": says(&[text, "and a second part"])});
    Conversation { name, said, asks, reply, answer: Answer::Text(text) }
}

fn says(texts: &[&str]) -> Value {
    let parts: Vec<_> = texts.iter().map(|text| json!({"text": text})).collect();
    json!({"role": "user", "parts": parts})
}

/// Whether it asks before or after this is said is all the same.
async fn hears_what_was_said_at_once(subject: &Subject) -> anyhow::Result<()> {
    let mut stream = subject.begin(&subject.new_session(), "message ever", &[]).await?;
    subject.respond(&stream.invocation, &json!({"message": says(&["at once"])})).await?;
    let ran = Ran { events: stream.rest().await };
    ensure!(ran.answer()? == "at once", "{ran:?}");
    Ok(())
}

/// When its memory is made again, both messages are there before it asks. It is given the first one.
async fn hears_what_was_said_meanwhile(subject: &Subject) -> anyhow::Result<()> {
    let mut stream = subject.begin(&subject.new_session(), "message ever", &[]).await?;
    stream.next().await.context("it asks")?;
    subject.pause(&stream.invocation).await?;
    subject.until_status(&stream.invocation, "paused").await?;
    for text in ["one", "two"] {
        subject.respond(&stream.invocation, &json!({"message": says(&[text])})).await?;
    }
    subject.resume(&stream.invocation).await?;
    let ran = Ran { events: stream.rest().await };
    ensure!(ran.answer()? == "one", "{ran:?}");
    Ok(())
}

async fn fails_as_expired(subject: &Subject, said: &str) -> anyhow::Result<()> {
    let ran = subject.run(said).await?;
    let (code, text) = ran.failure()?;
    let kind = &ran.last()["errorDetails"]["kind"];
    ensure!(code == "expired" && kind == "deadline_exceeded" && !text.is_empty(), "{code}: {text}: {kind}");
    Ok(())
}

async fn is_cancelled(subject: &Subject, said: &str) -> anyhow::Result<()> {
    let mut stream = subject.begin(&subject.new_session(), said, &[]).await?;
    let event = stream.next().await.context("an event")?;
    ensure!(event["inputRequired"].is_object(), "{event}");
    ends_cancelled(subject, stream).await
}
