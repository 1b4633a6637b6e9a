//! Conversations and streams for the tests of all kinds of providers.

use std::sync::Mutex;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream;
use rak_core::{
    Blob, Content, Custom, Failure, FileRef, FunctionCall, FunctionResponse, ModelDelta, ModelPrompt,
    ModelResponse, ModelTool, Part,
};
use rak_settings::Secret;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::assembled;
use super::http::events;
use super::wire::Wire;
use crate::draft::Draft;
use crate::provider::Listener;
use crate::settings::{RemoteKind, RemoteSettings};

pub(super) fn settings(kind: RemoteKind) -> RemoteSettings {
    RemoteSettings {
        kind,
        model: "small-1".to_owned(),
        base_url: Secret::new("http://localhost/v1"),
        api_key: Some(Secret::new("key-1")),
        headers: HeaderMap::new(),
        idle_timeout: std::time::Duration::from_secs(1),
        max_response_bytes: 1 << 20,
        max_output_tokens: None,
        options: serde_json::Map::new(),
    }
}

pub(super) fn asked(parts: Vec<Part>) -> ModelPrompt {
    let content = Content { role: "user".to_owned(), parts };
    ModelPrompt { contents: vec![content], ..ModelPrompt::default() }
}

pub(super) fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

pub(super) fn blob(mime_type: &str) -> Part {
    Part::InlineData(Blob { mime_type: mime_type.to_owned(), data: vec![1, 2, 255] })
}

pub(super) fn file(mime_type: Option<&str>, file_uri: &str) -> Part {
    Part::FileData(FileRef { mime_type: mime_type.map(str::to_owned), file_uri: file_uri.to_owned() })
}

pub(super) fn call(id: &str, args: Value) -> Part {
    Part::FunctionCall(FunctionCall { id: id.to_owned(), name: "add".to_owned(), args })
}

pub(super) fn response(id: &str, response: Value, failed: bool) -> Part {
    let (id, name) = (id.to_owned(), "add".to_owned());
    Part::FunctionResponse(FunctionResponse { id, name, response, failed })
}

pub(super) fn state(provider: &str, state: &Value) -> Part {
    Part::Other(Custom {
        name: "model.state".to_owned(),
        value: json!({"provider": provider, "state": state}),
    })
}

/// All that a prompt can have, and a conversation in which functions were called at once; `own` is what the provider said
/// with the calls.
pub(super) fn conversation(own: Vec<Part>) -> ModelPrompt {
    let mut said = vec![
        Part::Thought("They want a sum.".to_owned()),
        text("Adding."),
        state("another", &json!({"a": 1})),
    ];
    said.extend(own);
    said.extend([call("c1", json!({"a": 1})), call("call-2", json!({}))]);
    let content = |role: &str, parts| Content { role: role.to_owned(), parts };
    ModelPrompt {
        system: Some("Be brief.".to_owned()),
        contents: vec![
            content("user", vec![text("Add these."), blob("image/png")]),
            content("model", said),
            content("function", vec![response("c1", json!({"sum": 3}), false)]),
            content("function", vec![response("call-2", json!("no numbers"), true)]),
            content("system", vec![text("It is late.")]),
            content("user", vec![text("And now?")]),
        ],
        tools: vec![ModelTool {
            name: "add".to_owned(),
            description: "Adds.".to_owned(),
            parameters: json!({"type": "object"}),
        }],
        max_output_tokens: Some(100),
        temperature: Some(0.7),
        stop: vec!["END".to_owned()],
        ..ModelPrompt::default()
    }
}

/// A conversation that went on after parts that no provider can be told.
pub(super) fn after_the_untellable() -> ModelPrompt {
    let untellable = |name: &str| Part::Other(Custom { name: name.to_owned(), value: json!(1) });
    let content = |role: &str, parts| Content { role: role.to_owned(), parts };
    ModelPrompt {
        contents: vec![
            content("user", vec![text("Look."), untellable("a")]),
            content("model", vec![text("I do."), untellable("b")]),
            content("user", vec![untellable("c")]),
            content("user", vec![text("And now?")]),
        ],
        ..ModelPrompt::default()
    }
}

/// What stands in the place of such a part.
pub(super) fn stand_in(name: &str) -> String {
    format!("[a part that this model cannot be told: the custom part {name:?}]")
}

/// The answer that comes of a stream, and what was told of it.
pub(super) fn answered(
    wire: &dyn Wire,
    stream: &str,
    places: &[usize],
) -> (Result<ModelResponse, Failure>, Vec<ModelDelta>) {
    let bytes = Bytes::copy_from_slice(stream.as_bytes());
    let mut places: Vec<_> = places.iter().map(|place| place % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    let chunks: Vec<_> = places.windows(2).map(|place| Ok(bytes.slice(place[0]..place[1]))).collect();
    let told = Mutex::new(Vec::new());
    let tell = |delta| told.lock().unwrap().push(delta);
    let listener = Listener::new(Some(&tell));
    let assembly = wire.assembly(Draft::new(&ModelPrompt::default(), &listener));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(assembled(events(stream::iter(chunks).boxed()), assembly));
    (response, told.into_inner().unwrap())
}

/// The answer of a stream that is not cut anywhere.
pub(super) fn response_of(wire: &dyn Wire, stream: &str) -> Result<ModelResponse, Failure> {
    answered(wire, stream, &[]).0
}

/// The answer of a stream of these events.
pub(super) fn response_to(wire: &dyn Wire, events: &[Value]) -> Result<ModelResponse, Failure> {
    let events: Vec<_> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    response_of(wire, &events.concat())
}

/// The request for an answer, or why there is none.
pub(super) fn request(wire: &dyn Wire, prompt: &ModelPrompt) -> Result<Value, String> {
    wire.completion(prompt).map(|call| call.body).map_err(|failure| failure.message)
}
