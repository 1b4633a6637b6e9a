//! `primes`: counts the primes up to a limit. Nothing but CPU, so it shows that a busy agent disturbs nobody.

mod sieve;

use rak::{Context, Descriptor, Failure, Progress, Skill};

use sieve::Sieve;

/// The limit where the message names none: a second or less of work.
const DEFAULT_LIMIT: u64 = 10_000_000;
/// Hours of work: a thousand million take seven seconds. It also keeps what the sieve holds of the primes up to its
/// root below two megabytes.
const MAX_LIMIT: u64 = 1_000_000_000_000;
/// How often progress is reported, at most.
const REPORTS: u64 = 100;

fn describe() -> Descriptor {
    let skill = Skill::new("primes", "Count primes")
        .with_description("Counts the primes up to the number that is sent, and names the largest of them.")
        .with_tags(["demo", "cpu"])
        .with_examples(["1000", "10000000", "1000000000"]);
    rak::descriptor!().with_name("primes").with_skill(skill)
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, message: String) -> Result<String, Failure> {
    let limit = parse(&message)?;
    let (mut count, mut largest, mut reported) = (0_u64, None, 0);
    for segment in Sieve::up_to(limit) {
        count += segment.count;
        largest = segment.largest.or(largest);
        let report = segment.end.saturating_mul(REPORTS) / limit.max(1);
        if report > reported {
            reported = report;
            let found = format!("{count} primes up to {}", segment.end);
            // The only call in the loop: here a cancellation is seen.
            cx.events().progress(Progress::new(found).at(segment.end, limit))?;
        }
    }
    Ok(match largest {
        Some(largest) => format!("Primes up to {limit}: {count}. The largest is {largest}."),
        None => format!("Primes up to {limit}: none."),
    })
}

fn parse(message: &str) -> Result<u64, Failure> {
    let message = message.trim();
    if message.is_empty() {
        return Ok(DEFAULT_LIMIT);
    }
    message.replace('_', "").parse().ok().filter(|limit| *limit <= MAX_LIMIT).ok_or_else(|| {
        Failure::invalid_argument(format!(
            "send a whole number up to {MAX_LIMIT}, for example 1000, or nothing for {DEFAULT_LIMIT}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use rak::FailureKind;
    use rak::testing::FakeHost;

    use super::*;

    #[test]
    fn answers_with_the_count_and_the_largest() {
        let answer = |limit: &str| FakeHost::new().run(run, limit).answer();
        assert_eq!(answer("100"), "Primes up to 100: 25. The largest is 97.");
        assert_eq!(answer(" 1_000_000 "), "Primes up to 1000000: 78498. The largest is 999983.");
        assert_eq!(answer("2"), "Primes up to 2: 1. The largest is 2.");
        assert_eq!(answer("1"), "Primes up to 1: none.");
        assert_eq!(answer("0"), "Primes up to 0: none.");
    }

    #[test]
    fn counts_to_ten_million_where_nothing_is_said() {
        let run = FakeHost::new().run(run, "");
        assert_eq!(run.answer(), "Primes up to 10000000: 664579. The largest is 9999991.");
        let reports = run.progress().count();
        assert!((10..=100).contains(&reports), "{reports} reports");
        assert_eq!(run.progress().last().and_then(|progress| progress.done), Some(DEFAULT_LIMIT));
    }

    #[test]
    fn says_what_to_send() {
        for bad in ["x", "-1", "1e9", "1000000000001"] {
            let run = FakeHost::new().run(run, bad);
            assert_eq!(run.failure().kind, FailureKind::InvalidArgument, "{bad}");
            assert!(run.failure().message.contains("send a whole number"), "{}", run.failure());
        }
    }

    #[test]
    fn stops_at_the_next_report_when_cancelled() {
        let run = FakeHost::new().cancel_after_calls(3).run(run, "");
        assert_eq!((run.failure().kind, run.progress().count()), (FailureKind::Cancelled, 3));
    }
}
