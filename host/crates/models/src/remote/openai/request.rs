//! What is asked, in the words of chat completions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rak_core::{Blob, Failure, FunctionResponse, ModelPrompt, ModelTool, Part, ToolChoice};
use serde_json::{Map, Value, json};

use super::PROVIDER;
use crate::remote::additions::add;
use crate::remote::arguments;
use crate::remote::parts::{self, Message, Speaker, is_public};
use crate::remote::state::{Meaning, meaning};
use crate::remote::wire::decimal;
use crate::settings::RemoteSettings;

/// What an agent cannot set beside its request.
const RESERVED: &[&str] = &[
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "model",
    "n",
    "response_format",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
];

pub(super) fn body(
    settings: &RemoteSettings,
    is_strict: bool,
    prompt: &ModelPrompt,
) -> Result<Value, Failure> {
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| {
        body.insert(key.to_owned(), value);
    };
    put("model", settings.model.as_str().into());
    put("messages", messages(settings, prompt)?.into());
    put("stream", true.into());
    put("stream_options", json!({"include_usage": true}));
    if let Some(most) = prompt.max_output_tokens.or(settings.max_output_tokens) {
        put(if is_strict { "max_completion_tokens" } else { "max_tokens" }, most.into());
    }
    if let Some(temperature) = prompt.temperature {
        put("temperature", decimal(temperature));
    }
    if !prompt.stop.is_empty() {
        put("stop", prompt.stop.clone().into());
    }
    if !prompt.tools.is_empty() {
        put("tools", prompt.tools.iter().map(tool).collect());
        match &prompt.tool_choice {
            ToolChoice::Auto => {}
            ToolChoice::None => put("tool_choice", "none".into()),
            ToolChoice::Required => put("tool_choice", "required".into()),
            ToolChoice::Named(name) => {
                put("tool_choice", json!({"type": "function", "function": {"name": name}}));
            }
        }
    }
    if let Some(schema) = &prompt.response_schema {
        // Not strict, which would refuse every schema that leaves something open.
        let format = json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}});
        put("response_format", format);
    }
    let mut body = Value::Object(body);
    add(&mut body, &settings.options, prompt.extra.as_ref(), RESERVED)?;
    Ok(body)
}

fn tool(tool: &ModelTool) -> Value {
    let ModelTool { name, description, parameters } = tool;
    json!({
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    })
}

fn messages(settings: &RemoteSettings, prompt: &ModelPrompt) -> Result<Vec<Value>, Failure> {
    let mut messages = Vec::new();
    if let Some(system) = prompt.system.as_ref().filter(|text| !text.is_empty()) {
        messages.push(json!({"role": "system", "content": system}));
    }
    for message in parts::messages(&prompt.contents)? {
        match message.speaker {
            Speaker::System => {
                messages.push(json!({"role": "system", "content": message.system_text()?}));
            }
            Speaker::User => messages.extend(user(&message)?),
            Speaker::Model => messages.push(assistant(settings, &message)?),
        }
    }
    Ok(messages)
}

/// The answers of functions, which have to follow the calls at once, and then what the user says.
fn user(message: &Message<'_>) -> Result<Vec<Value>, Failure> {
    let (mut answers, mut said) = (Vec::new(), Vec::new());
    for part in &message.content.parts {
        match part {
            Part::FunctionResponse(response) => answers.push(answer(response)),
            part => said.push(match user_part(part) {
                Some(part) => part,
                None => text(&message.stand_in(part)?),
            }),
        }
    }
    // A text alone is written in the way that every server knows.
    match (said.as_slice(), message.content.parts.as_slice()) {
        ([], _) => {}
        ([_], [Part::Text(text)]) => answers.push(json!({"role": "user", "content": text})),
        _ => answers.push(json!({"role": "user", "content": said})),
    }
    Ok(answers)
}

fn answer(response: &FunctionResponse) -> Value {
    // It has no word for a failure beside the answer.
    let content =
        if response.failed { json!({"error": response.response}) } else { response.response.clone() };
    json!({"role": "tool", "tool_call_id": response.id, "content": content.to_string()})
}

fn user_part(part: &Part) -> Option<Value> {
    match part {
        Part::Text(said) => Some(text(said)),
        Part::InlineData(blob) => data(blob),
        Part::FileData(file) => {
            let is_image = file.mime_type.as_deref().is_some_and(|kind| kind.starts_with("image/"));
            let is_shown = is_image && is_public(&file.file_uri);
            is_shown.then(|| json!({"type": "image_url", "image_url": {"url": file.file_uri}}))
        }
        _ => None,
    }
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn data(blob: &Blob) -> Option<Value> {
    let encoded = BASE64.encode(&blob.data);
    let url = || format!("data:{};base64,{encoded}", blob.mime_type);
    Some(match blob.mime_type.as_str() {
        kind if kind.starts_with("image/") => json!({"type": "image_url", "image_url": {"url": url()}}),
        "audio/wav" | "audio/x-wav" => audio(&encoded, "wav"),
        "audio/mpeg" | "audio/mp3" => audio(&encoded, "mp3"),
        "application/pdf" => {
            json!({"type": "file", "file": {"filename": "document.pdf", "file_data": url()}})
        }
        _ => return None,
    })
}

fn audio(data: &str, format: &str) -> Value {
    json!({"type": "input_audio", "input_audio": {"data": data, "format": format}})
}

/// What the model said. Its thoughts go back as the state that came with them, or not at all.
fn assistant(settings: &RemoteSettings, message: &Message<'_>) -> Result<Value, Failure> {
    let (mut text, mut calls, mut reasoning, mut details) = (String::new(), Vec::new(), None, None);
    for part in &message.content.parts {
        match (part, meaning(part, PROVIDER)) {
            (Part::Thought(_), _) | (_, Meaning::Foreign) => {}
            (Part::Text(said), _) => text.push_str(said),
            (Part::FunctionCall(call), _) => calls.push(json!({
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": arguments::told(&call.args).to_string()},
            })),
            // Each of these servers has state of its own, and who it is only its model says.
            (_, Meaning::Own(state)) if state.get("model").is_some_and(|m| *m == *settings.model) => {
                reasoning = state.get("reasoning_content").cloned();
                details = state.get("reasoning_details").cloned();
            }
            (_, Meaning::Own(_)) => {}
            (part, Meaning::None) => text.push_str(&message.stand_in(part)?),
        }
    }
    let has_text = !text.is_empty() || calls.is_empty();
    let mut message = json!({"role": "assistant", "content": has_text.then_some(text)});
    if let Value::Object(message) = &mut message {
        // Servers that want the plain reasoning back want it with calls, and some refuse it anywhere else.
        if let Some(reasoning) = reasoning.filter(|_| !calls.is_empty()) {
            message.insert("reasoning_content".to_owned(), reasoning);
        }
        if let Some(details) = details {
            message.insert("reasoning_details".to_owned(), details);
        }
        if !calls.is_empty() {
            message.insert("tool_calls".to_owned(), calls.into());
        }
    }
    Ok(message)
}
