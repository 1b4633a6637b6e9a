//! `wasi:clocks` and `wasi:io/poll`, as a run sees them that can be repeated: the clock is the run's own, and what a poll
//! that waits for a time was told is told again.

use std::time::Duration;

use futures::FutureExt as _;
use rak_core::time::UnixMicros;
use tokio::time::Instant;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::bindings::io::poll;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::gate::{WaitingFor, journal_full};
use crate::state::GuestState;
use crate::timeline::{Call, Recalled};

/// What the clocks can tell apart, in nanoseconds.
const RESOLUTION: u64 = 1000;

impl wall_clock::Host for GuestState {
    fn now(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        let since = self.gate.timeline.now().since(UnixMicros(0));
        Ok(wall_clock::Datetime { seconds: since.as_secs(), nanoseconds: since.subsec_nanos() })
    }

    fn resolution(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: 1000 })
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl monotonic_clock::Host for GuestState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(nanos(self.gate.timeline.elapsed()))
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(RESOLUTION)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.timer(self.gate.timeline.begun_at().after(Duration::from_nanos(when)))
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.timer(self.gate.timeline.mark().after(Duration::from_nanos(duration)))
    }
}

/// A time, beside things of other kinds in one poll.
struct Timer(Option<Instant>);

#[wasmtime_wasi::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        match self.0 {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

impl GuestState {
    fn timer(&mut self, at: UnixMicros) -> wasmtime::Result<Resource<DynPollable>> {
        let left = at.since(self.gate.timeline.real());
        let timer = self.table.push(Timer(Instant::now().checked_add(left)))?;
        let pollable = subscribe(&mut self.table, timer)?;
        self.timers.insert(pollable.rep(), at);
        Ok(pollable)
    }

    /// Waits for the first of these times; gives the places of those that have come.
    async fn first_of(&mut self, times: Vec<UnixMicros>) -> wasmtime::Result<Vec<u32>> {
        let until = times.iter().copied().min().unwrap_or_default();
        let timeline = self.gate.timeline.clone();
        let first = async {
            // Others go first, also where the time has come: a guest may poll without end.
            tokio::task::yield_now().await;
            timeline.sleep_until(until).await;
            let now = timeline.real().max(until);
            Ok((0..).zip(&times).filter(|(_, at)| **at <= now).map(|(index, _)| index).collect())
        };
        let call = Call::new("wasi.poll", "", &times.len());
        self.gate.wait_outside(call, WaitingFor::time(until), first).await
    }
}

impl poll::Host for GuestState {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        let timers = pollables.iter().map(|pollable| self.timers.get(&pollable.rep()).copied());
        let timers: Vec<_> = timers.collect();
        let times: Vec<UnixMicros> = timers.iter().copied().flatten().collect();
        if !timers.is_empty() && times.len() == timers.len() {
            return self.first_of(times).await;
        }
        self.send_handed().await?;
        if times.is_empty() && !self.wasi_http.is_waited_for() {
            // Nothing but outputs and inputs that are there: always ready.
            return poll::Host::poll(&mut self.table, pollables).await;
        }
        let call = Call::new("wasi.poll", "", &timers.len());
        if self.gate.timeline.is_replaying() {
            self.look_once(&pollables)?;
        }
        let first = poll::Host::poll(&mut self.table, pollables);
        self.gate.wait_outside(call, WaitingFor::default(), first).await
    }
}

impl GuestState {
    /// Takes in what is there at once, where the journal says what was ready and nobody waits.
    fn look_once(&mut self, pollables: &[Resource<DynPollable>]) -> wasmtime::Result<()> {
        let same = pollables.iter().map(|pollable| Resource::new_borrow(pollable.rep())).collect();
        let looked = poll::Host::poll(&mut self.table, same).now_or_never();
        looked.transpose().map(drop)
    }
}

impl poll::HostPollable for GuestState {
    async fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        const NAME: &str = "wasi.ready";
        if let Some(at) = self.timers.get(&pollable.rep()) {
            return Ok(*at <= self.gate.timeline.mark());
        }
        self.send_handed().await?;
        if !self.wasi_http.is_waited_for() {
            return poll::HostPollable::ready(&mut self.table, pollable).await;
        }
        let recalled = self.gate.timeline.recall_unusual::<bool>(NAME)?;
        let ready = poll::HostPollable::ready(&mut self.table, pollable).await?;
        match recalled {
            Recalled::Unusual(answer) => Ok(answer.map_err(journal_full)?),
            Recalled::Usual => Ok(false),
            Recalled::New => {
                if ready {
                    self.gate.timeline.note_unusual(NAME, Ok(&true)).map_err(journal_full)?;
                }
                Ok(ready)
            }
        }
    }

    async fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        if let Some(at) = self.timers.get(&pollable.rep()) {
            return self.first_of(vec![*at]).await.map(drop);
        }
        poll::Host::poll(self, vec![pollable]).await.map(drop)
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        self.timers.remove(&pollable.rep());
        poll::HostPollable::drop(&mut self.table, pollable)
    }
}
