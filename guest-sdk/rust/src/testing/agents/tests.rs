//! The other agents of a test behave like the contract says agents do, and what they were told is kept.

use std::time::Duration;

use serde_json::json;

use super::FakeAgent;
use crate::testing::FakeHost;
use crate::{AgentOptions, AgentSummary, Content, Context, Failure, FailureKind, Outcome, Reply};

const SECOND: Duration = Duration::from_secs(1);

fn slow(name: &str, seconds: u32) -> FakeAgent {
    let answer = format!("{name} is done");
    FakeAgent::new(name, move |_: String| answer.clone()).takes(seconds * SECOND)
}

fn call(cx: &Context, input: String) -> Result<String, Failure> {
    Ok(cx.agents().call("worker", input)?.text())
}

#[test]
fn a_reply_is_the_agents_outcome() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let reply = cx.agents().call("worker", "go")?;
        let wanted = Reply {
            invocation_id: "child-1".into(),
            content: Some(Content::model("done")),
            escalate: true,
            transfer_to: Some("boss".into()),
            extra: Some(json!(1)),
        };
        assert_eq!(reply, wanted);
        assert_eq!(cx.agents().call("silent", "go")?.text(), "");
        Ok(())
    }
    let outcome = || Outcome::text("done").escalating().transferring_to("boss").with_extra(json!(1));
    let host = FakeHost::new().agent("worker", move |_: String| outcome()).agent("silent", |_: Content| ());
    assert_eq!(host.run(run, "").outcome(), &Outcome::empty());
}

#[test]
fn available_agents_come_by_name() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let summary = AgentSummary {
            name: "a".into(),
            description: "Adds.".into(),
            version: "2.0.0".into(),
            input_schema: Some(json!({"type": "array"})),
            extra: Some(json!("x")),
        };
        let available = cx.agents().available()?;
        assert_eq!(available[0], summary);
        assert_eq!(available[1].name, "b");
        assert_eq!(available.len(), 2);
        Ok(())
    }
    let a = FakeAgent::new("a", |_: String| ())
        .with_description("Adds.")
        .with_version("2.0.0")
        .with_input_schema(json!({"type": "array"}))
        .with_extra("x");
    let host = FakeHost::new().agent("b", |_: String| ()).agent("a", |_: String| ()).add_agent(a);
    assert!(host.run(run, "").outcome.is_ok());
}

#[test]
fn what_they_were_told_is_kept() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let options = AgentOptions::new().with_session("s").with_timeout(SECOND).relaying().with_extra(7);
        cx.agents().call_with("worker", Content::user("one").with("two"), &options)?;
        cx.agents().call("worker", "three").map(drop)
    }
    let run = FakeHost::new().agent("worker", |_: String| ()).run(run, "");
    let [first, second] = run.agent_calls.as_slice() else { panic!("{:?}", run.agent_calls) };
    assert_eq!((first.agent.as_str(), first.invocation_id.as_str()), ("worker", "child-1"));
    assert_eq!(first.input, Content::user("one").with("two"));
    let wanted = AgentOptions {
        session: Some("s".into()),
        timeout: Some(SECOND),
        relay: true,
        detached: false,
        extra: Some(json!(7)),
    };
    assert_eq!((&first.options, first.cancelled), (&wanted, false));
    assert_eq!((&second.options, second.invocation_id.as_str()), (&AgentOptions::new(), "child-2"));
}

#[test]
fn an_unknown_agent_is_not_found_and_the_others_are_named() {
    let run = FakeHost::new().agent("a", |_: String| ()).agent("b", |_: String| ()).run(call, "");
    assert_eq!(run.failure().kind, FailureKind::NotFound);
    assert_eq!(run.failure().message, "no agent is called `worker`; there is `a`, `b`");
    assert!(run.agent_calls.is_empty());
    assert!(FakeHost::new().run(call, "").failure().message.ends_with("there is none"));
}

#[test]
fn a_failure_is_the_childs_and_names_its_invocation() {
    let own =
        Failure::rate_limited("too fast").with_retry_after(SECOND).with_details(json!({"per": "minute"}));
    let host = FakeHost::new().agent("worker", move |_: String| Err::<(), _>(own.clone()));
    let run = host.run(call, "");
    assert_eq!((run.failure().kind, run.failure().retry_after), (FailureKind::RateLimited, Some(SECOND)));
    assert_eq!(run.failure().message, "the agent `worker` failed: too fast");
    let details = json!({"agent": "worker", "invocationId": "child-1", "details": {"per": "minute"}});
    assert_eq!(run.failure().details, Some(details));
}

#[test]
fn a_child_that_says_cancelled_does_not_cancel_its_parent() {
    let host = FakeHost::new().agent("worker", |_: String| Err::<(), _>(Failure::cancelled()));
    assert_eq!(host.run(call, "").failure().kind, FailureKind::Failed);
}

#[test]
fn a_structured_input_is_read_like_an_agents_own() {
    let host = FakeHost::new().agent("worker", |crate::Json(n): crate::Json<u8>| (n + 1).to_string());
    assert_eq!(host.run(call, "41").answer(), "42");
    assert_eq!(host.run(call, "x").failure().kind, FailureKind::InvalidArgument);
}

#[test]
fn a_call_takes_the_time_that_the_agent_takes() {
    let run = FakeHost::new().add_agent(slow("worker", 3)).run(call, "");
    assert_eq!((run.answer().as_str(), run.slept), ("worker is done", 3 * SECOND));
}

#[test]
fn a_child_that_takes_longer_than_it_may_is_timed_out() {
    fn run(cx: &Context, crate::Json(seconds): crate::Json<u32>) -> Result<String, Failure> {
        let options = AgentOptions::new().with_timeout(seconds * SECOND);
        Ok(cx.agents().call_with("worker", "", &options)?.text())
    }
    let host = FakeHost::new().add_agent(slow("worker", 2));
    assert_eq!(host.run(run, "2").answer(), "worker is done");
    let late = host.run(run, "1");
    assert!(late.failure().is_timed_out());
    assert_eq!((late.slept, late.agent_calls[0].cancelled), (SECOND, false));
}

#[test]
fn children_and_timers_are_waited_for_together() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let (a, b, timer) = (cx.agents().start("a", "")?, cx.agents().start("b", "")?, cx.timer(2 * SECOND));
        let all = [a.waitable(), b.waitable(), &timer];
        assert_eq!(cx.wait_any(&all, Some(Duration::ZERO)), Vec::<usize>::new());
        assert_eq!(cx.wait_any(&all, None), [1]);
        assert!(b.waitable().ready() && !a.waitable().ready());
        assert_eq!(cx.wait_any(&[a.waitable(), &timer], None), [1]);
        a.waitable().block();
        assert_eq!(a.finish()?, a.finish()?);
        Ok(format!("{}, {}", a.finish()?.text(), b.finish()?.text()))
    }
    let run = FakeHost::new().add_agent(slow("a", 3)).add_agent(slow("b", 1)).run(run, "");
    assert_eq!((run.answer().as_str(), run.slept), ("a is done, b is done", 3 * SECOND));
    assert!(run.agent_calls.iter().all(|call| !call.cancelled));
}

#[test]
fn calls_at_once_take_the_time_of_the_longest() {
    fn run(cx: &Context, _: String) -> String {
        let replies = cx.agents().call_all([("a", ""), ("nobody", ""), ("b", "")]);
        let texts = replies.iter().map(|reply| reply.as_ref().map_or("-".into(), Reply::text));
        texts.collect::<Vec<_>>().join(", ")
    }
    let run = FakeHost::new().add_agent(slow("a", 3)).add_agent(slow("b", 1)).run(run, "");
    assert_eq!((run.answer().as_str(), run.slept), ("a is done, -, b is done", 3 * SECOND));
}

#[test]
fn a_cancelled_child_is_over_and_says_so() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let child = cx.agents().start("worker", "")?;
        cx.sleep(SECOND);
        child.cancel();
        assert!(child.waitable().ready());
        child.finish().map(|reply| reply.text())
    }
    let run = FakeHost::new().add_agent(slow("worker", 3)).run(run, "");
    assert_eq!((run.failure().kind, run.failure().code.as_deref()), (FailureKind::Failed, Some("cancelled")));
    assert_eq!((run.slept, run.agent_calls[0].cancelled), (SECOND, true));
    let over_by_then = FakeHost::new().add_agent(slow("worker", 1));
    assert!(over_by_then.run(call, "").agent_calls.iter().all(|call| !call.cancelled));
}

#[test]
fn dropping_a_child_stops_it_unless_it_is_detached_or_over() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        drop(cx.agents().start("worker", "dropped")?);
        drop(cx.agents().start_with("worker", "detached", &AgentOptions::new().detached())?);
        let over = cx.agents().start("worker", "over")?;
        cx.sleep(3 * SECOND);
        drop(over);
        let _left_for_the_end = cx.agents().start("worker", "left")?;
        Ok(())
    }
    let run = FakeHost::new().add_agent(slow("worker", 3)).run(run, "");
    let cancelled: Vec<_> = run.agent_calls.iter().map(|call| call.cancelled).collect();
    assert_eq!(cancelled, [true, false, false, true]);
}

#[test]
fn a_cancelled_or_late_run_waits_for_no_child() {
    let host = FakeHost::new().add_agent(slow("worker", 3));
    let cancelled = host.clone().cancel_after(SECOND).run(call, "");
    assert_eq!((cancelled.failure(), cancelled.slept), (&Failure::cancelled(), SECOND));
    assert!(cancelled.agent_calls[0].cancelled);
    let late = host.clone().deadline(SECOND).run(call, "");
    assert_eq!((late.failure(), late.slept), (&Failure::deadline_exceeded(), SECOND));
    let from_the_beginning = host.cancel_after_calls(0).run(call, "");
    assert_eq!(from_the_beginning.failure(), &Failure::cancelled());
    assert!(from_the_beginning.agent_calls.is_empty());
}

#[test]
fn every_call_counts() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.agents().available()?;
        let child = cx.agents().start("worker", "")?;
        child.finish()?;
        child.cancel();
        let _ = child.waitable().ready();
        cx.agents().call("worker", "").map(drop)
    }
    let host = FakeHost::new().agent("worker", |_: String| ());
    // The waitable is made once, and then asked.
    assert!(host.clone().cancel_after_calls(7).run(run, "").outcome.is_ok());
    assert_eq!(host.cancel_after_calls(6).run(run, "").failure(), &Failure::cancelled());
}
