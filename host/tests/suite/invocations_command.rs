//! `rak invocations` and `rak replay`: runs as an operator sees them, and once more.

use std::path::Path;
use std::process::Stdio;

use rak_test_guests::{agent, fixture};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::support::{Ended, Host, PATIENCE, Place, finish, message};

/// A place with a host, and what its operator types.
struct Operated {
    place: Place,
    host: Host,
}

impl Operated {
    async fn new(fixtures: &[&str]) -> Self {
        let (place, host) = Place::new(fixtures).serve_owned().await;
        Self { place, host }
    }

    /// A run to its end; gives its id.
    async fn run(&self, agent: &str, text: &str) -> String {
        let mut sse = self.host.sse("s", message(agent, text)).await;
        sse.rest().await;
        sse.invocation
    }

    /// A run that has said something and goes on, whoever listens; gives its id.
    async fn begin(&self, session: &str, agent: &str, text: &str) -> String {
        let mut body = message(agent, text);
        body["onDisconnect"] = "continue".into();
        let mut sse = self.host.sse(session, body).await;
        sse.next().await.expect("an event");
        sse.invocation
    }

    async fn invocations(&self, arguments: &[&str]) -> Ended {
        let mut command = self.place.rak(&["invocations"]);
        command.args(arguments).args(["--host", &self.host.url]);
        finish(command).await
    }

    /// The output of a command that succeeds.
    async fn done(&self, arguments: &[&str]) -> String {
        let ended = self.invocations(arguments).await;
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
        ended.out
    }

    async fn replay(&self, arguments: &[&str]) -> Ended {
        let mut command = self.place.rak(&["replay"]);
        command.args(arguments).env("RAK_HOST", &self.host.url);
        finish(command).await
    }

    /// Waits until an invocation is so.
    async fn until_status(&self, id: &str, status: &str) {
        let waiting = async {
            while self.host.get(&format!("/api/v1/invocations/{id}")).await.1["status"] != status {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it comes");
    }

    /// Ends the host in order.
    async fn stop(mut self) -> Place {
        self.host.signal(Signal::TERM);
        assert!(self.host.ended().await.success());
        self.place
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path").to_owned()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Asserts the code of a replay, and that all of these lines are in what it says.
#[track_caller]
fn assert_says(ended: &Ended, code: i32, expected: &[&str]) {
    let Ended { out, err, .. } = ended;
    assert_eq!(ended.code, Some(code), "{out}{err}");
    for expected in expected {
        assert!(out.contains(expected) || err.contains(expected), "{expected:?} in {out}{err}");
    }
}

#[tokio::test]
async fn invocations_are_listed_and_shown() {
    let operated = Operated::new(&["sleeper", "panic_text"]).await;
    let failed = operated.run("panic_text", "x").await;
    let waits = operated.begin("long", "sleeper", "").await;
    operated.until_status(&waits, "waiting").await;
    let listed = operated.done(&["list"]).await;
    let lines: Vec<_> = listed.lines().collect();
    assert!(
        lines[0].starts_with("INVOCATION                            AGENT       SESSION  STATUS"),
        "{listed}"
    );
    assert!(lines[1].starts_with(&format!("{waits}  sleeper     long     waiting for 23h")), "{listed}");
    assert!(lines[2].starts_with(&format!("{failed}  panic_text  s        failed (trapped)")), "{listed}");
    assert_eq!(lines.len(), 3);
    for filter in [["--status", "waiting"], ["--session", "long"], ["--limit", "1"]] {
        let listed = operated.done(&[&["list"], filter.as_slice()].concat()).await;
        assert!(listed.contains(&waits) && !listed.contains(&failed), "{filter:?}: {listed}");
    }
    assert!(operated.done(&["list", "--status", "paused"]).await.contains("no such invocations"));
    assert_eq!(json(&operated.done(&["list", "--json"]).await)["invocations"][0]["invocationId"], waits);
    let ended = operated.invocations(&["list", "--status", "done"]).await;
    assert_says(&ended, 2, &["\"done\" is no status"]);

    let shown = operated.done(&["show", &waits]).await;
    for expected in
        ["agent        sleeper\n", "session      long of user\n", "status       waiting\n", "UTC, for 23h"]
    {
        assert!(shown.contains(expected), "{expected:?} in {shown}");
    }
    let shown = operated.done(&["show", &failed]).await;
    assert!(shown.contains("because      trapped\n") && shown.contains("calls to the host"), "{shown}");
    assert_eq!(json(&operated.done(&["show", &failed, "--json"]).await)["reason"], "trapped");
    let ended = operated.invocations(&["show", "01890000-0000-7000-8000-000000000000"]).await;
    assert_says(&ended, 1, &["there is no invocation"]);
}

#[tokio::test]
async fn an_invocation_is_paused_resumed_and_cancelled() {
    let operated = Operated::new(&["sleeper"]).await;
    let id = operated.begin("s", "sleeper", "").await;
    operated.until_status(&id, "waiting").await;
    assert!(operated.done(&["pause", &id]).await.starts_with(&id));
    operated.until_status(&id, "paused").await;
    assert_eq!(json(&operated.done(&["pause", &id, "--json"]).await)["status"], "paused");
    assert!(operated.done(&["resume", &id]).await.contains("goes on"));
    operated.until_status(&id, "waiting").await;
    operated.done(&["cancel", &id]).await;
    let ended = operated.invocations(&["follow", &id]).await;
    assert_says(&ended, 130, &["sleeping\n", "Invocation cancelled"]);
    let ended = operated.invocations(&["pause", &id]).await;
    assert_says(&ended, 1, &["is over"]);
    assert!(operated.done(&["cancel", &id]).await.contains("is over: cancelled"));
}

#[tokio::test]
async fn what_was_said_is_shown_again_with_its_exit_code() {
    let operated = Operated::new(&["panic_text", "parts_echo"]).await;
    let id = operated.run("echo", "one two").await;
    assert_eq!(operated.done(&["follow", &id]).await, "one two\n");
    let lines = operated.done(&["follow", &id, "--json"]).await;
    assert_eq!(json(lines.lines().last().expect("a line"))["turnComplete"], true);
    let id = operated.run("panic_text", "x").await;
    let ended = operated.invocations(&["follow", &id]).await;
    assert_says(&ended, 1, &["error: the agent trapped"]);
}

#[tokio::test]
async fn who_follows_does_not_see_that_the_host_was_replaced() {
    let operated = Operated::new(&["sleeper"]).await;
    let id = operated.begin("s", "sleeper", "").await;
    let mut command = operated.place.rak(&["invocations", "follow", &id, "--host", &operated.host.url]);
    let mut follow = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(follow.stdout.take().expect("its output")).lines();
    assert_eq!(lines.next_line().await.expect("an output").as_deref(), Some("sleeping"));
    let address = operated.host.url.strip_prefix("http://").expect("an address").to_owned();
    let place = operated.stop().await;
    let host = Host::start(place.rak(&["serve", "--listen", &address])).await;
    host.post(&format!("/api/v1/invocations/{id}/cancel"), json!({})).await;
    let ended = tokio::time::timeout(PATIENCE, follow.wait_with_output()).await.expect("it ends");
    let ended = Ended::from(ended.expect("it ran"));
    assert_says(&ended, 130, &["Invocation cancelled"]);
    assert_eq!(lines.next_line().await.expect("an output"), None, "nothing comes twice");
}

#[tokio::test]
async fn a_run_is_repeated_from_the_host_a_file_and_the_data_folder() {
    let operated = Operated::new(&[]).await;
    operated.run("counter", "hi").await;
    let id = operated.run("counter", "hi").await;
    let same = [
        "the same     completed with \"This is message 2 in this session, and message 2 of yours overall.\"",
        "first run    4 calls and 0 events in ",
        "this run     4 calls and 0 events in ",
        "2 journal entries repeated",
    ];
    assert_says(&operated.replay(&[&id]).await, 0, &same);
    let exported = operated.done(&["export", &id]).await;
    assert_eq!(json(&exported)["invocation"]["invocationId"], id);
    let ended = operated.invocations(&["export", &id, "-o", "run.json"]).await;
    assert_says(&ended, 0, &["`rak replay run.json`"]);
    assert_eq!(
        json(&std::fs::read_to_string(operated.place.path("run.json")).expect("a file")),
        json(&exported)
    );
    assert_says(&operated.replay(&["run.json"]).await, 0, &same);

    // A host that runs has its data for itself, and its components for all.
    let in_use = finish(operated.place.rak(&["replay", &id, "--data", ".rak"])).await;
    assert_says(&in_use, 2, &["in use by another host", "--host URL"]);
    let place = operated.stop().await;
    assert_says(&finish(place.rak(&["replay", &id, "--data", ".rak"])).await, 0, &same);
    // The agents folder has the component too.
    std::fs::remove_dir_all(place.path(".rak")).expect("a folder");
    assert_says(&finish(place.rak(&["replay", "run.json"])).await, 0, &same);
    std::fs::remove_dir_all(place.path("agents")).expect("a folder");
    let lost = finish(place.rak(&["replay", "run.json"])).await;
    assert_says(&lost, 2, &["the component of counter that was recorded", "--data DIR", "--with FILE.wasm"]);
    let with = text(agent("counter"));
    let found = finish(place.rak(&["replay", "run.json", "--with", &with])).await;
    assert_says(&found, 0, &["the same", "settings     the usual ones"]);
    let bare = finish(place.rak(&["replay", &id, "--data", ".rak"])).await;
    assert_says(&bare, 2, &["there is no data of a host in .rak"]);
}

#[tokio::test]
async fn another_build_shows_where_it_goes_another_way() {
    let operated = Operated::new(&["sleeper", "state_writer"]).await;
    // Another text.
    let id = operated.begin("long", "sleeper", "").await;
    operated.until_status(&id, "waiting").await;
    operated.done(&["cancel", &id]).await;
    let ended = operated.replay(&[&id, "--with", &text(fixture("waiter"))]).await;
    let expected = [
        "different    at call 0 of ",
        "recorded     events.emit \"sleeping\"\n",
        "now          events.emit \"waiting\"\n",
        "  answered   1\n",
        "waiter.wasm",
    ];
    assert_says(&ended, 1, &expected);
    // Another call, with those before it.
    let steps = r#"[{"op":"get","key":"count"},{"op":"get","key":"other"}]"#;
    let id = operated.run("state_writer", steps).await;
    let ended = operated.replay(&[&id, "--with", &text(agent("counter"))]).await;
    let expected = [
        "different    at call 1 of 2\n",
        "recorded     session.get other, ",
        "now          it calls session.get user:count\n",
        "before it    0: session.get count, ",
    ];
    assert_says(&ended, 1, &expected);
    // Another end.
    let id = operated.run("echo", "hi").await;
    let ended = operated.replay(&[&id, "--with", &text(fixture("panic_text"))]).await;
    let expected = [
        "different    at the end, after the same 0",
        "recorded     completed with \"hi\"\n",
        "now          it has failed (trapped): ",
    ];
    assert_says(&ended, 1, &expected);
}

#[tokio::test]
async fn a_run_that_was_stopped_is_repeated_up_to_there() {
    let operated = Operated::new(&["sleeper"]).await;
    let id = operated.begin("s", "sleeper", "").await;
    operated.until_status(&id, "waiting").await;
    let ended = operated.replay(&[&id]).await;
    assert_says(&ended, 2, &["was waiting when this was recorded", "rak invocations cancel"]);
    operated.done(&["cancel", &id]).await;
    let stopped = [
        "the same     up to where the run was stopped: Invocation cancelled\n",
        "then         it has failed (cancelled): the invocation was cancelled",
    ];
    assert_says(&operated.replay(&[&id]).await, 0, &stopped);
    // One that a host left behind is repeated as far as it was, where nobody can go on with it meanwhile.
    let id = operated.begin("t", "sleeper", "").await;
    operated.until_status(&id, "waiting").await;
    let place = operated.stop().await;
    let ended = finish(place.rak(&["replay", &id, "--data", ".rak"])).await;
    assert_says(&ended, 0, &["the same     up to where the run is: waiting\n"]);
}

#[tokio::test]
async fn what_cannot_be_repeated_says_what_to_do() {
    let place = Place::new(&[]);
    place.configure("[agent.echo]\ndurability = 'none'\n");
    let (place, host) = place.serve_owned().await;
    let operated = Operated { place, host };
    let id = operated.run("echo", "hi").await;
    assert_says(&operated.replay(&[&id]).await, 2, &["is not durable"]);
    assert_says(
        &operated.replay(&["nonsense"]).await,
        2,
        &["no file, and no invocation either", "rak invocations list"],
    );
    std::fs::write(operated.place.path("bad.json"), "{}").expect("a file");
    assert_says(&operated.replay(&["bad.json"]).await, 2, &["bad.json is no recording"]);
    std::fs::write(operated.place.path("new.json"), "{\"format\": 2}").expect("a file");
    assert_says(&operated.replay(&["new.json"]).await, 2, &["take a newer one"]);
    let unknown = "01890000-0000-7000-8000-000000000000";
    assert_says(&operated.replay(&[unknown]).await, 2, &["there is no invocation"]);
    let bare = finish(operated.place.rak(&["replay", unknown, "--host", "127.0.0.1:1"])).await;
    assert_says(&bare, 2, &["no host answers at http://127.0.0.1:1"]);
}
