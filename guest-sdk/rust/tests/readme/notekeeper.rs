use rak::{Content, Context, Failure, LlmAgent, Outcome};

/// Keeps a note for the user.
#[rak::tool]
fn remember(cx: &Context, note: String) -> Result<(), Failure> {
    let notes = [notes(cx)?, vec![note]].concat();
    cx.session().set("user:notes", notes)
}

/// Gives all notes of the user.
#[rak::tool]
fn notes(cx: &Context) -> Result<Vec<String>, Failure> {
    Ok(cx.session().get("user:notes")?.unwrap_or_default())
}

#[rak::agent]
fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
    let agent = LlmAgent::new("You keep notes for {user:name?}. Be brief.");
    agent.with_tools(rak::tools![remember, notes]).run(cx, input)
}

#[cfg(test)]
mod tests {
    use rak::testing::{FakeHost, FakeModel};
    use serde_json::json;

    use super::run;

    #[test]
    fn keeps_a_note() {
        let model =
            FakeModel::new("small").calls("remember", json!({"note": "buy milk"})).says("I noted it.");
        let run = FakeHost::new().add_model(model).run(run, "Remember to buy milk.");
        assert_eq!(run.answer(), "I noted it.");
        assert_eq!(run.state["user:notes"], json!(["buy milk"]));
    }
}
