//! `counter`: counts messages. What state of a session and state of a user are.

use rak::{Context, Descriptor, Failure, Session, Skill};
use serde_json::Value;

/// Messages in this session.
const OF_SESSION: &str = "count";
/// Messages of this user, in all sessions.
const OF_USER: &str = "user:count";

fn describe() -> Descriptor {
    let skill = Skill::new("count", "Count messages")
        .with_description(
            "Answers with how many messages this session has seen, and how many this user has sent.",
        )
        .with_tags(["demo", "state"])
        .with_examples(["Count this.", "And this."]);
    rak::descriptor!().with_name("counter").with_skill(skill)
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, _message: String) -> Result<String, Failure> {
    let session = cx.session();
    let of_session = count(session, OF_SESSION)?;
    let of_user = count(session, OF_USER)?;
    Ok(format!("This is message {of_session} in this session, and message {of_user} of yours overall."))
}

/// Adds one to the number at `key`. Whatever is there that is not a count (somebody else may write the state too) is
/// counted as none.
fn count(session: Session<'_>, key: &str) -> Result<u64, Failure> {
    let before = session.get::<Value>(key)?.and_then(|value| value.as_u64()).unwrap_or(0);
    let now = before.saturating_add(1);
    session.set(key, now)?;
    Ok(now)
}

#[cfg(test)]
mod tests {
    use rak::testing::FakeHost;
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_this_session_and_this_user() {
        let run = FakeHost::new().state(OF_USER, 41).run(run, "hi");
        assert_eq!(run.answer(), "This is message 1 in this session, and message 42 of yours overall.");
        assert_eq!(json!(run.state), json!({"count": 1, "user:count": 42}));
    }

    #[test]
    fn goes_on_where_the_last_turn_ended() {
        let host = FakeHost::new();
        let first = host.run(run, "hi");
        let second = host.state_after(&first).run(run, "hi");
        assert_eq!(second.answer(), "This is message 2 in this session, and message 2 of yours overall.");
    }

    #[test]
    fn begins_again_where_the_state_is_no_count() {
        for garbage in [json!("seven"), json!(-1), json!(1.5), json!({"a": 1}), json!([])] {
            let run = FakeHost::new().state(OF_SESSION, garbage).run(run, "hi");
            assert_eq!(run.state[OF_SESSION], json!(1));
        }
    }

    #[test]
    fn a_count_at_its_end_stays_there() {
        let run = FakeHost::new().state(OF_SESSION, u64::MAX).run(run, "hi");
        assert_eq!(run.state[OF_SESSION], json!(u64::MAX));
    }
}
