//! The models that a test has: what they answer, and what they were asked.

mod answer;
mod completion;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;

use super::FakeHost;
use super::invocation::Inner;
use super::started::{Calls, not_found};
use crate::{Embeddings, Failure, FunctionCall, ModelRequest, ModelSummary, Usage};

pub use answer::ModelAnswer;
pub(crate) use completion::FakeCompletion;

/// A model, as a test has it: [`FakeHost::add_model`]. Its answers come in order, or are made by a function.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::{FakeHost, FakeModel};
/// use rak::{Context, Failure, ModelRequest};
/// use serde_json::json;
///
/// /// Goes on until the model is content.
/// fn run(cx: &Context, question: String) -> Result<String, Failure> {
///     let mut request = ModelRequest::new(question);
///     loop {
///         let answer = cx.models().complete(request.clone())?;
///         if answer.function_calls().next().is_none() {
///             return Ok(answer.text());
///         }
///         request = request.with_content(answer.content).with_content("go on");
///     }
/// }
///
/// let model = FakeModel::new("small").calls("look", json!({"at": "the sky"})).says("It is blue.");
/// let run = FakeHost::new().add_model(model).run(run, "What colour is the sky?");
/// assert_eq!(run.answer(), "It is blue.");
/// assert_eq!(run.model_calls[1].request.contents.len(), 3);
/// ```
#[derive(Clone)]
pub struct FakeModel {
    summary: ModelSummary,
    takes: Duration,
    answers: Vec<ModelAnswer>,
    answer: Option<Rc<Answer>>,
    embed: Option<Rc<Embed>>,
}

/// What a model makes of a request.
type Answer = dyn Fn(&ModelRequest) -> ModelAnswer;
/// What a model makes of a text.
type Embed = dyn Fn(&str) -> Vec<f32>;

impl FakeModel {
    /// A model of this alias, which is over at once, and has no answers yet.
    pub fn new(alias: impl Into<String>) -> Self {
        Self {
            summary: ModelSummary { name: alias.into(), ..ModelSummary::default() },
            takes: Duration::ZERO,
            answers: Vec::new(),
            answer: None,
            embed: None,
        }
    }

    /// Answers once with this, after the answers that are there: with a text, a content, a [`ModelAnswer`], a [`Failure`] …
    #[must_use]
    pub fn answers(mut self, answer: impl Into<ModelAnswer>) -> Self {
        self.answers.push(answer.into());
        self
    }

    /// Answers once with this text, after the answers that are there.
    #[must_use]
    pub fn says(self, text: impl Into<String>) -> Self {
        self.answers(text.into())
    }

    /// Answers once with a call of this function, after the answers that are there. For several calls in one answer, use
    /// [`answers`](Self::answers) with a `Vec` of them.
    #[must_use]
    pub fn calls(self, function: impl Into<String>, args: impl Into<Value>) -> Self {
        self.answers(FunctionCall::named(function, args))
    }

    /// Answers with what this function makes of a request, once the answers that are there were given.
    #[must_use]
    pub fn answers_by<A: Into<ModelAnswer>>(mut self, answer: impl Fn(&ModelRequest) -> A + 'static) -> Self {
        self.answer = Some(Rc::new(move |request| answer(request).into()));
        self
    }

    /// Turns texts into vectors by this function. Without one it cannot, as many models cannot.
    #[must_use]
    pub fn embeds(mut self, embed: impl Fn(&str) -> Vec<f32> + 'static) -> Self {
        self.embed = Some(Rc::new(embed));
        self
    }

    /// Says what the model is good for.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.summary.description = description.into();
        self
    }

    /// Adds anything else that is said of it.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.summary.extra = Some(extra.into());
        self
    }

    /// Lets each answer take this time of the fake clock, over which its deltas come evenly.
    #[must_use]
    pub fn takes(mut self, time: Duration) -> Self {
        self.takes = time;
        self
    }

    /// What it answers when it was asked `before` times already.
    fn answer(&self, before: usize, request: &ModelRequest) -> ModelAnswer {
        match (self.answers.get(before), &self.answer) {
            (Some(answer), _) => answer.clone(),
            (None, Some(answer)) => answer(request),
            (None, None) => {
                let given = self.answers.len();
                let alias = &self.summary.name;
                Failure::failed(format!("the model `{alias}` has {given} answers in this test, no more"))
                    .into()
            }
        }
    }
}

impl fmt::Debug for FakeModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeModel")
            .field("summary", &self.summary)
            .field("takes", &self.takes)
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}

/// What a model was asked. What did not come to a model, because there is none of the alias, is not among them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModelCall {
    /// The alias of the model that answered.
    pub model: String,
    /// What it was asked.
    pub request: ModelRequest,
    /// Whether it was given up before its end, by the agent or because its run was over.
    pub cancelled: bool,
}

/// Which texts a model turned into vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbedCall {
    /// The alias of the model.
    pub model: String,
    /// The texts.
    pub texts: Vec<String>,
}

impl FakeHost {
    /// A model that the agent may ask, and which is over at once. The first model of a test is the agent's default.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, question: String) -> Result<String, Failure> {
    ///     Ok(cx.models().complete(question)?.text())
    /// }
    ///
    /// let host = FakeHost::new().model("small", |request| format!("You said: {}", request.contents[0].text()));
    /// assert_eq!(host.run(run, "hello").answer(), "You said: hello");
    ///
    /// let busy = FakeHost::new().model("small", |_| Failure::rate_limited("too many requests"));
    /// assert_eq!(busy.run(run, "hello").failure().message, "too many requests");
    /// ```
    #[must_use]
    pub fn model<A: Into<ModelAnswer>>(
        self,
        alias: impl Into<String>,
        answer: impl Fn(&ModelRequest) -> A + 'static,
    ) -> Self {
        self.add_model(FakeModel::new(alias).answers_by(answer))
    }

    /// A model, with more to say of it than [`model`](Self::model) does. It takes the place of one of the same alias.
    #[must_use]
    pub fn add_model(mut self, model: FakeModel) -> Self {
        match self.models.iter_mut().find(|known| known.summary.name == model.summary.name) {
            Some(known) => *known = model,
            None => self.models.push(model),
        }
        self
    }
}

/// The models of one run.
pub(super) struct Models {
    /// The agent's default first.
    known: Vec<FakeModel>,
    calls: Calls<ModelCall>,
    embed_calls: RefCell<Vec<EmbedCall>>,
}

impl Models {
    pub(super) fn new(mut known: Vec<FakeModel>) -> Self {
        if let Some((_, others)) = known.split_first_mut() {
            others.sort_by(|one, other| one.summary.name.cmp(&other.summary.name));
        }
        Self { known, calls: Calls::default(), embed_calls: RefCell::default() }
    }

    pub(super) fn available(&self) -> Vec<ModelSummary> {
        self.known.iter().map(|model| model.summary.clone()).collect()
    }

    /// What they were asked, in order.
    pub(super) fn calls(&self) -> Vec<ModelCall> {
        self.calls.all().into_iter().map(|(call, cancelled)| ModelCall { cancelled, ..call }).collect()
    }

    /// Which texts they turned into vectors, in order.
    pub(super) fn embed_calls(&self) -> Vec<EmbedCall> {
        self.embed_calls.borrow().clone()
    }

    /// Asks a model for `run`, whose models these are.
    pub(super) fn open(&self, run: &Rc<Inner>, request: ModelRequest) -> Result<FakeCompletion, Failure> {
        let known = self.find(request.model.as_deref())?;
        let alias = &known.summary.name;
        let before = self.calls.all().iter().filter(|(call, _)| call.model == *alias).count();
        let answer = known.answer(before, &request).for_request(alias, &request);
        let relay = request.relay;
        let cancelled = self.calls.note(ModelCall { model: alias.clone(), request, cancelled: false });
        Ok(FakeCompletion::new(run, answer, known.takes, relay, cancelled))
    }

    pub(super) fn embed(&self, model: Option<&str>, texts: Vec<String>) -> Result<Embeddings, Failure> {
        let known = self.find(model)?;
        let model = known.summary.name.clone();
        let Some(embed) = &known.embed else {
            return Err(Failure::unsupported(format!("the model `{model}` turns no texts into vectors")));
        };
        let vectors = texts.iter().map(|text| embed(text)).collect();
        self.embed_calls.borrow_mut().push(EmbedCall { model: model.clone(), texts });
        Ok(Embeddings { model, vectors, usage: Usage::default(), extra: None })
    }

    /// The model of this alias; the first where none is named.
    fn find(&self, alias: Option<&str>) -> Result<&FakeModel, Failure> {
        let Some(alias) = alias else {
            return self.known.first().ok_or_else(|| Failure::not_found("there is no model"));
        };
        let names = || self.known.iter().map(|model| &model.summary.name);
        self.known
            .iter()
            .find(|model| model.summary.name == alias)
            .ok_or_else(|| not_found("model", alias, names()))
    }
}

#[cfg(test)]
mod tests;
