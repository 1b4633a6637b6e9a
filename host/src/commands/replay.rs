//! `rak replay`: a recorded run is repeated, offline, and has to go the same way.
//!
//! `source` finds the recording, `component` what is to run, `recorded_host` is the host that the run sees: it answers
//! from the recording and from nothing else. `ending` compares the ends, `verdict` says what came out, `report` shows it.

mod component;
mod ending;
mod recorded_host;
mod report;
mod source;
mod verdict;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rak_core::{Agent, AgentRun, Journal, JournalLimits, time::UnixMicros};
use rak_server::protocol::rest::Recording;
use rak_wasm::ComponentAgent;

use self::ending::RecordedEnd;
use self::recorded_host::RecordedHost;
use self::verdict::{Replayed, Verdict};
use crate::cli::ReplayArguments;
use crate::config::Config;
use crate::screen::print_line;
use crate::telemetry::report;

/// The exit code where it goes another way.
const DIFFERENT: u8 = 1;
/// The exit code where it cannot be repeated at all.
const IMPOSSIBLE: u8 = 2;
/// A run that was stopped is repeated up to where it was; how long it may go on computing after its last recorded call,
/// at least.
const LEAST_TIME_AFTER: Duration = Duration::from_secs(2);
/// The same, in what it used on the processor then: this machine may be slower.
const TIMES_AFTER: u32 = 4;
/// How often it is looked whether that time is over.
const LOOK: Duration = Duration::from_millis(50);

/// Exits with 0 where it ends the same, with 1 where it does not, with 2 where it cannot be repeated.
pub(crate) async fn run(arguments: ReplayArguments) -> anyhow::Result<ExitCode> {
    Ok(Box::pin(replay(arguments)).await.unwrap_or_else(|error| {
        report(&error);
        ExitCode::from(IMPOSSIBLE)
    }))
}

async fn replay(arguments: ReplayArguments) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(&arguments.config)?;
    config.engine.pooling = false;
    let recording = source::find(&arguments, &config).await?;
    let seed = source::seed(&recording)?;
    let build = component::find(&recording, arguments.with.as_deref(), &config).await?;
    let started_at = UnixMicros::from(recording.journal.started_at);
    let entries = recording.journal.entries.clone();
    let journal = Journal::new(seed, started_at, entries, JournalLimits::default()).sealed();
    let end = RecordedEnd::of(&recording);
    let replayed = repeat(&build.agent, &recording, Arc::new(journal), &end).await;
    let verdict = Verdict::of(&recording, &end, &replayed)?;
    print_line(&report::show(&recording, &build, &replayed, &verdict));
    Ok(if verdict.is_same() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) })
}

/// Runs it once, against the recording.
async fn repeat(
    agent: &ComponentAgent,
    recording: &Recording,
    journal: Arc<Journal>,
    end: &RecordedEnd,
) -> Replayed {
    let host = Arc::new(RecordedHost::new(recording, journal.clone()));
    let input = recording.message.content.clone().unwrap_or_else(component::nothing_said);
    let began = Instant::now();
    let mut running = std::pin::pin!(agent.run(AgentRun { input, host: host.clone() }));
    let patience = match end {
        RecordedEnd::Agent(_) => None,
        _ => Some(after_the_end(recording)),
    };
    let mut since_the_last_call = None;
    let (result, usage) = loop {
        tokio::select! {
            ended = &mut running => break ended,
            () = tokio::time::sleep(LOOK) => {}
        }
        if journal.position() < recording.journal.entries.len() as u64 {
            continue;
        }
        let since = *since_the_last_call.get_or_insert_with(Instant::now);
        if patience.is_some_and(|patience| since.elapsed() > patience) {
            host.stop();
        }
    };
    Replayed {
        result,
        usage,
        time: began.elapsed(),
        position: journal.position(),
        went_otherwise: host.went_otherwise(),
        pending_state: host.pending_state(),
    }
}

fn after_the_end(recording: &Recording) -> Duration {
    let used = Duration::from_micros(recording.invocation.usage.cpu_micros);
    used.saturating_mul(TIMES_AFTER).max(LEAST_TIME_AFTER)
}
