//! Which run comes into memory next: a state machine without time and without tasks.
//!
//! Of the runs that may come in, the most urgent one does; of equally urgent ones, that of the user with the fewest runs
//! in memory; of such users, the one whose turn was longest ago; and of a user's runs the oldest. So a user with a thousand
//! runs in the line holds up nobody: whoever comes later is served after one more of them, not after all. A run whose user,
//! agent or kind has as many in memory as it may have is passed over, and those behind it are not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rak_core::{AppName, InvocationId, Priority, UserId};

/// A run that wants a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) id: InvocationId,
    pub(crate) user: UserId,
    pub(crate) agent: AppName,
    pub(crate) priority: Priority,
    /// It was in memory before.
    pub(crate) again: bool,
}

impl Claim {
    fn lane(&self) -> Lane {
        Lane { urgency: Reverse(self.priority), again: self.again, agent: self.agent.clone() }
    }
}

/// How many may be in memory at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) all: usize,
    /// Of those that were in memory before: there is room for new ones, too.
    pub(super) again: usize,
    /// Of each user; no limit where absent.
    pub(super) user: Option<usize>,
    /// Of certain users.
    pub(super) users: HashMap<UserId, usize>,
    /// Of certain agents.
    pub(super) agents: HashMap<AppName, usize>,
}

impl Places {
    fn of_user(&self, user: &UserId) -> usize {
        self.users.get(user).copied().or(self.user).unwrap_or(usize::MAX)
    }

    fn of_agent(&self, agent: &AppName) -> usize {
        self.agents.get(agent).copied().unwrap_or(usize::MAX)
    }
}

/// The runs of a user that are alike: the oldest of them goes first, or none does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Lane {
    urgency: Reverse<Priority>,
    again: bool,
    agent: AppName,
}

/// A user who has a run in memory or in the line.
#[derive(Debug, Default)]
struct Share {
    in_memory: usize,
    /// When this user was served last or, if that is later, began to wait: how many places had been given, and whether the
    /// last of them was this user's.
    turn: (u64, bool),
    waiting: BTreeMap<Lane, BTreeSet<InvocationId>>,
}

/// Who is in memory, and who waits for a place there.
#[derive(Debug, Default)]
pub(super) struct Line {
    places: Places,
    in_memory: usize,
    again: usize,
    agents: HashMap<AppName, usize>,
    users: HashMap<UserId, Share>,
    waiting: usize,
    /// How many places were given so far.
    given: u64,
}

impl Line {
    pub(super) fn new(places: Places) -> Self {
        Self { places, ..Self::default() }
    }

    /// Takes a place where there is one. Nobody is overtaken by that: who waits while there is a place cannot take it.
    pub(super) fn try_enter(&mut self, claim: &Claim) -> bool {
        let share = self.users.entry(claim.user.clone()).or_default();
        let fits = self.in_memory < self.places.all && share.in_memory < self.places.of_user(&claim.user);
        if fits && self.lane_is_open(&claim.lane()) {
            self.take(claim);
            return true;
        }
        self.forget_idle(&claim.user);
        false
    }

    /// Gets in the line; [`Self::next`] says when it is its turn.
    pub(super) fn wait(&mut self, claim: &Claim) {
        let share = self.users.entry(claim.user.clone()).or_default();
        if share.waiting.is_empty() {
            share.turn = share.turn.max((self.given, false));
        }
        if share.waiting.entry(claim.lane()).or_default().insert(claim.id) {
            self.waiting += 1;
        }
    }

    /// Gives up waiting.
    pub(super) fn leave(&mut self, claim: &Claim) {
        let Some(share) = self.users.get_mut(&claim.user) else { return };
        let lane = claim.lane();
        let Some(runs) = share.waiting.get_mut(&lane) else { return };
        if runs.remove(&claim.id) {
            self.waiting -= 1;
        }
        if runs.is_empty() {
            share.waiting.remove(&lane);
        }
        self.forget_idle(&claim.user);
    }

    /// Gives a place to who is next, if there is one. It looks at every user that waits.
    pub(super) fn next(&mut self) -> Option<Claim> {
        if self.waiting == 0 || self.in_memory >= self.places.all {
            return None;
        }
        let below = |(user, share): &(&UserId, &Share)| share.in_memory < self.places.of_user(user);
        let (_, user, lane, id) = self
            .users
            .iter()
            .filter(below)
            .flat_map(|(user, share)| share.waiting.iter().map(move |(lane, runs)| (user, share, lane, runs)))
            .filter(|(_, _, lane, _)| self.lane_is_open(lane))
            .filter_map(|(user, share, lane, runs)| {
                let oldest = *runs.first()?;
                Some(((lane.urgency, share.in_memory, share.turn, oldest), user, lane, oldest))
            })
            .min_by_key(|(order, ..)| *order)?;
        let claim = Claim {
            id,
            user: user.clone(),
            agent: lane.agent.clone(),
            priority: lane.urgency.0,
            again: lane.again,
        };
        // Taken first, so that its user is not forgotten in between.
        self.take(&claim);
        self.leave(&claim);
        Some(claim)
    }

    /// Gives a place back.
    pub(super) fn release(&mut self, claim: &Claim) {
        self.in_memory -= 1;
        self.again -= usize::from(claim.again);
        if let Some(count) = self.agents.get_mut(&claim.agent) {
            *count -= 1;
            if *count == 0 {
                self.agents.remove(&claim.agent);
            }
        }
        if let Some(share) = self.users.get_mut(&claim.user) {
            share.in_memory -= 1;
        }
        self.forget_idle(&claim.user);
    }

    /// Has a place that was given back, whether there is one or not.
    pub(super) fn take_back(&mut self, claim: &Claim) {
        self.take(claim);
    }

    /// Who waits, in the order in which they come in if places become free one by one and nothing else happens. What
    /// users and agents may have at once is not looked at: nobody can tell when a run of theirs ends.
    pub(super) fn in_order(&self) -> Vec<InvocationId> {
        let mut order = Vec::with_capacity(self.waiting);
        for share in self.users.values() {
            let mut runs: Vec<_> = share
                .waiting
                .iter()
                .flat_map(|(lane, runs)| runs.iter().map(|id| (lane.urgency, *id)))
                .collect();
            runs.sort_unstable();
            // Each one that comes in makes its user one with more in memory, who was served just now.
            for (before, (urgency, id)) in runs.into_iter().enumerate() {
                order.push(((urgency, share.in_memory + before, before, share.turn, id), id));
            }
        }
        order.sort_unstable_by_key(|(key, _)| *key);
        order.into_iter().map(|(_, id)| id).collect()
    }

    fn take(&mut self, claim: &Claim) {
        self.given += 1;
        self.in_memory += 1;
        self.again += usize::from(claim.again);
        *self.agents.entry(claim.agent.clone()).or_default() += 1;
        let share = self.users.entry(claim.user.clone()).or_default();
        share.in_memory += 1;
        share.turn = (self.given, true);
    }

    fn lane_is_open(&self, lane: &Lane) -> bool {
        let of_agent = self.agents.get(&lane.agent).copied().unwrap_or(0);
        of_agent < self.places.of_agent(&lane.agent) && !(lane.again && self.again >= self.places.again)
    }

    fn forget_idle(&mut self, user: &UserId) {
        if self.users.get(user).is_some_and(|share| share.in_memory == 0 && share.waiting.is_empty()) {
            self.users.remove(user);
        }
    }
}

#[cfg(test)]
mod tests;
