//! `countdown`: counts down, one step a second. What a long run, its progress and its cancellation look like.

use std::ops::RangeInclusive;
use std::time::Duration;

use rak::{Content, Context, Descriptor, Failure, Progress, Skill};

/// Steps where the message names none.
const DEFAULT_STEPS: u64 = 5;
/// A day at most: a longer run is more likely a typing error.
const STEPS: RangeInclusive<u64> = 1..=86_400;
/// From one number to the next.
const STEP: Duration = Duration::from_secs(1);

fn describe() -> Descriptor {
    let skill = Skill::new("countdown", "Count down")
        .with_description("Says a number a second, from the one that is sent down to 1. Can be cancelled.")
        .with_tags(["demo", "long-running", "cancellation"])
        .with_examples(["5", "60"]);
    rak::descriptor!().with_name("countdown").with_skill(skill)
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, message: String) -> Result<String, Failure> {
    let steps = parse(&message)?;
    for left in (1..=steps).rev() {
        cx.events().emit([
            Content::model(left.to_string()).into(),
            Progress::new(format!("{left} to go")).at(steps - left, steps).into(),
        ])?;
        cx.sleep(STEP);
        // A sleep returns early when the invocation is being cancelled.
        cx.check_cancelled()?;
    }
    Ok("Done.".into())
}

fn parse(message: &str) -> Result<u64, Failure> {
    let message = message.trim();
    if message.is_empty() {
        return Ok(DEFAULT_STEPS);
    }
    let steps = message.parse().ok().filter(|steps| STEPS.contains(steps));
    steps.ok_or_else(|| {
        let (least, most) = (STEPS.start(), STEPS.end());
        Failure::invalid_argument(format!(
            "send a number of seconds from {least} to {most}, for example 10, or nothing for {DEFAULT_STEPS}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use rak::FailureKind;
    use rak::testing::{FakeHost, TestRun};

    use super::*;

    fn said(run: &TestRun) -> Vec<String> {
        run.contents().map(Content::text).collect()
    }

    #[test]
    fn counts_down_one_a_second() {
        let run = FakeHost::new().run(run, " 3\n");
        assert_eq!(said(&run), ["3", "2", "1"]);
        assert_eq!(
            run.progress().map(|progress| progress.done).collect::<Vec<_>>(),
            [Some(0), Some(1), Some(2)]
        );
        assert_eq!(run.slept, 3 * STEP);
        assert_eq!(run.answer(), "Done.");
    }

    #[test]
    fn counts_from_five_where_nothing_is_said() {
        assert_eq!(said(&FakeHost::new().run(run, "")), ["5", "4", "3", "2", "1"]);
    }

    #[test]
    fn says_what_to_send() {
        for bad in ["x", "0", "-1", "86401", "1.5"] {
            let run = FakeHost::new().run(run, bad);
            assert_eq!(run.failure().kind, FailureKind::InvalidArgument, "{bad}");
            assert!(run.failure().message.contains("from 1 to 86400"), "{}", run.failure());
        }
        assert_eq!(parse("86400"), Ok(86_400));
    }

    #[test]
    fn stops_at_once_when_cancelled() {
        let run = FakeHost::new().cancel_after(Duration::from_millis(1500)).run(run, "60");
        assert_eq!(said(&run), ["60", "59"]);
        assert_eq!(run.failure(), &Failure::cancelled());
        assert_eq!(run.slept, Duration::from_millis(1500));
    }
}
