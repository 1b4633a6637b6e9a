//! The one gate that every host function passes: cancellation and deadline, grant, quota, and only then the effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rak_core::{AgentGrants, Failure, FailureKind, Scope};
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::guest_error::HostStop;
use crate::limits::Limits;

/// How long a guest that was told of its cancellation may take to clean up and return.
pub(crate) const WIND_DOWN: Duration = Duration::from_millis(100);
/// A guest that goes on calling after so many refusals does not listen.
const MAX_REFUSALS: u64 = 1000;

/// What a call needs to be granted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: events and waiting are what a run is.
    #[default]
    Nothing,
    History,
    State(Scope),
}

/// What a call needs, and what it costs of the run's quotas.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) need: Need,
    pub(crate) events: u64,
    pub(crate) event_bytes: u64,
    /// The largest of the events.
    pub(crate) largest_event: u64,
    pub(crate) state_bytes: u64,
}

/// What a run has used; outlives the store.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) host_calls: AtomicU64,
    pub(crate) events: AtomicU64,
    pub(crate) event_bytes: AtomicU64,
    state_bytes: AtomicU64,
    log_lines: AtomicU64,
    refusals: AtomicU64,
}

pub(crate) struct Gate {
    token: CancellationToken,
    deadline: Option<Instant>,
    /// What the agent may do; none while it describes itself.
    grants: Option<Arc<AgentGrants>>,
    limits: Limits,
    counters: Arc<Counters>,
    wind_down: WindDown,
}

/// When the guest was told that it is being stopped. A guest that waited in the host learns it from the call's answer
/// and gets a moment; one that computes is interrupted at once.
#[derive(Clone, Default)]
pub(crate) struct WindDown {
    told: Arc<std::sync::OnceLock<Instant>>,
}

impl WindDown {
    fn tell(&self) {
        self.told.get_or_init(Instant::now);
    }

    /// Until when it may clean up; absent where it was not told.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.told.get().map(|told| *told + WIND_DOWN)
    }
}

/// A refused call: either an answer the guest sees, or the end of the guest.
pub(crate) enum Refusal {
    Failure(Failure),
    Stop(HostStop),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Gate {
    pub(crate) fn new(
        token: CancellationToken,
        deadline: Option<Instant>,
        grants: Option<Arc<AgentGrants>>,
        limits: Limits,
        counters: Arc<Counters>,
        wind_down: WindDown,
    ) -> Self {
        Self { token, deadline, grants, limits, counters, wind_down }
    }

    /// Whether the run is being stopped. Asking is being told.
    pub(crate) fn is_stopping(&self) -> bool {
        let stopping = self.token.is_cancelled();
        if stopping {
            self.wind_down.tell();
        }
        stopping
    }

    /// What is left until the deadline.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Counts a call that is always answered.
    pub(crate) fn count(&self) -> Result<(), HostStop> {
        let calls = self.counters.host_calls.fetch_add(1, Ordering::Relaxed) + 1;
        if calls > self.limits.host_calls {
            let message = format!("the agent called the host more than {} times", self.limits.host_calls);
            return Err(HostStop::limit("host_calls", message));
        }
        Ok(())
    }

    /// Whether another line may go to the log. Says once that no more may.
    pub(crate) fn admit_log_line(&self) -> Result<bool, HostStop> {
        self.count()?;
        if !self.grants.as_ref().is_some_and(|grants| grants.log) {
            return Ok(false);
        }
        let lines = self.counters.log_lines.fetch_add(1, Ordering::Relaxed);
        if lines == self.limits.log_lines {
            tracing::warn!(limit = lines, "the agent logs too much; further lines are dropped");
        }
        Ok(lines < self.limits.log_lines)
    }

    /// The gate before an effect that is done at once.
    pub(crate) fn admit(&self, cost: Cost) -> Result<(), Refusal> {
        self.count().map_err(Refusal::Stop)?;
        self.check(cost).map_err(|failure| {
            let refusals = self.counters.refusals.fetch_add(1, Ordering::Relaxed) + 1;
            if refusals > MAX_REFUSALS {
                let message =
                    format!("the agent went on after {MAX_REFUSALS} refused calls: {}", failure.message);
                return Refusal::Stop(HostStop::limit("refused_calls", message));
            }
            Refusal::Failure(failure)
        })
    }

    fn check(&self, cost: Cost) -> Result<(), Failure> {
        if self.is_stopping() {
            return Err(self.stopped());
        }
        self.check_grant(cost.need)?;
        if cost.largest_event > self.limits.event_bytes {
            return Err(over(
                "event_bytes",
                format!(
                    "an event of {} bytes is too large; {} are allowed",
                    cost.largest_event, self.limits.event_bytes
                ),
            ));
        }
        let counters = &self.counters;
        spend(&counters.events, cost.events, self.limits.events, "events")?;
        spend(&counters.event_bytes, cost.event_bytes, self.limits.events_bytes, "events_bytes")?;
        spend(&counters.state_bytes, cost.state_bytes, self.limits.state_bytes, "state_bytes")
    }

    /// Whether the state of a scope may be read and changed.
    pub(crate) fn grants_state(&self, scope: Scope) -> bool {
        let granted = |grants: &Arc<AgentGrants>| scope == Scope::Temp || grants.state.contains(&scope);
        self.grants.as_ref().is_some_and(granted)
    }

    fn check_grant(&self, need: Need) -> Result<(), Failure> {
        let denied = |message: String| Err(Failure::new(FailureKind::Denied, message));
        let Some(grants) = &self.grants else {
            return denied("nothing is granted while an agent describes itself".into());
        };
        match need {
            Need::History if !grants.history => denied(
                "the agent may not read the session's history: its agent.toml has no `history = true` in [grants]"
                    .into(),
            ),
            Need::State(scope) if !self.grants_state(scope) => denied(format!(
                "the agent may not use {} state: its agent.toml does not name it in `state` of [grants]",
                scope.as_str()
            )),
            _ => Ok(()),
        }
    }

    /// The gate before an effect that takes time: it is given up when the run is stopped.
    pub(crate) async fn pass<T>(
        &self,
        cost: Cost,
        effect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Refusal> {
        self.admit(cost)?;
        tokio::select! {
            biased;
            answer = effect => Ok(answer?),
            () = self.token.cancelled() => {
                self.wind_down.tell();
                Err(self.stopped().into())
            }
        }
    }

    fn stopped(&self) -> Failure {
        match self.deadline {
            Some(deadline) if deadline <= Instant::now() => {
                Failure::new(FailureKind::DeadlineExceeded, "the run's time is over: clean up and return")
            }
            _ => Failure::new(FailureKind::Cancelled, "the run is being cancelled: clean up and return"),
        }
    }
}

fn spend(counter: &AtomicU64, amount: u64, limit: u64, what: &'static str) -> Result<(), Failure> {
    if amount == 0 {
        return Ok(());
    }
    let used = counter.load(Ordering::Relaxed).saturating_add(amount);
    if used > limit {
        return Err(over(what, format!("the run's limit of {limit} {} is reached", what.replace('_', " "))));
    }
    counter.store(used, Ordering::Relaxed);
    Ok(())
}

fn over(limit: &str, message: String) -> Failure {
    Failure { details: Some(json!({"limit": limit})), ..Failure::new(FailureKind::LimitExceeded, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(grants: Option<AgentGrants>, limits: Limits) -> Gate {
        let grants = grants.map(Arc::new);
        Gate::new(CancellationToken::new(), None, grants, limits, Arc::default(), WindDown::default())
    }

    #[test]
    fn what_is_not_granted_is_denied_and_the_rest_is_not() {
        let grants =
            AgentGrants { history: false, state: vec![Scope::User], log: false, ..AgentGrants::default() };
        let gate = gate(Some(grants), Limits::default());
        let asked = |need| kind(gate.admit(Cost { need, ..Cost::default() }));
        for need in [Need::Nothing, Need::State(Scope::User), Need::State(Scope::Temp)] {
            assert_eq!(asked(need), None, "{need:?}");
        }
        for need in [Need::History, Need::State(Scope::Session), Need::State(Scope::App)] {
            assert_eq!(asked(need), Some(FailureKind::Denied), "{need:?}");
        }
        assert!(matches!(gate.admit_log_line(), Ok(false)));
    }

    fn kind(result: Result<(), Refusal>) -> Option<FailureKind> {
        match result {
            Err(Refusal::Failure(failure)) => Some(failure.kind),
            _ => None,
        }
    }

    #[tokio::test]
    async fn cancellation_comes_before_everything_else() {
        let gate = gate(None, Limits::default());
        assert_eq!(kind(gate.admit(Cost::default())), Some(FailureKind::Denied));
        gate.token.cancel();
        assert!(gate.wind_down.until().is_none());
        assert_eq!(kind(gate.admit(Cost::default())), Some(FailureKind::Cancelled));
        assert!(gate.wind_down.until().is_some());
    }

    #[tokio::test]
    async fn a_wait_is_cut_and_its_effect_dropped() {
        let gate = gate(Some(AgentGrants::default()), Limits::default());
        gate.token.cancel();
        let never = std::future::pending::<Result<(), Failure>>();
        assert!(matches!(gate.pass(Cost::default(), never).await, Err(Refusal::Failure(_))));
    }

    #[tokio::test]
    async fn a_quota_refuses_and_then_ends_who_does_not_listen() {
        let gate = gate(Some(AgentGrants::default()), Limits { events: 2, ..Limits::default() });
        let one = Cost { events: 1, ..Cost::default() };
        assert!(gate.admit(one).is_ok() && gate.admit(one).is_ok());
        for _ in 0..MAX_REFUSALS {
            assert_eq!(kind(gate.admit(one)), Some(FailureKind::LimitExceeded));
        }
        assert!(matches!(gate.admit(one), Err(Refusal::Stop(_))));
        assert!(gate.admit(Cost::default()).is_ok(), "other calls still pass");
    }
}
