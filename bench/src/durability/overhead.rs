//! What the journal adds to a run. The subject is a durable run, the floor the same one of an agent with
//! `durability = "none"`, in the same host and the same store.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use rak_core::{Durability, SessionKey};
use rak_runner::RunnerSettings;
use serde::{Deserialize, Serialize};

use super::host::{ECHO, Host, WORKER, session, to_the_end};
use crate::measure::{self, Figures, Rounds};

/// What the echo is told: three words, so three deltas and an answer.
const SAID: &str = "hello from rak";
/// Five turns of four calls: state read, set, and read again, and an event.
const TWENTY_CALLS: &str = r#"{"task": "calls", "turns": 5, "asks": false}"#;

/// How much of it is measured.
pub(super) struct Scale {
    /// How many runs there are at a time.
    pub(super) at_a_time: &'static [usize],
    /// The subject and the floor take turns this often.
    pub(super) rounds: usize,
    /// How long a turn is.
    pub(super) round: Duration,
}

/// A run that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Work {
    Echo,
    TwentyCalls,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Echo => "an echo",
            Self::TwentyCalls => "twenty calls",
        })
    }
}

/// What a run came to, so many at a time.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) work: Work,
    pub(super) at_a_time: usize,
    pub(super) subject: Load,
    pub(super) floor: Load,
}

/// What the runs of a subject or a floor came to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Load {
    /// From the start of a run to its terminal event.
    pub(super) latency: Figures,
    pub(super) runs_a_second: f64,
    /// What the whole process used on processors for each run, in microseconds.
    pub(super) cpu: f64,
}

#[derive(Default)]
struct Loads {
    latency: Rounds,
    runs: u32,
    wall: Duration,
    cpu: Duration,
}

impl Loads {
    fn load(self) -> Load {
        let runs = f64::from(self.runs);
        Load {
            latency: self.latency.figures(),
            runs_a_second: runs / self.wall.as_secs_f64(),
            cpu: self.cpu.as_secs_f64() * 1e6 / runs,
        }
    }
}

pub(super) async fn measure(components: &Path, stores: &Path, scale: &Scale) -> anyhow::Result<Vec<Row>> {
    let host = Host::open(components, stores, "overhead", RunnerSettings::default()).await?;
    let mut rows = Vec::new();
    for work in [Work::Echo, Work::TwentyCalls] {
        for &at_a_time in scale.at_a_time {
            let [floors, subjects] = [Durability::None, Durability::Journal]
                .map(|durability| Lanes::new(work, durability, at_a_time));
            let (floors, subjects) = (floors?, subjects?);
            // Caches fill, sessions are there.
            floors.round(&host, scale.round, &mut Loads::default()).await?;
            subjects.round(&host, scale.round, &mut Loads::default()).await?;
            let (mut floor, mut subject) = (Loads::default(), Loads::default());
            for _ in 0..scale.rounds {
                floors.round(&host, scale.round, &mut floor).await?;
                subjects.round(&host, scale.round, &mut subject).await?;
            }
            rows.push(Row { work, at_a_time, subject: subject.load(), floor: floor.load() });
        }
    }
    host.close().await;
    Ok(rows)
}

/// Clients that start the next run when theirs is over, each in a session of its own.
struct Lanes {
    sessions: Vec<SessionKey>,
    text: &'static str,
}

impl Lanes {
    fn new(work: Work, durability: Durability, at_a_time: usize) -> anyhow::Result<Self> {
        let (component, text) = match work {
            Work::Echo => (ECHO, SAID),
            Work::TwentyCalls => (WORKER, TWENTY_CALLS),
        };
        let sessions = (0..at_a_time).map(|lane| session(component, durability, &format!("lane-{lane}")));
        Ok(Self { sessions: sessions.collect::<Result<_, _>>()?, text })
    }

    /// One turn.
    async fn round(&self, host: &Host, round: Duration, loads: &mut Loads) -> anyhow::Result<()> {
        let (cpu, faults, began) = (measure::cpu_time(), measure::page_faults(), Instant::now());
        let lanes = self.sessions.iter().map(async |session| {
            let mut times = Vec::new();
            while began.elapsed() < round || times.is_empty() {
                let began = Instant::now();
                let mut run = host.start(session, self.text).await?;
                to_the_end(&mut run.events).await?;
                times.push(began.elapsed());
            }
            anyhow::Ok(times)
        });
        let times = try_join_all(lanes).await?.concat();
        loads.wall += began.elapsed();
        loads.cpu += measure::cpu_time().saturating_sub(cpu);
        loads.runs += u32::try_from(times.len())?;
        loads.latency.add(&times, measure::page_faults().saturating_sub(faults));
        Ok(())
    }
}
