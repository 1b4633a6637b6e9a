//! `wait`: sleeping, timers, and waiting for the first of several things.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use rak_core::time::UnixMicros;
use rak_core::{InvocationId, RunHost};
use wasmtime::component::Resource;

use crate::bindings::wait::{Host, HostWaitable};
use crate::capabilities::agents::over;
use crate::capabilities::http::Sent;
use crate::capabilities::models::Writing;
use crate::capabilities::tools::RunningTool;
use crate::gate::{Cost, Refusal, WaitingFor};
use crate::state::GuestState;
use crate::timeline::{Call, Timeline};

/// A wait that is longer than this never ends anyway, and the clock cannot add more.
pub(crate) const FOREVER: Duration = Duration::from_hours(100 * 365 * 24);

/// Something to wait for.
#[derive(Clone, Debug)]
#[expect(unreachable_pub, reason = "the generated module re-exports it")]
pub enum Waitable {
    /// A point in time.
    Timer(UnixMicros),
    /// The end of a child.
    Child(InvocationId),
    /// The end of a call.
    Tool(RunningTool),
    /// What a model writes.
    Model(Writing),
    /// What is answered over HTTP.
    Http(Sent),
}

impl Waitable {
    /// When it is ready, where it is a time.
    fn at(&self) -> Option<UnixMicros> {
        match self {
            Self::Timer(at) => Some(*at),
            Self::Child(_) | Self::Tool(_) | Self::Model(_) | Self::Http(_) => None,
        }
    }

    fn child(&self) -> Option<InvocationId> {
        match self {
            Self::Child(child) => Some(*child),
            Self::Timer(_) | Self::Tool(_) | Self::Model(_) | Self::Http(_) => None,
        }
    }

    /// Whether it is ready, where it is no time. Not to be asked where the journal knows.
    fn is_over(&self, host: Option<&Arc<dyn RunHost>>) -> bool {
        match self {
            Self::Timer(_) => false,
            Self::Child(child) => host.is_some_and(|host| host.is_child_over(*child)),
            Self::Tool(tool) => tool.is_over(),
            Self::Model(writing) => writing.has_news(),
            Self::Http(sent) => sent.has_news(),
        }
    }

    /// Returns when it is ready, where it is no time.
    async fn over(&self, host: Option<&Arc<dyn RunHost>>) {
        match (self, host) {
            (Self::Child(child), Some(host)) => over(host, *child).await,
            (Self::Tool(tool), _) => drop(tool.end().await),
            (Self::Model(writing), _) => writing.comes().await,
            (Self::Http(sent), _) => sent.comes().await,
            (Self::Timer(_) | Self::Child(_), _) => std::future::pending().await,
        }
    }
}

impl Host for GuestState {
    async fn any(
        &mut self,
        of: Vec<Resource<Waitable>>,
        timeout_ms: Option<u64>,
    ) -> wasmtime::Result<Vec<u32>> {
        let mut waited_for = Vec::with_capacity(of.len());
        for resource in &of {
            waited_for.push(self.table.get(resource)?.clone());
        }
        let timeout = timeout_ms.map(|ms| self.in_ms(ms));
        if waited_for.is_empty() && timeout.is_none() {
            self.gate.count()?;
            return Ok(Vec::new());
        }
        let until = waited_for.iter().filter_map(Waitable::at).chain(timeout).min();
        let children: Vec<_> = waited_for.iter().filter_map(Waitable::child).collect();
        let host = self.host.clone();
        let call = Call::new(
            "wait.any",
            format!("{} of {}", timeout_ms.unwrap_or(0), of.len()),
            &(of.len(), timeout_ms),
        );
        let timeline = self.gate.timeline.clone();
        let first = async {
            let host = host.as_ref();
            let timed_out = if waited_for.iter().any(|waitable| waitable.is_over(host)) {
                false
            } else {
                tokio::select! {
                    biased;
                    () = first_over(host, &waited_for) => false,
                    () = comes(&timeline, until) => true,
                }
            };
            // One that is due is ready, whatever the clock of the system says.
            let now = until.filter(|_| timed_out).map_or(timeline.real(), |until| timeline.real().max(until));
            let is_ready =
                |waitable: &Waitable| waitable.at().map_or_else(|| waitable.is_over(host), |at| at <= now);
            let ready = (0..).zip(&waited_for).filter(|(_, waitable)| is_ready(waitable));
            Ok(ready.map(|(index, _)| index).collect::<Vec<u32>>())
        };
        let waiting = WaitingFor::children(children, until);
        match self.gate.wait(call, Cost::default(), waiting, first).await {
            Ok(ready) => Ok(ready),
            // It ends early, and the guest learns the reason from its next call.
            Err(Refusal::Failure(_)) => Ok(Vec::new()),
            Err(Refusal::Stop(stop)) => Err(wasmtime::Error::new(stop)),
        }
    }

    async fn sleep(&mut self, ms: u64) -> wasmtime::Result<()> {
        let until = self.in_ms(ms);
        self.wait_until(until, Call::new("wait.sleep", format!("{ms} ms"), &ms)).await
    }

    fn timer(&mut self, ms: u64) -> wasmtime::Result<Resource<Waitable>> {
        self.gate.count()?;
        let at = self.in_ms(ms);
        Ok(self.table.push(Waitable::Timer(at))?)
    }
}

impl HostWaitable for GuestState {
    async fn ready(&mut self, this: Resource<Waitable>) -> wasmtime::Result<bool> {
        self.gate.count()?;
        match self.table.get(&this)? {
            Waitable::Timer(at) => Ok(*at <= self.gate.timeline.mark()),
            waitable => {
                let over = || waitable.is_over(self.host.as_ref());
                self.gate.tells_ready(over).map_err(wasmtime::Error::new)
            }
        }
    }

    async fn block(&mut self, this: Resource<Waitable>) -> wasmtime::Result<()> {
        let call = Call::new("wait.block", "", &());
        let waitable = self.table.get(&this)?.clone();
        if let Waitable::Timer(until) = waitable {
            return self.wait_until(until, call).await;
        }
        let host = self.host.clone();
        let end = async {
            waitable.over(host.as_ref()).await;
            Ok(())
        };
        let waiting = WaitingFor::children(waitable.child().into_iter().collect(), None);
        ends_early(self.gate.wait(call, Cost::default(), waiting, end).await)
    }

    async fn drop(&mut self, this: Resource<Waitable>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl GuestState {
    fn in_ms(&self, ms: u64) -> UnixMicros {
        self.gate.timeline.mark().after(Duration::from_millis(ms).min(FOREVER))
    }

    /// A wait has no answer to refuse with: it ends early, and the guest learns the reason from its next call.
    async fn wait_until(&mut self, until: UnixMicros, call: Call) -> wasmtime::Result<()> {
        let timeline = self.gate.timeline.clone();
        let time = async {
            timeline.sleep_until(until).await;
            Ok(())
        };
        ends_early(self.gate.wait(call, Cost::default(), WaitingFor::time(until), time).await)
    }
}

fn ends_early(waited: Result<(), Refusal>) -> wasmtime::Result<()> {
    match waited {
        Ok(()) | Err(Refusal::Failure(_)) => Ok(()),
        Err(Refusal::Stop(stop)) => Err(wasmtime::Error::new(stop)),
    }
}

async fn comes(timeline: &Timeline, time: Option<UnixMicros>) {
    match time {
        Some(time) => timeline.sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Returns when the first of these that is no time is over.
async fn first_over(host: Option<&Arc<dyn RunHost>>, waited_for: &[Waitable]) {
    let mut ends: FuturesUnordered<_> = waited_for.iter().map(|waitable| waitable.over(host)).collect();
    if ends.next().await.is_none() {
        std::future::pending::<()>().await;
    }
}
