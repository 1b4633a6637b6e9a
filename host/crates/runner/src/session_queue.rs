//! One run a session at a time, and an order among those that wait.

use std::collections::VecDeque;
use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use rak_core::{IfBusy, InvocationId, RunError, SessionKey};
use tokio::sync::oneshot;

/// How many runs may wait for one session: a person does not type further ahead, and a program that does should be told.
pub(crate) const MAX_WAITING: usize = 32;

/// The sessions that are busy.
#[derive(Clone, Default)]
pub(crate) struct SessionQueue {
    slots: Arc<DashMap<SessionKey, Slot>>,
}

struct Slot {
    running: InvocationId,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    id: InvocationId,
    interrupts: bool,
    turn: oneshot::Sender<SessionLease>,
}

/// When a run may begin.
pub(crate) enum Turn {
    Now(SessionLease),
    Later {
        turn: oneshot::Receiver<SessionLease>,
        /// Runs that are to be stopped for this one.
        supersedes: Vec<InvocationId>,
    },
}

impl SessionQueue {
    pub(crate) fn enter(
        &self,
        key: &SessionKey,
        id: InvocationId,
        if_busy: IfBusy,
    ) -> Result<Turn, RunError> {
        let mut slot = match self.slots.entry(key.clone()) {
            Entry::Vacant(vacant) => {
                vacant.insert(Slot { running: id, waiting: VecDeque::new() });
                return Ok(Turn::Now(self.lease(key.clone())));
            }
            Entry::Occupied(occupied) => occupied.into_ref(),
        };
        if if_busy == IfBusy::Reject {
            return Err(RunError::SessionBusy { running: slot.running });
        }
        // Those that gave up do not take a place.
        slot.waiting.retain(|waiting| !waiting.turn.is_closed());
        if slot.waiting.len() >= MAX_WAITING {
            return Err(RunError::QueueFull { waiting: slot.waiting.len() });
        }
        let (sender, turn) = oneshot::channel();
        let waiting = Waiting { id, interrupts: if_busy == IfBusy::Interrupt, turn: sender };
        if !waiting.interrupts {
            slot.waiting.push_back(waiting);
            return Ok(Turn::Later { turn, supersedes: Vec::new() });
        }
        // The newest message wins: those that wanted to interrupt before it and still wait are stopped too.
        let mut supersedes = vec![slot.running];
        supersedes.extend(slot.waiting.iter().filter(|other| other.interrupts).map(|other| other.id));
        slot.waiting.push_front(waiting);
        Ok(Turn::Later { turn, supersedes })
    }

    /// How many go before a run that waits for its session, the one that has it not counted.
    pub(crate) fn position(&self, key: &SessionKey, id: InvocationId) -> Option<usize> {
        let slot = self.slots.get(key)?;
        slot.waiting.iter().filter(|waiting| !waiting.turn.is_closed()).position(|waiting| waiting.id == id)
    }

    fn lease(&self, key: SessionKey) -> SessionLease {
        SessionLease { held: Some((self.clone(), key)) }
    }

    /// Gives the session to the next that still waits.
    fn leave(&self, key: &SessionKey) {
        let Entry::Occupied(mut slot) = self.slots.entry(key.clone()) else { return };
        while let Some(next) = slot.get_mut().waiting.pop_front() {
            slot.get_mut().running = next.id;
            match next.turn.send(self.lease(key.clone())) {
                Ok(()) => return,
                // It gave up. Its lease must not be dropped as one: the slot is locked here.
                Err(mut lease) => lease.held = None,
            }
        }
        slot.remove();
    }
}

/// The right to run in a session; the next one has it when this is dropped.
pub(crate) struct SessionLease {
    held: Option<(SessionQueue, SessionKey)>,
}

impl SessionLease {
    /// Nobody is next, as long as this host lives.
    pub(crate) fn keep(mut self) {
        self.held = None;
    }
}

impl Drop for SessionLease {
    fn drop(&mut self) {
        if let Some((queue, key)) = self.held.take() {
            queue.leave(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rak_core::{AppName, SessionId, UserId};

    fn key() -> SessionKey {
        SessionKey {
            app_name: AppName::new("a").unwrap(),
            user_id: UserId::new("u").unwrap(),
            session_id: SessionId::new("s").unwrap(),
        }
    }

    fn enter(queue: &SessionQueue, if_busy: IfBusy) -> (InvocationId, Result<Turn, RunError>) {
        let id = InvocationId::new();
        (id, queue.enter(&key(), id, if_busy))
    }

    fn now(turn: Result<Turn, RunError>) -> SessionLease {
        match turn.unwrap() {
            Turn::Now(lease) => lease,
            Turn::Later { .. } => panic!("the session should be free"),
        }
    }

    fn later(turn: Result<Turn, RunError>) -> (oneshot::Receiver<SessionLease>, Vec<InvocationId>) {
        match turn.unwrap() {
            Turn::Now(_) => panic!("the session should be busy"),
            Turn::Later { turn, supersedes } => (turn, supersedes),
        }
    }

    #[test]
    fn a_second_run_is_refused_with_the_id_of_the_first() {
        let queue = SessionQueue::default();
        let (first, turn) = enter(&queue, IfBusy::Reject);
        let lease = now(turn);
        let (_, second) = enter(&queue, IfBusy::Reject);
        assert!(matches!(second, Err(RunError::SessionBusy { running }) if running == first));
        drop(lease);
        now(enter(&queue, IfBusy::Reject).1);
        assert!(queue.slots.is_empty());
    }

    #[test]
    fn queued_runs_go_in_order_and_those_that_gave_up_are_passed_over() {
        let queue = SessionQueue::default();
        let lease = now(enter(&queue, IfBusy::Queue).1);
        let (mut second, _) = later(enter(&queue, IfBusy::Queue).1);
        let (third, _) = later(enter(&queue, IfBusy::Queue).1);
        let (mut fourth, _) = later(enter(&queue, IfBusy::Queue).1);
        drop(third);
        drop(lease);
        let lease = second.try_recv().unwrap();
        assert!(fourth.try_recv().is_err());
        drop(lease);
        drop(fourth.try_recv().unwrap());
        assert!(queue.slots.is_empty());
    }

    #[test]
    fn an_interrupting_run_goes_first_and_stops_those_before_it() {
        let queue = SessionQueue::default();
        let (first, turn) = enter(&queue, IfBusy::Reject);
        let lease = now(turn);
        let (mut queued, _) = later(enter(&queue, IfBusy::Queue).1);
        let (second, turn) = enter(&queue, IfBusy::Interrupt);
        let (_second_turn, supersedes) = later(turn);
        assert_eq!(supersedes, [first]);
        let (_, turn) = enter(&queue, IfBusy::Interrupt);
        let (mut third_turn, supersedes) = later(turn);
        assert_eq!(supersedes, [first, second]);
        drop(lease);
        assert!(third_turn.try_recv().is_ok());
        assert!(queued.try_recv().is_err());
    }

    #[test]
    fn the_number_that_wait_is_bounded() {
        let queue = SessionQueue::default();
        let _lease = now(enter(&queue, IfBusy::Queue).1);
        let turns: Vec<_> = (0..MAX_WAITING).map(|_| later(enter(&queue, IfBusy::Queue).1)).collect();
        assert!(matches!(enter(&queue, IfBusy::Queue).1, Err(RunError::QueueFull { waiting: MAX_WAITING })));
        drop(turns);
    }

    proptest! {
        /// Whatever comes and goes, at most one lease is out, and the slot is gone when everybody is.
        #[test]
        fn one_lease_at_a_time(steps in proptest::collection::vec((0..4u8, any::<proptest::sample::Index>()), 1..200)) {
            let queue = SessionQueue::default();
            let mut held: Option<SessionLease> = None;
            let mut waiting: Vec<oneshot::Receiver<SessionLease>> = Vec::new();
            for (step, index) in steps {
                match step {
                    0 | 1 => {
                        let if_busy = if step == 0 { IfBusy::Queue } else { IfBusy::Interrupt };
                        match enter(&queue, if_busy).1 {
                            Ok(Turn::Now(lease)) => { prop_assert!(held.is_none()); held = Some(lease); }
                            Ok(Turn::Later { turn, .. }) => waiting.push(turn),
                            Err(_) => prop_assert_eq!(waiting.len(), MAX_WAITING),
                        }
                    }
                    2 => held = None,
                    _ => if !waiting.is_empty() { waiting.swap_remove(index.index(waiting.len())); },
                }
                waiting.retain_mut(|turn| match turn.try_recv() {
                    Ok(lease) => { assert!(held.is_none()); held = Some(lease); false }
                    Err(_) => true,
                });
                prop_assert_eq!(queue.slots.is_empty(), held.is_none());
            }
        }
    }
}
