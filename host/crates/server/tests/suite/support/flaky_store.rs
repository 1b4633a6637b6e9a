//! The memory store, with a switch that breaks it.

mod artifacts;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use rak_core::time::{UnixDay, UnixMillis};
use rak_core::{
    AppName, Begin, Commit, DailyUsage, EncodedEvent, EventLog, HistoryPage, HistoryQuery, IdempotencyKey,
    InvocationFilter, InvocationId, InvocationPage, InvocationRecord, JournalChunk, NewSession, Session,
    SessionFilter, SessionId, SessionKey, SessionPage, SessionService, StateDelta, StoreError, UserId,
};
use rak_session::MemoryStore;

/// What a broken store says; no client may ever see it.
pub(crate) const SECRET: &str = "/var/secret/rak.db is on fire";

#[derive(Default)]
pub(crate) struct FlakyStore {
    inner: MemoryStore,
    broken: AtomicBool,
}

impl FlakyStore {
    pub(crate) fn break_now(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    pub(crate) fn mend(&self) {
        self.broken.store(false, Ordering::SeqCst);
    }

    fn up(&self) -> Result<&MemoryStore, StoreError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable(SECRET));
        }
        Ok(&self.inner)
    }
}

#[async_trait]
impl SessionService for FlakyStore {
    async fn create(&self, new: NewSession) -> Result<Session, StoreError> {
        self.up()?.create(new).await
    }
    async fn get(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        self.up()?.get(key).await
    }
    async fn find(&self, id: &SessionId) -> Result<Vec<SessionKey>, StoreError> {
        self.up()?.find(id).await
    }
    async fn list(&self, filter: SessionFilter) -> Result<SessionPage, StoreError> {
        self.up()?.list(filter).await
    }
    async fn update_state(&self, key: &SessionKey, delta: StateDelta) -> Result<Option<Session>, StoreError> {
        self.up()?.update_state(key, delta).await
    }
    async fn pin(
        &self,
        key: &SessionKey,
        agent_version: Option<String>,
    ) -> Result<Option<Session>, StoreError> {
        self.up()?.pin(key, agent_version).await
    }
    async fn pinned_versions(&self, agent: &AppName) -> Result<BTreeSet<String>, StoreError> {
        self.up()?.pinned_versions(agent).await
    }
    async fn delete(&self, key: &SessionKey) -> Result<bool, StoreError> {
        self.up()?.delete(key).await
    }
    async fn append_event(&self, key: &SessionKey, event: EncodedEvent) -> Result<u64, StoreError> {
        self.up()?.append_event(key, event).await
    }
    async fn history(&self, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.up()?.history(key, query).await
    }
}

#[async_trait]
impl EventLog for FlakyStore {
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError> {
        self.up()?.begin(begin).await
    }
    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.up()?.commit(commit).await
    }
    async fn read(
        &self,
        id: InvocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EncodedEvent>, StoreError> {
        self.up()?.read(id, after, limit).await
    }
    async fn journal(&self, id: InvocationId) -> Result<Vec<JournalChunk>, StoreError> {
        self.up()?.journal(id).await
    }
    async fn prune_journals(&self, ended_before: UnixMillis, limit: usize) -> Result<usize, StoreError> {
        self.up()?.prune_journals(ended_before, limit).await
    }
    async fn message(&self, id: InvocationId) -> Result<Option<(u64, EncodedEvent)>, StoreError> {
        self.up()?.message(id).await
    }
    async fn started_with(
        &self,
        session: &SessionKey,
        key: &IdempotencyKey,
    ) -> Result<Option<(InvocationId, String)>, StoreError> {
        self.up()?.started_with(session, key).await
    }
    async fn used(&self, user: &UserId, day: UnixDay) -> Result<DailyUsage, StoreError> {
        self.up()?.used(user, day).await
    }

    async fn agent_tokens(&self, agent: &AppName, day: UnixDay) -> Result<u64, StoreError> {
        self.up()?.agent_tokens(agent, day).await
    }
    async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, StoreError> {
        self.up()?.invocation(id).await
    }
    async fn invocations(&self, filter: InvocationFilter) -> Result<InvocationPage, StoreError> {
        self.up()?.invocations(filter).await
    }
    async fn check(&self) -> Result<(), StoreError> {
        self.up()?.check().await
    }
}
