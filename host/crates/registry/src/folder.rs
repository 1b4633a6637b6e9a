//! The folder of agents: what is in it now.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use rak_core::AppName;
use serde::{Deserialize, Serialize};

use crate::manifest::{MANIFEST_FILE, MAX_MANIFEST_BYTES, Manifest};

/// What tells two states of a file apart without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    path: PathBuf,
    bytes: u64,
    /// Nanoseconds since 1970.
    modified: i128,
    changed: i128,
    inode: u64,
}

impl Stamp {
    fn of(path: &Path, metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            path: path.to_owned(),
            bytes: metadata.len(),
            modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }
}

impl Stamp {
    /// Whether all files are still as they were.
    pub(crate) fn are_true(stamps: &[Self]) -> bool {
        stamps.iter().all(|stamp| {
            stamp.path.symlink_metadata().is_ok_and(|metadata| Self::of(&stamp.path, &metadata) == *stamp)
        })
    }
}

/// What the folder has for one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) stamps: Vec<Stamp>,
    pub(crate) files: Result<AgentFiles, String>,
}

/// The files of an agent, with every symbolic link followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgentFiles {
    pub(crate) component: PathBuf,
    pub(crate) manifest: Option<PathBuf>,
}

impl Found {
    /// Whether a path is one of its files.
    pub(crate) fn has(&self, path: &Path) -> bool {
        self.stamps.iter().any(|stamp| stamp.path == path)
    }
}

pub(crate) type Scan = BTreeMap<AppName, Found>;

/// Looks what is in a folder: `NAME.wasm`, and `NAME/agent.toml` with a component beside it.
pub(crate) fn scan(folder: &Path) -> io::Result<Scan> {
    let root = folder.canonicalize()?;
    let mut scan = Scan::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let found = if path.is_dir() { in_folder(&root, &path) } else { single(&root, &path) };
        let Some((stem, found)) = found else { continue };
        // What has no name for an agent is in `unused`.
        if let Ok(name) = AppName::new(&stem) {
            scan.entry(name).and_modify(|other| *other = both(other, &found)).or_insert(found);
        }
    }
    Ok(scan)
}

/// What in the folder looks like an agent and is none, with the reason.
pub(crate) fn unused(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter_map(|path| why_unused(&path).map(|reason| (path, reason))).collect()
}

fn why_unused(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    if name.starts_with('.') {
        return None;
    }
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
    if path.is_dir() {
        return if path.join(MANIFEST_FILE).exists() {
            AppName::new(&name).err().map(|error| error.to_string())
        } else {
            let holds_component = only_component(path).is_ok();
            holds_component
                .then(|| format!("a folder is an agent where it has an {MANIFEST_FILE}, which may be empty"))
        };
    }
    match extension.as_deref() {
        Some("wasm") => {
            AppName::new(path.file_stem()?.to_string_lossy()).err().map(|error| error.to_string())
        }
        Some(other) if other.eq_ignore_ascii_case("wasm") => Some("its name has to end in .wasm".to_owned()),
        _ => None,
    }
}

/// `NAME.wasm`.
fn single(root: &Path, path: &Path) -> Option<(String, Found)> {
    if path.extension().is_none_or(|extension| extension != "wasm") {
        return None;
    }
    let name = path.file_stem()?.to_str()?.to_owned();
    let mut stamps = Vec::new();
    let files = component(root, path, &mut stamps).map(|component| AgentFiles { component, manifest: None });
    Some((name, Found { stamps, files }))
}

/// `NAME/agent.toml`. A folder without a manifest is nothing of ours.
fn in_folder(root: &Path, path: &Path) -> Option<(String, Found)> {
    let manifest = path.join(MANIFEST_FILE);
    if manifest.symlink_metadata().is_err() {
        return None;
    }
    let name = path.file_name()?.to_str()?.to_owned();
    let mut stamps = Vec::new();
    let files = files_of(root, path, &manifest, &mut stamps);
    Some((name, Found { stamps, files }))
}

fn files_of(
    root: &Path,
    folder: &Path,
    manifest: &Path,
    stamps: &mut Vec<Stamp>,
) -> Result<AgentFiles, String> {
    let resolved = resolve(root, manifest, stamps)?;
    let named = read_manifest(&resolved)?.component;
    let path = match named {
        Some(file) => folder.join(file),
        None => only_component(folder)?,
    };
    Ok(AgentFiles { component: component(root, &path, stamps)?, manifest: Some(resolved) })
}

/// What a folder has for one agent: its component, and its manifest where there is one. None where there is nothing, and
/// the reason where it cannot be used.
pub fn find_agent(folder: &Path, name: &AppName) -> Result<Option<(PathBuf, Manifest)>, String> {
    let scan = scan(folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    let Some(found) = scan.get(name) else { return Ok(None) };
    let files = found.files.clone()?;
    let manifest = files.manifest.as_deref().map(read_manifest).transpose()?;
    Ok(Some((files.component, manifest.unwrap_or_default())))
}

/// Reads a manifest. The text is for its author.
pub(crate) fn read_manifest(path: &Path) -> Result<Manifest, String> {
    let cannot = |error: io::Error| format!("{} cannot be read: {error}", path.display());
    if std::fs::metadata(path).map_err(cannot)?.len() > MAX_MANIFEST_BYTES {
        return Err(format!("{MANIFEST_FILE} is larger than {MAX_MANIFEST_BYTES} bytes"));
    }
    let text = std::fs::read_to_string(path).map_err(cannot)?;
    Manifest::parse(&text).map_err(|error| error.to_string())
}

fn only_component(folder: &Path) -> Result<PathBuf, String> {
    let cannot = |error: io::Error| format!("{} cannot be read: {error}", folder.display());
    let mut components = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            components.push(path);
        }
    }
    match (components.pop(), components.is_empty()) {
        (Some(path), true) => Ok(path),
        (None, _) => Err(format!("there is no component beside its {MANIFEST_FILE}: put a .wasm file there")),
        (Some(_), false) => Err(format!(
            "there are several components beside its {MANIFEST_FILE}: say which with `component = \"FILE.wasm\"`"
        )),
    }
}

fn component(root: &Path, path: &Path, stamps: &mut Vec<Stamp>) -> Result<PathBuf, String> {
    let resolved = resolve(root, path, stamps)?;
    if !resolved.is_file() {
        return Err(format!("{} is not a file", path.display()));
    }
    Ok(resolved)
}

/// Follows symbolic links, but not out of the folder: who may write a link there could else have the host read any file.
fn resolve(root: &Path, path: &Path, stamps: &mut Vec<Stamp>) -> Result<PathBuf, String> {
    let cannot = |error: io::Error| format!("{} cannot be read: {error}", path.display());
    // The link itself is a part of the state too.
    let link = path.symlink_metadata().map_err(cannot)?;
    stamps.push(Stamp::of(path, &link));
    let resolved = path.canonicalize().map_err(cannot)?;
    if !resolved.starts_with(root) {
        return Err(format!("{} is a symbolic link out of the folder of agents", path.display()));
    }
    if link.is_symlink() {
        stamps.push(Stamp::of(&resolved, &resolved.metadata().map_err(cannot)?));
    }
    Ok(resolved)
}

fn both(one: &Found, other: &Found) -> Found {
    let mut stamps = [one.stamps.clone(), other.stamps.clone()].concat();
    stamps.sort_by(|one, other| one.path.cmp(&other.path));
    let files = Err("there are both a file NAME.wasm and a folder NAME of it: remove one".into());
    Found { stamps, files }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(scan: &Scan, name: &str) -> String {
        scan[&AppName::new(name).unwrap()].files.clone().unwrap_err()
    }

    #[test]
    fn files_and_folders_are_agents_and_the_rest_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in ["one.wasm", "two/agent.toml", "two/x.wasm", "notes.txt", "bad name.wasm", "none/x.wasm"]
        {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let scan = scan(root).unwrap();
        let names: Vec<_> = scan.keys().map(AppName::as_str).collect();
        assert_eq!(names, ["one", "two"]);
        let two = scan[&AppName::new("two").unwrap()].files.clone().unwrap();
        assert!(two.component.ends_with("two/x.wasm") && two.manifest.is_some());
    }

    #[test]
    fn what_looks_like_an_agent_and_is_none_has_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "bad name.wasm",
            "Loud.WASM",
            "forgot/x.wasm",
            "notes.txt",
            ".hidden.wasm",
            "ok.wasm",
            "src/a.rs",
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let unused = unused(folder.path());
        let reasons: Vec<_> = unused
            .iter()
            .map(|(path, reason)| (path.file_name().unwrap().to_str().unwrap(), reason.as_str()))
            .collect();
        assert_eq!(reasons.len(), 3, "{reasons:?}");
        assert!(reasons[0].1.contains(".wasm") && reasons[1].1.contains("character ' '"), "{reasons:?}");
        assert!(reasons[2].1.contains("agent.toml"), "{reasons:?}");
    }

    #[test]
    fn what_cannot_be_served_has_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::write(outside.path().join("x.wasm"), "").unwrap();
        std::os::unix::fs::symlink(outside.path().join("x.wasm"), root.join("out.wasm")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("dangling.wasm")).unwrap();
        for (name, manifest, components) in [
            ("empty", "", vec![]),
            ("many", "", vec!["a.wasm", "b.wasm"]),
            ("wrong", "lmits = 1", vec!["a.wasm"]),
            ("twice", "", vec!["a.wasm"]),
            ("named", "component = 'b.wasm'", vec!["a.wasm", "b.wasm"]),
        ] {
            std::fs::create_dir(root.join(name)).unwrap();
            std::fs::write(root.join(name).join(MANIFEST_FILE), manifest).unwrap();
            for component in components {
                std::fs::write(root.join(name).join(component), "").unwrap();
            }
        }
        std::fs::write(root.join("twice.wasm"), "").unwrap();
        std::os::unix::fs::symlink("named/b.wasm", root.join("inside.wasm")).unwrap();
        let scan = scan(root).unwrap();
        assert!(reason(&scan, "out").contains("out of the folder"));
        assert!(reason(&scan, "dangling").contains("cannot be read"));
        assert!(reason(&scan, "empty").contains("no component"));
        assert!(reason(&scan, "many").contains("component ="));
        assert!(reason(&scan, "wrong").contains("line 1"));
        assert!(reason(&scan, "twice").contains("remove one"));
        for name in ["named", "inside"] {
            let files = scan[&AppName::new(name).unwrap()].files.clone().unwrap();
            assert!(files.component.ends_with("b.wasm"));
        }
    }

    #[test]
    fn every_change_is_another_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wasm");
        let state = || scan(folder.path()).unwrap().into_values().next().unwrap().stamps;
        std::fs::write(&path, "one").unwrap();
        let one = state();
        assert_eq!(one, state());
        std::fs::write(folder.path().join("b"), "two").unwrap();
        std::fs::rename(folder.path().join("b"), &path).unwrap();
        assert_ne!(one, state());
    }
}
