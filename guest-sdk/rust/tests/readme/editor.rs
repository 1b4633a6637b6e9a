use std::time::Duration;

use rak::{AgentOptions, Context, Failure};

#[rak::agent]
fn run(cx: &Context, topic: String) -> Result<String, Failure> {
    // Both at once, each in an invocation of its own.
    let replies = cx.agents().call_all([("historian", topic.as_str()), ("critic", topic.as_str())]);
    let notes: Vec<String> =
        replies.into_iter().map(|reply| Ok(reply?.text())).collect::<Result<_, Failure>>()?;

    // The client sees the writer at work, for two minutes at most.
    let options = AgentOptions::new().with_timeout(Duration::from_mins(2)).relaying();
    match cx.agents().call_with("writer", notes.join("\n"), &options) {
        Err(failure) if failure.is_timed_out() => Ok(format!("Only notes:\n{}", notes.join("\n"))),
        reply => Ok(reply?.text()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rak::testing::{FakeAgent, FakeHost};

    use super::run;

    fn host() -> FakeHost {
        FakeHost::new()
            .agent("historian", |topic: String| format!("{topic} is old."))
            .agent("critic", |topic: String| format!("{topic} is overrated."))
    }

    #[test]
    fn writes_from_both_notes() {
        let run = host().agent("writer", |notes: String| notes.replace('\n', " ")).run(run, "Rome");
        assert_eq!(run.answer(), "Rome is old. Rome is overrated.");
        assert!(run.agent_calls[2].options.relay);
    }

    #[test]
    fn gives_the_notes_when_the_writer_is_slow() {
        let writer = FakeAgent::new("writer", |_: String| "a novel").takes(Duration::from_hours(1));
        let run = host().add_agent(writer).run(run, "Rome");
        assert_eq!(run.answer(), "Only notes:\nRome is old.\nRome is overrated.");
        assert_eq!(run.slept, Duration::from_mins(2)); // of the fake clock
    }
}
