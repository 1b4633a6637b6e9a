//! `assistant`: answers with a model, which has the host's calculator and clock, and notes of its own. What an agent with a model
//! looks like.

use rak::{Content, Context, Descriptor, Failure, LlmAgent, Outcome, Skill};

/// Where the notes of the session are.
const NOTES: &str = "notes";
/// As many as a model reads at a glance.
const MAX_NOTES: usize = 100;

const INSTRUCTION: &str = "\
You are a helpful assistant. Answer briefly, in the language of the user. \
Calculate with the calculator, and look at the clock for the time: you do neither well yourself. \
Keep a note of what the user wants to remember, and only of that. The notes of this conversation so far: {notes?}";

fn describe() -> Descriptor {
    let skill = Skill::new("assist", "Assist")
        .with_description("Answers questions, calculates, knows the time, and keeps notes.")
        .with_tags(["demo", "model", "tools"])
        .with_examples(["what time is it?", "what is 6 * 7?", "note that I need milk", "what are my notes?"]);
    rak::descriptor!().with_name("assistant").with_skill(skill)
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
    LlmAgent::new(INSTRUCTION)
        .with_host_tools(["calculator", "clock"])
        .with_tools(rak::tools![add_note, list_notes, remove_note])
        .run(cx, input)
}

/// Keeps a note for the user, and gives all notes.
#[rak::tool]
fn add_note(
    cx: &Context,
    /// What is to be remembered, in a few words.
    text: String,
) -> Result<Vec<String>, Failure> {
    change(cx, |notes| {
        if notes.len() >= MAX_NOTES {
            return Err(Failure::limit_exceeded(format!("there are {MAX_NOTES} notes; remove one first")));
        }
        notes.push(text);
        Ok(())
    })
}

/// Gives all notes of this conversation, the first one first.
#[rak::tool]
fn list_notes(cx: &Context) -> Result<Vec<String>, Failure> {
    Ok(cx.session().get(NOTES)?.unwrap_or_default())
}

/// Removes a note, once it is done with, and gives those that are left.
#[rak::tool]
fn remove_note(
    cx: &Context,
    /// Which one: 1 is the first.
    number: usize,
) -> Result<Vec<String>, Failure> {
    change(cx, |notes| {
        let index = number.checked_sub(1).filter(|index| *index < notes.len());
        let index = index.ok_or_else(|| Failure::not_found(format!("there is no note {number}")))?;
        notes.remove(index);
        Ok(())
    })
}

/// Changes the notes, and gives what has become of them.
fn change(
    cx: &Context,
    change: impl FnOnce(&mut Vec<String>) -> Result<(), Failure>,
) -> Result<Vec<String>, Failure> {
    let mut notes = list_notes(cx)?;
    change(&mut notes)?;
    cx.session().set(NOTES, &notes)?;
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use rak::testing::{FakeHost, FakeModel, TestRun};
    use rak::{FailureKind, FunctionCall, Part};
    use serde_json::{Value, json};

    use super::*;

    fn host(model: FakeModel) -> FakeHost {
        FakeHost::new()
            .tool("calculator", |args| json!(if args["expression"] == "6 * 7" { 42 } else { 0 }))
            .tool("clock", |_| json!({"time": "12:00"}))
            .add_model(model)
    }

    fn model() -> FakeModel {
        FakeModel::new("small")
    }

    /// What came of the functions that were called, in order.
    fn answers(run: &TestRun) -> Vec<(bool, &Value)> {
        let parts = run.contents().flat_map(|content| &content.parts);
        let answers = parts.filter_map(|part| match part {
            Part::FunctionResponse(answer) => Some((answer.failed, &answer.response)),
            _ => None,
        });
        answers.collect()
    }

    #[test]
    fn answers_word_by_word() {
        let run = host(model().says("Good day to you.")).run(run, "hello");
        assert_eq!(run.answer(), "Good day to you.");
        assert_eq!(run.text_deltas().collect::<Vec<_>>(), ["Good ", "day ", "to ", "you."]);
    }

    #[test]
    fn asks_the_clock_and_the_calculator_at_once() {
        let calls = vec![
            FunctionCall::named("clock", json!({})),
            FunctionCall::named("calculator", json!({"expression": "6 * 7"})),
        ];
        let run = host(model().answers(calls).says("It is noon, and 42.")).run(run, "the time, and 6 * 7?");
        assert_eq!(run.answer(), "It is noon, and 42.");
        assert_eq!(answers(&run), [(false, &json!({"time": "12:00"})), (false, &json!(42))]);
    }

    #[test]
    fn keeps_notes_from_turn_to_turn() {
        let first = host(model().calls("add_note", json!({"text": "buy milk"})).says("I noted it."));
        let first = first.run(run, "I need milk");
        assert_eq!(first.state[NOTES], json!(["buy milk"]));

        let second =
            host(model().calls("remove_note", json!({"number": 1})).says("Done.")).state_after(&first);
        let second = second.run(run, "I have it");
        assert_eq!(answers(&second), [(false, &json!([]))]);
        let instruction = second.model_calls[0].request.system.as_deref().unwrap();
        assert!(instruction.ends_with(r#"so far: ["buy milk"]"#), "{instruction}");
    }

    #[test]
    fn the_model_is_told_what_cannot_be() {
        let full = vec!["x"; MAX_NOTES];
        let calls = vec![
            FunctionCall::named("add_note", json!({"text": "one more"})),
            FunctionCall::named("remove_note", json!({"number": 0})),
            FunctionCall::named("remove_note", json!({"number": 101})),
        ];
        let host = host(model().answers(calls).says("I cannot.")).state(NOTES, full.clone());
        let run = host.run(run, "note this");
        assert_eq!((run.answer().as_str(), &run.state[NOTES]), ("I cannot.", &json!(full)));
        assert!(answers(&run).iter().all(|(failed, _)| *failed));
    }

    #[test]
    fn the_conversation_so_far_is_told() {
        let host = host(model().says("Rome.")).said("user", "Where is the Colosseum?");
        let run = host.said("assistant", Content::model("In Italy.")).run(run, "In which city?");
        let told: Vec<_> = run.model_calls[0].request.contents.iter().map(Content::text).collect();
        assert_eq!(told, ["Where is the Colosseum?", "In Italy.", "In which city?"]);
    }

    #[test]
    fn a_model_that_is_away_is_a_failure() {
        let run = host(model().answers(Failure::unavailable("no model answers"))).run(run, "hello");
        assert_eq!(run.failure().kind, FailureKind::Unavailable);
    }
}
