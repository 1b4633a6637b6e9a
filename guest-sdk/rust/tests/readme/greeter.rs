use std::time::Duration;

use rak::{Context, Failure, Progress};

#[rak::agent]
fn run(cx: &Context, name: String) -> Result<String, Failure> {
    if name.trim().is_empty() {
        return Err(Failure::invalid_argument("send your name, for example `Ada`"));
    }

    // State: `greetings` alone would be this session's.
    let times = cx.session().get::<u32>("user:greetings")?.unwrap_or(0) + 1;
    cx.session().set("user:greetings", times)?;

    // What the client sees while the agent works.
    cx.events().progress(Progress::new("thinking of something nice"))?;
    cx.sleep(Duration::from_secs(1));
    cx.check_cancelled()?;

    cx.log().info("greeted", &[("times", &times.to_string())]);
    Ok(format!("Hello, {name}! That makes {times}."))
}

#[cfg(test)]
mod tests {
    use rak::FailureKind;
    use rak::testing::FakeHost;

    use super::run;

    #[test]
    fn greets_and_counts() {
        let run = FakeHost::new().state("user:greetings", 2).run(run, "Ada");
        assert_eq!(run.answer(), "Hello, Ada! That makes 3.");
        assert_eq!(run.state["user:greetings"], 3);
    }

    #[test]
    fn says_what_to_send() {
        let run = FakeHost::new().run(run, " ");
        assert_eq!(run.failure().kind, FailureKind::InvalidArgument);
    }
}
