//! The artifacts that a test has: what is there, and what a run makes of it.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use super::{FakeHost, TestRun};
use crate::{ArtifactInfo, Blob, Failure};

/// The longest name of the host, in bytes, prefix included.
const MAX_NAME_BYTES: usize = 255;
/// The longest type of the host, in bytes.
const MAX_MIME_TYPE_BYTES: usize = 127;
/// What the names of a user's files begin with.
const USER: &str = "user:";

impl FakeHost {
    /// A file that is there: its first version, or one more of those that this was said of before. It is from 1970, and the clock
    /// goes on from there.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Blob, Context, Failure};
    ///
    /// fn run(cx: &Context, _input: String) -> Result<String, Failure> {
    ///     let letters = cx.artifacts().list("letters/")?;
    ///     let names: Vec<_> = letters.iter().map(|letter| letter.name.as_str()).collect();
    ///     Ok(names.join(" "))
    /// }
    ///
    /// let host = FakeHost::new().artifact("letters/b", "Dear Ada").artifact("letters/a", Blob::new("image/png", [1, 2]));
    /// assert_eq!(host.run(run, "").answer(), "letters/a letters/b");
    /// ```
    #[must_use]
    pub fn artifact(mut self, name: impl Into<String>, content: impl Into<Blob>) -> Self {
        self.artifacts.kept.entry(name.into()).or_default().push(Some(content.into()));
        self
    }

    /// The artifacts that another run left behind, in place of those that are there.
    #[must_use]
    pub fn artifacts_after(mut self, run: &TestRun) -> Self {
        self.artifacts.kept = run.artifacts.clone();
        self
    }

    /// Grants the agent no artifacts: each call fails with [`FailureKind::Denied`](crate::FailureKind::Denied).
    #[must_use]
    pub fn without_artifacts(mut self) -> Self {
        self.artifacts.denied = true;
        self
    }
}

/// What a run finds.
#[derive(Clone, Debug, Default)]
pub(super) struct Preset {
    kept: BTreeMap<String, Vec<Option<Blob>>>,
    denied: bool,
}

/// The artifacts of one run.
pub(super) struct Artifacts {
    /// The versions of each name, from the first one on.
    kept: BTreeMap<String, Vec<Option<Version>>>,
    denied: bool,
}

struct Version {
    content: Blob,
    at_ms: u64,
}

impl Artifacts {
    pub(super) fn new(preset: Preset) -> Self {
        let there = |content: Option<Blob>| content.map(|content| Version { content, at_ms: 0 });
        let named = |(name, versions): (String, Vec<_>)| (name, versions.into_iter().map(there).collect());
        Self { kept: preset.kept.into_iter().map(named).collect(), denied: preset.denied }
    }

    /// What the next run would find.
    pub(super) fn kept(&self) -> BTreeMap<String, Vec<Option<Blob>>> {
        let content = |version: &Option<Version>| version.as_ref().map(|version| version.content.clone());
        let named =
            |(name, versions): (&String, &Vec<_>)| (name.clone(), versions.iter().map(content).collect());
        self.kept.iter().map(named).collect()
    }

    pub(super) fn save(&mut self, name: &str, content: Blob, at_ms: u64) -> Result<u32, Failure> {
        self.check_granted()?;
        check_name(name)?;
        check_mime_type(&content.mime_type)?;
        let versions = self.kept.entry(name.into()).or_default();
        versions.push(Some(Version { content, at_ms }));
        Ok(number(versions.len()))
    }

    pub(super) fn load(&self, name: &str, version: Option<u32>) -> Result<Option<Blob>, Failure> {
        let mut versions = self.of(name)?;
        let found = versions.find(|(number, _)| version.is_none_or(|version| *number == version));
        Ok(found.map(|(_, version)| version.content.clone()))
    }

    pub(super) fn read(&self, name: &str, version: u32, offset: u64, max: u32) -> Result<Vec<u8>, Failure> {
        let (_, found) = self.of(name)?.find(|(number, _)| *number == version).ok_or_else(|| {
            Failure::not_found(format!("the artifact `{name}` has no version {version} (any more)"))
        })?;
        let [offset, max] =
            [offset, max.into()].map(|bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX));
        Ok(found.content.data.iter().skip(offset).take(max).copied().collect())
    }

    pub(super) fn available(&self, prefix: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        self.check_granted()?;
        let named = self.kept.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(named.filter_map(|(name, versions)| infos(name, versions).next()).collect())
    }

    pub(super) fn versions(&self, name: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        self.check_granted()?;
        check_name(name)?;
        Ok(self.kept.get(name).map(|versions| infos(name, versions).collect()).unwrap_or_default())
    }

    pub(super) fn remove(&mut self, name: &str, version: Option<u32>) -> Result<bool, Failure> {
        self.check_granted()?;
        check_name(name)?;
        let mut removed = false;
        for (index, kept) in self.kept.get_mut(name).into_iter().flatten().enumerate() {
            if version.is_none_or(|version| number(index + 1) == version) {
                removed |= kept.take().is_some();
            }
        }
        Ok(removed)
    }

    /// The versions of a name that are there, newest first.
    fn of(&self, name: &str) -> Result<impl Iterator<Item = (u32, &Version)>, Failure> {
        self.check_granted()?;
        check_name(name)?;
        Ok(self.kept.get(name).map(Vec::as_slice).map(there).into_iter().flatten())
    }

    fn check_granted(&self) -> Result<(), Failure> {
        if self.denied {
            return Err(Failure::denied("the agent's manifest grants no artifacts"));
        }
        Ok(())
    }
}

/// The versions that are there, newest first.
fn there(versions: &[Option<Version>]) -> impl Iterator<Item = (u32, &Version)> {
    let numbered = versions.iter().enumerate().rev();
    numbered.filter_map(|(index, version)| Some((number(index + 1), version.as_ref()?)))
}

fn infos(name: &str, versions: &[Option<Version>]) -> impl Iterator<Item = ArtifactInfo> {
    there(versions).map(move |(number, version)| ArtifactInfo {
        name: name.into(),
        version: number,
        mime_type: version.content.mime_type.clone(),
        size: version.content.data.len() as u64,
        created_at: UNIX_EPOCH + Duration::from_millis(version.at_ms),
        extra: None,
    })
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A name as the host takes it.
fn check_name(name: &str) -> Result<(), Failure> {
    let rest = name.strip_prefix(USER).unwrap_or(name);
    if rest.is_empty() {
        return Err(Failure::invalid_argument("an artifact needs a name"));
    }
    if name.len() > MAX_NAME_BYTES {
        let message =
            format!("the name of an artifact has {} bytes; {MAX_NAME_BYTES} are allowed", name.len());
        return Err(Failure::invalid_argument(message));
    }
    let usable = |part: &str| !matches!(part, "" | "." | "..");
    let plain = |character: char| !character.is_control() && character != '\\';
    if rest.split('/').all(usable) && rest.chars().all(plain) {
        return Ok(());
    }
    Err(Failure::invalid_argument(format!(
        "{name:?} cannot be the name of an artifact: it has no control characters and no \\, and its parts are neither empty nor . nor .."
    )))
}

/// A type as the host takes it.
fn check_mime_type(mime_type: &str) -> Result<(), Failure> {
    let usable = |character: char| character.is_ascii_graphic() || character == ' ';
    let parts = mime_type.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty());
    if parts && mime_type.len() <= MAX_MIME_TYPE_BYTES && mime_type.chars().all(usable) {
        return Ok(());
    }
    let message = format!("{mime_type:?} is not the type of a file: write one as text/plain or image/png");
    Err(Failure::invalid_argument(message))
}

#[cfg(test)]
mod tests;
