//! `rak dev`: a host for a project that is being worked on. Every save is built and made live; what does not build leaves
//! the version that works.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use rak_core::{AgentRegistry as _, AppName, DeployError};
use rak_registry::Registry;

use crate::cli::DevArguments;
use crate::commands::serve::{Place, explain};
use crate::config::Config;
use crate::human;
use crate::progress::Spinner;
use crate::project::{self, BuildError, Built, Compiler};
use crate::screen::print_line;
use crate::source_watch::SourceWatch;
use crate::telemetry::{self, print_error};

/// Serves the agent of a project until a signal stops it.
pub(crate) async fn run(arguments: DevArguments) -> anyhow::Result<ExitCode> {
    let folder = arguments.folder;
    // What is no project is said before a host is started for it.
    project::find(&folder)?;
    let others = arguments.serve.config.agents.clone();
    let config = Config::for_serve(arguments.serve)?;
    let watched = project::folder(&folder);
    let watch = SourceWatch::start(&watched)
        .with_context(|| format!("failed to watch {} for changes", watched.display()))?;
    let place = Place::take(&config)?;
    let mut builder = place.registry(&config)?;
    if let Some(others) = others {
        builder = builder.folder(others);
    }
    let agents = builder.open().await.map_err(explain)?;
    let runner = place.runner(&config, &agents).await?;
    print_line(&format!("listening on http://{}", place.address));
    let address = place.address.to_string();
    let work = Workbench { folder, agents: agents.clone(), address, live: None };
    place.serve(config, runner, agents, Box::pin(work.work(watch))).await
}

/// A project and the host that serves it.
struct Workbench {
    folder: PathBuf,
    agents: Registry,
    address: String,
    /// The agent and the number of the version that is live.
    live: Option<(AppName, u64)>,
}

impl Workbench {
    /// Builds, deploys and waits for the next change, for ever.
    async fn work(mut self, mut watch: SourceWatch) -> anyhow::Result<()> {
        let mut last: Option<Built> = None;
        loop {
            let began = Instant::now();
            let sources_changed = watch.sources_have_changed();
            if let Some(mut built) = last.take_if(|_| !sources_changed) {
                // The manifest alone, which may be new: the component is the one that there is.
                let manifest = project::folder(&self.folder).join(project::MANIFEST);
                built.manifest = manifest.is_file().then_some(manifest);
                self.deploy(&built, began).await;
                last = Some(built);
                watch.changed().await;
                continue;
            }
            // A change while it builds makes the build worthless: it is begun again.
            let built = tokio::select! {
                built = build(&self.folder) => built,
                () = watch.changed() => {
                    last = None;
                    continue;
                }
            };
            last = match built {
                Ok(built) => {
                    self.deploy(&built, began).await;
                    Some(built)
                }
                Err(error) => {
                    self.say_why(error);
                    None
                }
            };
            watch.changed().await;
        }
    }

    async fn deploy(&mut self, built: &Built, began: Instant) {
        let manifest = match built.manifest.as_deref().map(std::fs::read_to_string).transpose() {
            Ok(manifest) => manifest.unwrap_or_default(),
            Err(error) => return print_error(&format!("agent.toml cannot be read: {error}")),
        };
        let built_in = began.elapsed();
        match self.agents.deploy_file(&built.name, &built.component, Some(&manifest)).await {
            Ok(info) => {
                let Some(version) = info.current else { return };
                let live = (built.name.clone(), version.number);
                if self.live.as_ref() == Some(&live) {
                    return print_line("nothing has changed in it");
                }
                print_line(&format!(
                    "live: {} version {}, {}; built in {}, live {} later",
                    built.name,
                    version.number,
                    human::bytes(version.bytes),
                    human::duration(built_in),
                    human::duration(began.elapsed().saturating_sub(built_in)),
                ));
                if self.live.is_none() {
                    self.say_what_to_do(&built.name);
                }
                self.live = Some(live);
            }
            Err(DeployError::Refused { reason }) => {
                print_error(&format!("a host would refuse it: {reason}"));
                self.say_what_goes_on();
            }
            Err(error) => {
                print_error(&format!("it could not be made live: {error}"));
                self.say_what_goes_on();
            }
        }
    }

    fn say_what_to_do(&self, name: &AppName) {
        let host = match self.address.as_str() {
            "127.0.0.1:8080" => String::new(),
            address => format!(" --host http://{address}"),
        };
        print_line(&format!("talk to it: rak chat {name}{host}"));
        print_line(&format!("save a file in {} and it is built and replaced", self.folder.display()));
    }

    fn say_why(&self, error: BuildError) {
        match error {
            // The compiler has said it all.
            BuildError::Compile { .. } => print_error("it does not compile"),
            other => drop(telemetry::report(&anyhow::Error::new(other))),
        }
        self.say_what_goes_on();
    }

    fn say_what_goes_on(&self) {
        print_error(&match &self.live {
            Some((name, number)) => format!("version {number} of {name} goes on"),
            None => {
                match self.agents.list().into_iter().find_map(|info| Some((info.name, info.current?.number)))
                {
                    Some((name, number)) => format!("version {number} of {name}, from before, goes on"),
                    None => "there is no version of it yet".to_owned(),
                }
            }
        });
    }
}

async fn build(folder: &Path) -> Result<Built, BuildError> {
    let spinner = Spinner::new();
    project::build(folder, Compiler::OfProject, &spinner).await
}
