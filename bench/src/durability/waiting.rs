//! Very many invocations that wait for a person, in one process, and in the next one.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rak_core::{Durability, EventLog as _, InvocationFilter, InvocationRecord, InvocationStatus};
use rak_runner::RunnerSettings;
use serde::{Deserialize, Serialize};

use super::host::{Host, WORKER, session, stored_bytes, to_the_end};
use crate::measure::{self, quantile};

const NAME: &str = "waiting";
/// Asks at once.
const ASKS: &str = r#"{"task": "calls", "turns": 0, "asks": true}"#;
/// How many are started at a time.
const AT_A_TIME: usize = 64;
/// A fiftieth of them is there before memory is looked at: caches are full, and memory that guests leave behind is there.
const WARM_UP: usize = 50;
/// How many invocations are listed at a time.
const PAGE: usize = 1000;
/// How soon it is looked again whether all are there.
const LOOK: Duration = Duration::from_millis(50);

/// How much of it is measured.
pub(super) struct Scale {
    /// Invocations that wait.
    pub(super) invocations: usize,
    /// Those that are answered.
    pub(super) answered: usize,
}

/// What it took until all of them waited.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Begun {
    pub(super) invocations: usize,
    pub(super) a_second: f64,
    /// What the process has in memory more for each of them.
    pub(super) memory_bytes: f64,
    /// What the store has on disk for each of them, its log moved into it.
    pub(super) disk_bytes: f64,
    /// How long it took to leave all of them for the next process.
    pub(super) leave_ms: f64,
}

/// What it took until all of them waited again, and to answer them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Back {
    /// Until the runner had taken all of them in.
    pub(super) recovered_ms: f64,
    /// Until all of them were listed as waiting, from the same moment.
    pub(super) listed_ms: f64,
    /// What the process has in memory more for each of them.
    pub(super) memory_bytes: f64,
    /// From the answer to the terminal event, one after the other, in microseconds.
    pub(super) answered_median: f64,
    pub(super) answered_p99: f64,
}

fn settings() -> RunnerSettings {
    RunnerSettings { longest_wait_in_memory: Duration::ZERO, ..RunnerSettings::default() }
}

/// Starts all of them.
pub(super) async fn begin(components: &Path, stores: &Path, scale: &Scale) -> anyhow::Result<Begun> {
    let host = Host::open(components, stores, NAME, settings()).await?;
    let first = scale.invocations.div_ceil(WARM_UP);
    start(&host, 0..first).await?;
    let (before, began) = (measure::resident_bytes(), Instant::now());
    start(&host, first..scale.invocations).await?;
    let taken = began.elapsed();
    let held = measure::resident_bytes().saturating_sub(before);
    let more = number(scale.invocations - first);
    let began = Instant::now();
    host.close().await;
    Ok(Begun {
        invocations: scale.invocations,
        a_second: more / taken.as_secs_f64(),
        memory_bytes: bytes(held) / more,
        disk_bytes: bytes(stored_bytes(stores, NAME)?) / number(scale.invocations),
        leave_ms: milliseconds(began.elapsed()),
    })
}

/// Starts some, and returns when those and all before them have given up their memory.
async fn start(host: &Host, range: std::ops::Range<usize>) -> anyhow::Result<()> {
    let all = range.end;
    stream::iter(range)
        .map(|index| async move {
            let session = session(WORKER, Durability::Journal, &format!("session-{index}"))?;
            host.start_asking(&session, ASKS).await
        })
        .buffer_unordered(AT_A_TIME)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    loop {
        // What they used is stored when they have.
        let mut resting = 0;
        each_waiting(host, |record| resting += usize::from(record.usage.host_calls > 0)).await?;
        if resting == all {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Looks at all that are listed as waiting, the newest first, without holding them.
async fn each_waiting(host: &Host, mut look: impl FnMut(&InvocationRecord)) -> anyhow::Result<()> {
    let mut before = None;
    loop {
        let status = Some(InvocationStatus::Waiting);
        let filter = InvocationFilter { status, before, limit: PAGE, ..InvocationFilter::default() };
        let page = host.store.invocations(filter).await?;
        page.invocations.iter().for_each(&mut look);
        before = page.next;
        if before.is_none() {
            return Ok(());
        }
    }
}

/// Takes them in after the process before ended, and answers some.
pub(super) async fn come_back(components: &Path, stores: &Path, scale: &Scale) -> anyhow::Result<Back> {
    let host = Host::open(components, stores, NAME, settings()).await?;
    let (before, began) = (measure::resident_bytes(), Instant::now());
    let recovered = host.runner.recover().await?;
    let recovered_ms = milliseconds(began.elapsed());
    ensure!(recovered.resumed == scale.invocations, "of {} came back: {recovered:?}", scale.invocations);
    let tracker = host.runner.invocation_tracker();
    let step = (scale.invocations / scale.answered).max(1);
    let (mut listed, mut to_answer) = (0, Vec::new());
    each_waiting(&host, |record| {
        let is_back = tracker.status(record.id) == Some(InvocationStatus::Waiting);
        if is_back && listed % step == 0 && to_answer.len() < scale.answered {
            to_answer.push(record.id);
        }
        listed += usize::from(is_back);
    })
    .await?;
    ensure!(listed == scale.invocations, "{listed} of {} are listed", scale.invocations);
    let listed_ms = milliseconds(began.elapsed());
    let held = measure::resident_bytes().saturating_sub(before);
    let mut times = Vec::new();
    for id in to_answer {
        // Its question is the first event.
        let mut events = host.runner.listen(id, 1).await?;
        let began = Instant::now();
        host.approve(id).await?;
        to_the_end(&mut events).await.with_context(|| format!("{id} was answered"))?;
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    host.close().await;
    times.sort_by(f64::total_cmp);
    Ok(Back {
        recovered_ms,
        listed_ms,
        memory_bytes: bytes(held) / number(scale.invocations),
        answered_median: quantile(&times, 50),
        answered_p99: quantile(&times, 99),
    })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
fn number(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "a process has less than 2^53 bytes")]
fn bytes(bytes: u64) -> f64 {
    bytes as f64
}
