//! The store's file: made readable for its owner only, and used by one host at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rak_core::StoreError;

/// The longest text that is read from a lock file: a process id.
const MAX_OWNER_BYTES: u64 = 32;

/// A database file that exists and that nobody else has.
#[derive(Debug)]
pub(super) struct OwnedFile {
    pub(super) path: PathBuf,
    pub(super) lock: FileLock,
}

/// The right to use the file, until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub(super) struct FileLock(#[expect(dead_code, reason = "open as long as the lock is held")] File);

impl OwnedFile {
    /// Makes the folder and the file where they are absent, and takes the lock.
    pub(super) fn claim(path: &Path) -> Result<Self, StoreError> {
        let failed = |what: &str, error: io::Error| {
            StoreError::unavailable(format_args!("failed to {what} {}: {error}", path.display()))
        };
        let path = resolve(path).map_err(|error| failed("reach the folder of", error))?;
        let lock = FileLock::take(&path)?;
        create(&path).map_err(|error| failed("create", error))?;
        Ok(Self { path, lock })
    }
}

impl FileLock {
    /// Locks a file beside the database and not the database itself: closing a second handle on that one would drop the
    /// locks that SQLite holds on it. The file stays when the lock goes; removing it would race with the next host.
    fn take(database: &Path) -> Result<Self, StoreError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let failed = |error: io::Error| {
            StoreError::unavailable(format_args!("failed to lock {}: {error}", path.display()))
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = owner_only(&mut options).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(failed)?;
                write!(file, "{}", std::process::id()).map_err(failed)?;
                Ok(Self(file))
            }
            Err(TryLockError::WouldBlock) => Err(StoreError::unavailable(format_args!(
                "{} is in use by another host{}; stop that one, or give this one a file of its own",
                database.display(),
                owner(&mut file)
            ))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Who holds the lock, as far as the lock file says it.
fn owner(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(MAX_OWNER_BYTES).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => format!(" (process {})", text.trim()),
        _ => String::new(),
    }
}

/// The file's real path, so that two names of it have one lock.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    private_folder().recursive(true).create(folder)?;
    Ok(fs::canonicalize(folder)?.join(name))
}

/// SQLite gives the files beside the database the same mode.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    match owner_only(&mut options).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[cfg(not(unix))]
fn private_folder() -> DirBuilder {
    DirBuilder::new()
}
