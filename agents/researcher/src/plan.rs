//! What is to be found out, as a model plans it.

use rak::{Context, Failure, ModelRequest};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::report::LastReport;

/// Fewer need no research.
const MIN_QUESTIONS: usize = 2;
/// More are a book, and as many agents at once.
const MAX_QUESTIONS: usize = 4;

const INSTRUCTION: &str = "\
You plan the research of a question. Find a title of a few words for the report, and the smaller questions that it has to answer. \
Each of them is answered by somebody who sees nothing else, so it has to say all that it is about.";

/// What comes after planning.
pub(crate) enum Next {
    /// The earlier report has the answer.
    Answer(String),
    Research(Plan),
}

/// What is to be found out.
#[derive(Debug, Deserialize)]
pub(crate) struct Plan {
    /// Of the report.
    pub(crate) title: String,
    /// What each search and each agent is asked.
    pub(crate) questions: Vec<String>,
    /// What the earlier report says to the question, where it answers it.
    answer: Option<String>,
}

/// Asks the model for a plan. Where there is an earlier report, the question may be about that.
pub(crate) fn make(cx: &Context, question: &str, earlier: Option<&LastReport>) -> Result<Next, Failure> {
    let task = match earlier {
        None => "Plan the research of this question",
        Some(_) => "Answer this question from the earlier report, or plan its research",
    };
    let request = ModelRequest::new(format!("{task}: {question}"))
        .with_system(instruction(earlier))
        .with_response_schema(schema(earlier.is_some()));
    let mut plan: Plan = cx.models().complete(request)?.json()?;
    if let Some(answer) = plan.answer.take() {
        return Ok(Next::Answer(answer));
    }
    if plan.questions.is_empty() {
        // Beside an earlier report a model may think that this goes without saying.
        plan.questions.push(question.to_owned());
    }
    Ok(Next::Research(plan))
}

fn instruction(earlier: Option<&LastReport>) -> String {
    let Some(LastReport { name, text }) = earlier else { return INSTRUCTION.to_owned() };
    format!(
        "{INSTRUCTION} You wrote a report before. Where it has the answer, or the question is about it, give the answer with the \
         name of the file, and no questions.\n\nThe file {name}:\n\n{text}"
    )
}

/// What a plan looks like, and the answer that may stand in its place.
fn schema(may_answer: bool) -> Value {
    let least = if may_answer { 0 } else { MIN_QUESTIONS };
    let questions =
        json!({"type": "array", "items": {"type": "string"}, "minItems": least, "maxItems": MAX_QUESTIONS});
    let mut properties = json!({"title": {"type": "string", "minLength": 1}, "questions": questions});
    if let (Value::Object(properties), true) = (&mut properties, may_answer) {
        let answer =
            json!({"type": "string", "minLength": 1, "description": "What the earlier report answers"});
        properties.insert("answer".into(), answer);
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": ["title", "questions"],
        "additionalProperties": false,
    })
}
