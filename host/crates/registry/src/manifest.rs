//! `agent.toml`: what an agent is served with, beside its component.

use std::path::{Path, PathBuf};

use globset::Glob;
use rak_core::{AgentGrants, AppName, Durability, Environment, HttpPattern, Pinning, Scope};
use rak_wasm::LimitsOverride;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// The name of the file.
pub const MANIFEST_FILE: &str = "agent.toml";
/// The largest manifest, in bytes: it is read by people.
pub const MAX_MANIFEST_BYTES: u64 = 256 << 10;

/// What `agent.toml` says. Everything may be left out; an unknown key is an error with its line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manifest {
    /// What the agent does, where it is not what the component says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The file of the component, seen from the manifest, where the folder has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<PathBuf>,
    /// Whether a session stays on the version that it began with.
    pub pinning: Pinning,
    /// Whether its runs survive the process.
    pub durability: Durability,
    /// What one run may use, where it is less than what the host allows.
    pub limits: LimitsOverride,
    /// What the agent may do; see [`Manifest::grants`].
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<GrantsTable>,
    /// Values the agent reads with `context.config`.
    pub config: Map<String, Value>,
    /// Its environment. Nothing secret: every agent of the host's can be asked what it has.
    pub environment: Environment,
}

/// The table `[grants]`: what it does not name is not granted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct GrantsTable {
    history: bool,
    state: Vec<Scope>,
    // Left out where it is not there: manifests from before it keep their versions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    people: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    agents: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ask_before: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    models: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    http: Vec<HttpPattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credentials: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    artifacts: Vec<Scope>,
    log: bool,
}

impl GrantsTable {
    fn check(&self) -> Result<(), ManifestError> {
        for agent in self.agents.iter().filter(|agent| *agent != "*") {
            AppName::new(agent).map_err(|error| {
                ManifestError(format!("{agent:?} in `agents` of [grants] is no agent's name: {error}"))
            })?;
        }
        for pattern in self.tools.iter().chain(&self.ask_before).chain(&self.models) {
            Glob::new(pattern).map_err(|error| {
                ManifestError(format!("{pattern:?} in [grants] is no pattern of names: {}", error.kind()))
            })?;
        }
        if let Some(scope) =
            self.artifacts.iter().find(|scope| !matches!(scope, Scope::Session | Scope::User))
        {
            let message = format!(
                "{:?} in `artifacts` of [grants]: write \"session\", \"user\" or both",
                scope.as_str()
            );
            return Err(ManifestError(message));
        }
        Ok(())
    }
}

/// Why a manifest cannot be used: for its author, with the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{MANIFEST_FILE} cannot be used: {0}")]
pub struct ManifestError(String);

impl Manifest {
    /// Reads the text of a manifest.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let mut manifest: Self =
            toml::from_str(text).map_err(|error| ManifestError(error.to_string().trim().to_owned()))?;
        manifest.config.values_mut().for_each(plain_dates);
        for (name, value) in &manifest.environment {
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                return Err(ManifestError(format!("{name:?} in [environment] is no variable")));
            }
        }
        if let Some(grants) = &manifest.grants {
            grants.check()?;
        }
        if manifest.component.as_deref().is_some_and(leads_out) {
            return Err(ManifestError("component has to be a file beside it".into()));
        }
        Ok(manifest)
    }

    /// What the agent may do. Without the table: everything about its own conversation.
    pub fn grants(&self) -> AgentGrants {
        let environment = self.environment.keys().cloned().collect();
        match &self.grants {
            None => AgentGrants { environment, ..AgentGrants::default() },
            Some(table) => AgentGrants {
                history: table.history,
                state: table.state.clone(),
                people: table.people,
                agents: table.agents.clone(),
                tools: table.tools.clone(),
                ask_before: table.ask_before.clone(),
                models: table.models.clone(),
                http: table.http.clone(),
                credentials: table.credentials.clone(),
                artifacts: table.artifacts.clone(),
                log: table.log,
                environment,
            },
        }
    }

    /// The version that a component is with this manifest: its own digest, where the manifest says nothing.
    pub fn version_of(&self, digest: &str) -> String {
        // Where the component lies does not change what it is.
        let said = Self { component: None, ..self.clone() };
        if said == Self::default() {
            return digest.to_owned();
        }
        let mut value = serde_json::to_value(&said).unwrap_or_default();
        value.sort_all_objects();
        let sum = Sha256::digest(format!("rak agent version 1\n{digest}\n{value}"));
        sum.iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }
}

fn leads_out(path: &Path) -> bool {
    path.components().count() != 1
        || !path.components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// A date of TOML comes as an object with one strange key; an agent gets it as the text it was.
fn plain_dates(value: &mut Value) {
    const DATE: &str = "$__toml_private_datetime";
    match value {
        Value::Object(object) => match object.get_mut(DATE) {
            Some(text) => *value = text.take(),
            None => object.values_mut().for_each(plain_dates),
        },
        Value::Array(values) => values.iter_mut().for_each(plain_dates),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn everything_may_be_left_out() {
        let manifest = Manifest::parse("").unwrap();
        assert_eq!(manifest, Manifest::default());
        assert_eq!(manifest.grants(), AgentGrants::default());
        assert_eq!(manifest.version_of("sha256:00"), "sha256:00");
    }

    #[test]
    fn a_table_of_grants_grants_what_it_names() {
        let manifest = Manifest::parse("[grants]\nstate = ['user']\n[environment]\nMODE = 'fast'\n").unwrap();
        let expected = AgentGrants {
            history: false,
            state: vec![Scope::User],
            people: false,
            agents: Vec::new(),
            tools: Vec::new(),
            ask_before: Vec::new(),
            models: Vec::new(),
            http: Vec::new(),
            credentials: Vec::new(),
            artifacts: Vec::new(),
            log: false,
            environment: vec!["MODE".into()],
        };
        assert_eq!(manifest.grants(), expected);
    }

    #[test]
    fn agents_are_granted_by_name_and_tools_by_pattern() {
        let text = "[grants]\nagents = ['echo']\ntools = ['clock', 'mcp.files.*']\nask_before = ['mcp.*', 'agent.echo']\nmodels = ['small', 'local-*']\n";
        let grants = Manifest::parse(text).unwrap().grants();
        assert_eq!(grants.agents, ["echo"]);
        assert_eq!(grants.tools, ["clock", "mcp.files.*"]);
        assert_eq!(grants.ask_before, ["mcp.*", "agent.echo"]);
        assert_eq!(grants.models, ["small", "local-*"]);
        assert_eq!(Manifest::parse("[grants]\nagents = ['*']\n").unwrap().grants().agents, ["*"]);
        let text = "[grants]\nhttp = ['api.example.com', 'http://localhost:*']\ncredentials = ['github']\nartifacts = ['user']\n";
        let grants = Manifest::parse(text).unwrap().grants();
        assert_eq!(
            grants.http.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["https://api.example.com", "http://localhost:*"]
        );
        assert_eq!(grants.credentials, ["github"]);
        assert_eq!(grants.artifacts, [Scope::User]);
        for (text, named) in [
            ("agents = ['a/b']", "\"a/b\" in `agents`"),
            ("tools = ['mcp.[']", "\"mcp.[\""),
            ("ask_before = ['{']", "\"{\""),
            ("models = ['[']", "\"[\""),
            ("http = ['ftp://x']", "\"ftp://x\" is no place for HTTP"),
            ("artifacts = ['app']", "\"app\" in `artifacts`"),
        ] {
            let error = Manifest::parse(&format!("[grants]\n{text}\n")).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_line() {
        for (text, line, key) in [
            ("description = 'x'\npining = 'session'\n", "line 2", "pining"),
            ("[limits]\n\nmemory = 3\n", "line 3", "memory"),
            ("[grants]\nsockets = true\n", "line 2", "sockets"),
            ("pinning = 'forever'\n", "line 1", "forever"),
        ] {
            let error = Manifest::parse(text).unwrap_err().to_string();
            assert!(error.contains("agent.toml") && error.contains(line) && error.contains(key), "{error}");
        }
        assert!(Manifest::parse("component = '../x.wasm'").is_err());
        assert!(Manifest::parse("component = '/x.wasm'").is_err());
        assert!(Manifest::parse("[environment]\n'A=B' = 'x'").is_err());
    }

    #[test]
    fn what_it_says_decides_the_version_and_how_it_is_written_does_not() {
        let version = |text: &str| Manifest::parse(text).unwrap().version_of("sha256:00");
        let one = version("[config]\na = 1\nb = { c = 2, d = 3 }\n");
        assert_eq!(one, version("# a remark\n[config]\nb = { d = 3, c = 2 }\na = 1\n"));
        assert_ne!(one, version("[config]\na = 2\nb = { c = 2, d = 3 }\n"));
        assert_eq!(version("component = 'x.wasm'"), "sha256:00");
        assert_eq!(one.len(), "sha256:".len() + 64);
    }

    #[test]
    fn a_date_is_text() {
        let manifest = Manifest::parse("[config]\nday = 2026-11-25\nlist = [{ at = 10:00:00 }]").unwrap();
        assert_eq!(manifest.config["day"], "2026-11-25");
        assert_eq!(manifest.config["list"][0]["at"], "10:00:00");
    }

    proptest! {
        #[test]
        fn any_text_is_a_manifest_or_an_error(text in "(\\PC|\n){0,200}") {
            let _ = Manifest::parse(&text);
        }
    }
}
