//! Other agents. The host serves the same component as `other`, and an `echo`.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::stopping::ends_cancelled;
use super::{Behaviour, answers};
use crate::languages::subject::{Ran, Subject};

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    let texts = [
        ("agents", "agents", "echo,other"),
        ("call that fails", "call-fails 0 other fail conflict", "conflict E_ASKED"),
        ("call of nobody", "call-fails 0 nobody x", "not-found -"),
        ("call that is not granted", "call-fails 0 stranger x", "denied -"),
        ("call of itself", "call-fails 0 conformance echo x", "invalid-argument cycle"),
        ("call that takes too long", "call-fails 20 other sleep 3600000", "deadline-exceeded timed_out"),
        ("fan", "fan echo a b", "a b 1,a b 2,a b 3"),
        ("race", "race other", "1 slept"),
    ];
    let texts = texts
        .map(|(name, said, answer)| -> Behaviour<'_> { (name, Box::pin(answers(subject, said, answer))) });
    let others: [Behaviour<'_>; 8] = [
        ("call", Box::pin(calls(subject, "echo ü and more", json!(["ü and more", false, null, null])))),
        (
            "call with an outcome",
            Box::pin(calls(subject, "other outcome", json!(["done", true, "other", {"n": 1}]))),
        ),
        (
            "call without content",
            Box::pin(calls(subject, "other nothing", json!(["said before", false, null, null]))),
        ),
        ("call that is shown", Box::pin(is_shown(subject))),
        ("call in a session", Box::pin(remembers(subject))),
        ("cancel in a call", Box::pin(cancels_the_tree(subject))),
        ("drop", Box::pin(ends_as(subject, "drop other", "cancelled"))),
        ("detach", Box::pin(ends_as(subject, "detach other sleep 1", "completed"))),
    ];
    texts.into_iter().chain(others).chain(people(subject)).collect()
}

/// What is done again where the run has lost its memory when the answer comes.
pub(super) fn people(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![("approve in a call", Box::pin(asks_through(subject)))]
}

async fn calls(subject: &Subject, said: &str, expected: Value) -> anyhow::Result<()> {
    let ran = subject.run(&format!("call {said}")).await?;
    let answer: Value = serde_json::from_str(ran.answer()?).context("no JSON")?;
    let got = json!([answer["answer"], answer["escalate"], answer["transferTo"], answer["extra"]]);
    ensure!(got == expected, "{answer} for {expected}");
    let known = ["answer", "escalate", "transferTo", "extra"];
    let keys = answer.as_object().into_iter().flat_map(|object| object.keys());
    ensure!(
        keys.into_iter().all(|key| known.contains(&key.as_str())),
        "{answer} has more than was asked for"
    );
    Ok(())
}

async fn is_shown(subject: &Subject) -> anyhow::Result<()> {
    let ran = subject.run("call other nothing").await?;
    let [shown, last] = ran.events.as_slice() else { anyhow::bail!("two events were expected: {ran:?}") };
    ensure!(shown["branch"] == "other" && shown["author"] == "other", "{shown}");
    ensure!(shown["origin"]["invocationId"] == shown["origin"]["through"], "{shown}");
    ensure!(shown["content"]["parts"] == json!([{"text": "said before"}]), "{shown}");
    ensure!(last["turnComplete"] == true && last["branch"] == "", "{last}");
    Ok(())
}

async fn remembers(subject: &Subject) -> anyhow::Result<()> {
    let session = subject.new_session();
    answers(subject, &format!("call-in {session} other set k \"v\""), "set").await?;
    answers(subject, &format!("call-in {session} other get k"), "\"v\"").await?;
    answers(subject, &format!("call-in {session}-2 other get k"), "none").await
}

async fn cancels_the_tree(subject: &Subject) -> anyhow::Result<()> {
    let mut stream = subject.begin(&subject.new_session(), "call other wait", &[]).await?;
    let event = stream.next().await.context("an event")?;
    ensure!(event["progress"] == json!({"message": "waiting"}), "{event}");
    let child = event["origin"]["invocationId"].as_str().context("a child")?.to_owned();
    ends_cancelled(subject, stream).await?;
    subject.until_status(&child, "cancelled").await
}

async fn ends_as(subject: &Subject, said: &str, status: &str) -> anyhow::Result<()> {
    let ran = subject.run(said).await?;
    subject.until_status(ran.answer()?, status).await
}

async fn asks_through(subject: &Subject) -> anyhow::Result<()> {
    let mut stream = subject.begin(&subject.new_session(), "call other approve 0 {}", &[]).await?;
    let event = stream.next().await.context("a question")?;
    let request = event["inputRequired"]["requestId"].as_str().with_context(|| event.to_string())?;
    let child = event["origin"]["invocationId"].as_str().unwrap_or_default();
    ensure!(request == format!("{child}/approve-1"), "{event}");
    subject.respond(&stream.invocation, &json!({"requestId": request, "decision": "approve"})).await?;
    let ran = Ran { events: stream.rest().await };
    let answer: Value = serde_json::from_str(ran.answer()?).context("no JSON")?;
    let approved = answer["answer"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    ensure!(approved.is_some_and(|decision| decision["approved"] == true), "{answer}");
    Ok(())
}
