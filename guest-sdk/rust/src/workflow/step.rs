//! A step of a workflow.

use super::{Loop, Parallel, Sequential};
use crate::{
    AgentOptions, Child, Content, Context, Failure, FromInput, IntoOutcome, LlmAgent, Outcome, Reply,
};

/// A step of a workflow.
pub enum Step<'a> {
    /// Another agent.
    Agent(String),
    /// Of this agent's own.
    Own(Box<Own<'a>>),
}

type Own<'a> = dyn Fn(&Context, Content) -> Result<Outcome, Failure> + 'a;

impl<'a> Step<'a> {
    fn own(own: impl Fn(&Context, Content) -> Result<Outcome, Failure> + 'a) -> Self {
        Self::Own(Box::new(own))
    }

    pub(super) fn run(&self, cx: &Context, input: Content) -> Result<Outcome, Failure> {
        match self {
            Self::Agent(name) => Ok(cx.agents().call_with(name, input, &options())?.into()),
            Self::Own(own) => own(cx, input),
        }
    }

    /// Starts it beside this invocation, where it is another agent.
    pub(super) fn start(&self, cx: &Context, input: &Content) -> Result<Option<Child>, Failure> {
        match self {
            Self::Agent(name) => cx.agents().start_with(name, input.clone(), &options()).map(Some),
            Self::Own(_) => Ok(None),
        }
    }
}

fn options() -> AgentOptions {
    AgentOptions::new().relaying()
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        let Reply { content, escalate, transfer_to, extra, .. } = reply;
        Self { content, escalate, transfer_to, extra }
    }
}

/// What can be a step of a workflow: the name of another agent, a function that takes a [`&Context`](Context) and an input
/// ([`FromInput`]) and returns something that is [`IntoOutcome`], an [`LlmAgent`], and a workflow. There is nothing to implement.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step of a workflow",
    note = "give the name of another agent, a function like an agent's own, an `LlmAgent` or a workflow"
)]
pub trait IntoStep<'a, M> {
    #[doc(hidden)]
    fn into_step(self) -> Step<'a>;
}

/// Tells the `impl`s of [`IntoStep`] for functions from the others.
#[doc(hidden)]
pub struct Chain<I, O>(std::marker::PhantomData<fn(I) -> O>);

impl<'a> IntoStep<'a, ()> for &str {
    fn into_step(self) -> Step<'a> {
        Step::Agent(self.into())
    }
}

impl<'a> IntoStep<'a, ()> for String {
    fn into_step(self) -> Step<'a> {
        Step::Agent(self)
    }
}

impl<'a, F, I, O> IntoStep<'a, Chain<I, O>> for F
where
    F: Fn(&Context, I) -> O + 'a,
    I: FromInput,
    O: IntoOutcome,
{
    fn into_step(self) -> Step<'a> {
        Step::own(move |cx, input| self(cx, I::from_input(input)?).into_outcome())
    }
}

/// What is run with a content is a step.
macro_rules! runs {
    ($($of:ident),+) => {$(
        impl<'a> IntoStep<'a, ()> for $of<'a> {
            fn into_step(self) -> Step<'a> {
                Step::own(move |cx, input| self.run(cx, input))
            }
        }
    )+};
}

runs!(LlmAgent, Sequential, Parallel, Loop);
