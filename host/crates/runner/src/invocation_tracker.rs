//! Which invocations are live, how to stop one, and how the newest ones ended.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dashmap::DashMap;
use rak_core::{InvocationId, InvocationStatus, StopReason};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::children::Families;

/// How many ended invocations are remembered at most, whatever the retention time: about 20 MB.
const MAX_REMEMBERED: usize = 100_000;

/// The invocations of a host. A clone shares the same invocations.
#[derive(Clone)]
pub struct InvocationTracker {
    inner: Arc<Inner>,
}

struct Inner {
    entries: DashMap<InvocationId, Entry>,
    ended: Mutex<VecDeque<(Instant, InvocationId)>>,
    retention: Duration,
    shutting_down: AtomicBool,
    /// Who is stopped with whom.
    families: Families,
}

struct Entry {
    phase: Phase,
    /// The first reason wins: a run that is being cancelled does not time out on the way.
    stop: Option<StopReason>,
    token: CancellationToken,
    /// Somebody wants it to rest until somebody wants it to go on.
    paused: bool,
    /// It can be put away.
    durable: bool,
    /// What puts away the run that is in memory now.
    put_away: CancellationToken,
    /// Tells the invocation, while no run is in memory, that something changed.
    changed: Arc<Notify>,
}

enum Phase {
    Live(InvocationStatus),
    /// The end is being stored; it can no longer be stopped.
    Settling,
    Ended(InvocationStatus),
}

impl InvocationTracker {
    /// A tracker that remembers how an invocation ended for this long.
    pub fn new(retention: Duration) -> Self {
        let inner = Inner {
            entries: DashMap::new(),
            ended: Mutex::default(),
            retention,
            shutting_down: AtomicBool::new(false),
            families: Families::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Takes in an invocation. It is live until the guard is completed or dropped.
    pub fn register(&self, id: InvocationId, status: InvocationStatus) -> InvocationGuard {
        let token = CancellationToken::new();
        let entry = Entry {
            phase: Phase::Live(status),
            stop: None,
            token: token.clone(),
            paused: status == InvocationStatus::Paused,
            durable: false,
            put_away: CancellationToken::new(),
            changed: Arc::default(),
        };
        self.inner.entries.insert(id, entry);
        InvocationGuard { tracker: self.clone(), id, token, left: false }
    }

    /// Stops a live invocation on a client's wish. False where there is none.
    pub fn cancel(&self, id: InvocationId) -> bool {
        self.stop(id, StopReason::Cancelled)
    }

    /// Stops a live invocation, and the children that end with it. False where there is none, or where its end is being
    /// stored already. When this returned true, the invocation ends with the status of the first reason that was given.
    pub fn stop(&self, id: InvocationId, reason: StopReason) -> bool {
        let token = match self.inner.entries.get_mut(&id) {
            Some(mut entry) if matches!(entry.phase, Phase::Live(_)) => {
                entry.stop.get_or_insert(reason);
                entry.token.clone()
            }
            _ => return false,
        };
        // Outside the map's lock: cancelling runs whatever waits for the token.
        token.cancel();
        self.stop_children(id);
        true
    }

    fn stop_children(&self, id: InvocationId) {
        for child in self.inner.families.dependents(id) {
            self.stop(child, StopReason::ParentEnded);
        }
    }

    /// Who belongs to whom.
    pub(crate) fn families(&self) -> &Families {
        &self.inner.families
    }

    /// Asks a live invocation to rest; it does so at its next call to the host, or at once where it computes. False
    /// where there is none.
    pub fn pause(&self, id: InvocationId) -> bool {
        let (put_away, changed) = match self.inner.entries.get_mut(&id) {
            Some(mut entry) if matches!(entry.phase, Phase::Live(_)) => {
                entry.paused = true;
                (entry.put_away.clone(), entry.changed.clone())
            }
            _ => return false,
        };
        put_away.cancel();
        changed.notify_one();
        true
    }

    /// Lets a paused invocation go on. False where it is not live.
    pub fn resume(&self, id: InvocationId) -> bool {
        let changed = match self.inner.entries.get_mut(&id) {
            Some(mut entry) if matches!(entry.phase, Phase::Live(_)) => {
                entry.paused = false;
                entry.changed.clone()
            }
            _ => return false,
        };
        changed.notify_one();
        true
    }

    /// Tells a live invocation that what it waits for may be there.
    pub(crate) fn wake(&self, id: InvocationId) {
        let changed = self.inner.entries.get(&id).map(|entry| entry.changed.clone());
        if let Some(changed) = changed {
            changed.notify_one();
        }
    }

    /// Ends every live invocation's run: those that are durable are put away, and the next host goes on with them.
    pub(crate) fn shut_down(&self) {
        // Before they are looked at: what comes into memory meanwhile sees it.
        self.inner.shutting_down.store(true, Ordering::SeqCst);
        let live: Vec<_> = self
            .inner
            .entries
            .iter()
            .map(|entry| (*entry.key(), entry.durable.then(|| entry.put_away.clone())))
            .collect();
        for (id, put_away) in live {
            match put_away {
                Some(put_away) => put_away.cancel(),
                None => drop(self.stop(id, StopReason::ShuttingDown)),
            }
        }
    }

    /// Another state of a live invocation.
    pub(crate) fn set_status(&self, id: InvocationId, status: InvocationStatus) {
        if let Some(mut entry) = self.inner.entries.get_mut(&id)
            && matches!(entry.phase, Phase::Live(_))
        {
            entry.phase = Phase::Live(status);
        }
    }

    /// Where an invocation is; absent when it is unknown, or ended longer ago than the retention time. One that is
    /// being stopped has the status it is going to end with.
    pub fn status(&self, id: InvocationId) -> Option<InvocationStatus> {
        self.inner.forget_old();
        let entry = self.inner.entries.get(&id)?;
        Some(match (&entry.phase, entry.stop) {
            (Phase::Live(_), None) if entry.paused => InvocationStatus::Paused,
            (Phase::Ended(status), _) | (Phase::Live(status), None) => *status,
            (_, Some(reason)) => reason.status(),
            (Phase::Settling, None) => InvocationStatus::Active,
        })
    }

    /// Whether an invocation was, or is being, cancelled.
    pub fn is_cancelled(&self, id: InvocationId) -> bool {
        self.status(id) == Some(InvocationStatus::Cancelled)
    }

    /// Marks a live invocation as ended, and stops the children that end with it. The first end counts.
    pub fn complete(&self, id: InvocationId, status: InvocationStatus) {
        if let Some(mut entry) = self.inner.entries.get_mut(&id) {
            if matches!(entry.phase, Phase::Ended(_)) {
                return;
            }
            entry.phase = Phase::Ended(status);
        } else {
            return;
        }
        self.inner.ended().push_back((Instant::now(), id));
        self.inner.forget_old();
        self.stop_children(id);
        self.inner.families.forget(id);
    }

    /// How many invocations are live.
    pub fn live(&self) -> usize {
        self.inner.entries.len().saturating_sub(self.inner.ended().len())
    }
}

impl Inner {
    fn ended(&self) -> MutexGuard<'_, VecDeque<(Instant, InvocationId)>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget_old(&self) {
        let mut ended = self.ended();
        while let Some((at, id)) = ended.front().copied() {
            if ended.len() <= MAX_REMEMBERED && at.elapsed() < self.retention {
                break;
            }
            ended.pop_front();
            self.entries.remove(&id);
        }
    }
}

/// A live invocation. Dropping it without [`complete`](Self::complete) marks it as failed, so that nothing that goes
/// wrong in the host leaves an invocation that is active for ever.
pub struct InvocationGuard {
    tracker: InvocationTracker,
    id: InvocationId,
    token: CancellationToken,
    /// It is not over, and not this process's any more.
    left: bool,
}

impl InvocationGuard {
    /// Its id.
    pub fn id(&self) -> InvocationId {
        self.id
    }

    /// Cancelled when the invocation is to stop.
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Stops it.
    pub fn stop(&self, reason: StopReason) {
        self.tracker.stop(self.id, reason);
    }

    /// It waited and now runs.
    pub fn activate(&self) {
        self.set_status(InvocationStatus::Active);
    }

    /// The tracker it is in.
    pub(crate) fn tracker(&self) -> &InvocationTracker {
        &self.tracker
    }

    /// Another state, as long as it is live.
    pub(crate) fn set_status(&self, status: InvocationStatus) {
        self.tracker.set_status(self.id, status);
    }

    /// Remembers that something changed.
    pub(crate) fn wake(&self) {
        self.tracker.wake(self.id);
    }

    /// It can be put away, also before a run of it is in memory.
    pub(crate) fn set_durable(&self) {
        if let Some(mut entry) = self.tracker.inner.entries.get_mut(&self.id) {
            entry.durable = true;
        }
    }

    /// A new run of it is in memory. Gives what puts that away: cancelled already where it is to rest.
    pub(crate) fn in_memory(&self, durable: bool) -> CancellationToken {
        let put_away = CancellationToken::new();
        let mut paused = false;
        if let Some(mut entry) = self.tracker.inner.entries.get_mut(&self.id) {
            entry.durable = durable;
            entry.put_away = put_away.clone();
            paused = entry.paused;
        }
        let shutting_down = self.tracker.inner.shutting_down.load(Ordering::SeqCst);
        if durable && (paused || shutting_down) {
            put_away.cancel();
        } else if shutting_down {
            self.stop(StopReason::ShuttingDown);
        }
        put_away
    }

    /// Whether somebody wants it to rest.
    pub(crate) fn is_paused(&self) -> bool {
        self.tracker.inner.entries.get(&self.id).is_some_and(|entry| entry.paused)
    }

    /// Returns when something changed since this was asked last: it is paused, to go on, or has an answer.
    pub(crate) async fn changed(&self) {
        let changed = self.tracker.inner.entries.get(&self.id).map(|entry| entry.changed.clone());
        match changed {
            Some(changed) => changed.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Why it was stopped, if it was.
    pub(crate) fn stopped(&self) -> Option<StopReason> {
        self.tracker.inner.entries.get(&self.id)?.stop
    }

    /// Lets go of it although it is not over: another process goes on with it.
    pub(crate) fn leave(mut self) {
        self.left = true;
        self.tracker.inner.entries.remove(&self.id);
        self.tracker.inner.families.forget(self.id);
    }

    /// From here on it cannot be stopped any more. Gives the reason, if it was stopped before: then it has to end with
    /// that reason's status, because whoever stopped it was told so.
    pub fn settle(&self) -> Option<StopReason> {
        let mut entry = self.tracker.inner.entries.get_mut(&self.id)?;
        if matches!(entry.phase, Phase::Live(_)) {
            entry.phase = Phase::Settling;
        }
        entry.stop
    }

    /// It ended.
    pub fn complete(self, status: InvocationStatus) {
        self.tracker.complete(self.id, status);
    }
}

impl Drop for InvocationGuard {
    fn drop(&mut self) {
        if self.left {
            return;
        }
        self.tracker.complete(self.id, InvocationStatus::Failed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETENTION: Duration = Duration::from_mins(10);

    fn tracker() -> (InvocationTracker, InvocationGuard) {
        let tracker = InvocationTracker::new(RETENTION);
        let guard = tracker.register(InvocationId::new(), InvocationStatus::Active);
        (tracker, guard)
    }

    #[tokio::test]
    async fn a_clone_shares_the_invocations() {
        let (tracker, guard) = tracker();
        let clone = tracker.clone();
        assert!(clone.cancel(guard.id()));
        assert!(guard.token().is_cancelled());
        assert!(tracker.is_cancelled(guard.id()));
    }

    #[tokio::test]
    async fn an_ended_invocation_cannot_be_cancelled() {
        let (tracker, guard) = tracker();
        let id = guard.id();
        guard.complete(InvocationStatus::Completed);
        assert!(!tracker.cancel(id));
        assert_eq!(tracker.status(id), Some(InvocationStatus::Completed));
        tracker.complete(id, InvocationStatus::Failed);
        assert_eq!(tracker.status(id), Some(InvocationStatus::Completed));
    }

    #[tokio::test]
    async fn a_settling_invocation_keeps_the_first_reason() {
        let (tracker, guard) = tracker();
        assert!(tracker.stop(guard.id(), StopReason::TimedOut));
        assert!(tracker.cancel(guard.id()));
        assert_eq!(guard.settle(), Some(StopReason::TimedOut));
        assert!(!tracker.cancel(guard.id()));
        assert_eq!(tracker.status(guard.id()), Some(InvocationStatus::TimedOut));
    }

    #[tokio::test]
    async fn a_dropped_guard_is_a_failure() {
        let (tracker, guard) = tracker();
        let id = guard.id();
        drop(guard);
        assert_eq!(tracker.status(id), Some(InvocationStatus::Failed));
        assert_eq!(tracker.live(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_is_remembered_for_the_retention_time() {
        let (tracker, guard) = tracker();
        let id = guard.id();
        guard.complete(InvocationStatus::Completed);
        tokio::time::advance(RETENTION.saturating_sub(Duration::from_millis(1))).await;
        assert_eq!(tracker.status(id), Some(InvocationStatus::Completed));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(tracker.status(id), None);
    }
}
