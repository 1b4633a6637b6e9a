//! What a model is asked.

use serde_json::Value;

use crate::Content;

/// What a model is asked. Every field but the contents may be left as it is.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::{Content, ModelRequest};
///
/// // What the user says, or a conversation, oldest first.
/// let question = ModelRequest::new("What is the capital of France?");
/// let conversation = ModelRequest::new([question.contents[0].clone(), Content::model("Paris."), "Of Spain?".into()]);
/// assert_eq!(conversation.contents.len(), 3);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelRequest {
    /// An alias; the agent's default where absent.
    pub model: Option<String>,
    /// The instruction.
    pub system: Option<String>,
    /// The conversation, oldest first.
    pub contents: Vec<Content>,
    /// The functions that the model may call. The agent calls them, and tells the model what came of it.
    pub tools: Vec<ModelTool>,
    /// Which of them it is to call.
    pub tool_choice: ToolChoice,
    /// The longest answer, in tokens.
    pub max_output_tokens: Option<u32>,
    /// How freely the model chooses its words; 0 is not at all.
    pub temperature: Option<f32>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// JSON Schema that the answer has to satisfy; it is JSON then.
    pub response_schema: Option<Value>,
    /// What the client sees of the answer while it is written.
    pub relay: Relay,
    /// Members of the provider's own request that have no field here: an object.
    pub extra: Option<Value>,
}

impl ModelRequest {
    /// Asks the agent's default model with a text or a [`Content`], or a conversation of several.
    pub fn new(contents: impl Into<Self>) -> Self {
        contents.into()
    }

    /// Asks the model of this alias.
    #[must_use]
    pub fn with_model(mut self, alias: impl Into<String>) -> Self {
        self.model = Some(alias.into());
        self
    }

    /// Gives the model an instruction.
    #[must_use]
    pub fn with_system(mut self, instruction: impl Into<String>) -> Self {
        self.system = Some(instruction.into());
        self
    }

    /// Adds a content at the end of the conversation.
    #[must_use]
    pub fn with_content(mut self, content: impl Into<Content>) -> Self {
        self.contents.push(content.into());
        self
    }

    /// Adds a function that the model may call.
    #[must_use]
    pub fn with_tool(mut self, tool: ModelTool) -> Self {
        self.tools.push(tool);
        self
    }

    /// Says which of the functions the model is to call.
    #[must_use]
    pub fn with_tool_choice(mut self, choice: ToolChoice) -> Self {
        self.tool_choice = choice;
        self
    }

    /// Bounds the answer.
    #[must_use]
    pub fn with_max_output_tokens(mut self, tokens: u32) -> Self {
        self.max_output_tokens = Some(tokens);
        self
    }

    /// Says how freely the model chooses its words.
    #[must_use]
    pub fn with_temperature(mut self, temperature: f32) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Adds a text that ends the answer.
    #[must_use]
    pub fn with_stop(mut self, text: impl Into<String>) -> Self {
        self.stop.push(text.into());
        self
    }

    /// Wants JSON that satisfies this JSON Schema.
    #[must_use]
    pub fn with_response_schema(mut self, schema: impl Into<Value>) -> Self {
        self.response_schema = Some(schema.into());
        self
    }

    /// Shows this invocation's client what the model writes.
    #[must_use]
    pub fn with_relay(mut self, relay: Relay) -> Self {
        self.relay = relay;
        self
    }

    /// Adds members of the provider's own request: an object.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.extra = Some(extra.into());
        self
    }
}

impl From<Vec<Content>> for ModelRequest {
    fn from(contents: Vec<Content>) -> Self {
        Self { contents, ..Self::default() }
    }
}

impl<const N: usize> From<[Content; N]> for ModelRequest {
    fn from(contents: [Content; N]) -> Self {
        Vec::from(contents).into()
    }
}

impl From<Content> for ModelRequest {
    fn from(content: Content) -> Self {
        vec![content].into()
    }
}

/// What the user says.
impl From<&str> for ModelRequest {
    fn from(text: &str) -> Self {
        Content::user(text).into()
    }
}

/// What the user says.
impl From<String> for ModelRequest {
    fn from(text: String) -> Self {
        Content::user(text).into()
    }
}

/// A function that a model may call. The agent calls it, and tells the model what came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelTool {
    /// What the model calls it. Providers take letters, digits, `_` and `-`, 64 of them at most.
    pub name: String,
    /// What it does, and when to use it.
    pub description: String,
    /// JSON Schema of the arguments.
    pub parameters: Value,
}

impl ModelTool {
    /// A function of this name, with the JSON Schema of its arguments.
    pub fn new(
        name: impl Into<String>,
        description: impl Into<String>,
        parameters: impl Into<Value>,
    ) -> Self {
        Self { name: name.into(), description: description.into(), parameters: parameters.into() }
    }
}

/// Which function a model is to call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

/// What the host shows the client while a model writes. It is sent as deltas, so the agent still gives the answer as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relay {
    /// Nothing.
    #[default]
    Off,
    /// Its text.
    Text,
    /// Its thoughts, too.
    All,
}
