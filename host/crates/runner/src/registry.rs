//! Agents that are given once, by the program that embeds the runner.

use std::collections::BTreeMap;
use std::sync::Arc;

use rak_core::time::UnixMillis;
use rak_core::{Agent, AgentInfo, AgentRegistry, AgentSource, AppName, Pinning, VersionInfo, VersionState};

/// A fixed set of agents.
#[derive(Clone, Default)]
pub struct StaticRegistry {
    agents: BTreeMap<AppName, (Arc<dyn Agent>, UnixMillis)>,
}

impl StaticRegistry {
    /// Adds an agent under its own name; a later one of the same name replaces it.
    #[must_use]
    pub fn with(mut self, agent: Arc<dyn Agent>) -> Self {
        self.agents.insert(agent.name().clone(), (agent, UnixMillis::now()));
        self
    }
}

impl AgentRegistry for StaticRegistry {
    fn get(&self, name: &AppName) -> Option<Arc<dyn Agent>> {
        self.agents.get(name).map(|(agent, _)| agent.clone())
    }

    fn list(&self) -> Vec<AgentInfo> {
        self.agents.values().map(|(agent, loaded_at)| info(agent.as_ref(), *loaded_at)).collect()
    }

    fn info(&self, name: &AppName) -> Option<AgentInfo> {
        self.agents.get(name).map(|(agent, loaded_at)| info(agent.as_ref(), *loaded_at))
    }
}

/// The agent with its only version. It is no component: it has no size and no machine code of its own.
fn info(agent: &dyn Agent, loaded_at: UnixMillis) -> AgentInfo {
    let current = VersionInfo {
        version: agent.version().to_owned(),
        number: 1,
        digest: agent.version().to_owned(),
        bytes: 0,
        state: VersionState::Current,
        source: AgentSource::Upload,
        loaded_at,
        code: None,
        runs: 0,
        described_version: agent.descriptor().version.clone(),
    };
    AgentInfo {
        current: Some(current),
        descriptor: Some(agent.descriptor().clone()),
        pinning: if agent.pins_sessions() { Pinning::Session } else { Pinning::None },
        ..AgentInfo::ready(agent.name().clone())
    }
}
