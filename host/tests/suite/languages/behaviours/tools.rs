//! Tools: those of every host, and the other agents.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::{Behaviour, answers};
use crate::languages::subject::{Ran, Subject};

/// All that the host has, and the agents that may be called.
const TOOLS: &str = "agent.echo,agent.other,artifact.list,artifact.read,artifact.write,calculator,clock,http.fetch,\
                     memory.get,memory.list,memory.remove,memory.set";

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    let sum = json!({"response": {"result": "3", "exact": true}, "failed": false});
    let others: [Behaviour<'_>; 9] = [
        ("tools", Box::pin(answers(subject, "tools", TOOLS))),
        ("hints", Box::pin(answers(subject, "hints calculator", "read-only,idempotent"))),
        (
            "hints of what needs approval",
            Box::pin(answers(subject, "hints clock", "read-only,idempotent,needs-approval")),
        ),
        ("tool", Box::pin(responds(subject, "tool calculator {\"expression\":\"1 + 2\"}", sum.clone()))),
        (
            "tool-all",
            Box::pin(responds(
                subject,
                "tool-all calculator {\"expression\":\"1 + 2\"}",
                json!([sum, sum, sum]),
            )),
        ),
        ("tool-start", Box::pin(responds(subject, "tool-start calculator {\"expression\":\"1 + 2\"}", sum))),
        (
            "tool that is an agent",
            Box::pin(responds(
                subject,
                "tool agent.echo {\"input\":\"hello\"}",
                json!({"response": {"answer": "hello"}, "failed": false}),
            )),
        ),
        ("tool that is not there", Box::pin(answers(subject, "tool-fails nothing {}", "not-found -"))),
        (
            "tool with wrong arguments",
            Box::pin(answers(subject, "tool-fails calculator {\"x\":1}", "invalid-argument -")),
        ),
    ];
    others.into_iter().chain(people(subject)).collect()
}

/// What is done again where the run has lost its memory when the answer comes.
pub(super) fn people(subject: &Subject) -> Vec<Behaviour<'_>> {
    vec![
        ("tool that is approved", Box::pin(is_asked(subject, true))),
        ("tool that is rejected", Box::pin(is_asked(subject, false))),
    ]
}

async fn responds(subject: &Subject, said: &str, expected: Value) -> anyhow::Result<()> {
    let ran = subject.run(said).await?;
    let answer: Value = serde_json::from_str(ran.answer()?).with_context(|| said.to_owned())?;
    ensure!(answer == expected, "{said:?} answers {answer} for {expected}");
    Ok(())
}

async fn is_asked(subject: &Subject, approved: bool) -> anyhow::Result<()> {
    let said = if approved { "tool clock {}" } else { "tool-fails clock {}" };
    let mut stream = subject.begin(&subject.new_session(), said, &[]).await?;
    let event = stream.next().await.context("a question")?;
    ensure!(event["inputRequired"]["details"] == json!({"tool": "clock", "args": {}}), "{event}");
    let reply = json!({"requestId": "approve-1", "decision": {"approved": approved}});
    subject.respond(&stream.invocation, &reply).await?;
    let ran = Ran { events: stream.rest().await };
    let answer = ran.answer()?;
    let as_expected = if approved {
        serde_json::from_str::<Value>(answer).is_ok_and(|answer| answer["failed"] == false)
    } else {
        answer == "denied rejected"
    };
    ensure!(as_expected, "{answer}");
    Ok(())
}
