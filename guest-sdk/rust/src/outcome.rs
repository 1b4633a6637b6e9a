//! How a run ends well.

use serde_json::Value;

use crate::{Content, Failure, Json};

/// How a run ends well: mostly with an answer.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::Outcome;
///
/// let outcome = Outcome::text("Let me hand you over.").transferring_to("billing");
/// assert_eq!(outcome.transfer_to.as_deref(), Some("billing"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The answer, where it was not emitted already.
    pub content: Option<Content>,
    /// Tells a workflow above to stop.
    pub escalate: bool,
    /// Hands the conversation to another agent.
    pub transfer_to: Option<String>,
    /// Anything else the client and the agent agree on.
    pub extra: Option<Value>,
}

impl Outcome {
    /// Nothing more to say: everything was emitted already.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A text answer.
    pub fn text(text: impl Into<String>) -> Self {
        Content::model(text).into()
    }

    /// Tells a workflow above to stop.
    #[must_use]
    pub fn escalating(mut self) -> Self {
        self.escalate = true;
        self
    }

    /// Hands the conversation to another agent.
    #[must_use]
    pub fn transferring_to(mut self, agent: impl Into<String>) -> Self {
        self.transfer_to = Some(agent.into());
        self
    }

    /// Adds something the client and the agent agree on.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.extra = Some(extra.into());
        self
    }
}

impl From<Content> for Outcome {
    fn from(content: Content) -> Self {
        Self { content: Some(content), ..Self::default() }
    }
}

/// What an agent's function may return.
#[diagnostic::on_unimplemented(
    message = "an agent cannot return `{Self}`",
    label = "not something an agent can return",
    note = "return `Outcome`, `Content`, `String`, `&'static str`, `()` or `Json<T>`, or a `Result` of one of them with an error that is `Into<Failure>`"
)]
pub trait IntoOutcome {
    /// How the run ends.
    fn into_outcome(self) -> Result<Outcome, Failure>;
}

impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Result<Outcome, Failure> {
        Ok(self)
    }
}

impl IntoOutcome for Content {
    fn into_outcome(self) -> Result<Outcome, Failure> {
        Ok(self.into())
    }
}

impl IntoOutcome for String {
    fn into_outcome(self) -> Result<Outcome, Failure> {
        Ok(Outcome::text(self))
    }
}

impl IntoOutcome for &str {
    fn into_outcome(self) -> Result<Outcome, Failure> {
        Ok(Outcome::text(self))
    }
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Result<Outcome, Failure> {
        Ok(Outcome::empty())
    }
}

/// The value as a JSON text.
impl<T: serde::Serialize> IntoOutcome for Json<T> {
    fn into_outcome(self) -> Result<Outcome, Failure> {
        Ok(Outcome::text(serde_json::to_string(&self.0)?))
    }
}

impl<T: IntoOutcome, E: Into<Failure>> IntoOutcome for Result<T, E> {
    fn into_outcome(self) -> Result<Outcome, Failure> {
        self.map_err(Into::into)?.into_outcome()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_reasonable_is_an_outcome() {
        let hi = Ok(Outcome::text("hi"));
        assert_eq!("hi".into_outcome(), hi);
        assert_eq!(String::from("hi").into_outcome(), hi);
        assert_eq!(Content::model("hi").into_outcome(), hi);
        assert_eq!(Outcome::text("hi").into_outcome(), hi);
        assert_eq!(().into_outcome(), Ok(Outcome::empty()));
        assert_eq!(Json(json!([1])).into_outcome(), Ok(Outcome::text("[1]")));
    }

    #[test]
    fn errors_become_failures() {
        let number: Result<String, _> = "x".parse::<u8>().map(|n| n.to_string());
        assert!(number.into_outcome().unwrap_err().message.contains("invalid digit"));
        let failure: Result<(), Failure> = Err(Failure::cancelled());
        assert_eq!(failure.into_outcome(), Err(Failure::cancelled()));
    }

    #[test]
    fn builders_set_their_field() {
        let outcome = Outcome::empty().escalating().transferring_to("b").with_extra(json!(1));
        let expected =
            Outcome { content: None, escalate: true, transfer_to: Some("b".into()), extra: Some(json!(1)) };
        assert_eq!(outcome, expected);
    }
}
