//! Compiled components on disk, by the digest of what was compiled and of the engine that compiled it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The layout of the files. A higher number makes older files unused.
const FORMAT: u32 = 1;

/// A folder of compiled components. Files are written once, renamed into place, and never trusted when they do not
/// match: beside each lies the digest of its bytes. Whoever can write to the folder can run code in the host, so it
/// belongs to the host alone.
#[derive(Clone, Debug)]
pub struct CompileCache {
    folder: PathBuf,
}

impl CompileCache {
    /// A cache in a folder, which is made where it does not exist, for the host's user alone.
    pub fn open(folder: impl Into<PathBuf>) -> std::io::Result<Self> {
        let folder = folder.into();
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(Self { folder })
    }

    /// The compiled form of a component, where there is one that this engine can use.
    pub(crate) fn get(&self, engine: &Engine, digest: &str) -> Option<Component> {
        let path = self.path(engine, digest);
        let expected = std::fs::read_to_string(sum_path(&path)).ok()?;
        let bytes = std::fs::read(&path).ok()?;
        if sum(&bytes) != expected.trim() {
            tracing::warn!(path = %path.display(), "a compiled component is damaged; it is compiled anew");
            return None;
        }
        // From memory, not from the mapped file: what was checked is what is used, and nobody can cut it short later.
        // SAFETY: the bytes are what `put` wrote: they match the digest beside them, the folder is the host's alone,
        // and wasmtime checks that the engine's configuration and version are the same.
        #[expect(unsafe_code, reason = "the one place that loads machine code; see the comment above")]
        let component = unsafe { Component::deserialize(engine, &bytes) };
        component
            .inspect_err(
                |error| tracing::warn!(path = %path.display(), %error, "a compiled component cannot be used"),
            )
            .ok()
    }

    /// Keeps a compiled component. A cache that cannot be written costs time, not function.
    pub(crate) fn put(&self, engine: &Engine, digest: &str, component: &Component) {
        let path = self.path(engine, digest);
        if let Err(error) =
            component.serialize().map_err(std::io::Error::other).and_then(|bytes| self.write(&path, &bytes))
        {
            tracing::warn!(path = %path.display(), %error, "a compiled component could not be kept; the next start compiles it again");
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        // The digest comes last: without it the file is not looked at.
        for (path, bytes) in [(path.to_owned(), bytes), (sum_path(path), sum(bytes).as_bytes())] {
            let mut file = NamedTempFile::new_in(&self.folder)?;
            file.write_all(bytes)?;
            file.as_file().sync_data()?;
            file.persist(path)?;
        }
        Ok(())
    }

    fn path(&self, engine: &Engine, digest: &str) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        FORMAT.hash(&mut hasher);
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let digest = digest.strip_prefix("sha256:").unwrap_or(digest);
        self.folder.join(format!("{digest}-{:016x}.cwasm", hasher.finish()))
    }
}

fn sum_path(path: &Path) -> PathBuf {
    path.with_extension("sha256")
}

pub(crate) fn sum(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(engine: &Engine) -> Component {
        // The smallest component: magic number and layer.
        Component::new(engine, b"\0asm\x0d\0\x01\0").unwrap()
    }

    #[test]
    fn what_was_kept_is_found_by_the_same_engine_only() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CompileCache::open(folder.path().join("a/b")).unwrap();
        let engine = Engine::default();
        assert!(cache.get(&engine, "sha256:00").is_none());
        cache.put(&engine, "sha256:00", &component(&engine));
        assert!(cache.get(&engine, "sha256:00").is_some());
        assert!(cache.get(&engine, "sha256:01").is_none());
        let other = Engine::new(wasmtime::Config::new().epoch_interruption(true)).unwrap();
        assert!(cache.get(&other, "sha256:00").is_none());
    }

    #[test]
    fn a_damaged_file_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CompileCache::open(folder.path()).unwrap();
        let engine = Engine::default();
        cache.put(&engine, "00", &component(&engine));
        let path = cache.path(&engine, "00");
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(cache.get(&engine, "00").is_none());
        std::fs::write(&path, b"").unwrap();
        assert!(cache.get(&engine, "00").is_none());
        cache.put(&engine, "00", &component(&engine));
        assert!(cache.get(&engine, "00").is_some());
    }
}
