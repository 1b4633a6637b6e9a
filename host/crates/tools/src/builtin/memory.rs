//! What an agent remembers of a user, from one session to the next: values of the user's state.

use std::collections::BTreeMap;

use rak_core::{
    Failure, FailureKind, Scope, SessionService, StateDelta, ToolCall, readable_scope, settable_scope,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{arguments, denied, invalid};

pub(crate) const GET: &str =
    "What was remembered of the user under a key, in this conversation or an earlier one.";
pub(crate) const LIST: &str = "The keys under which something was remembered of the user.";
pub(crate) const REMOVE: &str = "Forgets what was remembered of the user under a key.";
pub(crate) const SET: &str = "Remembers something of the user under a key, for this conversation and later ones. What was \
    there under the key before is forgotten.";

/// What the keys of the state begin with, so that nothing else of the user's is seen or changed.
const PREFIX: &str = "user:memory.";
/// How many keys are named: more than a model needs to know.
const MAX_KEYS: usize = 1000;

#[derive(Deserialize)]
struct Entry {
    key: String,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    prefix: String,
}

fn key_parameter() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 200, "description": "Such as name or likes.food"})
}

fn one_key() -> Value {
    json!({
        "type": "object",
        "properties": {"key": key_parameter()},
        "required": ["key"],
        "additionalProperties": false,
    })
}

pub(crate) fn get_parameters() -> Value {
    one_key()
}

pub(crate) fn remove_parameters() -> Value {
    one_key()
}

pub(crate) fn set_parameters() -> Value {
    json!({
        "type": "object",
        "properties": {"key": key_parameter(), "value": {"description": "Any JSON but null"}},
        "required": ["key", "value"],
        "additionalProperties": false,
    })
}

pub(crate) fn list_parameters() -> Value {
    json!({
        "type": "object",
        "properties": {"prefix": {"type": "string", "description": "What the keys begin with"}},
        "additionalProperties": false,
    })
}

pub(crate) async fn get(sessions: &dyn SessionService, call: &ToolCall) -> Result<Value, Failure> {
    let Entry { key, .. } = arguments(call)?;
    let state_key = state_key(&key)?;
    Ok(match state(sessions, call).await?.remove(&state_key) {
        Some(value) => json!({"key": key, "found": true, "value": value}),
        None => json!({"key": key, "found": false}),
    })
}

pub(crate) async fn list(sessions: &dyn SessionService, call: &ToolCall) -> Result<Value, Failure> {
    let Filter { prefix } = arguments(call)?;
    let state = state(sessions, call).await?;
    let keys = state.into_keys().filter_map(|key| key.strip_prefix(PREFIX).map(str::to_owned));
    let mut keys: Vec<_> = keys.filter(|key| key.starts_with(&prefix)).collect();
    let truncated = keys.len() > MAX_KEYS;
    keys.truncate(MAX_KEYS);
    Ok(json!({"keys": keys, "truncated": truncated}))
}

pub(crate) async fn set(sessions: &dyn SessionService, call: &ToolCall) -> Result<Value, Failure> {
    let Entry { key, value } = arguments(call)?;
    if value.is_null() {
        return Err(invalid("null is nothing to be remembered; memory.remove forgets"));
    }
    let state_key = state_key(&key)?;
    settable_scope(&state_key, &value)?;
    change(sessions, call, state_key, value).await?;
    Ok(json!({"key": key, "remembered": true}))
}

pub(crate) async fn remove(sessions: &dyn SessionService, call: &ToolCall) -> Result<Value, Failure> {
    let Entry { key, .. } = arguments(call)?;
    let state_key = state_key(&key)?;
    let was_there = state(sessions, call).await?.contains_key(&state_key);
    if was_there {
        change(sessions, call, state_key, Value::Null).await?;
    }
    Ok(json!({"key": key, "removed": was_there}))
}

fn state_key(key: &str) -> Result<String, Failure> {
    let key = format!("{PREFIX}{key}");
    readable_scope(&key)?;
    Ok(key)
}

fn check_grant(call: &ToolCall) -> Result<(), Failure> {
    if call.grants.state.contains(&Scope::User) {
        return Ok(());
    }
    Err(denied(
        "the agent may not use user state, in which it remembers: its agent.toml does not name it in `state` of [grants]",
    ))
}

async fn state(sessions: &dyn SessionService, call: &ToolCall) -> Result<StateDelta, Failure> {
    check_grant(call)?;
    let session = sessions.get(&call.session).await?.ok_or_else(no_session)?;
    Ok(session.state)
}

async fn change(
    sessions: &dyn SessionService,
    call: &ToolCall,
    key: String,
    value: Value,
) -> Result<(), Failure> {
    check_grant(call)?;
    let delta = BTreeMap::from([(key, value)]);
    sessions.update_state(&call.session, delta).await?.map(drop).ok_or_else(no_session)
}

fn no_session() -> Failure {
    Failure::new(FailureKind::NotFound, "the session does not exist any more")
}
