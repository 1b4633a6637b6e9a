//! What the operator says of the agents of a host.

use std::collections::BTreeMap;

use rak_core::{AppName, DeployError, Durability};
use rak_wasm::{AgentSettings, Limits, LimitsOverride};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::manifest::Manifest;

/// How agents are kept and served. [`Default`] gives the numbers below.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrySettings {
    /// What a run may use at most, where the operator does not say otherwise for its agent.
    pub limits: Limits,
    /// What the operator says of single agents.
    pub agents: BTreeMap<AppName, AgentOverride>,
    /// How many versions of an agent, beside the current one, can be rolled back to: 3.
    pub keep_versions: usize,
    /// The largest component that is taken, in bytes: 128 MiB, several times a Python interpreter.
    pub max_component_bytes: u64,
    /// How many agents there may be: 10 000.
    pub max_agents: usize,
    /// Whether versions may come over the wire: yes.
    pub uploads: bool,
}

impl Default for RegistrySettings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            agents: BTreeMap::new(),
            keep_versions: 3,
            max_component_bytes: 128 << 20,
            max_agents: 10_000,
            uploads: true,
        }
    }
}

/// What the operator says of one agent. It wins over the agent's manifest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgentOverride {
    /// What one run may use, where it is not what the host's limits say; more than those, too.
    pub limits: LimitsOverride,
    /// Values the agent reads with `context.config`.
    pub config: Map<String, Value>,
    /// Whether its runs survive the process, where it is not what its manifest says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durability: Option<Durability>,
}

impl RegistrySettings {
    /// What a version of an agent is served with: its manifest under the operator's word. Refused where the manifest asks
    /// for more than the operator allows.
    pub fn of_agent(
        &self,
        name: &AppName,
        manifest: &Manifest,
        version: &str,
    ) -> Result<AgentSettings, DeployError> {
        let operator = self.agents.get(name).cloned().unwrap_or_default();
        let limits = manifest.limits.within(operator.limits.over(self.limits)).map_err(|error| {
            let key = error.limit;
            let reason = format!(
                "its agent.toml asks for too much: {error}; whoever runs the host can raise it with `{key}` in \
                 [agent.{name}.limits] of rak.toml"
            );
            DeployError::Refused { reason }
        })?;
        let mut config = manifest.config.clone();
        config.extend(operator.config);
        Ok(AgentSettings {
            version: Some(version.to_owned()),
            description: manifest.description.clone(),
            limits,
            grants: manifest.grants(),
            config,
            environment: manifest.environment.clone(),
            pinning: manifest.pinning,
            durability: operator.durability.unwrap_or(manifest.durability),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_has_the_last_word() {
        let name = AppName::new("a").unwrap();
        let operator: AgentOverride = serde_json::from_value(serde_json::json!({
            "limits": {"events": 200_000, "cpu_time_ms": 1000},
            "config": {"greeting": "hi"},
        }))
        .unwrap();
        let settings =
            RegistrySettings { agents: [(name.clone(), operator)].into(), ..RegistrySettings::default() };
        let of = |text: &str| settings.of_agent(&name, &Manifest::parse(text).unwrap(), "sha256:00");
        let served = of("[limits]\nevents = 150000\n[config]\ngreeting = 'hello'\nother = 1").unwrap();
        assert_eq!((served.limits.events, served.limits.cpu_time_ms), (150_000, 1000));
        assert_eq!((&served.config["greeting"], &served.config["other"]), (&"hi".into(), &1.into()));
        let error = of("[limits]\ncpu_time_ms = 1001").unwrap_err().to_string();
        assert!(error.contains("`cpu_time_ms` in [agent.a.limits]"), "{error}");
    }
}
