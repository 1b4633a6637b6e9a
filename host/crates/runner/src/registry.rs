//! Agents that are given once, by the program that embeds the runner.

use std::collections::BTreeMap;
use std::sync::Arc;

use rak_core::time::UnixMillis;
use rak_core::{Agent, AgentInfo, AgentRegistry, AgentState, AppName};

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
        self.agents
            .iter()
            .map(|(name, (agent, loaded_at))| AgentInfo {
                name: name.clone(),
                state: AgentState::Ready,
                reason: None,
                digest: Some(agent.version().to_owned()),
                descriptor: Some(agent.descriptor().clone()),
                imports: Vec::new(),
                loaded_at: *loaded_at,
            })
            .collect()
    }
}
