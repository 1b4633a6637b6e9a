//! The agents of a folder: every `NAME.wasm` in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::{StreamExt as _, stream};
use rak_core::time::UnixMillis;
use rak_core::{Agent, AgentInfo, AgentRegistry, AgentState, AppName};

use crate::component_agent::{AgentSettings, ComponentAgent};
use crate::limits::Limits;
use crate::loader::{LoadedComponent, Loader};

/// How many components are loaded at a time. Each compilation uses all processors by itself.
const PARALLEL_LOADS: usize = 2;

/// How the components of a folder are served.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegistrySettings {
    /// What a run may use, where an agent's own settings do not say.
    pub limits: Limits,
    /// Settings by agent.
    pub agents: BTreeMap<AppName, AgentSettings>,
}

/// The agents of a folder.
pub struct FolderRegistry {
    agents: BTreeMap<AppName, Entry>,
}

struct Entry {
    agent: Option<Arc<dyn Agent>>,
    info: AgentInfo,
}

impl FolderRegistry {
    /// Loads every component of the folder. One that cannot be loaded is listed with its reason; a folder that cannot
    /// be read is an error.
    pub async fn open(folder: &Path, loader: &Loader, settings: &RegistrySettings) -> std::io::Result<Self> {
        let agents = stream::iter(components(folder)?)
            .map(|(name, path)| async move {
                let entry = load(loader, settings, &name, &path).await;
                (name, entry)
            })
            .buffer_unordered(PARALLEL_LOADS)
            .collect()
            .await;
        Ok(Self { agents })
    }

    /// Loads one component, whatever its place.
    pub async fn single(name: AppName, path: &Path, loader: &Loader, settings: &RegistrySettings) -> Self {
        let entry = load(loader, settings, &name, path).await;
        Self { agents: BTreeMap::from([(name, entry)]) }
    }
}

impl AgentRegistry for FolderRegistry {
    fn get(&self, name: &AppName) -> Option<Arc<dyn Agent>> {
        self.agents.get(name)?.agent.clone()
    }

    fn list(&self) -> Vec<AgentInfo> {
        self.agents.values().map(|entry| entry.info.clone()).collect()
    }
}

/// The names and files of a folder, sorted by name.
fn components(folder: &Path) -> std::io::Result<Vec<(AppName, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "wasm") || !path.is_file() {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        match AppName::new(&stem) {
            Ok(name) => found.push((name, path)),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the file is not served: its name is no agent's name");
            }
        }
    }
    found.sort();
    Ok(found)
}

async fn load(loader: &Loader, settings: &RegistrySettings, name: &AppName, path: &Path) -> Entry {
    let loaded_at = UnixMillis::now();
    let info = AgentInfo {
        name: name.clone(),
        state: AgentState::Refused,
        reason: None,
        digest: None,
        descriptor: None,
        imports: Vec::new(),
        loaded_at,
    };
    match loader.load_file(name, path).await {
        Ok(loaded) => ready(loader, settings, loaded, info),
        Err(error) => {
            tracing::warn!(agent = %name, path = %path.display(), reason = %error, "an agent is refused");
            Entry { agent: None, info: AgentInfo { reason: Some(error.to_string()), ..info } }
        }
    }
}

fn ready(loader: &Loader, settings: &RegistrySettings, loaded: LoadedComponent, info: AgentInfo) -> Entry {
    tracing::info!(agent = %info.name, digest = loaded.digest, cached = loaded.facts.cached, "an agent is ready");
    let info = AgentInfo {
        state: AgentState::Ready,
        digest: Some(loaded.digest.clone()),
        descriptor: Some(loaded.descriptor.clone()),
        imports: loaded.facts.imports.clone(),
        ..info
    };
    let own = settings.agents.get(&info.name).cloned().unwrap_or_default();
    let agent = ComponentAgent::new(loader.engine(), info.name.clone(), loaded, settings.limits, own);
    Entry { agent: Some(Arc::new(agent)), info }
}
