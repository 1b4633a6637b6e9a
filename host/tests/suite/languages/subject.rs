//! A conformance agent in a host of its own.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::Language;
use crate::support::{Host, PATIENCE, Place, Sse};
use crate::web::{SECRET, Web};

/// A JavaScript engine of 13 MB takes over a minute of processor time, and the machine may have other things to do.
const COMPILES_WITHIN: Duration = Duration::from_mins(10);

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

/// The models that it may ask, and what they say.
const MODELS: &str = include_str!("models/rak.toml");
const SCRIPTS: [(&str, &str); 3] = [
    ("small.toml", include_str!("models/small.toml")),
    ("caller.toml", include_str!("models/caller.toml")),
    ("broken.toml", include_str!("models/broken.toml")),
];

/// What the agent may do, and what a person is asked before.
const MANIFEST: &str = r#"
[grants]
history = true
state = ["session", "user", "app"]
people = true
log = true
agents = ["conformance", "echo", "nobody", "other"]
tools = ["*"]
ask_before = ["clock"]
models = ["*"]
http = ["http://127.0.0.1:*"]
credentials = ["sesame"]
artifacts = ["session", "user"]
"#;

/// A run gives up its memory as soon as it waits.
const HASTY: &str = "
[durability]
longest_wait_ms = 0
";

/// An agent that is served.
pub(super) struct Subject {
    pub(super) language: Language,
    pub(super) host: Host,
    log: PathBuf,
    sessions: AtomicU32,
    place: Place,
    /// What it may reach.
    pub(super) web: Web,
}

/// A run that is over.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) events: Vec<Value>,
}

impl Subject {
    pub(super) async fn start(language: Language, component: Vec<u8>) -> Self {
        let place = Place::new(&[]);
        let web = Web::new().await;
        place.configure(&format!("{CONFIGURATION}{MODELS}{}", web.configuration()));
        for (name, script) in SCRIPTS {
            std::fs::write(place.path(name), script).expect("a script");
        }
        // It calls itself under another name.
        for name in [AGENT, "other"] {
            std::fs::create_dir(place.path("agents").join(name)).expect("a folder");
            place.put(&format!("{name}/agent.toml"), MANIFEST);
            place.put(&format!("{name}/{name}.wasm"), &component);
        }
        let log = place.path("log");
        let host = serve(&place, &log).await;
        Self { language, host, log, sessions: AtomicU32::default(), place, web }
    }

    /// Goes on in another host, which puts runs away as soon as they wait.
    pub(super) async fn restart_hasty(&mut self) {
        self.end().await;
        self.place.configure(&format!("{CONFIGURATION}{MODELS}{}{HASTY}", self.web.configuration()));
        self.host = serve(&self.place, &self.log).await;
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

    /// Answers a question of a run, or says something to it.
    pub(super) async fn respond(&self, invocation: &str, body: &Value) -> anyhow::Result<()> {
        self.request(invocation, "respond", body).await
    }

    pub(super) async fn cancel(&self, invocation: &str) -> anyhow::Result<()> {
        self.request(invocation, "cancel", &json!({})).await
    }

    pub(super) async fn pause(&self, invocation: &str) -> anyhow::Result<()> {
        self.request(invocation, "pause", &json!({})).await
    }

    pub(super) async fn resume(&self, invocation: &str) -> anyhow::Result<()> {
        self.request(invocation, "resume", &json!({})).await
    }

    async fn request(&self, invocation: &str, what: &str, body: &Value) -> anyhow::Result<()> {
        let path = format!("/api/v1/invocations/{invocation}/{what}");
        let (status, answer) = self.host.post(&path, body.clone()).await;
        ensure!(status == 200, "{what} {body} was answered with {status}: {answer}");
        Ok(())
    }

    /// Waits until a run has this status.
    pub(super) async fn until_status(&self, invocation: &str, status: &str) -> anyhow::Result<()> {
        let path = format!("/api/v1/invocations/{invocation}");
        let waiting = async {
            while self.host.get(&path).await.1["status"] != status {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.with_context(|| format!("it never was {status}"))
    }

    pub(super) async fn stop(mut self) {
        self.end().await;
    }

    async fn end(&mut self) {
        self.host.signal(rustix::process::Signal::TERM);
        assert!(self.host.ended().await.success());
    }
}

/// A host whose log goes on where that of the one before it ended.
async fn serve(place: &Place, log: &Path) -> Host {
    let mut command = place.rak(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("RAK_LOG", "warn,rak::guest=trace").env("SESAME", SECRET);
    let log = OpenOptions::new().create(true).append(true).open(log).expect("a file");
    command.stderr(Stdio::from(log));
    Host::start_within(COMPILES_WITHIN, command).await
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
