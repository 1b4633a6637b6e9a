//! `rak agents`: the agents of a running host as an operator sees and changes them.

use rak_test_guests::agent;
use serde_json::Value;

use crate::support::{Ended, Host, Place, finish, finish_with};

/// A host that takes uploads, and what its operator types.
struct Operated {
    place: Place,
    host: Host,
}

impl Operated {
    async fn new() -> Self {
        let place = Place::new(&[]);
        place.configure("[registry]\nuploads = true\n");
        std::fs::write(place.path("agents/broken.wasm"), "nonsense").expect("a file");
        let (place, host) = place.serve_owned().await;
        Self { place, host }
    }

    async fn agents(&self, arguments: &[&str]) -> Ended {
        let mut command = self.place.rak(&["agents"]);
        command.args(arguments).args(["--host", &self.host.url]);
        finish(command).await
    }

    /// The output of a command that succeeds.
    async fn done(&self, arguments: &[&str]) -> String {
        let ended = self.agents(arguments).await;
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
        ended.out
    }

    /// The error of a command that does not.
    async fn failed(&self, arguments: &[&str]) -> String {
        let ended = self.agents(arguments).await;
        assert_eq!(ended.code, Some(1), "{arguments:?}: {}", ended.out);
        ended.err
    }

    /// What an agent answers.
    async fn say(&self, agent: &str, text: &str) -> String {
        let command = self.place.rak(&["chat", agent, "--host", &self.host.url]);
        finish_with(command, text).await.out
    }
}

fn path(name: &str) -> &'static str {
    agent(name).to_str().expect("a path")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[tokio::test]
async fn agents_are_listed_with_what_is_wrong_with_them() {
    let operated = Operated::new().await;
    let listed = operated.done(&["list"]).await;
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines[0].starts_with("NAME        STATE    VERSION  DIGEST        LOADED"), "{listed}");
    assert!(lines[2].starts_with("broken      refused  -        -             -"), "{listed}");
    assert!(lines[4].starts_with("countdown   ready    1        "), "{listed}");
    assert!(lines[6].ends_with("Says what it is told, word by word."), "{listed}");
    let refused = lines.last().expect("a line");
    assert!(refused.starts_with("broken was refused") && refused.contains("not WebAssembly"), "{listed}");
    let listed = json(&operated.done(&["list", "--json"]).await);
    assert_eq!(listed["agents"][1]["state"], "refused");
    assert_eq!(listed["agents"][5]["name"], "echo");
}

#[tokio::test]
async fn one_agent_is_shown_with_its_versions() {
    let operated = Operated::new().await;
    let shown = operated.done(&["inspect", "echo"]).await;
    for expected in [
        "name         echo\n",
        "state        ready\n",
        "imports      rak:agent/events@0.1.5\n",
        "granted      history; state of session, user, app; artifacts of session, user; people; log\n",
        "\n1        current  ",
    ] {
        assert!(shown.contains(expected), "{expected:?} in {shown}");
    }
    let shown = json(&operated.done(&["inspect", "echo", "--json"]).await);
    assert_eq!((&shown["name"], &shown["versions"][0]["number"]), (&"echo".into(), &1.into()));
    let shown = operated.done(&["inspect", "broken"]).await;
    assert!(shown.contains("refused") && shown.contains("not WebAssembly"), "{shown}");
    let error = operated.failed(&["inspect", "nobody"]).await;
    assert!(error.contains("nobody") && error.contains("echo"), "{error}");
}

#[tokio::test]
async fn a_version_is_pushed_rolled_back_and_removed() {
    let operated = Operated::new().await;
    let pushed = operated.done(&["push", path("echo"), "--name", "talker"]).await;
    assert!(pushed.starts_with("talker is live: version 1 ("), "{pushed}");
    assert_eq!(operated.say("talker", "hi").await, "hi\n");
    let pushed = json(&operated.done(&["push", path("counter"), "--name", "talker", "--json"]).await);
    assert_eq!(pushed["current"]["number"], 2);
    assert!(operated.say("talker", "hi").await.starts_with("This is message 1"));

    let back = operated.done(&["rollback", "talker"]).await;
    assert!(back.starts_with("talker is back at version 1 ("), "{back}");
    assert_eq!(operated.say("talker", "hi").await, "hi\n");
    let back = json(&operated.done(&["rollback", "talker", "--to", "2", "--json"]).await);
    assert_eq!(back["current"]["number"], 2);
    let error = operated.failed(&["rollback", "talker", "--to", "7"]).await;
    assert!(error.contains("no version 7"), "{error}");
    let error = operated.failed(&["rollback", "echo"]).await;
    assert!(error.contains("no older version"), "{error}");

    let removed = operated.done(&["remove", "talker"]).await;
    assert!(removed.starts_with("talker is removed"), "{removed}");
    let error = operated.failed(&["remove", "talker"]).await;
    assert!(error.contains("talker"), "{error}");
    assert!(!operated.done(&["list"]).await.contains("talker"));
}

#[tokio::test]
async fn what_a_manifest_says_goes_along() {
    let operated = Operated::new().await;
    let manifest = operated.place.path("agent.toml");
    std::fs::write(&manifest, "description = \"Talks.\"\n\n[grants]\nlog = true\n").expect("a file");
    let manifest = manifest.to_str().expect("a path");
    operated.done(&["push", path("echo"), "--name", "talker", "--manifest", manifest]).await;
    let shown = operated.done(&["inspect", "talker"]).await;
    assert!(shown.contains("granted      log\n") && shown.contains("Talks."), "{shown}");
    let error = operated.failed(&["push", path("echo"), "--manifest", "none.toml"]).await;
    assert!(error.contains("none.toml"), "{error}");
}

#[tokio::test]
async fn what_would_not_load_is_refused_and_changes_nothing() {
    let operated = Operated::new().await;
    let file = operated.place.path("echo.wasm");
    std::fs::write(&file, "nonsense").expect("a file");
    let error = operated.failed(&["push", file.to_str().expect("a path")]).await;
    assert!(error.contains("not WebAssembly"), "{error}");
    assert_eq!(operated.say("echo", "hi").await, "hi\n");
    let listed = operated.done(&["list"]).await;
    assert!(listed.contains("echo        ready    1        "), "{listed}");
    let error = operated.failed(&["push", "none.wasm"]).await;
    assert!(error.contains("none.wasm"), "{error}");
    let error = operated.failed(&["push", "."]).await;
    assert!(error.contains("Cargo.toml"), "{error}");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_named() {
    let place = Place::new(&[]);
    let ended = finish(place.rak(&["agents", "list", "--host", "127.0.0.1:1"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("no host answers at http://127.0.0.1:1;") && ended.err.contains("rak serve"),
        "{}",
        ended.err
    );
    let ended = finish(place.rak(&["agents", "list", "--host", "https://example.org"])).await;
    assert!(ended.err.contains("https://example.org"), "{}", ended.err);
}
