//! When a request is made again: a decision without a clock and without chance, which come in from outside.

use std::time::Duration;

use rak_core::{Failure, FailureKind};

use crate::structured::INVALID_RESPONSE;

/// The longest pause that is not asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How often a request is made again, and how soon.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retries {
    /// How often.
    pub(crate) most: u32,
    /// The first pause; each further one is twice as long.
    pub(crate) first_pause: Duration,
}

impl Retries {
    /// The pause before the request is made again that failed so, where it is.
    ///
    /// It was made again `made` times before, and there are `left` until nobody waits any more. `chance` is from 0 to 1:
    /// requests that failed together are not to come back together.
    pub(crate) fn pause(self, failure: &Failure, made: u32, left: Duration, chance: f64) -> Option<Duration> {
        if made >= self.most || !may_pass(failure) {
            return None;
        }
        let grown = self.first_pause.saturating_mul(2_u32.saturating_pow(made)).min(LONGEST_PAUSE);
        let own = grown.mul_f64(f64::midpoint(1.0, chance));
        let asked_for = failure.retry_after_ms.map_or(Duration::ZERO, Duration::from_millis);
        // Whoever asks for a pause gets it, and a bit more.
        let pause = own.max(asked_for.saturating_add(own / 4));
        let pause = if asked_for.is_zero() { own } else { pause };
        (pause < left).then_some(pause)
    }
}

/// Whether the same request may be answered at another time, or by another model. An answer that is not what was asked for is
/// one try: models do not say the same twice, and what stands before a provider may say nonsense for it.
pub(crate) fn may_pass(failure: &Failure) -> bool {
    match failure.kind {
        FailureKind::RateLimited | FailureKind::Unavailable | FailureKind::DeadlineExceeded => true,
        _ => failure.code.as_deref() == Some(INVALID_RESPONSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structured::invalid;

    const RETRIES: Retries = Retries { most: 8, first_pause: Duration::from_secs(1) };
    const LEFT: Duration = Duration::from_mins(10);

    fn unavailable(retry_after_ms: Option<u64>) -> Failure {
        Failure { retry_after_ms, ..Failure::new(FailureKind::Unavailable, "away") }
    }

    #[test]
    fn pauses_grow_to_a_bound() {
        let pauses = (0..8).map(|made| RETRIES.pause(&unavailable(None), made, LEFT, 1.0).unwrap().as_secs());
        assert_eq!(pauses.collect::<Vec<_>>(), [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(RETRIES.pause(&unavailable(None), 8, LEFT, 1.0), None);
        let by_chance = RETRIES.pause(&unavailable(None), 0, LEFT, 0.0);
        assert_eq!(by_chance, Some(Duration::from_millis(500)));
    }

    #[test]
    fn a_pause_that_is_asked_for_is_kept() {
        let pause = |chance| RETRIES.pause(&unavailable(Some(5000)), 0, LEFT, chance).unwrap();
        assert_eq!(pause(0.0), Duration::from_millis(5125));
        assert_eq!(pause(1.0), Duration::from_millis(5250));
        let own_is_longer = RETRIES.pause(&unavailable(Some(10)), 3, LEFT, 1.0).unwrap();
        assert_eq!(own_is_longer, Duration::from_secs(8));
    }

    #[test]
    fn nobody_waits_for_what_comes_too_late() {
        assert_eq!(RETRIES.pause(&unavailable(Some(60_000)), 0, Duration::from_mins(1), 0.0), None);
        assert_eq!(RETRIES.pause(&unavailable(None), 0, Duration::ZERO, 0.0), None);
    }

    #[test]
    fn what_does_not_pass_is_not_asked_again() {
        for (kind, passes) in [
            (FailureKind::RateLimited, true),
            (FailureKind::DeadlineExceeded, true),
            (FailureKind::InvalidArgument, false),
            (FailureKind::Failed, false),
            (FailureKind::LimitExceeded, false),
        ] {
            let pause = RETRIES.pause(&Failure::new(kind, "x"), 0, LEFT, 0.0);
            assert_eq!(pause.is_some(), passes, "{kind}");
        }
        assert!(RETRIES.pause(&invalid("no JSON"), 0, LEFT, 0.0).is_some());
    }
}
