//! When runs are due.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// Says when the next run is due, to whoever is free to make it.
///
/// A thread that sleeps keeps the time: the timers of tokio round up to a millisecond, which is as long as what is measured.
pub(super) struct Schedule {
    shared: Arc<Shared>,
}

struct Shared {
    due: Mutex<VecDeque<Instant>>,
    /// A permit for each that is due; closed after the last one.
    ready: Semaphore,
    given_up: AtomicBool,
}

impl Schedule {
    /// So many runs a second, for so long.
    pub(super) fn start(a_second: f64, duration: Duration) -> Self {
        let shared = Arc::new(Shared {
            due: Mutex::default(),
            ready: Semaphore::new(0),
            given_up: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || of_thread.keep_time(a_second, duration));
        Self { shared }
    }

    /// Returns when a run is due, with when it was; with nothing after the last one.
    pub(super) async fn next(&self) -> Option<Instant> {
        let permit = self.shared.ready.acquire().await;
        if let Ok(permit) = permit {
            permit.forget();
        }
        // After the end those that are left are made too: they are late, and count.
        self.shared.due.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.shared.given_up.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn keep_time(&self, a_second: f64, duration: Duration) {
        let began = Instant::now();
        let mut number = 0.0;
        loop {
            let due = Duration::from_secs_f64(number / a_second);
            if due >= duration || self.given_up.load(Ordering::Relaxed) {
                break;
            }
            std::thread::sleep(due.saturating_sub(began.elapsed()));
            self.due.lock().unwrap_or_else(PoisonError::into_inner).push_back(began + due);
            self.ready.add_permits(1);
            number += 1.0;
        }
        self.ready.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_run_is_due_once_and_in_order() {
        let schedule = Schedule::start(10_000.0, Duration::from_millis(20));
        let mut due = Vec::new();
        while let Some(next) = schedule.next().await {
            due.push(next);
        }
        assert_eq!(due.len(), 200);
        assert!(due.is_sorted());
    }
}
