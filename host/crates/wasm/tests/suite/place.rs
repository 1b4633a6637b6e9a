//! A host whose runs are asked for and looked at by name, and that can be killed.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use rak_core::{Event, EventStream, HistoryQuery, IfBusy, InvocationId, InvocationStatus, RunConfig};
use rak_runner::{Runner, RunnerSettings};
use rak_wasm::ComponentAgent;

use crate::lives::{has_status, host, request, session, text, until};
use crate::mortal_store::{Disk, MortalStore};

/// Says something, then sleeps for an hour.
pub(crate) const SLEEPS: &str = r#"[{"op": "say"}, {"op": "sleep", "ms": 3600000}, {"op": "say"}]"#;

/// A host whose runs are asked for and looked at by name.
pub(crate) struct Place {
    pub(crate) agent: Arc<ComponentAgent>,
    pub(crate) disk: Disk,
    pub(crate) store: Arc<MortalStore>,
    pub(crate) settings: RunnerSettings,
    pub(crate) runner: Runner,
}

impl Place {
    pub(crate) fn new(agent: Arc<ComponentAgent>) -> Self {
        Self::with(agent, RunnerSettings::default())
    }

    /// One that keeps in memory what sleeps.
    pub(crate) fn patient(agent: Arc<ComponentAgent>) -> Self {
        let longest_wait_in_memory = Duration::from_hours(2);
        Self::with(agent, RunnerSettings { longest_wait_in_memory, ..RunnerSettings::default() })
    }

    pub(crate) fn with(agent: Arc<ComponentAgent>, settings: RunnerSettings) -> Self {
        let disk = Disk::memory();
        let store = Arc::new(MortalStore::new(disk.clone(), None));
        let runner = host(&agent, store.clone(), settings.clone());
        Self { agent, disk, store, settings, runner }
    }

    /// The host is killed, and another one takes its place.
    pub(crate) fn crash(&mut self) {
        self.store.kill();
        self.again();
    }

    pub(crate) fn again(&mut self) {
        self.store = Arc::new(MortalStore::new(self.disk.clone(), None));
        self.runner = host(&self.agent, self.store.clone(), self.settings.clone());
    }

    pub(crate) async fn start(&self, input: &str, config: RunConfig) -> (InvocationId, EventStream) {
        let request = request(&self.agent, input, config);
        let started = self.runner.start(request).await.expect("it starts");
        (started.invocation_id, started.events)
    }

    pub(crate) async fn queue(&self, input: &str) -> InvocationId {
        let config = RunConfig { if_busy: IfBusy::Queue, ..RunConfig::default() };
        self.start(input, config).await.0
    }

    /// Starts a run and waits until it sleeps without its memory.
    pub(crate) async fn asleep(&self, config: RunConfig) -> (InvocationId, EventStream) {
        let (id, mut events) = self.start(SLEEPS, config).await;
        next(&mut events).await;
        until(&self.runner, id, has_status(InvocationStatus::Waiting)).await;
        (id, events)
    }

    pub(crate) async fn status(
        &self,
        id: InvocationId,
        status: InvocationStatus,
    ) -> rak_core::InvocationRecord {
        until(&self.runner, id, has_status(status)).await
    }

    /// All events that are stored, when it is over.
    pub(crate) async fn end(&self, id: InvocationId) -> Vec<Event> {
        let events = self.runner.listen(id, 0).await.expect("the invocation");
        let events: Vec<_> =
            events.map(|event| Event::clone(&event.expect("an event").event)).collect().await;
        let events: Vec<_> = events.into_iter().filter(|event| event.seq.is_some()).collect();
        let numbers = events.iter().filter_map(|event| event.seq);
        assert!(numbers.eq(1..=events.len() as u64), "{events:?}");
        assert!(events.last().expect("an event").turn_complete);
        events
    }

    pub(crate) async fn cancelled(&self, id: InvocationId) -> Vec<Event> {
        assert!(self.runner.invocation_tracker().cancel(id));
        let events = self.end(id).await;
        self.status(id, InvocationStatus::Cancelled).await;
        events
    }

    pub(crate) async fn said(&self) -> Vec<String> {
        let query = HistoryQuery::After { position: 0, limit: 1000 };
        let history = self.disk.sessions.history(&session(&self.agent, "s"), query).await.expect("the store");
        let line = |event: &Event| format!("{}:{}", event.author, text(event));
        history.entries.iter().map(|entry| line(&entry.event)).collect()
    }
}

pub(crate) async fn next(events: &mut EventStream) -> Event {
    Event::clone(&events.next().await.expect("an event").expect("an event").event)
}

pub(crate) fn error_of(events: &[Event]) -> String {
    events.last().and_then(|event| event.error_code.clone()).unwrap_or_default()
}
