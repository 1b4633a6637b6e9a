//! The agents of a host, and how their versions change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use futures::{StreamExt as _, stream};
use rak_core::{
    Agent, AgentInfo, AgentRegistry, AgentSource, AppName, DeployError, Deployment, Deployments,
    SessionService, VersionInfo,
};
use rak_wasm::{ComponentFacts, Loader};
use tokio::sync::{Notify, OwnedMutexGuard, Semaphore, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::collect::{is_empty, not_found};
use crate::deploy::{Candidate, disk_error, take_error};
use crate::depot::Depot;
use crate::entry::Entry;
use crate::folder_watch;
use crate::manifest::Manifest;
use crate::record::{Record, Records, VersionRecord};
use crate::settings::RegistrySettings;
use crate::upload::{Upload, lost};
use crate::version::Version;

/// How many agents are brought back at a time: reading their code from the disk and checking it takes a processor.
const PARALLEL_RESTORES: usize = 4;
/// How long the end of a host waits for versions that are being taken in.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How many components come in over the wire at a time; each is a file. Others wait with their first byte.
const PARALLEL_UPLOADS: usize = 16;

/// The agents of a host. A clone is the same registry.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
    /// When the last of those is gone that were given away, the registry closes.
    _open: Option<Arc<DropGuard>>,
}

struct Inner {
    loader: Loader,
    settings: RegistrySettings,
    sessions: Option<Arc<dyn SessionService>>,
    depot: Depot,
    records: Records,
    agents: ArcSwap<BTreeMap<AppName, Arc<Entry>>>,
    /// Told when a version is gone from memory.
    gone: Arc<Notify>,
    /// Counts the changes.
    changes: watch::Sender<u64>,
    uploads: Arc<Semaphore>,
    tasks: TaskTracker,
    closing: CancellationToken,
    /// A data folder of its own, where none was named.
    _temporary: Option<tempfile::TempDir>,
}

/// Why there is no registry.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder of agents cannot be read.
    #[error("failed to read the agents folder {}", .path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// What is kept of the agents cannot be read or written.
    #[error("failed to open what is kept of the agents in {}", .path.display())]
    Data {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Puts a registry together.
pub struct RegistryBuilder {
    loader: Loader,
    folder: Option<PathBuf>,
    data: Option<PathBuf>,
    settings: RegistrySettings,
    sessions: Option<Arc<dyn SessionService>>,
    watch: bool,
}

impl RegistryBuilder {
    /// The folder of agents: `NAME.wasm`, or `NAME/agent.toml` with a component. It is watched.
    #[must_use]
    pub fn folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// Where versions are kept; a temporary folder where it is not said. One host at a time may use it.
    #[must_use]
    pub fn data(self, data: impl Into<PathBuf>) -> Self {
        Self { data: Some(data.into()), ..self }
    }

    /// How agents are kept and served.
    #[must_use]
    pub fn settings(self, settings: RegistrySettings) -> Self {
        Self { settings, ..self }
    }

    /// The sessions that may be pinned to versions.
    #[must_use]
    pub fn sessions(self, sessions: Arc<dyn SessionService>) -> Self {
        Self { sessions: Some(sessions), ..self }
    }

    /// Whether the folder is watched after it was read: yes.
    #[must_use]
    pub fn watch(self, watch: bool) -> Self {
        Self { watch, ..self }
    }

    /// Comes back with the versions of the last time, takes in what changed in the folder since, and watches it. An agent
    /// that cannot be loaded is listed with its reason.
    pub async fn open(self) -> Result<Registry, OpenError> {
        let folder = self.folder;
        let scan = folder.as_deref().map(crate::folder::scan).transpose();
        let scan =
            scan.map_err(|source| OpenError::Folder { path: folder.clone().unwrap_or_default(), source })?;
        let (path, temporary) = match self.data {
            Some(data) => (data.join("registry"), None),
            None => tempfile::tempdir()
                .map(|folder| (folder.path().to_owned(), Some(folder)))
                .map_err(|source| OpenError::Data { path: std::env::temp_dir(), source })?,
        };
        let failed = |source| OpenError::Data { path: path.clone(), source };
        let depot = Depot::open(&path).map_err(failed)?;
        let records = Records::open(&path).map_err(failed)?;
        let kept = records.load().map_err(failed)?;
        let closing = CancellationToken::new();
        let registry = Registry {
            _open: Some(Arc::new(closing.clone().drop_guard())),
            inner: Arc::new(Inner {
                loader: self.loader,
                settings: self.settings,
                sessions: self.sessions,
                depot,
                records,
                agents: ArcSwap::default(),
                gone: Arc::default(),
                changes: watch::Sender::new(0),
                uploads: Arc::new(Semaphore::new(PARALLEL_UPLOADS)),
                tasks: TaskTracker::new(),
                closing,
                _temporary: temporary,
            }),
        };
        registry.restore(kept).await;
        if let (Some(folder), Some(scan)) = (folder, scan) {
            let settling = folder_watch::take_in_all(&registry, &scan).await;
            if self.watch {
                registry.spawn(folder_watch::run(registry.worker(), folder, settling));
            }
        }
        registry.sweep().await;
        registry.spawn(registry.worker().keep_house());
        Ok(registry)
    }
}

impl Registry {
    /// Begins to put a registry together.
    pub fn builder(loader: Loader) -> RegistryBuilder {
        RegistryBuilder {
            loader,
            folder: None,
            data: None,
            settings: RegistrySettings::default(),
            sessions: None,
            watch: true,
        }
    }

    /// Takes in a component from a file, with the text of a manifest where there is one; `None` keeps the current one's.
    pub async fn deploy_file(
        &self,
        name: &AppName,
        component: &Path,
        manifest: Option<&str>,
    ) -> Result<AgentInfo, DeployError> {
        let refused = |reason: String| DeployError::Refused { reason };
        let manifest = manifest.map(Manifest::parse).transpose();
        let manifest = match manifest {
            Ok(manifest) => manifest,
            Err(error) => return Err(self.refuse(name, refused(error.to_string()), None)),
        };
        let (depot, path, limit) =
            (self.depot().clone(), component.to_owned(), self.settings().max_component_bytes);
        let import = tokio::task::spawn_blocking(move || depot.import(&path, limit));
        let lease = import.await.map_err(lost)?.map_err(|error| match error {
            crate::depot::TakeError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
                refused(format!("there is no file {}", component.display()))
            }
            error => take_error(error, limit),
        })?;
        let candidate =
            Candidate { component: Some(lease), manifest, source: AgentSource::Upload, seen: None };
        self.deploy(name, candidate).await
    }

    /// Tells of changes: the value grows with each.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Stops watching, and waits a moment for what is being taken in. What takes longer is given up: it has changed
    /// nothing yet.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.tasks.close();
        if tokio::time::timeout(CLOSE_TIMEOUT, self.inner.tasks.wait()).await.is_err() {
            tracing::warn!("a version that was being taken in is given up");
        }
    }

    /// Whoever works for the registry, without keeping it open.
    fn worker(&self) -> Self {
        Self { inner: self.inner.clone(), _open: None }
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.inner.closing.clone();
        self.inner.tasks.spawn(async move {
            closing.run_until_cancelled(work).await;
        });
    }

    /// Work that is finished also where whoever asked for it is gone.
    pub(crate) async fn owned<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, DeployError>> + Send + 'static,
    ) -> Result<T, DeployError> {
        self.inner.tasks.spawn(work).await.map_err(lost)?
    }

    /// Brings back what there was at the last time.
    async fn restore(&self, kept: Vec<Record>) {
        let entries: Vec<_> = kept.into_iter().map(|record| Arc::new(Entry::new(record))).collect();
        self.inner
            .agents
            .store(Arc::new(entries.iter().map(|entry| (entry.name.clone(), entry.clone())).collect()));
        stream::iter(entries)
            .for_each_concurrent(PARALLEL_RESTORES, |entry| async move {
                let _changing = entry.changing.lock().await;
                let record = entry.state().record.clone();
                if let Some(kept) = record.current() {
                    match self.bring_back(&entry, kept).await {
                        Ok(version) => entry.current.store(Some(version)),
                        Err(error) => {
                            drop(self.note_refusal(&entry, error, Some(kept.digest.clone())));
                            // Where the folder has it, it is taken in anew.
                            entry.forget_seen();
                        }
                    }
                }
                self.collect(&entry).await;
            })
            .await;
    }

    /// Loads a version that was live before.
    pub(crate) async fn bring_back(
        &self,
        entry: &Arc<Entry>,
        kept: &VersionRecord,
    ) -> Result<Arc<Version>, DeployError> {
        if let Some(version) = entry.loaded(&kept.version) {
            return Ok(version);
        }
        let settings = self.settings().of_agent(&entry.name, &kept.manifest, &kept.version)?;
        let loaded = match self.known_component(entry, kept).await {
            Some(loaded) => loaded,
            None => self.load(&entry.name, &kept.digest).await?,
        };
        Ok(self.assemble(entry, loaded, settings))
    }

    /// Compiles for speed what was compiled quickly, while it runs already.
    pub(crate) fn optimize_later(&self, version: &Arc<Version>, facts: ComponentFacts) {
        let (registry, version) = (self.worker(), Arc::downgrade(version));
        self.spawn(async move {
            let Some(digest) = version.upgrade().map(|version| version.digest.clone()) else { return };
            let (depot, wanted) = (registry.depot().clone(), digest.clone());
            let read = tokio::task::spawn_blocking(move || depot.read(&wanted));
            let Ok(Ok(bytes)) = read.await else { return };
            let wanted = || version.strong_count() > 0;
            match registry.loader().optimize(bytes, &facts, wanted).await {
                Ok(Some(code)) => {
                    if let Some(version) = version.upgrade() {
                        tracing::debug!(agent = %version.name(), "optimized code is there");
                        version.agent.replace_code(code);
                        drop(version);
                        registry.announce_change();
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "an agent stays on code that was compiled quickly"),
            }
            // It may have been let go while this compiled, and the code kept all the same.
            registry.forget_code(&digest).await;
        });
    }

    /// The agent's entry, made where there is none, and the right to change its versions.
    pub(crate) async fn entry_to_change(
        &self,
        name: &AppName,
    ) -> Result<(Arc<Entry>, OwnedMutexGuard<()>), DeployError> {
        loop {
            let entry = match self.entry(name) {
                Some(entry) => entry,
                None => self.add_entry(name)?,
            };
            let changing = entry.changing.clone().lock_owned().await;
            // It may have been removed while this waited.
            if self.entry(name).is_some_and(|there| Arc::ptr_eq(&there, &entry)) {
                return Ok((entry, changing));
            }
        }
    }

    fn add_entry(&self, name: &AppName) -> Result<Arc<Entry>, DeployError> {
        let max = self.inner.settings.max_agents;
        if self.inner.agents.load().len() >= max {
            let reason = format!("the host has {max} agents already (registry.max_agents)");
            return Err(DeployError::Refused { reason });
        }
        let made = Arc::new(Entry::new(Record::new(name.clone())));
        self.inner.agents.rcu(|agents| {
            let mut agents = BTreeMap::clone(agents);
            agents.entry(name.clone()).or_insert_with(|| made.clone());
            agents
        });
        Ok(self.entry(name).unwrap_or(made))
    }

    /// Takes an agent away, by whoever holds the entry's lock. What of the folder was taken in stays known where
    /// `seen_stays`, so that it does not come back by itself.
    pub(crate) async fn take_away(&self, entry: &Arc<Entry>, seen_stays: bool) -> Result<(), DeployError> {
        let before = entry.state().record.clone();
        let mut record = Record::new(entry.name.clone());
        record.last_number = before.last_number;
        record.seen = before.seen.filter(|_| seen_stays);
        // A run that rests has its version nowhere else.
        record.versions.clone_from(&before.versions);
        let needed = self.pinned(&record).await;
        record.versions.retain_mut(|kept| {
            kept.leaving = true;
            needed.as_ref().is_none_or(|needed| needed.contains(&kept.version))
        });
        entry.set_refused(None);
        self.keep_record(entry, &record).await?;
        let last = entry.current.swap(None);
        if last.is_some() {
            tracing::info!(agent = %entry.name, "an agent was removed; its runs in progress go on to their end");
        }
        for gone in before.versions {
            self.forget_component(&gone.digest).await;
        }
        self.announce_change();
        Ok(())
    }

    /// Stores what is kept of a name; where that is nothing, the name is forgotten.
    pub(crate) async fn keep_record(&self, entry: &Arc<Entry>, record: &Record) -> Result<(), DeployError> {
        let empty = is_empty(record);
        if empty {
            let (records, name) = (self.inner.records.clone(), entry.name.clone());
            let removed = tokio::task::spawn_blocking(move || records.remove(&name));
            removed.await.map_err(lost)?.map_err(disk_error)?;
        } else {
            self.save(record).await?;
        }
        entry.set_record(record.clone());
        if empty {
            self.drop_entry(&entry.name);
        }
        Ok(())
    }

    fn drop_entry(&self, name: &AppName) {
        self.inner.agents.rcu(|agents| {
            let mut agents = BTreeMap::clone(agents);
            agents.remove(name);
            agents
        });
    }

    /// Forgets a name for which there is nothing, by whoever holds the entry's lock.
    pub(crate) fn forget_unused(&self, entry: &Entry) {
        let unused = {
            let state = entry.state();
            is_empty(&state.record)
        };
        if unused {
            self.drop_entry(&entry.name);
        }
    }

    /// Keeps why a version of an agent was not taken, where there is the agent.
    pub(crate) fn refuse(&self, name: &AppName, error: DeployError, digest: Option<String>) -> DeployError {
        if let Some(entry) = self.entry(name) {
            return self.note_refusal(&entry, error, digest);
        }
        tracing::warn!(agent = %name, %error, "a version was not taken");
        error
    }

    pub(crate) async fn save(&self, record: &Record) -> Result<(), DeployError> {
        let (records, record) = (self.inner.records.clone(), record.clone());
        let saved = tokio::task::spawn_blocking(move || records.save(&record));
        saved.await.map_err(lost)?.map_err(disk_error)
    }

    pub(crate) fn announce_change(&self) {
        self.inner.changes.send_modify(|changes| *changes += 1);
    }

    pub(crate) fn entry(&self, name: &AppName) -> Option<Arc<Entry>> {
        self.inner.agents.load().get(name).cloned()
    }

    pub(crate) fn entries(&self) -> Vec<Arc<Entry>> {
        self.inner.agents.load().values().cloned().collect()
    }

    pub(crate) fn loader(&self) -> &Loader {
        &self.inner.loader
    }

    pub(crate) fn settings(&self) -> &RegistrySettings {
        &self.inner.settings
    }

    pub(crate) fn sessions(&self) -> Option<&Arc<dyn SessionService>> {
        self.inner.sessions.as_ref()
    }

    pub(crate) fn depot(&self) -> &Depot {
        &self.inner.depot
    }

    pub(crate) fn gone(&self) -> &Arc<Notify> {
        &self.inner.gone
    }
}

#[async_trait]
impl AgentRegistry for Registry {
    fn get(&self, name: &AppName) -> Option<Arc<dyn Agent>> {
        let agents = self.inner.agents.load();
        Some(agents.get(name)?.current.load_full()?)
    }

    async fn version(&self, name: &AppName, version: &str) -> Option<Arc<dyn Agent>> {
        let entry = self.entry(name)?;
        if let Some(loaded) = entry.loaded(version) {
            return Some(loaded);
        }
        // One at a time: many sessions may ask for the same version at once.
        let _changing = entry.changing.lock().await;
        let kept = entry.state().record.version(version).cloned()?;
        let loaded = self.bring_back(&entry, &kept).await;
        let loaded = loaded
            .inspect_err(
                |error| tracing::warn!(agent = %name, version, %error, "an older version cannot be loaded"),
            )
            .ok()?;
        // Of an agent that was removed a version goes with the last run that needs it.
        if entry.current.load().is_some() {
            entry.keep_loaded(&loaded);
        }
        Some(loaded)
    }

    fn list(&self) -> Vec<AgentInfo> {
        self.entries().iter().filter(|entry| entry.is_listed()).map(|entry| entry.info()).collect()
    }

    fn info(&self, name: &AppName) -> Option<AgentInfo> {
        self.entry(name).filter(|entry| entry.is_listed()).map(|entry| entry.info())
    }

    fn deployments(&self) -> Option<&dyn Deployments> {
        Some(self)
    }
}

#[async_trait]
impl Deployments for Registry {
    async fn begin(&self, name: &AppName) -> Result<Box<dyn Deployment>, DeployError> {
        self.check_allowed()?;
        let permit = self.inner.uploads.clone().acquire_owned().await.map_err(lost)?;
        let limit = self.inner.settings.max_component_bytes;
        Ok(Box::new(Upload::new(self.worker(), name.clone(), limit, permit)))
    }

    fn versions(&self, name: &AppName) -> Option<Vec<VersionInfo>> {
        self.entry(name).filter(|entry| entry.is_listed()).map(|entry| entry.versions())
    }

    async fn rollback(&self, name: &AppName, to: Option<&str>) -> Result<AgentInfo, DeployError> {
        self.check_allowed()?;
        let (registry, name) = (self.worker(), name.clone());
        let to = to.map(str::to_owned);
        self.owned(async move { registry.roll_back(&name, to.as_deref()).await }).await
    }

    async fn remove(&self, name: &AppName) -> Result<(), DeployError> {
        self.check_allowed()?;
        let (registry, name) = (self.worker(), name.clone());
        self.owned(async move {
            let there = registry.entry(&name).is_some_and(|entry| entry.is_listed());
            if !there {
                return Err(not_found(&name));
            }
            let (entry, _changing) = registry.entry_to_change(&name).await?;
            registry.take_away(&entry, true).await
        })
        .await
    }
}

impl Registry {
    fn check_allowed(&self) -> Result<(), DeployError> {
        if self.inner.settings.uploads { Ok(()) } else { Err(DeployError::NotAllowed) }
    }
}
