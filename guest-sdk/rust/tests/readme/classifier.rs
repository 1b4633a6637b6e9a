use rak::{Context, Failure, ModelDelta, ModelRequest};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Ticket {
    team: String,
    urgent: bool,
}

#[rak::agent]
fn run(cx: &Context, letter: String) -> Result<String, Failure> {
    // The answer satisfies the JSON Schema.
    let schema = json!({
        "type": "object",
        "properties": {"team": {"enum": ["sales", "support"]}, "urgent": {"type": "boolean"}},
        "required": ["team", "urgent"],
    });
    let request = ModelRequest::new(letter.as_str()).with_model("small").with_response_schema(schema);
    let ticket: Ticket = cx.models().complete(request)?.json()?;

    // Of the agent's default model; the client sees the answer while it is written.
    let reply = cx.models().open(ModelRequest::new(letter).with_system("Reply in two sentences."))?;
    for delta in reply.deltas() {
        if let ModelDelta::Text(text) = delta? {
            cx.events().text_delta(text)?;
        }
    }
    let urgent = if ticket.urgent { "at once" } else { "in time" };
    Ok(format!("{}\n\nThe {} team answers {urgent}.", reply.finish()?.text(), ticket.team))
}

#[cfg(test)]
mod tests {
    use rak::Failure;
    use rak::testing::{FakeHost, FakeModel};

    use super::run;

    #[test]
    fn replies_and_says_who_answers() {
        let small = FakeModel::new("small").says(r#"{"team": "support", "urgent": true}"#);
        let run = FakeHost::new().model("large", |_| "We are sorry.").add_model(small).run(run, "It broke!");
        assert_eq!(run.answer(), "We are sorry.\n\nThe support team answers at once.");
        assert_eq!(run.text_deltas().collect::<Vec<_>>(), ["We ", "are ", "sorry."]);
        assert_eq!(run.model_calls[1].request.system.as_deref(), Some("Reply in two sentences."));
    }

    #[test]
    fn says_when_to_try_again() {
        let busy = Failure::rate_limited("too many requests");
        let run = FakeHost::new().model("small", move |_| busy.clone()).run(run, "It broke!");
        assert_eq!(run.failure().message, "too many requests");
    }
}
