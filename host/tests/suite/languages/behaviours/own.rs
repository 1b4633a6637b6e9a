//! What a language brings itself: its output, its clock, its random numbers; and the log.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, ensure};

use super::{Behaviour, answers};
use crate::languages::subject::Subject;

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("log", Box::pin(logs(subject))),
        ("print", Box::pin(prints(subject))),
        ("time", Box::pin(knows_the_time(subject))),
        ("random", Box::pin(is_random(subject))),
    ]
}

async fn logs(subject: &Subject) -> anyhow::Result<()> {
    answers(subject, "log", "logged").await?;
    let log = subject.log();
    for (level, shown) in
        [("trace", "TRACE"), ("debug", "DEBUG"), ("info", "INFO"), ("warning", "WARN"), ("severe", "ERROR")]
    {
        let line = log.lines().find(|line| line.contains(&format!("line {level} k=\"v\"")));
        let line = line.with_context(|| format!("no line {level:?} with its field"))?;
        ensure!(line.contains(shown), "{line}");
    }
    Ok(())
}

async fn prints(subject: &Subject) -> anyhow::Result<()> {
    answers(subject, "print a printed line", "printed").await?;
    let log = subject.log();
    ensure!(log.lines().any(|line| line.contains("a printed line")), "it is not in the log");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the test compares two clocks")]
fn now() -> anyhow::Result<u128> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())
}

async fn knows_the_time(subject: &Subject) -> anyhow::Result<()> {
    for _ in 0..2 {
        let before = now()?;
        let ran = subject.run("time").await?;
        let (answer, after) = (ran.answer()?.parse::<u128>()?, now()?);
        ensure!((before..=after).contains(&answer), "{answer} is not between {before} and {after}");
    }
    Ok(())
}

async fn is_random(subject: &Subject) -> anyhow::Result<()> {
    let mut seen = Vec::new();
    for _ in 0..3 {
        let ran = subject.run("random").await?;
        let answer = ran.answer()?.to_owned();
        let is_hex = answer.len() == 32 && answer.bytes().all(|byte| byte.is_ascii_hexdigit());
        ensure!(is_hex && !seen.contains(&answer), "{answer} after {seen:?}");
        seen.push(answer);
    }
    Ok(())
}
