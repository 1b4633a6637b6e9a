//! What a language costs: a fresh run of its smallest agent, and what each instance that lives holds.
//!
//! A fresh run is a new store, a new instance, and a run that streams two deltas and answers: three events. The subject is
//! [`ComponentAgent::run`], the floor the same component in wasmtime alone.
//!
//! [`ComponentAgent::run`]: rak_core::Agent::run

mod floor;
mod quiet;
mod subject;
mod table;

pub(crate) use self::floor::Floor;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rak_wasm::EngineSettings;
use serde::{Deserialize, Serialize};

use crate::measure::{self, Figures, Rounds};

/// The input of a run.
pub(crate) const INPUT: &str = "Ada";
/// How its answer is written.
const ANSWER: &str = "Hello, Ada!";
/// Instances that live at the same time.
const LIVE: u32 = 40;
/// Runs before anything is measured: caches fill, pages are there.
const WARM_UP: usize = 50;
/// The subject and the floor take turns this often.
const ROUNDS: usize = 21;
/// A round lasts as long as this many runs of the subject, or as this much time.
const ROUND_RUNS: usize = 200;
const ROUND_TIME: Duration = Duration::from_millis(150);

/// What was measured of one component.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Numbers {
    bytes: u64,
    subject: Figures,
    floor: Figures,
    /// What each waiting run holds that is shared with nobody.
    live_bytes: u64,
    /// The same of wasmtime alone.
    floor_live_bytes: u64,
}

/// Measures every component of a folder, each in a process of its own, and writes a table.
pub(crate) fn all(folder: &Path) -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    let mut rows = Vec::new();
    for language in table::LANGUAGES {
        let component = folder.join(format!("{}.wasm", language.component));
        measure::say(&mut std::io::stderr(), &format!("measuring {}", component.display()));
        let mut child = Command::new(&program);
        let output = child.arg("language").arg(&component).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            bail!("{} could not be measured", component.display());
        }
        std::fs::write(component.with_extension("json"), &output.stdout)?;
        rows.push((language, serde_json::from_slice(&output.stdout)?));
    }
    measure::say(&mut std::io::stdout(), &table::text(&rows));
    Ok(())
}

/// Measures one component in this process.
pub(crate) async fn one(component: &Path) -> anyhow::Result<Numbers> {
    let bytes = std::fs::read(component).context("it cannot be read")?;
    let size = bytes.len() as u64;
    let settings = EngineSettings { max_guests: 200, baseline: false, ..EngineSettings::default() };
    let floor = floor::Floor::new(settings, &bytes).map_err(from_wasmtime)?;
    let subject = subject::Subject::new(settings, bytes).await?;
    for _ in 0..WARM_UP {
        floor.run().await.map_err(from_wasmtime)?;
        subject.run().await?;
    }
    let (mut subjects, mut floors) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        round(&mut floors, async || floor.run().await.map_err(from_wasmtime)).await?;
        round(&mut subjects, async || subject.run().await).await?;
    }
    let floor_live_bytes = floor.live_bytes();
    let live_bytes = subject.live_bytes().await?;
    let (subject, floor) = (subjects.figures(), floors.figures());
    Ok(Numbers { bytes: size, subject, floor, live_bytes, floor_live_bytes })
}

/// As this program's errors are.
pub(crate) fn from_wasmtime(error: wasmtime::Error) -> anyhow::Error {
    anyhow::Error::from_boxed(error.into_boxed_dyn_error())
}

/// One turn of the subject or the floor.
async fn round(rounds: &mut Rounds, run: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut times = Vec::with_capacity(ROUND_RUNS);
    let (faults, began) = (measure::page_faults(), Instant::now());
    while times.len() < ROUND_RUNS && began.elapsed() < ROUND_TIME {
        let began = Instant::now();
        run().await?;
        times.push(began.elapsed());
    }
    rounds.add(&times, measure::page_faults().saturating_sub(faults));
    Ok(())
}
