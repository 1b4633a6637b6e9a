//! How fast a run is repeated from its journal. A run makes its calls, asks a person and is put away; when it is answered
//! it is read from the store, repeated in a new instance, and ends. The subject is such a run, the floor one that asks at
//! once: the difference are the calls.

use std::path::Path;
use std::time::{Duration, Instant};

use rak_core::{Durability, EventLog as _};
use rak_runner::RunnerSettings;
use serde::{Deserialize, Serialize};

use super::host::{Host, WORKER, session, to_the_end};
use crate::measure::{Figures, Rounds};

/// Calls of each turn of the agent.
const CALLS_A_TURN: u64 = 4;

/// How much of it is measured.
pub(super) struct Scale {
    /// Calls to be repeated.
    pub(super) calls: u64,
    /// The subject and the floor take turns this often.
    pub(super) rounds: usize,
}

/// What repeating a run came to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Numbers {
    /// Calls that are repeated.
    pub(super) calls: u64,
    /// Those of them that the journal has an entry for.
    pub(super) entries: u64,
    /// From the answer to the terminal event.
    pub(super) subject: Figures,
    pub(super) floor: Figures,
    pub(super) calls_a_second: f64,
}

pub(super) async fn measure(components: &Path, stores: &Path, scale: &Scale) -> anyhow::Result<Numbers> {
    let settings = RunnerSettings { longest_wait_in_memory: Duration::ZERO, ..RunnerSettings::default() };
    let host = Host::open(components, stores, "replay", settings).await?;
    let turns = scale.calls / CALLS_A_TURN;
    let (mut floors, mut subjects) = (Rounds::default(), Rounds::default());
    let mut entries = 0;
    for round in 0..scale.rounds {
        let (time, _) = repeat(&host, &format!("floor-{round}"), 0).await?;
        floors.add(&[time], 0);
        let (time, recorded) = repeat(&host, &format!("subject-{round}"), turns).await?;
        subjects.add(&[time], 0);
        entries = recorded;
    }
    host.close().await;
    let (subject, floor) = (subjects.figures(), floors.figures());
    let calls = turns * CALLS_A_TURN;
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
    let calls_a_second = calls as f64 / (subject.median - floor.median) * 1e6;
    Ok(Numbers { calls, entries, subject, floor, calls_a_second })
}

/// How long it takes from the answer to the end of a run that made so many turns before it asked, and how many entries its
/// journal had.
async fn repeat(host: &Host, id: &str, turns: u64) -> anyhow::Result<(Duration, u64)> {
    let session = session(WORKER, Durability::Journal, id)?;
    let text = format!(r#"{{"task": "calls", "turns": {turns}, "asks": true}}"#);
    let id = host.start_asking(&session, &text).await?;
    host.rests(id).await?;
    let journal = host.store.journal(id).await?;
    // Each turn has an event, and the question is the one after them.
    let mut events = host.runner.listen(id, turns + 1).await?;
    let began = Instant::now();
    host.approve(id).await?;
    to_the_end(&mut events).await?;
    Ok((began.elapsed(), journal.iter().map(|chunk| chunk.count).sum()))
}
