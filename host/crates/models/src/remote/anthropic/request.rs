//! What is asked, in the words of Anthropic's messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rak_core::{Blob, Failure, FileRef, ModelPrompt, ModelTool, Part, ToolChoice};
use serde_json::{Map, Value, json};

use super::PROVIDER;
use super::schema::is_native;
use crate::remote::additions::add;
use crate::remote::arguments;
use crate::remote::parts::{self, Message, Speaker, is_public, system};
use crate::remote::state::{Meaning, meaning};
use crate::remote::wire::decimal;
use crate::settings::RemoteSettings;

/// The longest answer where nobody says: the provider wants a number, and all of its models can do this one.
const DEFAULT_MAX_TOKENS: u32 = 4096;
/// What an agent cannot set beside its request.
const RESERVED: &[&str] = &[
    "max_tokens",
    "messages",
    "model",
    "output_config.format",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "tool_choice",
    "tools",
];

pub(super) fn body(settings: &RemoteSettings, prompt: &ModelPrompt) -> Result<Value, Failure> {
    let most = prompt.max_output_tokens.or(settings.max_output_tokens).unwrap_or(DEFAULT_MAX_TOKENS);
    let conversation = parts::messages(&prompt.contents)?;
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| {
        body.insert(key.to_owned(), value);
    };
    put("model", settings.model.as_str().into());
    put("max_tokens", most.into());
    put("messages", messages(&conversation)?.into());
    put("stream", true.into());
    let (native, told) = match &prompt.response_schema {
        Some(schema) if is_native(schema) => (Some(schema), None),
        schema => (None, schema.as_ref().map(instruction)),
    };
    if let Some(schema) = native {
        put("output_config", json!({"format": {"type": "json_schema", "schema": schema}}));
    }
    let texts = [system(prompt.system.as_deref(), &conversation)?, told];
    let texts: Vec<_> = texts.into_iter().flatten().collect();
    if !texts.is_empty() {
        put("system", texts.join("\n\n").into());
    }
    if let Some(temperature) = prompt.temperature {
        put("temperature", decimal(temperature));
    }
    if !prompt.stop.is_empty() {
        put("stop_sequences", prompt.stop.clone().into());
    }
    if !prompt.tools.is_empty() {
        put("tools", prompt.tools.iter().map(tool).collect());
        match &prompt.tool_choice {
            ToolChoice::Auto => {}
            ToolChoice::None => put("tool_choice", json!({"type": "none"})),
            ToolChoice::Required => put("tool_choice", json!({"type": "any"})),
            ToolChoice::Named(name) => put("tool_choice", json!({"type": "tool", "name": name})),
        }
    }
    let mut body = Value::Object(body);
    add(&mut body, &settings.options, prompt.extra.as_ref(), RESERVED)?;
    Ok(body)
}

/// Tells the model what the provider cannot hold it to.
fn instruction(schema: &Value) -> String {
    format!("Answer with JSON alone, without anything around it, that satisfies this JSON Schema:\n{schema}")
}

fn tool(tool: &ModelTool) -> Value {
    json!({"name": tool.name, "description": tool.description, "input_schema": tool.parameters})
}

/// The conversation, in which the two take turns.
fn messages(conversation: &[Message<'_>]) -> Result<Vec<Value>, Failure> {
    let mut turns: Vec<(Speaker, Vec<Value>)> = Vec::new();
    for message in conversation {
        let blocks = match message.speaker {
            Speaker::System => continue,
            Speaker::User => user(message)?,
            Speaker::Model => assistant(message)?,
        };
        match turns.last_mut().filter(|(last, _)| *last == message.speaker) {
            Some((_, said)) => said.extend(blocks),
            None => turns.push((message.speaker, blocks)),
        }
    }
    let messages = turns.into_iter().filter(|(_, blocks)| !blocks.is_empty()).map(|(speaker, mut blocks)| {
        // The answers of functions have to come first.
        blocks.sort_by_key(|block| block.get("type").is_none_or(|kind| kind != "tool_result"));
        json!({"role": if speaker == Speaker::User { "user" } else { "assistant" }, "content": blocks})
    });
    Ok(messages.collect())
}

fn user(message: &Message<'_>) -> Result<Vec<Value>, Failure> {
    let mut blocks = Vec::new();
    for part in &message.content.parts {
        let block = match part {
            // It takes no empty ones.
            Part::Text(text) if text.is_empty() => continue,
            Part::Text(said) => Some(text(said)),
            Part::InlineData(blob) => data(blob),
            Part::FileData(file) => file_data(file),
            Part::FunctionResponse(response) => Some(json!({
                "type": "tool_result",
                "tool_use_id": response.id,
                "content": response.response.to_string(),
                "is_error": response.failed,
            })),
            _ => None,
        };
        blocks.push(match block {
            Some(block) => block,
            None => text(&message.stand_in(part)?),
        });
    }
    Ok(blocks)
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn data(blob: &Blob) -> Option<Value> {
    let encoded =
        || json!({"type": "base64", "media_type": blob.mime_type, "data": BASE64.encode(&blob.data)});
    match blob.mime_type.as_str() {
        kind if kind.starts_with("image/") => Some(json!({"type": "image", "source": encoded()})),
        "application/pdf" => Some(json!({"type": "document", "source": encoded()})),
        "text/plain" => {
            let text = std::str::from_utf8(&blob.data).ok()?;
            let source = json!({"type": "text", "media_type": "text/plain", "data": text});
            Some(json!({"type": "document", "source": source}))
        }
        _ => None,
    }
}

fn file_data(file: &FileRef) -> Option<Value> {
    if !is_public(&file.file_uri) {
        return None;
    }
    let source = json!({"type": "url", "url": file.file_uri});
    match file.mime_type.as_deref()? {
        kind if kind.starts_with("image/") => Some(json!({"type": "image", "source": source})),
        "application/pdf" => Some(json!({"type": "document", "source": source})),
        _ => None,
    }
}

/// What the model said. Its thoughts go back as the signed state that came with them, or not at all.
fn assistant(message: &Message<'_>) -> Result<Vec<Value>, Failure> {
    let mut blocks = Vec::new();
    for part in &message.content.parts {
        match (part, meaning(part, PROVIDER)) {
            (_, Meaning::Own(block)) => blocks.push(block.clone()),
            (_, Meaning::Foreign) | (Part::Thought(_), _) => {}
            (Part::Text(said), _) if said.is_empty() => {}
            (Part::Text(said), _) => blocks.push(text(said)),
            (Part::FunctionCall(call), _) => blocks.push(json!({
                "type": "tool_use",
                "id": call.id,
                "name": call.name,
                "input": arguments::told(&call.args),
            })),
            (part, Meaning::None) => blocks.push(text(&message.stand_in(part)?)),
        }
    }
    Ok(blocks)
}
