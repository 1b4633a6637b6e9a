//! An agent that is a component: one shared `InstancePre`, a store for each run.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use rak_core::{
    Agent, AgentDescriptor, AgentError, AgentOutcome, AgentRun, AppName, Content, RunHost, Usage,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use wasmtime::{Store, UpdateDeadline};

use crate::bindings::{Agent as Instance, AgentPre};
use crate::convert;
use crate::engine::WasmEngine;
use crate::gate::{Counters, Gate, Grants, WindDown};
use crate::guest_error::{self, HostStop};
use crate::limits::{Limits, LimitsOverride, MemoryGauge, MemoryLimiter};
use crate::loader::LoadedComponent;
use crate::output::Output;
use crate::scheduler::Share;
use crate::state::GuestState;

/// What the operator says of an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgentSettings {
    /// What one run may use, where it is not what the host's limits say.
    pub limits: LimitsOverride,
    /// Values the agent reads with `context.config`.
    pub config: Map<String, Value>,
}

/// An agent that is a component.
pub struct ComponentAgent {
    name: AppName,
    descriptor: AgentDescriptor,
    digest: String,
    template: Template,
}

impl ComponentAgent {
    /// An agent of a loaded component, served under a name.
    pub fn new(
        engine: &WasmEngine,
        name: AppName,
        loaded: LoadedComponent,
        limits: Limits,
        settings: AgentSettings,
    ) -> Self {
        let template = Template {
            engine: engine.clone(),
            pre: loaded.pre,
            limits: settings.limits.over(limits),
            config: Arc::new(settings.config),
        };
        Self { name, descriptor: loaded.descriptor, digest: loaded.digest, template }
    }
}

#[async_trait]
impl Agent for ComponentAgent {
    fn name(&self) -> &AppName {
        &self.name
    }

    fn version(&self) -> &str {
        &self.digest
    }

    fn descriptor(&self) -> &AgentDescriptor {
        &self.descriptor
    }

    fn wall_time_limit(&self) -> Option<Duration> {
        Some(self.template.limits.wall_time())
    }

    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let guest = self.template.guest(&self.name, Some(run.host));
        let probe = guest.probe();
        let max_bytes = self.template.limits.event_bytes;
        let result = guest.execute(Call::Run(run.input)).await.and_then(|answer| match answer {
            Answer::Outcome(outcome) => checked(outcome, max_bytes),
            Answer::Descriptor(_) => Err(AgentError::Unavailable { message: "the host failed".into() }),
        });
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
    pub(crate) pre: AgentPre<GuestState>,
    pub(crate) limits: Limits,
    pub(crate) config: Arc<Map<String, Value>>,
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

impl Template {
    /// A guest for one call; without a host nothing is granted to it.
    pub(crate) fn guest(&self, name: &AppName, host: Option<Arc<dyn RunHost>>) -> Guest {
        let label = match &host {
            Some(host) => host.info().id.to_string(),
            None => format!("describe {name}"),
        };
        Guest {
            template: self.clone(),
            token: host.as_ref().map(|host| host.token().clone()).unwrap_or_default(),
            host,
            share: self.engine.scheduler().share(),
            counters: Arc::default(),
            memory: MemoryGauge::default(),
            wind_down: WindDown::default(),
            output: Output::new(label, self.limits.output_bytes),
        }
    }
}

/// One guest, from its store to its answer.
pub(crate) struct Guest {
    template: Template,
    host: Option<Arc<dyn RunHost>>,
    pub(crate) token: CancellationToken,
    share: Share,
    counters: Arc<Counters>,
    memory: MemoryGauge,
    wind_down: WindDown,
    output: Output,
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
            host_calls: self.counters.host_calls.load(Ordering::Relaxed),
            events: self.counters.events.load(Ordering::Relaxed),
            event_bytes: self.counters.event_bytes.load(Ordering::Relaxed),
        }
    }
}

impl Guest {
    fn probe(&self) -> Probe {
        Probe { share: self.share.clone(), counters: self.counters.clone(), memory: self.memory.clone() }
    }

    /// Runs the call on the guests' threads. When the token is cancelled this returns soon: a guest that computes is
    /// interrupted, one that waits in the host is told and has a moment, one that waits elsewhere is dropped.
    pub(crate) async fn execute(self, call: Call) -> Result<Answer, AgentError> {
        let token = self.token.clone();
        let engine = self.template.engine.clone();
        let task = engine.scheduler().spawn(self.run_to_end(call));
        tokio::pin!(task);
        let ended = tokio::select! {
            biased;
            ended = &mut task => ended,
            () = token.cancelled() => {
                // The next instruction that looks at the epoch sees the token, without waiting for the ticker.
                engine.wasmtime().increment_epoch();
                task.await
            }
        };
        ended.unwrap_or_else(|error| {
            tracing::error!(%error, "the host panicked while it ran a guest");
            Err(AgentError::Unavailable { message: "the host failed".into() })
        })
    }

    async fn run_to_end(self, call: Call) -> Result<Answer, AgentError> {
        if self.token.is_cancelled() {
            return Err(AgentError::Stopped);
        }
        let work = self.share.run(self.call(call));
        let result = tokio::select! {
            biased;
            result = work => result,
            () = self.stopped() => Err(wasmtime::Error::new(HostStop::Stopped)),
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
        let instance: Instance = self.template.pre.instantiate_async(&mut store).await?;
        let entry = instance.rak_agent_entry();
        let failed = |failure| AgentError::Failed(failure);
        Ok(match call {
            Call::Describe => {
                let descriptor = entry.call_describe(&mut store).await?;
                convert::descriptor_from_wit(descriptor).map(Answer::Descriptor).map_err(failed)
            }
            Call::Run(input) => match entry.call_run(&mut store, &convert::content_to_wit(input)).await? {
                Ok(outcome) => convert::outcome_from_wit(outcome).map(Answer::Outcome).map_err(failed),
                Err(failure) => Err(AgentError::Failed(convert::failure_from_wit(failure))),
            },
        })
    }

    fn store(&self) -> Store<GuestState> {
        let limits = self.template.limits;
        let deadline = self.host.as_ref().and_then(|host| host.deadline()).map(Instant::from_std);
        let grants = if self.host.is_some() { Grants::Conversation } else { Grants::Nothing };
        let gate = Gate::new(
            self.token.clone(),
            deadline,
            grants,
            limits,
            self.counters.clone(),
            self.wind_down.clone(),
        );
        let limiter = MemoryLimiter::new(limits, self.memory.clone());
        let state =
            GuestState::new(self.host.clone(), gate, self.template.config.clone(), limiter, &self.output);
        let mut store = Store::new(self.template.engine.wasmtime(), state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(usize::try_from(limits.host_call_bytes).unwrap_or(usize::MAX));
        store.set_epoch_deadline(1);
        let (token, share, wind_down) = (self.token.clone(), self.share.clone(), self.wind_down.clone());
        store.epoch_deadline_callback(move |_| on_tick(&token, &wind_down, &share, limits));
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
