//! What `rak.toml` says of tools, in two stages: what was written, and what it means.

mod mcp;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use rak_settings::{SettingsError, check_name};
use serde::Deserialize;

pub use self::mcp::{McpFile, McpSettings, McpTransport};
use crate::builtin::Builtin;
use crate::patterns::ToolPatterns;

/// The table `tools` of the configuration file. Unknown keys are errors.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ToolsFile {
    /// The tools of the host itself; all of them where absent.
    pub builtins: Option<Vec<Builtin>>,
    /// Patterns of the tools, of all kinds, that a person has to approve each call of.
    pub needs_approval: Vec<String>,
    /// How long a person has to approve a call, in milliseconds; without an end where absent.
    pub approval_expires_ms: Option<u64>,
    /// MCP servers by name; their tools are `mcp.NAME.TOOL`.
    pub mcp: BTreeMap<String, McpFile>,
}

/// What it means.
#[derive(Clone, Debug, Default)]
pub struct ToolsSettings {
    /// The tools of the host itself.
    pub builtins: BTreeSet<Builtin>,
    /// The tools, of all kinds, that a person has to approve each call of.
    pub needs_approval: ToolPatterns,
    /// How long a person has to approve a call.
    pub approval_expires_in: Option<Duration>,
    /// MCP servers by name.
    pub mcp: BTreeMap<String, McpSettings>,
}

impl ToolsFile {
    /// What it means: paths are seen from `base`, and `${NAME}` is what `variable` says, which is the host's environment.
    pub fn settings(
        &self,
        base: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<ToolsSettings, SettingsError> {
        let servers = self.mcp.iter().map(|(name, file)| {
            let key = format!("tools.mcp.{name}");
            check_name("a server", name).map_err(|problem| SettingsError::new(&key, problem))?;
            Ok((name.clone(), file.settings(&key, base, variable)?))
        });
        Ok(ToolsSettings {
            builtins: self.builtins.as_deref().unwrap_or(&Builtin::ALL).iter().copied().collect(),
            needs_approval: self.approval()?,
            approval_expires_in: self.approval_expires_ms.map(Duration::from_millis),
            mcp: servers.collect::<Result<_, SettingsError>>()?,
        })
    }

    /// A name that is mistyped would have nobody asked: what cannot be a tool of this host is an error.
    fn approval(&self) -> Result<ToolPatterns, SettingsError> {
        for name in &self.needs_approval {
            let is_pattern = name.contains(['*', '?', '[', '{', '\\']);
            let builtin = || Builtin::ALL.iter().any(|builtin| builtin.name() == name);
            let server = || {
                let server = name.strip_prefix("mcp.").and_then(|rest| rest.split_once('.'));
                server.is_some_and(|(server, _)| self.mcp.contains_key(server))
            };
            if !is_pattern && !name.is_empty() && !name.starts_with("agent.") && !builtin() && !server() {
                let problem = format!(
                    "there can be no tool {name:?}: it is none of the host's own, and none of an agent (agent.NAME) or of a \
                     server in [tools.mcp] (mcp.SERVER.TOOL)"
                );
                return Err(SettingsError::new("tools.needs_approval", problem));
            }
        }
        patterns("tools.needs_approval", &self.needs_approval)
    }
}

fn patterns(key: &str, written: &[String]) -> Result<ToolPatterns, SettingsError> {
    ToolPatterns::new(written).map_err(|problem| SettingsError::new(key, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn settings(text: &str) -> Result<ToolsSettings, String> {
        let file: ToolsFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let variable = |name: &str| match name {
            "TOKEN" => Some("hunter2-secret".to_owned()),
            "PATH" => Some("/usr/bin:/bin".to_owned()),
            _ => None,
        };
        file.settings(Path::new("/etc/rak"), &variable).map_err(|error| error.to_string())
    }

    pub(super) fn error(text: &str) -> String {
        settings(text).err().unwrap_or_else(|| panic!("{text} can be used"))
    }

    #[test]
    fn without_a_word_there_is_what_is_built_in() {
        let settings = settings("").unwrap();
        assert_eq!(settings.builtins, Builtin::ALL.into());
        assert!(settings.mcp.is_empty() && !settings.needs_approval.matches("clock"));
    }

    #[test]
    fn builtins_and_approval_are_as_written() {
        let settings =
            settings("builtins = ['clock']\nneeds_approval = ['mcp.files.write*', 'agent.*']").unwrap();
        assert_eq!(settings.builtins, [Builtin::Clock].into());
        assert!(settings.needs_approval.matches("agent.clerk"));
        assert!(!settings.needs_approval.matches("mcp.files.read"));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (text, reason) in [
            ("builtin = []", "unknown field `builtin`"),
            ("builtins = ['clocks']", "unknown variant `clocks`, expected one of `artifact.list`"),
            ("needs_approval = ['clok']", "tools.needs_approval: there can be no tool \"clok\""),
            ("needs_approval = ['mcp.a.b']", "tools.needs_approval: there can be no tool \"mcp.a.b\""),
            ("needs_approval = ['[']", "tools.needs_approval: \"[\" is no pattern"),
            ("[mcp.'a.b']\ncommand = ['x']", "tools.mcp.a.b: the name of a server has 1 to 64 ASCII letters"),
            ("[mcp.'']\ncommand = ['x']", "the name of a server"),
        ] {
            let error = error(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
