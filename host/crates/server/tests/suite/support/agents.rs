//! `echo` says what it hears; `puppet` does what the test says, when the test says it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rak_core::time::UnixMicros;
use rak_core::{
    Agent, AgentDescriptor, AgentError, AgentOutcome, AgentRun, AppName, Content, Emission, Failure,
    FailureKind, InputKind, InputRequest, InvocationId, JournalEntry, JournalLimits, Progress, RunHost,
    Usage,
};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// Emits the input as two deltas and as a whole, for three tokens.
pub(crate) struct Echo {
    name: AppName,
    descriptor: AgentDescriptor,
}

impl Echo {
    pub(crate) fn new(name: &str) -> Arc<Self> {
        let descriptor = AgentDescriptor {
            name: name.into(),
            description: "says what it hears".into(),
            version: "1.0".into(),
            ..AgentDescriptor::default()
        };
        Arc::new(Self { name: AppName::new(name).unwrap(), descriptor })
    }
}

#[async_trait]
impl Agent for Echo {
    fn name(&self) -> &AppName {
        &self.name
    }
    fn version(&self) -> &'static str {
        "sha256:echo"
    }
    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }
    fn wall_time_limit(&self) -> Option<Duration> {
        None
    }
    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let text = run.input.text();
        let emissions = vec![
            Emission::TextDelta("ec".into()),
            Emission::TextDelta("ho".into()),
            Emission::Content(Content::new_model_text(format!("echo: {text}"))),
        ];
        let emitted = run.host.emit(emissions).await;
        let result = emitted.map(|_| AgentOutcome::default()).map_err(AgentError::Failed);
        (result, Usage { events: 3, input_tokens: 2, output_tokens: 1, ..Usage::default() })
    }
}

/// Says what it hears, in a run that is recorded; it waits for its end where it is told to `wait`.
pub(crate) struct Recorded {
    name: AppName,
    descriptor: AgentDescriptor,
}

impl Recorded {
    pub(crate) fn new(name: &str) -> Arc<Self> {
        Arc::new(Self { name: AppName::new(name).unwrap(), descriptor: AgentDescriptor::default() })
    }
}

#[async_trait]
impl Agent for Recorded {
    fn name(&self) -> &AppName {
        &self.name
    }
    fn version(&self) -> &'static str {
        "sha256:recorded"
    }
    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }
    fn wall_time_limit(&self) -> Option<Duration> {
        None
    }
    fn durable(&self) -> Option<JournalLimits> {
        Some(JournalLimits::default())
    }
    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let text = run.input.text();
        let entry = JournalEntry {
            call: "events.emit".into(),
            what: text.clone(),
            digest: 7,
            silent: 0,
            at: UnixMicros::now(),
            answer: None,
        };
        let said = vec![Emission::Content(Content::new_model_text(&text))];
        let emitted = run.host.emit_recorded(said, Some(entry)).await;
        if text == "wait" {
            run.host.token().cancelled().await;
        }
        (emitted.map(|_| AgentOutcome::default()).map_err(AgentError::Failed), Usage::default())
    }
}

/// Hands each of its runs to the test.
pub(crate) struct Puppet {
    name: AppName,
    descriptor: AgentDescriptor,
    runs: mpsc::Sender<PuppetRun>,
}

/// A run in the hands of the test. Dropping it leaves the agent waiting until it is stopped.
pub(crate) struct PuppetRun {
    pub(crate) input: Content,
    pub(crate) host: Arc<dyn RunHost>,
    result: Option<oneshot::Sender<Result<AgentOutcome, AgentError>>>,
}

impl Puppet {
    pub(crate) fn new(name: &str) -> (Arc<Self>, mpsc::Receiver<PuppetRun>) {
        let (runs, received) = mpsc::channel(2000);
        let name = AppName::new(name).unwrap();
        (Arc::new(Self { name, descriptor: AgentDescriptor::default(), runs }), received)
    }
}

#[async_trait]
impl Agent for Puppet {
    fn name(&self) -> &AppName {
        &self.name
    }
    fn version(&self) -> &'static str {
        "sha256:puppet"
    }
    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }
    fn wall_time_limit(&self) -> Option<Duration> {
        None
    }
    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let (result, finished) = oneshot::channel();
        let token = run.host.token().clone();
        let puppet = PuppetRun { input: run.input, host: run.host, result: Some(result) };
        let _ = self.runs.send(puppet).await;
        let result = tokio::select! {
            biased;
            Ok(result) = finished => result,
            () = token.cancelled() => Err(AgentError::Stopped),
        };
        (result, Usage::default())
    }
}

impl PuppetRun {
    pub(crate) fn id(&self) -> InvocationId {
        self.host.info().id
    }

    /// Emits a content; gives its number.
    pub(crate) async fn say(&self, text: &str) -> u64 {
        self.host.emit(vec![Emission::Content(Content::new_model_text(text))]).await.unwrap()
    }

    /// Emits large contents until the run is stopped or everything is said.
    pub(crate) async fn say_much(&self) {
        let large = "x".repeat(512 << 10);
        for _ in 0..100 {
            let content = Emission::Content(Content::new_model_text(&large));
            if self.host.emit(vec![content]).await.is_err() {
                break;
            }
        }
    }

    pub(crate) async fn whisper(&self, text: &str) {
        self.host.emit(vec![Emission::TextDelta(text.into())]).await.unwrap();
    }

    pub(crate) async fn progress(&self, message: &str, done: u64, total: u64) {
        let progress = Progress { message: message.into(), done: Some(done), total: Some(total) };
        self.host.emit(vec![Emission::Progress(progress)]).await.unwrap();
    }

    /// Asks a person, without waiting for the answer.
    pub(crate) async fn ask(&self, kind: InputKind, number: u64, schema: Value) {
        let request = InputRequest {
            request_id: kind.request_id(number),
            kind,
            prompt: "well?".into(),
            details: None,
            schema,
            expires_at: None,
        };
        self.host.ask(request, None).await.unwrap();
    }

    pub(crate) fn finish(mut self) {
        let _ = self.result.take().unwrap().send(Ok(AgentOutcome::default()));
    }

    pub(crate) fn fail(mut self, code: &str, message: &str) {
        let mut failure = Failure::new(FailureKind::Failed, message);
        failure.code = Some(code.into());
        let _ = self.result.take().unwrap().send(Err(AgentError::Failed(failure)));
    }

    /// Waits until the run is stopped, and gives the place it stood at back.
    pub(crate) async fn stopped(&self) {
        super::soon(self.host.token().cancelled()).await;
    }
}
