//! The one way to a new version: checked, compiled, described, kept, and then live in one step.

use std::io;
use std::sync::Arc;

use rak_core::time::UnixMillis;
use rak_core::{AgentInfo, AgentSource, AppName, CodeTier, DeployError, Refusal};
use rak_wasm::{AgentSettings, ComponentAgent, LoadError, LoadedComponent};

use crate::depot::{Lease, TakeError};
use crate::entry::Entry;
use crate::folder::Stamp;
use crate::manifest::Manifest;
use crate::record::{Record, Seen, VersionRecord};
use crate::registry::Registry;
use crate::upload::lost;
use crate::version::Version;

/// What is to become a version.
pub(crate) struct Candidate {
    /// The component; the current version's where absent.
    pub(crate) component: Option<Lease>,
    /// The manifest; the current version's where absent.
    pub(crate) manifest: Option<Manifest>,
    pub(crate) source: AgentSource,
    /// The state of the folder that it is.
    pub(crate) seen: Option<Vec<Stamp>>,
}

impl Registry {
    /// Makes a candidate the current version of an agent. Where that fails, nothing has changed but what is said of it.
    pub(crate) async fn deploy(
        &self,
        name: &AppName,
        candidate: Candidate,
    ) -> Result<AgentInfo, DeployError> {
        let (entry, _changing) = self.entry_to_change(name).await?;
        let result = self.deploy_locked(&entry, candidate).await;
        if result.is_err() {
            // A name that never had a version is only known where the folder has it.
            self.forget_unused(&entry);
        }
        result
    }

    /// The same, by whoever holds the entry's lock.
    pub(crate) async fn deploy_locked(
        &self,
        entry: &Arc<Entry>,
        candidate: Candidate,
    ) -> Result<AgentInfo, DeployError> {
        let digest = candidate.component.as_ref().map(|lease| lease.digest.clone());
        match self.try_deploy(entry, candidate).await {
            Ok(()) => {
                self.collect(entry).await;
                self.announce_change();
                Ok(entry.info())
            }
            Err(error) => {
                if let Some(digest) = &digest {
                    self.forget_code(digest).await;
                }
                Err(self.note_refusal(entry, error, digest))
            }
        }
    }

    async fn try_deploy(&self, entry: &Arc<Entry>, candidate: Candidate) -> Result<(), DeployError> {
        let record = entry.state().record.clone();
        let current = record.current();
        let lease = match candidate.component {
            Some(lease) => lease,
            None => current.and_then(|kept| self.depot().lease(&kept.digest)).ok_or_else(|| {
                DeployError::Refused {
                    reason: "there is no component yet: send one with the manifest".into(),
                }
            })?,
        };
        let manifest =
            candidate.manifest.or_else(|| current.map(|kept| kept.manifest.clone())).unwrap_or_default();
        let id = manifest.version_of(&lease.digest);
        let seen = candidate.seen.map(|stamps| Seen { stamps, version: id.clone() });
        if record.current.as_ref() == Some(&id) && entry.current.load().is_some() {
            return self.note_seen(entry, record, seen).await;
        }
        let settings = self.settings().of_agent(&entry.name, &manifest, &id)?;
        let version = match entry.loaded(&id) {
            Some(version) => version,
            None => self.version_of(entry, &record, &lease.digest, settings).await?,
        };
        let record = with_version(record, id, candidate.source, manifest, seen, &version);
        self.save(&record).await?;
        lease.keep();
        Self::make_current(entry, record, version);
        // Only now may anybody else say that nobody needs the component.
        drop(lease);
        Ok(())
    }

    /// The folder has what is current already: another time stamp, or a way back.
    async fn note_seen(
        &self,
        entry: &Entry,
        mut record: Record,
        seen: Option<Seen>,
    ) -> Result<(), DeployError> {
        if let Some(seen) = seen {
            record.seen = Some(seen);
            self.save(&record).await?;
            entry.set_record(record);
        }
        entry.set_refused(None);
        Ok(())
    }

    /// Loads a version. A component that another version has already is not compiled again.
    async fn version_of(
        &self,
        entry: &Arc<Entry>,
        record: &Record,
        digest: &str,
        settings: AgentSettings,
    ) -> Result<Arc<Version>, DeployError> {
        let known = record.versions.iter().find(|kept| kept.digest == digest);
        let loaded = match known {
            Some(kept) => match self.known_component(entry, kept).await {
                Some(loaded) => loaded,
                None => self.load(&entry.name, digest).await?,
            },
            None => self.load(&entry.name, digest).await?,
        };
        Ok(self.assemble(entry, loaded, settings))
    }

    /// A component that was loaded before: from memory, or from the cache.
    pub(crate) async fn known_component(
        &self,
        entry: &Entry,
        kept: &VersionRecord,
    ) -> Option<LoadedComponent> {
        let in_memory = entry.loaded(&kept.version).map(|version| version.agent.code());
        let code = match in_memory {
            Some(code) => code,
            None => self.loader().cached_code(&kept.digest, &kept.facts).await?,
        };
        Some(LoadedComponent {
            digest: kept.digest.clone(),
            descriptor: kept.descriptor.clone(),
            facts: kept.facts.clone(),
            code,
        })
    }

    pub(crate) async fn load(&self, name: &AppName, digest: &str) -> Result<LoadedComponent, DeployError> {
        let (depot, wanted) = (self.depot().clone(), digest.to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let bytes = depot.read(&wanted)?;
            io::Result::Ok((rak_wasm::digest(&bytes) == wanted, bytes))
        });
        let (whole, bytes) = match read.await.map_err(lost)? {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::NotFound => (false, Vec::new()),
            Err(error) => return Err(disk_error(error)),
        };
        // Before anything else is said of it.
        if !whole {
            let reason =
                "what the host kept of it is damaged or lost; save or send the component again".to_owned();
            return Err(DeployError::Refused { reason });
        }
        self.loader().load_soon(name, bytes).await.map_err(|error| match error {
            LoadError::Host => DeployError::Unavailable { reason: error.to_string() },
            error => DeployError::Refused { reason: error.to_string() },
        })
    }

    pub(crate) fn assemble(
        &self,
        entry: &Entry,
        loaded: LoadedComponent,
        settings: AgentSettings,
    ) -> Arc<Version> {
        let digest = loaded.digest.clone();
        let quick = loaded.code.tier == CodeTier::Baseline;
        let facts = loaded.facts.clone();
        let agent = ComponentAgent::new(self.loader().engine(), entry.name.clone(), loaded, settings);
        let version = Arc::new(Version::new(agent, digest, entry.counters.clone(), self.gone().clone()));
        entry.state().remember(&version);
        if quick {
            self.optimize_later(&version, facts);
        }
        version
    }

    /// The step in which it becomes live.
    pub(crate) fn make_current(entry: &Entry, record: Record, version: Arc<Version>) {
        if let Some(kept) = record.current() {
            tracing::info!(
                agent = %entry.name, number = kept.number, version = short(&kept.version), "a version is live"
            );
        }
        entry.set_record(record);
        entry.set_refused(None);
        entry.current.store(Some(version));
    }

    /// Keeps why a version was not taken: in the log, and in what is said of the agent.
    pub(crate) fn note_refusal(
        &self,
        entry: &Entry,
        error: DeployError,
        digest: Option<String>,
    ) -> DeployError {
        tracing::warn!(agent = %entry.name, %error, "a version was not taken");
        // What the host could not do is no fault of the version, and not for everybody to read.
        let reason = match &error {
            DeployError::Refused { reason } => reason.clone(),
            DeployError::Unavailable { .. } => "the host could not keep it; its log says why".to_owned(),
            other => other.to_string(),
        };
        entry.set_refused(Some(Refusal { reason, at: UnixMillis::now(), digest }));
        self.announce_change();
        error
    }
}

fn with_version(
    mut record: Record,
    id: String,
    source: AgentSource,
    manifest: Manifest,
    seen: Option<Seen>,
    version: &Version,
) -> Record {
    let replaced = record.current.take();
    // A version that comes again keeps its number.
    let number = record.version(&id).map_or(record.last_number + 1, |kept| kept.number);
    record.last_number = record.last_number.max(number);
    record.versions.retain(|kept| kept.version != id);
    record.versions.push(VersionRecord {
        version: id.clone(),
        number,
        digest: version.digest.clone(),
        source,
        loaded_at: UnixMillis::now(),
        replaced,
        leaving: false,
        manifest,
        descriptor: version.agent.described().clone(),
        facts: version.agent.facts().clone(),
    });
    record.current = Some(id);
    record.seen = seen.or(record.seen);
    record
}

/// The beginning of a digest, for people.
pub(crate) fn short(version: &str) -> &str {
    version.strip_prefix("sha256:").and_then(|digits| digits.get(..12)).unwrap_or(version)
}

pub(crate) fn take_error(error: TakeError, limit: u64) -> DeployError {
    match error {
        TakeError::TooLarge(_) => DeployError::TooLarge { limit },
        TakeError::Io(error) => disk_error(error),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` is given")]
pub(crate) fn disk_error(error: io::Error) -> DeployError {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => DeployError::DiskFull,
        _ => DeployError::Unavailable { reason: error.to_string() },
    }
}
