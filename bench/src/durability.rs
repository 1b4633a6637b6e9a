//! What durable runs cost: the journal beside `durability = "none"`, a run that is repeated, very many that wait for a
//! person, and very many that listen to one. Real components, a SQLite store on disk, each part in a process of its own.

mod clients;
mod host;
mod listeners;
mod overhead;
mod replay;
mod table;
mod waiting;

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use rak_core::InvocationId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::clients::Audience;
use crate::measure;

/// How much is measured.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Scale {
    /// A little of everything, in seconds: whether it works, and no numbers to be believed
    #[arg(long)]
    quick: bool,
    /// How many invocations wait for a person
    #[arg(long, value_name = "N", default_value_t = 100_000, default_value_if("quick", "true", "300"))]
    waiting: usize,
}

/// One process of the measurement.
#[derive(Debug, Args)]
pub(crate) struct Part {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Overhead(Place),
    Replay(Place),
    Begin(Place),
    ComeBack(Place),
    Listeners {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        audience: Audience,
    },
    Clients {
        address: SocketAddr,
        id: InvocationId,
        #[command(flatten)]
        audience: Audience,
    },
}

/// Where it is done, and how much of it.
#[derive(Clone, Debug, Args)]
struct Place {
    /// Where the components are.
    components: PathBuf,
    /// Where stores may be.
    stores: PathBuf,
    #[command(flatten)]
    scale: Scale,
}

/// All that was measured.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Numbers {
    overhead: Vec<overhead::Row>,
    replay: replay::Numbers,
    begun: waiting::Begun,
    back: waiting::Back,
    listeners: Vec<listeners::Row>,
}

/// Measures all of it with the components of a folder, writes `durability.json` beside them, and tables.
pub(crate) fn all(folder: &Path, scale: Scale) -> anyhow::Result<()> {
    // On the disk of the components: a temporary folder of the system may be memory.
    let stores = tempfile::tempdir_in(folder)?;
    let place = Place { components: folder.to_owned(), stores: stores.path().to_owned(), scale };
    let numbers = Numbers {
        overhead: part(Task::Overhead(place.clone()))?,
        replay: part(Task::Replay(place.clone()))?,
        begun: part(Task::Begin(place.clone()))?,
        back: part(Task::ComeBack(place.clone()))?,
        listeners: listen(&place)?,
    };
    std::fs::write(folder.join("durability.json"), serde_json::to_vec(&numbers)?)?;
    measure::say(&mut std::io::stdout(), &table::text(&numbers));
    Ok(())
}

/// What an audience came to, in short.
pub(crate) struct Heard {
    pub(crate) who: String,
    pub(crate) deliveries_a_second: Option<f64>,
    /// In microseconds.
    pub(crate) delay_p99: Option<f64>,
}

/// The listeners alone, with `worker.wasm` of a folder.
pub(crate) fn audiences(folder: &Path, quick: bool) -> anyhow::Result<Vec<Heard>> {
    let stores = tempfile::tempdir_in(folder)?;
    let scale = Scale { quick, waiting: 0 };
    let place = Place { components: folder.to_owned(), stores: stores.path().to_owned(), scale };
    let heard = |row: listeners::Row| Heard {
        who: format!("listeners: {}", table::who(row.audience)),
        deliveries_a_second: row.burst.read.map(|read| read.deliveries_a_second),
        delay_p99: row.paced.read.map(|read| read.delay_p99),
    };
    Ok(listen(&place)?.into_iter().map(heard).collect())
}

fn listen(place: &Place) -> anyhow::Result<Vec<listeners::Row>> {
    listeners::rounds(&place.scale.listeners(), |audience| {
        part(Task::Listeners { place: place.clone(), audience })
    })
}

/// Measures a part in a process of its own.
fn part<T: DeserializeOwned>(task: Task) -> anyhow::Result<T> {
    let part = Part { task };
    measure::say(&mut std::io::stderr(), &format!("measuring {part}"));
    let mut child = Command::new(std::env::current_exe()?);
    let output = child.args(part.arguments()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("{part} could not be measured");
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("{part} has no numbers"))
}

/// Measures a part in this process, and gives its numbers as JSON.
pub(crate) fn one(part: &Part) -> anyhow::Result<String> {
    let mut runtime = match &part.task {
        // One thread, so that the host has the other processors for itself.
        Task::Clients { .. } => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    runtime.enable_all().build()?.block_on(part.measure())
}

impl Part {
    async fn measure(&self) -> anyhow::Result<String> {
        let json = match &self.task {
            Task::Overhead(Place { components, stores, scale }) => {
                serde_json::to_string(&overhead::measure(components, stores, &scale.overhead()).await?)
            }
            Task::Replay(Place { components, stores, scale }) => {
                serde_json::to_string(&replay::measure(components, stores, &scale.replay()).await?)
            }
            Task::Begin(Place { components, stores, scale }) => {
                serde_json::to_string(&waiting::begin(components, stores, &scale.waiting()).await?)
            }
            Task::ComeBack(Place { components, stores, scale }) => {
                serde_json::to_string(&waiting::come_back(components, stores, &scale.waiting()).await?)
            }
            Task::Listeners { place: Place { components, stores, scale }, audience } => {
                let scale = scale.listeners();
                let round = listeners::measure(components, stores, &scale, *audience).await?;
                serde_json::to_string(&round)
            }
            Task::Clients { address, id, audience } => {
                serde_json::to_string(&clients::run(*address, *id, *audience).await?)
            }
        };
        Ok(json?)
    }

    /// What this program is to be told to measure it.
    fn arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["durability-part".into(), self.to_string().into()];
        if let Task::Overhead(place)
        | Task::Replay(place)
        | Task::Begin(place)
        | Task::ComeBack(place)
        | Task::Listeners { place, .. } = &self.task
        {
            arguments.extend([place.components.clone().into(), place.stores.clone().into()]);
            arguments.extend(["--waiting".into(), place.scale.waiting.to_string().into()]);
            arguments.extend(place.scale.quick.then(|| "--quick".into()));
        }
        if let Task::Clients { address, id, .. } = &self.task {
            arguments.extend([address.to_string().into(), id.to_string().into()]);
        }
        if let Task::Listeners { audience, .. } | Task::Clients { audience, .. } = &self.task {
            arguments.extend(["--readers".into(), audience.readers.to_string().into()]);
            arguments.extend(["--stuck".into(), audience.stuck.to_string().into()]);
        }
        arguments
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.task {
            Task::Overhead(_) => "overhead",
            Task::Replay(_) => "replay",
            Task::Begin(_) => "begin",
            Task::ComeBack(_) => "come-back",
            Task::Listeners { .. } => "listeners",
            Task::Clients { .. } => "clients",
        })
    }
}

impl Scale {
    fn overhead(self) -> overhead::Scale {
        if self.quick {
            return overhead::Scale { at_a_time: &[1, 8], rounds: 2, round: Duration::from_millis(20) };
        }
        overhead::Scale { at_a_time: &[1, 8, 64], rounds: 21, round: Duration::from_millis(300) }
    }

    fn replay(self) -> replay::Scale {
        if self.quick {
            return replay::Scale { calls: 200, rounds: 2 };
        }
        replay::Scale { calls: 10_000, rounds: 11 }
    }

    fn waiting(self) -> waiting::Scale {
        waiting::Scale { invocations: self.waiting, answered: if self.quick { 10 } else { 200 } }
    }

    fn listeners(self) -> listeners::Scale {
        use listeners::Pace;
        const fn audience(readers: usize, stuck: usize) -> Audience {
            Audience { readers, stuck }
        }
        if self.quick {
            return listeners::Scale {
                audiences: const { &[audience(0, 0), audience(10, 0), audience(10, 1), audience(0, 2)] },
                rounds: 1,
                burst: Pace { events: 300, every_ms: 0 },
                paced: Pace { events: 20, every_ms: 5 },
                // So little that it loses it.
                patience: Duration::from_millis(20),
            };
        }
        listeners::Scale {
            audiences: const {
                &[
                    audience(0, 0),
                    audience(1, 0),
                    audience(100, 0),
                    audience(1000, 0),
                    audience(1000, 1),
                    audience(0, 100),
                ]
            },
            rounds: 3,
            burst: Pace { events: 2000, every_ms: 0 },
            paced: Pace { events: 250, every_ms: 40 },
            patience: rak_server::ServerSettings::default().write_timeout,
        }
    }
}
