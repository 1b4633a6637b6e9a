//! What is kept of an agent on disk, so that a restart comes back with the same versions.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rak_core::time::UnixMillis;
use rak_core::{AgentDescriptor, AgentSource, AppName};
use rak_wasm::ComponentFacts;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::folder::Stamp;
use crate::manifest::Manifest;

/// The layout of the files. A host refuses to start on files with a higher number; keys it does not know it ignores.
const FORMAT: u32 = 1;
/// The folder of records.
const AGENTS: &str = "agents";

/// What is kept of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    format: u32,
    pub(crate) name: AppName,
    /// The number of the newest version there ever was.
    pub(crate) last_number: u64,
    /// The version that new runs get. None for an agent that was removed while its file is still in the folder.
    pub(crate) current: Option<String>,
    pub(crate) versions: Vec<VersionRecord>,
    /// What of the folder was taken in last.
    pub(crate) seen: Option<Seen>,
}

/// What is kept of a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct VersionRecord {
    pub(crate) version: String,
    pub(crate) number: u64,
    pub(crate) digest: String,
    pub(crate) source: AgentSource,
    pub(crate) loaded_at: UnixMillis,
    /// The version that was current before this one.
    pub(crate) replaced: Option<String>,
    /// Whether it is beyond those that are kept, and stays only as long as it is needed.
    #[serde(default)]
    pub(crate) leaving: bool,
    pub(crate) manifest: Manifest,
    pub(crate) descriptor: AgentDescriptor,
    pub(crate) facts: ComponentFacts,
}

/// A state of the folder that is served, or was until something else took its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) stamps: Vec<Stamp>,
    pub(crate) version: String,
}

impl Record {
    pub(crate) fn new(name: AppName) -> Self {
        Self { format: FORMAT, name, last_number: 0, current: None, versions: Vec::new(), seen: None }
    }

    pub(crate) fn version(&self, version: &str) -> Option<&VersionRecord> {
        self.versions.iter().find(|kept| kept.version == version)
    }

    pub(crate) fn current(&self) -> Option<&VersionRecord> {
        self.version(self.current.as_deref()?)
    }
}

/// The folder of records.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    folder: PathBuf,
}

impl Records {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let folder = folder.join(AGENTS);
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// All records. A file that cannot be read is put aside: its agent comes back from the folder, or is uploaded
    /// again.
    pub(crate) fn load(&self) -> io::Result<Vec<Record>> {
        let mut records = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            match serde_json::from_slice::<Record>(&std::fs::read(&path)?) {
                Ok(record) if record.format > FORMAT => {
                    return Err(written_by_a_newer_host(&path, record.format));
                }
                Ok(record) => records.push(record),
                Err(error) => {
                    tracing::error!(path = %path.display(), %error, "what is kept of an agent cannot be read; it is put aside");
                    std::fs::rename(&path, path.with_extension("damaged"))?;
                }
            }
        }
        Ok(records)
    }

    /// Writes a record: whole, or not at all.
    pub(crate) fn save(&self, record: &Record) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(record)?)?;
        file.as_file().sync_data()?;
        file.persist(self.path(&record.name)).map_err(|error| error.error)?;
        Ok(())
    }

    pub(crate) fn remove(&self, name: &AppName) -> io::Result<()> {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, name: &AppName) -> PathBuf {
        self.folder.join(file_name(name))
    }
}

fn file_name(name: &AppName) -> String {
    format!("{name}.json")
}

/// The record of one agent in the folder of a registry, which somebody else may be writing to.
pub(crate) fn read(folder: &Path, name: &AppName) -> io::Result<Option<Record>> {
    let path = folder.join(AGENTS).join(file_name(name));
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes?,
    };
    let record: Record = serde_json::from_slice(&bytes)?;
    if record.format > FORMAT { Err(written_by_a_newer_host(&path, record.format)) } else { Ok(Some(record)) }
}

fn written_by_a_newer_host(path: &Path, format: u32) -> io::Error {
    io::Error::other(format!(
        "{} was written by a newer host (format {format}, and this one knows {FORMAT})",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_and_a_damaged_one_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path()).unwrap();
        let record = Record::new(AppName::new("echo").unwrap());
        records.save(&record).unwrap();
        std::fs::write(records.path(&AppName::new("bad").unwrap()), "{").unwrap();
        assert_eq!(records.load().unwrap(), std::slice::from_ref(&record));
        assert!(folder.path().join("agents/bad.damaged").exists());
        records.remove(&record.name).unwrap();
        records.remove(&record.name).unwrap();
        assert!(records.load().unwrap().is_empty());
    }

    #[test]
    fn what_a_newer_host_wrote_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path()).unwrap();
        let record = Record { format: FORMAT + 1, ..Record::new(AppName::new("echo").unwrap()) };
        records.save(&record).unwrap();
        assert!(records.load().unwrap_err().to_string().contains("newer host"));
    }
}
