//! A run without HTTP: `invoke`. From the runner's start to the last event, kept in memory, beside the same component in
//! wasmtime alone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::StreamExt as _;
use rak_core::{Content, InvocationId, RunConfig, SessionKey};
use rak_runner::{RunRequest, Runner};
use rak_wasm::EngineSettings;
use tokio::task::JoinSet;

use crate::languages::{Floor, INPUT, from_wasmtime};
use crate::place::Place;
use crate::report::{Bound, Figure, Unit};
use crate::{embedded, measure};

/// The smallest agent in Rust: two deltas and an answer.
const AGENT: &str = "rust";
/// How many runs there are at a time.
const AT_A_TIME: [usize; 2] = [1, 64];

#[derive(Default)]
struct Rounds {
    time: Vec<f64>,
    cpu: Vec<f64>,
}

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    // As a host has it: a thread a processor.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let runner = embedded::runner(&place.components, AGENT).await?;
        let settings = EngineSettings { max_guests: 200, baseline: false, ..EngineSettings::default() };
        let floor = Floor::new(settings, &place.component(AGENT)?).map_err(from_wasmtime)?;
        let floor = Arc::new(floor);
        let mut figures = Vec::new();
        for at_a_time in AT_A_TIME {
            let (mut subjects, mut floors) = (Rounds::default(), Rounds::default());
            for round in 0..=place.rounds() {
                let below = Arc::clone(&floor);
                let below = turn(place.round(), at_a_time, move |_| {
                    let floor = Arc::clone(&below);
                    async move { floor.run().await.map_err(from_wasmtime) }
                });
                let below = below.await?;
                let runner = runner.clone();
                let above =
                    turn(place.round(), at_a_time, move |lane| of_runner(runner.clone(), lane)).await?;
                // The first round fills caches.
                if round > 0 {
                    for (rounds, (time, cpu)) in [(&mut floors, below), (&mut subjects, above)] {
                        rounds.time.push(time);
                        rounds.cpu.push(cpu);
                    }
                }
            }
            let figure = |what| Figure::of("invoke", format!("{at_a_time} at a time"), what, Unit::Micros);
            let bound = Some(Bound::RatioAtMost(1.5));
            figures.push(figure("time for each run").beside(subjects.time, floors.time, bound));
            figures.push(figure("CPU of each run").beside(subjects.cpu, floors.cpu, None));
        }
        Ok(figures)
    })
}

/// So many lanes, each of which runs again when it is done. Gives time and processor time for each run, in microseconds.
async fn turn<F>(
    duration: Duration,
    at_a_time: usize,
    run: impl Fn(usize) -> F + Clone + Send + 'static,
) -> anyhow::Result<(f64, f64)>
where
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let (cpu, began) = (measure::cpu_time(), Instant::now());
    let mut lanes = JoinSet::new();
    for lane in 0..at_a_time {
        let run = run.clone();
        lanes.spawn(async move {
            let mut runs = 0u32;
            while runs == 0 || began.elapsed() < duration {
                run(lane).await?;
                runs += 1;
            }
            anyhow::Ok(runs)
        });
    }
    let mut runs = 0.0;
    while let Some(lane) = lanes.join_next().await {
        runs += f64::from(lane??);
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / runs;
    Ok((each(began.elapsed()), each(measure::cpu_time().saturating_sub(cpu))))
}

async fn of_runner(runner: Runner, lane: usize) -> anyhow::Result<()> {
    let session = SessionKey {
        app_name: AGENT.parse()?,
        user_id: "user".parse()?,
        session_id: format!("lane-{lane}").parse()?,
    };
    let request = RunRequest {
        invocation_id: InvocationId::new(),
        session,
        message: Content::new_user_text(INPUT),
        config: RunConfig::default(),
        cancel_token: None,
    };
    let mut run = runner.start(request).await?;
    loop {
        let event = run.events.next().await.context("the events end before the run")??;
        if event.turn_complete {
            ensure!(event.error_code.is_none(), "the run failed: {}", event.json);
            return Ok(());
        }
    }
}
