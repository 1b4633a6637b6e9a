use rak::{Content, Context, Failure, LlmAgent, Loop, Outcome, Parallel, Sequential};

/// Ends the loop that it is in, once the critic is content.
fn good_enough(_cx: &Context, draft: String) -> Outcome {
    let outcome = Outcome::text(draft.as_str());
    if draft.contains("good") { outcome.escalating() } else { outcome }
}

#[rak::agent]
fn run(cx: &Context, topic: Content) -> Result<Outcome, Failure> {
    let research = Parallel::new().step("historian").step("geographer");
    let improve = Loop::new(3).step(LlmAgent::new("Improve this draft.")).step("critic").step(good_enough);
    Sequential::new().step(research).step(improve).run(cx, topic)
}
