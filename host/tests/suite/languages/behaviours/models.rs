//! Models: three that answer from a script.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::{Behaviour, answers};
use crate::languages::subject::Subject;

const SAID: &str = "good day to you";

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("models", Box::pin(answers(subject, "models", "small,broken,caller"))),
        ("complete", Box::pin(completes(subject, "complete - hello", SAID))),
        ("complete by name", Box::pin(completes(subject, "complete small hello", SAID))),
        ("complete what nobody scripted", Box::pin(completes(subject, "complete - how are you", "what?"))),
        ("relay", Box::pin(shows(subject, "relay hello", SAID))),
        ("deltas", Box::pin(shows(subject, "deltas hello", SAID))),
        ("drop-model", Box::pin(answers(subject, "drop-model hello", "dropped"))),
        ("function", Box::pin(answers(subject, "function", "{\"a\":1,\"b\":2} so it is"))),
        ("structured", Box::pin(answers(subject, "structured mood", "{\"mood\":\"good\"}"))),
        ("structured that is not", Box::pin(is_not_what_was_asked_for(subject))),
        ("model that is not there", Box::pin(answers(subject, "model-fails none hello", "not-found -"))),
        ("model that is broken", Box::pin(answers(subject, "model-fails broken hello", "unavailable -"))),
        ("embed", Box::pin(answers(subject, "embed text", "3,3,0.5"))),
    ]
}

async fn completes(subject: &Subject, said: &str, text: &str) -> anyhow::Result<()> {
    let ran = subject.run(said).await?;
    let answer: Value = serde_json::from_str(ran.answer()?).with_context(|| said.to_owned())?;
    let expected = json!({"text": text, "finish": "stop", "input": 3, "output": 4});
    ensure!(answer == expected, "{said:?} answers {answer} for {expected}");
    Ok(())
}

/// The client sees the thought and the text while they are written.
async fn shows(subject: &Subject, said: &str, text: &str) -> anyhow::Result<()> {
    let ran = subject.run(said).await?;
    ensure!(ran.answer()? == text, "{said:?} answers {:?}", ran.answer()?);
    let parts = ran.events.iter().filter(|event| event["partial"] == true);
    let parts: Vec<_> = parts.map(|event| &event["content"]["parts"][0]).collect();
    let written = |thought: bool| {
        let parts = parts.iter().filter(|part| (part["thought"] == true) == thought);
        parts.filter_map(|part| part["text"].as_str()).collect::<String>()
    };
    ensure!(written(true) == "hm", "{parts:?}");
    ensure!(written(false) == text, "{parts:?}");
    Ok(())
}

async fn is_not_what_was_asked_for(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("structured hello").await?;
    let end = ran.events.last().context("an event")?;
    ensure!(end["code"] == "invalid_response", "{end}");
    Ok(())
}
