//! What the host does at its start for the runs that its last end cut off: those that are durable go on, the others end.

use std::collections::HashSet;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use rak_core::{
    IfBusy, InvocationFilter, InvocationId, InvocationRecord, InvocationStatus, StateDelta, StopReason,
    StoreError,
};

use crate::closing;
use crate::dormant::{Dormant, Seat};
use crate::ending::Ending;
use crate::runner::Runner;
use crate::session_queue::Turn;

/// How many runs are ended at a time: enough to fill a group commit.
const CONCURRENCY: usize = 64;
const PAGE: usize = 500;
/// The longest pause before an attempt.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What was found of the runs that the last end of the host cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// They are not durable, or were tried too often, and are over.
    pub ended: usize,
    /// They go on, or wait for what they waited for.
    pub resumed: usize,
}

/// Takes in every run that is stored as not over.
pub(crate) async fn recover(runner: &Runner) -> Result<Recovered, StoreError> {
    let mut found = Vec::new();
    for status in InvocationStatus::UNFINISHED {
        let mut before = None;
        loop {
            let filter =
                InvocationFilter { status: Some(status), limit: PAGE, before, ..InvocationFilter::default() };
            let page = runner.inner().log.invocations(filter).await?;
            found.extend(page.invocations);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
    }
    // Those that have begun have their session; then the others, in the order in which they came. A status does not say it:
    // one that could go on when it was put away is queued, and one may be paused before it began.
    found.sort_by_key(|record| (has_not_begun(record), record.id));
    let families = Ties::of(&found);
    let mut recovered = Recovered::default();
    let mut lost = Vec::new();
    for record in found {
        if record.resume.is_some() {
            recovered.resumed += 1;
            resume(runner, record).await?;
        } else {
            lost.push(record);
        }
    }
    recovered.ended = lost.len();
    stream::iter(lost)
        .map(|record| interrupt(runner, record))
        .buffer_unordered(CONCURRENCY)
        .try_collect::<()>()
        .await?;
    families.renew(runner);
    Ok(recovered)
}

/// Who belongs to whom among the runs that go on.
struct Ties {
    /// Parent, child, and whether the child may live on by itself.
    kept: Vec<(InvocationId, InvocationId, bool)>,
    /// Their parents do not go on.
    orphans: Vec<InvocationId>,
}

impl Ties {
    fn of(found: &[InvocationRecord]) -> Self {
        let durable = found.iter().filter(|record| record.resume.is_some());
        let going_on: HashSet<_> = durable.clone().map(|record| record.id).collect();
        let mut ties = Self { kept: Vec::new(), orphans: Vec::new() };
        for record in durable {
            // It may be over by now: then its parent learns it from whoever follows it.
            let awaited = record.waiting.iter().flat_map(|waiting| &waiting.invocations);
            let not_there = awaited.filter(|child| !going_on.contains(child));
            ties.kept.extend(not_there.map(|child| (record.id, *child, false)));
            match &record.parent {
                Some(parent) if going_on.contains(&parent.invocation_id) => {
                    ties.kept.push((parent.invocation_id, record.id, parent.detached));
                }
                Some(parent) if !parent.detached => ties.orphans.push(record.id),
                _ => {}
            }
        }
        ties
    }

    fn renew(self, runner: &Runner) {
        for (parent, child, detached) in self.kept {
            drop(runner.takes_in(parent, child, detached));
        }
        for child in self.orphans {
            runner.inner().tracker.stop(child, StopReason::ParentEnded);
        }
    }
}

fn has_not_begun(record: &InvocationRecord) -> bool {
    match &record.resume {
        Some(resume) => resume.message.is_some(),
        None => record.status == InvocationStatus::Queued,
    }
}

/// A run that ends because the host did. It is not asked to keep that again: who starts the host has to know.
async fn interrupt(runner: &Runner, record: InvocationRecord) -> Result<(), StoreError> {
    let live = runner.inner().live.get_or_find(record.id);
    let recorder = runner.recorder(&record, &live);
    recorder.progress().clone_from(&record.progress);
    let ending = Ending::Stopped(StopReason::Interrupted);
    closing::store_end(&recorder, ending, StateDelta::new(), record.usage)
        .await
        .map(drop)
        .map_err(|failure| StoreError::unavailable(failure.message))
}

/// A run that goes on. One that was on a processor when the host ended counts as an attempt; the more of them brought it
/// no further, the longer it waits for the next.
async fn resume(runner: &Runner, mut record: InvocationRecord) -> Result<(), StoreError> {
    let inner = runner.inner();
    let mut pause = Duration::ZERO;
    let mut exhausted = None;
    if let (InvocationStatus::Active, Some(resume)) = (record.status, &mut record.resume) {
        let chunks = inner.log.journal(record.id).await?;
        let length = chunks.last().map_or(0, |chunk| chunk.first + chunk.count);
        record.attempt = record.attempt.saturating_add(1);
        resume.stalled = if length == resume.attempt_began_at { resume.stalled.saturating_add(1) } else { 0 };
        exhausted = (resume.stalled > inner.settings.max_attempts).then_some(resume.stalled);
        pause = pause_before(resume.stalled);
        record.waiting = None;
    }
    let guard = inner.tracker.register(record.id, record.status);
    guard.set_durable();
    if record.resume.as_ref().is_some_and(|resume| resume.cancelled) {
        guard.stop(StopReason::Cancelled);
    }
    let seat = match inner.queue.enter(&record.session, record.id, IfBusy::Queue) {
        Ok(Turn::Now(lease)) => Seat::Held(lease),
        Ok(Turn::Later { turn, .. }) => Seat::Waits(turn),
        Err(_) => Seat::Lost,
    };
    let dormant = Box::new(Dormant { guard, seat, record, pause, audience: None, caller_token: None });
    if let Some(attempts) = exhausted {
        let message = format!("the host ended {attempts} times in a row before the run came any further");
        let ending = Ending::Failed { code: "attempts_exhausted".into(), message, details: None };
        // Whoever stops it from here on is too late.
        dormant.guard.settle();
        runner.end_dormant(dormant, Some(ending)).await;
        return Ok(());
    }
    runner.lives_on(dormant);
    Ok(())
}

/// None before the second attempt: most hosts end because somebody starts another.
fn pause_before(stalled: u32) -> Duration {
    match stalled.checked_sub(2) {
        None => Duration::ZERO,
        Some(power) => Duration::from_secs(1).saturating_mul(2u32.saturating_pow(power)).min(LONGEST_PAUSE),
    }
}
