//! The behaviours, as `guest-sdk/CONFORMANCE.md` says them.

mod content;
mod failing;
mod own;
mod session;
mod stopping;

use anyhow::{Context as _, ensure};
use futures::future::{LocalBoxFuture, join_all};

use super::subject::Subject;

/// A behaviour: what it is called, and what is expected of it.
type Behaviour<'a> = (&'static str, LocalBoxFuture<'a, anyhow::Result<()>>);

/// Runs every behaviour, many at a time, and says what differs.
pub(super) async fn run_all(subject: &Subject) -> Vec<String> {
    let groups = [content::all, failing::all, own::all, session::all, stopping::all];
    let behaviours = groups.into_iter().flat_map(|group| group(subject));
    let results = join_all(behaviours.map(|(name, behaviour)| async move { (name, behaviour.await) })).await;
    let differ = |(name, result): (&str, anyhow::Result<()>)| Some(format!("  {name}: {:#}", result.err()?));
    results.into_iter().filter_map(differ).collect()
}

/// Runs a behaviour that answers with a text, and compares it.
async fn answers(subject: &Subject, said: &str, expected: &str) -> anyhow::Result<()> {
    let ran = subject.run(said).await?;
    let answer = ran.answer().with_context(|| format!("{said:?}"))?;
    ensure!(answer == expected, "{said:?} answers {answer:?} for {expected:?}");
    Ok(())
}
