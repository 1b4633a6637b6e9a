//! The tools of a test behave like the contract says tools do, and what they were called with is kept.

use std::time::Duration;

use serde_json::{Value, json};

use super::{FakeTool, ToolAnswer};
use crate::testing::{Asked, FakeHost};
use crate::{
    Context, Decision, Failure, FailureKind, FunctionCall, FunctionResponse, Hints, Json, Tool, ToolOptions,
};

const SECOND: Duration = Duration::from_secs(1);

#[expect(clippy::needless_pass_by_value, reason = "it is what the function of a tool takes")]
fn double(args: Value) -> Result<Value, Failure> {
    let number = args["n"].as_i64().ok_or_else(|| Failure::invalid_argument("n is a number"))?;
    Ok(json!(number * 2))
}

fn slow(name: &str, seconds: u32) -> FakeTool {
    FakeTool::new(name, double).takes(seconds * SECOND)
}

fn call(cx: &Context, Json(args): Json<Value>) -> Result<String, Failure> {
    Ok(cx.tools().call_named("double", args)?.response.to_string())
}

#[test]
fn a_call_is_answered_under_its_id() {
    #[derive(serde::Serialize)]
    struct Args {
        n: u8,
    }
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let tools = cx.tools();
        let answer = tools.call(FunctionCall::new("a", "double", json!({"n": 1})))?;
        assert_eq!(answer, FunctionResponse::new("a", "double", 2));
        assert_eq!(tools.call_named("double", Args { n: 2 })?, FunctionResponse::new("call-1", "double", 4));
        // The ids go on, whoever holds the tools.
        assert_eq!(cx.tools().call_named("double", Args { n: 3 })?.id, "call-2");
        Ok(())
    }
    FakeHost::new().tool("double", double).run(run, "").outcome();
}

#[test]
fn a_tool_that_says_that_it_failed_has_answered() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let answer = cx.tools().call_named("double", json!({}))?;
        Ok(format!("{} {}", answer.failed, answer.response))
    }
    let host = FakeHost::new().tool("double", |_| ToolAnswer::Failed(json!("no n")));
    assert_eq!(host.run(run, "").answer(), "true \"no n\"");
}

#[test]
fn a_call_without_an_answer_fails() {
    let away = FakeHost::new().tool("double", |_| Failure::unavailable("away"));
    assert_eq!(away.run(call, "{}").failure(), &Failure::unavailable("away"));
    let picky = FakeHost::new().tool("double", double);
    assert_eq!(picky.run(call, "{}").failure().kind, FailureKind::InvalidArgument);
}

#[test]
fn available_tools_come_by_name() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let hints = Hints { read_only: true, ..Hints::default() };
        let wanted = Tool {
            name: "a".into(),
            description: "Adds.".into(),
            parameters: json!({"type": "array"}),
            hints,
            extra: Some(json!("x")),
        };
        let available = cx.tools().available()?;
        assert_eq!(available[0], wanted);
        assert_eq!((available[1].name.as_str(), &available[1].parameters), ("b", &json!({"type": "object"})));
        assert!(available[1].hints.needs_approval);
        assert_eq!(available.len(), 2);
        Ok(())
    }
    let a = FakeTool::new("a", double)
        .with_description("Adds.")
        .with_parameters(json!({"type": "array"}))
        .with_hints(Hints { read_only: true, ..Hints::default() })
        .with_extra("x");
    let b = FakeTool::new("b", double).needs_approval();
    FakeHost::new().add_tool(b).tool("a", double).add_tool(a).run(run, "").outcome();
}

#[test]
fn what_they_were_called_with_is_kept() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let options =
            ToolOptions::new().with_timeout(SECOND).with_idempotency_key("k").relaying().with_extra(1);
        cx.tools().call_with(FunctionCall::new("a", "double", json!({"n": 1})), &options)?;
        cx.tools().call_named("double", json!({"n": 2})).map(drop)
    }
    let run = FakeHost::new().tool("double", double).run(run, "");
    let [first, second] = run.tool_calls.as_slice() else { panic!("{:?}", run.tool_calls) };
    assert_eq!(first.call, FunctionCall::new("a", "double", json!({"n": 1})));
    let wanted = ToolOptions {
        timeout: Some(SECOND),
        idempotency_key: Some("k".into()),
        relay: true,
        extra: Some(json!(1)),
    };
    assert_eq!((&first.options, first.cancelled), (&wanted, false));
    assert_eq!((second.call.id.as_str(), &second.options), ("call-1", &ToolOptions::new()));
}

#[test]
fn an_unknown_tool_is_not_found_and_the_others_are_named() {
    let run = FakeHost::new().tool("a", double).tool("b", double).run(call, "{}");
    assert_eq!(run.failure().kind, FailureKind::NotFound);
    assert_eq!(run.failure().message, "no tool is called `double`; there is `a`, `b`");
    assert!(run.tool_calls.is_empty());
}

#[test]
fn a_person_is_asked_before_a_tool_that_needs_approval() {
    let host = FakeHost::new().add_tool(FakeTool::new("double", double).needs_approval());
    let approved = host.clone().approves().run(call, r#"{"n": 1}"#);
    assert_eq!(approved.answer(), "2");
    let asked =
        Asked::Approve { action: "Call the tool `double`".into(), details: json!({"n": 1}), expires: None };
    assert_eq!(approved.asked, [asked]);

    let rejected = host.clone().rejects("too much").run(call, r#"{"n": 1}"#);
    assert!(rejected.failure().is_rejected());
    assert!(rejected.failure().message.ends_with("too much"), "{}", rejected.failure());
    assert!(rejected.tool_calls.is_empty());

    let edited = Decision::approved().with_edited(json!({"n": 5}));
    let edited = host.clone().decides(edited).run(call, r#"{"n": 1}"#);
    assert_eq!((edited.answer().as_str(), &edited.tool_calls[0].call.args), ("10", &json!({"n": 5})));

    let nobody = host.cancel_after(SECOND).run(call, r#"{"n": 1}"#);
    assert_eq!((nobody.failure(), nobody.slept), (&Failure::cancelled(), SECOND));
}

#[test]
fn a_tool_that_takes_longer_than_it_may_is_too_late() {
    fn run(cx: &Context, Json(seconds): Json<u32>) -> Result<(), Failure> {
        let options = ToolOptions::new().with_timeout(seconds * SECOND);
        cx.tools().call_with(FunctionCall::named("double", json!({"n": 1})), &options).map(drop)
    }
    let host = FakeHost::new().add_tool(slow("double", 2));
    assert_eq!(host.run(run, "2").slept, 2 * SECOND);
    let late = host.run(run, "1");
    assert_eq!((late.failure().kind, late.slept), (FailureKind::DeadlineExceeded, SECOND));
}

#[test]
fn calls_at_once_take_the_time_of_the_longest() {
    fn run(cx: &Context, _: String) -> String {
        let calls = [("a", 1), ("nothing", 2), ("b", 3)];
        let calls = calls.map(|(name, n)| FunctionCall::named(name, json!({"n": n})));
        let answers = cx.tools().call_all(calls);
        let show = |answer: &Result<FunctionResponse, Failure>| match answer {
            Ok(answer) => format!("{} {}", answer.id, answer.response),
            Err(failure) => failure.kind.to_string(),
        };
        answers.iter().map(show).collect::<Vec<_>>().join(", ")
    }
    let host = FakeHost::new().add_tool(slow("a", 3)).add_tool(slow("b", 1));
    let together = host.run(run, "");
    assert_eq!((together.answer().as_str(), together.slept), ("call-1 2, not-found, call-3 6", 3 * SECOND));
    let stopped = host.cancel_after(2 * SECOND).run(run, "");
    assert_eq!(stopped.answer(), "cancelled, not-found, cancelled");
    assert_eq!(stopped.tool_calls.iter().map(|call| call.cancelled).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn running_tools_are_waited_for_cancelled_and_given_up() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let start = |name| cx.tools().start(FunctionCall::named(name, json!({"n": 1})));
        let (quick, slow, given_up) = (start("quick")?, start("slow")?, start("slow")?);
        let timer = cx.timer(2 * SECOND);
        assert_eq!(cx.wait_any(&[slow.waitable(), quick.waitable(), &timer], None), [1]);
        assert_eq!(quick.finish()?, quick.finish()?);
        slow.cancel();
        assert!(slow.waitable().ready());
        let failure = slow.finish().unwrap_err();
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Failed, Some("cancelled")));
        drop(given_up);
        Ok(())
    }
    let run = FakeHost::new().add_tool(slow("quick", 1)).add_tool(slow("slow", 9)).run(run, "");
    run.outcome();
    assert_eq!(run.slept, SECOND);
    assert_eq!(run.tool_calls.iter().map(|call| call.cancelled).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn a_cancelled_or_late_run_waits_for_no_tool() {
    let host = FakeHost::new().add_tool(slow("double", 3));
    let cancelled = host.clone().cancel_after(SECOND).run(call, r#"{"n": 1}"#);
    assert_eq!((cancelled.failure(), cancelled.slept), (&Failure::cancelled(), SECOND));
    assert!(cancelled.tool_calls[0].cancelled);
    let late = host.clone().deadline(SECOND).run(call, r#"{"n": 1}"#);
    assert_eq!((late.failure(), late.slept), (&Failure::deadline_exceeded(), SECOND));
    let from_the_beginning = host.cancel_after_calls(0).run(call, r#"{"n": 1}"#);
    assert_eq!(from_the_beginning.failure(), &Failure::cancelled());
    assert!(from_the_beginning.tool_calls.is_empty());
}

#[test]
fn every_call_counts() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let call = || FunctionCall::named("double", json!({"n": 1}));
        cx.tools().available()?;
        let running = cx.tools().start(call())?;
        running.finish()?;
        running.cancel();
        cx.tools().call_all([call(), call()]).into_iter().collect::<Result<Vec<_>, _>>()?;
        cx.tools().call(call()).map(drop)
    }
    let host = FakeHost::new().tool("double", double);
    assert!(host.clone().cancel_after_calls(6).run(run, "").outcome.is_ok());
    assert_eq!(host.cancel_after_calls(5).run(run, "").failure(), &Failure::cancelled());
}
