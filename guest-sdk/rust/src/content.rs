//! What is said: one [`Content`] is one turn of the conversation, made of [`Part`]s.

use serde_json::Value;

/// The roles a [`Content`] can have.
pub mod role {
    /// The person, or the program that speaks for them.
    pub const USER: &str = "user";
    /// The agent.
    pub const MODEL: &str = "model";
    /// The answer of a tool.
    pub const FUNCTION: &str = "function";
    /// Instructions that neither the user nor the agent wrote.
    pub const SYSTEM: &str = "system";
}

/// One turn of the conversation.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::{Blob, Content};
///
/// let content = Content::model("Here is the chart.").with(Blob::new("image/png", [0x89, b'P']));
/// assert_eq!(content.text(), "Here is the chart.");
/// assert_eq!(content.parts.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Who speaks: one of the words in [`role`].
    pub role: String,
    /// What is said, in order.
    pub parts: Vec<Part>,
}

impl Content {
    /// A turn with no parts yet.
    pub fn new(role: impl Into<String>) -> Self {
        Self { role: role.into(), parts: Vec::new() }
    }

    /// Text that the user says.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(role::USER).with(Part::Text(text.into()))
    }

    /// Text that the agent says.
    pub fn model(text: impl Into<String>) -> Self {
        Self::new(role::MODEL).with(Part::Text(text.into()))
    }

    /// Adds a part at the end.
    #[must_use]
    pub fn with(mut self, part: impl Into<Part>) -> Self {
        self.parts.push(part.into());
        self
    }

    /// All text parts as one string. Thoughts are not part of it.
    pub fn text(&self) -> String {
        self.parts.iter().filter_map(Part::as_text).collect()
    }
}

/// What a user says, which is what a test mostly needs.
impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::user(text)
    }
}

/// What a user says, which is what a test mostly needs.
impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::user(text)
    }
}

/// One piece of a [`Content`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// Text to show.
    Text(String),
    /// The model's reasoning: shown apart, never an answer.
    Thought(String),
    /// Bytes that travel with the message.
    InlineData(Blob),
    /// Bytes that are somewhere else.
    FileData(FileRef),
    /// A tool that the model wants called.
    FunctionCall(FunctionCall),
    /// What the tool answered.
    FunctionResponse(FunctionResponse),
    /// Anything the agent and its client agree on.
    Other(Custom),
}

impl Part {
    /// A text part.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A thought part.
    pub fn thought(text: impl Into<String>) -> Self {
        Self::Thought(text.into())
    }

    /// The text, where this is a text part.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The call, where a model wants a tool called.
    pub fn as_function_call(&self) -> Option<&FunctionCall> {
        match self {
            Self::FunctionCall(call) => Some(call),
            _ => None,
        }
    }

    /// The call, where a model wants a tool called.
    pub fn into_function_call(self) -> Option<FunctionCall> {
        match self {
            Self::FunctionCall(call) => Some(call),
            _ => None,
        }
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Bytes and what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// For example `image/png`.
    pub mime_type: String,
    /// The bytes themselves.
    pub data: Vec<u8>,
}

impl Blob {
    /// Bytes of this type.
    pub fn new(mime_type: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        Self { mime_type: mime_type.into(), data: data.into() }
    }

    /// The bytes as a text. What is not UTF-8 of them becomes `U+FFFD`.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }
}

/// A text, of the type `text/plain; charset=utf-8`.
impl From<&str> for Blob {
    fn from(text: &str) -> Self {
        String::from(text).into()
    }
}

/// A text, of the type `text/plain; charset=utf-8`.
impl From<String> for Blob {
    fn from(text: String) -> Self {
        Self::new("text/plain; charset=utf-8", text)
    }
}

/// Where bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRef {
    /// For example `image/png`, where it is known.
    pub mime_type: Option<String>,
    /// The address.
    pub uri: String,
}

impl FileRef {
    /// A file of unknown type.
    pub fn new(uri: impl Into<String>) -> Self {
        Self { mime_type: None, uri: uri.into() }
    }

    /// Says what the file is.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }
}

/// A tool that the model wants called.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionCall {
    /// Pairs the call with its response. Some models give none: it is empty then, and [`Tools`](crate::Tools) makes one.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, in the tool's own shape.
    pub args: Value,
}

impl FunctionCall {
    /// A call of the tool `name`.
    pub fn new(id: impl Into<String>, name: impl Into<String>, args: impl Into<Value>) -> Self {
        Self { id: id.into(), name: name.into(), args: args.into() }
    }

    /// A call of the tool `name` by the agent itself, without an id.
    pub fn named(name: impl Into<String>, args: impl Into<Value>) -> Self {
        Self::new("", name, args)
    }
}

/// What a tool answered.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionResponse {
    /// The id of the call.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The answer, in the tool's own shape.
    pub response: Value,
    /// Whether the answer is an error.
    pub failed: bool,
}

impl FunctionResponse {
    /// The answer of a call that went well.
    pub fn new(id: impl Into<String>, name: impl Into<String>, response: impl Into<Value>) -> Self {
        Self { id: id.into(), name: name.into(), response: response.into(), failed: false }
    }

    /// Marks the answer as an error.
    #[must_use]
    pub fn into_failed(mut self) -> Self {
        self.failed = true;
        self
    }
}

/// A named JSON value: anything the agent and its client agree on.
#[derive(Clone, Debug, PartialEq)]
pub struct Custom {
    /// What the value means.
    pub name: String,
    /// The value.
    pub value: Value,
}

impl Custom {
    /// A named value.
    pub fn new(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// A part is made from what it holds, so that [`Content::with`] takes any of them.
macro_rules! part_from {
    ($($holds:ident => $case:ident),+ $(,)?) => {$(
        impl From<$holds> for Part {
            fn from(holds: $holds) -> Self {
                Self::$case(holds)
            }
        }
    )+};
}

part_from! {
    Blob => InlineData,
    FileRef => FileData,
    FunctionCall => FunctionCall,
    FunctionResponse => FunctionResponse,
    Custom => Other,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_joins_the_text_parts_only() {
        let content = Content::user("a")
            .with(Part::thought("hm"))
            .with(FunctionCall::new("1", "look", json!({})))
            .with("b");
        assert_eq!(content.text(), "ab");
        assert_eq!(Content::new(role::MODEL).text(), "");
    }

    #[test]
    fn strings_are_what_a_user_says() {
        assert_eq!(Content::from("hi"), Content::user("hi"));
        assert_eq!(Content::from(String::from("hi")).role, role::USER);
    }

    #[test]
    fn every_kind_of_part_can_be_added() {
        let content = Content::new(role::MODEL)
            .with(Blob::new("text/plain", *b"x"))
            .with(FileRef::new("s3://x").with_mime_type("text/plain"))
            .with(FunctionResponse::new("1", "look", json!(1)).into_failed())
            .with(Custom::new("card", json!({"a": 1})));
        assert!(matches!(
            content.parts.as_slice(),
            [
                Part::InlineData(_),
                Part::FileData(FileRef { mime_type: Some(_), .. }),
                Part::FunctionResponse(FunctionResponse { failed: true, .. }),
                Part::Other(_),
            ]
        ));
    }
}
