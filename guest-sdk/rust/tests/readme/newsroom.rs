use rak::{Content, Context, Failure, LlmAgent, Loop, Outcome, Parallel, Sequential};

/// Says that the report is good as it is.
#[rak::tool]
fn approve() -> Outcome {
    Outcome::empty().escalating()
}

#[rak::agent]
fn run(cx: &Context, topic: Content) -> Result<Outcome, Failure> {
    let writer = LlmAgent::new("Write a report of what you are told. Your last draft: {draft?}");
    let critic = LlmAgent::new("Say what is wrong with the report, or approve of it.");
    Sequential::new()
        .step(Parallel::new().step("archive").step("weather"))
        .step(
            Loop::new(3).step(writer.with_output_key("draft")).step(critic.with_tools(rak::tools![approve])),
        )
        .run(cx, topic)
}

#[cfg(test)]
mod tests {
    use rak::testing::{FakeHost, FakeModel};
    use serde_json::json;

    use super::run;

    #[test]
    fn writes_until_the_critic_approves() {
        let model = FakeModel::new("small").says("Rain, sun.").says("Too short.");
        let model = model.says("After rain comes sun.").calls("approve", json!({}));
        let host = FakeHost::new().agent("archive", |_: String| "It rained.");
        let host = host.agent("weather", |_: String| "The sun shines.").add_model(model);
        let run = host.run(run, "Berlin");
        assert_eq!(run.answer(), "After rain comes sun.");
        assert_eq!(run.model_calls[0].request.contents[0].text(), "It rained.\n\nThe sun shines.");
        let instruction = "Write a report of what you are told. Your last draft: Rain, sun.";
        assert_eq!(run.model_calls[2].request.system.as_deref(), Some(instruction));
    }
}
