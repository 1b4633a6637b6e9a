//! How long a guest was on a processor: the thread's own clock around every poll of its future, so that neither waits
//! nor a loaded machine count.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The time of one run. A clone is the same meter.
#[derive(Clone, Default)]
pub(crate) struct CpuMeter {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Nanoseconds in polls that are over.
    total: AtomicU64,
    /// The thread's clock at the beginning of the poll that goes on.
    began: AtomicU64,
    /// The total when the slice began.
    slice_began: AtomicU64,
}

impl CpuMeter {
    pub(crate) fn begin(&self) {
        self.inner.began.store(thread_nanos(), Ordering::Relaxed);
    }

    /// The poll is over.
    pub(crate) fn end(&self) {
        let spent = thread_nanos().saturating_sub(self.inner.began.load(Ordering::Relaxed));
        self.inner.total.fetch_add(spent, Ordering::Relaxed);
    }

    /// Time in polls that are over.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.inner.total.load(Ordering::Relaxed))
    }

    /// Time up to now; on the thread that polls.
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(self.nanos_now())
    }

    /// Time since the slice began; on the thread that polls.
    pub(crate) fn slice(&self) -> Duration {
        Duration::from_nanos(self.nanos_now().saturating_sub(self.inner.slice_began.load(Ordering::Relaxed)))
    }

    /// A new slice begins with the next poll.
    pub(crate) fn new_slice(&self) {
        self.inner.slice_began.store(self.inner.total.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    fn nanos_now(&self) -> u64 {
        let spent = thread_nanos().saturating_sub(self.inner.began.load(Ordering::Relaxed));
        self.inner.total.load(Ordering::Relaxed) + spent
    }
}

fn thread_nanos() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_polls_count() {
        let meter = CpuMeter::default();
        meter.begin();
        while meter.slice() < Duration::from_millis(2) {}
        meter.end();
        let total = meter.total();
        assert!(total >= Duration::from_millis(2));
        meter.new_slice();
        while thread_nanos() == 0 {}
        assert_eq!(meter.total(), total);
        meter.begin();
        assert!(meter.slice() < total);
    }
}
