//! Artifacts: what one run keeps and another one finds.

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::{Behaviour, answers};
use crate::languages::subject::Subject;

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("artifacts", Box::pin(keeps(subject))),
        ("artifact-bytes", Box::pin(answers(subject, "artifact-bytes", "0001feff"))),
        ("artifact-pieces", Box::pin(answers(subject, "artifact-pieces", "one t|wo th|ree"))),
        ("artifact-load", Box::pin(answers(subject, "artifact-load nothing", "none"))),
        ("artifact-remove", Box::pin(answers(subject, "artifact-remove nothing", "false"))),
        ("artifact-fails", Box::pin(answers(subject, "artifact-fails ../x", "invalid-argument -"))),
    ]
}

async fn keeps(subject: &Subject) -> anyhow::Result<()> {
    let session = &subject.new_session();
    for (said, expected) in [
        ("artifacts nothing", ""),
        ("artifact first", "1"),
        ("artifact sécond", "2"),
        ("artifact-load notes/today.txt", "text/plain sécond"),
        ("artifact-version notes/today.txt 1", "text/plain first"),
        ("artifact-version notes/today.txt 3", "none"),
        ("artifacts notes/", "notes/today.txt@2:7"),
        ("artifact-versions notes/today.txt", "2,1"),
        ("artifact-remove notes/today.txt", "true"),
        ("artifact-load notes/today.txt", "none"),
        ("artifact-versions notes/today.txt", ""),
        // A number is not used again.
        ("artifact third", "3"),
    ] {
        let ran = subject.run_in(session, said, &[]).await?;
        let answer = ran.answer()?;
        ensure!(answer == expected, "{said:?} answers {answer:?} for {expected:?}");
        if said.starts_with("artifact ") {
            let told = ran.events.iter().find(|event| event["actions"]["artifactDelta"] != json!({}));
            let told = &told.context("an event that tells of it")?["actions"]["artifactDelta"];
            let version: u64 = expected.parse()?;
            ensure!(told["notes/today.txt"] == version, "{told} after {said:?}");
        }
    }
    Ok(())
}
