//! Functions of the author's own that a model may call.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Context, Failure, Json, ModelTool, Outcome, Schema};

/// A function of the author's own that a model may call: what [`LlmAgent::with_tools`](crate::LlmAgent::with_tools) takes.
///
/// Mostly it is made by [`#[rak::tool]`](crate::tool) and named in [`rak::tools!`](crate::tools). A closure that holds something
/// becomes one here:
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::{FakeHost, FakeModel};
/// use rak::{Content, Context, Failure, Function, LlmAgent, Outcome};
/// use serde_json::json;
///
/// /// What to look for.
/// #[derive(serde::Deserialize, rak::Schema)]
/// struct Query {
///     word: String,
/// }
///
/// fn run(cx: &Context, question: Content) -> Result<Outcome, Failure> {
///     let pages: Vec<String> = cx.config("pages")?.unwrap_or_default();
///     let search = Function::new("search", "Finds pages.", |_cx, query: Query| {
///         pages.iter().filter(|page| page.contains(&query.word)).cloned().collect::<Vec<_>>()
///     });
///     LlmAgent::new("Answer from the pages.").with_tool(search).run(cx, question)
/// }
///
/// # fn main() {
/// let model = FakeModel::new("small").calls("search", json!({"word": "cat"})).says("Cats purr.");
/// let host = FakeHost::new().config("pages", json!(["dogs bark", "cats purr"])).add_model(model);
/// assert_eq!(host.run(run, "What do cats do?").answer(), "Cats purr.");
/// # }
/// ```
pub struct Function<'a> {
    pub(crate) tool: ModelTool,
    call: Box<Call<'a>>,
}

/// What a function makes of its arguments.
type Call<'a> = dyn Fn(&Context, Value) -> Result<Answer, Failure> + 'a;

impl<'a> Function<'a> {
    /// A function whose arguments are the fields of a type.
    pub fn new<A, R>(
        name: impl Into<String>,
        description: impl Into<String>,
        function: impl Fn(&Context, A) -> R + 'a,
    ) -> Self
    where
        A: Schema + DeserializeOwned,
        R: IntoResponse,
    {
        Self::with_schema(name, description, A::schema(), move |cx, args| {
            let args = serde_json::from_value(args)
                .map_err(|error| Failure::invalid_argument(format!("the arguments do not fit: {error}")))?;
            function(cx, args).into_response()
        })
    }

    /// A function that takes its arguments as they come, with the JSON Schema that a model reads.
    pub fn with_schema<R: IntoResponse>(
        name: impl Into<String>,
        description: impl Into<String>,
        parameters: impl Into<Value>,
        function: impl Fn(&Context, Value) -> R + 'a,
    ) -> Self {
        let call = move |cx: &Context, args| function(cx, args).into_response();
        Self { tool: ModelTool::new(name, description, parameters), call: Box::new(call) }
    }

    /// Calls it, as a model does.
    pub(crate) fn call(&self, cx: &Context, args: Value) -> Result<Answer, Failure> {
        (self.call)(cx, args)
    }
}

/// Functions that a model may call, each with [`#[rak::tool]`](crate::tool): `rak::tools![weather, remind]`.
#[macro_export]
macro_rules! tools {
    ($($tool:ty),* $(,)?) => {
        [$(<$tool as $crate::__private::AsFunction>::function()),*]
    };
}

/// What stands behind the name of a function with `#[rak::tool]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tool",
    note = "put `#[rak::tool]` on the function of this name"
)]
pub trait AsFunction {
    fn function() -> Function<'static>;
}

/// The arguments of a function with `#[rak::tool]`, taken one by one.
#[doc(hidden)]
pub struct Args(Map<String, Value>);

impl Args {
    pub fn new(args: Value) -> Result<Self, Failure> {
        match args {
            Value::Object(args) => Ok(Self(args)),
            // What some models give where there are no parameters.
            Value::Null => Ok(Self(Map::new())),
            other => Err(Failure::invalid_argument(format!("the arguments are no object: {other}"))),
        }
    }

    pub fn take<T: DeserializeOwned + Schema>(&mut self, name: &str) -> Result<T, Failure> {
        let value = match self.0.remove(name) {
            Some(value) => value,
            None if T::OPTIONAL => Value::Null,
            None => return Err(Failure::invalid_argument(format!("the argument `{name}` is missing"))),
        };
        serde_json::from_value(value).map_err(|error| {
            Failure::invalid_argument(format!("the argument `{name}` does not fit: {error}"))
        })
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self.0.keys().next() {
            Some(name) => Err(Failure::invalid_argument(format!("there is no argument `{name}`"))),
            None => Ok(()),
        }
    }
}

/// What comes of a function that a model calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// What the model is told.
    Told(Value),
    /// The run ends with this, and the model is not asked again.
    End(Outcome),
}

/// What a function that a model calls may return. With an [`Outcome`] it ends the run: how a model ends a [`Loop`](crate::Loop), for
/// example.
#[diagnostic::on_unimplemented(
    message = "a model cannot be told `{Self}`",
    label = "not something a tool can return",
    note = "return a string, a number, `bool`, `()`, `Vec<T>`, `Option<T>`, `serde_json::Value`, `Json<T>` or `Outcome`, or a `Result` of one of them with an error that is `Into<Failure>`"
)]
pub trait IntoResponse {
    /// What comes of it.
    fn into_response(self) -> Result<Answer, Failure>;
}

fn told(value: impl Serialize) -> Result<Answer, Failure> {
    Ok(Answer::Told(serde_json::to_value(value)?))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Result<Answer, Failure> {
        Ok(self)
    }
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Result<Answer, Failure> {
        Ok(Answer::End(self))
    }
}

/// Values that are JSON as they are.
macro_rules! responses {
    ($($of:ty),+ $(,)?) => {$(
        impl IntoResponse for $of {
            fn into_response(self) -> Result<Answer, Failure> {
                told(self)
            }
        }
    )+};
}

responses!((), bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f32, f64, String, &str, Value);

impl<T: Serialize> IntoResponse for Vec<T> {
    fn into_response(self) -> Result<Answer, Failure> {
        told(self)
    }
}

impl<T: Serialize> IntoResponse for Option<T> {
    fn into_response(self) -> Result<Answer, Failure> {
        told(self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Answer, Failure> {
        told(self.0)
    }
}

impl<T: IntoResponse, E: Into<Failure>> IntoResponse for Result<T, E> {
    fn into_response(self) -> Result<Answer, Failure> {
        self.map_err(Into::into)?.into_response()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_that_do_not_fit_are_named() {
        let args = |json| Args::new(json).unwrap();
        let message = |failure: Failure| failure.message;
        assert_eq!(message(args(json!({})).take::<u8>("n").unwrap_err()), "the argument `n` is missing");
        assert!(message(args(json!({"n": -1})).take::<u8>("n").unwrap_err()).contains("`n` does not fit"));
        assert_eq!(args(Value::Null).take::<Option<u8>>("n"), Ok(None));
        assert_eq!(message(args(json!({"m": 1})).finish().unwrap_err()), "there is no argument `m`");
        assert!(Args::new(json!([1])).is_err());
    }

    #[test]
    fn what_a_function_returns_is_json() {
        let told = |value| Ok(Answer::Told(value));
        assert_eq!("a".into_response(), told(json!("a")));
        assert_eq!(().into_response(), told(json!(null)));
        assert_eq!(vec![1, 2].into_response(), told(json!([1, 2])));
        assert_eq!(Json(json!({"a": 1})).into_response(), told(json!({"a": 1})));
        assert_eq!(Outcome::text("bye").into_response(), Ok(Answer::End(Outcome::text("bye"))));
        let failed: Result<u8, Failure> = Err(Failure::not_found("no such page"));
        assert_eq!(failed.into_response(), Err(Failure::not_found("no such page")));
    }
}
