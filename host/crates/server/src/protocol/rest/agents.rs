//! Bodies of the routes of agents, and how a client names a version.

use std::fmt;

use rak_core::{AgentInfo, VersionInfo};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `GET /api/v1/agents`: sorted by name, those that could not be loaded too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentList {
    /// The agents.
    pub agents: Vec<AgentInfo>,
}

/// `GET /api/v1/agents/{name}/versions`: the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionList {
    /// The versions.
    pub versions: Vec<VersionInfo>,
}

/// `POST /api/v1/agents/{name}/rollback`. An empty body says the same as one without a key.
/// A key that is not known is an error here: a slip would put another version into service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The version to go back to; the one that the current one replaced where this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<VersionName>,
}

/// A version as a client names it: by its number, its digest, or the beginning of that. The number may be a number or a
/// text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionName(String);

/// The longest name of a version, in bytes: a digest has 71.
const MAX_NAME_BYTES: usize = 128;

impl VersionName {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text names no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version is named by its number, its digest, or the beginning of that")]
pub struct VersionNameError;

impl std::str::FromStr for VersionName {
    type Err = VersionNameError;
    fn from_str(text: &str) -> Result<Self, VersionNameError> {
        if text.is_empty() || text.len() > MAX_NAME_BYTES || text.contains(char::is_control) {
            return Err(VersionNameError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for VersionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a version is a text or a number")]
        enum Written {
            Number(u64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(number) => Ok(Self(number.to_string())),
            Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// What becomes of the version that a session stays on: absent, `null`, or a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PinChange {
    /// Nothing.
    #[default]
    Keep,
    /// It lets go, and its runs take the current version.
    LetGo,
    /// It stays on this one.
    To(VersionName),
}

impl PinChange {
    /// Whether it changes nothing.
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

impl Serialize for PinChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::LetGo => serializer.serialize_none(),
            Self::To(version) => version.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PinChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let version = Option::<VersionName>::deserialize(deserializer)?;
        Ok(version.map_or(Self::LetGo, Self::To))
    }
}
