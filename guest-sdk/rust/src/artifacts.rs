//! Artifacts: files that outlive the run.

use std::io::{self, Read};
use std::time::SystemTime;

use serde_json::Value;

use crate::bytes::read_into;
use crate::host::{Current, Host};
use crate::{Blob, Failure};

/// Named files that outlive the run: what it wrote for its user, and what its user gave it. `cx.artifacts()`. Each save makes a
/// version, which never changes.
///
/// A name that begins with `user:` is a file of the user, in all sessions with this agent; any other one is the session's. What
/// follows may have slashes: `reports/2026.md`.
///
/// What is kept is a [`Blob`]; a string is one, too, of the type `text/plain; charset=utf-8`.
///
/// A call fails where it is not granted ([`Denied`](crate::FailureKind::Denied)), where the name or the type is not one
/// ([`InvalidArgument`](crate::FailureKind::InvalidArgument)), and where a file is too large or the user has too much
/// ([`LimitExceeded`](crate::FailureKind::LimitExceeded)).
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Blob, Context, Failure};
///
/// fn run(cx: &Context, line: String) -> Result<String, Failure> {
///     let before = cx.artifacts().load("user:diary.md")?.map(|diary| diary.text()).unwrap_or_default();
///     let version = cx.artifacts().save("user:diary.md", Blob::new("text/markdown", before + &line + "\n"))?;
///     Ok(format!("That is entry {version}."))
/// }
///
/// let run = FakeHost::new().artifact("user:diary.md", "It rained.\n").run(run, "The sun shone.");
/// assert_eq!(run.answer(), "That is entry 2.");
/// assert_eq!(run.artifact("user:diary.md").unwrap().text(), "It rained.\nThe sun shone.\n");
/// ```
#[derive(Clone, Copy)]
pub struct Artifacts<'cx> {
    host: &'cx Current,
}

impl<'cx> Artifacts<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// Keeps a new version, which the client is told of. Returns its number. What was saved stays where the run fails.
    pub fn save(&self, name: &str, content: impl Into<Blob>) -> Result<u32, Failure> {
        self.host.save_artifact(name, content.into())
    }

    /// The newest version; `None` where there is none.
    pub fn load(&self, name: &str) -> Result<Option<Blob>, Failure> {
        self.host.load_artifact(name, None)
    }

    /// A version; `None` where it is not there (any more).
    pub fn load_version(&self, name: &str, version: u32) -> Result<Option<Blob>, Failure> {
        self.host.load_artifact(name, Some(version))
    }

    /// A part of a version: `max` bytes at most from `offset`; empty at its end.
    ///
    /// Fails with [`NotFound`](crate::FailureKind::NotFound) where the version is not there (any more).
    pub fn read(&self, name: &str, version: u32, offset: u64, max: u32) -> Result<Vec<u8>, Failure> {
        self.host.read_artifact(name, version, offset, max)
    }

    /// Reads a version from its beginning, a part at a time, for what is too large to be held as a whole.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use std::io::{BufRead, BufReader};
    ///
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, name: String) -> Result<String, Failure> {
    ///     let versions = cx.artifacts().versions(&name)?;
    ///     let newest = versions.first().ok_or_else(|| Failure::not_found(format!("there is no {name}")))?;
    ///     let reader = BufReader::new(cx.artifacts().reader(&name, newest.version));
    ///     let lines = reader.lines().collect::<Result<Vec<_>, _>>()?;
    ///     Ok(format!("{} lines in {} bytes", lines.len(), newest.size))
    /// }
    ///
    /// let host = FakeHost::new().artifact("log.txt", "one\ntwo\n");
    /// assert_eq!(host.run(run, "log.txt").answer(), "2 lines in 8 bytes");
    /// ```
    pub fn reader(&self, name: impl Into<String>, version: u32) -> ArtifactReader<'cx> {
        ArtifactReader { artifacts: *self, name: name.into(), version, offset: 0 }
    }

    /// The newest version of each name that begins with this, sorted by name; files of the user with the session's.
    pub fn list(&self, prefix: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        self.host.artifacts(prefix)
    }

    /// The versions of a name, newest first; empty where there is none.
    pub fn versions(&self, name: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        self.host.artifact_versions(name)
    }

    /// Removes all versions of a name. `false` where there was none.
    pub fn remove(&self, name: &str) -> Result<bool, Failure> {
        self.host.remove_artifact(name, None)
    }

    /// Removes a version. `false` where it was not there.
    pub fn remove_version(&self, name: &str, version: u32) -> Result<bool, Failure> {
        self.host.remove_artifact(name, Some(version))
    }
}

/// A version, without what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ArtifactInfo {
    /// With `user:`, where it is the user's.
    pub name: String,
    /// Counts from 1 for each name, and is not used again when a version is removed.
    pub version: u32,
    /// For example `image/png`.
    pub mime_type: String,
    /// In bytes.
    pub size: u64,
    /// When it was saved.
    pub created_at: SystemTime,
    /// Anything else the host says of it.
    pub extra: Option<Value>,
}

/// Reads a version, a part at a time: [`Artifacts::reader`]. `?` makes the [`Failure`] of the host again of the error.
pub struct ArtifactReader<'cx> {
    artifacts: Artifacts<'cx>,
    name: String,
    version: u32,
    offset: u64,
}

impl Read for ArtifactReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_into(buffer, |max| self.artifacts.read(&self.name, self.version, self.offset, max))?;
        self.offset = self.offset.saturating_add(read as u64);
        Ok(read)
    }
}
