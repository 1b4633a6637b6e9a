//! Where guests run: threads of their own, so that the server's I/O never waits behind them, and an order among those
//! that compute, so that short runs do not wait behind long ones.
//!
//! A run begins on any free thread. One that has burnt its slice becomes a hog: from then on it needs one of as many
//! permits as there are processors, gives it back after every slice and goes to the end of the line. There are more
//! threads than permits, so whatever is not a hog always finds one.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::AbortOnDropHandle;

use crate::cpu_meter::CpuMeter;
use crate::ticker::Ticker;

/// How long a run may compute before it is a hog, and how long a hog computes at a time.
const SLICE: Duration = Duration::from_millis(2);
/// Threads beyond those that hogs may hold.
const SPARE_THREADS: usize = 2;

/// The threads of the guests.
pub(crate) struct Scheduler {
    /// Taken when it is dropped: a runtime must not be dropped where async code runs.
    runtime: Option<Runtime>,
    handle: Handle,
    permits: Arc<Semaphore>,
    ticker: Ticker,
}

impl Scheduler {
    pub(crate) fn new(ticker: Ticker) -> std::io::Result<Self> {
        let processors = std::thread::available_parallelism()?.get();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(processors + SPARE_THREADS)
            .thread_name("rak-guest")
            .enable_time()
            .enable_io()
            .build()?;
        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle, permits: Arc::new(Semaphore::new(processors)), ticker })
    }

    /// Starts something on the guests' threads; dropping the handle stops it.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> AbortOnDropHandle<T> {
        AbortOnDropHandle::new(self.handle.spawn(work))
    }

    /// The part of the scheduler that one run carries.
    pub(crate) fn share(&self) -> Share {
        Share {
            permits: self.permits.clone(),
            held: Arc::default(),
            meter: CpuMeter::default(),
            ticker: self.ticker.clone(),
        }
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// One run's place among the others.
#[derive(Clone)]
pub(crate) struct Share {
    permits: Arc<Semaphore>,
    held: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
    meter: CpuMeter,
    ticker: Ticker,
}

impl Share {
    pub(crate) fn meter(&self) -> &CpuMeter {
        &self.meter
    }

    /// Whether it is time to let others run; on the thread that polls.
    pub(crate) fn slice_is_over(&self) -> bool {
        self.meter.slice() >= SLICE
    }

    /// Gives the permit back, goes to the end of the line, and returns when it is its turn again.
    pub(crate) fn wait_for_turn(&self) -> impl Future<Output = ()> + Send + 'static {
        let share = self.clone();
        share.release();
        async move {
            // Whatever else is ready on this thread goes first.
            tokio::task::yield_now().await;
            // The semaphore is never closed; without a permit the guest would still be metered and stoppable.
            let permit = share.permits.clone().acquire_owned().await.ok();
            *share.held.lock().unwrap_or_else(PoisonError::into_inner) = permit;
        }
    }

    fn release(&self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Polls a guest's future under the meter. A guest that waits gives its permit back and begins a new slice.
    pub(crate) async fn run<T>(&self, mut guest: Pin<Box<impl Future<Output = T>>>) -> T {
        let result = poll_fn(|context| {
            let _running = self.ticker.running();
            self.meter.begin();
            let polled = guest.as_mut().poll(context);
            self.meter.end();
            if polled.is_pending() {
                self.release();
                self.meter.new_slice();
            }
            polled
        })
        .await;
        self.release();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::Engine;

    fn share(permits: usize) -> Share {
        let engine = Engine::default();
        Share {
            permits: Arc::new(Semaphore::new(permits)),
            held: Arc::default(),
            meter: CpuMeter::default(),
            ticker: Ticker::start(vec![engine.weak()]).unwrap(),
        }
    }

    #[tokio::test]
    async fn a_hog_holds_its_permit_only_while_it_computes() {
        let share = share(1);
        let permits = share.permits.clone();
        share
            .run(Box::pin(async {
                share.wait_for_turn().await;
                assert_eq!(permits.available_permits(), 0);
                tokio::task::yield_now().await;
                assert_eq!(permits.available_permits(), 1);
                share.wait_for_turn().await;
                assert_eq!(permits.available_permits(), 0);
            }))
            .await;
        assert_eq!(permits.available_permits(), 1);
    }
}
