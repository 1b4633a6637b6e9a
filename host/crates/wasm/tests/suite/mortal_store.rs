//! A store's handle that dies with its host: from a certain write on nothing comes back from it, as after kill -9.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use rak_core::time::{UnixDay, UnixMillis};
use rak_core::{
    AppName, ArtifactInfo, ArtifactService, Begin, Commit, DailyUsage, EncodedEvent, EventLog, HistoryPage,
    HistoryQuery, IdempotencyKey, InvocationFilter, InvocationId, InvocationPage, InvocationRecord,
    JournalChunk, NewArtifact, NewSession, Session, SessionFilter, SessionId, SessionKey, SessionPage,
    SessionService, StateDelta, StoreError, UserId,
};
use rak_session::{MemoryStore, SqliteOptions, SqliteStore};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::world::World;

/// What stays when a host ends. A clone is the same store.
#[derive(Clone)]
pub(crate) struct Disk {
    pub(crate) sessions: Arc<dyn SessionService>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) artifacts: Arc<dyn ArtifactService>,
    pub(crate) world: Arc<World>,
    _folder: Option<Arc<TempDir>>,
}

impl Disk {
    pub(crate) fn memory() -> Self {
        Self::of(Arc::new(MemoryStore::new()), None)
    }

    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(folder.path().join("rak.db"), SqliteOptions::default());
        Self::of(Arc::new(store.expect("a store")), Some(Arc::new(folder)))
    }

    fn of<S: SessionService + EventLog + ArtifactService>(
        store: Arc<S>,
        folder: Option<Arc<TempDir>>,
    ) -> Self {
        Self {
            sessions: store.clone(),
            log: store.clone(),
            artifacts: store,
            world: Arc::default(),
            _folder: folder,
        }
    }
}

/// When a host ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Death {
    /// At which of its writes, from 1.
    pub(crate) write: usize,
    /// Whether that one still takes effect.
    pub(crate) takes_effect: bool,
}

/// What one host has of it.
pub(crate) struct MortalStore {
    disk: Disk,
    death: Option<Death>,
    writes: AtomicUsize,
    dead: watch::Sender<bool>,
}

impl MortalStore {
    pub(crate) fn new(disk: Disk, death: Option<Death>) -> Self {
        Self { disk, death, writes: AtomicUsize::new(0), dead: watch::Sender::new(false) }
    }

    pub(crate) fn world(&self) -> Arc<World> {
        self.disk.world.clone()
    }

    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// The host ends now.
    pub(crate) fn kill(&self) {
        self.dead.send_replace(true);
    }

    /// Returns when the host has ended.
    pub(crate) async fn died(&self) {
        let _ = self.dead.subscribe().wait_for(|dead| *dead).await;
    }

    async fn alive<T>(&self, work: impl Future<Output = T>) -> T {
        let answer = if *self.dead.borrow() { std::future::pending().await } else { work.await };
        if *self.dead.borrow() { std::future::pending().await } else { answer }
    }

    async fn write<T>(&self, work: impl Future<Output = T>) -> T {
        let dying = async {
            let write = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
            let death = self.death.filter(|death| death.write == write);
            let answer = match death {
                Some(Death { takes_effect: false, .. }) => None,
                _ => Some(work.await),
            };
            if death.is_some() {
                self.dead.send_replace(true);
            }
            answer
        };
        match self.alive(dying).await {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}

#[async_trait]
impl EventLog for MortalStore {
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError> {
        self.write(self.disk.log.begin(begin)).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.write(self.disk.log.commit(commit)).await
    }

    async fn read(
        &self,
        id: InvocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EncodedEvent>, StoreError> {
        self.alive(self.disk.log.read(id, after, limit)).await
    }

    async fn journal(&self, id: InvocationId) -> Result<Vec<JournalChunk>, StoreError> {
        self.alive(self.disk.log.journal(id)).await
    }

    async fn prune_journals(&self, ended_before: UnixMillis, limit: usize) -> Result<usize, StoreError> {
        self.alive(self.disk.log.prune_journals(ended_before, limit)).await
    }

    async fn message(&self, id: InvocationId) -> Result<Option<(u64, EncodedEvent)>, StoreError> {
        self.alive(self.disk.log.message(id)).await
    }

    async fn started_with(
        &self,
        session: &SessionKey,
        key: &IdempotencyKey,
    ) -> Result<Option<(InvocationId, String)>, StoreError> {
        self.alive(self.disk.log.started_with(session, key)).await
    }

    async fn used(&self, user: &UserId, day: UnixDay) -> Result<DailyUsage, StoreError> {
        self.alive(self.disk.log.used(user, day)).await
    }

    async fn agent_tokens(&self, agent: &AppName, day: UnixDay) -> Result<u64, StoreError> {
        self.alive(self.disk.log.agent_tokens(agent, day)).await
    }

    async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, StoreError> {
        self.alive(self.disk.log.invocation(id)).await
    }

    async fn invocations(&self, filter: InvocationFilter) -> Result<InvocationPage, StoreError> {
        self.alive(self.disk.log.invocations(filter)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.alive(self.disk.log.check()).await
    }
}

#[async_trait]
impl SessionService for MortalStore {
    async fn create(&self, new: NewSession) -> Result<Session, StoreError> {
        self.alive(self.disk.sessions.create(new)).await
    }

    async fn get(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        self.alive(self.disk.sessions.get(key)).await
    }

    async fn find(&self, id: &SessionId) -> Result<Vec<SessionKey>, StoreError> {
        self.alive(self.disk.sessions.find(id)).await
    }

    async fn list(&self, filter: SessionFilter) -> Result<SessionPage, StoreError> {
        self.alive(self.disk.sessions.list(filter)).await
    }

    async fn update_state(&self, key: &SessionKey, delta: StateDelta) -> Result<Option<Session>, StoreError> {
        self.alive(self.disk.sessions.update_state(key, delta)).await
    }

    async fn pin(
        &self,
        key: &SessionKey,
        agent_version: Option<String>,
    ) -> Result<Option<Session>, StoreError> {
        self.alive(self.disk.sessions.pin(key, agent_version)).await
    }

    async fn pinned_versions(&self, agent: &AppName) -> Result<BTreeSet<String>, StoreError> {
        self.alive(self.disk.sessions.pinned_versions(agent)).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<bool, StoreError> {
        self.alive(self.disk.sessions.delete(key)).await
    }

    async fn append_event(&self, key: &SessionKey, event: EncodedEvent) -> Result<u64, StoreError> {
        self.alive(self.disk.sessions.append_event(key, event)).await
    }

    async fn history(&self, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.alive(self.disk.sessions.history(key, query)).await
    }
}

#[async_trait]
impl ArtifactService for MortalStore {
    async fn save(&self, new: NewArtifact) -> Result<ArtifactInfo, StoreError> {
        self.write(self.disk.artifacts.save(new)).await
    }

    async fn newest(&self, session: &SessionKey, prefix: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        self.alive(self.disk.artifacts.newest(session, prefix)).await
    }

    async fn versions(&self, session: &SessionKey, name: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        self.alive(self.disk.artifacts.versions(session, name)).await
    }

    async fn find(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<ArtifactInfo>, StoreError> {
        self.alive(self.disk.artifacts.find(session, name, version)).await
    }

    async fn read(
        &self,
        session: &SessionKey,
        name: &str,
        version: u32,
        offset: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.alive(self.disk.artifacts.read(session, name, version, offset, max)).await
    }

    async fn remove(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<bool, StoreError> {
        self.write(self.disk.artifacts.remove(session, name, version)).await
    }
}
