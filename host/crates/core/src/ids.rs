//! Names of the things that are kept: checked once, at the edge, and cheap to clone.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The longest id a client may choose, in bytes: long enough for any UUID, e-mail address or path-like name, short
/// enough to be an index key.
pub const MAX_ID_BYTES: usize = 256;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("{what} is empty")]
    Empty {
        /// Which id it was to be.
        what: &'static str,
    },
    /// Longer than [`MAX_ID_BYTES`].
    #[error("{what} has {bytes} bytes; {MAX_ID_BYTES} are allowed")]
    TooLong {
        /// Which id it was to be.
        what: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// It has a character that does not belong in an id.
    #[error("{what} has the character {character:?}, which is not allowed in it")]
    Character {
        /// Which id it was to be.
        what: &'static str,
        /// The first such character.
        character: char,
    },
    /// It begins with a character that it may only have further on.
    #[error("{what} begins with {character:?}, which it may only have further on")]
    Beginning {
        /// Which id it was to be.
        what: &'static str,
        /// The character.
        character: char,
    },
    /// An invocation id is a UUID.
    #[error("an invocation id is a UUID")]
    NotAUuid,
}

fn check(
    what: &'static str,
    text: &str,
    allowed: fn(char) -> bool,
    begins: fn(char) -> bool,
) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { what });
    }
    if text.len() > MAX_ID_BYTES {
        return Err(IdError::TooLong { what, bytes: text.len() });
    }
    if let Some(character) = text.chars().find(|&character| !allowed(character)) {
        return Err(IdError::Character { what, character });
    }
    match text.chars().next().filter(|&character| !begins(character)) {
        Some(character) => Err(IdError::Beginning { what, character }),
        None => Ok(()),
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $allowed:expr, $begins:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and takes a text.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                check($what, text.as_ref(), $allowed, $begins)?;
                Ok(Self(text.as_ref().into()))
            }

            /// The id as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id!(
    /// The name of an agent, which is also the application its sessions belong to: ASCII letters, digits, `.`, `_`
    /// and `-`, because it is a file name and a piece of a URL too; the first is neither `.` nor `-`, because `..` is a
    /// folder and `-x` an option.
    AppName,
    "an agent's name",
    |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'),
    |c| !matches!(c, '.' | '-')
);

text_id!(
    /// Whom a session belongs to: any text without control characters.
    UserId,
    "a user id",
    |c| !c.is_control(),
    |_| true
);

text_id!(
    /// A conversation, unique for its agent and user: any text without control characters.
    SessionId,
    "a session id",
    |c| !c.is_control(),
    |_| true
);

text_id!(
    /// What a client calls a start, so that it can repeat it without starting twice: unique in its session, any text
    /// without control characters.
    IdempotencyKey,
    "an idempotency key",
    |c| !c.is_control(),
    |_| true
);

impl UserId {
    /// The user of clients that do not say who they are: `user`.
    pub fn anonymous() -> Self {
        Self("user".into())
    }
}

impl SessionId {
    /// A new random id, in the order of time.
    pub fn random() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }
}

/// One run of an agent. Made once, by the host; tracker, events, logs, traces and the wire all carry it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct InvocationId(Uuid);

impl InvocationId {
    /// A new id; ids sort in the order they were made.
    #[expect(
        clippy::new_without_default,
        reason = "every call gives another value; a default would hide that"
    )]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// The id that belongs to this one's `digest`: as old as this one, and always the same for the same digest.
    #[must_use]
    pub fn derived(self, digest: &[u8; 10]) -> Self {
        let timestamp = self.0.as_u128() >> 80;
        let millis = u64::try_from(timestamp).unwrap_or(u64::MAX);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, digest).into_uuid())
    }
}

impl fmt::Display for InvocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for InvocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for InvocationId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::parse_str(text).map(Self).map_err(|_| IdError::NotAUuid)
    }
}

impl<'de> Deserialize<'de> for InvocationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bad_id_is_refused_with_its_reason() {
        assert_eq!(AppName::new(""), Err(IdError::Empty { what: "an agent's name" }));
        for name in ["..", ".hidden", "-x"] {
            assert!(matches!(AppName::new(name), Err(IdError::Beginning { .. })), "{name}");
        }
        assert_eq!(AppName::new("a/b"), Err(IdError::Character { what: "an agent's name", character: '/' }));
        assert_eq!(UserId::new("x".repeat(257)), Err(IdError::TooLong { what: "a user id", bytes: 257 }));
        assert!(SessionId::new("a\nb").is_err());
        assert!(SessionId::new("Gespräch 1").is_ok());
    }

    #[test]
    fn invocation_ids_sort_by_age() {
        let ids: Vec<_> = (0..100).map(|_| InvocationId::new()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn a_derived_id_is_as_old_as_what_it_is_derived_from() {
        let first = InvocationId::new();
        let derived = first.derived(&[7; 10]);
        assert_eq!(derived, first.derived(&[7; 10]));
        assert_ne!(derived, first.derived(&[8; 10]));
        assert_eq!(derived.to_string()[..13], first.to_string()[..13]);
        assert_eq!(derived.0.get_version_num(), 7);
    }

    proptest! {
        #[test]
        fn any_text_is_an_id_or_an_error(text in ".{0,400}") {
            if let Ok(id) = SessionId::new(&text) {
                prop_assert_eq!(id.as_str(), text.as_str());
                prop_assert!(text.len() <= MAX_ID_BYTES);
            }
            let _ = AppName::new(&text);
            let _ = text.parse::<InvocationId>();
        }
    }
}
