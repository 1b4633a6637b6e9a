//! State that is kept with a session, a user or an agent, told apart by the beginning of the key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::{Failure, FailureKind};

/// The longest key, in bytes, prefix included.
pub const MAX_STATE_KEY_BYTES: usize = 512;

/// The largest value of one state key, in bytes of JSON: what an artifact is for begins here.
pub const MAX_STATE_VALUE_BYTES: usize = 1 << 20;

/// Changes of state: a value to set, or `null` to remove the key. Keys carry their scope's prefix.
pub type StateDelta = BTreeMap<String, Value>;

/// Who shares a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// `app:`, all users of the agent.
    App,
    /// `user:`, all sessions of the user with this agent.
    User,
    /// `temp:`, this invocation only; never stored.
    Temp,
    /// No prefix, this session.
    Session,
}

impl Scope {
    /// The word of the wire and of manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::User => "user",
            Self::Temp => "temp",
            Self::Session => "session",
        }
    }
}

/// Why a text is not a state key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateKeyError {
    /// Nothing, or nothing after the prefix.
    #[error("a state key needs a name{}", if .0.is_empty() { String::new() } else { format!(" after {:?}", .0) })]
    Empty(String),
    /// Longer than 512 bytes.
    #[error("a state key has {0} bytes; {MAX_STATE_KEY_BYTES} are allowed")]
    TooLong(usize),
}

/// Splits a key into its scope and the name within it.
pub fn scope_of(key: &str) -> Result<(Scope, &str), StateKeyError> {
    if key.len() > MAX_STATE_KEY_BYTES {
        return Err(StateKeyError::TooLong(key.len()));
    }
    let (scope, name) = if let Some(name) = key.strip_prefix("app:") {
        (Scope::App, name)
    } else if let Some(name) = key.strip_prefix("user:") {
        (Scope::User, name)
    } else if let Some(name) = key.strip_prefix("temp:") {
        (Scope::Temp, name)
    } else {
        (Scope::Session, key)
    };
    if name.is_empty() { Err(StateKeyError::Empty(key.to_owned())) } else { Ok((scope, name)) }
}

/// The scope of a key that an agent reads, or the failure that it gets for one that is none.
pub fn readable_scope(key: &str) -> Result<Scope, Failure> {
    let scope = scope_of(key).map(|(scope, _)| scope);
    scope.map_err(|error| Failure::new(FailureKind::InvalidArgument, error.to_string()))
}

/// The scope of a key that an agent sets, or the failure that it gets. Refused here, where the agent can do something
/// about it, and not when its answer is to be stored.
pub fn settable_scope(key: &str, value: &Value) -> Result<Scope, Failure> {
    let scope = readable_scope(key)?;
    let bytes = value.to_string().len();
    if bytes > MAX_STATE_VALUE_BYTES {
        let message =
            format!("the state value {key:?} has {bytes} bytes; {MAX_STATE_VALUE_BYTES} are allowed");
        return Err(Failure::new(FailureKind::LimitExceeded, message));
    }
    Ok(scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_gives_the_scope() {
        assert_eq!(scope_of("app:a"), Ok((Scope::App, "a")));
        assert_eq!(scope_of("user:b:c"), Ok((Scope::User, "b:c")));
        assert_eq!(scope_of("temp:x"), Ok((Scope::Temp, "x")));
        assert_eq!(scope_of("application:x"), Ok((Scope::Session, "application:x")));
        assert_eq!(scope_of("user:"), Err(StateKeyError::Empty("user:".into())));
        assert_eq!(scope_of(""), Err(StateKeyError::Empty(String::new())));
        assert_eq!(scope_of(&"k".repeat(513)), Err(StateKeyError::TooLong(513)));
    }
}
