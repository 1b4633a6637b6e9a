//! `rak run`: one run in the terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use rak_core::{AppName, Content, EventStream, InvocationId, RunConfig, Toolbox as _};
use rak_http::Http;
use rak_models::ProviderModels;
use rak_registry::{MANIFEST_FILE, Manifest};
use rak_runner::Runner;
use rak_session::MemoryStore;
use rak_tools::Tools;
use rak_wasm::ComponentAgent;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::RunArguments;
use crate::config::Config;
use crate::host;
use crate::input::Input;
use crate::person::{Desk, Left, Person};
use crate::screen::{INTERRUPTED, Screen};
use crate::telemetry::print_error;

/// Runs an agent once. Ctrl-C cancels the run, a second one leaves at once. What it asks is answered by the lines of the
/// input.
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
    let models = Arc::new(ProviderModels::new(config.models()?)?);
    let http = Arc::new(Http::new(config.http()?));
    let store = Arc::new(MemoryStore::new());
    let tools = Tools::start(config.tools()?)
        .with_http(http.clone())
        .with_sessions(store.clone())
        .with_artifacts(store.clone(), config.artifacts);
    let tools = Arc::new(tools);
    // Here somebody waits for the answer: what an agent could use should be there.
    tools.settled().await;
    let runner = Runner::builder()
        .app_name(name)
        .agent(Arc::new(agent))
        .session_service(store.clone())
        .toolbox(tools.clone())
        .models(models)
        .http(http)
        .artifacts(store, config.artifacts)
        .build()?;

    // One stream for all of the run: a signal that comes between two events is not lost.
    let interrupt = signal(SignalKind::interrupt())?;
    let cancel = CancellationToken::new();
    let run = RunConfig { timeout: arguments.timeout_ms.map(Duration::from_millis), ..RunConfig::default() };
    let message = Content::new_user_text(&arguments.text);
    let events = runner.run_with_cancellation("user", "terminal", message, run, Some(cancel.clone())).await?;
    let mut input = Input::plain();
    let person = Person::new(Desk::Runner(runner.clone()), Some(&mut input), None);
    let ended = listen(&runner, events, person, Screen::new(arguments.json), interrupt, &cancel).await;
    tools.stop().await;
    ended
}

/// Shows what comes, and has what is asked answered, until the run is over.
async fn listen(
    runner: &Runner,
    mut events: EventStream,
    mut person: Person<'_>,
    mut screen: Screen,
    mut interrupt: Signal,
    cancel: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    let mut is_given_up = false;
    loop {
        tokio::select! {
            event = events.next() => {
                let Some(event) = event else {
                    let code = screen.end();
                    return Ok(if is_given_up { ExitCode::FAILURE } else { ExitCode::from(code) });
                };
                let event = event.context("failed to read the run's events")?;
                person.leave_line();
                screen.show(&event.event, &event.json);
                person.see(&event.event);
            }
            left = person.leaves() => match left {
                Left::InputEnded { id, .. } if waits_for_ever(runner, id).await => {
                    print_error("error: there is nobody to answer, and the run would wait for ever");
                    is_given_up = true;
                    cancel.cancel();
                }
                // What the agent does then may be what is looked for.
                Left::InputEnded { .. } => print_error("there is nobody to answer; the run goes on without"),
                Left::Interrupted => cancel.cancel(),
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

/// Whether a run waits for an answer only.
async fn waits_for_ever(runner: &Runner, id: InvocationId) -> bool {
    let waiting = runner.invocation(id).await.ok().flatten().and_then(|record| record.waiting);
    waiting.is_some_and(|waiting| waiting.until.is_none())
}

/// What a component may do, where the folder it lies in says so.
fn manifest_beside(component: &Path) -> anyhow::Result<Manifest> {
    let path = component.with_file_name(MANIFEST_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Manifest::parse(&text).with_context(|| format!("{} cannot be used", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Manifest::default()),
        Err(error) => Err(error).with_context(|| format!("failed to read {}", path.display())),
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
        return Ok((name, path.to_owned(), manifest_beside(path)?));
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
