//! What a model of a test answers.

use serde_json::Value;

use crate::models::INVALID_RESPONSE;
use crate::{
    Content, Failure, FinishReason, FunctionCall, ModelDelta, ModelRequest, ModelResponse, Part, Usage, role,
};

/// What a [`FakeModel`](super::FakeModel) answers once. A text is one, and so are a [`Content`], a [`FunctionCall`] or several, a
/// whole [`ModelResponse`], a [`Failure`], and a `Result` of one of these.
///
/// Calls of functions that have no id get one, `call-1` for the first.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelAnswer {
    pub(super) end: Result<ModelResponse, Failure>,
    /// What is written on the way; of the end where the test does not say.
    pub(super) deltas: Option<Vec<ModelDelta>>,
}

impl ModelAnswer {
    /// A thought, and then a text.
    pub fn thoughtful(thought: impl Into<String>, text: impl Into<String>) -> Self {
        Content::new(role::MODEL).with(Part::thought(thought)).with(Part::text(text)).into()
    }

    /// Says what is written on the way. Otherwise it is what is in the content, with its texts split into words; nothing before a
    /// failure.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::{FakeHost, FakeModel, ModelAnswer};
    /// use rak::{Context, Failure, ModelDelta};
    ///
    /// fn run(cx: &Context, question: String) -> Result<String, Failure> {
    ///     let completion = cx.models().open(question.as_str())?;
    ///     for delta in completion.deltas() {
    ///         match delta {
    ///             Err(failure) if failure.is_interrupted() => return Ok(cx.models().complete(question)?.text()),
    ///             delta => drop(delta?),
    ///         }
    ///     }
    ///     Ok(completion.finish()?.text())
    /// }
    ///
    /// let lost = ModelAnswer::from(Failure::interrupted()).with_deltas([ModelDelta::Text("It ".into())]);
    /// let model = FakeModel::new("small").answers(lost).says("It is late.");
    /// assert_eq!(FakeHost::new().add_model(model).run(run, "What time is it?").answer(), "It is late.");
    /// ```
    #[must_use]
    pub fn with_deltas(mut self, deltas: impl IntoIterator<Item = ModelDelta>) -> Self {
        self.deltas = Some(deltas.into_iter().collect());
        self
    }

    /// Says why it ends.
    #[must_use]
    pub fn with_finish(self, finish: FinishReason) -> Self {
        self.map(|response| ModelResponse { finish, ..response })
    }

    /// Says what it cost.
    #[must_use]
    pub fn with_usage(self, usage: Usage) -> Self {
        self.map(|response| ModelResponse { usage, ..response })
    }

    fn map(mut self, change: impl FnOnce(ModelResponse) -> ModelResponse) -> Self {
        self.end = self.end.map(change);
        self
    }

    /// What a request gets of it: as the host does, it names the model and the calls, and refuses what is no JSON where JSON was
    /// asked for.
    pub(super) fn for_request(mut self, alias: &str, request: &ModelRequest) -> Self {
        if let Ok(response) = &mut self.end {
            if response.model.is_empty() {
                response.model = alias.into();
            }
            let mut calls = before(request);
            for part in &mut response.content.parts {
                if let Part::FunctionCall(call) = part {
                    calls += 1;
                    if call.id.is_empty() {
                        call.id = format!("call-{calls}");
                    }
                }
            }
            let text = response.text();
            let structured = request.response_schema.is_some() && response.function_calls().next().is_none();
            if structured && serde_json::from_str::<Value>(&text).is_err() {
                let message = format!("the model `{alias}` did not answer with JSON: {text}");
                self.end = Err(Failure::failed(message).with_code(INVALID_RESPONSE));
            }
        }
        self
    }

    /// What is written on the way, piece by piece.
    pub(super) fn deltas(&self) -> Vec<ModelDelta> {
        let of_end =
            || self.end.iter().flat_map(|response| &response.content.parts).flat_map(pieces).collect();
        self.deltas.clone().unwrap_or_else(of_end)
    }
}

/// How many calls of functions there are in the conversation.
fn before(request: &ModelRequest) -> usize {
    request.contents.iter().flat_map(|content| &content.parts).filter_map(Part::as_function_call).count()
}

/// What is written of a part.
fn pieces(part: &Part) -> Vec<ModelDelta> {
    match part {
        Part::Text(text) => words(text).map(ModelDelta::Text).collect(),
        Part::Thought(text) => words(text).map(ModelDelta::Thought).collect(),
        Part::FunctionCall(call) => vec![ModelDelta::FunctionCall(call.clone())],
        _ => Vec::new(),
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_inclusive(' ').map(Into::into)
}

impl From<ModelResponse> for ModelAnswer {
    fn from(response: ModelResponse) -> Self {
        Self { end: Ok(response), deltas: None }
    }
}

impl From<Content> for ModelAnswer {
    fn from(content: Content) -> Self {
        ModelResponse::from(content).into()
    }
}

impl From<&str> for ModelAnswer {
    fn from(text: &str) -> Self {
        Content::model(text).into()
    }
}

impl From<String> for ModelAnswer {
    fn from(text: String) -> Self {
        Content::model(text).into()
    }
}

impl From<FunctionCall> for ModelAnswer {
    fn from(call: FunctionCall) -> Self {
        vec![call].into()
    }
}

impl From<Vec<FunctionCall>> for ModelAnswer {
    fn from(calls: Vec<FunctionCall>) -> Self {
        calls.into_iter().fold(Content::new(role::MODEL), Content::with).into()
    }
}

impl From<Failure> for ModelAnswer {
    fn from(failure: Failure) -> Self {
        Self { end: Err(failure), deltas: None }
    }
}

impl<A: Into<Self>> From<Result<A, Failure>> for ModelAnswer {
    fn from(answer: Result<A, Failure>) -> Self {
        answer.map_or_else(Into::into, Into::into)
    }
}
