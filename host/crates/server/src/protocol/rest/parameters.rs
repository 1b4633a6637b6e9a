//! What stands after the question mark. An empty value is an absent one.

use std::fmt;
use std::str::FromStr;

use rak_core::{AppName, InvocationId, InvocationStatus, SessionId, UserId};
use serde::{Deserialize, Deserializer};

/// How many things a list gives where nobody says how many.
pub const DEFAULT_LIMIT: usize = 50;
/// How many things a list gives at most; a larger `limit` is cut down to it.
pub const MAX_LIMIT: usize = 200;
/// The largest number an event can have; a larger `after` means the same.
pub(crate) const MAX_POSITION: u64 = i64::MAX as u64;

/// Parameters that say which session is meant, where its id exists for several agents or users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionParameters {
    /// The agent.
    #[serde(deserialize_with = "empty_is_absent")]
    pub app_name: Option<AppName>,
    /// The user.
    #[serde(deserialize_with = "empty_is_absent")]
    pub user_id: Option<UserId>,
    /// History only: events after this position.
    #[serde(deserialize_with = "empty_is_absent")]
    pub after: Option<u64>,
    /// History only: how many.
    #[serde(deserialize_with = "empty_is_absent")]
    pub limit: Option<u64>,
}

/// Parameters of `GET /api/v1/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionListParameters {
    /// Of this agent only.
    #[serde(deserialize_with = "empty_is_absent")]
    pub app_name: Option<AppName>,
    /// Of this user only.
    #[serde(deserialize_with = "empty_is_absent")]
    pub user_id: Option<UserId>,
    /// The `next` of the page before.
    #[serde(deserialize_with = "empty_is_absent")]
    pub cursor: Option<String>,
    /// How many.
    #[serde(deserialize_with = "empty_is_absent")]
    pub limit: Option<u64>,
}

/// Parameters of `GET /api/v1/sessions/{id}/artifacts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ArtifactListParameters {
    /// The agent.
    #[serde(deserialize_with = "empty_is_absent")]
    pub app_name: Option<AppName>,
    /// The user.
    #[serde(deserialize_with = "empty_is_absent")]
    pub user_id: Option<UserId>,
    /// Names that begin with this only.
    #[serde(deserialize_with = "empty_is_absent")]
    pub prefix: Option<String>,
}

/// Parameters of `/api/v1/sessions/{id}/artifacts/{name}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ArtifactParameters {
    /// The agent.
    #[serde(deserialize_with = "empty_is_absent")]
    pub app_name: Option<AppName>,
    /// The user.
    #[serde(deserialize_with = "empty_is_absent")]
    pub user_id: Option<UserId>,
    /// Which version; the newest is read where none is named, and all of them are removed.
    #[serde(deserialize_with = "empty_is_absent")]
    pub version: Option<u32>,
}

/// Parameters of `GET /api/v1/invocations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvocationListParameters {
    /// Children of this invocation only; the session and the status do not count then.
    #[serde(deserialize_with = "empty_is_absent")]
    pub parent_id: Option<InvocationId>,
    /// Of sessions with this id only.
    #[serde(deserialize_with = "empty_is_absent")]
    pub session_id: Option<SessionId>,
    /// In this status only.
    #[serde(deserialize_with = "empty_is_absent")]
    pub status: Option<InvocationStatus>,
    /// The `next` of the page before.
    #[serde(deserialize_with = "empty_is_absent")]
    pub cursor: Option<InvocationId>,
    /// How many.
    #[serde(deserialize_with = "empty_is_absent")]
    pub limit: Option<u64>,
}

/// Parameters of `GET /api/v1/invocations/{id}/events`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReplayParameters {
    /// Events with numbers above this one; the header `Last-Event-ID` wins over it.
    #[serde(deserialize_with = "empty_is_absent")]
    pub after: Option<u64>,
    /// Whether text that is still being written is wanted; yes where absent.
    #[serde(deserialize_with = "empty_is_absent")]
    pub streaming: Option<bool>,
}

/// Parameters of `PUT /api/v1/agents/{name}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct UploadParameters {
    /// What the component has to be; nothing is changed where it is something else.
    #[serde(deserialize_with = "empty_is_absent")]
    pub digest: Option<Digest>,
}

/// The digest of a component: `sha256:` and 64 hexadecimal digits, in small letters however they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(String);

/// Why a text is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is sha256: and 64 hexadecimal digits")]
pub struct DigestError;

impl FromStr for Digest {
    type Err = DigestError;
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits = text.strip_prefix("sha256:").ok_or(DigestError)?;
        let whole = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if whole { Ok(Self(text.to_ascii_lowercase())) } else { Err(DigestError) }
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

/// The size of a page.
pub(crate) fn page_size(limit: Option<u64>) -> usize {
    let limit = limit.map_or(DEFAULT_LIMIT, |limit| usize::try_from(limit).unwrap_or(MAX_LIMIT));
    limit.clamp(1, MAX_LIMIT)
}

/// Reads a text, or nothing from an empty one: forms and URLs have no other way to leave something out.
pub(super) fn empty_is_absent<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    match Option::<String>::deserialize(deserializer)?.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}
