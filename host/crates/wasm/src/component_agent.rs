//! An agent that is a component: one shared `InstancePre`, a store for each run.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use rak_core::{
    Agent, AgentDescriptor, AgentError, AgentGrants, AgentOutcome, AgentRun, AppName, CodeTier, Content,
    Durability, Environment, Failure, JournalLimits, Pinning, RunHost, Usage,
};
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use wasmtime::{Store, UpdateDeadline};

use crate::bindings::{Agent as Instance, AgentPre};
use crate::convert;
use crate::engine::WasmEngine;
use crate::gate::{Counters, Gate, PutAway, Stops, WindDown};
use crate::guest_error::{self, HostStop};
use crate::limits::{Limits, MemoryGauge, MemoryLimiter};
use crate::loader::{Code, ComponentFacts, LoadedComponent};
use crate::output::Output;
use crate::scheduler::Share;
use crate::state::GuestState;
use crate::timeline::Timeline;

/// The code of a failure that an SDK made of an exception which nothing caught.
const EXCEPTION: &str = "exception";
/// Where its details have the stack.
const STACK: &str = "stack";
/// More of a stack is not logged.
const MAX_STACK_CHARACTERS: usize = 8 << 10;

/// What an agent is served with, beside its component.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentSettings {
    /// Which version this is; the component's digest where absent.
    pub version: Option<String>,
    /// What it does, where it is not what the component says.
    pub description: Option<String>,
    /// What one run may use.
    pub limits: Limits,
    /// What it may do.
    pub grants: AgentGrants,
    /// Values the agent reads with `context.config`.
    pub config: Map<String, Value>,
    /// Its environment.
    pub environment: Environment,
    /// Whether its sessions stay on this version.
    pub pinning: Pinning,
    /// Whether its runs survive the process.
    pub durability: Durability,
}

/// An agent that is a component.
pub struct ComponentAgent {
    name: AppName,
    version: String,
    descriptor: AgentDescriptor,
    described: AgentDescriptor,
    facts: ComponentFacts,
    pinning: Pinning,
    durability: Durability,
    /// What new runs begin with.
    code: ArcSwap<Code>,
    template: Template,
}

impl ComponentAgent {
    /// An agent of a loaded component, served under a name.
    pub fn new(engine: &WasmEngine, name: AppName, loaded: LoadedComponent, settings: AgentSettings) -> Self {
        let described = loaded.descriptor;
        let mut descriptor = described.clone();
        if let Some(description) = settings.description {
            descriptor.description = description;
        }
        let template = Template {
            engine: engine.clone(),
            limits: settings.limits,
            grants: Arc::new(settings.grants),
            config: Arc::new(settings.config),
            environment: Arc::new(settings.environment),
        };
        let version = settings.version.unwrap_or(loaded.digest);
        let code = ArcSwap::from_pointee(loaded.code);
        Self {
            name,
            version,
            descriptor,
            described,
            facts: loaded.facts,
            pinning: settings.pinning,
            durability: settings.durability,
            code,
            template,
        }
    }

    /// The code that new runs begin with.
    pub fn tier(&self) -> CodeTier {
        self.code.load().tier
    }

    /// The code itself, for another version of the same component.
    pub fn code(&self) -> Code {
        Code::clone(&self.code.load())
    }

    /// What the component says of itself, whatever the settings say.
    pub fn described(&self) -> &AgentDescriptor {
        &self.described
    }

    /// What is in the component.
    pub fn facts(&self) -> &ComponentFacts {
        &self.facts
    }

    /// Takes other code of the same component for new runs; those in progress keep theirs.
    pub fn replace_code(&self, code: Code) {
        self.code.store(Arc::new(code));
    }

    /// What one run may use.
    pub fn limits(&self) -> &Limits {
        &self.template.limits
    }

    /// What it may do.
    pub fn grants(&self) -> &AgentGrants {
        &self.template.grants
    }
}

#[async_trait]
impl Agent for ComponentAgent {
    fn name(&self) -> &AppName {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }

    fn wall_time_limit(&self) -> Option<Duration> {
        Some(self.template.limits.wall_time())
    }

    fn durable(&self) -> Option<JournalLimits> {
        let limits = &self.template.limits;
        let limits = JournalLimits { entries: limits.journal_entries, bytes: limits.journal_bytes };
        (self.durability == Durability::Journal).then_some(limits)
    }

    fn pins_sessions(&self) -> bool {
        self.pinning == Pinning::Session
    }

    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let pre = self.code.load().pre.clone();
        let journal = run.host.journal().cloned();
        let guest = Guest::new(self.template.clone(), pre, &self.name, Some(run.host));
        let probe = guest.probe();
        let max_bytes = self.template.limits.event_bytes;
        let result = guest.execute(Call::Run(run.input)).await.and_then(|answer| match answer {
            Answer::Outcome(outcome) => checked(outcome, max_bytes),
            Answer::Descriptor(_) => Err(AgentError::Unavailable { message: "the host failed".into() }),
        });
        let result = match (result, journal.and_then(|journal| journal.left_over())) {
            // It did less than it had done.
            (Ok(_) | Err(AgentError::Failed(_)), Some(difference)) => Err(difference.into()),
            (result, _) => result,
        };
        (result, probe.usage())
    }
}

/// The answer is an event too, and as large as an event may be.
fn checked(outcome: AgentOutcome, max_bytes: u64) -> Result<AgentOutcome, AgentError> {
    match outcome.content.as_ref().map(convert::content_bytes) {
        Some(bytes) if bytes > max_bytes => Err(AgentError::LimitExceeded {
            limit: "event_bytes",
            message: format!("the agent's answer has {bytes} bytes; {max_bytes} are allowed"),
        }),
        _ => Ok(outcome),
    }
}

/// What all runs of a component share.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) engine: WasmEngine,
    pub(crate) limits: Limits,
    pub(crate) grants: Arc<AgentGrants>,
    pub(crate) config: Arc<Map<String, Value>>,
    pub(crate) environment: Arc<Environment>,
}

/// What to call.
pub(crate) enum Call {
    Describe,
    Run(Content),
}

/// What it answered.
pub(crate) enum Answer {
    Descriptor(AgentDescriptor),
    Outcome(AgentOutcome),
}

/// One guest, from its store to its answer.
pub(crate) struct Guest {
    template: Template,
    pre: AgentPre<GuestState>,
    host: Option<Arc<dyn RunHost>>,
    pub(crate) token: CancellationToken,
    share: Share,
    counters: Arc<Counters>,
    memory: MemoryGauge,
    wind_down: WindDown,
    output: Output,
    timeline: Timeline,
    put_away: PutAway,
}

/// Reads what a guest used, also when it is gone.
struct Probe {
    share: Share,
    counters: Arc<Counters>,
    memory: MemoryGauge,
}

impl Probe {
    fn usage(&self) -> Usage {
        Usage {
            cpu_micros: u64::try_from(self.share.meter().total().as_micros()).unwrap_or(u64::MAX),
            peak_memory_bytes: self.memory.peak(),
            // For how long is known to whoever gave it its place.
            memory_byte_seconds: 0,
            host_calls: self.counters.host_calls.load(Ordering::Relaxed),
            events: self.counters.events.load(Ordering::Relaxed),
            event_bytes: self.counters.event_bytes.load(Ordering::Relaxed),
            model_calls: self.counters.models.calls.load(Ordering::Relaxed),
            input_tokens: self.counters.models.input_tokens.load(Ordering::Relaxed),
            output_tokens: self.counters.models.output_tokens.load(Ordering::Relaxed),
            model_cost_micros: self.counters.models.cost_micros.load(Ordering::Relaxed),
        }
    }
}

impl Guest {
    /// A guest for one call; without a host nothing is granted to it.
    pub(crate) fn new(
        template: Template,
        pre: AgentPre<GuestState>,
        name: &AppName,
        host: Option<Arc<dyn RunHost>>,
    ) -> Self {
        let label = match &host {
            Some(host) => host.info().id.to_string(),
            None => "describe".to_owned(),
        };
        let timeline = Timeline::new(host.as_ref().and_then(|host| host.journal()).cloned());
        let output = Output::new(label, name.clone(), template.limits.output_bytes, timeline.clone());
        Self {
            token: host.as_ref().map(|host| host.token().clone()).unwrap_or_default(),
            put_away: PutAway::of(host.as_ref()),
            timeline,
            host,
            share: template.engine.scheduler().share(),
            counters: Arc::default(),
            memory: MemoryGauge::default(),
            wind_down: WindDown::default(),
            output,
            pre,
            template,
        }
    }

    fn probe(&self) -> Probe {
        Probe { share: self.share.clone(), counters: self.counters.clone(), memory: self.memory.clone() }
    }

    /// Runs the call on the guests' threads. When the token is cancelled this returns soon: a guest that computes is
    /// interrupted, one that waits in the host is told and has a moment, one that waits elsewhere is dropped.
    pub(crate) async fn execute(self, call: Call) -> Result<Answer, AgentError> {
        // A future holds what it was given more than once.
        let guest = Box::new(self);
        let (token, put_away) = (guest.token.clone(), guest.put_away.clone());
        let engine = guest.template.engine.clone();
        let task = engine.scheduler().spawn(guest.run_to_end(call));
        tokio::pin!(task);
        let ended = tokio::select! {
            biased;
            ended = &mut task => ended,
            () = token.cancelled() => {
                // The next instruction that looks at the epoch sees the token, without waiting for the ticker.
                engine.bump();
                task.await
            }
            () = put_away.asked() => {
                engine.bump();
                task.await
            }
        };
        ended.unwrap_or_else(|error| {
            tracing::error!(%error, "the host panicked while it ran a guest");
            Err(AgentError::Unavailable { message: "the host failed".into() })
        })
    }

    async fn run_to_end(self: Box<Self>, call: Call) -> Result<Answer, AgentError> {
        if self.token.is_cancelled() {
            return Err(AgentError::Stopped);
        }
        let work = self.share.run(Box::pin(self.call(call)));
        let result = tokio::select! {
            biased;
            result = work => result,
            () = self.stopped() => Err(wasmtime::Error::new(HostStop::Stopped)),
            () = self.put_away.asked() => Err(wasmtime::Error::new(HostStop::PutAway(None))),
        };
        self.output.finish();
        match result {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(error = %format_args!("{error:?}"), "a guest ended early");
                Err(guest_error::explain(
                    &error,
                    &self.memory,
                    &self.output,
                    self.template.limits.memory_bytes,
                ))
            }
        }
    }

    /// Returns when the run was stopped and the guest has had its moment, if it was told.
    async fn stopped(&self) {
        self.token.cancelled().await;
        // The guest is polled once more: if it waits in the host, that tells it.
        tokio::task::yield_now().await;
        if let Some(until) = self.wind_down.until() {
            sleep_until(until).await;
        }
    }

    async fn call(&self, call: Call) -> wasmtime::Result<Result<Answer, AgentError>> {
        let mut store = self.store();
        let instance: Instance = self.pre.instantiate_async(&mut store).await?;
        let entry = instance.rak_agent_entry();
        let failed = |failure| AgentError::Failed(failure);
        Ok(match call {
            Call::Describe => {
                let descriptor = entry.call_describe(&mut store).await?;
                convert::descriptor_from_wit(descriptor).map(Answer::Descriptor).map_err(failed)
            }
            Call::Run(input) => match entry.call_run(&mut store, &convert::content_to_wit(input)).await? {
                Ok(outcome) => convert::outcome_from_wit(outcome).map(Answer::Outcome).map_err(failed),
                Err(failure) => {
                    let mut failure = convert::failure_from_wit(failure);
                    self.log_stack(&mut failure);
                    Err(failed(failure))
                }
            },
        })
    }

    /// The stack of an exception is the operator's to read, and nobody else's.
    fn log_stack(&self, failure: &mut Failure) {
        if failure.code.as_deref() != Some(EXCEPTION) {
            return;
        }
        let Some(Value::Object(details)) = &mut failure.details else { return };
        let Some(Value::String(stack)) = details.remove(STACK) else { return };
        if details.is_empty() {
            failure.details = None;
        }
        if let Some(host) = &self.host {
            let info = host.info();
            let (run, agent) = (info.id, &info.session.app_name);
            let stack: String = stack.trim_end().chars().take(MAX_STACK_CHARACTERS).collect();
            tracing::error!(target: "rak::guest", %run, %agent, "{}\n{stack}", failure.message);
        }
    }

    fn store(&self) -> Store<GuestState> {
        let limits = self.template.limits;
        let stops = Stops {
            token: self.token.clone(),
            deadline: self.host.as_ref().and_then(|host| host.deadline()).map(Instant::from_std),
            wind_down: self.wind_down.clone(),
            put_away: self.put_away.clone(),
        };
        let grants = self.host.is_some().then(|| self.template.grants.clone());
        let gate = Gate::new(stops, grants, limits, self.counters.clone(), self.timeline.clone());
        let limiter = MemoryLimiter::new(limits, self.memory.clone());
        let state = GuestState::new(self.host.clone(), gate, &self.template, limiter, &self.output);
        let mut store = Store::new(self.pre.engine(), state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(usize::try_from(limits.host_call_bytes).unwrap_or(usize::MAX));
        store.set_epoch_deadline(1);
        let (token, share, wind_down) = (self.token.clone(), self.share.clone(), self.wind_down.clone());
        let put_away = self.put_away.clone();
        store.epoch_deadline_callback(move |_| {
            if put_away.is_asked() {
                return Err(wasmtime::Error::new(HostStop::PutAway(None)));
            }
            on_tick(&token, &wind_down, &share, limits)
        });
        store
    }
}

/// What happens to a guest that computes when the epoch moves: it ends, goes on, or lets others go first.
fn on_tick(
    token: &CancellationToken,
    wind_down: &WindDown,
    share: &Share,
    limits: Limits,
) -> wasmtime::Result<UpdateDeadline> {
    if token.is_cancelled() {
        return match wind_down.until() {
            Some(until) if Instant::now() < until => Ok(UpdateDeadline::Continue(1)),
            _ => Err(wasmtime::Error::new(HostStop::Stopped)),
        };
    }
    if share.meter().now() > limits.cpu_time() {
        let message = format!("the agent used more than its {} ms of processor time", limits.cpu_time_ms);
        return Err(wasmtime::Error::new(HostStop::limit("cpu_time", message)));
    }
    if share.slice_is_over() {
        return Ok(UpdateDeadline::YieldCustom(1, Box::pin(share.wait_for_turn())));
    }
    Ok(UpdateDeadline::Continue(1))
}
