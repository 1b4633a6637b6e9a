//! What is said: a role and its parts, as the wire and the contract both have them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Who speaks, in the words of the wire. Other words are kept as they are.
pub struct Role;

impl Role {
    /// The person, or the program in the person's place.
    pub const USER: &'static str = "user";
    /// The agent.
    pub const MODEL: &'static str = "model";
    /// The answer of a function.
    pub const FUNCTION: &'static str = "function";
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "a message: an object with parts, and a role where it is not the user's")]
pub struct Content {
    /// `user`, `model`, `function` or `system`; a client may leave it out and means `user`.
    #[serde(default = "user_role", deserialize_with = "role_or_user")]
    pub role: String,
    /// What it is made of.
    pub parts: Vec<Part>,
}

impl Content {
    /// A message with one text.
    pub fn new_text(role: impl Into<String>, text: impl Into<String>) -> Self {
        Self { role: role.into(), parts: vec![Part::Text(text.into())] }
    }

    /// A text of the user.
    pub fn new_user_text(text: impl Into<String>) -> Self {
        Self::new_text(Role::USER, text)
    }

    /// A text of the agent.
    pub fn new_model_text(text: impl Into<String>) -> Self {
        Self::new_text(Role::MODEL, text)
    }

    /// All text parts, joined.
    pub fn text(&self) -> String {
        self.parts.iter().filter_map(Part::as_text).collect()
    }
}

fn user_role() -> String {
    Role::USER.to_owned()
}

fn role_or_user<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_else(user_role))
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// `{"text": …}`
    Text(String),
    /// `{"text": …, "thought": true}`: the model's reasoning, shown apart, never an answer.
    Thought(String),
    /// `{"inlineData": {"mimeType": …, "data": base64}}`
    InlineData(Blob),
    /// `{"fileData": {"mimeType": …, "fileUri": …}}`
    FileData(FileRef),
    /// `{"functionCall": {"id": …, "name": …, "args": …}}`
    FunctionCall(FunctionCall),
    /// `{"functionResponse": {"id": …, "name": …, "response": …}}`
    FunctionResponse(FunctionResponse),
    /// `{"custom": {"name": …, "value": …}}`: anything the client and the agent agree on.
    Other(Custom),
}

impl Part {
    /// The text of a text part.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Bytes with their media type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blob {
    /// For example `image/png`.
    #[serde(alias = "mime_type")]
    pub mime_type: String,
    /// Base64 on the wire.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub data: Vec<u8>,
}

fn to_base64<S: Serializer>(data: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64.encode(data))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64.decode(text).map_err(|error| serde::de::Error::custom(format!("data is not base64: {error}")))
}

/// Bytes, which are base64 in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Base64(#[serde(serialize_with = "to_base64", deserialize_with = "from_base64")] pub Vec<u8>);

/// A file that lies somewhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileRef {
    /// For example `image/png`, where it is known.
    #[serde(alias = "mime_type", default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Where it lies.
    #[serde(alias = "file_uri")]
    pub file_uri: String,
}

/// The agent asks for a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// Ties the response to the call; always sent, empty where nobody gave one.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub id: String,
    /// Which function.
    pub name: String,
    /// Its arguments, an object.
    #[serde(default = "empty_object")]
    pub args: Value,
}

/// What the function answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionResponse {
    /// The call's id.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub id: String,
    /// Which function.
    pub name: String,
    /// Its answer, an object.
    #[serde(default = "empty_object")]
    pub response: Value,
    /// Whether the answer is an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn empty_object() -> Value {
    Value::Object(Map::new())
}

/// A named JSON value with no shape of its own here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Custom {
    /// What it is.
    pub name: String,
    /// The value.
    #[serde(default)]
    pub value: Value,
}

/// A part as it is read: one key says what it is. A struct of options rather than an untagged enum, so that the error
/// names the key that is wrong.
#[derive(Default, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    expecting = "a part: an object with text, inlineData or another kind"
)]
struct WirePart {
    text: Option<String>,
    thought: Option<bool>,
    #[serde(alias = "inline_data")]
    inline_data: Option<Blob>,
    #[serde(alias = "file_data")]
    file_data: Option<FileRef>,
    #[serde(alias = "function_call")]
    function_call: Option<FunctionCall>,
    #[serde(alias = "function_response")]
    function_response: Option<FunctionResponse>,
    custom: Option<Custom>,
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Text(text) => map.serialize_entry("text", text)?,
            Self::Thought(text) => {
                map.serialize_entry("text", text)?;
                map.serialize_entry("thought", &true)?;
            }
            Self::InlineData(blob) => map.serialize_entry("inlineData", blob)?,
            Self::FileData(file) => map.serialize_entry("fileData", file)?,
            Self::FunctionCall(call) => map.serialize_entry("functionCall", call)?,
            Self::FunctionResponse(response) => map.serialize_entry("functionResponse", response)?,
            Self::Other(custom) => map.serialize_entry("custom", custom)?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WirePart::deserialize(deserializer)?;
        let thought = wire.thought.unwrap_or(false);
        let found = [
            wire.text.map(|text| if thought { Self::Thought(text) } else { Self::Text(text) }),
            wire.inline_data.map(Self::InlineData),
            wire.file_data.map(Self::FileData),
            wire.function_call.map(Self::FunctionCall),
            wire.function_response.map(Self::FunctionResponse),
            wire.custom.map(Self::Other),
        ];
        let mut found = found.into_iter().flatten();
        match (found.next(), found.next()) {
            (Some(part), None) => Ok(part),
            (Some(_), Some(_)) => Err(serde::de::Error::custom(
                "a part has only one of text, inlineData, \
                fileData, functionCall, functionResponse, custom",
            )),
            (None, _) => Err(serde::de::Error::custom(
                "a part needs one of text, inlineData, fileData, \
                functionCall, functionResponse, custom",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn every_part_has_its_wire_shape() {
        let content = Content {
            role: "model".into(),
            parts: vec![
                Part::Text("hi".into()),
                Part::Thought("hm".into()),
                Part::InlineData(Blob { mime_type: "image/png".into(), data: vec![1, 2, 255] }),
                Part::FileData(FileRef { mime_type: None, file_uri: "file:///a".into() }),
                Part::FunctionCall(FunctionCall { id: "1".into(), name: "f".into(), args: json!({"a": 1}) }),
                Part::FunctionResponse(FunctionResponse {
                    id: String::new(),
                    name: "f".into(),
                    response: json!({}),
                    failed: false,
                }),
                Part::Other(Custom { name: "x".into(), value: json!([1]) }),
            ],
        };
        insta::assert_json_snapshot!(content);
        let text = serde_json::to_string(&content).unwrap();
        assert_eq!(serde_json::from_str::<Content>(&text).unwrap(), content);
    }

    #[test]
    fn input_may_use_snake_case_and_leave_out_what_has_a_default() {
        let content: Content = serde_json::from_value(json!({
            "role": null,
            "parts": [
                {"inline_data": {"mime_type": "a/b", "data": "AQ=="}, "unknown": 1},
                {"function_call": {"id": null, "name": "f"}},
            ],
        }))
        .unwrap();
        assert_eq!(content.role, "user");
        assert_eq!(
            content.parts,
            [
                Part::InlineData(Blob { mime_type: "a/b".into(), data: vec![1] }),
                Part::FunctionCall(FunctionCall { id: String::new(), name: "f".into(), args: json!({}) }),
            ]
        );
    }

    #[test]
    fn a_wrong_part_says_what_is_wrong() {
        let error = |value| serde_json::from_value::<Part>(value).unwrap_err().to_string();
        assert!(error(json!({})).contains("needs one of text"));
        assert!(
            error(json!({"text": "a", "inlineData": {"mimeType": "a/b", "data": ""}}))
                .contains("only one of")
        );
        assert!(error(json!({"inlineData": {"mimeType": "a/b", "data": "*"}})).contains("not base64"));
        assert!(error(json!({"text": 1})).contains("expected a string"));
    }

    proptest! {
        #[test]
        fn any_text_parses_or_fails(text in ".{0,200}") {
            let _ = serde_json::from_str::<Content>(&text);
            let _ = serde_json::from_str::<Part>(&text);
        }

        #[test]
        fn text_and_bytes_come_back(text in any::<String>(), data in any::<Vec<u8>>()) {
            let content = Content {
                role: "user".into(),
                parts: vec![Part::Text(text), Part::InlineData(Blob { mime_type: "a/b".into(), data })],
            };
            let back: Content = serde_json::from_str(&serde_json::to_string(&content).unwrap()).unwrap();
            prop_assert_eq!(back, content);
        }
    }
}
