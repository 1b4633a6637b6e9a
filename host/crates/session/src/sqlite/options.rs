//! How a SQLite store is opened.

/// What a commit waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Synchronous {
    /// The operating system has it. What was acknowledged survives a crash of the process, whatever killed it; the
    /// last moments before a loss of power may be missing, but the file is whole.
    #[default]
    Normal,
    /// The disk has it: one flush a batch. What was acknowledged survives a loss of power too.
    Full,
}

impl Synchronous {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Full => "FULL",
        }
    }
}

/// Settings of a [`SqliteStore`](crate::SqliteStore).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    /// What a commit waits for; [`Synchronous::Normal`] by default.
    pub synchronous: Synchronous,
    /// How many reads are under way at a time, each with its own connection and for its time a thread of the
    /// runtime's blocking pool. At least 1; 4 by default: reads are short, and they compete with the guests for the
    /// processors.
    pub reader_connections: usize,
    /// How large the file may become, in bytes; no limit by default. At the limit the store is
    /// [`Unavailable`](rak_core::StoreError::Unavailable) for what needs more room, until something is deleted.
    pub max_file_bytes: Option<u64>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { synchronous: Synchronous::default(), reader_connections: 4, max_file_bytes: None }
    }
}
