//! `rak chat`: what a person or a pipe says to an agent, and what is shown of the answer.

use std::process::Stdio;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use crate::support::{Host, PATIENCE, Place, finish, finish_with, signal};

/// `rak chat` with a host.
fn chat(place: &Place, host: &Host, arguments: &[&str]) -> tokio::process::Command {
    let mut command = place.rak(&["chat"]);
    command.args(arguments).env("RAK_HOST", &host.url);
    command
}

#[tokio::test]
async fn each_line_of_a_pipe_is_a_message() {
    let (place, host) = Place::new(&[]).serve_owned().await;
    let ended = finish_with(chat(&place, &host, &["echo"]), "hello there\n\nagain").await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "hello there\nagain\n"), "{}", ended.err);
    assert_eq!(ended.err, "");
    let ended = finish(chat(&place, &host, &["echo"])).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "nothing was said");
}

#[tokio::test]
async fn a_session_can_be_gone_on_with() {
    let (place, host) = Place::new(&[]).serve_owned().await;
    let arguments = ["counter", "--session", "a b/c", "--user", "ann"];
    let ended = finish_with(chat(&place, &host, &arguments), "one\ntwo\n").await;
    assert!(
        ended.out.ends_with("message 2 in this session, and message 2 of yours overall.\n"),
        "{}",
        ended.out
    );
    let ended = finish_with(chat(&place, &host, &arguments), "three\n").await;
    assert!(ended.out.contains("message 3 in this session"), "{}", ended.out);
    let ended = finish_with(chat(&place, &host, &["counter", "--user", "ann"]), "four\n").await;
    assert!(ended.out.contains("message 1 in this session, and message 4 of yours"), "{}", ended.out);
    let ended = finish_with(chat(&place, &host, &["counter"]), "one\n").await;
    assert!(ended.out.contains("message 1 of yours"), "{}", ended.out);
}

#[tokio::test]
async fn events_are_lines_of_json_where_they_are_asked_for() {
    let (place, host) = Place::new(&["panic_text"]).serve_owned().await;
    let ended = finish_with(chat(&place, &host, &["echo", "--json"]), "one two\n").await;
    let events: Vec<Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(events[0]["partial"] == true && events.len() > 1, "{}", ended.out);
    assert_eq!(events[events.len() - 1]["turnComplete"], true);
    let ended = finish_with(chat(&place, &host, &["panic_text", "--json"]), "x\n").await;
    let last: Value = serde_json::from_str(ended.out.lines().last().expect("a line")).expect("JSON");
    assert_eq!((ended.code, &last["code"]), (Some(1), &json!("trapped")));
}

#[tokio::test]
async fn a_failure_is_shown_in_the_agents_own_words() {
    let (place, host) = Place::new(&["panic_text"]).serve_owned().await;
    let ended = finish_with(chat(&place, &host, &["panic_text"]), "x\n").await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with("error: ") && ended.err.contains("the answer is 42"), "{}", ended.err);
    // One that fails is not the end, and the last one decides.
    let ended = finish_with(chat(&place, &host, &["countdown"]), "nonsense\n1\n").await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "1\nDone.\n"), "{}", ended.err);
    assert!(ended.err.contains("error: send a number of seconds"), "{}", ended.err);
    assert!(ended.err.contains("1 to go (0 of 1)"), "{}", ended.err);
}

#[tokio::test]
async fn what_cannot_be_talked_to_is_said_before_anything_is_read() {
    let place = Place::new(&[]);
    std::fs::write(place.path("agents/broken.wasm"), "nonsense").expect("a file");
    let (place, host) = place.serve_owned().await;
    let ended = finish(chat(&place, &host, &["nobody"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("nobody") && ended.err.contains("countdown"), "{}", ended.err);
    let ended = finish(chat(&place, &host, &["broken"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("not WebAssembly"), "{}", ended.err);
    let ended = finish(place.rak(&["chat", "echo", "--host", "127.0.0.1:1"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("no host answers at http://127.0.0.1:1;") && ended.err.contains("rak serve"),
        "{}",
        ended.err
    );
}

#[tokio::test]
async fn an_interrupt_cancels_the_run_and_not_the_conversation() {
    let (place, host) = Place::new(&["busy_loop"]).serve_owned().await;
    let mut command = chat(&place, &host, &["busy_loop"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("its input");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    // The second run begins where the first one was cancelled, so its output says that the first one is over.
    for _ in 0..2 {
        input.write_all(b"go\n").await.expect("it reads");
        assert_eq!(lines.next_line().await.expect("its output").as_deref(), Some("spinning"));
        signal(&child, Signal::INT);
    }
    drop(input);
    let status = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").expect("it ends");
    assert_eq!(status.code(), Some(130));
    let (_, listed) = host.get("/api/v1/invocations").await;
    let runs = listed["invocations"].as_array().expect("invocations");
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|run| run["status"] == "cancelled"), "{listed}");
}
