//! The store in one SQLite file.
//!
//! [`writer`] is the only one who writes: commands queue up, and what is ready is committed together. [`readers`] see
//! what is committed. Each of [`sessions`], [`state`], [`history`], [`invocations`], [`journal`], [`usage`] and
//! [`artifacts`] has its statements and what is done with them; none knows threads or locks. [`schema`] owns the version of the file,
//! [`mod@file`] who may use it, and [`mod@log`] the log beside it.

mod artifacts;
mod column;
mod connection;
mod encoded;
mod fault;
mod file;
mod health;
mod history;
mod invocations;
mod journal;
mod log;
mod options;
#[cfg(test)]
mod query_plans;
mod readers;
mod schema;
mod sessions;
mod state;
mod stats;
mod usage;
mod writer;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rak_core::{
    AppName, ArtifactInfo, ArtifactService, Begin, Commit, DailyUsage, EncodedEvent, EventLog, HistoryPage,
    HistoryQuery, IdempotencyKey, InvocationFilter, InvocationId, InvocationPage, InvocationRecord,
    JournalChunk, NewArtifact, NewSession, Session, SessionFilter, SessionId, SessionKey, SessionPage,
    SessionService, StateDelta, StoreError, UserId,
    time::{UnixDay, UnixMillis},
};

pub use self::options::{SqliteOptions, Synchronous};
pub use self::stats::SqliteStats;

use self::artifacts::Saves;
use self::encoded::{COMMAND_BYTES, EncodedCommit, EncodedRecord};
use self::file::OwnedFile;
use self::readers::Readers;
use self::writer::{Database, WriteTransaction, Writer};
use crate::refusal;
use crate::scoped_delta::ScopedDelta;

/// Keeps everything in one SQLite file.
///
/// **Writing.** One thread writes. It takes what is queued and commits it in one transaction. A command that is refused is
/// taken back alone. A call is answered after the commit; when the commit
/// fails (the disk is full) every call in it gets [`StoreError::Unavailable`] and nothing of it is stored, and the
/// next ones are tried again. A caller that stops waiting does not take back what it queued.
///
/// **Surviving.** With [`Synchronous::Normal`], the default, what was acknowledged survives any death of the process;
/// with [`Synchronous::Full`] it survives a loss of power too. [`Self::close`] and dropping the store commit what is
/// queued and leave one file without a log beside it. After a flush that failed, the next one says nothing of what was
/// written before the first: a commit that failed so is taken back and written over, and a log that was on its way into
/// the file is written again and moved from its beginning. Where it does not read any more as it was acknowledged, the
/// store takes and gives nothing until it is opened again.
///
/// **Sharing.** A file belongs to one host at a time, by a lock on the file `<path>.lock`. Others may read it, with the
/// `sqlite3` shell or to copy it (`.backup`), at any time.
///
/// **Versions.** The file carries the version of its schema: an older one is brought forward when it is opened, a newer
/// one is refused. Events, progress and usage are JSON; keys that a reader does not know are ignored, so a field that
/// was added needs no new version.
///
/// Files that are made are for their owner only (mode 0600). Room that is freed is used again; the file does not shrink.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    readers: Readers,
    writer: Writer,
    saves: Saves,
}

impl SqliteStore {
    /// Opens the file, and makes it where it is absent, with its folder. [`StoreError::Unavailable`] says why it cannot
    /// be used: another host has it, a newer host wrote it, it is no database, or the disk does not let us.
    ///
    /// This blocks for the moment that it takes to read the file's log.
    pub fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, StoreError> {
        let OwnedFile { path, lock } = OwnedFile::claim(path.as_ref())?;
        let readers = Readers::new(path.clone(), options.reader_connections);
        let open = {
            let path = path.clone();
            Box::new(move || connection::open_writer(&path, &options))
        };
        let mut database = Database::open(&path, Arc::clone(readers.pool()), open)?;
        let changes = database.connection()?.query_row(sessions::NEWEST_CHANGE, [], |row| row.get(0));
        let changes = changes.map_err(StoreError::unavailable)?;
        let writer = Writer::start(database, lock, changes).map_err(StoreError::unavailable)?;
        Ok(Self { path, readers, writer, saves: Saves::default() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the writer did so far.
    pub fn stats(&self) -> SqliteStats {
        self.writer.stats()
    }

    /// Commits what is queued, moves the log into the file and lets go of it. Calls after that get
    /// [`StoreError::Unavailable`]. Dropping the store does the same, but blocks its thread meanwhile.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[async_trait]
impl SessionService for SqliteStore {
    async fn create(&self, new: NewSession) -> Result<Session, StoreError> {
        let NewSession { key, state, agent_version } = new;
        let delta = ScopedDelta::new(state)?;
        let bytes = COMMAND_BYTES + delta.bytes();
        self.writer
            .call(bytes, move |write| sessions::create(write, &key, agent_version.as_deref(), &delta))
            .await
    }

    async fn get(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        let key = key.clone();
        self.readers.glance(move |read| sessions::get(read, &key)).await
    }

    async fn find(&self, id: &SessionId) -> Result<Vec<SessionKey>, StoreError> {
        let id = id.clone();
        self.readers.glance(move |read| sessions::find(read, &id)).await
    }

    async fn list(&self, filter: SessionFilter) -> Result<SessionPage, StoreError> {
        self.readers.read(move |read| sessions::list(read, &filter)).await
    }

    async fn update_state(&self, key: &SessionKey, delta: StateDelta) -> Result<Option<Session>, StoreError> {
        let key = key.clone();
        let delta = ScopedDelta::new(delta)?;
        let bytes = COMMAND_BYTES + delta.bytes();
        self.writer.call(bytes, move |write| sessions::update_state(write, &key, &delta)).await
    }

    async fn pin(
        &self,
        key: &SessionKey,
        agent_version: Option<String>,
    ) -> Result<Option<Session>, StoreError> {
        let key = key.clone();
        let bytes = COMMAND_BYTES + agent_version.as_ref().map_or(0, String::len);
        self.writer.call(bytes, move |write| sessions::pin(write, &key, agent_version.as_deref())).await
    }

    async fn pinned_versions(&self, agent: &AppName) -> Result<BTreeSet<String>, StoreError> {
        let agent = agent.clone();
        self.readers.read(move |read| sessions::pinned_versions(read, &agent)).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let key = key.clone();
        let deleted = self.writer.call(COMMAND_BYTES, move |write| sessions::delete(write, &key)).await?;
        self.saves.tidy(&self.writer).await;
        Ok(deleted)
    }

    async fn append_event(&self, key: &SessionKey, event: EncodedEvent) -> Result<u64, StoreError> {
        let key = key.clone();
        let delta = ScopedDelta::new(event.actions.state_delta.clone())?;
        let bytes = COMMAND_BYTES + event.json.len() + delta.bytes();
        self.writer.call(bytes, move |write| sessions::append_event(write, &key, &event, &delta)).await
    }

    async fn history(&self, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        let key = key.clone();
        self.readers.read(move |read| history::page(read, &key, query)).await
    }
}

#[async_trait]
impl EventLog for SqliteStore {
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError> {
        let Begin { record, message, pin, start_key, quotas } = begin;
        let record = EncodedRecord::new(record, start_key)?;
        let bytes = record.bytes() + message.as_ref().map_or(0, |message| message.json.len());
        self.writer
            .call(bytes, move |write| invocations::begin(write, &record, message.as_ref(), pin, &quotas))
            .await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let commit = EncodedCommit::new(commit)?;
        let bytes = commit.bytes();
        self.writer.call(bytes, move |write| invocations::commit(write, &commit)).await
    }

    async fn read(
        &self,
        invocation: InvocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EncodedEvent>, StoreError> {
        self.readers.read(move |read| history::read(read, invocation, after, limit)).await
    }

    async fn journal(&self, invocation: InvocationId) -> Result<Vec<JournalChunk>, StoreError> {
        self.readers.read(move |read| journal::read(read, invocation)).await
    }

    async fn prune_journals(&self, ended_before: UnixMillis, limit: usize) -> Result<usize, StoreError> {
        let mut pruned = 0;
        loop {
            // One transaction after the other: what others have queued comes in between.
            let left = limit - pruned;
            let slice = self
                .writer
                .call(COMMAND_BYTES, move |write| journal::prune(write, ended_before, left))
                .await?;
            pruned += slice.journals;
            if !slice.more {
                return Ok(pruned);
            }
        }
    }

    async fn message(&self, invocation: InvocationId) -> Result<Option<(u64, EncodedEvent)>, StoreError> {
        self.readers.glance(move |read| history::message(read, invocation)).await
    }

    async fn started_with(
        &self,
        session: &SessionKey,
        key: &IdempotencyKey,
    ) -> Result<Option<(InvocationId, String)>, StoreError> {
        let (session, key) = (session.clone(), key.clone());
        self.readers.glance(move |read| invocations::started_with(read, &session, &key)).await
    }

    async fn used(&self, user: &UserId, day: UnixDay) -> Result<DailyUsage, StoreError> {
        let user = user.clone();
        self.readers.glance(move |read| usage::get(read, &user, day)).await
    }

    async fn agent_tokens(&self, agent: &AppName, day: UnixDay) -> Result<u64, StoreError> {
        let agent = agent.clone();
        self.readers.glance(move |read| usage::of_agent(read, &agent, day)).await
    }

    async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, StoreError> {
        self.readers.glance(move |read| invocations::get(read, id)).await
    }

    async fn invocations(&self, filter: InvocationFilter) -> Result<InvocationPage, StoreError> {
        self.readers.read(move |read| invocations::list(read, &filter)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.writer.call(COMMAND_BYTES, health::check).await
    }
}

#[async_trait]
impl ArtifactService for SqliteStore {
    async fn save(&self, new: NewArtifact) -> Result<ArtifactInfo, StoreError> {
        refusal::artifact_scope(&new.name)?;
        self.saves.save(&self.writer, new).await
    }

    async fn newest(&self, session: &SessionKey, prefix: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        let (session, prefix) = (session.clone(), prefix.to_owned());
        self.readers.read(move |read| artifacts::newest(read, &session, &prefix)).await
    }

    async fn versions(&self, session: &SessionKey, name: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        let (session, name) = (session.clone(), name.to_owned());
        self.readers.read(move |read| artifacts::versions(read, &session, &name)).await
    }

    async fn find(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<ArtifactInfo>, StoreError> {
        let (session, name) = (session.clone(), name.to_owned());
        let found = self.readers.read(move |read| artifacts::find(read, &session, &name, version)).await?;
        Ok(found.map(|(info, _)| info))
    }

    async fn read(
        &self,
        session: &SessionKey,
        name: &str,
        version: u32,
        offset: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let (session, name) = (session.clone(), name.to_owned());
        self.readers.read(move |read| artifacts::read(read, &session, &name, version, offset, max)).await
    }

    async fn remove(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<bool, StoreError> {
        let (session, name) = (session.clone(), name.to_owned());
        let remove =
            move |write: &mut WriteTransaction<'_>| artifacts::remove(write, &session, &name, version);
        let removed = self.writer.call(COMMAND_BYTES, remove).await?;
        if removed {
            self.saves.tidy(&self.writer).await;
        }
        Ok(removed)
    }
}
