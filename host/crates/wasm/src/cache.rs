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
        load(engine, &bytes)
            .inspect_err(
                |error| tracing::warn!(path = %path.display(), %error, "a compiled component cannot be used"),
            )
            .ok()
    }

    /// Keeps a compiled component. A cache that cannot be written costs time, not function.
    pub(crate) fn put(&self, engine: &Engine, digest: &str, code: &[u8]) {
        let path = self.path(engine, digest);
        if let Err(error) = self.write(&path, code) {
            tracing::warn!(path = %path.display(), %error, "a compiled component could not be kept; the next start compiles it again");
        }
    }

    /// Removes the compiled form for an engine.
    pub(crate) fn remove(&self, engine: &Engine, digest: &str) {
        remove(&self.path(engine, digest));
    }

    /// Forgets all compiled forms of a component, those of other engines too.
    pub(crate) fn forget(&self, digest: &str) {
        let prefix = format!("{}-", hexadecimal(digest));
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                remove(&entry.path());
            }
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
        self.folder.join(format!("{}-{:016x}.cwasm", hexadecimal(digest), hasher.finish()))
    }
}

/// Makes a component of compiled code.
pub(crate) fn load(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are what a compiler of this program made: they come from it directly, or from a file that
    // matches the digest beside it in a folder that is the host's alone. Wasmtime checks that the engine's
    // configuration and version are the same.
    #[expect(unsafe_code, reason = "the one place that loads machine code; see the comment above")]
    unsafe {
        Component::deserialize(engine, code)
    }
}

/// A file that is gone already is as good as removed; one that stays only takes room.
fn remove(path: &Path) {
    let _ = std::fs::remove_file(sum_path(path));
    let _ = std::fs::remove_file(path);
}

fn hexadecimal(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
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

    fn code(engine: &Engine) -> Vec<u8> {
        // The smallest component: magic number and layer.
        engine.precompile_component(b"\0asm\x0d\0\x01\0").unwrap()
    }

    #[test]
    fn what_was_kept_is_found_by_the_same_engine_only() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CompileCache::open(folder.path().join("a/b")).unwrap();
        let engine = Engine::default();
        assert!(cache.get(&engine, "sha256:00").is_none());
        cache.put(&engine, "sha256:00", &code(&engine));
        assert!(cache.get(&engine, "sha256:00").is_some());
        assert!(cache.get(&engine, "sha256:01").is_none());
        let other = Engine::new(wasmtime::Config::new().epoch_interruption(true)).unwrap();
        assert!(cache.get(&other, "sha256:00").is_none());
        cache.forget("sha256:00");
        assert_eq!(std::fs::read_dir(&cache.folder).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_file_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CompileCache::open(folder.path()).unwrap();
        let engine = Engine::default();
        cache.put(&engine, "00", &code(&engine));
        let path = cache.path(&engine, "00");
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(cache.get(&engine, "00").is_none());
        std::fs::write(&path, b"").unwrap();
        assert!(cache.get(&engine, "00").is_none());
        cache.put(&engine, "00", &code(&engine));
        assert!(cache.get(&engine, "00").is_some());
    }
}
