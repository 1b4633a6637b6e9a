//! Settings, in two stages: what was written in the file, the environment and the flags, and what it means together.
//! A flag wins over the environment, the environment over the file, the file over the defaults.

mod admission;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rak_core::{AppName, ArtifactLimits, OnDisconnect, UserId};
use rak_http::{HttpFile, HttpSettings};
use rak_models::{ModelsFile, ModelsSettings};
use rak_registry::{AgentOverride, RegistrySettings};
use rak_runner::RunnerSettings;
use rak_server::ServerSettings;
use rak_session::{SqliteOptions, Synchronous};
use rak_tools::{ToolsFile, ToolsSettings};
use rak_wasm::{CompileLimits, EngineSettings, Limits};
use serde::Deserialize;

use self::admission::AdmissionFile;
use crate::cli::{ConfigArguments, ServeArguments};

/// The configuration file that is read where none is named.
const DEFAULT_FILE: &str = "rak.toml";
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// What was written in the file. Unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    agents: Option<PathBuf>,
    data: Option<PathBuf>,
    default_agent: Option<AppName>,
    default_user: Option<UserId>,
    allow_origins: Vec<String>,
    /// How many invocations may be in memory at once.
    max_invocations: Option<usize>,
    /// How many children an invocation may have at once.
    max_children: Option<usize>,
    /// How many agents may be below each other.
    max_child_depth: Option<usize>,
    /// How long a run goes on when nobody listens.
    disconnect_grace_ms: Option<u64>,
    /// How long the end of an invocation is remembered without the store.
    retention_ms: Option<u64>,
    server: ServerFile,
    admission: AdmissionFile,
    durability: DurabilityFile,
    store: StoreFile,
    engine: EngineSettings,
    limits: Limits,
    registry: RegistryFile,
    tools: ToolsFile,
    models: ModelsFile,
    http: HttpFile,
    artifacts: ArtifactsFile,
    agent: BTreeMap<AppName, AgentOverride>,
}

/// How much is kept of artifacts; see [`ArtifactLimits`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ArtifactsFile {
    max_bytes: Option<u64>,
    max_user_bytes: Option<u64>,
}

/// The bounds of connections; see [`ServerSettings`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ServerFile {
    max_body_bytes: Option<usize>,
    max_connections: Option<usize>,
    max_frame_bytes: Option<usize>,
    max_runs_per_socket: Option<usize>,
    keep_alive_ms: Option<u64>,
    shutdown_grace_ms: Option<u64>,
}

/// How agents are kept; see [`RegistrySettings`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RegistryFile {
    keep_versions: Option<usize>,
    max_component_bytes: Option<u64>,
    max_agents: Option<usize>,
    /// Where absent, a host that only this machine reaches takes uploads.
    uploads: Option<bool>,
    compile: CompileLimits,
}

/// How durable runs are kept; see [`RunnerSettings`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DurabilityFile {
    longest_wait_ms: Option<u64>,
    max_attempts: Option<u32>,
    journal_retention_ms: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StoreFile {
    /// `normal` survives a crash of the process, `full` also one of the machine.
    synchronous: SynchronousFile,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SynchronousFile {
    #[default]
    Normal,
    Full,
}

/// What it means.
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) agents: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) runner: RunnerSettings,
    pub(crate) server: ServerSettings,
    pub(crate) store: SqliteOptions,
    pub(crate) engine: EngineSettings,
    pub(crate) registry: RegistrySettings,
    tools: ToolsFile,
    models: ModelsFile,
    http: HttpFile,
    pub(crate) artifacts: ArtifactLimits,
    /// The folder that paths of the file are seen from.
    base: PathBuf,
    /// Whether agents may be uploaded, where the file says so.
    uploads: Option<bool>,
    pub(crate) compile: CompileLimits,
}

impl Config {
    /// What `rak serve` was told.
    pub(crate) fn for_serve(arguments: ServeArguments) -> anyhow::Result<Self> {
        let mut config = Self::load(&arguments.config)?;
        if let Some(listen) = arguments.listen {
            config.listen = listen;
        }
        if let Some(name) = arguments.default_agent {
            config.runner.default_app = Some(AppName::new(name).context("--default-agent cannot be used")?);
        }
        config.server.allowed_origins.extend(arguments.allow_origins);
        // There is no authentication: who can reach the host could put code there.
        config.registry.uploads = config.uploads.unwrap_or(config.listen.ip().is_loopback());
        Ok(config)
    }

    /// What the file and the arguments that all commands share say.
    pub(crate) fn load(arguments: &ConfigArguments) -> anyhow::Result<Self> {
        let (file, base) = read(arguments.config.as_deref())?;
        // A path in the file is meant as seen from the file.
        let place = |argument: &Option<PathBuf>, written: Option<PathBuf>, default: &str| {
            argument.clone().or(written.map(|path| base.join(path))).unwrap_or_else(|| default.into())
        };
        Ok(Self {
            listen: file.listen.unwrap_or(DEFAULT_LISTEN),
            agents: place(&arguments.agents, file.agents.clone(), "agents"),
            data: place(&arguments.data, file.data.clone(), ".rak"),
            runner: runner(&file)?,
            tools: file.tools.clone(),
            models: file.models.clone(),
            http: file.http.clone(),
            artifacts: artifacts(&file.artifacts),
            base,
            server: server(&file),
            store: SqliteOptions {
                synchronous: match file.store.synchronous {
                    SynchronousFile::Normal => Synchronous::Normal,
                    SynchronousFile::Full => Synchronous::Full,
                },
                ..SqliteOptions::default()
            },
            engine: file.engine,
            uploads: file.registry.uploads,
            compile: file.registry.compile,
            registry: registry(file)?,
        })
    }

    /// The tools, with what the environment has for them. Who repeats a run needs neither.
    pub(crate) fn tools(&self) -> anyhow::Result<ToolsSettings> {
        Ok(self.tools.settings(&self.base, &variable)?)
    }

    /// The models, likewise.
    pub(crate) fn models(&self) -> anyhow::Result<ModelsSettings> {
        Ok(self.models.settings(&self.base, &variable)?)
    }

    /// The way of agents to other machines, likewise.
    pub(crate) fn http(&self) -> anyhow::Result<HttpSettings> {
        Ok(self.http.settings(&variable)?)
    }
}

fn artifacts(file: &ArtifactsFile) -> ArtifactLimits {
    let default = ArtifactLimits::default();
    ArtifactLimits {
        bytes: file.max_bytes.unwrap_or(default.bytes),
        user_bytes: file.max_user_bytes.unwrap_or(default.user_bytes),
    }
}

/// A variable of the host's environment that the file names.
#[expect(clippy::disallowed_methods, reason = "this is the one place that settings come from")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The file, and the folder its paths are seen from.
fn read(named: Option<&Path>) -> anyhow::Result<(File, PathBuf)> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((File::default(), PathBuf::new()));
        }
        Err(error) => {
            return Err(error)
                .with_context(|| format!("failed to read the configuration file {}", path.display()));
        }
    };
    let file = toml::from_str(&text)
        .with_context(|| format!("failed to use the configuration file {}", path.display()))?;
    Ok((file, path.parent().unwrap_or(Path::new("")).to_owned()))
}

fn runner(file: &File) -> anyhow::Result<RunnerSettings> {
    let defaults = RunnerSettings::default();
    let ServerFile { max_body_bytes, max_connections, max_frame_bytes, max_runs_per_socket, .. } =
        file.server;
    let counts = [
        ("max_invocations", file.max_invocations),
        ("server.max_body_bytes", max_body_bytes),
        ("server.max_connections", max_connections),
        ("server.max_frame_bytes", max_frame_bytes),
        ("server.max_runs_per_socket", max_runs_per_socket),
    ];
    if let Some((name, _)) = counts.into_iter().find(|(_, count)| *count == Some(0)) {
        bail!("{name} is 0, which would let nothing through; give a number from 1 on, or leave it out");
    }
    let guests = usize::try_from(file.engine.max_guests).unwrap_or(usize::MAX);
    let max_invocations = file.max_invocations.unwrap_or_else(|| defaults.max_invocations.min(guests));
    if max_invocations > guests {
        bail!(
            "max_invocations is {max_invocations}, but engine.max_guests has room for {guests} only; raise it too"
        );
    }
    let durability = &file.durability;
    if durability.max_attempts == Some(0) {
        bail!("durability.max_attempts is 0, and a run has one attempt at least");
    }
    let grace = file.disconnect_grace_ms.map(|ms| OnDisconnect::Grace(Duration::from_millis(ms)));
    Ok(RunnerSettings {
        default_app: file.default_agent.clone(),
        default_user: file.default_user.clone().unwrap_or(defaults.default_user),
        max_invocations,
        max_children: file.max_children.unwrap_or(defaults.max_children),
        max_child_depth: file.max_child_depth.unwrap_or(defaults.max_child_depth),
        admission: file.admission.settings()?,
        on_disconnect: grace.unwrap_or(defaults.on_disconnect),
        retention: file.retention_ms.map_or(defaults.retention, Duration::from_millis),
        longest_wait_in_memory: durability
            .longest_wait_ms
            .map_or(defaults.longest_wait_in_memory, Duration::from_millis),
        max_attempts: durability.max_attempts.unwrap_or(defaults.max_attempts),
        journal_retention: durability
            .journal_retention_ms
            .map_or(defaults.journal_retention, Duration::from_millis),
    })
}

fn registry(file: File) -> anyhow::Result<RegistrySettings> {
    let defaults = RegistrySettings::default();
    let RegistryFile { keep_versions, max_component_bytes, max_agents, compile, .. } = file.registry;
    let counts = [
        ("registry.max_component_bytes", max_component_bytes.unwrap_or(defaults.max_component_bytes)),
        ("registry.max_agents", max_agents.unwrap_or(defaults.max_agents) as u64),
        ("registry.compile.cpu_time_ms", compile.cpu_time_ms),
        ("registry.compile.memory_bytes", compile.memory_bytes),
        ("registry.compile.parallel", compile.parallel.into()),
    ];
    if let Some((name, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
        bail!("{name} is 0, which would refuse every agent; give a number from 1 on, or leave it out");
    }
    Ok(RegistrySettings {
        limits: file.limits,
        agents: file.agent,
        keep_versions: keep_versions.unwrap_or(defaults.keep_versions),
        max_component_bytes: max_component_bytes.unwrap_or(defaults.max_component_bytes),
        max_agents: max_agents.unwrap_or(defaults.max_agents),
        uploads: defaults.uploads,
    })
}

fn server(file: &File) -> ServerSettings {
    let defaults = ServerSettings::default();
    let ServerFile {
        max_body_bytes,
        max_connections,
        max_frame_bytes,
        max_runs_per_socket,
        keep_alive_ms,
        shutdown_grace_ms,
    } = file.server;
    ServerSettings {
        allowed_origins: file.allow_origins.clone(),
        max_body_bytes: max_body_bytes.unwrap_or(defaults.max_body_bytes),
        max_connections: max_connections.unwrap_or(defaults.max_connections),
        max_frame_bytes: max_frame_bytes.unwrap_or(defaults.max_frame_bytes),
        max_runs_per_socket: max_runs_per_socket.unwrap_or(defaults.max_runs_per_socket),
        keep_alive: keep_alive_ms.map_or(defaults.keep_alive, Duration::from_millis),
        shutdown_grace: shutdown_grace_ms.map_or(defaults.shutdown_grace, Duration::from_millis),
        ..defaults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        toml::from_str::<File>(text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_line() {
        let text = error("listen = '127.0.0.1:0'\n[limits]\nmemory = 1\n");
        assert!(text.contains("line 3") && text.contains("unknown field `memory`"), "{text}");
        assert!(error("lisen = 'x'").contains("unknown field `lisen`"));
        assert!(error("[agent.'a/b']").contains("not allowed"), "{}", error("[agent.'a/b']"));
    }

    #[test]
    fn an_agents_limits_lie_over_the_hosts() {
        let text = "[limits]\nevents = 7\n[agent.echo.limits]\ncpu_time_ms = 5\n[agent.echo.config]\ngreeting = 'hi'\n";
        let file: File = toml::from_str(text).unwrap();
        let echo = &file.agent[&AppName::new("echo").unwrap()];
        let limits = echo.limits.over(file.limits);
        assert_eq!((limits.events, limits.cpu_time_ms), (7, 5));
        assert_eq!(echo.config["greeting"], "hi");
    }

    #[test]
    fn paths_are_seen_from_the_file_and_arguments_win() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my.toml");
        std::fs::write(
            &path,
            "agents = 'a'\ndata = '/tmp/d'\nmax_invocations = 3\nmax_children = 0\nmax_child_depth = 2\n",
        )
        .unwrap();
        let arguments = ConfigArguments { config: Some(path), ..ConfigArguments::default() };
        let config = Config::load(&arguments).unwrap();
        assert_eq!(config.agents, folder.path().join("a"));
        assert_eq!(config.data, Path::new("/tmp/d"));
        assert_eq!(config.runner.max_invocations, 3);
        assert_eq!((config.runner.max_children, config.runner.max_child_depth), (0, 2));
        let arguments = ConfigArguments { agents: Some("b".into()), ..arguments };
        assert_eq!(Config::load(&arguments).unwrap().agents, Path::new("b"));
    }

    #[test]
    fn a_named_file_has_to_exist() {
        let arguments =
            ConfigArguments { config: Some("/nonexistent.toml".into()), ..ConfigArguments::default() };
        assert!(Config::load(&arguments).is_err());
    }
}
