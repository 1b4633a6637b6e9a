//! `wait`: sleeping, timers, and waiting for the first of several things.

use std::time::Duration;

use futures::future::{FutureExt as _, select_all};
use rak_core::Failure;
use tokio::time::{Instant, sleep_until};
use wasmtime::component::Resource;

use crate::bindings::wait::{Host, HostWaitable};
use crate::gate::{Cost, Refusal};
use crate::state::GuestState;

/// A wait that is longer than this never ends anyway, and the clock cannot add more.
const FOREVER: Duration = Duration::from_hours(100 * 365 * 24);

/// Something to wait for.
#[derive(Clone, Copy, Debug)]
#[expect(unreachable_pub, reason = "the generated module re-exports it")]
pub enum Waitable {
    /// A point in time.
    Timer(Instant),
}

impl Waitable {
    fn is_ready(self) -> bool {
        match self {
            Self::Timer(at) => at <= Instant::now(),
        }
    }

    async fn ready(self) {
        match self {
            Self::Timer(at) => sleep_until(at).await,
        }
    }
}

fn from_now(ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(ms).min(FOREVER)
}

impl Host for GuestState {
    async fn any(
        &mut self,
        of: Vec<Resource<Waitable>>,
        timeout_ms: Option<u64>,
    ) -> wasmtime::Result<Vec<u32>> {
        let mut waitables = Vec::with_capacity(of.len());
        for resource in &of {
            waitables.push(*self.table.get(resource)?);
        }
        if waitables.is_empty() && timeout_ms.is_none() {
            self.gate.count()?;
            return Ok(Vec::new());
        }
        self.wait(async {
            let timeout = async {
                match timeout_ms {
                    Some(ms) => sleep_until(from_now(ms)).await,
                    None => std::future::pending().await,
                }
            };
            let first = async {
                if waitables.is_empty() {
                    return std::future::pending().await;
                }
                select_all(waitables.iter().map(|waitable| waitable.ready().boxed())).await;
            };
            tokio::select! {
                biased;
                () = first => {}
                () = timeout => {}
            }
        })
        .await?;
        let ready = (0..).zip(&waitables).filter(|(_, waitable)| waitable.is_ready());
        Ok(ready.map(|(index, _)| index).collect())
    }

    async fn sleep(&mut self, ms: u64) -> wasmtime::Result<()> {
        self.wait(sleep_until(from_now(ms))).await
    }

    fn timer(&mut self, ms: u64) -> wasmtime::Result<Resource<Waitable>> {
        self.gate.count()?;
        Ok(self.table.push(Waitable::Timer(from_now(ms)))?)
    }
}

impl HostWaitable for GuestState {
    async fn ready(&mut self, this: Resource<Waitable>) -> wasmtime::Result<bool> {
        self.gate.count()?;
        Ok(self.table.get(&this)?.is_ready())
    }

    async fn block(&mut self, this: Resource<Waitable>) -> wasmtime::Result<()> {
        let waitable = *self.table.get(&this)?;
        self.wait(waitable.ready()).await
    }

    async fn drop(&mut self, this: Resource<Waitable>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl GuestState {
    /// A wait has no answer to refuse with: it ends early, and the guest learns the reason from its next call.
    async fn wait(&mut self, effect: impl Future<Output = ()>) -> wasmtime::Result<()> {
        let effect = effect.map(Ok::<(), Failure>);
        match self.gate.pass(Cost::default(), effect).await {
            Ok(()) | Err(Refusal::Failure(_)) => Ok(()),
            Err(Refusal::Stop(stop)) => Err(wasmtime::Error::new(stop)),
        }
    }
}
