//! Changes of state, checked and sorted by who shares them.

use rak_core::{
    MAX_STATE_KEY_BYTES, MAX_STATE_VALUE_BYTES, Scope, StateDelta, StateKeyError, StoreError, scope_of,
};
use serde_json::Value;

/// The most that one scope (a session, a user of an agent, an agent) holds, in bytes of names and JSON. Every run reads
/// its three scopes before it begins and hands them to a guest whose memory is some tens of MiB: 12 MiB at most.
pub const MAX_STATE_SCOPE_BYTES: usize = 4 << 20;

/// The scopes that are stored.
const STORED: [Scope; 3] = [Scope::Session, Scope::User, Scope::App];

/// One key of one scope, set or removed.
#[derive(Debug)]
pub(crate) struct StateChange {
    pub(crate) scope: Scope,
    /// The key without its scope's prefix.
    pub(crate) name: String,
    /// The value as JSON; none removes the key.
    pub(crate) json: Option<String>,
}

impl StateChange {
    /// What the entry takes up afterwards.
    pub(crate) fn bytes(&self) -> usize {
        self.json.as_ref().map_or(0, |json| entry_bytes(&self.name, json))
    }
}

/// Changes of state whose keys and values are allowed; keys of `temp:` are gone.
#[derive(Debug, Default)]
pub(crate) struct ScopedDelta {
    changes: Vec<StateChange>,
}

impl ScopedDelta {
    pub(crate) fn new(delta: StateDelta) -> Result<Self, StoreError> {
        let mut changes = Vec::with_capacity(delta.len());
        for (key, value) in delta {
            let (scope, name) = scope_of(&key).map_err(|error| bad_key(&error))?;
            if scope != Scope::Temp {
                let name = name.to_owned();
                changes.push(StateChange { scope, json: encode(&key, &value)?, name });
            }
        }
        Ok(Self { changes })
    }

    /// The scopes that change, each with its changes.
    pub(crate) fn by_scope(
        &self,
    ) -> impl Iterator<Item = (Scope, impl Iterator<Item = &StateChange> + Clone)> {
        STORED
            .into_iter()
            .filter(|scope| self.changes.iter().any(|change| change.scope == *scope))
            .map(|scope| (scope, self.changes.iter().filter(move |change| change.scope == scope)))
    }

    /// Whether nothing is stored.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The size of the change.
    pub(crate) fn bytes(&self) -> usize {
        self.changes.iter().map(|change| change.name.len() + change.bytes()).sum()
    }
}

/// What one key takes up of its scope.
pub(crate) fn entry_bytes(name: &str, json: &str) -> usize {
    name.len() + json.len()
}

/// A scope may not grow past its limit; one that is past it (the limit was larger once) may shrink.
pub(crate) fn check_scope(scope: Scope, before: usize, after: usize) -> Result<(), StoreError> {
    if after <= MAX_STATE_SCOPE_BYTES || after <= before {
        return Ok(());
    }
    let whose = match scope {
        Scope::App => "the agent",
        Scope::User => "the user",
        Scope::Temp | Scope::Session => "the session",
    };
    let what = format!("the state of {whose}");
    Err(StoreError::TooLarge { what, size: after, limit: MAX_STATE_SCOPE_BYTES })
}

fn encode(key: &str, value: &Value) -> Result<Option<String>, StoreError> {
    if value.is_null() {
        return Ok(None);
    }
    let json = value.to_string();
    if json.len() > MAX_STATE_VALUE_BYTES {
        let what = format!("the state value {key:?}");
        return Err(StoreError::TooLarge { what, size: json.len(), limit: MAX_STATE_VALUE_BYTES });
    }
    Ok(Some(json))
}

fn bad_key(error: &StateKeyError) -> StoreError {
    match error {
        StateKeyError::TooLong(size) => {
            StoreError::TooLarge { what: "a state key".to_owned(), size: *size, limit: MAX_STATE_KEY_BYTES }
        }
        StateKeyError::Empty(key) => {
            StoreError::NotFound { what: format!("a name in the state key {key:?}") }
        }
    }
}
