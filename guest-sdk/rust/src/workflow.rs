//! Agents made of steps: one after the other, side by side, again and again.

mod step;

pub use step::IntoStep;
use step::Step;

use crate::{Child, Content, Context, Failure, Outcome, Part, role};

/// Steps one after the other: what one says is what the next is told.
///
/// A step is the name of another agent, which is [called](crate::Agents) with the client seeing what it emits; a function like an
/// agent's own; an [`LlmAgent`](crate::LlmAgent); or another workflow. A step that says nothing leaves it as it is.
///
/// A step that [escalates](Outcome::escalating), or [hands over](Outcome::transferring_to), is the last one, and its outcome is that
/// of the whole.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Content, Context, Failure, LlmAgent, Outcome, Sequential};
///
/// fn first_line(_cx: &Context, text: String) -> String {
///     text.lines().take(1).collect()
/// }
///
/// fn run(cx: &Context, topic: Content) -> Result<Outcome, Failure> {
///     Sequential::new()
///         .step("researcher")
///         .step(first_line)
///         .step(LlmAgent::new("Make a headline of it."))
///         .run(cx, topic)
/// }
///
/// let host = FakeHost::new().agent("researcher", |topic: String| format!("{topic} is old.\nIt has hills."));
/// let run = host.model("small", |request| request.contents[0].text().to_uppercase()).run(run, "Rome");
/// assert_eq!(run.answer(), "ROME IS OLD.");
/// ```
#[derive(Default)]
#[must_use = "it does nothing until it is run"]
pub struct Sequential<'a> {
    steps: Vec<Step<'a>>,
}

impl<'a> Sequential<'a> {
    /// Without steps yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step.
    pub fn step<M>(mut self, step: impl IntoStep<'a, M>) -> Self {
        self.steps.push(step.into_step());
        self
    }

    /// Takes each step once.
    pub fn run(&self, cx: &Context, input: impl Into<Content>) -> Result<Outcome, Failure> {
        self.run_after(cx, input.into(), Outcome::empty())
    }

    /// Takes each step once, after others that came to this.
    fn run_after(&self, cx: &Context, input: Content, before: Outcome) -> Result<Outcome, Failure> {
        let (mut told, mut before) = (input, before);
        for step in &self.steps {
            cx.check_cancelled()?;
            let mut outcome = step.run(cx, told.clone())?;
            outcome.content = outcome.content.or(before.content);
            if is_over(&outcome) {
                return Ok(outcome);
            }
            told = next(&outcome).unwrap_or(told);
            before = outcome;
        }
        Ok(before)
    }
}

/// Steps side by side: each is told the same, and the outcome has what all of them say, in the order of the steps, with a blank line
/// between.
///
/// Other agents work beside each other, and beside the steps of this agent's own, which are taken in turn. The first step that fails
/// ends the others. The outcome escalates where one of them does, and hands over to where the first of them does that does.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Content, Context, Failure, Outcome, Parallel};
///
/// fn run(cx: &Context, topic: Content) -> Result<Outcome, Failure> {
///     Parallel::new().step("historian").step("critic").run(cx, topic)
/// }
///
/// let host = FakeHost::new()
///     .agent("historian", |topic: String| format!("{topic} is old."))
///     .agent("critic", |topic: String| format!("{topic} is overrated."));
/// assert_eq!(host.run(run, "Rome").answer(), "Rome is old.\n\nRome is overrated.");
/// ```
#[derive(Default)]
#[must_use = "it does nothing until it is run"]
pub struct Parallel<'a> {
    steps: Vec<Step<'a>>,
}

impl<'a> Parallel<'a> {
    /// Without steps yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step.
    pub fn step<M>(mut self, step: impl IntoStep<'a, M>) -> Self {
        self.steps.push(step.into_step());
        self
    }

    /// Takes all steps.
    pub fn run(&self, cx: &Context, input: impl Into<Content>) -> Result<Outcome, Failure> {
        let input = input.into();
        // All agents have to be started before the first step is waited for, and those of our own are not waited for at all.
        let started: Vec<Option<Child>> =
            self.steps.iter().map(|step| step.start(cx, &input)).collect::<Result<_, _>>()?;
        let own: Vec<Option<Outcome>> = self
            .steps
            .iter()
            .zip(&started)
            .map(|(step, child)| match child {
                Some(_) => Ok(None),
                None => step.run(cx, input.clone()).map(Some),
            })
            .collect::<Result<_, Failure>>()?;
        let mut all = Outcome::empty();
        for (child, own) in started.iter().zip(own) {
            if let Some(child) = child {
                join(&mut all, child.finish()?.into());
            }
            if let Some(own) = own {
                join(&mut all, own);
            }
        }
        Ok(all)
    }
}

/// Steps again and again, one after the other: what the last one says is what the first is told next.
///
/// It ends when a step [escalates](Outcome::escalating), which goes no further than here, or
/// [hands over](Outcome::transferring_to), and at the latest after so many times.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Content, Context, Failure, Loop, Outcome};
///
/// fn good_enough(_cx: &Context, draft: String) -> Outcome {
///     let outcome = Outcome::text(draft.as_str());
///     if draft.len() > 12 { outcome.escalating() } else { outcome }
/// }
///
/// fn run(cx: &Context, draft: Content) -> Result<Outcome, Failure> {
///     Loop::new(5).step("writer").step(good_enough).run(cx, draft)
/// }
///
/// let host = FakeHost::new().agent("writer", |draft: String| format!("very {draft}"));
/// assert_eq!(host.run(run, "good").answer(), "very very good");
/// ```
#[must_use = "it does nothing until it is run"]
pub struct Loop<'a> {
    steps: Sequential<'a>,
    max_times: u32,
}

impl<'a> Loop<'a> {
    /// Without steps yet, and this often at most.
    pub fn new(max_times: u32) -> Self {
        Self { steps: Sequential::new(), max_times }
    }

    /// Adds a step.
    pub fn step<M>(mut self, step: impl IntoStep<'a, M>) -> Self {
        self.steps = self.steps.step(step);
        self
    }

    /// Takes the steps until one escalates.
    pub fn run(&self, cx: &Context, input: impl Into<Content>) -> Result<Outcome, Failure> {
        let mut told = input.into();
        let mut outcome = Outcome::empty();
        for _ in 0..self.max_times {
            outcome = self.steps.run_after(cx, told.clone(), outcome)?;
            if is_over(&outcome) {
                break;
            }
            told = next(&outcome).unwrap_or(told);
        }
        Ok(Outcome { escalate: false, ..outcome })
    }
}

/// Whether no more steps are to be taken.
fn is_over(outcome: &Outcome) -> bool {
    outcome.escalate || outcome.transfer_to.is_some()
}

/// What a provider keeps in an answer for itself, for when the same model is asked again.
const MODEL_STATE: &str = "model.state";

/// What the next step is told: what was said, without the thoughts and what a provider keeps of them.
fn next(outcome: &Outcome) -> Option<Content> {
    let mut content = outcome.content.clone()?;
    content.role = role::USER.into();
    content.parts.retain(|part| match part {
        Part::Thought(_) => false,
        Part::Other(custom) => custom.name != MODEL_STATE,
        _ => true,
    });
    Some(content)
}

/// Adds the outcome of one step to that of the others.
fn join(all: &mut Outcome, one: Outcome) {
    all.escalate |= one.escalate;
    all.transfer_to = all.transfer_to.take().or(one.transfer_to);
    if let Some(content) = one.content.filter(|content| !content.parts.is_empty()) {
        let said = all.content.get_or_insert_with(|| Content::new(role::MODEL));
        if !said.parts.is_empty() {
            said.parts.push("\n\n".into());
        }
        said.parts.extend(content.parts);
    }
}

#[cfg(test)]
mod tests;
