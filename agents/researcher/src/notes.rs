//! What the library and the other agent say, side by side.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use rak::{AgentOptions, Context, Failure, FunctionCall, FunctionResponse, ToolOptions};
use serde::Deserialize;
use serde_json::json;

use crate::plan::Plan;

/// What searches the library.
pub(crate) const SEARCH: &str = "mcp.library.search";
/// Who answers from what it knows.
pub(crate) const ASSISTANT: &str = "assistant";
/// How long one of them may take: a report without it is better than none.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// What was found out.
pub(crate) struct Notes {
    notes: Vec<Note>,
    /// What did not answer, and why.
    pub(crate) missing: Vec<String>,
}

/// Something that a source says to a question.
struct Note {
    question: String,
    source: String,
    text: String,
}

/// What the library answers.
#[derive(Deserialize)]
struct Found {
    results: Vec<Passage>,
}

#[derive(Deserialize)]
struct Passage {
    title: String,
    text: String,
}

impl Notes {
    /// Asks the library and the other agent all questions at once, and waits for all of them. Who does not answer is missing; only
    /// where nobody does there is nothing to go on with.
    pub(crate) fn gather(cx: &Context, plan: &Plan) -> Result<Self, Failure> {
        // Not relayed: several that speak at once are not to be read, and what they say is in the report.
        let options = AgentOptions::new().with_timeout(PATIENCE);
        let start = |question: &String| cx.agents().start_with(ASSISTANT, question.as_str(), &options);
        let children: Vec<_> = plan.questions.iter().map(start).collect();
        let search = |question: &String| FunctionCall::named(SEARCH, json!({"query": question}));
        let options = ToolOptions::new().with_timeout(PATIENCE);
        let found = cx.tools().call_all_with(plan.questions.iter().map(search), &options);

        let mut notes = Self { notes: Vec::new(), missing: Vec::new() };
        for ((question, found), child) in plan.questions.iter().zip(found).zip(children) {
            notes.add(question, "the library", found.and_then(passages));
            let replied = child.and_then(|child| child.finish());
            notes.add(question, ASSISTANT, replied.map(|reply| vec![(ASSISTANT.to_owned(), reply.text())]));
        }
        // They all fail where the run is being cancelled.
        cx.check_cancelled()?;
        if notes.is_empty() {
            let why = format!("nothing was found out; {}", notes.missing.join("; "));
            return Err(Failure::unavailable(why));
        }
        Ok(notes)
    }

    fn add(&mut self, question: &str, asked: &str, answers: Result<Vec<(String, String)>, Failure>) {
        let answers = match answers {
            Ok(answers) => answers,
            Err(failure) => {
                return self.missing.push(format!("{asked}, asked “{question}”: {}", failure.message));
            }
        };
        for (source, text) in answers {
            // A passage may be found for several questions, and is read once.
            if !self.notes.iter().any(|note| note.source == source && note.text == text) {
                self.notes.push(Note { question: question.to_owned(), source, text });
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.notes.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Each once, by name.
    pub(crate) fn sources(&self) -> BTreeSet<&str> {
        self.notes.iter().map(|note| note.source.as_str()).collect()
    }
}

/// As a person reads them, and a model.
impl fmt::Display for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut question = None;
        for note in &self.notes {
            if question.replace(&note.question) != Some(&note.question) {
                writeln!(f, "{}", note.question)?;
            }
            writeln!(f, "- {}: {}", note.source, note.text.trim())?;
        }
        for missing in &self.missing {
            writeln!(f, "No answer from {missing}")?;
        }
        Ok(())
    }
}

/// The source and the text of each passage.
fn passages(answer: FunctionResponse) -> Result<Vec<(String, String)>, Failure> {
    if answer.failed {
        return Err(Failure::failed(answer.response.to_string()));
    }
    let found: Found = serde_json::from_value(answer.response)?;
    Ok(found
        .results
        .into_iter()
        .map(|Passage { title, text }| (format!("“{title}” in the library"), text))
        .collect())
}
