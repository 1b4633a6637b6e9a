//! The report: whether it may be written, how, and where it is kept.

use std::fmt::Write as _;
use std::time::Duration;

use rak::{Blob, Content, Context, Failure, ModelRequest, Relay};
use serde::{Deserialize, Serialize};

use crate::notes::Notes;
use crate::plan::Plan;

/// Where the name of the newest report of the session is.
pub(crate) const LAST_REPORT: &str = "last-report";
/// How long there is to decide.
pub(crate) const TIME_TO_DECIDE: Duration = Duration::from_hours(24);
/// About as much as a report comes to, in tokens.
const REPORT_TOKENS: usize = 1000;
/// The usual estimate of bytes for a token.
const BYTES_PER_TOKEN: usize = 4;
/// Of a file's name, in characters: what can be taken in at a glance.
const MAX_SLUG_CHARS: usize = 60;

const INSTRUCTION: &str = "\
You write a report in Markdown, in the language of the question, from the notes and from nothing else. Begin with one paragraph that \
answers the question in two or three sentences, then go into it. Say where the notes disagree or something is missing. Write neither \
a title nor a list of the sources: both are added.";

/// What a person sees before they decide, and may change.
#[derive(Serialize)]
struct Proposal<'a> {
    title: &'a str,
    notes: usize,
    /// That writing takes, about.
    tokens: usize,
}

/// What of it the person can change.
#[derive(Deserialize)]
struct Edited {
    title: String,
}

/// What the person says.
pub(crate) enum Permission {
    Granted { title: String },
    Denied { reason: String },
}

/// Asks the person before what costs most.
pub(crate) fn ask(cx: &Context, plan: &Plan, notes: &Notes) -> Result<Permission, Failure> {
    let tokens = (INSTRUCTION.len() + notes.to_string().len()).div_ceil(BYTES_PER_TOKEN) + REPORT_TOKENS;
    let proposal = Proposal { title: &plan.title, notes: notes.len(), tokens };
    let action = format!(
        "Write the report “{}” from {} notes, for about {tokens} tokens, and save it?",
        plan.title,
        notes.len()
    );
    let decision = match cx.people().approve(&action, &proposal, Some(TIME_TO_DECIDE)) {
        Err(failure) if failure.is_expired() => {
            return Ok(Permission::Denied { reason: "nobody decided in time".to_owned() });
        }
        decision => decision?,
    };
    if !decision.approved {
        let reason = decision.reason.unwrap_or_else(|| "it was not approved".to_owned());
        return Ok(Permission::Denied { reason });
    }
    let edited = decision.edited.map(serde_json::from_value).transpose();
    let edited =
        edited.map_err(|error| Failure::invalid_argument(format!("a report has a title: {error}")))?;
    let title = edited.map(|Edited { title }| title).filter(|title| !title.trim().is_empty());
    let title = title.unwrap_or_else(|| plan.title.clone());
    Ok(Permission::Granted { title })
}

/// A report that is written.
pub(crate) struct Report {
    /// Of its file.
    pub(crate) name: String,
    title: String,
    /// What the model wrote.
    body: String,
    /// What stands below that.
    appendix: String,
}

/// Has the model write it, while the client reads along.
pub(crate) fn write(cx: &Context, question: &str, title: &str, notes: &Notes) -> Result<Report, Failure> {
    let request = ModelRequest::new(format!(
        "Write the report “{title}”, which answers: {question}\n\nThe notes:\n\n{notes}"
    ))
    .with_system(INSTRUCTION)
    .with_relay(Relay::Text);
    let body = cx.models().complete(request)?.text();
    // What was shown while it was written is now said as a whole.
    cx.events().content(Content::model(body.as_str()))?;
    Ok(Report { name: name(title), title: title.to_owned(), body, appendix: appendix(notes) })
}

impl Report {
    /// Keeps it as a file and remembers which one. Gives the version.
    pub(crate) fn save(&self, cx: &Context) -> Result<u32, Failure> {
        let text = format!("# {}\n\n{}\n\n{}", self.title, self.body.trim(), self.appendix);
        let version = cx.artifacts().save(&self.name, Blob::new("text/markdown", text))?;
        cx.session().set(LAST_REPORT, &self.name)?;
        Ok(version)
    }

    /// Its first paragraph.
    pub(crate) fn summary(&self) -> &str {
        self.body.trim().split("\n\n").next().unwrap_or_default()
    }
}

fn appendix(notes: &Notes) -> String {
    let mut text = "## Sources\n\n".to_owned();
    for source in notes.sources() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "- {source}");
    }
    if !notes.missing.is_empty() {
        text.push_str("\n## What did not answer\n\n");
        for missing in &notes.missing {
            let _ = writeln!(text, "- {missing}");
        }
    }
    text
}

/// The name of the file: the letters and digits of the title, in any script.
fn name(title: &str) -> String {
    let words: Vec<_> =
        title.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").to_lowercase().chars().take(MAX_SLUG_CHARS).collect();
    let slug = slug.trim_end_matches('-');
    format!("reports/{}.md", if slug.is_empty() { "report" } else { slug })
}

/// The newest report of the session, as it is kept now.
pub(crate) struct LastReport {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl LastReport {
    /// None where none was written, or it was removed.
    pub(crate) fn load(cx: &Context) -> Result<Option<Self>, Failure> {
        let Some(name) = cx.session().get::<String>(LAST_REPORT)? else { return Ok(None) };
        let file = cx.artifacts().load(&name)?;
        Ok(file.map(|file| Self { text: file.text(), name }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_words_of_the_title() {
        assert_eq!(name("How bees find their way: a report!"), "reports/how-bees-find-their-way-a-report.md");
        assert_eq!(name("Über Bienen"), "reports/über-bienen.md");
        assert_eq!(name("../../etc/passwd"), "reports/etc-passwd.md");
        assert_eq!(name("?!"), "reports/report.md");
        let long = name(&"word ".repeat(50));
        assert_eq!(long, format!("reports/{}.md", ["word"; 12].join("-")));
    }
}
