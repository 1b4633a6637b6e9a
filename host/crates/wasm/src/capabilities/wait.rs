//! `wait`: sleeping, timers, and waiting for the first of several things.

use std::time::Duration;

use rak_core::time::UnixMicros;
use wasmtime::component::Resource;

use crate::bindings::wait::{Host, HostWaitable};
use crate::gate::{Cost, Refusal, WaitingFor};
use crate::state::GuestState;
use crate::timeline::Call;

/// A wait that is longer than this never ends anyway, and the clock cannot add more.
pub(crate) const FOREVER: Duration = Duration::from_hours(100 * 365 * 24);

/// Something to wait for.
#[derive(Clone, Copy, Debug)]
#[expect(unreachable_pub, reason = "the generated module re-exports it")]
pub enum Waitable {
    /// A point in time.
    Timer(UnixMicros),
}

impl Waitable {
    /// When it is ready at the latest.
    fn at(self) -> UnixMicros {
        match self {
            Self::Timer(at) => at,
        }
    }
}

impl Host for GuestState {
    async fn any(
        &mut self,
        of: Vec<Resource<Waitable>>,
        timeout_ms: Option<u64>,
    ) -> wasmtime::Result<Vec<u32>> {
        let mut times = Vec::with_capacity(of.len());
        for resource in &of {
            times.push(self.table.get(resource)?.at());
        }
        let timeout = timeout_ms.map(|ms| self.in_ms(ms));
        let Some(until) = times.iter().copied().chain(timeout).min() else {
            self.gate.count()?;
            return Ok(Vec::new());
        };
        let call = Call::new(
            "wait.any",
            format!("{} of {}", timeout_ms.unwrap_or(0), of.len()),
            &(of.len(), timeout_ms),
        );
        let timeline = self.gate.timeline.clone();
        let first = async {
            timeline.sleep_until(until).await;
            // One that is due is ready, whatever the clock of the system says.
            let now = timeline.real().max(until);
            Ok((0..).zip(&times).filter(|(_, at)| **at <= now).map(|(index, _)| index).collect::<Vec<u32>>())
        };
        match self.gate.wait(call, Cost::default(), WaitingFor::time(until), first).await {
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
        let at = self.table.get(&this)?.at();
        Ok(at <= self.gate.timeline.mark())
    }

    async fn block(&mut self, this: Resource<Waitable>) -> wasmtime::Result<()> {
        let until = self.table.get(&this)?.at();
        self.wait_until(until, Call::new("wait.block", "", &())).await
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
        match self.gate.wait(call, Cost::default(), WaitingFor::time(until), time).await {
            Ok(()) | Err(Refusal::Failure(_)) => Ok(()),
            Err(Refusal::Stop(stop)) => Err(wasmtime::Error::new(stop)),
        }
    }
}
