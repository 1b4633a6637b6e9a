use std::time::Duration;

use rak::testing::{Asked, FakeAgent, FakeHost, FakeModel, FakeTool, TestRun, ToolAnswer};
use rak::{Blob, Decision, FailureKind, Relay};
use serde_json::{Value, json};

use super::*;
use crate::notes::{ASSISTANT, PATIENCE, SEARCH};
use crate::report::{LAST_REPORT, TIME_TO_DECIDE};

const QUESTION: &str = "how do honey bees find their way?";
const NAME: &str = "reports/the-way-of-the-bees.md";
const WRITTEN: &str = "They look at the sun.\n\nThe longer story.";
const SECOND: Duration = Duration::from_secs(1);

fn plan() -> String {
    json!({"title": "The way of the bees", "questions": ["Which way?", "How far?"]}).to_string()
}

fn model() -> FakeModel {
    FakeModel::new("small").says(plan()).says(WRITTEN)
}

fn passage(title: &str) -> Value {
    json!({"results": [{"title": title, "text": format!("{title} matter.")}]})
}

fn library(args: &Value) -> Value {
    passage(if args["query"] == "Which way?" { "Suns" } else { "Odometers" })
}

fn assistant() -> FakeAgent {
    FakeAgent::new(ASSISTANT, |question: String| format!("I was asked: {question}"))
}

fn host() -> FakeHost {
    FakeHost::new().add_model(model()).tool(SEARCH, |args| library(&args)).add_agent(assistant())
}

fn report(run: &TestRun) -> String {
    run.artifact(NAME).expect("the report").text()
}

/// What the model was told last.
fn prompt(run: &TestRun) -> String {
    run.model_calls.last().expect("a call").request.contents[0].text()
}

#[test]
fn a_question_becomes_a_report() {
    let run = host().approves().run(run, QUESTION);
    assert_eq!(run.answer(), format!("They look at the sun.\n\nThe report is {NAME}, version 1."));
    let file = run.artifact(NAME).expect("the report");
    assert_eq!(file.mime_type, "text/markdown");
    let expected = "# The way of the bees\n\nThey look at the sun.\n\nThe longer story.\n\n\
                    ## Sources\n\n- assistant\n- “Odometers” in the library\n- “Suns” in the library\n";
    assert_eq!(file.text(), expected);
}

#[test]
fn the_model_plans_as_it_is_told_to() {
    let run = host().approves().run(run, QUESTION);
    let request = &run.model_calls[0].request;
    assert_eq!((&request.model, request.relay), (&None, Relay::Off));
    assert!(request.contents[0].text().ends_with(QUESTION));
    let schema = request.response_schema.as_ref().expect("a schema");
    assert_eq!(schema["required"], json!(["title", "questions"]));
    let questions = &schema["properties"]["questions"];
    assert_eq!((&questions["minItems"], &questions["maxItems"]), (&json!(2), &json!(4)));
}

#[test]
fn all_sources_are_asked_at_once() {
    let slow_library = FakeTool::new(SEARCH, |args| library(&args)).takes(2 * SECOND);
    let host = host().add_tool(slow_library).add_agent(assistant().takes(3 * SECOND)).approves();
    let run = host.run(run, QUESTION);
    assert_eq!(run.slept, 3 * SECOND);
    let searched: Vec<_> = run.tool_calls.iter().map(|call| &call.call.args["query"]).collect();
    assert_eq!(searched, ["Which way?", "How far?"]);
    let asked: Vec<_> = run.agent_calls.iter().map(|call| call.input.text()).collect();
    assert_eq!(asked, ["Which way?", "How far?"]);
    assert!(run.agent_calls.iter().all(|call| !call.options.relay));
}

#[test]
fn the_client_sees_how_far_it_is_and_the_report_while_it_is_written() {
    let run = host().approves().run(run, QUESTION);
    let stages: Vec<_> = run.progress().map(|progress| (progress.done, progress.total)).collect();
    assert_eq!(stages, [0, 1, 2, 3, 4].map(|done| (Some(done), Some(4))));
    assert_eq!(run.text_deltas().collect::<String>(), WRITTEN);
    assert_eq!(run.contents().map(rak::Content::text).collect::<Vec<_>>(), [WRITTEN]);
}

#[test]
fn the_report_is_written_from_what_was_found() {
    let run = host().approves().run(run, QUESTION);
    let expected = "Write the report “The way of the bees”, which answers: how do honey bees find their way?\n\n\
                    The notes:\n\n\
                    Which way?\n- “Suns” in the library: Suns matter.\n- assistant: I was asked: Which way?\n\
                    How far?\n- “Odometers” in the library: Odometers matter.\n- assistant: I was asked: How far?\n";
    assert_eq!(prompt(&run), expected);
}

#[test]
fn what_is_found_twice_is_read_once() {
    let run = host().tool(SEARCH, |_| passage("Bees")).approves().run(run, QUESTION);
    assert_eq!(prompt(&run).matches("Bees matter.").count(), 1, "{}", prompt(&run));
}

#[test]
fn a_source_that_does_not_answer_is_said_in_the_report() {
    let down = |args: Value| match args["query"].as_str() {
        Some("Which way?") => ToolAnswer::None(Failure::unavailable("the library is closed")),
        _ => ToolAnswer::Failed(json!("no such shelf")),
    };
    let run = host().tool(SEARCH, down).approves().run(run, QUESTION);
    let missing = "## What did not answer\n\n\
                   - the library, asked “Which way?”: the library is closed\n\
                   - the library, asked “How far?”: \"no such shelf\"\n";
    assert!(report(&run).ends_with(missing), "{}", report(&run));
    assert!(prompt(&run).contains("No answer from the library, asked “Which way?”"), "{}", prompt(&run));
}

#[test]
fn a_library_that_answers_with_something_else_is_a_source_that_does_not_answer() {
    let run = host().tool(SEARCH, |_| json!({"content": []})).approves().run(run, QUESTION);
    assert!(report(&run).contains("missing field `results`"), "{}", report(&run));
}

#[test]
fn an_agent_that_does_not_answer_is_said_in_the_report() {
    let failing = FakeAgent::new(ASSISTANT, |question: String| match question.as_str() {
        "How far?" => Err(Failure::rate_limited("ask me later")),
        _ => Ok("It depends."),
    });
    let run = host().add_agent(failing).approves().run(run, QUESTION);
    assert!(report(&run).contains("- assistant\n"), "{}", report(&run));
    assert!(report(&run).ends_with("asked “How far?”: the agent `assistant` failed: ask me later\n"));

    let slow = host().add_agent(assistant().takes(2 * PATIENCE)).approves().run(super::run, QUESTION);
    assert_eq!(slow.slept, PATIENCE);
    assert!(report(&slow).contains("it took too long"), "{}", report(&slow));
}

#[test]
fn without_any_source_there_is_nothing_to_write() {
    let run = FakeHost::new().add_model(model()).run(run, QUESTION);
    assert_eq!(run.failure().kind, FailureKind::Unavailable);
    assert!(run.failure().message.contains(SEARCH), "{}", run.failure());
    assert!(run.asked.is_empty());
}

#[test]
fn a_cancelled_run_ends_with_its_sources() {
    let host = host().add_agent(assistant().takes(9 * SECOND)).cancel_after(SECOND);
    let run = host.run(run, QUESTION);
    assert_eq!(run.failure().kind, FailureKind::Cancelled);
    assert!(run.agent_calls.iter().all(|call| call.cancelled));
}

#[test]
fn a_person_sees_what_the_report_will_take() {
    let run = host().approves().run(run, QUESTION);
    let [Asked::Approve { action, details, expires }] = run.asked.as_slice() else {
        panic!("one approval: {:?}", run.asked);
    };
    assert!(
        action.starts_with("Write the report “The way of the bees” from 4 notes, for about "),
        "{action}"
    );
    assert_eq!((&details["title"], &details["notes"]), (&json!("The way of the bees"), &json!(4)));
    assert!(details["tokens"].as_u64().expect("a number") > 1000, "{details}");
    assert_eq!(*expires, Some(TIME_TO_DECIDE));
}

#[test]
fn a_report_that_is_not_wanted_is_not_written() {
    for (host, reason) in [(host().rejects("too dear"), "too dear"), (host(), "nobody decided in time")] {
        let run = host.run(run, QUESTION);
        let answer = run.answer();
        assert!(answer.starts_with(&format!("There is no report: {reason}.")), "{answer}");
        assert!(answer.contains("- “Suns” in the library: Suns matter.\n"), "{answer}");
        assert_eq!((run.model_calls.len(), run.artifacts.len(), run.state.len()), (1, 0, 0));
    }
}

#[test]
fn a_person_may_change_the_title() {
    let edited = |title: &str| Decision::approved().with_edited(json!({"title": title, "notes": 4}));
    let run = host().decides(edited("Bees")).run(super::run, QUESTION);
    assert!(run.answer().ends_with("The report is reports/bees.md, version 1."), "{}", run.answer());
    let text = run.artifact("reports/bees.md").expect("the report").text();
    assert!(text.starts_with("# Bees\n"), "{text}");

    let unnamed = host().decides(edited(" ")).run(super::run, QUESTION);
    assert!(report(&unnamed).starts_with("# The way of the bees\n"));
    let other = host().decides(Decision::approved().with_edited(json!("Bees"))).run(super::run, QUESTION);
    assert_eq!(other.failure().kind, FailureKind::InvalidArgument);
}

#[test]
fn what_was_found_can_be_asked_later() {
    let first = host().approves().run(run, QUESTION);
    assert_eq!(first.state[LAST_REPORT], NAME);
    let plan = json!({"title": "The way", "questions": [], "answer": "The sun, as reports/… says."});
    let later = FakeHost::new().state_after(&first).artifacts_after(&first);
    // Somebody corrected the file meanwhile.
    let later = later.artifact(NAME, Blob::new("text/markdown", "# Corrected"));
    let second = later.model("small", move |_| plan.to_string()).run(run, "what did you find?");
    assert_eq!(second.answer(), "The sun, as reports/… says.");
    let system = second.model_calls[0].request.system.as_deref().expect("an instruction");
    assert!(system.ends_with(&format!("The file {NAME}:\n\n# Corrected")), "{system}");
}

#[test]
fn a_later_question_may_need_research_of_its_own() {
    let first = host().approves().run(run, QUESTION);
    let again = host().state_after(&first).artifacts_after(&first).approves();
    let second = again.clone().run(run, "and in winter?");
    assert!(second.answer().ends_with(&format!("The report is {NAME}, version 2.")), "{}", second.answer());

    let unplanned = FakeModel::new("small").says(json!({"title": "Winter", "questions": []}).to_string());
    let third = again.add_model(unplanned.says("They stay.")).run(run, "and in winter?");
    assert_eq!(third.agent_calls[0].input.text(), "and in winter?");
    assert_eq!(third.state[LAST_REPORT], "reports/winter.md");
}

#[test]
fn a_report_that_was_removed_is_forgotten() {
    let run = host().state(LAST_REPORT, NAME).approves().run(run, QUESTION);
    let schema = run.model_calls[0].request.response_schema.as_ref().expect("a schema");
    assert!(schema["properties"].get("answer").is_none());
}

#[test]
fn what_cannot_be_planned_is_a_failure() {
    assert_eq!(host().run(run, " ").failure().kind, FailureKind::InvalidArgument);
    let run = host().model("small", |_| "I would not know.").run(run, QUESTION);
    assert_eq!(run.failure().code.as_deref(), Some("invalid_response"));
}
