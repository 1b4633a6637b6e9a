//! The session's state, with what is stored and what is only changed kept apart.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a change leaves at a key; `None` where it was removed.
pub(super) type Changes = BTreeMap<String, Option<Value>>;

/// The prefix of the keys that no later invocation sees.
const TEMP: &str = "temp:";

/// State as the contract has it: a change is seen at once and stored later.
pub(super) struct State {
    /// What the agent sees.
    seen: BTreeMap<String, Value>,
    /// What a later invocation would see.
    stored: BTreeMap<String, Value>,
    /// What is stored of this run's changes.
    changes: Changes,
    /// What is not stored yet.
    pending: Changes,
}

impl State {
    pub(super) fn new(preset: BTreeMap<String, Value>) -> Self {
        Self { seen: preset.clone(), stored: preset, changes: Changes::new(), pending: Changes::new() }
    }

    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.seen.get(key).cloned()
    }

    pub(super) fn keys(&self, prefix: &str) -> Vec<String> {
        self.seen.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    /// Sets or removes a value; setting `null` is removing.
    pub(super) fn put(&mut self, key: &str, value: Option<Value>) {
        let value = value.filter(|value| !value.is_null());
        apply(&mut self.seen, key, value.as_ref());
        if !key.starts_with(TEMP) {
            self.pending.insert(key.into(), value);
        }
    }

    /// Stores what was changed so far.
    pub(super) fn store(&mut self) {
        for (key, value) in std::mem::take(&mut self.pending) {
            apply(&mut self.stored, &key, value.as_ref());
            self.changes.insert(key, value);
        }
    }

    /// What is stored, and what of it this run changed.
    pub(super) fn stored(&self) -> (BTreeMap<String, Value>, Changes) {
        (self.stored.clone(), self.changes.clone())
    }
}

fn apply(state: &mut BTreeMap<String, Value>, key: &str, value: Option<&Value>) {
    match value {
        Some(value) => state.insert(key.into(), value.clone()),
        None => state.remove(key),
    };
}
