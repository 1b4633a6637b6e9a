//! What agents ask, and how it is answered from the command line: at a run's input, in a conversation, from elsewhere.

use std::process::Stdio;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use crate::support::{Ended, Host, PATIENCE, Place, finish, finish_with, message, text};

/// A place with a host and an agent that does what it is told.
struct Asking {
    place: Place,
    host: Host,
}

impl Asking {
    async fn new() -> Self {
        let (place, host) = Place::new(&["program"]).serve_owned().await;
        Self { place, host }
    }

    /// A run that asks this first, whoever listens; gives its id when it waits for the answer.
    async fn begin(&self, session: &str, steps: &Value, request: &str) -> String {
        let mut body = message("program", &steps.to_string());
        body["onDisconnect"] = "continue".into();
        let mut sse = self.host.sse(session, body).await;
        let asked = sse.next().await.expect("an event");
        assert_eq!(asked["inputRequired"]["requestId"], request, "{asked}");
        self.until_it_asks(&sse.invocation, request).await;
        sse.invocation
    }

    async fn until_it_asks(&self, id: &str, request: &str) {
        let waiting = async {
            while self.host.get(&format!("/api/v1/invocations/{id}")).await.1["waiting"]["requests"][0]
                != request
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it comes");
    }

    async fn invocations(&self, arguments: &[&str]) -> Ended {
        let mut command = self.place.rak(&["invocations"]);
        command.args(arguments).env("RAK_HOST", &self.host.url);
        finish(command).await
    }

    async fn responds(&self, arguments: &[&str]) -> Ended {
        self.invocations(&[&["respond"], arguments].concat()).await
    }

    /// What a run says at its end.
    async fn answer(&self, id: &str) -> String {
        let events = self.host.replay(id, 0).await.rest().await;
        text(events.last().expect("an event"))
    }
}

/// `rak run` with an agent that does this.
fn run(place: &Place, steps: &Value) -> Command {
    place.rak(&["run", "program", &steps.to_string()])
}

#[track_caller]
fn assert_says(ended: &Ended, code: i32, expected: &[&str]) {
    let Ended { out, err, .. } = ended;
    assert_eq!(ended.code, Some(code), "{out}{err}");
    for expected in expected {
        assert!(out.contains(expected) || err.contains(expected), "{expected:?} in {out}{err}");
    }
}

#[tokio::test]
async fn a_run_is_answered_by_the_lines_of_its_input() {
    let place = Place::new(&["program"]);
    let steps = json!([
        {"op": "ask", "schema": {"type": "integer"}},
        {"op": "ask", "schema": {"enum": ["small", "large"]}},
        {"op": "approve"},
        {"op": "message"},
    ]);
    let ended = finish_with(run(&place, &steps), "many\n\"x\"\n\n4\nlarge\nn too dear\nstop\n").await;
    let answers =
        r#"[["ask",4],["ask","large"],["approve",[false,null,"too dear",null]],["message","stop"]]"#;
    assert_eq!((ended.code, ended.out.trim_end()), (Some(0), answers), "{}", ended.err);
    let expected = [
        "question: what next?\n  by this schema: {\"type\":\"integer\"}\n",
        "this is not JSON",
        "this is no answer to ask-1: \"x\" is not of type \"integer\"\n",
        "answered: 4\n",
        "one of: small, large\n",
        "to be approved: go on?\n",
        "rejected: too dear\n",
        "message: stop\n",
    ];
    assert_says(&ended, 0, &expected);
    let mut command = run(&place, &json!([{"op": "approve"}]));
    command.arg("--json");
    let ended = finish_with(command, "y\n").await;
    let events: Vec<Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(events[0]["inputRequired"]["requestId"], "approve-1");
    assert_eq!(events[1]["inputResponse"]["answer"], json!({"approved": true}));
    assert_eq!(ended.err, "");
}

#[tokio::test]
async fn a_run_that_nobody_can_answer_does_not_wait_for_ever() {
    let place = Place::new(&["program"]);
    let ended = finish(run(&place, &json!([{"op": "approve"}]))).await;
    assert_says(&ended, 1, &["to be approved: go on?", "there is nobody to answer"]);
    let ended = finish(run(&place, &json!([{"op": "ask", "schema": {}, "ms": 1}]))).await;
    assert_says(
        &ended,
        0,
        &[r#"[["ask",{"code":"expired","failure":"deadline-exceeded"}]]"#, "it can be answered until"],
    );
}

#[tokio::test]
async fn who_talks_through_a_pipe_is_told_how_to_answer() {
    let asking = Asking::new().await;
    let mut command = asking.place.rak(&["chat", "program", "--host", &asking.host.url]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut chat = command.spawn().expect("it starts");
    let mut input = chat.stdin.take().expect("its input");
    input.write_all(b"[{\"op\": \"approve\"}]\n").await.expect("it reads");
    drop(input);
    let mut errors = BufReader::new(chat.stderr.take().expect("its error output")).lines();
    let told = loop {
        let line = errors.next_line().await.expect("an output").expect("it does not end");
        if line.starts_with("answer it with") {
            break line;
        }
    };
    // What is told works as it stands there.
    let command = told.split('`').nth(1).and_then(|command| command.strip_prefix("rak ")).expect("a command");
    let words: Vec<_> = command.split(' ').collect();
    assert_says(&finish(asking.place.rak(&words)).await, 0, &["has the answer to approve-1"]);
    let ended = tokio::time::timeout(PATIENCE, chat.wait_with_output()).await.expect("it ends");
    let ended = Ended::from(ended.expect("it ran"));
    let answer = "[[\"approve\",[true,null,null,null]]]\n";
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), answer));
}

#[tokio::test]
async fn a_question_is_seen_and_answered_from_elsewhere() {
    let asking = Asking::new().await;
    let steps = json!([
        {"op": "approve"},
        {"op": "ask", "schema": {"type": "string"}},
        {"op": "message"},
    ]);
    let id = asking.begin("s", &steps, "approve-1").await;
    let shown = asking.invocations(&["show", &id]).await;
    assert_says(&shown, 0, &["for the answer to approve-1\n", "approve-1 to be approved: go on?\n"]);
    let edited = ["--approve", "--edited", r#"{"a":1}"#, "--reason", "less", "--by", "ada"];
    let ended = asking.responds(&[&[id.as_str(), "approve-1"], &edited[..]].concat()).await;
    assert_says(&ended, 0, &["has the answer to approve-1\n"]);
    // The same again is no mistake, something else is.
    assert_eq!(asking.responds(&[&[id.as_str(), "approve-1"], &edited[..]].concat()).await.code, Some(0));
    let ended = asking.responds(&[&id, "approve-1", "--reject"]).await;
    assert_says(&ended, 1, &["error: approve-1 was answered already"]);

    asking.until_it_asks(&id, "ask-2").await;
    let ended = asking.responds(&[&id, "--answer", "4"]).await;
    assert_says(&ended, 1, &["this is no answer to ask-2", "string"]);
    let ended = asking.responds(&[&id, "--approve"]).await;
    assert_says(&ended, 1, &["send an answer"]);
    let ended = asking.responds(&[&id, "--answer", "\"blue\"", "--json"]).await;
    let answer: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(answer, json!({"invocationId": id, "requestId": "ask-2"}));

    assert_eq!(asking.responds(&[&id, "--message", "stop"]).await.code, Some(0));
    let answers = r#"[["approve",[true,"ada","less",{"a":1}]],["ask","blue"],["message","stop"]]"#;
    assert_eq!(asking.answer(&id).await, answers);
    let followed = asking.invocations(&["follow", &id]).await;
    assert_eq!(followed.out.trim_end(), answers);
    assert_says(
        &followed,
        0,
        &["approved as {\"a\":1}: less (by ada)\n", "answered: \"blue\"\n", "message: stop\n"],
    );
    assert!(!followed.err.contains("answer it with"), "what was answered is not asked: {}", followed.err);
}

#[tokio::test]
async fn what_cannot_be_answered_is_said() {
    let asking = Asking::new().await;
    let id = asking.begin("s", &json!([{"op": "message"}]), "message-1").await;
    let ended = asking.responds(&[&id, "ask-7", "--answer", "1"]).await;
    assert_says(&ended, 1, &["no question \"ask-7\"", "message-1"]);
    assert_eq!(asking.responds(&[&id, "--message", "done"]).await.code, Some(0));
    asking.answer(&id).await;
    let ended = asking.responds(&[&id, "--approve"]).await;
    assert_says(&ended, 1, &["asks nothing at the moment: it is completed"]);
    let ended = asking.responds(&[&id, "--message", "more"]).await;
    assert_says(&ended, 1, &["is over"]);
    let unknown = "01890000-0000-7000-8000-000000000000";
    let ended = asking.responds(&[unknown, "--message", "more"]).await;
    assert_says(&ended, 1, &["there is no invocation"]);
    // What is typed is looked at first.
    assert_says(&asking.responds(&[&id]).await, 2, &["--approve", "--message"]);
    assert_says(&asking.responds(&[&id, "--answer", "plain"]).await, 2, &["quotes of its own"]);
    assert_eq!(asking.responds(&[&id, "--approve", "--reject"]).await.code, Some(2));
    assert_eq!(asking.responds(&[&id, "--message", "x", "--reason", "y"]).await.code, Some(2));
    assert_eq!(asking.responds(&[&id, "--reject", "--edited", "1"]).await.code, Some(2));
}

/// An agent that was removed stays with the runs that wait for somebody, also in the next host.
#[tokio::test]
async fn a_run_that_waits_outlives_the_removal_of_its_agent() {
    let place = Place::new(&["program"]);
    place.configure("[durability]\nlongest_wait_ms = 0\n");
    let mut host = place.serve().await;
    let mut body = message("program", r#"[{"op": "ask", "schema": {}}]"#);
    body["onDisconnect"] = "continue".into();
    let mut stream = host.sse("s", body).await;
    stream.next().await.expect("a question");
    let invocation = format!("/api/v1/invocations/{}", stream.invocation);
    let waiting = async { while host.get(&invocation).await.1["status"] != "waiting" {} };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it waits");
    let removed =
        host.client.delete(format!("{}/api/v1/agents/program", host.url)).send().await.expect("an answer");
    assert_eq!(removed.status(), 204);
    assert_eq!(host.agent("program").await.0, 404);
    let refused = host.sse("t", message("program", "[]")).await;
    assert_eq!(refused.status, 404);
    host.signal(Signal::KILL);
    host.ended().await;
    let host = place.serve().await;
    assert_eq!(host.agent("program").await.0, 404);
    let kept = || place.kept("registry/components").len();
    let with_it = kept();
    let (status, _) =
        host.post(&format!("{invocation}/respond"), json!({"requestId": "ask-1", "answer": 4})).await;
    assert_eq!(status, 200);
    let events = host.replay(&stream.invocation, 0).await.rest().await;
    assert_eq!(text(events.last().expect("an event")), r#"[["ask",4]]"#, "{events:?}");
    // Nobody needs it any more.
    let let_go = async {
        while kept() == with_it {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, let_go).await.expect("its component goes");
}
