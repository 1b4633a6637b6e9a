//! `rak run`: one run in the terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use rak_core::{AppName, Content, RunConfig};
use rak_registry::Manifest;
use rak_runner::Runner;
use rak_session::MemoryStore;
use rak_wasm::ComponentAgent;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::RunArguments;
use crate::config::Config;
use crate::host;
use crate::screen::{INTERRUPTED, Screen};

/// Runs an agent once. Ctrl-C cancels the run, a second one leaves at once.
pub(crate) async fn run(arguments: RunArguments) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(&arguments.config)?;
    config.engine.pooling = false;
    let loader = host::loader(&config)?;
    let (name, component, manifest) = find(&arguments.agent, &config)?;
    let loaded = loader
        .load_file(&name, &component)
        .await
        .with_context(|| format!("{} cannot be run", component.display()))?;
    let version = manifest.version_of(&loaded.digest);
    let settings = config.registry.of_agent(&name, &manifest, &version)?;
    let agent = ComponentAgent::new(loader.engine(), name.clone(), loaded, settings);
    let runner = Runner::builder()
        .app_name(name)
        .agent(Arc::new(agent))
        .session_service(Arc::new(MemoryStore::new()))
        .build()?;

    // One stream for all of the run: a signal that comes between two events is not lost.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let cancel = CancellationToken::new();
    let run = RunConfig { timeout: arguments.timeout_ms.map(Duration::from_millis), ..RunConfig::default() };
    let message = Content::new_user_text(&arguments.text);
    let mut events =
        runner.run_with_cancellation("user", "terminal", message, run, Some(cancel.clone())).await?;
    let mut screen = Screen::new(arguments.json);
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => {
                    let event = event.context("failed to read the run's events")?;
                    screen.show(&event.event, &event.json);
                }
                None => return Ok(ExitCode::from(screen.end())),
            },
            _ = interrupt.recv() => {
                if cancel.is_cancelled() {
                    return Ok(ExitCode::from(INTERRUPTED));
                }
                cancel.cancel();
            }
        }
    }
}

/// The agent that is meant: a component, or what the agents folder has under a name.
fn find(given: &str, config: &Config) -> anyhow::Result<(AppName, PathBuf, Manifest)> {
    let path = Path::new(given);
    if path.extension().is_some_and(|extension| extension == "wasm") {
        if !path.is_file() {
            bail!("there is no file {}", path.display());
        }
        let name = AppName::new(path.file_stem().unwrap_or_default().to_string_lossy())?;
        return Ok((name, path.to_owned(), Manifest::default()));
    }
    let name = AppName::new(given)?;
    let folder = config.agents.display();
    match rak_registry::find_agent(&config.agents, &name) {
        Ok(Some((component, manifest))) => Ok((name, component, manifest)),
        Ok(None) => bail!(
            "there is no agent {name} in {folder}; name a .wasm file, or an agent of the folder given by --agents"
        ),
        Err(reason) => bail!("the agent {name} in {folder} (see --agents) cannot be run: {reason}"),
    }
}
