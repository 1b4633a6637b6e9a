//! The one gate that every host function passes: cancellation and deadline, grant, quota, and only then the effect.

mod waits;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use rak_core::{AgentGrants, AppName, Failure, FailureKind, HttpPattern, ModelUsage, RunHost, Scope};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::guest_error::HostStop;
use crate::limits::Limits;
use crate::timeline::{Call, Recalled, Timeline};

pub(crate) use waits::{Question, WaitingFor};

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
    People,
    State(Scope),
    Artifacts(Scope),
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
    /// Whether a model is asked; what that costs shows with its answer.
    pub(crate) asks_model: bool,
}

impl Cost {
    pub(crate) fn of_a_model() -> Self {
        Self { asks_model: true, ..Self::default() }
    }
}

/// What a run has used; outlives the store.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) host_calls: AtomicU64,
    pub(crate) events: AtomicU64,
    pub(crate) event_bytes: AtomicU64,
    pub(crate) models: ModelCounters,
    state_bytes: AtomicU64,
    log_lines: AtomicU64,
    refusals: AtomicU64,
}

/// What models did for it.
#[derive(Default)]
pub(crate) struct ModelCounters {
    pub(crate) calls: AtomicU64,
    pub(crate) input_tokens: AtomicU64,
    pub(crate) output_tokens: AtomicU64,
    pub(crate) cost_micros: AtomicU64,
}

impl ModelCounters {
    /// Counts what a model cost.
    pub(crate) fn add(&self, usage: &ModelUsage) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.input_tokens.fetch_add(usage.input_tokens, Ordering::Relaxed);
        self.output_tokens.fetch_add(usage.output_tokens, Ordering::Relaxed);
        self.cost_micros.fetch_add(usage.cost_micros, Ordering::Relaxed);
    }

    fn tokens(&self) -> u64 {
        self.input_tokens.load(Ordering::Relaxed).saturating_add(self.output_tokens.load(Ordering::Relaxed))
    }
}

pub(crate) struct Gate {
    stops: Stops,
    /// What the agent may do; none while it describes itself.
    grants: Option<Arc<AgentGrants>>,
    limits: Limits,
    counters: Arc<Counters>,
    pub(crate) timeline: Timeline,
}

/// What ends a run, or its stay in memory, from outside.
#[derive(Clone, Default)]
pub(crate) struct Stops {
    pub(crate) token: CancellationToken,
    pub(crate) deadline: Option<Instant>,
    pub(crate) wind_down: WindDown,
    pub(crate) put_away: PutAway,
}

/// When a run gives up its memory although it is not over.
#[derive(Clone, Default)]
pub(crate) struct PutAway {
    token: CancellationToken,
    /// A longer wait puts it away; none where it is not durable.
    longest_wait: Option<Duration>,
    /// Who stores the journal; none where there is none.
    keeper: Option<Arc<dyn RunHost>>,
    /// How many calls of tools and models are under way.
    under_way: Arc<AtomicUsize>,
    /// How many of them may not be cut off, because they may not be made twice.
    held: watch::Sender<usize>,
}

/// A call of a tool, as long as it is under way.
pub(crate) struct UnderWay {
    put_away: PutAway,
    holds: bool,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.put_away.under_way.fetch_sub(1, Ordering::Relaxed);
        if self.holds {
            self.put_away.held.send_modify(|held| *held -= 1);
        }
    }
}

impl PutAway {
    pub(crate) fn of(host: Option<&Arc<dyn RunHost>>) -> Self {
        let durable = host.filter(|host| host.journal().is_some());
        durable.map_or_else(Self::default, |host| Self {
            token: host.put_away().cloned().unwrap_or_default(),
            longest_wait: Some(host.longest_wait_in_memory()),
            keeper: Some(host.clone()),
            ..Self::default()
        })
    }

    /// Returns when the run is to be put away, and may be.
    pub(crate) async fn asked(&self) {
        self.token.cancelled().await;
        let _ = self.held.subscribe().wait_for(|held| *held == 0).await;
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.token.is_cancelled() && *self.held.borrow() == 0
    }

    /// A call of a tool is under way. Where it may not be made twice, the run is not put away before its end.
    pub(crate) fn calls_tool(&self, repeatable: bool) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        if !repeatable {
            self.held.send_modify(|held| *held += 1);
        }
        UnderWay { put_away: self.clone(), holds: !repeatable }
    }
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

impl From<HostStop> for Refusal {
    fn from(stop: HostStop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Gate {
    pub(crate) fn new(
        stops: Stops,
        grants: Option<Arc<AgentGrants>>,
        limits: Limits,
        counters: Arc<Counters>,
        timeline: Timeline,
    ) -> Self {
        Self { stops, grants, limits, counters, timeline }
    }

    /// Whether the run is being stopped. Asking is being told.
    fn is_stopping(&self) -> bool {
        let stopping = self.stops.token.is_cancelled();
        if stopping {
            self.stops.wind_down.tell();
        }
        stopping
    }

    /// The answer of `is-cancelled`.
    pub(crate) fn tells_cancelled(&self) -> Result<bool, HostStop> {
        self.count()?;
        let recalled = self.timeline.recall_unusual("context.is-cancelled")?;
        if let Recalled::Unusual(answer) = recalled {
            return answer.map_err(journal_full);
        }
        let stopping = self.is_stopping();
        if stopping && matches!(recalled, Recalled::New) {
            self.timeline.note_unusual("context.is-cancelled", Ok(&true)).map_err(journal_full)?;
        }
        Ok(stopping)
    }

    /// Whether something that ends at any time is over: told again as it was told.
    pub(crate) fn tells_ready(&self, is_over: impl FnOnce() -> bool) -> Result<bool, HostStop> {
        const NAME: &str = "wait.ready";
        match self.timeline.recall_unusual::<bool>(NAME)? {
            Recalled::Unusual(answer) => return answer.map_err(journal_full),
            Recalled::Usual => return Ok(false),
            Recalled::New => {}
        }
        let over = is_over();
        if over {
            self.timeline.note_unusual(NAME, Ok(&true)).map_err(journal_full)?;
        }
        Ok(over)
    }

    /// What is left until the deadline, in milliseconds.
    pub(crate) fn remaining_ms(&self) -> Result<Option<u64>, HostStop> {
        self.count()?;
        let call = Call::new("context.remaining-ms", "", &());
        if let Some(answer) = self.timeline.recall(&call)? {
            return answer.map_err(journal_full);
        }
        let left = self.stops.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let left = left.map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
        self.timeline.note(call, Ok(&left), None).map_err(journal_full)?;
        Ok(left)
    }

    /// Which attempt this is. What was done in an earlier one is repeated with its number.
    pub(crate) fn attempt(&self, attempt: u32) -> Result<u32, HostStop> {
        const NAME: &str = "context.get";
        match self.timeline.recall_unusual(NAME)? {
            Recalled::Unusual(answer) => return answer.map_err(journal_full),
            Recalled::Usual => return Ok(1),
            Recalled::New => {}
        }
        if attempt > 1 {
            self.timeline.note_unusual(NAME, Ok(&attempt)).map_err(journal_full)?;
        }
        Ok(attempt)
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
        if cost.asks_model && counters.models.tokens() >= self.limits.model_tokens {
            let limit = self.limits.model_tokens;
            return Err(over(
                "model_tokens",
                format!("the run's limit of {limit} tokens of models is reached"),
            ));
        }
        spend(&counters.events, cost.events, self.limits.events, "events")?;
        spend(&counters.event_bytes, cost.event_bytes, self.limits.events_bytes, "events_bytes")?;
        spend(&counters.state_bytes, cost.state_bytes, self.limits.state_bytes, "state_bytes")
    }

    /// Whether the state of a scope may be read and changed.
    pub(crate) fn grants_state(&self, scope: Scope) -> bool {
        let granted = |grants: &Arc<AgentGrants>| scope == Scope::Temp || grants.state.contains(&scope);
        self.grants.as_ref().is_some_and(granted)
    }

    /// Whether an agent may be called.
    pub(crate) fn grants_agent(&self, agent: &AppName) -> bool {
        let named = |name: &String| name == "*" || name == agent.as_str();
        self.grants.as_ref().is_some_and(|grants| grants.agents.iter().any(named))
    }

    /// Whether some tool of an MCP server may be called.
    pub(crate) fn grants_tools_of_servers(&self) -> bool {
        let is_one = |pattern: &String| pattern.starts_with("mcp") || pattern.starts_with('*');
        self.grants.as_ref().is_some_and(|grants| grants.tools.iter().any(is_one))
    }

    /// Whether a tool may be called.
    pub(crate) fn grants_tool(&self, tool: &str) -> bool {
        self.grants.as_ref().is_some_and(|grants| grants.tools.iter().any(|pattern| matches(pattern, tool)))
    }

    /// Whether the agent's manifest wants a person to be asked before a tool is called.
    pub(crate) fn asks_before(&self, tool: &str) -> bool {
        let ask = |grants: &Arc<AgentGrants>| grants.ask_before.iter().any(|pattern| matches(pattern, tool));
        self.grants.as_ref().is_some_and(ask)
    }

    /// Whether a model may be asked.
    pub(crate) fn grants_model(&self, model: &str) -> bool {
        self.grants.as_ref().is_some_and(|grants| grants.models.iter().any(|pattern| matches(pattern, model)))
    }

    /// The model that the agent's manifest begins with, where that is one and no pattern.
    pub(crate) fn first_model(&self) -> Option<&str> {
        let first = self.grants.as_ref()?.models.first()?;
        (!first.contains(['*', '?', '[', '{'])).then_some(first.as_str())
    }

    /// Where HTTP may go.
    pub(crate) fn http_places(&self) -> Arc<[HttpPattern]> {
        self.grants.as_ref().map(|grants| grants.http.as_slice()).unwrap_or_default().into()
    }

    /// Whether a credential of the settings may be used.
    pub(crate) fn grants_credential(&self, name: &str) -> bool {
        let is_named = |pattern: &String| matches(pattern, name);
        self.grants.as_ref().is_some_and(|grants| grants.credentials.iter().any(is_named))
    }

    /// Whether the artifacts of a scope may be used.
    pub(crate) fn grants_artifacts(&self, scope: Scope) -> bool {
        self.grants.as_ref().is_some_and(|grants| grants.artifacts.contains(&scope))
    }

    /// What the agent may do.
    pub(crate) fn grants(&self) -> Arc<AgentGrants> {
        self.grants.clone().unwrap_or_default()
    }

    /// Counts what a model cost.
    pub(crate) fn uses_model(&self, usage: &ModelUsage) {
        self.counters.models.add(usage);
    }

    /// What the run has used, for what is counted when the store is gone.
    pub(crate) fn counters(&self) -> Arc<Counters> {
        self.counters.clone()
    }

    /// Whether so many more events may be sent.
    pub(crate) fn has_room_for_events(&self, events: u64, bytes: u64) -> Result<(), Failure> {
        room(&self.counters.events, events, self.limits.events, "events")?;
        room(&self.counters.event_bytes, bytes, self.limits.events_bytes, "events_bytes")?;
        Ok(())
    }

    /// Counts events that were sent, or were sent when the run came here first.
    pub(crate) fn uses_events(&self, events: u64, bytes: u64) {
        self.counters.events.fetch_add(events, Ordering::Relaxed);
        self.counters.event_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What puts the run away.
    pub(crate) fn put_away(&self) -> &PutAway {
        &self.stops.put_away
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
            Need::People if !grants.people => denied(
                "the agent may not ask people: its agent.toml has no `people = true` in [grants]".into(),
            ),
            Need::State(scope) if !self.grants_state(scope) => denied(format!(
                "the agent may not use {} state: its agent.toml does not name it in `state` of [grants]",
                scope.as_str()
            )),
            Need::Artifacts(scope) if !self.grants_artifacts(scope) => denied(format!(
                "the agent may not use artifacts of the {}: its agent.toml does not name it in `artifacts` of [grants]",
                scope.as_str()
            )),
            _ => Ok(()),
        }
    }

    /// An effect that is done at once, and repeated by its answer.
    pub(crate) fn answer_now<T: Serialize + DeserializeOwned>(
        &self,
        call: Call,
        cost: Cost,
        effect: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Refusal> {
        self.admit_call(&call, cost)?;
        if let Some(answer) = self.timeline.recall(&call)? {
            return Ok(answer?);
        }
        let answer = effect();
        self.timeline.note(call, answer.as_ref(), None)?;
        Ok(answer?)
    }

    /// An effect that takes time, and is repeated by its answer.
    pub(crate) async fn answer_soon<T: Serialize + DeserializeOwned>(
        &self,
        call: Call,
        cost: Cost,
        effect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Refusal> {
        self.admit_call(&call, cost)?;
        if let Some(answer) = self.timeline.recall(&call)? {
            return Ok(answer?);
        }
        let answer = self.beside_the_tokens(effect).await;
        match &answer {
            Ok(value) => self.timeline.note(call, Ok(value), None)?,
            Err(Refusal::Failure(failure)) => self.timeline.note::<T>(call, Err(failure), None)?,
            Err(Refusal::Stop(_)) => {}
        }
        answer
    }

    /// The gate before an effect that takes time: it is given up when the run is stopped or put away.
    pub(crate) async fn pass<T>(
        &self,
        cost: Cost,
        effect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Refusal> {
        self.admit(cost)?;
        self.beside_the_tokens(effect).await
    }

    /// A read that gives the same again when the run is repeated, unless it failed.
    pub(crate) async fn read_unchanging<T>(
        &self,
        name: &'static str,
        cost: Cost,
        effect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Refusal> {
        self.admit(cost)?;
        let recalled = self.timeline.recall_unusual::<()>(name)?;
        if let Recalled::Unusual(Err(failure)) = recalled {
            return Err(failure.into());
        }
        let replaying = !matches!(recalled, Recalled::New);
        let answer = self.beside_the_tokens(effect).await;
        if let Err(Refusal::Failure(failure)) = &answer {
            if replaying && !self.stops.token.is_cancelled() {
                let message = format!("the run could not be repeated: {}", failure.message);
                return Err(HostStop::Unavailable { message }.into());
            }
            if !replaying {
                self.timeline.note_unusual::<()>(name, Err(failure))?;
            }
        }
        answer
    }

    async fn beside_the_tokens<T>(
        &self,
        effect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Refusal> {
        let mut effect = std::pin::pin!(effect);
        tokio::select! {
            biased;
            answer = &mut effect => Ok(answer?),
            () = self.stops.token.cancelled() => {
                self.stops.wind_down.tell();
                Err(self.stopped().into())
            }
            // What the run was not to be put away before may have come since the effect was looked at.
            () = self.stops.put_away.asked() => match effect.now_or_never() {
                Some(answer) => Ok(answer?),
                None => Err(HostStop::PutAway(None).into()),
            },
        }
    }

    /// An emission that is stored, or was stored when the run is repeated.
    pub(crate) async fn emit(
        &self,
        call: Call,
        cost: Cost,
        host: &dyn RunHost,
        emissions: Vec<rak_core::Emission>,
    ) -> Result<u64, Refusal> {
        self.admit_call(&call, cost)?;
        let recalled = self.timeline.recall(&call).inspect_err(|_| host.emits_otherwise(&emissions));
        if let Some(answer) = recalled? {
            let seq = answer?;
            host.emits_again(&emissions);
            host.emitted_before();
            return Ok(seq);
        }
        let entry = self.timeline.journal().map(|_| self.timeline.entry(call.clone()));
        if let Some(entry) = &entry {
            self.timeline.see(entry.at);
        }
        let mut failed = false;
        let effect = async { host.emit_recorded(emissions, entry).await.inspect_err(|_| failed = true) };
        let answer = self.beside_the_tokens(effect).await;
        if failed && let Err(Refusal::Failure(failure)) = &answer {
            self.timeline.note::<u64>(call, Err(failure), None)?;
        }
        answer
    }

    /// Like [`admit`](Self::admit), and keeps that the run was being stopped.
    fn admit_call(&self, call: &Call, cost: Cost) -> Result<(), Refusal> {
        if self.stops.put_away.is_asked() && !self.timeline.is_replaying() {
            return Err(HostStop::PutAway(None).into());
        }
        let refused = self.admit(cost);
        if let Err(Refusal::Failure(failure)) = &refused
            && self.stops.token.is_cancelled()
            && !self.timeline.is_replaying()
        {
            self.timeline.note::<()>(call.clone(), Err(failure), None)?;
        }
        refused
    }

    fn stopped(&self) -> Failure {
        match self.stops.deadline {
            Some(deadline) if deadline <= Instant::now() => {
                Failure::new(FailureKind::DeadlineExceeded, "the run's time is over: clean up and return")
            }
            _ => Failure::new(FailureKind::Cancelled, "the run is being cancelled: clean up and return"),
        }
    }
}

/// Whether a name is one of a pattern, in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    globset::Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

fn spend(counter: &AtomicU64, amount: u64, limit: u64, what: &'static str) -> Result<(), Failure> {
    if amount == 0 {
        return Ok(());
    }
    counter.store(room(counter, amount, limit, what)?, Ordering::Relaxed);
    Ok(())
}

/// What is used with so much more of it, where that is not too much.
fn room(counter: &AtomicU64, amount: u64, limit: u64, what: &'static str) -> Result<u64, Failure> {
    let used = counter.load(Ordering::Relaxed).saturating_add(amount);
    if used > limit {
        return Err(over(what, format!("the run's limit of {limit} {} is reached", what.replace('_', " "))));
    }
    Ok(used)
}

/// The end of a guest whose call has no way to say that the journal is full.
pub(crate) fn journal_full(failure: Failure) -> HostStop {
    HostStop::limit("journal", failure.message)
}

fn over(limit: &str, message: String) -> Failure {
    Failure { details: Some(json!({"limit": limit})), ..Failure::new(FailureKind::LimitExceeded, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(grants: Option<AgentGrants>, limits: Limits) -> Gate {
        Gate::new(Stops::default(), grants.map(Arc::new), limits, Arc::default(), Timeline::new(None))
    }

    #[test]
    fn what_is_not_granted_is_denied_and_the_rest_is_not() {
        let grants = AgentGrants {
            state: vec![Scope::User],
            history: false,
            people: false,
            log: false,
            ..AgentGrants::default()
        };
        let gate = gate(Some(grants), Limits::default());
        let asked = |need| kind(gate.admit(Cost { need, ..Cost::default() }));
        for need in [Need::Nothing, Need::State(Scope::User), Need::State(Scope::Temp)] {
            assert_eq!(asked(need), None, "{need:?}");
        }
        for need in [Need::History, Need::People, Need::State(Scope::Session), Need::State(Scope::App)] {
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
        gate.stops.token.cancel();
        assert!(gate.stops.wind_down.until().is_none());
        assert_eq!(kind(gate.admit(Cost::default())), Some(FailureKind::Cancelled));
        assert!(gate.stops.wind_down.until().is_some());
    }

    #[tokio::test]
    async fn a_wait_is_cut_and_its_effect_dropped() {
        let gate = gate(Some(AgentGrants::default()), Limits::default());
        gate.stops.token.cancel();
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
