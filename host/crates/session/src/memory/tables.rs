//! What the memory store holds, and how state lies in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rak_core::{
    AppName, ArtifactInfo, DailyUsage, EncodedEvent, IdempotencyKey, InvocationId, InvocationRecord,
    JournalChunk, Scope, SessionKey, StateDelta, StoreError, Usage, UserId,
    time::{UnixDay, UnixMillis},
};

use crate::scoped_delta::{ScopedDelta, StateChange, check_scope, entry_bytes};

#[derive(Default)]
pub(super) struct Tables {
    pub(super) sessions: BTreeMap<SessionKey, SessionRow>,
    pub(super) invocations: BTreeMap<InvocationId, InvocationRow>,
    /// What clients called the starts of invocations, and the digests that came with it.
    pub(super) starts: BTreeMap<(SessionKey, IdempotencyKey), (InvocationId, String)>,
    /// What users used, by day.
    pub(super) usage: BTreeMap<(UserId, UnixDay), DailyUsage>,
    /// Tokens of models that agents used, by day; only where there are any.
    agent_tokens: BTreeMap<(AppName, UnixDay), u64>,
    scopes: BTreeMap<ScopeKey, ScopeState>,
    pub(super) artifacts: BTreeMap<(ScopeKey, String), ArtifactRow>,
    /// What runs saved, by the number of the save; kept although the version is removed.
    pub(super) artifact_origins: BTreeMap<(SessionKey, InvocationId, u64), ArtifactInfo>,
    /// Counts changes of sessions; the order of lists.
    changes: i64,
}

pub(super) struct SessionRow {
    pub(super) agent_version: Option<String>,
    pub(super) created_at: UnixMillis,
    pub(super) updated_at: UnixMillis,
    /// The number of its last change.
    pub(super) changed: i64,
    /// The event at position n is at n - 1.
    pub(super) events: Vec<StoredEvent>,
}

pub(super) struct StoredEvent {
    pub(super) at: UnixMillis,
    pub(super) event: Arc<EncodedEvent>,
}

impl SessionRow {
    pub(super) fn last_position(&self) -> u64 {
        self.events.len() as u64
    }

    pub(super) fn push(&mut self, at: UnixMillis, event: Arc<EncodedEvent>) {
        self.events.push(StoredEvent { at, event });
    }
}

pub(super) struct InvocationRow {
    pub(super) record: InvocationRecord,
    /// The event with the number n is at n - 1.
    pub(super) events: Vec<Arc<EncodedEvent>>,
    pub(super) journal: Vec<JournalChunk>,
    /// How many entries the journal has.
    pub(super) journal_length: u64,
    /// What the user said and where that is in the session.
    pub(super) message: Option<(u64, Arc<EncodedEvent>)>,
}

impl InvocationRow {
    pub(super) fn new(record: InvocationRecord) -> Self {
        Self { record, events: Vec::new(), journal: Vec::new(), journal_length: 0, message: None }
    }
}

/// A name, which stays when its versions go.
#[derive(Default)]
pub(super) struct ArtifactRow {
    pub(super) last_version: u32,
    pub(super) versions: BTreeMap<u32, StoredArtifact>,
}

pub(super) struct StoredArtifact {
    pub(super) info: ArtifactInfo,
    pub(super) data: Vec<u8>,
}

/// Whose state or artifact it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ScopeKey {
    App(AppName),
    User(AppName, UserId),
    Session(SessionKey),
}

impl ScopeKey {
    pub(super) fn new(scope: Scope, key: &SessionKey) -> Self {
        match scope {
            Scope::App => Self::App(key.app_name.clone()),
            Scope::User => Self::User(key.app_name.clone(), key.user_id.clone()),
            Scope::Temp | Scope::Session => Self::Session(key.clone()),
        }
    }

    fn prefix(&self) -> &'static str {
        match self {
            Self::App(_) => "app:",
            Self::User(..) => "user:",
            Self::Session(_) => "",
        }
    }
}

/// Values as JSON text, as SQLite keeps them: both stores give back the same.
#[derive(Default)]
struct ScopeState {
    entries: BTreeMap<String, String>,
    bytes: usize,
}

impl Tables {
    /// The session, made where it is absent.
    pub(super) fn session_or_new(&mut self, key: &SessionKey, at: UnixMillis) -> &mut SessionRow {
        self.sessions.entry(key.clone()).or_insert_with(|| SessionRow {
            agent_version: None,
            created_at: at,
            updated_at: at,
            changed: 0,
            events: Vec::new(),
        })
    }

    /// Makes the session the one that changed last.
    pub(super) fn touch(&mut self, key: &SessionKey, at: UnixMillis) {
        self.changes += 1;
        if let Some(row) = self.sessions.get_mut(key) {
            row.updated_at = row.updated_at.max(at);
            row.changed = self.changes;
        }
    }

    /// The state a session sees, under prefixed keys.
    pub(super) fn state(&self, key: &SessionKey) -> Result<StateDelta, StoreError> {
        let mut state = StateDelta::new();
        for scope in [Scope::App, Scope::User, Scope::Session] {
            let scope = ScopeKey::new(scope, key);
            let entries = self.scopes.get(&scope).into_iter().flat_map(|found| &found.entries);
            for (name, json) in entries {
                let value = serde_json::from_str(json).map_err(StoreError::unavailable)?;
                state.insert(format!("{}{name}", scope.prefix()), value);
            }
        }
        Ok(state)
    }

    /// Whether the changes fit; [`Self::apply_state`] does not look again.
    pub(super) fn check_state(&self, key: &SessionKey, delta: &ScopedDelta) -> Result<(), StoreError> {
        for (scope, changes) in delta.by_scope() {
            let found = self.scopes.get(&ScopeKey::new(scope, key));
            let before = found.map_or(0, |state| state.bytes);
            let removed: usize =
                changes.clone().map(|change| found.map_or(0, |state| state.bytes_of(&change.name))).sum();
            let added: usize = changes.map(StateChange::bytes).sum();
            check_scope(scope, before, (before + added).saturating_sub(removed))?;
        }
        Ok(())
    }

    pub(super) fn apply_state(&mut self, key: &SessionKey, delta: &ScopedDelta) {
        for (scope, changes) in delta.by_scope() {
            let state = self.scopes.entry(ScopeKey::new(scope, key)).or_default();
            for change in changes {
                state.bytes = (state.bytes + change.bytes()).saturating_sub(state.bytes_of(&change.name));
                match &change.json {
                    Some(json) => state.entries.insert(change.name.clone(), json.clone()),
                    None => state.entries.remove(&change.name),
                };
            }
        }
    }

    /// Tokens of models that the invocations of an agent used.
    pub(super) fn agent_tokens(&self, agent: &AppName, day: UnixDay) -> u64 {
        self.agent_tokens.get(&(agent.clone(), day)).copied().unwrap_or_default()
    }

    /// Adds to what the user and the agent of a session used.
    pub(super) fn add_usage(&mut self, key: &SessionKey, day: UnixDay, before: &Usage, now: &Usage) {
        self.usage.entry((key.user_id.clone(), day)).or_default().add(before, now);
        let tokens = now.model_tokens_since(before);
        if tokens > 0 {
            let used = self.agent_tokens.entry((key.app_name.clone(), day)).or_default();
            *used = used.saturating_add(tokens);
        }
    }

    /// Forgets the session's own state; the user's and the agent's stay.
    pub(super) fn forget_state(&mut self, key: &SessionKey) {
        self.scopes.remove(&ScopeKey::new(Scope::Session, key));
    }
}

impl ScopeState {
    fn bytes_of(&self, name: &str) -> usize {
        self.entries.get(name).map_or(0, |json| entry_bytes(name, json))
    }
}
