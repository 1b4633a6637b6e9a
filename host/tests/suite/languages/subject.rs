//! A conformance agent in a host of its own.

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::Language;
use crate::support::{Host, Place, Sse};

/// Under which name the agent is served.
pub(super) const AGENT: &str = "conformance";

/// Room for contents of 10 MiB, and little for what never ends.
const CONFIGURATION: &str = r#"
# A content of 10 MiB takes an engine of JavaScript minutes on code that was compiled in a hurry.
[engine]
baseline = false

[server]
max_body_bytes = 33554432

[limits]
memory_bytes = 268435456
host_call_bytes = 67108864
event_bytes = 16777216
events_bytes = 134217728
output_bytes = 1048576

[agent.conformance.config]
greeting = "hi"
list = [1, "a"]
"#;

/// An agent that is served.
pub(super) struct Subject {
    pub(super) language: Language,
    pub(super) host: Host,
    log: PathBuf,
    sessions: AtomicU32,
    _place: Place,
}

/// A run that is over.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) events: Vec<Value>,
}

impl Subject {
    pub(super) async fn start(language: Language, component: Vec<u8>) -> Self {
        let place = Place::new(&[]);
        place.configure(CONFIGURATION);
        place.put(&format!("{AGENT}.wasm"), component);
        let log = place.path("log");
        let mut command = place.rak(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("RAK_LOG", "warn,rak::guest=trace");
        command.stderr(Stdio::from(File::create(&log).expect("a file")));
        let host = Host::start(command).await;
        Self { language, host, log, sessions: AtomicU32::default(), _place: place }
    }

    /// What the host has logged so far.
    pub(super) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).expect("the log")).into_owned()
    }

    pub(super) fn new_session(&self) -> String {
        format!("session-{}", self.sessions.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) async fn run(&self, text: &str) -> anyhow::Result<Ran> {
        self.run_in(&self.new_session(), text, &[]).await
    }

    /// Runs a behaviour in a session, with more parts after the first.
    pub(super) async fn run_in(&self, session: &str, text: &str, more: &[Value]) -> anyhow::Result<Ran> {
        let mut stream = self.begin(session, text, more).await?;
        let events = stream.rest().await;
        ensure!(!events.is_empty(), "the stream of {text:?} ended without an event");
        Ok(Ran { events })
    }

    pub(super) async fn begin(&self, session: &str, text: &str, more: &[Value]) -> anyhow::Result<Sse> {
        let parts: Vec<_> = std::iter::once(json!({"text": text})).chain(more.iter().cloned()).collect();
        let body = json!({
            "appName": AGENT, "streaming": true, "newMessage": {"role": "user", "parts": parts},
        });
        let stream = self.host.sse(session, body).await;
        ensure!(stream.status == 200, "the start of {text:?} was answered with {}", stream.status);
        Ok(stream)
    }

    pub(super) async fn stop(mut self) {
        self.host.signal(rustix::process::Signal::TERM);
        assert!(self.host.ended().await.success());
    }
}

impl Ran {
    pub(super) fn last(&self) -> &Value {
        self.events.last().unwrap_or(&Value::Null)
    }

    /// The whole events before the last one.
    pub(super) fn stored(&self) -> Vec<&Value> {
        let before = self.events.split_last().map(|(_, before)| before).unwrap_or_default();
        before.iter().filter(|event| event["partial"] == false).collect()
    }

    /// The events that are only sent.
    pub(super) fn partial(&self) -> Vec<&Value> {
        self.events.iter().filter(|event| event["partial"] == true).collect()
    }

    /// The parts of the answer of a run that completed.
    pub(super) fn parts(&self) -> anyhow::Result<&Vec<Value>> {
        let last = self.last();
        ensure!(
            last["turnComplete"] == true && last.get("errorCode").is_none(),
            "it did not complete: {last}"
        );
        ensure!(last["content"]["role"] == "model", "the answer's role: {last}");
        last["content"]["parts"].as_array().with_context(|| format!("no answer: {last}"))
    }

    /// The answer, which is one text.
    pub(super) fn answer(&self) -> anyhow::Result<&str> {
        let parts = self.parts()?;
        ensure!(parts.len() == 1, "one part was expected: {parts:?}");
        parts[0]["text"].as_str().with_context(|| format!("the answer is no text: {parts:?}"))
    }

    /// The code and the text of a run that failed.
    pub(super) fn failure(&self) -> anyhow::Result<(&str, &str)> {
        let last = self.last();
        let text = last["error"].as_str().with_context(|| format!("it did not fail: {last}"))?;
        Ok((last["code"].as_str().unwrap_or_default(), text))
    }
}
