//! What a host has kept of its agents, read by somebody else: also while it runs.

use std::io;
use std::path::{Path, PathBuf};

use rak_core::AppName;

use crate::depot;
use crate::manifest::Manifest;
use crate::record;

/// A version that a host has kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptVersion {
    /// The digest of its component.
    pub digest: String,
    /// What it is served with.
    pub manifest: Manifest,
    /// The file of its component; none where that is lost or damaged.
    pub component: Option<PathBuf>,
}

/// Looks a version of an agent up in the data folder of a host. Nothing is changed there.
pub fn find_kept_version(data: &Path, name: &AppName, version: &str) -> io::Result<Option<KeptVersion>> {
    let folder = data.join("registry");
    let Some(record) = record::read(&folder, name)? else { return Ok(None) };
    let Some(kept) = record.version(version) else { return Ok(None) };
    let path = depot::component_path(&folder, &kept.digest);
    let component = match std::fs::read(&path) {
        Ok(bytes) => (rak_wasm::digest(&bytes) == kept.digest).then_some(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(Some(KeptVersion { digest: kept.digest.clone(), manifest: kept.manifest.clone(), component }))
}
