//! The port behind which models are: what agents ask, and what they are answered.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::content::{Content, FunctionCall};
use crate::failure::Failure;
use crate::ids::InvocationId;
use crate::session::SessionKey;

/// A model that may be asked, under the alias that the host's configuration gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelSummary {
    /// The alias.
    pub name: String,
    /// What it is good for, as the operator says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A function that a model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelTool {
    /// As the model names it.
    pub name: String,
    /// What it does, and when to use it.
    #[serde(default)]
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Value,
}

/// Which function the model is to call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ToolChoice {
    /// As it sees fit.
    #[default]
    Auto,
    /// None.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// What a model is asked. Two requests with the same wire shape ask the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModelPrompt {
    /// The instruction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The conversation, oldest first; the model's own messages have the role `model`, answers of functions `function`.
    pub contents: Vec<Content>,
    /// The functions that it may call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ModelTool>,
    /// Which of them.
    #[serde(skip_serializing_if = "is_auto")]
    pub tool_choice: ToolChoice,
    /// The longest answer, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u32>,
    /// How freely it chooses its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// Texts that end the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// JSON Schema that the answer has to satisfy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_schema: Option<Value>,
    /// Members of the provider's own request that have no field here: an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}

fn is_auto(choice: &ToolChoice) -> bool {
    *choice == ToolChoice::Auto
}

/// A request, and who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRequest {
    /// The alias.
    pub model: String,
    /// What is asked.
    pub prompt: ModelPrompt,
    /// For which session.
    pub session: SessionKey,
    /// By which invocation.
    pub invocation: InvocationId,
}

/// A piece of an answer that is still being written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ModelDelta {
    /// Text, to be put behind what came before.
    Text(String),
    /// The model's reasoning.
    Thought(String),
    /// A whole call of a function.
    FunctionCall(FunctionCall),
    /// Whatever else the provider sends.
    Other(Value),
}

/// Why an answer ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FinishReason {
    /// It is complete.
    Stop,
    /// There were no more tokens.
    Length,
    /// Functions are to be called.
    FunctionCalls,
    /// The provider held it back.
    Filtered,
    /// A word of the provider.
    Other(String),
}

/// What an answer cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModelUsage {
    /// Tokens that were read, the cached ones among them.
    pub input_tokens: u64,
    /// Tokens that were written, thoughts among them.
    pub output_tokens: u64,
    /// Of the input, those that the provider had cached.
    #[serde(skip_serializing_if = "is_zero")]
    pub cached_tokens: u64,
    /// Of the output, those that were thoughts.
    #[serde(skip_serializing_if = "is_zero")]
    pub thought_tokens: u64,
    /// What it cost by the prices of the configuration, in millionths of their currency; 0 where they say none.
    #[serde(skip_serializing_if = "is_zero")]
    pub cost_micros: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl ModelUsage {
    /// Tokens of both directions.
    pub fn tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}

/// An answer of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelResponse {
    /// The provider's name of the model.
    pub model: String,
    /// With the role `model`: texts, thoughts, images and calls of functions, each with an id.
    pub content: Content,
    /// Why it ends.
    pub finish: FinishReason,
    /// What it cost.
    #[serde(default)]
    pub usage: ModelUsage,
    /// Whatever else the provider says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}

/// Texts to turn into vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbedRequest {
    /// The alias.
    pub model: String,
    /// The texts.
    pub texts: Vec<String>,
    /// For which session.
    pub session: SessionKey,
    /// By which invocation.
    pub invocation: InvocationId,
}

/// The vectors of texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Embeddings {
    /// The provider's name of the model.
    pub model: String,
    /// One for each text, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// What they cost.
    #[serde(default)]
    pub usage: ModelUsage,
}

/// Who is told what a model writes as it comes.
pub type OnDelta = Arc<dyn Fn(ModelDelta) + Send + Sync>;

/// The models there are. Who may ask which is decided by who calls this.
#[async_trait]
pub trait Models: Send + Sync + 'static {
    /// The models there are, by alias, sorted.
    fn summaries(&self) -> Vec<ModelSummary>;

    /// The alias that is meant where none is named.
    fn default_model(&self) -> Option<String>;

    /// Asks a model; dropping the future gives it up, and closes the connection. `on_delta` is told what is written as it
    /// comes, where somebody wants to know it, and never waits. What was told is part of the response: a request that has
    /// told something is not made again.
    ///
    /// Fails with [`NotFound`](crate::FailureKind::NotFound) (no such alias),
    /// [`InvalidArgument`](crate::FailureKind::InvalidArgument) (the provider refuses the request),
    /// [`RateLimited`](crate::FailureKind::RateLimited), [`Unavailable`](crate::FailureKind::Unavailable) (it cannot be
    /// reached, has an error of its own, or cuts the answer off),
    /// [`DeadlineExceeded`](crate::FailureKind::DeadlineExceeded) (it is silent for too long),
    /// [`LimitExceeded`](crate::FailureKind::LimitExceeded) (the answer is too large) and
    /// [`Failed`](crate::FailureKind::Failed), with the code `invalid_response` where the answer cannot be read or does
    /// not satisfy the schema, and `unauthorized` where the provider does not take the key. A scripted model that has no
    /// answer fails with [`NotFound`](crate::FailureKind::NotFound) and the code `no_reply`.
    async fn complete(
        &self,
        request: ModelRequest,
        on_delta: Option<&(dyn Fn(ModelDelta) + Send + Sync)>,
    ) -> Result<ModelResponse, Failure>;

    /// Turns texts into vectors. Fails as [`complete`](Self::complete) does, and with
    /// [`Unsupported`](crate::FailureKind::Unsupported) where the provider has none.
    async fn embed(&self, request: EmbedRequest) -> Result<Embeddings, Failure>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_prompt_and_a_response_have_their_wire_shape() {
        let prompt = ModelPrompt {
            system: Some("Be brief.".into()),
            contents: vec![Content::new_user_text("hello")],
            tool_choice: ToolChoice::Named("clock".into()),
            ..ModelPrompt::default()
        };
        let wire = json!({
            "system": "Be brief.",
            "contents": [{"role": "user", "parts": [{"text": "hello"}]}],
            "toolChoice": {"named": "clock"},
        });
        assert_eq!(serde_json::to_value(&prompt).unwrap(), wire);
        assert_eq!(serde_json::from_value::<ModelPrompt>(wire).unwrap(), prompt);
        let response = ModelResponse {
            model: "small-1".into(),
            content: Content::new_model_text("hi"),
            finish: FinishReason::FunctionCalls,
            usage: ModelUsage { input_tokens: 3, output_tokens: 1, ..ModelUsage::default() },
            extra: None,
        };
        let wire = json!({
            "model": "small-1",
            "content": {"role": "model", "parts": [{"text": "hi"}]},
            "finish": "functionCalls",
            "usage": {"inputTokens": 3, "outputTokens": 1},
        });
        assert_eq!(serde_json::to_value(&response).unwrap(), wire);
        assert_eq!(serde_json::from_value::<ModelResponse>(wire).unwrap(), response);
    }
}
