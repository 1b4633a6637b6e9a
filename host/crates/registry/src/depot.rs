//! Components on disk, by the digest of their bytes.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

/// How much is read at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// The folder of components.
const COMPONENTS: &str = "components";

/// A folder of components. A clone is the same folder.
#[derive(Clone)]
pub(crate) struct Depot {
    inner: Arc<Inner>,
}

struct Inner {
    components: PathBuf,
    incoming: PathBuf,
    leases: Mutex<HashMap<String, Holding>>,
}

/// A component that somebody has a lease on.
#[derive(Default)]
struct Holding {
    leases: usize,
    /// It was not there before.
    fresh: bool,
    /// A version was made of it.
    kept: bool,
}

/// Keeps a component from being forgotten while a version is made of it. When the last lease on a component that was not
/// there before is gone, and no version was made of it, it is gone too.
pub(crate) struct Lease {
    depot: Depot,
    pub(crate) digest: String,
    pub(crate) bytes: u64,
}

impl Lease {
    /// A version was made of it.
    pub(crate) fn keep(&self) {
        self.depot.leases().entry(self.digest.clone()).or_default().kept = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut leases = self.depot.leases();
        let Some(holding) = leases.get_mut(&self.digest) else { return };
        holding.leases -= 1;
        if holding.leases > 0 {
            return;
        }
        if holding.fresh && !holding.kept {
            let _ = std::fs::remove_file(self.depot.path(&self.digest));
        }
        leases.remove(&self.digest);
    }
}

/// Why a component was not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where a component lies in the folder of a registry.
pub(crate) fn component_path(folder: &Path, digest: &str) -> PathBuf {
    folder.join(COMPONENTS).join(file_name(digest))
}

fn file_name(digest: &str) -> String {
    format!("{}.wasm", digest.strip_prefix("sha256:").unwrap_or(digest))
}

impl Depot {
    /// A depot in a folder, which is made where it does not exist. What an earlier host left half taken in is removed.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let (components, incoming) = (folder.join(COMPONENTS), folder.join("incoming"));
        std::fs::create_dir_all(&components)?;
        match std::fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => std::fs::create_dir_all(&incoming)?,
        }
        Ok(Self { inner: Arc::new(Inner { components, incoming, leases: Mutex::default() }) })
    }

    /// A component that comes in pieces.
    pub(crate) fn receive(&self, limit: u64) -> io::Result<Incoming> {
        let file = NamedTempFile::new_in(&self.inner.incoming)?;
        Ok(Incoming { depot: self.clone(), file, hash: Sha256::new(), bytes: 0, limit })
    }

    /// Takes in a file.
    pub(crate) fn import(&self, path: &Path, limit: u64) -> Result<Lease, TakeError> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() > limit {
            return Err(TakeError::TooLarge(limit));
        }
        let mut incoming = self.receive(limit)?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = file.read(&mut chunk)?;
            if read == 0 {
                return Ok(incoming.finish()?);
            }
            incoming.write(chunk.get(..read).unwrap_or_default())?;
        }
    }

    /// A lease on a component that is there.
    pub(crate) fn lease(&self, digest: &str) -> Option<Lease> {
        self.leases().entry(digest.to_owned()).or_default().leases += 1;
        let mut lease = Lease { depot: self.clone(), digest: digest.to_owned(), bytes: 0 };
        lease.bytes = std::fs::metadata(self.path(digest)).ok()?.len();
        Some(lease)
    }

    /// The bytes of a component.
    pub(crate) fn read(&self, digest: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.path(digest))
    }

    /// Removes a component, unless a version is being made of it or `is_used` says that there is one. True where it is
    /// gone.
    pub(crate) fn forget(&self, digest: &str, is_used: impl FnOnce() -> bool) -> bool {
        let leases = self.leases();
        if leases.contains_key(digest) || is_used() {
            return false;
        }
        // A file that stays only takes room; the next start finds it.
        let _ = std::fs::remove_file(self.path(digest));
        true
    }

    /// The digests of all components.
    pub(crate) fn digests(&self) -> io::Result<Vec<String>> {
        let mut digests = Vec::new();
        for entry in std::fs::read_dir(&self.inner.components)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            digests.extend(name.strip_suffix(".wasm").map(|digest| format!("sha256:{digest}")));
        }
        Ok(digests)
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.inner.components.join(file_name(digest))
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<String, Holding>> {
        self.inner.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A component that comes in pieces. Dropping it gives it up.
pub(crate) struct Incoming {
    depot: Depot,
    file: NamedTempFile,
    hash: Sha256,
    pub(crate) bytes: u64,
    limit: u64,
}

impl Incoming {
    pub(crate) fn write(&mut self, chunk: &[u8]) -> Result<(), TakeError> {
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
        if self.bytes > self.limit {
            return Err(TakeError::TooLarge(self.limit));
        }
        self.hash.update(chunk);
        Ok(self.file.write_all(chunk)?)
    }

    /// Puts it in its place.
    pub(crate) fn finish(self) -> io::Result<Lease> {
        let sum = self.hash.finalize();
        let digest = sum.iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"));
        self.file.as_file().sync_data()?;
        // The lease comes first: from here on nobody removes what is there.
        let there = self.depot.lease(&digest);
        self.depot.leases().entry(digest.clone()).or_default().leases += 1;
        let lease = Lease { depot: self.depot.clone(), digest, bytes: self.bytes };
        // Also where it is there already: what has just arrived is whole, and what lies there may be damaged.
        self.file.persist(self.depot.path(&lease.digest)).map_err(|error| error.error)?;
        if there.is_none() {
            self.depot.leases().entry(lease.digest.clone()).or_default().fresh = true;
        }
        Ok(lease)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn what_is_the_same_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path()).unwrap();
        for pieces in [vec!["abc"], vec!["a", "", "bc"]] {
            let mut incoming = depot.receive(3).unwrap();
            for piece in pieces {
                incoming.write(piece.as_bytes()).unwrap();
            }
            let lease = incoming.finish().unwrap();
            assert_eq!((lease.digest.as_str(), lease.bytes), (ABC, 3));
            lease.keep();
        }
        assert_eq!(depot.digests().unwrap(), [ABC]);
        assert_eq!(depot.read(ABC).unwrap(), b"abc");
    }

    #[test]
    fn what_is_in_use_is_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path()).unwrap();
        let mut incoming = depot.receive(3).unwrap();
        incoming.write(b"abc").unwrap();
        let lease = incoming.finish().unwrap();
        lease.keep();
        let second = depot.lease(ABC).unwrap();
        drop(lease);
        assert!(!depot.forget(ABC, || false));
        drop(second);
        assert!(!depot.forget(ABC, || true));
        assert!(depot.forget(ABC, || false));
        assert!(depot.lease(ABC).is_none());
        assert!(depot.leases().is_empty());
    }

    #[test]
    fn what_no_version_was_made_of_goes_with_its_last_lease() {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path()).unwrap();
        let take = || {
            let mut incoming = depot.receive(3).unwrap();
            incoming.write(b"abc").unwrap();
            incoming.finish().unwrap()
        };
        let (one, other) = (take(), take());
        drop(one);
        assert_eq!(depot.digests().unwrap(), [ABC]);
        drop(other);
        assert!(depot.digests().unwrap().is_empty());
        let (one, other) = (take(), take());
        one.keep();
        drop((one, other));
        drop(take());
        assert_eq!(depot.digests().unwrap(), [ABC], "what was kept is not fresh any more");
    }

    #[test]
    fn what_was_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path()).unwrap();
        let mut incoming = depot.receive(3).unwrap();
        assert!(matches!(incoming.write(b"abcd"), Err(TakeError::TooLarge(3))));
        drop(incoming);
        assert!(depot.digests().unwrap().is_empty());
        assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
        std::fs::write(folder.path().join("incoming/left"), "half").unwrap();
        Depot::open(folder.path()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    }
}
