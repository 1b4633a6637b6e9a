//! Models: what the host lends an agent to think with.

mod completion;
mod request;
mod response;

pub use completion::Completion;
pub use request::{ModelRequest, ModelTool, Relay, ToolChoice};
#[cfg(not(target_family = "wasm"))]
pub(crate) use response::INVALID_RESPONSE;
pub(crate) use response::from_json;
pub use response::{Embeddings, FinishReason, ModelDelta, ModelResponse, Usage};

use serde_json::Value;

use crate::Failure;
use crate::host::{Current, Host};

/// The models that the agent may ask: `cx.models()`. The agent names an alias; the host has the key, asks again where a model
/// is too busy, and counts the tokens.
///
/// What is asked is a [`ModelRequest`]; a string or a [`Content`](crate::Content) is one, too.
///
/// A call fails where there is no answer: no such alias ([`NotFound`](crate::FailureKind::NotFound)), one that is not granted
/// ([`Denied`](crate::FailureKind::Denied)), a request that the provider does not take
/// ([`InvalidArgument`](crate::FailureKind::InvalidArgument)), too many of them
/// ([`RateLimited`](crate::FailureKind::RateLimited)), a provider that is away
/// ([`Unavailable`](crate::FailureKind::Unavailable)) or silent for too long
/// ([`DeadlineExceeded`](crate::FailureKind::DeadlineExceeded)), a budget of tokens that is used up or an answer that is too
/// large ([`LimitExceeded`](crate::FailureKind::LimitExceeded)), and an answer that is not what was asked for
/// ([`Failed`](crate::FailureKind::Failed), with the code `invalid_response`).
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Context, Failure, ModelRequest};
///
/// fn run(cx: &Context, article: String) -> Result<String, Failure> {
///     let request = ModelRequest::new(article).with_system("Sum it up in one sentence.").with_temperature(0.2);
///     Ok(cx.models().complete(request)?.text())
/// }
///
/// let run = FakeHost::new().model("small", |_| "All is well.").run(run, "Once upon a time …");
/// assert_eq!(run.answer(), "All is well.");
/// assert_eq!(run.model_calls[0].request.contents[0].text(), "Once upon a time …");
/// ```
#[derive(Clone, Copy)]
pub struct Models<'cx> {
    host: &'cx Current,
}

impl<'cx> Models<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// The models that may be asked, the agent's default first.
    pub fn available(&self) -> Result<Vec<ModelSummary>, Failure> {
        self.host.models()
    }

    /// Asks a model, and waits for the whole answer.
    pub fn complete(&self, request: impl Into<ModelRequest>) -> Result<ModelResponse, Failure> {
        self.host.complete(request.into())
    }

    /// Asks a model, and gives what it writes as it comes.
    pub fn open(&self, request: impl Into<ModelRequest>) -> Result<Completion, Failure> {
        self.host.open_completion(request.into()).map(Completion::new)
    }

    /// Turns texts into vectors, by the agent's default model.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::{FakeHost, FakeModel};
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, text: String) -> Result<String, Failure> {
    ///     let embeddings = cx.models().embed([text, "rain".into()])?;
    ///     Ok(format!("{:?}", embeddings.vectors))
    /// }
    ///
    /// let model = FakeModel::new("small").embeds(|text| vec![text.len() as f32]);
    /// assert_eq!(FakeHost::new().add_model(model).run(run, "sunshine").answer(), "[[8.0], [4.0]]");
    /// ```
    pub fn embed<T: Into<String>>(&self, texts: impl IntoIterator<Item = T>) -> Result<Embeddings, Failure> {
        self.host.embed(None, texts.into_iter().map(Into::into).collect())
    }

    /// [`embed`](Self::embed), by the model of this alias.
    pub fn embed_with<T: Into<String>>(
        &self,
        model: &str,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Embeddings, Failure> {
        self.host.embed(Some(model), texts.into_iter().map(Into::into).collect())
    }
}

/// A model that may be asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelSummary {
    /// The alias to ask it by.
    pub name: String,
    /// What it is good for, as the operator says.
    pub description: String,
    /// Anything else the host says of it.
    pub extra: Option<Value>,
}
