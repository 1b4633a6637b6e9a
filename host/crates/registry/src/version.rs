//! One version of an agent, as runs get it: its component, and who still runs it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use rak_core::{
    Agent, AgentCounters, AgentDescriptor, AgentError, AgentOutcome, AgentRun, AppName, JournalLimits, Usage,
};
use rak_wasm::ComponentAgent;
use tokio::sync::Notify;

/// What the runs of all versions of an agent came to.
#[derive(Default)]
pub(crate) struct Counters {
    active: AtomicU64,
    completed: AtomicU64,
    failed: AtomicU64,
    stopped: AtomicU64,
    cpu_micros: AtomicU64,
    host_calls: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> AgentCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        AgentCounters {
            active: read(&self.active),
            completed: read(&self.completed),
            failed: read(&self.failed),
            stopped: read(&self.stopped),
            cpu_micros: read(&self.cpu_micros),
            host_calls: read(&self.host_calls),
        }
    }

    fn count(&self, result: &Result<AgentOutcome, AgentError>, usage: &Usage) {
        let counter = match result {
            Ok(_) => &self.completed,
            Err(AgentError::Stopped) => &self.stopped,
            Err(_) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.cpu_micros.fetch_add(usage.cpu_micros, Ordering::Relaxed);
        self.host_calls.fetch_add(usage.host_calls, Ordering::Relaxed);
    }
}

/// A loaded version. Whoever holds it may run it; when nobody does, it is gone from memory.
pub(crate) struct Version {
    pub(crate) agent: ComponentAgent,
    /// Digest of its component.
    pub(crate) digest: String,
    runs: AtomicU64,
    counters: Arc<Counters>,
    /// Told when the version is gone.
    gone: Arc<Notify>,
}

impl Version {
    pub(crate) fn new(
        agent: ComponentAgent,
        digest: String,
        counters: Arc<Counters>,
        gone: Arc<Notify>,
    ) -> Self {
        Self { agent, digest, runs: AtomicU64::new(0), counters, gone }
    }

    /// Runs in progress.
    pub(crate) fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }
}

impl Drop for Version {
    fn drop(&mut self) {
        self.gone.notify_one();
    }
}

/// Counts a run for as long as it lives, however it ends.
struct Running<'a>(&'a Version);

impl<'a> Running<'a> {
    fn new(version: &'a Version) -> Self {
        version.runs.fetch_add(1, Ordering::Relaxed);
        version.counters.active.fetch_add(1, Ordering::Relaxed);
        Self(version)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.runs.fetch_sub(1, Ordering::Relaxed);
        self.0.counters.active.fetch_sub(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Agent for Version {
    fn name(&self) -> &AppName {
        self.agent.name()
    }

    fn version(&self) -> &str {
        self.agent.version()
    }

    fn descriptor(&self) -> &AgentDescriptor {
        self.agent.descriptor()
    }

    fn wall_time_limit(&self) -> Option<Duration> {
        self.agent.wall_time_limit()
    }

    fn durable(&self) -> Option<JournalLimits> {
        self.agent.durable()
    }

    fn pins_sessions(&self) -> bool {
        self.agent.pins_sessions()
    }

    async fn run(&self, run: AgentRun) -> (Result<AgentOutcome, AgentError>, Usage) {
        let id = run.host.info().id;
        let _running = Running::new(self);
        let (result, usage) = self.agent.run(run).await;
        if matches!(result, Err(AgentError::PutAway { .. })) {
            return (result, usage);
        }
        self.counters.count(&result, &usage);
        if let Err(error) = result.as_ref().map(drop).or_else(stopped_is_fine) {
            tracing::info!(target: "rak::guest", run = %id, agent = %self.name(), code = error.code(), "failed: {error}");
        }
        (result, usage)
    }
}

fn stopped_is_fine(error: &AgentError) -> Result<(), &AgentError> {
    if matches!(error, AgentError::Stopped) { Ok(()) } else { Err(error) }
}
