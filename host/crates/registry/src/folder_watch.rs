//! Follows the folder of agents: what changes there is taken in when it is whole.
//!
//! What the system reports is only a hint to look. The folder is also looked at every few seconds, because reports can be
//! lost, and file systems over a network make none.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use rak_core::{AgentSource, AppName, DeployError};
use tokio::sync::mpsc;

use crate::deploy::{Candidate, take_error};
use crate::folder::{self, AgentFiles, Found, Scan, Stamp};
use crate::manifest::Manifest;
use crate::registry::Registry;
use crate::settling::{Change, Settling};
use crate::upload::lost;

/// How often the folder is looked at without a report: 200 agents cost a few milliseconds.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Reports that may wait. One that is lost is made up for by the next look.
const MAX_HINTS: usize = 4096;
/// How many agents are taken in at a time; compiling has a bound of its own.
const PARALLEL: usize = 4;
/// Folders that are watched for reports; the others are only looked at.
const MAX_WATCHED: usize = 4096;

/// Takes in everything that is in the folder at the start, and takes away what is not there any more.
pub(crate) async fn take_in_all(registry: &Registry, scan: &Scan) -> Settling {
    let mut taken = BTreeMap::new();
    let mut changes: Vec<_> = scan.keys().cloned().map(Change::Arrived).collect();
    for entry in registry.entries() {
        let seen = entry.state().record.seen.clone();
        match (seen, scan.get(&entry.name)) {
            (Some(seen), Some(found)) if seen.stamps == found.stamps => {
                changes.retain(|change| *change != Change::Arrived(entry.name.clone()));
            }
            (Some(_), None) => changes.push(Change::Gone(entry.name.clone())),
            _ => {}
        }
    }
    for (name, found) in scan {
        taken.insert(name.clone(), found.stamps.clone());
    }
    let again: Vec<_> = stream::iter(changes)
        .map(|change| follow(registry, change, scan))
        .buffer_unordered(PARALLEL)
        .filter_map(std::future::ready)
        .collect()
        .await;
    taken.retain(|name, _| !again.contains(name));
    Settling::new(taken)
}

/// Follows the folder until it is dropped.
pub(crate) async fn run(registry: Registry, folder: PathBuf, settling: Settling) {
    let (sender, mut hints) = mpsc::channel(MAX_HINTS);
    let mut watched = Watched::new(sender);
    let mut settling = settling;
    let mut readable = true;
    let mut unused = BTreeMap::new();
    let mut running = stream::FuturesUnordered::new();
    let mut next = Instant::now();
    loop {
        tokio::select! {
            hint = hints.recv() => {
                note(&mut settling, hint);
                while let Ok(hint) = hints.try_recv() {
                    note(&mut settling, Some(hint));
                }
            }
            () = tokio::time::sleep_until(next.into()) => {}
            Some(again) = running.next() => {
                // The host could not do it: at the next look it is tried again.
                if let Some(name) = again {
                    settling.forget(&name);
                }
                continue;
            }
        }
        let now = Instant::now();
        next = now + LOOK_AGAIN;
        let looked = look(folder.clone(), watched).await;
        let (scan, now_unused, back) = match looked {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(%error, "the agents folder is not followed any more");
                return;
            }
        };
        watched = back;
        say_unused(&unused, &now_unused);
        unused = now_unused;
        match scan {
            Ok(scan) => {
                readable = true;
                let (changes, due) = settling.look(now, &scan);
                next = due.map_or(next, |due| due.min(next));
                let scan = Arc::new(scan);
                for change in changes {
                    let (registry, scan) = (&registry, scan.clone());
                    running.push(async move { follow(registry, change, &scan).await });
                }
            }
            // A folder that is gone as a whole is an accident, not a wish to have no agents.
            Err(error) if readable => {
                readable = false;
                tracing::error!(%error, folder = %folder.display(), "the agents folder cannot be read; the agents that are there go on");
            }
            Err(_) => {}
        }
    }
}

type Unused = BTreeMap<PathBuf, String>;
type Looked = (io::Result<Scan>, Unused, Watched);

/// Says once of each what looks like an agent and is none.
fn say_unused(before: &Unused, now: &Unused) {
    for (path, reason) in now.iter().filter(|(path, _)| !before.contains_key(*path)) {
        tracing::warn!(path = %path.display(), %reason, "not served");
    }
}

async fn look(folder: PathBuf, mut watched: Watched) -> Result<Looked, tokio::task::JoinError> {
    tokio::task::spawn_blocking(move || {
        // Watched first: what changes between the two is reported.
        watched.follow(&folder);
        (folder::scan(&folder), folder::unused(&folder), watched)
    })
    .await
}

fn note(settling: &mut Settling, hint: Option<Hint>) {
    match hint {
        Some(Hint::Written(path)) => settling.written(path),
        Some(Hint::Closed(path)) => settling.closed(&path),
        Some(Hint::Look) | None => {}
    }
}

/// Does what a change asks for. Gives the agent where the host itself could not do it, and may later.
async fn follow(registry: &Registry, change: Change, scan: &Scan) -> Option<AppName> {
    let (result, name) = match change {
        Change::Arrived(name) => match scan.get(&name) {
            Some(found) => (take_in(registry, &name, found).await, name),
            None => return None,
        },
        Change::Gone(name) => (let_go(registry, &name).await, name),
    };
    let error = result.err()?;
    tracing::debug!(agent = %name, %error, "a change of the agents folder was not followed");
    matches!(error, DeployError::DiskFull | DeployError::Unavailable { .. }).then_some(name)
}

/// Takes in what the folder has for an agent.
async fn take_in(registry: &Registry, name: &AppName, found: &Found) -> Result<(), DeployError> {
    // The lock comes before the files are read: whoever has it last has read last.
    let (entry, _changing) = registry.entry_to_change(name).await?;
    let files = match &found.files {
        Ok(files) => files.clone(),
        Err(reason) => {
            let error = DeployError::Refused { reason: reason.clone() };
            return Err(registry.note_refusal(&entry, error, None));
        }
    };
    let (depot, limit, stamps) =
        (registry.depot().clone(), registry.settings().max_component_bytes, found.stamps.clone());
    let read = tokio::task::spawn_blocking(move || {
        let manifest = manifest(&files);
        let lease = depot.import(&files.component, limit);
        // What changed while it was read is not taken in: the next look finds it.
        (manifest, lease, Stamp::are_true(&stamps))
    });
    let (manifest, lease, still_so) = read.await.map_err(lost)?;
    if !still_so {
        return Ok(());
    }
    let candidate = match (manifest, lease) {
        (Ok(manifest), Ok(lease)) => Candidate {
            component: Some(lease),
            manifest: Some(manifest),
            source: AgentSource::Folder,
            seen: Some(found.stamps.clone()),
        },
        (Err(reason), _) => return Err(registry.note_refusal(&entry, DeployError::Refused { reason }, None)),
        (_, Err(error)) => return Err(registry.note_refusal(&entry, take_error(error, limit), None)),
    };
    registry.deploy_locked(&entry, candidate).await.map(drop)
}

fn manifest(files: &AgentFiles) -> Result<Manifest, String> {
    files.manifest.as_deref().map_or_else(|| Ok(Manifest::default()), folder::read_manifest)
}

/// The folder has nothing for an agent any more. One that was uploaded stays.
async fn let_go(registry: &Registry, name: &AppName) -> Result<(), DeployError> {
    let (entry, _changing) = registry.entry_to_change(name).await?;
    let mut record = entry.state().record.clone();
    let uploaded = record.current().is_some_and(|kept| kept.source == AgentSource::Upload);
    if !uploaded {
        return registry.take_away(&entry, false).await;
    }
    record.seen = None;
    registry.save(&record).await?;
    entry.set_record(record);
    entry.set_refused(None);
    Ok(())
}

/// What the system reported.
#[derive(Debug)]
enum Hint {
    Written(PathBuf),
    Closed(PathBuf),
    Look,
}

/// The folder and the folders in it, watched one by one: what lies deeper is none of ours, and may be large.
struct Watched {
    watcher: Option<RecommendedWatcher>,
    folders: BTreeMap<PathBuf, u64>,
}

impl Watched {
    fn new(sender: mpsc::Sender<Hint>) -> Self {
        let report = move |event: notify::Result<notify::Event>| {
            for hint in event.map_or_else(|_| vec![Hint::Look], hints) {
                let _ = sender.try_send(hint);
            }
        };
        let watcher = notify::recommended_watcher(report);
        let watcher = watcher.inspect_err(|error| {
            tracing::warn!(%error, "the system reports no changes of files; the agents folder is looked at every few seconds");
        });
        Self { watcher: watcher.ok(), folders: BTreeMap::new() }
    }

    /// Watches the folders that there are now.
    fn follow(&mut self, folder: &Path) {
        use std::os::unix::fs::MetadataExt as _;
        let Some(watcher) = &mut self.watcher else { return };
        let inner = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let there: BTreeMap<_, _> = std::iter::once(folder.to_owned())
            .chain(inner)
            .filter_map(|path| Some((path.metadata().ok().filter(std::fs::Metadata::is_dir)?.ino(), path)))
            .map(|(inode, path)| (path, inode))
            .take(MAX_WATCHED)
            .collect();
        let stale = self.folders.iter().filter(|(path, inode)| there.get(*path) != Some(inode));
        let stale: Vec<_> = stale.map(|(path, _)| path.clone()).collect();
        for path in stale {
            // One that is gone took its watch along.
            let _ = watcher.unwatch(&path);
            self.folders.remove(&path);
        }
        for (path, inode) in there {
            let new = !self.folders.contains_key(&path);
            if new && watcher.watch(&path, RecursiveMode::NonRecursive).is_ok() {
                self.folders.insert(path, inode);
            }
        }
    }
}

fn hints(event: notify::Event) -> Vec<Hint> {
    let paths = event.paths.into_iter();
    match event.kind {
        EventKind::Modify(ModifyKind::Data(_)) if cfg!(target_os = "linux") => {
            paths.map(Hint::Written).collect()
        }
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Remove(_)
        | EventKind::Modify(ModifyKind::Name(_)) => paths.map(Hint::Closed).collect(),
        // Our own reading is reported too.
        EventKind::Access(_) => Vec::new(),
        _ => vec![Hint::Look],
    }
}
