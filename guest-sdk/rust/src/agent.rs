//! What an agent is to the SDK, and what its input may be.

use serde::de::DeserializeOwned;

use crate::{Content, Context, Descriptor, Failure, Outcome};

/// An agent: what it is and what it does. `#[rak::agent]` on the `impl` makes the component out of it.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::{Agent, Content, Context, Descriptor, Failure, Outcome};
///
/// struct Greeter;
///
/// #[rak::agent]
/// impl Agent for Greeter {
///     fn describe() -> Descriptor {
///         rak::descriptor!().with_description("Greets.")
///     }
///
///     fn run(_cx: &Context, input: Content) -> Result<Outcome, Failure> {
///         Ok(Outcome::text(format!("Hello, {}!", input.text())))
///     }
/// }
/// ```
pub trait Agent {
    /// What the agent is. Called once when the component is loaded, with nothing granted.
    fn describe() -> Descriptor;

    /// One invocation.
    fn run(cx: &Context, input: Content) -> Result<Outcome, Failure>;
}

/// What an agent's function may take as its input.
#[diagnostic::on_unimplemented(
    message = "an agent cannot take `{Self}` as its input",
    label = "not something an agent can take",
    note = "take `Content`, `String` (its text) or `Json<T>` (its text, parsed)"
)]
pub trait FromInput: Sized {
    /// Reads the input, or says what is wrong with it as an
    /// [`InvalidArgument`](crate::FailureKind::InvalidArgument).
    fn from_input(input: Content) -> Result<Self, Failure>;
}

impl FromInput for Content {
    fn from_input(input: Content) -> Result<Self, Failure> {
        Ok(input)
    }
}

/// The text of the input.
impl FromInput for String {
    fn from_input(input: Content) -> Result<Self, Failure> {
        Ok(input.text())
    }
}

/// A structured value, written as JSON in the text of the input or of the answer.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Context, Json};
///
/// #[derive(serde::Deserialize)]
/// struct Sum {
///     a: i64,
///     b: i64,
/// }
///
/// fn run(_cx: &Context, Json(sum): Json<Sum>) -> Json<i64> {
///     Json(sum.a + sum.b)
/// }
///
/// assert_eq!(FakeHost::new().run(run, r#"{"a": 1, "b": 2}"#).answer(), "3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<T>(
    /// The value.
    pub T,
);

impl<T: DeserializeOwned> FromInput for Json<T> {
    fn from_input(input: Content) -> Result<Self, Failure> {
        serde_json::from_str(&input.text()).map(Self).map_err(|error| {
            Failure::invalid_argument(format!("the input is not the JSON that this agent takes: {error}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;

    #[test]
    fn json_input_is_parsed_from_all_text_parts() {
        let input = Content::user("[1,").with("2]");
        assert_eq!(Json::<Vec<u8>>::from_input(input), Ok(Json(vec![1, 2])));
    }

    #[test]
    fn json_input_of_another_shape_is_the_callers_mistake() {
        let failure = Json::<u8>::from_input(Content::user("\"x\"")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidArgument);
        assert!(failure.message.contains("expected u8"), "{failure}");
    }
}
