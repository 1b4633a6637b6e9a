//! When a server that ended is started again.

use std::time::Duration;

/// The longest pause.
const LONGEST: Duration = Duration::from_mins(1);
/// A server that was there for so long begins with the first pause again.
const STEADY: Duration = Duration::from_mins(1);

/// Pauses, each twice as long as the one before.
pub(crate) struct Backoff {
    first: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration) -> Self {
        Self { first, next: first }
    }

    /// The pause after a server that was there for this time.
    pub(crate) fn after(&mut self, was_there: Duration) -> Duration {
        if was_there >= STEADY {
            self.next = self.first;
        }
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_begin_anew_after_a_steady_time() {
        let mut backoff = Backoff::new(Duration::from_secs(1));
        let seconds: Vec<_> = (0..8).map(|_| backoff.after(Duration::from_secs(5)).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.after(STEADY).as_secs(), 1);
        assert_eq!(backoff.after(Duration::ZERO).as_secs(), 2);
    }
}
