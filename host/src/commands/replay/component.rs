//! What is to run: the recorded build, or another one.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rak_core::{AppName, Content, Role};
use rak_registry::{KeptVersion, Manifest, find_agent, find_kept_version};
use rak_server::protocol::rest::Recording;
use rak_wasm::{ComponentAgent, digest};

use crate::config::Config;
use crate::host;
use crate::progress::Spinner;
use crate::project::{self, Compiler, Reporter as _};

/// A build that is ready to run.
pub(super) struct Build {
    pub(super) agent: ComponentAgent,
    /// The file of another build than the recorded one.
    pub(super) other: Option<PathBuf>,
    /// Whether it runs with the settings of the recorded version.
    pub(super) same_settings: bool,
}

/// Loads it. The settings are those of the recorded version, wherever that is still known.
pub(super) async fn find(
    recording: &Recording,
    with: Option<&Path>,
    config: &Config,
) -> anyhow::Result<Build> {
    let name = &recording.invocation.app_name;
    let version = &recording.invocation.agent_version;
    let kept = find_kept_version(&config.data, name, version)
        .with_context(|| format!("failed to look for the component in {}", config.data.display()))?;
    let (component, manifest, same_settings) = match (with, kept) {
        (Some(with), kept) => {
            let settings = kept.map(|kept| (kept.manifest, true));
            let (manifest, same) = settings.unwrap_or_else(|| settings_in_folder(name, version, config));
            (built(with).await?, manifest, same)
        }
        (None, Some(KeptVersion { component: Some(component), manifest, .. })) => (component, manifest, true),
        (None, _) => in_folder(name, version, config).ok_or_else(|| not_found(name, version, config))?,
    };
    let loader = host::loader(config)?;
    let spinner = Spinner::new();
    spinner.step("the component is loaded");
    let loaded = loader.load_file(name, &component).await;
    let loaded = loaded.with_context(|| format!("{} cannot be run", component.display()))?;
    let settings = config.registry.of_agent(name, &manifest, version)?;
    let agent = ComponentAgent::new(loader.engine(), name.clone(), loaded, settings);
    Ok(Build { agent, other: with.map(|_| component), same_settings })
}

/// A message that says nothing.
pub(super) fn nothing_said() -> Content {
    Content { role: Role::USER.into(), parts: Vec::new() }
}

/// Another build; a project is built first.
async fn built(with: &Path) -> anyhow::Result<PathBuf> {
    if with.is_dir() || (with.is_file() && project::find(with).is_ok()) {
        return Ok(project::build(with, Compiler::OfProject, &Spinner::new()).await?.component);
    }
    if !with.is_file() {
        bail!("there is no file {}", with.display());
    }
    Ok(with.to_owned())
}

/// The recorded version, where the agents folder has it.
fn in_folder(name: &AppName, version: &str, config: &Config) -> Option<(PathBuf, Manifest, bool)> {
    let (component, manifest) = find_agent(&config.agents, name).ok().flatten()?;
    let bytes = std::fs::read(&component).ok()?;
    (manifest.version_of(&digest(&bytes)) == version).then_some((component, manifest, true))
}

/// The settings that the agents folder has for an agent, and whether they are known to be those of a version.
fn settings_in_folder(name: &AppName, version: &str, config: &Config) -> (Manifest, bool) {
    if let Some((_, manifest, same)) = in_folder(name, version, config) {
        return (manifest, same);
    }
    let found = find_agent(&config.agents, name).ok().flatten();
    (found.map(|(_, manifest)| manifest).unwrap_or_default(), false)
}

fn not_found(name: &AppName, version: &str, config: &Config) -> anyhow::Error {
    anyhow::anyhow!(
        "the component of {name} that was recorded (version {version}) is not in {} and not in {}; name the data folder \
         of its host with --data DIR, or a component with --with FILE.wasm",
        config.data.display(),
        config.agents.display()
    )
}
