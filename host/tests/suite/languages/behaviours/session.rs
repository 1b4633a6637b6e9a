//! The session and the context.

use anyhow::ensure;
use serde_json::{Value, json};

use super::{Behaviour, answers};
use crate::languages::subject::{AGENT, Subject};

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("state", Box::pin(keeps_state(subject))),
        ("state values", Box::pin(keeps_values(subject))),
        ("history", Box::pin(reads_history(subject))),
        ("context", Box::pin(knows_its_run(subject))),
        ("config", Box::pin(reads_configuration(subject))),
        ("remaining", Box::pin(answers(subject, "remaining", "some"))),
    ]
}

async fn in_session(subject: &Subject, session: &str, said: &str, expected: &str) -> anyhow::Result<()> {
    let ran = subject.run_in(session, said, &[]).await?;
    let answer = ran.answer()?;
    ensure!(answer == expected, "{said:?} answers {answer:?} for {expected:?}");
    Ok(())
}

async fn keeps_state(subject: &Subject) -> anyhow::Result<()> {
    let session = &subject.new_session();
    for (said, expected) in [
        ("get count", "none"),
        ("set count 41", "set"),
        ("get count", "41"),
        ("set user:name \"Ada\"", "set"),
        ("set app:kept true", "set"),
        ("keys ", "app:kept,count,user:name"),
        ("keys user:", "user:name"),
        ("keys nothing", ""),
        ("set temp:gone 1", "set"),
        ("get temp:gone", "none"),
        ("remove count", "removed"),
        ("get count", "none"),
        ("set user:name null", "set"),
        ("get user:name", "none"),
        ("remove app:kept", "removed"),
        ("keys ", ""),
    ] {
        in_session(subject, session, said, expected).await?;
    }
    Ok(())
}

async fn keeps_values(subject: &Subject) -> anyhow::Result<()> {
    let session = &subject.new_session();
    let values = [
        r#"{"a":[1,-2.5,"ü \"q\" \\ \n"],"b":{"c":null},"d":false}"#,
        r#""""#,
        "0",
        "-1",
        "1.5",
        "9007199254740991",
        "[]",
        "{}",
        "true",
    ];
    for value in values {
        in_session(subject, session, &format!("set v {value}"), "set").await?;
        let ran = subject.run_in(session, "get v", &[]).await?;
        let answer = ran.answer()?;
        // Languages escape differently; what the text means is what counts, and that it is compact.
        let (got, expected): (Value, Value) = (serde_json::from_str(answer)?, serde_json::from_str(value)?);
        ensure!(got == expected && !answer.contains(": ") && !answer.contains(", "), "{answer} for {value}");
    }
    Ok(())
}

async fn reads_history(subject: &Subject) -> anyhow::Result<()> {
    let session = &subject.new_session();
    in_session(subject, session, "history 5", "").await?;
    in_session(subject, session, "answer one", "one").await?;
    let last = "conformance: \nuser: answer one\nconformance: one";
    in_session(subject, session, "history 3", last).await?;
    let whole = format!("user: history 5\n{last}\nuser: history 3\nconformance: {last}");
    in_session(subject, session, "pages 2", &whole).await?;
    let whole = format!("{whole}\nuser: pages 2\nconformance: {whole}");
    in_session(subject, session, "pages 100", &whole).await
}

async fn knows_its_run(subject: &Subject) -> anyhow::Result<()> {
    let session = subject.new_session();
    let mut stream = subject.begin(&session, "context", &[]).await?;
    let events = stream.rest().await;
    let answer = events.last().map(crate::support::text).unwrap_or_default();
    let context: Value = serde_json::from_str(&answer)?;
    let (_, info) = subject.host.agent(AGENT).await;
    let expected = json!({
        "invocationId": stream.invocation, "sessionId": session, "userId": "user", "agent": AGENT,
        "agentVersion": info["current"]["version"], "attempt": 1,
    });
    ensure!(context == expected, "{context} for {expected}");
    Ok(())
}

async fn reads_configuration(subject: &Subject) -> anyhow::Result<()> {
    answers(subject, "config greeting", "\"hi\"").await?;
    answers(subject, "config list", "[1,\"a\"]").await?;
    answers(subject, "config none", "none").await?;
    answers(subject, "config-keys", "greeting,list").await
}
