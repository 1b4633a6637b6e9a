//! How fast runs may be started: a token bucket, kept as the time at which it will be full again.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

/// When this many buckets are remembered, those that are full again are forgotten.
const MANY: usize = 1024;

/// How many runs may be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In a minute, over time.
    pub per_minute: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

impl Rate {
    /// So many a minute, and as many at once.
    pub fn per_minute(runs: NonZeroU32) -> Self {
        Self { per_minute: runs, burst: runs }
    }

    /// How long a bucket takes for one more.
    fn period(self) -> Duration {
        Duration::from_mins(1) / self.per_minute.get()
    }
}

/// A bucket for each name. One that is full is not remembered.
#[derive(Debug)]
pub(super) struct Buckets<K> {
    full_at: HashMap<K, Instant>,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self { full_at: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// How long it takes until there is one in the bucket; none where there is one now.
    pub(super) fn wait(&self, name: &K, rate: Rate, now: Instant) -> Option<Duration> {
        let full_at = self.full_at.get(name).copied().unwrap_or(now);
        // With one missing the bucket is full after one period, and it is empty when the whole burst is missing.
        let missing = full_at.saturating_duration_since(now) + rate.period();
        let wait = missing.saturating_sub(rate.period() * rate.burst.get());
        (!wait.is_zero()).then_some(wait)
    }

    /// Takes one, whether there is one or not.
    pub(super) fn take(&mut self, name: &K, rate: Rate, now: Instant) {
        if self.full_at.len() >= MANY && !self.full_at.contains_key(name) {
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        let full_at = self.full_at.entry(name.clone()).or_insert(now);
        *full_at = (*full_at).max(now) + rate.period();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(per_minute: u32, burst: u32) -> Rate {
        Rate { per_minute: NonZeroU32::new(per_minute).unwrap(), burst: NonZeroU32::new(burst).unwrap() }
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_filled_over_time() {
        let (mut buckets, rate, begun) = (Buckets::default(), rate(60, 3), Instant::now());
        for _ in 0..3 {
            assert_eq!(buckets.wait(&"a", rate, begun), None);
            buckets.take(&"a", rate, begun);
        }
        assert_eq!(buckets.wait(&"a", rate, begun), Some(Duration::from_secs(1)));
        assert_eq!(buckets.wait(&"b", rate, begun), None, "others have their own");
        let later = begun + Duration::from_millis(400);
        assert_eq!(buckets.wait(&"a", rate, later), Some(Duration::from_millis(600)));
        let later = begun + Duration::from_secs(1);
        assert_eq!(buckets.wait(&"a", rate, later), None);
        buckets.take(&"a", rate, later);
        assert!(buckets.wait(&"a", rate, later).is_some());
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let (mut buckets, rate, begun) = (Buckets::default(), rate(60, 1), Instant::now());
        (0..MANY).for_each(|name| buckets.take(&name, rate, begun));
        buckets.take(&MANY, rate, begun + Duration::from_secs(1));
        assert_eq!(buckets.full_at.len(), 1);
    }

    proptest! {
        /// In any time no more are let through than the burst and what the time brings, and who waits as long as it is told
        /// is let through.
        #[test]
        fn no_more_are_let_through_than_may_be(
            (per_minute, burst) in (1..200_u32, 1..20_u32),
            pauses in prop::collection::vec(0..5000_u64, 1..200),
        ) {
            let (mut buckets, rate, begun) = (Buckets::default(), rate(per_minute, burst), Instant::now());
            let (mut now, mut passed) = (begun, 0_u32);
            for pause in pauses {
                now += Duration::from_millis(pause);
                match buckets.wait(&(), rate, now) {
                    None => {
                        buckets.take(&(), rate, now);
                        passed += 1;
                    }
                    Some(wait) => prop_assert_eq!(buckets.wait(&(), rate, now + wait), None),
                }
                let most = f64::from(burst) + (now - begun).as_secs_f64() * f64::from(per_minute) / 60.0;
                prop_assert!(f64::from(passed) <= most + 1e-6, "{} of {}", passed, most);
            }
        }
    }
}
