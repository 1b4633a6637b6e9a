//! The server under test.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rak_core::{AppName, ArtifactLimits};
use rak_runner::{Runner, RunnerBuilder, RunnerSettings};
use rak_server::{AppState, ServerSettings, bind, serve};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::agents::{Echo, Puppet, PuppetRun, Recorded};
use super::deployments::FakeRegistry;
use super::flaky_store::FlakyStore;
use super::{EventSource, SocketClient, message, soon};

/// A server with the agents `echo` (the default) and `puppet`. It ends with the value.
pub(crate) struct TestApp {
    pub(crate) address: SocketAddr,
    pub(crate) state: AppState,
    pub(crate) store: Arc<FlakyStore>,
    pub(crate) http: reqwest::Client,
    runs: Mutex<mpsc::Receiver<PuppetRun>>,
    shutdown: CancellationToken,
    server: JoinSet<io::Result<()>>,
}

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = soon(request.send()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: soon(response.text()).await.unwrap() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The status and the stable word of a refusal, whose body has to have the shape of all refusals.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let body = self.json();
        assert!(!body["error"].as_str().unwrap().is_empty(), "{body}");
        assert_eq!(self.headers["content-type"], "application/json", "{body}");
        (self.status.as_u16(), body["code"].as_str().unwrap().to_owned())
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.json()
    }
}

impl TestApp {
    /// One with the default settings.
    pub(crate) fn start() -> Self {
        Self::start_with(|_, _| {})
    }

    pub(crate) fn start_with(change: impl FnOnce(&mut ServerSettings, &mut RunnerSettings)) -> Self {
        let (puppet, runs) = Puppet::new("puppet");
        let agents = Runner::builder().agent(Echo::new("echo")).agent(puppet);
        Self::launch(agents, Arc::default(), runs, change)
    }

    /// One that keeps artifacts.
    pub(crate) fn start_with_artifacts(limits: ArtifactLimits) -> Self {
        let (puppet, runs) = Puppet::new("puppet");
        let store: Arc<FlakyStore> = Arc::default();
        let agents = Runner::builder().agent(Echo::new("echo")).agent(puppet);
        Self::launch(agents.artifacts(store.clone(), limits), store, runs, |_, _| {})
    }

    /// One with the agent `recorded` beside them.
    pub(crate) fn start_recorded(change: impl FnOnce(&mut ServerSettings, &mut RunnerSettings)) -> Self {
        let (puppet, runs) = Puppet::new("puppet");
        let agents =
            Runner::builder().agent(Echo::new("echo")).agent(puppet).agent(Recorded::new("recorded"));
        Self::launch(agents, Arc::default(), runs, change)
    }

    /// One with the agents of a registry, which has none yet.
    pub(crate) fn start_empty() -> (Self, FakeRegistry) {
        Self::start_empty_with(|_| {})
    }

    pub(crate) fn start_empty_with(change: impl FnOnce(&mut ServerSettings)) -> (Self, FakeRegistry) {
        let registry = FakeRegistry::new();
        let agents = Runner::builder().agents(Arc::new(registry.clone()));
        (Self::launch(agents, Arc::default(), mpsc::channel(1).1, |settings, _| change(settings)), registry)
    }

    fn launch(
        agents: RunnerBuilder,
        store: Arc<FlakyStore>,
        runs: mpsc::Receiver<PuppetRun>,
        change: impl FnOnce(&mut ServerSettings, &mut RunnerSettings),
    ) -> Self {
        let mut settings = ServerSettings::default();
        let mut runner =
            RunnerSettings { default_app: Some(AppName::new("echo").unwrap()), ..RunnerSettings::default() };
        change(&mut settings, &mut runner);
        let runner = agents.session_service(store.clone()).settings(runner).build().unwrap();
        let state = AppState::new(runner, settings);
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, state.clone(), shutdown.clone()));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { address, state, store, http, runs: Mutex::new(runs), shutdown, server }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    /// Posts a text as JSON, whatever it is.
    pub(crate) async fn post_text(&self, path: &str, text: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json").body(text);
        Answer::of(request).await
    }

    /// Starts a run over SSE; `options` are put into the body.
    pub(crate) async fn stream(&self, session: &str, text: &str, options: Value) -> EventSource {
        let mut body = json!({"newMessage": message(text)});
        body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let path = format!("/api/v1/sessions/{session}/run/sse");
        EventSource::open(self.request(Method::POST, &path).json(&body)).await
    }

    /// A run of the puppet over SSE, with both of its ends.
    pub(crate) async fn puppet_stream(&self, session: &str, options: Value) -> (EventSource, PuppetRun) {
        let mut options = options;
        options["appName"] = "puppet".into();
        let stream = self.stream(session, "go", options).await;
        (stream, self.next_run().await)
    }

    /// The next run of the puppet.
    pub(crate) async fn next_run(&self) -> PuppetRun {
        soon(async { self.runs.lock().await.recv().await }).await.unwrap()
    }

    pub(crate) async fn socket(&self) -> SocketClient {
        SocketClient::open(self.address, None).await
    }

    pub(crate) async fn socket_v2(&self) -> SocketClient {
        SocketClient::open(self.address, Some("rak.v2")).await
    }

    /// Waits until the store has the end of an invocation; gives it.
    pub(crate) async fn ended(&self, id: impl std::fmt::Display) -> Value {
        let events = self.request(Method::GET, &format!("/api/v1/invocations/{id}/events"));
        EventSource::open(events).await.rest().await;
        self.get(&format!("/api/v1/invocations/{id}")).await.ok()
    }

    pub(crate) fn begin_shutdown(&self) {
        self.shutdown.cancel();
    }

    /// Waits for the end of the server.
    pub(crate) async fn stopped(&mut self) {
        soon(self.server.join_next()).await.unwrap().unwrap().unwrap();
    }
}
