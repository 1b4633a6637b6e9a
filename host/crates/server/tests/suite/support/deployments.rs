//! A registry that can be changed, whose components are texts: the agent says what its component says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rak_core::time::UnixMillis;
use rak_core::{
    Agent, AgentDescriptor, AgentError, AgentInfo, AgentOutcome, AgentRegistry, AgentRun, AgentSource,
    AppName, Content, DeployError, Deployment, Deployments, Usage, VersionInfo, VersionState,
};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

/// What the registry says to the operator; no client may ever see it.
pub(crate) const SECRET: &str = "/var/secret/agents is read-only";
/// What this registry takes.
pub(crate) const MAX_BYTES: u64 = 1 << 20;

/// `sha256:` and the digest of some bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

/// Says its component, and pins its sessions where its manifest says `pinning`.
struct Speaker {
    name: AppName,
    version: String,
    descriptor: AgentDescriptor,
    component: Vec<u8>,
    manifest: String,
}

#[async_trait]
impl Agent for Speaker {
    fn name(&self) -> &AppName {
        &self.name
    }
    fn version(&self) -> &str {
        &self.version
    }
    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }
    fn wall_time_limit(&self) -> Option<Duration> {
        None
    }
    fn pins_sessions(&self) -> bool {
        self.manifest.contains("pinning")
    }
    async fn run(&self, _run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let text = String::from_utf8_lossy(&self.component).into_owned();
        let content = Some(Content::new_model_text(text));
        (Ok(AgentOutcome { content, ..AgentOutcome::default() }), Usage::default())
    }
}

/// The versions of one agent in the order of their numbers.
#[derive(Default)]
struct Shelf {
    versions: Vec<Arc<Speaker>>,
    /// Which of them is the current one.
    current: usize,
}

impl Shelf {
    fn info(&self, index: usize) -> VersionInfo {
        let agent = &self.versions[index];
        VersionInfo {
            version: agent.version.clone(),
            number: index as u64 + 1,
            digest: digest(&agent.component),
            bytes: agent.component.len() as u64,
            state: if index == self.current { VersionState::Current } else { VersionState::Kept },
            source: AgentSource::Upload,
            loaded_at: UnixMillis(1),
            code: None,
            runs: 0,
            described_version: String::new(),
        }
    }

    fn agent_info(&self) -> AgentInfo {
        let current = &self.versions[self.current];
        AgentInfo {
            current: Some(self.info(self.current)),
            descriptor: Some(current.descriptor.clone()),
            ..AgentInfo::ready(current.name.clone())
        }
    }
}

/// A clone is the same registry.
#[derive(Clone)]
pub(crate) struct FakeRegistry(Arc<Inner>);

struct Inner {
    shelves: Mutex<BTreeMap<AppName, Shelf>>,
    /// What every change is refused with.
    refuses: Mutex<Option<DeployError>>,
    /// The bytes that deployments were given.
    written: watch::Sender<u64>,
    /// Deployments that were dropped before they were finished.
    given_up: watch::Sender<usize>,
    /// Deployments that are being finished, and whether they may.
    finishing: watch::Sender<usize>,
    gate: watch::Sender<bool>,
}

impl FakeRegistry {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            shelves: Mutex::default(),
            refuses: Mutex::default(),
            written: watch::Sender::new(0),
            given_up: watch::Sender::new(0),
            finishing: watch::Sender::new(0),
            gate: watch::Sender::new(true),
        }))
    }

    /// Refuses every change from now on.
    pub(crate) fn refuse(&self, error: DeployError) {
        *self.0.refuses.lock().unwrap() = Some(error);
    }

    /// Holds whoever finishes a deployment, or lets them go.
    pub(crate) fn hold(&self, held: bool) {
        self.0.gate.send_replace(!held);
    }

    pub(crate) async fn has_written(&self, bytes: u64) {
        super::soon(self.0.written.subscribe().wait_for(|written| *written >= bytes)).await.unwrap();
    }

    pub(crate) async fn has_given_up(&self, deployments: usize) {
        super::soon(self.0.given_up.subscribe().wait_for(|given_up| *given_up >= deployments)).await.unwrap();
    }

    pub(crate) async fn is_finishing(&self) {
        super::soon(self.0.finishing.subscribe().wait_for(|finishing| *finishing > 0)).await.unwrap();
    }

    pub(crate) async fn has_finished(&self) {
        super::soon(self.0.finishing.subscribe().wait_for(|finishing| *finishing == 0)).await.unwrap();
    }

    /// What the current version's component says.
    pub(crate) fn component(&self, name: &str) -> Option<String> {
        let shelves = self.shelves();
        let shelf = shelves.get(&name.parse::<AppName>().unwrap())?;
        Some(String::from_utf8(shelf.versions[shelf.current].component.clone()).unwrap())
    }

    pub(crate) fn manifest(&self, name: &str) -> String {
        let shelves = self.shelves();
        let shelf = &shelves[&name.parse::<AppName>().unwrap()];
        shelf.versions[shelf.current].manifest.clone()
    }

    /// Forgets every version but the current one.
    pub(crate) fn forget_kept(&self, name: &str) {
        let mut shelves = self.shelves();
        let shelf = shelves.get_mut(&name.parse::<AppName>().unwrap()).unwrap();
        let current = shelf.versions.remove(shelf.current);
        *shelf = Shelf { versions: vec![current], current: 0 };
    }

    fn shelves(&self) -> MutexGuard<'_, BTreeMap<AppName, Shelf>> {
        self.0.shelves.lock().unwrap()
    }

    fn check(&self) -> Result<(), DeployError> {
        self.0.refuses.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl AgentRegistry for FakeRegistry {
    fn get(&self, name: &AppName) -> Option<Arc<dyn Agent>> {
        let shelves = self.shelves();
        let shelf = shelves.get(name)?;
        Some(shelf.versions[shelf.current].clone())
    }
    async fn version(&self, name: &AppName, version: &str) -> Option<Arc<dyn Agent>> {
        let shelves = self.shelves();
        let found = shelves.get(name)?.versions.iter().find(|agent| agent.version == version)?;
        Some(found.clone())
    }
    fn list(&self) -> Vec<AgentInfo> {
        self.shelves().values().map(Shelf::agent_info).collect()
    }
    fn deployments(&self) -> Option<&dyn Deployments> {
        Some(self)
    }
}

#[async_trait]
impl Deployments for FakeRegistry {
    async fn begin(&self, name: &AppName) -> Result<Box<dyn Deployment>, DeployError> {
        if let Err(error @ DeployError::NotAllowed) = self.check() {
            return Err(error);
        }
        let (registry, name) = (self.clone(), name.clone());
        Ok(Box::new(FakeDeployment { registry, name, component: None, manifest: None, finished: false }))
    }

    fn versions(&self, name: &AppName) -> Option<Vec<VersionInfo>> {
        let shelves = self.shelves();
        let shelf = shelves.get(name)?;
        Some((0..shelf.versions.len()).rev().map(|index| shelf.info(index)).collect())
    }

    async fn rollback(&self, name: &AppName, to: Option<&str>) -> Result<AgentInfo, DeployError> {
        self.check()?;
        let mut shelves = self.shelves();
        let shelf = shelves.get_mut(name).ok_or_else(|| DeployError::AgentNotFound { name: name.clone() })?;
        let index = match to {
            None => shelf
                .current
                .checked_sub(1)
                .ok_or_else(|| DeployError::NothingOlder { name: name.clone() })?,
            Some(to) => {
                let named = |index: &usize| {
                    (index + 1).to_string() == to || shelf.versions[*index].version.starts_with(to)
                };
                let known = (1..=shelf.versions.len() as u64).rev().collect();
                (0..shelf.versions.len()).find(named).ok_or_else(|| DeployError::VersionNotFound {
                    name: name.clone(),
                    version: to.to_owned(),
                    known,
                })?
            }
        };
        shelf.current = index;
        Ok(shelf.agent_info())
    }

    async fn remove(&self, name: &AppName) -> Result<(), DeployError> {
        self.check()?;
        let removed = self.shelves().remove(name);
        removed.map(drop).ok_or_else(|| DeployError::AgentNotFound { name: name.clone() })
    }
}

struct FakeDeployment {
    registry: FakeRegistry,
    name: AppName,
    component: Option<Vec<u8>>,
    manifest: Option<String>,
    finished: bool,
}

#[async_trait]
impl Deployment for FakeDeployment {
    async fn write(&mut self, bytes: Bytes) -> Result<(), DeployError> {
        let component = self.component.get_or_insert_default();
        if component.len() as u64 + bytes.len() as u64 > MAX_BYTES {
            return Err(DeployError::TooLarge { limit: MAX_BYTES });
        }
        component.extend_from_slice(&bytes);
        self.registry.0.written.send_modify(|written| *written += bytes.len() as u64);
        Ok(())
    }

    fn manifest(&mut self, text: String) {
        self.manifest = Some(text);
    }

    async fn finish(mut self: Box<Self>, expected: Option<String>) -> Result<AgentInfo, DeployError> {
        self.finished = true;
        let inner = self.registry.0.clone();
        inner.finishing.send_modify(|finishing| *finishing += 1);
        inner.gate.subscribe().wait_for(|open| *open).await.unwrap();
        let finished = self.put(expected);
        inner.finishing.send_modify(|finishing| *finishing -= 1);
        finished
    }
}

impl FakeDeployment {
    fn put(&mut self, expected: Option<String>) -> Result<AgentInfo, DeployError> {
        self.registry.check()?;
        let mut shelves = self.registry.shelves();
        let current = shelves.get(&self.name).map(|shelf| shelf.versions[shelf.current].clone());
        let missing = || DeployError::Refused { reason: "a new agent needs a component".into() };
        let written = self.component.take();
        let component = written.or_else(|| Some(current?.component.clone())).ok_or_else(missing)?;
        let found = digest(&component);
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return Err(DeployError::DigestMismatch { expected, found });
        }
        if component.starts_with(b"bad") {
            return Err(DeployError::Refused { reason: "it is no component".into() });
        }
        let manifest = self.manifest.take().unwrap_or_default();
        let agent = Speaker {
            name: self.name.clone(),
            version: digest(&[component.as_slice(), manifest.as_bytes()].concat()),
            descriptor: AgentDescriptor::default(),
            component,
            manifest,
        };
        let shelf = shelves.entry(self.name.clone()).or_default();
        shelf.versions.push(Arc::new(agent));
        shelf.current = shelf.versions.len() - 1;
        Ok(shelf.agent_info())
    }
}

impl Drop for FakeDeployment {
    fn drop(&mut self) {
        if !self.finished {
            self.registry.0.given_up.send_modify(|given_up| *given_up += 1);
        }
    }
}
