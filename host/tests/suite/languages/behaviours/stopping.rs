//! Waiting, and being stopped while computing or waiting.

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::{Behaviour, answers};
use crate::languages::subject::Subject;
use crate::support::Sse;

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("sleep", Box::pin(answers(subject, "sleep 5", "slept"))),
        ("any", Box::pin(answers(subject, "any", "1"))),
        ("timeout", Box::pin(answers(subject, "timeout", "none"))),
        ("block", Box::pin(answers(subject, "block", "ready"))),
        ("cancel in a loop", Box::pin(is_cancelled(subject, "loop", "looping"))),
        ("cancel in a wait", Box::pin(is_cancelled(subject, "wait", "waiting"))),
        ("cancel that is asked for", Box::pin(is_cancelled(subject, "poll", "polling"))),
    ]
}

async fn is_cancelled(subject: &Subject, behaviour: &str, progress: &str) -> anyhow::Result<()> {
    let mut stream = subject.begin(&subject.new_session(), behaviour, &[]).await?;
    let event = stream.next().await.context("an event")?;
    ensure!(event["progress"] == json!({"message": progress}), "{event}");
    ends_cancelled(subject, stream).await
}

/// Cancels a run, which says nothing more than that.
pub(super) async fn ends_cancelled(subject: &Subject, mut stream: Sse) -> anyhow::Result<()> {
    subject.cancel(&stream.invocation).await?;
    let rest = stream.rest().await;
    let [last] = rest.as_slice() else { anyhow::bail!("one event was expected: {rest:?}") };
    ensure!(last["errorMessage"] == "Invocation cancelled" && last["turnComplete"] == true, "{last}");
    let (_, invocation) = subject.host.get(&format!("/api/v1/invocations/{}", stream.invocation)).await;
    ensure!(invocation["status"] == "cancelled", "{invocation}");
    Ok(())
}
