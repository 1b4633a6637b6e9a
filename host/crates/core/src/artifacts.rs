//! The port behind which artifacts are stored: named files, of which each save makes a version that never changes.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, FailureKind, StoreError};
use crate::ids::InvocationId;
use crate::session::SessionKey;
use crate::state::Scope;
use crate::time::UnixMillis;

/// The longest name, in bytes, prefix included.
pub const MAX_ARTIFACT_NAME_BYTES: usize = 255;
/// The longest type, in bytes.
const MAX_MIME_TYPE_BYTES: usize = 127;
/// What the names of a user's files begin with.
const USER: &str = "user:";

/// Why a text is not the name of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactNameError {
    /// Nothing, or nothing after the prefix.
    #[error("an artifact needs a name")]
    Empty,
    /// Longer than 255 bytes.
    #[error("the name of an artifact has {0} bytes; {MAX_ARTIFACT_NAME_BYTES} are allowed")]
    TooLong(usize),
    /// It would not do as the name of a file.
    #[error(
        "{0:?} cannot be the name of an artifact: it has no control characters and no \\, and its parts are neither empty nor . nor .."
    )]
    Unusable(String),
}

/// Whose artifact a name means, the session's or the user's, and the name without its prefix.
pub fn artifact_scope(name: &str) -> Result<(Scope, &str), ArtifactNameError> {
    if name.len() > MAX_ARTIFACT_NAME_BYTES {
        return Err(ArtifactNameError::TooLong(name.len()));
    }
    let (scope, rest) = match name.strip_prefix(USER) {
        Some(rest) => (Scope::User, rest),
        None => (Scope::Session, name),
    };
    if rest.is_empty() {
        return Err(ArtifactNameError::Empty);
    }
    let usable = |part: &str| !matches!(part, "" | "." | "..");
    let plain = |character: char| !character.is_control() && character != '\\';
    if rest.split('/').all(usable) && rest.chars().all(plain) {
        Ok((scope, rest))
    } else {
        Err(ArtifactNameError::Unusable(name.to_owned()))
    }
}

/// Whether a text can be the type of an artifact: `text/plain`, `image/png`.
pub fn check_mime_type(mime_type: &str) -> Result<(), Failure> {
    let usable = |character: char| character.is_ascii_graphic() || character == ' ';
    let parts = mime_type.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty());
    if parts && mime_type.len() <= MAX_MIME_TYPE_BYTES && mime_type.chars().all(usable) {
        return Ok(());
    }
    let message = format!("{mime_type:?} is not the type of a file: write one as text/plain or image/png");
    Err(Failure::new(FailureKind::InvalidArgument, message))
}

/// How much may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArtifactLimits {
    /// Of one version, in bytes: 15 MiB. Below what an agent may hand over in one call, so that it is told where it goes past it.
    pub bytes: u64,
    /// Of all that a user has with one agent, all sessions and versions together, in bytes: 1 GiB.
    pub user_bytes: u64,
}

impl Default for ArtifactLimits {
    fn default() -> Self {
        Self { bytes: 15 << 20, user_bytes: 1 << 30 }
    }
}

/// A version, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactInfo {
    /// With its prefix.
    pub name: String,
    /// From 1.
    pub version: u32,
    /// Its type.
    pub mime_type: String,
    /// In bytes.
    pub size: u64,
    /// When it was saved.
    pub created_at: UnixMillis,
}

/// A version to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewArtifact {
    /// By whom; a file of the user is kept with the session's user and agent.
    pub session: SessionKey,
    /// With its prefix.
    pub name: String,
    /// Its type.
    pub mime_type: String,
    /// What is in it.
    pub data: Vec<u8>,
    /// When.
    pub at: UnixMillis,
    /// Which save of which invocation it is: a second one with the same origin gives the version that the first one made.
    pub origin: Option<(InvocationId, u64)>,
    /// What its user may have with the agent, this one included, in bytes.
    pub max_user_bytes: u64,
}

/// Artifacts. When a call returns `Ok`, what it wrote survives a crash of the host. Names are as [`artifact_scope`] takes them; with
/// another one [`StoreError::Invalid`]. They go with their session, those of a user stay.
#[async_trait]
pub trait ArtifactService: Send + Sync + 'static {
    /// Keeps a version, whose number is above those of all before it, also of those that were removed.
    /// [`StoreError::NotFound`] where there is no such session, [`StoreError::TooLarge`] where the user would have too much.
    async fn save(&self, new: NewArtifact) -> Result<ArtifactInfo, StoreError>;

    /// The newest version of each name that begins with this, sorted by name; those of the user with the session's.
    async fn newest(&self, session: &SessionKey, prefix: &str) -> Result<Vec<ArtifactInfo>, StoreError>;

    /// The versions of a name, newest first; empty where there is none.
    async fn versions(&self, session: &SessionKey, name: &str) -> Result<Vec<ArtifactInfo>, StoreError>;

    /// A version; the newest where none is named.
    async fn find(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<ArtifactInfo>, StoreError>;

    /// A part of a version: `max` bytes at most from `offset`, empty at its end. None where it is not there (any more).
    async fn read(
        &self,
        session: &SessionKey,
        name: &str,
        version: u32,
        offset: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes a version, or all of them. False where there was none.
    async fn remove(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<bool, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whose_it_is() {
        assert_eq!(artifact_scope("report.md"), Ok((Scope::Session, "report.md")));
        assert_eq!(artifact_scope("user:photos/a b.png"), Ok((Scope::User, "photos/a b.png")));
        assert_eq!(artifact_scope("app:x"), Ok((Scope::Session, "app:x")));
        for name in ["", "user:"] {
            assert_eq!(artifact_scope(name), Err(ArtifactNameError::Empty));
        }
        for name in ["/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb"] {
            assert_eq!(artifact_scope(name), Err(ArtifactNameError::Unusable(name.into())));
        }
        assert_eq!(artifact_scope(&"n".repeat(256)), Err(ArtifactNameError::TooLong(256)));
    }

    #[test]
    fn a_type_has_two_parts() {
        for usable in ["text/plain", "text/plain; charset=utf-8", "application/vnd.api+json"] {
            assert_eq!(check_mime_type(usable), Ok(()));
        }
        for unusable in
            ["", "text", "/plain", "text/", "text/pl\nain", "tëxt/plain", &format!("a/{}", "b".repeat(200))]
        {
            assert!(check_mime_type(unusable).is_err(), "{unusable}");
        }
    }
}
