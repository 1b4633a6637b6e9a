//! A person in the loop.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::context::decode;
use crate::host::{Current, Host};
use crate::wait::millis;
use crate::{Content, Failure};

/// Asks people, and listens to them: `cx.people()`.
///
/// Each call waits for somebody, for weeks if need be. The host puts a run that waits for long out of memory, and the run
/// survives a restart of the host: it goes on from here as if nothing had been. What came before a question may run again
/// for that, and its host calls then get the answers that they got the first time, so keep effects behind host calls.
///
/// Each call can fail: with [`Failure::cancelled`] once the invocation is being cancelled, with
/// [`Failure::deadline_exceeded`] where its time is over, and with a failure that
/// [is expired](Failure::is_expired) where nobody answered in time.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use std::time::Duration;
///
/// use rak::testing::FakeHost;
/// use rak::{Context, Failure};
///
/// const DAY: Duration = Duration::from_hours(24);
///
/// fn run(cx: &Context, page: String) -> Result<&'static str, Failure> {
///     match cx.people().approve("Publish this page", &page, Some(DAY)) {
///         Ok(decision) if decision.approved => Ok("published"),
///         Ok(_) => Ok("kept as a draft"),
///         Err(failure) if failure.is_expired() => Ok("kept as a draft, because nobody looked at it"),
///         Err(failure) => Err(failure),
///     }
/// }
///
/// assert_eq!(FakeHost::new().approves().run(run, "Hello").answer(), "published");
/// assert_eq!(FakeHost::new().rejects("a typo").run(run, "Helo").answer(), "kept as a draft");
/// let unanswered = FakeHost::new().run(run, "Hello");
/// assert_eq!(unanswered.answer(), "kept as a draft, because nobody looked at it");
/// assert_eq!(unanswered.slept, DAY); // of the fake clock
/// ```
#[derive(Clone, Copy)]
pub struct People<'cx> {
    host: &'cx Current,
}

impl<'cx> People<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// Asks whether something may be done, and waits for the decision, until it expires where it does.
    ///
    /// `details` is what a person needs to see to decide; `()` where the action says it all. A rejection is no failure:
    /// look at [`Decision::approved`].
    pub fn approve(
        &self,
        action: &str,
        details: impl Serialize,
        expires: Option<Duration>,
    ) -> Result<Decision, Failure> {
        self.host.approve(action, &serde_json::to_value(details)?, expires.map(millis))
    }

    /// Asks a question, and waits for the answer, until it expires where it does. The answer satisfies `schema`, a JSON
    /// Schema.
    ///
    /// Fails with [`FailureKind::Failed`](crate::FailureKind::Failed) where the answer does not fit `T`; ask for a
    /// [`serde_json::Value`] to look at whatever it is.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    /// use serde_json::json;
    ///
    /// fn run(cx: &Context, _input: String) -> Result<String, Failure> {
    ///     let guests: u32 = cx.people().ask("How many guests?", json!({"type": "integer", "minimum": 1}), None)?;
    ///     Ok(format!("a table for {guests}"))
    /// }
    ///
    /// assert_eq!(FakeHost::new().answers(4).run(run, "").answer(), "a table for 4");
    /// ```
    pub fn ask<T: DeserializeOwned>(
        &self,
        question: &str,
        schema: impl Into<Value>,
        expires: Option<Duration>,
    ) -> Result<T, Failure> {
        let answer = self.host.ask(question, &schema.into(), expires.map(millis))?;
        decode(answer, || format!("the answer to `{question}`"))
    }

    /// What the user says while the agent works, in the order in which it was sent. Waits for it, `timeout` at most;
    /// `None` after that, and at once for a timeout of zero.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use std::time::Duration;
    ///
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, _input: String) -> Result<String, Failure> {
    ///     let mut pages = 0;
    ///     while cx.people().next_message(Some(Duration::ZERO))?.is_none() && pages < 100 {
    ///         pages += 1; // … the work on one page
    ///     }
    ///     Ok(format!("read {pages} pages"))
    /// }
    ///
    /// assert_eq!(FakeHost::new().says("enough").run(run, "").answer(), "read 0 pages");
    /// assert_eq!(FakeHost::new().run(run, "").answer(), "read 100 pages");
    /// ```
    pub fn next_message(&self, timeout: Option<Duration>) -> Result<Option<Content>, Failure> {
        self.host.next_message(timeout.map(millis))
    }
}

/// What a person decided: [`People::approve`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Whether it may be done.
    pub approved: bool,
    /// Who decided, where the client said so.
    pub by: Option<String>,
    /// Why, where they said so.
    pub reason: Option<String>,
    /// What is to be done instead of what was asked: the details as the person changed them.
    pub edited: Option<Value>,
}

impl Decision {
    /// It may be done.
    pub fn approved() -> Self {
        Self { approved: true, ..Self::default() }
    }

    /// It may not be done.
    pub fn rejected() -> Self {
        Self::default()
    }

    /// Says who decided.
    #[must_use]
    pub fn with_by(mut self, person: impl Into<String>) -> Self {
        self.by = Some(person.into());
        self
    }

    /// Says why.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Changes what is to be done.
    #[must_use]
    pub fn with_edited(mut self, details: impl Into<Value>) -> Self {
        self.edited = Some(details.into());
        self
    }
}
