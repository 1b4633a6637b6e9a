//! Tells when an author has changed something in a project.

use std::path::Path;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

/// How long nothing may change before a change counts: editors write several files, and one in several steps.
const QUIET: Duration = Duration::from_millis(50);
/// Folders that compilers and tools write to themselves.
const NOT_SOURCES: [&str; 4] = ["target", "node_modules", "__pycache__", "dist"];

/// The sources of a project, watched.
pub(crate) struct SourceWatch {
    changes: mpsc::Receiver<()>,
    /// It watches for as long as it lives.
    _watcher: RecommendedWatcher,
}

impl SourceWatch {
    /// Watches everything in a folder that an author writes.
    pub(crate) fn start(folder: &Path) -> notify::Result<Self> {
        let root = folder.canonicalize().map_err(notify::Error::io)?;
        // One place: more than one change is a change.
        let (sender, changes) = mpsc::channel(1);
        let seen_from = root.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| is_change(&event, &seen_from)) {
                let _ = sender.try_send(());
            }
        })?;
        watcher.watch(&root, RecursiveMode::NonRecursive)?;
        for entry in std::fs::read_dir(&root).map_err(notify::Error::io)?.flatten() {
            let path = entry.path();
            if path.is_dir() && is_source(&path, &root) {
                watcher.watch(&path, RecursiveMode::Recursive)?;
            }
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Returns when something has changed and nothing has since for a moment.
    pub(crate) async fn changed(&mut self) {
        if self.changes.recv().await.is_none() {
            return std::future::pending().await;
        }
        while tokio::time::timeout(QUIET, self.changes.recv()).await.is_ok_and(|more| more.is_some()) {}
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
}
