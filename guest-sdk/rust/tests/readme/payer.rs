use std::time::Duration;

use rak::{Context, Failure};
use serde_json::json;

const DAY: Duration = Duration::from_hours(24);

#[rak::agent]
fn run(cx: &Context, invoice: String) -> Result<String, Failure> {
    // The answer satisfies the JSON Schema.
    let amount: u32 = cx.people().ask("How much is it?", json!({"type": "integer", "minimum": 1}), None)?;

    let details = json!({"invoice": invoice, "amount": amount});
    let decision = match cx.people().approve("Pay the invoice", details, Some(DAY)) {
        Err(failure) if failure.is_expired() => return Ok("Not paid: nobody decided within a day.".into()),
        decided => decided?,
    };
    if !decision.approved {
        return Ok(format!("Not paid: {}.", decision.reason.as_deref().unwrap_or("no reason given")));
    }
    Ok(format!("Paid {amount}."))
}

#[cfg(test)]
mod tests {
    use rak::testing::FakeHost;

    use super::{DAY, run};

    #[test]
    fn pays_what_is_approved() {
        assert_eq!(FakeHost::new().answers(70).approves().run(run, "47").answer(), "Paid 70.");
        let rejected = FakeHost::new().answers(70).rejects("too dear").run(run, "47");
        assert_eq!(rejected.answer(), "Not paid: too dear.");
    }

    #[test]
    fn waits_a_day_and_no_longer() {
        let unanswered = FakeHost::new().answers(70).run(run, "47");
        assert_eq!(unanswered.answer(), "Not paid: nobody decided within a day.");
        assert_eq!(unanswered.slept, DAY); // of the fake clock
    }
}
