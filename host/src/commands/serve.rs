//! `rak serve`: agents over SSE, WebSocket and REST.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rak_core::{AgentInfo, AgentRegistry as _, AgentState};
use rak_http::Http;
use rak_models::ProviderModels;
use rak_registry::{OpenError, Registry, RegistryBuilder};
use rak_runner::Runner;
use rak_server::{AppState, bind, serve};
use rak_session::SqliteStore;
use rak_tools::Tools;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::cli::ServeArguments;
use crate::config::Config;
use crate::host;
use crate::screen::print_line;
use crate::telemetry::print_error;

/// Signals that come within this time of the first one count as that one.
const SAME_WISH: Duration = Duration::from_millis(500);

/// Serves until a signal stops it.
pub(crate) async fn run(arguments: ServeArguments) -> anyhow::Result<ExitCode> {
    let config = Config::for_serve(arguments)?;
    let place = Place::take(&config)?;
    let agents = place.registry(&config)?.folder(&config.agents).open().await.map_err(explain)?;
    let listed = agents.list();
    warn_of_unknown_agents(&config, &listed);
    let runner = place.runner(&config, &agents).await?;
    if !place.address.ip().is_loopback() {
        print_error(
            "warning: there is no authentication, and others can reach this address; put a proxy that authenticates in \
             front of it",
        );
    }
    announce(place.address, &config.agents.display().to_string(), &listed);
    place.serve(config, runner, agents, std::future::pending()).await
}

/// What a host has to have to itself: its address and its data folder.
pub(crate) struct Place {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
    store: Arc<SqliteStore>,
    tools: Arc<Tools>,
    models: Arc<ProviderModels>,
    http: Arc<Http>,
}

impl Place {
    pub(crate) fn take(config: &Config) -> anyhow::Result<Self> {
        raise_file_limit();
        let listener = bind(config.listen).with_context(|| {
            format!(
                "failed to listen on {}; is another program there? --listen ADDR:PORT takes another place",
                config.listen
            )
        })?;
        let address = listener.local_addr()?;
        std::fs::create_dir_all(&config.data).with_context(|| {
            format!("failed to make the data folder {}; --data DIR takes another", config.data.display())
        })?;
        let store = Arc::new(SqliteStore::open(config.data.join(host::STORE), config.store)?);
        let models = Arc::new(ProviderModels::new(config.models()?)?);
        let http = Arc::new(Http::new(config.http()?));
        let tools = Tools::start(config.tools()?)
            .with_http(http.clone())
            .with_sessions(store.clone())
            .with_artifacts(store.clone(), config.artifacts);
        let tools = Arc::new(tools);
        Ok(Self { listener, address, store, tools, models, http })
    }

    /// A registry that keeps its versions here.
    pub(crate) fn registry(&self, config: &Config) -> anyhow::Result<RegistryBuilder> {
        let builder = Registry::builder(host::loader(config)?);
        let builder = builder.data(&config.data).settings(config.registry.clone());
        Ok(builder.sessions(self.store.clone()))
    }

    /// A runner of the registry's agents. Ends what the last host here could not end.
    pub(crate) async fn runner(&self, config: &Config, agents: &Registry) -> anyhow::Result<Runner> {
        let runner = Runner::builder()
            .agents(Arc::new(agents.clone()))
            .session_service(self.store.clone())
            .settings(config.runner.clone())
            .toolbox(self.tools.clone())
            .models(self.models.clone())
            .http(self.http.clone())
            .artifacts(self.store.clone(), config.artifacts)
            .build()?;
        let recovered = runner.recover().await.context("failed to take in the runs that were cut off")?;
        if recovered.ended > 0 {
            print_error(&format!(
                "{} runs were cut off when the host stopped; they are over",
                recovered.ended
            ));
        }
        if recovered.resumed > 0 {
            print_error(&format!("{} runs of before go on", recovered.resumed));
        }
        Ok(runner)
    }

    /// Serves until a signal stops it; something else is done beside it meanwhile.
    pub(crate) async fn serve(
        self,
        config: Config,
        runner: Runner,
        agents: Registry,
        beside: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<ExitCode> {
        let shutdown = CancellationToken::new();
        let signals = watch_signals(shutdown.clone())?;
        let state = AppState::new(runner, config.server);
        let serving = serve(self.listener, state, shutdown.clone());
        tokio::pin!(serving);
        let stopped = shutdown.clone();
        let beside = async { stopped.run_until_cancelled(beside).await.unwrap_or(Ok(())) };
        tokio::select! {
            served = &mut serving => served.context("failed to serve")?,
            ended = beside => {
                // Where it ended by itself the host ends too, in order.
                shutdown.cancel();
                serving.await.context("failed to serve")?;
                ended?;
            }
        }
        drop(signals);
        agents.close().await;
        self.tools.stop().await;
        self.store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Says what can be done about a registry that does not open.
pub(crate) fn explain(error: OpenError) -> anyhow::Error {
    let advice = match &error {
        OpenError::Folder { .. } => "--agents DIR takes another folder",
        OpenError::Data { .. } => "--data DIR takes another folder",
    };
    anyhow::Error::new(error).context(advice)
}

/// The first signal begins an orderly end, the second one ends at once.
fn watch_signals(shutdown: CancellationToken) -> anyhow::Result<AbortOnDropHandle<()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let watch = async move {
        let mut begun: Option<Instant> = None;
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            match begun {
                // Some supervisors signal the process and then its group: that is one wish, not two.
                Some(begun) if begun.elapsed() < SAME_WISH => continue,
                Some(_) => {
                    print_error("stopped at once");
                    leave();
                }
                None => begun = Some(Instant::now()),
            }
            print_error("shutting down: runs in progress may end; once more to stop at once");
            shutdown.cancel();
        }
    };
    #[expect(clippy::disallowed_methods, reason = "the handle is the owner: the task ends with it")]
    Ok(AbortOnDropHandle::new(tokio::spawn(watch)))
}

/// Settings for an agent that is not there are most likely misspelt. It may come later, so this is no error.
fn warn_of_unknown_agents(config: &Config, listed: &[AgentInfo]) {
    let named = config.registry.agents.keys().map(|name| (name, format!("[agent.{name}]")));
    let default = config.runner.default_app.iter().map(|name| (name, "the default agent".to_owned()));
    for (name, place) in named.chain(default) {
        if !listed.iter().any(|agent| agent.name == *name) {
            print_error(&format!("warning: {place} is for an agent that is not there: {name}"));
        }
    }
}

/// Every connection is a file to the system, and the usual limit of 1024 is meant for programs that know `select` only.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

#[expect(clippy::exit, reason = "the person at the terminal asked for exactly this")]
fn leave() -> ! {
    std::process::exit(1)
}

/// Says where the host is, what it serves, and what to try.
fn announce(address: SocketAddr, folder: &str, agents: &[AgentInfo]) {
    print_line(&format!("listening on http://{address}"));
    let ready: Vec<_> = agents.iter().filter(|agent| agent.state == AgentState::Ready).collect();
    for agent in agents.iter().filter(|agent| agent.state == AgentState::Refused) {
        print_line(&format!("refused: {} - {}", agent.name, agent.reason.as_deref().unwrap_or("")));
    }
    let Some(first) = ready.iter().find(|agent| agent.name.as_str() == "echo").or(ready.first()) else {
        print_line(&format!(
            "no agent in {folder} yet: put a component there as NAME.wasm and it is served, or begin one with `rak new NAME`"
        ));
        return;
    };
    let names: Vec<_> = ready.iter().map(|agent| agent.name.as_str()).collect();
    print_line(&format!("agents: {}", names.join(", ")));
    print_line(&format!(
        "try: curl -N http://{address}/api/v1/sessions/demo/run/sse -H 'content-type: application/json' \
         -d '{{\"appName\":\"{}\",\"newMessage\":{{\"parts\":[{{\"text\":\"hello from rak\"}}]}}}}'",
        first.name
    ));
}
