//! Who may start a run, and when it comes into memory.
//!
//! A start is refused where its user or its agent starts too many in too short a time (`rate`), or where too many wait
//! already. What is let in waits for its session first, in [`session_queue`](crate::session_queue), and then here for
//! one of the places in memory (`line`). Never the other way round: a run that had a place and waited for its session would
//! wait for one that has the session and may be waiting for a place.

mod line;
mod rate;
mod settings;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rak_core::{AppName, InvocationId, InvocationStatus, Limited, RunError, UserId};
use tokio::sync::oneshot;
use tokio::time::Instant;

pub(crate) use self::line::Claim;
pub use self::rate::Rate;
pub use self::settings::{AdmissionSettings, AgentAdmission, UserAdmission};

use self::line::{Line, Places};
use self::rate::Buckets;

/// The places in memory and who waits for them. A clone shares them.
#[derive(Clone)]
pub(crate) struct Admission {
    inner: Arc<Inner>,
}

struct Inner {
    settings: AdmissionSettings,
    places: usize,
    state: Mutex<State>,
}

struct State {
    line: Line,
    /// How those that wait in the line are told.
    calls: HashMap<InvocationId, oneshot::Sender<Place>>,
    /// New runs that have no place yet, whatever they wait for.
    waiting: usize,
    users: Buckets<UserId>,
    agents: Buckets<AppName>,
}

/// What a new run is let in with.
pub(crate) enum Entry {
    Now(Place),
    Later(Waits),
}

impl Entry {
    /// What the run is called meanwhile.
    pub(crate) fn status(&self) -> InvocationStatus {
        match self {
            Self::Now(_) => InvocationStatus::Active,
            Self::Later(_) => InvocationStatus::Queued,
        }
    }
}

impl Admission {
    /// One with so many places.
    pub(crate) fn new(places: usize, settings: AdmissionSettings) -> Self {
        let concurrent = |user: &UserAdmission| user.concurrent.map(NonZeroUsize::get);
        let limits = Places {
            all: places,
            again: places.div_ceil(2),
            user: concurrent(&settings.user),
            users: settings
                .users
                .iter()
                .map(|(id, user)| (id.clone(), concurrent(user).unwrap_or(usize::MAX)))
                .collect(),
            agents: settings
                .agents
                .iter()
                .filter_map(|(name, agent)| Some((name.clone(), agent.concurrent?.get())))
                .collect(),
        };
        let state = State {
            line: Line::new(limits),
            calls: HashMap::new(),
            waiting: 0,
            users: Buckets::default(),
            agents: Buckets::default(),
        };
        Self { inner: Arc::new(Inner { settings, places, state: Mutex::new(state) }) }
    }

    /// Lets a new run in: with a place, where there is one and the run could begin, or to wait.
    pub(crate) fn enter(&self, claim: &Claim, could_begin: bool) -> Result<Entry, RunError> {
        let settings = &self.inner.settings;
        let mut state = self.state();
        let full = state.waiting >= settings.max_queued;
        let now = Instant::now();
        self.check_rate(&state, claim, now)?;
        let place = could_begin && state.line.try_enter(claim);
        if !place && full {
            return Err(RunError::Full { running: self.inner.places, waiting: settings.max_queued });
        }
        if let Some(rate) = settings.of_user(&claim.user).rate {
            state.users.take(&claim.user, rate, now);
        }
        if let Some(rate) = settings.of_agent(&claim.agent).rate {
            state.agents.take(&claim.agent, rate, now);
        }
        Ok(self.entry(&mut state, claim, place))
    }

    /// Lets a child in, whose parent was: nobody who waits is refused half of a work.
    pub(crate) fn enter_child(&self, claim: &Claim, could_begin: bool) -> Entry {
        let mut state = self.state();
        let place = could_begin && state.line.try_enter(claim);
        self.entry(&mut state, claim, place)
    }

    fn entry(&self, state: &mut State, claim: &Claim, place: bool) -> Entry {
        if place {
            return Entry::Now(Place { held: Some((self.clone(), claim.clone())) });
        }
        state.waiting += 1;
        Entry::Later(Waits { admission: self.clone(), claim: claim.clone() })
    }

    fn check_rate(&self, state: &State, claim: &Claim, now: Instant) -> Result<(), RunError> {
        let settings = &self.inner.settings;
        let user = settings.of_user(&claim.user).rate.and_then(|rate| {
            let wait = state.users.wait(&claim.user, rate, now)?;
            Some((wait, rate, Limited::User(claim.user.clone())))
        });
        let agent = settings.of_agent(&claim.agent).rate.and_then(|rate| {
            let wait = state.agents.wait(&claim.agent, rate, now)?;
            Some((wait, rate, Limited::Agent(claim.agent.clone())))
        });
        // Whoever comes back after the longer one is let in by both.
        match user.into_iter().chain(agent).max_by_key(|(wait, ..)| *wait) {
            None => Ok(()),
            Some((retry_after, rate, whose)) => {
                Err(RunError::RateLimited { whose, per_minute: rate.per_minute.get(), retry_after })
            }
        }
    }

    /// A place for a run that was let in before, where there is one.
    pub(crate) fn try_place(&self, claim: &Claim) -> Option<Place> {
        let entered = self.state().line.try_enter(claim);
        entered.then(|| Place { held: Some((self.clone(), claim.clone())) })
    }

    /// Waits for a place. Who stops waiting is not in the line any more.
    pub(crate) async fn place(&self, claim: Claim) -> Place {
        let (call, called) = oneshot::channel();
        let _in_line = {
            let mut state = self.state();
            state.line.wait(&claim);
            state.calls.insert(claim.id, call);
            InLine { admission: self, claim }
        };
        self.serve();
        match called.await {
            Ok(place) => place,
            // Its call is given up by itself only.
            Err(_) => std::future::pending().await,
        }
    }

    /// How many go before each run that waits for a place.
    pub(crate) fn positions(&self) -> HashMap<InvocationId, usize> {
        let order = self.state().line.in_order();
        order.into_iter().enumerate().map(|(position, id)| (id, position)).collect()
    }

    /// Gives places to those whose turn it is.
    fn serve(&self) {
        let mut state = self.state();
        while let Some(claim) = state.line.next() {
            let call = state.calls.remove(&claim.id);
            let place = Place { held: Some((self.clone(), claim)) };
            let refused = match call {
                Some(call) => call.send(place).err(),
                None => Some(place),
            };
            // It gave up in this moment. Its place must not be dropped as one: the state is locked here.
            if let Some((_, claim)) = refused.and_then(|mut place| place.held.take()) {
                state.line.release(&claim);
            }
        }
    }

    /// Every change of it is made whole, so a poisoned lock guards whole data.
    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in memory; the next one has it when this is dropped.
pub(crate) struct Place {
    /// None where it was given back already.
    held: Option<(Admission, Claim)>,
}

impl Place {
    /// Lets others have the place for as long as the value lives. Then the run has it again at once, whether there is one or
    /// not: it is in memory all the time, and who waited for others must not wait for more of them.
    pub(crate) fn lend(self: Arc<Self>) -> Lent {
        if let Some((admission, claim)) = &self.held {
            admission.state().line.release(claim);
            admission.serve();
        }
        Lent(self)
    }
}

/// A place that others have meanwhile.
pub(crate) struct Lent(Arc<Place>);

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some((admission, claim)) = &self.0.held {
            admission.state().line.take_back(claim);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((admission, claim)) = self.held.take() {
            admission.state().line.release(&claim);
            admission.serve();
        }
    }
}

/// A new run that waits, counted among those for as long as this lives.
pub(crate) struct Waits {
    admission: Admission,
    claim: Claim,
}

impl Waits {
    /// Waits for a place. To be asked when the run has everything else.
    pub(crate) async fn place(self) -> Place {
        self.admission.place(self.claim.clone()).await
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.admission.state().waiting -= 1;
    }
}

/// Takes a run out of the line when nobody waits for its place any more.
struct InLine<'a> {
    admission: &'a Admission,
    claim: Claim,
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let mut state = self.admission.state();
        if state.calls.remove(&self.claim.id).is_some() {
            state.line.leave(&self.claim);
        }
    }
}
