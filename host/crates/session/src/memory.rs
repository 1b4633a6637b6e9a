//! The store that forgets: everything in one map behind one lock.

mod artifacts;
mod invocations;
mod journal;
mod sessions;
mod tables;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rak_core::{
    AppName, ArtifactInfo, ArtifactService, Begin, Commit, DailyUsage, EncodedEvent, EventLog, HistoryPage,
    HistoryQuery, IdempotencyKey, InvocationFilter, InvocationId, InvocationPage, InvocationRecord,
    JournalChunk, NewArtifact, NewSession, Session, SessionFilter, SessionId, SessionKey, SessionPage,
    SessionService, StateDelta, StoreError, UserId,
    time::{UnixDay, UnixMillis},
};

use self::tables::Tables;

/// Keeps everything in memory, for tests and for programs that embed the host. It does what
/// [`SqliteStore`](crate::SqliteStore) does, but it grows until sessions are deleted, and lists and searches look at
/// every session: it is not for a host that runs for long.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every operation checks first and then changes without failing, so a poisoned lock guards whole data.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionService for MemoryStore {
    async fn create(&self, new: NewSession) -> Result<Session, StoreError> {
        self.tables().create(new)
    }

    async fn get(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        self.tables().session(key)
    }

    async fn find(&self, id: &SessionId) -> Result<Vec<SessionKey>, StoreError> {
        Ok(self.tables().find(id))
    }

    async fn list(&self, filter: SessionFilter) -> Result<SessionPage, StoreError> {
        self.tables().list(&filter)
    }

    async fn update_state(&self, key: &SessionKey, delta: StateDelta) -> Result<Option<Session>, StoreError> {
        self.tables().update_state(key, delta)
    }

    async fn pin(
        &self,
        key: &SessionKey,
        agent_version: Option<String>,
    ) -> Result<Option<Session>, StoreError> {
        self.tables().pin(key, agent_version)
    }

    async fn pinned_versions(&self, agent: &AppName) -> Result<BTreeSet<String>, StoreError> {
        Ok(self.tables().pinned_versions(agent))
    }

    async fn delete(&self, key: &SessionKey) -> Result<bool, StoreError> {
        Ok(self.tables().delete(key))
    }

    async fn append_event(&self, key: &SessionKey, event: EncodedEvent) -> Result<u64, StoreError> {
        self.tables().append_event(key, event)
    }

    async fn history(&self, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        Ok(self.tables().history(key, query))
    }
}

#[async_trait]
impl EventLog for MemoryStore {
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError> {
        self.tables().begin(begin)
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.tables().commit(commit)
    }

    async fn read(
        &self,
        invocation: InvocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EncodedEvent>, StoreError> {
        Ok(self.tables().read(invocation, after, limit))
    }

    async fn journal(&self, invocation: InvocationId) -> Result<Vec<JournalChunk>, StoreError> {
        Ok(self.tables().journal(invocation))
    }

    async fn prune_journals(&self, ended_before: UnixMillis, limit: usize) -> Result<usize, StoreError> {
        Ok(self.tables().prune_journals(ended_before, limit))
    }

    async fn message(&self, invocation: InvocationId) -> Result<Option<(u64, EncodedEvent)>, StoreError> {
        Ok(self.tables().message(invocation))
    }

    async fn started_with(
        &self,
        session: &SessionKey,
        key: &IdempotencyKey,
    ) -> Result<Option<(InvocationId, String)>, StoreError> {
        Ok(self.tables().started_with(session, key))
    }

    async fn used(&self, user: &UserId, day: UnixDay) -> Result<DailyUsage, StoreError> {
        Ok(self.tables().used(user, day))
    }

    async fn agent_tokens(&self, agent: &AppName, day: UnixDay) -> Result<u64, StoreError> {
        Ok(self.tables().agent_tokens(agent, day))
    }

    async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, StoreError> {
        Ok(self.tables().invocation(id))
    }

    async fn invocations(&self, filter: InvocationFilter) -> Result<InvocationPage, StoreError> {
        Ok(self.tables().invocations(&filter))
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl ArtifactService for MemoryStore {
    async fn save(&self, new: NewArtifact) -> Result<ArtifactInfo, StoreError> {
        self.tables().save(new)
    }

    async fn newest(&self, session: &SessionKey, prefix: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        Ok(self.tables().newest(session, prefix))
    }

    async fn versions(&self, session: &SessionKey, name: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        self.tables().versions(session, name)
    }

    async fn find(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<ArtifactInfo>, StoreError> {
        self.tables().find_artifact(session, name, version)
    }

    async fn read(
        &self,
        session: &SessionKey,
        name: &str,
        version: u32,
        offset: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.tables().read_artifact(session, name, version, offset, max)
    }

    async fn remove(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<bool, StoreError> {
        self.tables().remove(session, name, version)
    }
}
