//! Tells when an author has changed something in a project.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::project::MANIFEST;

/// How long nothing may change before a change counts: editors write several files, and one in several steps.
const QUIET: Duration = Duration::from_millis(50);
/// Folders that compilers and tools write to themselves.
const NOT_SOURCES: [&str; 6] = ["target", "node_modules", "__pycache__", "dist", "zig-out", "zig-pkg"];

/// The sources of a project, watched.
pub(crate) struct SourceWatch {
    changes: mpsc::Receiver<()>,
    /// There was a change that nobody was told of yet.
    noted: bool,
    /// Something else than the manifest has changed since it was asked for the last time.
    sources_changed: Arc<AtomicBool>,
    watcher: RecommendedWatcher,
    root: PathBuf,
}

impl SourceWatch {
    /// Watches everything in a folder that an author writes.
    pub(crate) fn start(folder: &Path) -> notify::Result<Self> {
        let root = folder.canonicalize().map_err(notify::Error::io)?;
        // One place: more than one change is a change.
        let (sender, changes) = mpsc::channel(1);
        let seen_from = root.clone();
        let sources_changed = Arc::new(AtomicBool::new(true));
        let changed = sources_changed.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if let Ok(event) = event
                && is_change(&event, &seen_from)
            {
                let manifest = seen_from.join(MANIFEST);
                if event.paths.iter().any(|path| *path != manifest && is_source(path, &seen_from)) {
                    changed.store(true, Ordering::Relaxed);
                }
                let _ = sender.try_send(());
            }
        })?;
        watcher.watch(&root, RecursiveMode::NonRecursive)?;
        let mut watch = Self { changes, noted: false, sources_changed, watcher, root };
        watch.follow()?;
        Ok(watch)
    }

    /// Whether something else than the manifest has changed since this was asked for the last time; at first it has.
    pub(crate) fn sources_have_changed(&self) -> bool {
        self.sources_changed.swap(false, Ordering::Relaxed)
    }

    /// Watches the folders that there are now. One that is watched already stays so.
    fn follow(&mut self) -> notify::Result<()> {
        for entry in std::fs::read_dir(&self.root).map_err(notify::Error::io)?.flatten() {
            let path = entry.path();
            if path.is_dir() && is_source(&path, &self.root) {
                self.watcher.watch(&path, RecursiveMode::Recursive)?;
            }
        }
        Ok(())
    }

    /// Returns when something has changed and nothing has since for a moment. Who stops waiting misses nothing: the next
    /// call tells of it.
    pub(crate) async fn changed(&mut self) {
        if !self.noted {
            if self.changes.recv().await.is_none() {
                return std::future::pending().await;
            }
            self.noted = true;
        }
        loop {
            // A folder may have come, or another one in the place of one. One that cannot be watched is gone again.
            let _ = self.follow();
            let more = tokio::time::timeout(QUIET, self.changes.recv()).await;
            if !more.is_ok_and(|more| more.is_some()) {
                break;
            }
        }
        self.noted = false;
    }
}

fn is_change(event: &notify::Event, root: &Path) -> bool {
    let is_write = match event.kind {
        // Compilers read the sources; that is no change of them.
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    };
    is_write && event.paths.iter().any(|path| is_source(path, root))
}

/// Whether an author writes to a path, and not a tool.
fn is_source(path: &Path, root: &Path) -> bool {
    let Ok(within) = path.strip_prefix(root) else { return false };
    let parts: Vec<_> = within.iter().map(|part| part.to_string_lossy()).collect();
    let Some((file, folders)) = parts.split_last() else { return false };
    let hidden = |part: &str| part.starts_with('.');
    let of_a_tool = |part: &str| hidden(part) || NOT_SOURCES.contains(&part);
    // Editors write beside a file before they put it in its place.
    let scratch = hidden(file) || file.ends_with('~') || file.ends_with(".swp") || file == "4913";
    !scratch && !folders.iter().any(|part| of_a_tool(part)) && !NOT_SOURCES.contains(&file.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_author_writes_is_a_source() {
        let root = Path::new("/p");
        for (path, expected) in [
            ("/p/src/lib.rs", true),
            ("/p/Cargo.toml", true),
            ("/p/agent.toml", true),
            ("/p/vendor/rak/wit/entry.wit", true),
            ("/p/target/debug/x", false),
            ("/p/target", false),
            ("/p/.git/index", false),
            ("/p/.rak/rak.db", false),
            ("/p/src/.lib.rs.swp", false),
            ("/p/src/lib.rs~", false),
            ("/p/sub/target/x", false),
            ("/p", false),
            ("/other/src/lib.rs", false),
        ] {
            assert_eq!(is_source(Path::new(path), root), expected, "{path}");
        }
    }

    #[tokio::test]
    async fn a_save_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("src")).unwrap();
        let mut watch = SourceWatch::start(folder.path()).unwrap();
        for file in ["src/lib.rs", "agent.toml"] {
            std::fs::write(folder.path().join(file), "text").unwrap();
            watch.changed().await;
        }
    }

    #[tokio::test]
    async fn a_folder_that_comes_later_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = SourceWatch::start(folder.path()).unwrap();
        let later = folder.path().join("later");
        for _ in 0..2 {
            std::fs::create_dir(&later).unwrap();
            watch.changed().await;
            std::fs::write(later.join("prompt.txt"), "text").unwrap();
            watch.changed().await;
            std::fs::remove_dir_all(&later).unwrap();
            watch.changed().await;
        }
    }

    #[tokio::test]
    async fn who_stops_waiting_is_told_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = SourceWatch::start(folder.path()).unwrap();
        std::fs::write(folder.path().join("agent.toml"), "text").unwrap();
        while !watch.noted {
            // Dropped at once, after it has seen the change or before.
            let _ = futures::poll!(std::pin::pin!(watch.changed()));
            tokio::task::yield_now().await;
        }
        watch.changed().await;
    }
}
