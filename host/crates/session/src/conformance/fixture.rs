//! What the cases are made of.

use rak_core::{
    Begin, Commit, Content, EncodedEvent, Event, EventLog, HistoryPage, HistoryQuery, InvocationEnd,
    InvocationId, InvocationRecord, InvocationRest, InvocationStatus, InvocationStep, JournalChunk,
    JournalEntry, NewSession, Quotas, Resume, Session, SessionKey, SessionService, StateDelta, StoreError,
    Usage,
    time::{UnixMicros, UnixMillis},
};
use serde_json::Value;

pub(super) fn key(app: &str, user: &str, session: &str) -> SessionKey {
    SessionKey {
        app_name: app.parse().unwrap(),
        user_id: user.parse().unwrap(),
        session_id: session.parse().unwrap(),
    }
}

pub(super) fn delta<const N: usize>(entries: [(&str, Value); N]) -> StateDelta {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

pub(super) async fn create(store: &impl SessionService, key: &SessionKey) -> Session {
    create_with(store, key, StateDelta::new()).await
}

pub(super) async fn create_with(store: &impl SessionService, key: &SessionKey, state: StateDelta) -> Session {
    store.create(NewSession { key: key.clone(), state, agent_version: None }).await.unwrap()
}

pub(super) async fn state_of(store: &impl SessionService, key: &SessionKey) -> StateDelta {
    store.get(key).await.unwrap().expect("the session is there").state
}

/// An event that says something; the number 0 is none.
pub(super) fn event(id: InvocationId, seq: u64, text: &str) -> EncodedEvent {
    let mut event = Event::new(id, "agent");
    event.seq = (seq > 0).then_some(seq);
    event.content = Some(Content::new_model_text(text));
    EncodedEvent::new(event).unwrap()
}

/// Entries of a journal, each with its index for a digest.
pub(super) fn chunk(first: u64, count: u64) -> JournalChunk {
    let entry = |digest| JournalEntry {
        call: "events.emit".into(),
        what: "'what' it 🦀 was".into(),
        digest,
        silent: 1,
        at: UnixMicros(1_700_000_000_000_000),
        answer: None,
    };
    let entries: Vec<_> = (first..first.saturating_add(count)).map(entry).collect();
    JournalChunk { count, ..JournalChunk::new(first, &entries).unwrap() }
}

pub(super) fn resume(seed: u8) -> Resume {
    Resume { seed: [seed; 32], ran_ms: 5, ..Resume::default() }
}

pub(super) fn text(event: &EncodedEvent) -> String {
    let parts = event.content.iter().flat_map(|content| &content.parts);
    parts.filter_map(|part| part.as_text()).collect()
}

pub(super) fn texts(page: &HistoryPage) -> Vec<String> {
    page.entries.iter().map(|entry| text(&entry.event)).collect()
}

/// The whole history of a session.
pub(super) async fn whole_history(store: &impl SessionService, key: &SessionKey) -> HistoryPage {
    store.history(key, HistoryQuery::After { position: 0, limit: 10_000 }).await.unwrap()
}

/// All numbers of an invocation's log.
pub(super) async fn numbers(store: &impl EventLog, id: InvocationId) -> Vec<u64> {
    store.read(id, 0, 10_000).await.unwrap().iter().map(EncodedEvent::seq).collect()
}

pub(super) fn is_conflict<T>(result: Result<T, StoreError>) -> bool {
    result.is_err_and(|error| matches!(error, StoreError::Conflict { .. }))
}

pub(super) fn is_not_found<T>(result: Result<T, StoreError>) -> bool {
    result.is_err_and(|error| matches!(error, StoreError::NotFound { .. }))
}

pub(super) fn is_too_large<T>(result: Result<T, StoreError>) -> bool {
    result.is_err_and(|error| matches!(error, StoreError::TooLarge { .. }))
}

/// An invocation and what is sent to the store for it.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) id: InvocationId,
    pub(super) key: SessionKey,
}

impl Run {
    pub(super) fn new(key: &SessionKey) -> Self {
        Self { id: InvocationId::new(), key: key.clone() }
    }

    /// A run whose beginning, with a message, is stored.
    pub(super) async fn begun(store: &impl EventLog, key: &SessionKey) -> Self {
        let run = Self::new(key);
        store.begin(run.beginning(InvocationStatus::Active, Some("hello"))).await.unwrap();
        run
    }

    pub(super) fn record(&self, status: InvocationStatus) -> InvocationRecord {
        InvocationRecord {
            id: self.id,
            session: self.key.clone(),
            agent_version: "sha256:1".into(),
            status,
            reason: None,
            attempt: 1,
            started_at: UnixMillis(1_700_000_000_000),
            ended_at: None,
            progress: None,
            usage: Usage::default(),
            waiting: None,
            resume: None,
            parent: None,
        }
    }

    pub(super) fn beginning(&self, status: InvocationStatus, message: Option<&str>) -> Begin {
        let message = message.map(|text| event(self.id, 0, text));
        Begin { record: self.record(status), message, pin: false, start_key: None, quotas: Quotas::default() }
    }

    /// A commit of events with these numbers; each says its number.
    pub(super) fn commit(&self, numbers: impl IntoIterator<Item = u64>) -> Commit {
        Commit {
            invocation: self.id,
            session: self.key.clone(),
            events: numbers.into_iter().map(|seq| event(self.id, seq, &seq.to_string())).collect(),
            state: StateDelta::new(),
            at: UnixMillis(1_700_000_001_000),
            journal: None,
            step: None,
        }
    }

    /// A commit of one last event.
    pub(super) fn end(&self, seq: u64, status: InvocationStatus) -> Commit {
        let end = InvocationEnd { status, reason: None, progress: None, usage: Usage::default() };
        Commit { step: Some(InvocationStep::Ends(end)), ..self.commit([seq]) }
    }

    /// A commit that says where it is, and nothing else.
    pub(super) fn rest(&self, status: InvocationStatus) -> Commit {
        let (reason, waiting, progress, usage, resume) = (None, None, None, None, None);
        let rest = InvocationRest { status, reason, waiting, progress, usage, resume };
        Commit { step: Some(InvocationStep::Rests(rest)), ..self.commit([]) }
    }

    /// A commit of entries of the journal, and nothing else.
    pub(super) fn journal(&self, first: u64, count: u64) -> Commit {
        Commit { journal: Some(chunk(first, count)), ..self.commit([]) }
    }
}
