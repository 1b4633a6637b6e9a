//! The people of a test behave like the contract says people do, and what they were asked is kept.

use std::time::Duration;

use serde_json::{Value, json};

use super::Asked;
use crate::testing::FakeHost;
use crate::{Content, Context, Decision, Failure, FailureKind};

const SECOND: Duration = Duration::from_secs(1);

fn approve(cx: &Context, _: String) -> Result<String, Failure> {
    let decision = cx.people().approve("Pay", json!({"amount": 9}), Some(SECOND))?;
    Ok(format!("{decision:?}"))
}

fn ask(cx: &Context, _: String) -> Result<String, Failure> {
    cx.people().ask::<u8>("How many?", json!({"type": "integer"}), None).map(|answer| answer.to_string())
}

fn listen(cx: &Context, _: String) -> Result<String, Failure> {
    let mut heard = Vec::new();
    while let Some(message) = cx.people().next_message(Some(SECOND))? {
        heard.push(message.text());
    }
    Ok(heard.join(", "))
}

#[test]
fn a_rejection_is_a_decision_like_any_other() {
    let edited = Decision::approved().with_by("ada").with_edited(json!({"amount": 5}));
    for (host, decision) in [
        (FakeHost::new().approves(), Decision::approved()),
        (FakeHost::new().rejects("too dear"), Decision::rejected().with_reason("too dear")),
        (FakeHost::new().decides(edited.clone()), edited),
    ] {
        let run = host.run(approve, "");
        assert_eq!(run.answer(), format!("{decision:?}"));
        assert_eq!(run.slept, Duration::ZERO);
    }
}

#[test]
fn an_answer_is_what_the_agent_wants_of_it() {
    assert_eq!(FakeHost::new().answers(4).run(ask, "").answer(), "4");
    let failed = FakeHost::new().answers("four").run(ask, "");
    assert_eq!(failed.failure().kind, FailureKind::Failed);
    assert!(failed.failure().message.starts_with("the answer to `How many?` has another shape"));
}

#[test]
fn answers_come_in_their_order_in_every_run() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let size: String = cx.people().ask("Size?", json!({"enum": ["s", "l"]}), None)?;
        let decision = cx.people().approve("Order", (), None)?;
        Ok(format!("{size} {}", decision.approved))
    }
    let host = FakeHost::new().answers("l").approves();
    for _ in 0..2 {
        assert_eq!(host.run(run, "").answer(), "l true");
    }
}

#[test]
fn what_was_asked_is_kept() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.people().approve("Pay", [1, 2], Some(SECOND))?;
        cx.people().ask::<Value>("Why?", json!({}), None)?;
        cx.people().next_message(Some(Duration::ZERO))?;
        cx.people().approve("Leave", (), None).map(drop)
    }
    let asked = FakeHost::new().approves().answers(Value::Null).approves().run(run, "").asked;
    let pay = Asked::Approve { action: "Pay".into(), details: json!([1, 2]), expires: Some(SECOND) };
    let why = Asked::Ask { question: "Why?".into(), schema: json!({}), expires: None };
    let message = Asked::Message { timeout: Some(Duration::ZERO) };
    let leave = Asked::Approve { action: "Leave".into(), details: Value::Null, expires: None };
    assert_eq!(asked, [pay, why, message, leave]);
}

#[test]
fn a_question_that_nobody_answers_expires() {
    for host in [FakeHost::new(), FakeHost::new().ignores().approves()] {
        let run = host.run(approve, "");
        assert!(run.failure().is_expired());
        assert_eq!(run.slept, SECOND);
    }
}

#[test]
fn who_asks_again_may_get_an_answer() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        while let Err(failure) = cx.people().approve("Pay", (), Some(SECOND)) {
            if !failure.is_expired() {
                return Err(failure);
            }
        }
        Ok("decided".into())
    }
    let host = FakeHost::new().ignores().ignores().rejects("no");
    assert_eq!(host.run(run, "").slept, 2 * SECOND);
    assert!(host.cancel_after_calls(1).run(run, "").failure().kind == FailureKind::Cancelled);
}

#[test]
fn a_cancelled_or_late_run_waits_for_nobody() {
    for wait in [approve, ask, listen] {
        let cancelled = FakeHost::new().cancel_after(SECOND / 2).run(wait, "");
        assert_eq!((cancelled.failure(), cancelled.slept), (&Failure::cancelled(), SECOND / 2));
        let late = FakeHost::new().deadline(SECOND / 2).run(wait, "");
        assert_eq!((late.failure(), late.slept), (&Failure::deadline_exceeded(), SECOND / 2));
        let from_the_beginning = FakeHost::new().approves().answers(1).says("hi").cancel_after_calls(0);
        let run = from_the_beginning.run(wait, "");
        assert_eq!((run.failure(), run.asked.len()), (&Failure::cancelled(), 0));
    }
}

#[test]
fn a_question_stores_what_was_changed_before_it() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.session().set("before", 1)?;
        cx.people().next_message(Some(Duration::ZERO))?;
        Err(cx.people().approve("Pay", (), Some(SECOND)).unwrap_err())
    }
    assert_eq!(FakeHost::new().run(run, "").state["before"], 1);
    let unasked = FakeHost::new().cancel_after_calls(2).run(run, "");
    assert!(unasked.failure().kind == FailureKind::Cancelled && unasked.state.is_empty());
}

#[test]
#[should_panic(expected = "nobody answers `How many?`")]
fn a_test_that_would_never_end_panics_at_a_question() {
    let _ = FakeHost::new().run(ask, "");
}

#[test]
#[should_panic(expected = "the user says nothing more")]
fn a_test_that_would_never_end_panics_at_a_message() {
    let _ = FakeHost::new().run(|cx: &Context, _: String| cx.people().next_message(None).map(drop), "");
}

#[test]
#[should_panic(expected = "`How many?` wants an answer")]
fn a_decision_answers_no_question() {
    let _ = FakeHost::new().approves().run(ask, "");
}

#[test]
fn messages_come_in_their_order_and_then_none_does() {
    let run = FakeHost::new().says("a").says(Content::user("b")).run(listen, "");
    assert_eq!((run.answer().as_str(), run.slept), ("a, b", SECOND));
}

#[test]
fn a_message_that_is_there_is_not_waited_for() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let first = cx.people().next_message(None)?;
        let second = cx.people().next_message(Some(Duration::ZERO))?;
        Ok(format!("{:?} {second:?}", first.map(|message| message.text())))
    }
    let run = FakeHost::new().says("stop").run(run, "");
    assert_eq!((run.answer().as_str(), run.slept), ("Some(\"stop\") None", Duration::ZERO));
}
