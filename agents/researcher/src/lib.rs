//! `researcher`: plans, asks a library and another agent side by side, has a person decide whether it may write, and keeps the report
//! as a file. What an agent looks like that puts together all that the host lends it.

mod notes;
mod plan;
mod report;

use rak::{Context, Descriptor, Failure, Progress, Skill};

use crate::notes::Notes;
use crate::plan::{Next, Plan};
use crate::report::{LastReport, Permission};

/// The stages of a run: planning, looking things up, asking the person, writing.
const STAGES: u64 = 4;

fn describe() -> Descriptor {
    let skill = Skill::new("research", "Research")
        .with_description(
            "Looks a question up in a library and with another agent, asks before it writes, and keeps the report as a file.",
        )
        .with_tags(["demo", "model", "tools", "agents", "artifacts", "person in the loop"])
        .with_examples(["how do honey bees find their way?", "what did you find?"]);
    rak::descriptor!().with_name("researcher").with_skill(skill)
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, question: String) -> Result<String, Failure> {
    let question = question.trim();
    if question.is_empty() {
        return Err(Failure::invalid_argument("send a question, as in `how do honey bees find their way?`"));
    }
    stage(cx, "planning", 0)?;
    let plan = match plan::make(cx, question, LastReport::load(cx)?.as_ref())? {
        Next::Answer(answer) => return Ok(answer),
        Next::Research(plan) => plan,
    };
    stage(cx, &format!("looking into {} questions", plan.questions.len()), 1)?;
    let notes = Notes::gather(cx, &plan)?;
    stage(cx, "asking whether to write the report", 2)?;
    let title = match report::ask(cx, &plan, &notes)? {
        Permission::Granted { title } => title,
        Permission::Denied { reason } => return Ok(unwritten(&plan, &notes, &reason)),
    };
    stage(cx, "writing the report", 3)?;
    let report = report::write(cx, question, &title, &notes)?;
    let version = report.save(cx)?;
    stage(cx, "done", STAGES)?;
    Ok(format!("{}\n\nThe report is {}, version {version}.", report.summary(), report.name))
}

fn stage(cx: &Context, what: &str, done: u64) -> Result<(), Failure> {
    cx.events().progress(Progress::new(what).at(done, STAGES))
}

/// The answer where nobody wants the report: what was found all the same.
fn unwritten(plan: &Plan, notes: &Notes, reason: &str) -> String {
    format!("There is no report: {reason}. These are my notes on “{}”.\n\n{notes}", plan.title)
}

#[cfg(test)]
mod tests;
