//! The behaviours, as `guest-sdk/CONFORMANCE.md` says them.

mod agents;
mod artifacts;
mod content;
mod failing;
mod http;
mod models;
mod own;
mod people;
mod session;
mod stopping;
mod tools;

use anyhow::{Context as _, ensure};
use futures::future::{LocalBoxFuture, join_all};

use super::subject::Subject;

/// A behaviour: what it is called, and what is expected of it.
type Behaviour<'a> = (&'static str, LocalBoxFuture<'a, anyhow::Result<()>>);

/// Runs every behaviour, and says what differs.
pub(super) async fn run_all(subject: &mut Subject) -> Vec<String> {
    let groups = [
        agents::all,
        artifacts::all,
        content::all,
        failing::all,
        http::all,
        models::all,
        own::all,
        people::all,
        session::all,
        stopping::all,
        tools::all,
    ];
    let mut differing = differ(groups.iter().flat_map(|group| group(subject))).await;
    // The same again where runs that wait for a person have lost their memory when the answer comes.
    subject.restart_hasty().await;
    let waits = [agents::people, people::all, tools::people];
    let again = differ(waits.iter().flat_map(|group| group(subject))).await;
    differing.extend(again.into_iter().map(|text| format!("{text}, put away")));
    let asked = people::ask_all(subject).await;
    subject.restart_hasty().await;
    let later = differ(people::answer_all(subject, asked)).await;
    differing.extend(later.into_iter().map(|text| format!("{text}, in the next host")));
    differing
}

/// Runs behaviours, all at the same time, and says which differ.
async fn differ<'a>(behaviours: impl IntoIterator<Item = Behaviour<'a>>) -> Vec<String> {
    let behaviours = behaviours.into_iter();
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
