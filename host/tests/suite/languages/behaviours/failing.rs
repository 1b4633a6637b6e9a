//! Failures, and what a language does by itself when it cannot go on.

use anyhow::ensure;
use serde_json::json;

use super::{Behaviour, answers};
use crate::languages::subject::Subject;

/// The kinds of the contract.
const KINDS: [&str; 11] = [
    "cancelled",
    "deadline-exceeded",
    "denied",
    "not-found",
    "invalid-argument",
    "conflict",
    "limit-exceeded",
    "rate-limited",
    "unavailable",
    "unsupported",
    "failed",
];

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("fail", Box::pin(fails_as_asked(subject))),
        ("unknown", Box::pin(refuses_what_it_does_not_know(subject))),
        ("throw", Box::pin(throws(subject))),
        ("overflow", Box::pin(overflows(subject))),
        ("memory", Box::pin(uses_up_memory(subject))),
        ("output", Box::pin(writes_without_end(subject))),
    ]
}

async fn fails_as_asked(subject: &Subject) -> anyhow::Result<()> {
    for kind in KINDS {
        let ran = subject.run(&format!("fail {kind}")).await?;
        let failure = ran.failure()?;
        ensure!(failure == ("E_ASKED", "failed as asked"), "{kind}: {failure:?}");
        let expected =
            json!({"kind": kind.replace('-', "_"), "retryAfterMs": 1500, "details": {"asked": true}});
        let details = &ran.last()["errorDetails"];
        ensure!(*details == expected, "{kind}: {details} for {expected}");
    }
    Ok(())
}

async fn refuses_what_it_does_not_know(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("nonsense now").await?;
    let failure = ran.failure()?;
    ensure!(failure == ("invalid_argument", "no behaviour is called nonsense"), "{failure:?}");
    Ok(())
}

async fn throws(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("throw thrown on purpose").await?;
    let (code, text) = ran.failure()?;
    ensure!(["exception", "trapped"].contains(&code) && text.contains("thrown on purpose"), "{code}: {text}");
    if subject.language.knows_stacks {
        let log = subject.log();
        ensure!(log.contains("thrown on purpose") && log.contains("thrower"), "no stack in the log: {log}");
        ensure!(!text.contains("thrower"), "the client was sent the stack: {text}");
    }
    goes_on(subject).await
}

async fn overflows(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("overflow").await?;
    let (code, text) = ran.failure()?;
    ensure!(["exception", "trapped", "limit_exceeded"].contains(&code) && !text.is_empty(), "{code}: {text}");
    goes_on(subject).await
}

async fn uses_up_memory(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("memory").await?;
    let (code, text) = ran.failure()?;
    ensure!(
        ["exception", "trapped", "limit_exceeded"].contains(&code) && text.contains("emory"),
        "{code}: {text}"
    );
    goes_on(subject).await
}

async fn writes_without_end(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("output").await?;
    let (code, text) = ran.failure()?;
    ensure!(code == "limit_exceeded" && text.contains("to its output"), "{code}: {text}");
    goes_on(subject).await
}

/// One run is lost, and nothing else.
async fn goes_on(subject: &Subject) -> anyhow::Result<()> {
    answers(subject, "answer still here", "still here").await
}
