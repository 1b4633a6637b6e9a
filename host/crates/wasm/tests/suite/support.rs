//! One engine for all tests of the process, and a runner for each.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use futures::StreamExt as _;
use rak_core::{
    AppName, Content, Event, EventStream, InvocationId, InvocationRecord, InvocationStatus, Part, RunConfig,
    SessionKey,
};
use rak_runner::{RunRequest, Runner};
use rak_session::MemoryStore;
use rak_wasm::{AgentSettings, ComponentAgent, EngineSettings, Limits, Loader, WasmEngine};

static ENGINE: LazyLock<WasmEngine> = LazyLock::new(|| {
    let settings = EngineSettings { max_guests: 200, ..EngineSettings::default() };
    WasmEngine::new(settings).expect("the engine starts")
});

pub(crate) fn engine() -> WasmEngine {
    ENGINE.clone()
}

tokio::task_local! {
    /// Set where hosts are to run code of the baseline compiler.
    static BASELINE: ();
}

/// Does the same with code of the baseline compiler.
pub(crate) async fn on_baseline_code<T>(work: impl Future<Output = T>) -> T {
    BASELINE.scope((), work).await
}

pub(crate) fn loader() -> Loader {
    Loader::new(engine(), None, Limits::default())
}

pub(crate) fn app(name: &str) -> AppName {
    AppName::new(name).expect("a name")
}

/// A runner with one agent.
pub(crate) struct TestHost {
    pub(crate) runner: Runner,
    name: AppName,
}

/// A run that is over.
pub(crate) struct Ended {
    pub(crate) events: Vec<Event>,
    pub(crate) record: InvocationRecord,
}

/// A run that goes on.
pub(crate) struct Live {
    pub(crate) id: InvocationId,
    pub(crate) events: EventStream,
}

impl TestHost {
    pub(crate) async fn new(path: &Path) -> Self {
        Self::with(path, AgentSettings::default()).await
    }

    pub(crate) async fn limited(path: &Path, limits: Limits) -> Self {
        Self::with(path, AgentSettings { limits, ..AgentSettings::default() }).await
    }

    pub(crate) async fn with(path: &Path, settings: AgentSettings) -> Self {
        let name = app(&path.file_stem().expect("a file").to_string_lossy());
        let bytes = std::fs::read(path).expect("the component");
        let loader = loader();
        let loaded = match BASELINE.try_with(|()| ()) {
            Ok(()) => loader.load_soon(&name, bytes).await,
            Err(_) => loader.load_bytes(&name, bytes).await,
        };
        let agent =
            ComponentAgent::new(&engine(), name.clone(), loaded.expect("the agent is ready"), settings);
        let runner = Runner::builder()
            .app_name(name.clone())
            .agent(Arc::new(agent))
            .session_service(Arc::new(MemoryStore::new()))
            .build()
            .expect("a runner");
        Self { runner, name }
    }

    pub(crate) async fn start(&self, session: &str, input: &str) -> Live {
        self.start_with(session, Content::new_user_text(input), RunConfig::default()).await
    }

    pub(crate) async fn start_with(&self, session: &str, message: Content, config: RunConfig) -> Live {
        let session = SessionKey {
            app_name: self.name.clone(),
            user_id: "ann".parse().expect("an id"),
            session_id: session.parse().expect("an id"),
        };
        let id = InvocationId::new();
        let request = RunRequest { invocation_id: id, session, message, config, cancel_token: None };
        let started = self.runner.start(request).await.expect("the run starts");
        Live { id, events: started.events }
    }

    /// Runs to the end in a session of its own.
    pub(crate) async fn run(&self, input: &str) -> Ended {
        let session = InvocationId::new().to_string();
        let live = self.start(&session, input).await;
        self.finish(live).await
    }

    /// Runs to the end in a session.
    pub(crate) async fn say(&self, session: &str, input: &str) -> Ended {
        let live = self.start(session, input).await;
        self.finish(live).await
    }

    pub(crate) async fn finish(&self, live: Live) -> Ended {
        let events: Vec<Event> =
            live.events.map(|event| Event::clone(&event.expect("an event").event)).collect().await;
        let record = self.runner.invocation(live.id).await.expect("the store").expect("the invocation");
        let terminal = events.iter().filter(|event| event.turn_complete).count();
        assert_eq!(terminal, 1, "exactly one terminal event");
        assert!(events.last().expect("an event").turn_complete, "the terminal event is the last one");
        let numbers: Vec<_> = events.iter().filter_map(|event| event.seq).collect();
        assert!(
            numbers.iter().copied().eq(1..=numbers.len() as u64),
            "stored events are numbered: {numbers:?}"
        );
        Ended { events, record }
    }
}

impl Ended {
    pub(crate) fn status(&self) -> InvocationStatus {
        self.record.status
    }

    fn last(&self) -> &Event {
        self.events.last().expect("an event")
    }

    /// The text of the answer.
    pub(crate) fn answer(&self) -> String {
        assert_eq!(self.status(), InvocationStatus::Completed, "{:?}", self.last());
        self.last().content.as_ref().map(Content::text).unwrap_or_default()
    }

    /// The answer as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.answer()).expect("JSON")
    }

    /// The error's code and text.
    pub(crate) fn error(&self) -> (String, String) {
        let last = self.last();
        (last.error_code.clone().unwrap_or_default(), last.error_message.clone().unwrap_or_default())
    }

    /// All texts that are not partial.
    pub(crate) fn texts(&self) -> Vec<String> {
        let whole = self.events.iter().filter(|event| !event.partial);
        whole.filter_map(|event| event.content.as_ref()).map(Content::text).collect()
    }
}

impl Live {
    /// The next event's text.
    pub(crate) async fn text(&mut self) -> String {
        let event = self.events.next().await.expect("an event").expect("an event");
        event.content.as_ref().map(Content::text).unwrap_or_default()
    }
}

pub(crate) fn parts(event: &Event) -> &[Part] {
    event.content.as_ref().map(|content| content.parts.as_slice()).unwrap_or_default()
}
