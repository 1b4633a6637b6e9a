//! The people that a test has: what they are scripted to say, and what they were asked.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value;

use super::FakeHost;
use super::clock::Clock;
use crate::{Content, Decision, Failure};

/// What people were asked.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Asked {
    /// Whether something may be done.
    Approve {
        /// What is to be done.
        action: String,
        /// What a person sees to decide.
        details: Value,
        /// How long the question stands.
        expires: Option<Duration>,
    },
    /// A question.
    Ask {
        /// What is asked.
        question: String,
        /// JSON Schema of the answer.
        schema: Value,
        /// How long the question stands.
        expires: Option<Duration>,
    },
    /// What the user says next.
    Message {
        /// How long it is waited for.
        timeout: Option<Duration>,
    },
}

/// What people say, each in the order in which it is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    answers: VecDeque<Answer>,
    messages: VecDeque<Content>,
}

/// What somebody does with a question.
#[derive(Clone, Debug)]
enum Answer {
    Decides(Decision),
    Says(Value),
    Ignores,
}

/// Whoever the agent asks. The answers are the next of `approve` and `ask` together; the messages have an order of their
/// own, because a user sends them unasked.
impl FakeHost {
    /// Somebody approves of the next thing that the agent asks about.
    #[must_use]
    pub fn approves(self) -> Self {
        self.decides(Decision::approved())
    }

    /// Somebody rejects the next thing that the agent asks about, and says why.
    #[must_use]
    pub fn rejects(self, reason: impl Into<String>) -> Self {
        self.decides(Decision::rejected().with_reason(reason))
    }

    /// Somebody decides about the next thing that the agent asks about.
    #[must_use]
    pub fn decides(self, decision: Decision) -> Self {
        self.answer(Answer::Decides(decision))
    }

    /// Somebody answers the next question. That it satisfies the question's schema is the test's own care.
    #[must_use]
    pub fn answers(self, answer: impl Into<Value>) -> Self {
        self.answer(Answer::Says(answer.into()))
    }

    /// Nobody reacts to the next question, as to every question after the last that is scripted.
    ///
    /// A question that expires does so, on the fake clock. One that does not waits for the end of the run, by
    /// [`cancel_after`](Self::cancel_after) or [`deadline`](Self::deadline); without one the test would never end, and
    /// panics.
    #[must_use]
    pub fn ignores(self) -> Self {
        self.answer(Answer::Ignores)
    }

    /// The user says something while the agent works. It is there from the beginning of the run.
    #[must_use]
    pub fn says(mut self, message: impl Into<Content>) -> Self {
        self.script.messages.push_back(message.into());
        self
    }

    fn answer(mut self, answer: Answer) -> Self {
        self.script.answers.push_back(answer);
        self
    }
}

/// The people of one run.
pub(super) struct People {
    script: RefCell<Script>,
    asked: RefCell<Vec<Asked>>,
}

impl People {
    pub(super) fn new(script: Script) -> Self {
        Self { script: script.into(), asked: RefCell::default() }
    }

    /// What they were asked, in order.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    /// Whether the user has said something that the agent did not take yet.
    pub(super) fn has_message(&self) -> bool {
        !self.script.borrow().messages.is_empty()
    }

    #[expect(clippy::panic, reason = "an assertion, for tests")]
    pub(super) fn approve(
        &self,
        clock: &Clock,
        action: &str,
        details: &Value,
        expires_ms: Option<u64>,
    ) -> Result<Decision, Failure> {
        let expires = expires_ms.map(Duration::from_millis);
        self.note(Asked::Approve { action: action.into(), details: details.clone(), expires });
        match self.answer(clock, action, expires_ms)? {
            Answer::Decides(decision) => Ok(decision),
            answer => panic!("`{action}` wants a decision, and the test has {answer:?} for it"),
        }
    }

    #[expect(clippy::panic, reason = "an assertion, for tests")]
    pub(super) fn ask(
        &self,
        clock: &Clock,
        question: &str,
        schema: &Value,
        expires_ms: Option<u64>,
    ) -> Result<Value, Failure> {
        let expires = expires_ms.map(Duration::from_millis);
        self.note(Asked::Ask { question: question.into(), schema: schema.clone(), expires });
        match self.answer(clock, question, expires_ms)? {
            Answer::Says(answer) => Ok(answer),
            answer => panic!("`{question}` wants an answer, and the test has {answer:?} for it"),
        }
    }

    pub(super) fn next_message(
        &self,
        clock: &Clock,
        timeout_ms: Option<u64>,
    ) -> Result<Option<Content>, Failure> {
        self.note(Asked::Message { timeout: timeout_ms.map(Duration::from_millis) });
        let message = self.script.borrow_mut().messages.pop_front();
        if message.is_none() {
            wait_in_vain(clock, timeout_ms, "the user says nothing more; see `FakeHost::says`")?;
        }
        Ok(message)
    }

    fn note(&self, asked: Asked) {
        self.asked.borrow_mut().push(asked);
    }

    /// The next answer; where there is none, the time passes in which it could have come.
    fn answer(&self, clock: &Clock, prompt: &str, expires_ms: Option<u64>) -> Result<Answer, Failure> {
        let answer = self.script.borrow_mut().answers.pop_front();
        match answer {
            Some(answer @ (Answer::Decides(_) | Answer::Says(_))) => Ok(answer),
            Some(Answer::Ignores) | None => {
                let why = format!("nobody answers `{prompt}`; see `FakeHost::approves` and `answers`");
                wait_in_vain(clock, expires_ms, &why)?;
                Err(Failure::expired())
            }
        }
    }
}

/// Lets the time pass, or fails with what ends the run before that.
#[expect(clippy::panic, reason = "an assertion, for tests")]
fn wait_in_vain(clock: &Clock, ms: Option<u64>, why: &str) -> Result<(), Failure> {
    let until = ms.map(|ms| clock.now_ms().saturating_add(ms)).or_else(|| clock.end_ms());
    let Some(until) = until else {
        panic!("the run waits without end, because {why}");
    };
    clock.wait_until(until);
    clock.check()
}

#[cfg(test)]
mod tests;
