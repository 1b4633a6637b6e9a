//! Workflows, against the fake host.

use std::time::Duration;

use super::{Loop, Parallel, Sequential};
use crate::testing::{FakeAgent, FakeHost, TestRun};
use crate::{Content, Context, Custom, Failure, LlmAgent, Outcome, Part};

const SECOND: Duration = Duration::from_secs(1);

/// A host with agents `a`, `b` and `c`, which add their name to what they are told, and take one, two and three seconds.
fn host() -> FakeHost {
    let agent = |name: &'static str, seconds: u32| {
        FakeAgent::new(name, move |said: String| said + name).takes(seconds * SECOND)
    };
    FakeHost::new().add_agent(agent("a", 1)).add_agent(agent("b", 2)).add_agent(agent("c", 3))
}

fn told(run: &TestRun) -> Vec<String> {
    run.agent_calls.iter().map(|call| call.input.text()).collect()
}

#[test]
fn each_step_is_told_what_the_one_before_said() {
    fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        Sequential::new()
            .step("a")
            .step(|_cx: &Context, said: String| format!("({said})"))
            .step(|cx: &Context, _: String| cx.log().info("nothing to say", &[]))
            .step(String::from("b"))
            .step(LlmAgent::new("Say it again."))
            .run(cx, input)
    }
    let host = host().model("small", |request| {
        let said = request.contents[0].clone();
        assert_eq!(said.role, "user");
        Content::model(said.text() + "!")
    });
    let run = host.run(run, ">");
    assert_eq!(run.answer(), "(>a)b!");
    assert_eq!(told(&run), [">", "(>a)"]);
    assert!(run.agent_calls.iter().all(|call| call.options.relay));
    assert_eq!(run.slept, 3 * SECOND);
}

#[test]
fn thoughts_are_for_nobody_else() {
    fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        let thinks = |_: &Context, said: String| {
            Content::model(said).with(Part::thought("hm")).with(Custom::new("model.state", "signed"))
        };
        Sequential::new().step(thinks).step("a").run(cx, input)
    }
    assert_eq!(host().run(run, ">").agent_calls[0].input, Content::user(">"));
}

#[test]
fn a_step_that_escalates_or_hands_over_is_the_last() {
    fn escalates(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        let stop = |_: &Context, said: String| Outcome::text(said).escalating();
        Sequential::new().step("a").step(stop).step("b").run(cx, input)
    }
    fn hands_over(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        Loop::new(9).step("billing").step("b").run(cx, input)
    }
    let run = host().run(escalates, ">");
    assert_eq!((run.outcome(), run.agent_calls.len()), (&Outcome::text(">a").escalating(), 1));
    let billing = host().agent("billing", |_: String| Outcome::empty().transferring_to("billing"));
    let run = billing.run(hands_over, ">");
    assert_eq!((run.outcome(), run.agent_calls.len()), (&Outcome::empty().transferring_to("billing"), 1));
}

#[test]
fn steps_side_by_side_are_told_the_same_and_joined_in_order() {
    fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        let own = |cx: &Context, said: String| {
            cx.sleep(2 * SECOND);
            format!("{said}own")
        };
        Parallel::new().step("c").step(own).step("a").run(cx, input)
    }
    let run = host().run(run, ">");
    assert_eq!(run.answer(), ">c\n\n>own\n\n>a");
    assert_eq!(run.slept, 3 * SECOND);
}

#[test]
fn a_step_that_fails_ends_those_beside_it() {
    fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        let fails = |_: &Context, _: String| -> Result<(), Failure> { Err(Failure::conflict("no")) };
        Parallel::new().step("a").step(fails).run(cx, input)
    }
    let run = host().run(run, ">");
    assert_eq!((run.failure(), run.agent_calls[0].cancelled), (&Failure::conflict("no"), true));
}

#[test]
fn a_loop_ends_when_a_step_escalates_or_after_so_many_times() {
    fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        let enough = |_: &Context, said: String| {
            let long = said.len() > 3;
            let outcome = Outcome::text(said);
            if long { outcome.escalating() } else { outcome }
        };
        let body = Sequential::new().step("a").step(enough);
        Sequential::new().step(Loop::new(9).step(body)).step("b").run(cx, input)
    }
    fn endless(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        Loop::new(2).step("a").run(cx, input)
    }
    assert_eq!(host().run(run, ">").answer(), ">aaab");
    assert_eq!(host().run(endless, ">").answer(), ">aa");
    let cancelled = host().cancel_after(SECOND).run(endless, ">");
    assert_eq!(cancelled.failure(), &Failure::cancelled());
}

#[test]
fn parallel_steps_pass_on_who_escalates_and_who_hands_over() {
    fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
        let escalates = |_: &Context, _: String| Outcome::empty().escalating();
        let hands_over = |_: &Context, to: String| Outcome::text("bye").transferring_to(to);
        Parallel::new().step(escalates).step(hands_over).run(cx, input)
    }
    let outcome = Outcome::text("bye").escalating().transferring_to("billing");
    assert_eq!(FakeHost::new().run(run, "billing").outcome(), &outcome);
}
