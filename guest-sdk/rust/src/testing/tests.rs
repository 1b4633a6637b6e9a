//! The fake host behaves like the contract says a host does.

use std::time::Duration;

use serde_json::{Value, json};

use super::FakeHost;
use crate::{Content, Context, Event, Failure, FailureKind, Level, Progress};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn info_and_config_are_what_was_given() {
    let host = FakeHost::new().user("ada").session("s1").config("greeting", "hi").config("n", 3);
    let run = host.run(
        |cx: &Context, _: String| -> Result<String, Failure> {
            let greeting: Option<String> = cx.config("greeting")?;
            let absent: Option<u8> = cx.config("absent")?;
            assert_eq!(absent, None);
            assert_eq!(cx.config::<String>("n").unwrap_err().kind, FailureKind::Failed);
            let info = cx.info();
            Ok(format!("{greeting:?} {} {} {}", info.user_id, info.session_id, info.attempt))
        },
        "",
    );
    assert_eq!(run.answer(), "Some(\"hi\") ada s1 1");
}

#[test]
fn emit_answers_with_the_newest_stored_event() {
    let run = FakeHost::new().run(
        |cx: &Context, _: String| -> Result<(), Failure> {
            let events = cx.events();
            events.text_delta("a")?;
            events.thought_delta("b")?;
            events.progress(Progress::new("c").at(1, 2))?;
            assert_eq!(events.emit([])?, 0);
            assert_eq!(events.content(Content::model("d"))?, 1);
            assert_eq!(events.other("e", json!(1))?, 2);
            assert_eq!(events.emit([Event::TextDelta("f".into())])?, 2);
            Ok(())
        },
        "",
    );
    assert_eq!(run.outcome().content, None);
    assert_eq!(run.events.len(), 6);
    assert_eq!(run.text_deltas().collect::<String>(), "af");
    assert_eq!(run.contents().count(), 1);
    assert_eq!(run.progress().next().and_then(|progress| progress.total), Some(2));
}

#[test]
fn history_pages_go_back_in_time() {
    let host = (1..=5).fold(FakeHost::new(), |host, n| host.said("user", n.to_string()));
    let run = host.run(
        |cx: &Context, _: String| -> Result<String, Failure> {
            assert_eq!(cx.session().history(Some(3), 9)?.entries.len(), 2);
            let mut pages = Vec::new();
            for page in cx.session().pages(2) {
                pages.push(page?.entries.iter().map(|entry| entry.content.text()).collect::<String>());
            }
            Ok(pages.join(" "))
        },
        "",
    );
    assert_eq!(run.answer(), "45 23 1");
}

#[test]
fn no_history_is_one_empty_page() {
    let run = FakeHost::new().run(
        |cx: &Context, _: String| {
            cx.session().pages(2).map(|page| page.unwrap().entries.len()).sum::<usize>().to_string()
        },
        "",
    );
    assert_eq!(run.answer(), "0");
}

#[test]
fn changes_are_seen_at_once_and_stored_at_the_end() {
    let host = FakeHost::new().state("gone", 1).state("user:n", 1).state("kept", "x");
    let run = host.run(
        |cx: &Context, _: String| -> Result<(), Failure> {
            let session = cx.session();
            session.set("user:n", 2)?;
            session.set("gone", Value::Null)?;
            session.set("temp:scratch", true)?;
            session.remove("never-there")?;
            assert_eq!(session.get::<u8>("user:n")?, Some(2));
            assert_eq!(session.get::<Value>("gone")?, None);
            assert_eq!(session.get::<bool>("temp:scratch")?, Some(true));
            assert_eq!(session.keys("")?, ["kept", "temp:scratch", "user:n"]);
            assert_eq!(session.keys("user:")?, ["user:n"]);
            Ok(())
        },
        "",
    );
    assert_eq!(json!(run.state), json!({"kept": "x", "user:n": 2}));
    assert_eq!(json!(run.changes), json!({"gone": null, "never-there": null, "user:n": 2}));
}

#[test]
fn a_failed_run_keeps_what_its_last_stored_event_stored() {
    let run = FakeHost::new().run(
        |cx: &Context, _: String| -> Result<(), Failure> {
            cx.session().set("before", 1)?;
            cx.events().text_delta("not stored")?;
            cx.events().content(Content::model("stored"))?;
            cx.session().set("after", 1)?;
            Err(Failure::failed("oh"))
        },
        "",
    );
    assert_eq!(json!(run.changes), json!({"before": 1}));
    assert_eq!(run.failure().message, "oh");
}

#[test]
fn the_next_turn_finds_the_state_of_the_last() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let turn = cx.session().get::<u32>("turn")?.unwrap_or_default() + 1;
        cx.session().set("turn", turn)?;
        Ok(turn.to_string())
    }
    let host = FakeHost::new();
    let first = host.run(run, "");
    let second = host.clone().state_after(&first).run(run, "");
    assert_eq!((first.answer(), second.answer()), ("1".into(), "2".into()));
}

#[test]
fn cancelled_after_some_calls() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        loop {
            cx.events().content(Content::model("tick"))?;
            cx.sleep(SECOND);
        }
    }
    let run = FakeHost::new().cancel_after_calls(4).run(run, "");
    assert_eq!(run.failure(), &Failure::cancelled());
    assert_eq!((run.events.len(), run.slept), (2, 2 * SECOND));
    let at_once =
        FakeHost::new().cancel_after_calls(0).run(|cx: &Context, _: String| cx.check_cancelled(), "");
    assert_eq!(at_once.failure().kind, FailureKind::Cancelled);
}

#[test]
fn a_cancelled_wait_returns_at_once() {
    let host = FakeHost::new().cancel_after(3 * SECOND);
    let run = host.run(
        |cx: &Context, _: String| {
            let timer = cx.timer(9 * SECOND);
            timer.block();
            assert!(cx.is_cancelled() && !timer.ready());
            assert_eq!(cx.wait_any(&[&timer], None), Vec::<usize>::new());
            cx.sleep(SECOND);
        },
        "",
    );
    assert_eq!(run.slept, 3 * SECOND);
}

#[test]
fn a_deadline_ends_waits_and_refuses_calls() {
    let host = FakeHost::new().deadline(2 * SECOND);
    let run = host.run(
        |cx: &Context, _: String| {
            assert_eq!(cx.remaining(), Some(2 * SECOND));
            cx.sleep(SECOND);
            assert_eq!(cx.remaining(), Some(SECOND));
            cx.sleep(9 * SECOND);
            cx.events().text_delta("late")
        },
        "",
    );
    assert_eq!((run.failure().kind, run.slept), (FailureKind::DeadlineExceeded, 2 * SECOND));
    assert_eq!(
        FakeHost::new().run(|cx: &Context, _: String| assert_eq!(cx.remaining(), None), "").slept,
        Duration::ZERO
    );
}

#[test]
fn wait_any_answers_with_all_that_are_ready() {
    let run = FakeHost::new().run(
        |cx: &Context, _: String| {
            let timers = [3, 1, 3].map(|seconds| cx.timer(seconds * SECOND));
            let [a, b, c] = &timers;
            assert_eq!(cx.wait_any(&[a, b, c], Some(Duration::ZERO)), Vec::<usize>::new());
            assert_eq!(cx.wait_any(&[a, b, c], None), [1]);
            assert_eq!(cx.wait_any(&[a, c], Some(SECOND)), Vec::<usize>::new());
            assert_eq!(cx.wait_any(&[a, c], Some(9 * SECOND)), [0, 1]);
            assert_eq!(cx.wait_any(&[], None), Vec::<usize>::new());
            assert_eq!(cx.wait_any(&[], Some(SECOND)), Vec::<usize>::new());
        },
        "",
    );
    assert_eq!(run.slept, 4 * SECOND);
}

#[test]
fn log_lines_are_kept() {
    let run = FakeHost::new().run(
        |cx: &Context, _: String| {
            cx.log().trace("a", &[]);
            cx.log().debug("b", &[]);
            cx.log().info("c", &[("k", "v")]);
            cx.log().warning("d", &[]);
            cx.log().severe("e", &[]);
        },
        "",
    );
    assert_eq!(run.logs.iter().map(|line| line.level).collect::<Vec<_>>(), Level::ALL);
    assert_eq!(run.logs[2].fields, [("k".to_owned(), "v".to_owned())]);
}

#[test]
fn a_bad_input_never_reaches_the_agent() {
    let run = FakeHost::new().run(|_: &Context, _: crate::Json<u8>| "reached", "x");
    assert_eq!(run.failure().kind, FailureKind::InvalidArgument);
}
