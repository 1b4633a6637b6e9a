//! A script that is looked at again with each request, so that whoever writes it need not start the host anew.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use rak_core::{Failure, FailureKind};
use tokio::task::spawn_blocking;

use super::script::Script;

/// A script, and the file that it comes from.
#[derive(Clone)]
pub(super) struct Watched {
    path: PathBuf,
    read: Arc<Mutex<Read>>,
}

/// What was read.
struct Read {
    /// As the file was when it was looked at last, whether it could be used or not.
    stamp: Option<Stamp>,
    /// What it said when it could be used last.
    script: Arc<Script>,
}

/// What changes when a file is written.
#[derive(Debug, PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl Watched {
    /// Reads the file, which has to be of use at first.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        // The other way round, a file that is written meanwhile would pass for one that was read.
        let stamp = stamp(path);
        let script = Arc::new(Script::read(path)?);
        Ok(Self { path: path.to_owned(), read: Arc::new(Mutex::new(Read { stamp, script })) })
    }

    /// What the file says now. One that cannot be used any more says what it said before.
    pub(super) async fn script(&self) -> Result<Arc<Script>, Failure> {
        let watched = self.clone();
        spawn_blocking(move || watched.look()).await.map_err(|error| {
            Failure::new(FailureKind::Failed, format!("the script could not be looked at: {error}"))
        })
    }

    fn look(&self) -> Arc<Script> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp(&self.path);
        if stamp != read.stamp {
            read.stamp = stamp;
            match Script::read(&self.path) {
                Ok(script) => read.script = Arc::new(script),
                Err(problem) => {
                    tracing::warn!(target: "rak::models", %problem, "a script stays as it was before it changed");
                }
            }
        }
        read.script.clone()
    }
}

/// As the file is; nothing where nobody can say.
fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Stamp { modified: metadata.modified().ok(), bytes: metadata.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, remove_file, write};
    use std::time::Duration;

    use rak_core::{Content, ModelPrompt, Part};

    async fn said(watched: &Watched) -> Part {
        let prompt =
            ModelPrompt { contents: vec![Content::new_user_text("hello")], ..ModelPrompt::default() };
        watched.script().await.unwrap().reply(&prompt).unwrap().parts[0].clone()
    }

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    #[tokio::test]
    async fn a_script_that_changed_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("models.toml");
        write(&path, "[[reply]]\ntext = 'a'").unwrap();
        let watched = Watched::read(&path).unwrap();
        assert_eq!(said(&watched).await, text("a"));
        write(&path, "[[reply]]\ntext = 'longer'").unwrap();
        assert_eq!(said(&watched).await, text("longer"));
        write(&path, "[[reply]]\ntext = 'larger'").unwrap();
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(7);
        File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        assert_eq!(said(&watched).await, text("larger"), "of the same length");
    }

    #[tokio::test]
    async fn a_script_that_cannot_be_used_any_more_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("models.toml");
        write(&path, "[[reply]]\ntext = 'a'").unwrap();
        let watched = Watched::read(&path).unwrap();
        write(&path, "[[reply]").unwrap();
        assert_eq!(said(&watched).await, text("a"));
        assert_eq!(
            watched.read.lock().unwrap().stamp,
            stamp(&path),
            "it is not read again before it changes"
        );
        remove_file(&path).unwrap();
        assert_eq!(said(&watched).await, text("a"));
        write(&path, "[[reply]]\ntext = 'b'").unwrap();
        assert_eq!(said(&watched).await, text("b"));
        assert!(Watched::read(&folder.path().join("none.toml")).is_err());
    }
}
