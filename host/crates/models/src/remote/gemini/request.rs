//! What is asked, in Gemini's words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rak_core::{Failure, FunctionResponse, ModelPrompt, ModelTool, Part, ToolChoice};
use serde_json::{Map, Value, json};

use super::PROVIDER;
use crate::draft::is_given;
use crate::remote::additions::add;
use crate::remote::arguments;
use crate::remote::parts::{self, Message, Speaker, system};
use crate::remote::state::{Meaning, meaning};
use crate::remote::wire::{decimal, set, text};
use crate::settings::RemoteSettings;

/// What an agent cannot set beside its request.
const RESERVED: &[&str] = &[
    "contents",
    "generationConfig.candidateCount",
    "generationConfig.maxOutputTokens",
    "generationConfig.responseJsonSchema",
    "generationConfig.responseMimeType",
    "generationConfig.responseSchema",
    "generationConfig.stopSequences",
    "generationConfig.temperature",
    "model",
    "systemInstruction",
    "toolConfig.functionCallingConfig",
    "tools",
];

pub(super) fn body(settings: &RemoteSettings, prompt: &ModelPrompt) -> Result<Value, Failure> {
    let conversation = parts::messages(&prompt.contents)?;
    let mut body = Map::new();
    body.insert("contents".to_owned(), contents(&conversation)?.into());
    if let Some(text) = system(prompt.system.as_deref(), &conversation)? {
        body.insert("systemInstruction".to_owned(), json!({"parts": [{"text": text}]}));
    }
    if !prompt.tools.is_empty() {
        let declarations: Vec<_> = prompt.tools.iter().map(tool).collect();
        body.insert("tools".to_owned(), json!([{"functionDeclarations": declarations}]));
        if let Some(config) = choice(&prompt.tool_choice) {
            body.insert("toolConfig".to_owned(), json!({"functionCallingConfig": config}));
        }
    }
    let config = config(settings, prompt);
    if !config.is_empty() {
        body.insert("generationConfig".to_owned(), config.into());
    }
    let mut body = Value::Object(body);
    add(&mut body, &settings.options, prompt.extra.as_ref(), RESERVED)?;
    Ok(body)
}

fn config(settings: &RemoteSettings, prompt: &ModelPrompt) -> Map<String, Value> {
    let mut config = Map::new();
    if let Some(most) = prompt.max_output_tokens.or(settings.max_output_tokens) {
        config.insert("maxOutputTokens".to_owned(), most.into());
    }
    if let Some(temperature) = prompt.temperature {
        config.insert("temperature".to_owned(), decimal(temperature));
    }
    if !prompt.stop.is_empty() {
        config.insert("stopSequences".to_owned(), prompt.stop.clone().into());
    }
    if let Some(schema) = &prompt.response_schema {
        config.insert("responseMimeType".to_owned(), "application/json".into());
        config.insert("responseJsonSchema".to_owned(), schema.clone());
    }
    config
}

fn choice(choice: &ToolChoice) -> Option<Value> {
    match choice {
        ToolChoice::Auto => None,
        ToolChoice::None => Some(json!({"mode": "NONE"})),
        ToolChoice::Required => Some(json!({"mode": "ANY"})),
        ToolChoice::Named(name) => Some(json!({"mode": "ANY", "allowedFunctionNames": [name]})),
    }
}

fn tool(tool: &ModelTool) -> Value {
    let ModelTool { name, description, parameters } = tool;
    json!({"name": name, "description": description, "parametersJsonSchema": parameters})
}

/// The conversation, in which the two take turns.
fn contents(conversation: &[Message<'_>]) -> Result<Vec<Value>, Failure> {
    let mut turns: Vec<(Speaker, Vec<Value>)> = Vec::new();
    for message in conversation {
        let parts = match message.speaker {
            Speaker::System => continue,
            Speaker::User => user(message)?,
            Speaker::Model => model(message)?,
        };
        match turns.last_mut().filter(|(last, _)| *last == message.speaker) {
            Some((_, said)) => said.extend(parts),
            None => turns.push((message.speaker, parts)),
        }
    }
    let contents = turns.into_iter().filter(|(_, parts)| !parts.is_empty());
    let role = |speaker| if speaker == Speaker::User { "user" } else { "model" };
    Ok(contents.map(|(speaker, parts)| json!({"role": role(speaker), "parts": parts})).collect())
}

fn user(message: &Message<'_>) -> Result<Vec<Value>, Failure> {
    let parts = message.content.parts.iter().map(|part| match part {
        Part::FunctionResponse(response) => Ok(answer(response)),
        part => said(message, part),
    });
    parts.collect()
}

/// What both may say.
fn said(message: &Message<'_>, part: &Part) -> Result<Value, Failure> {
    Ok(match part {
        Part::Text(text) => json!({"text": text}),
        Part::InlineData(blob) => {
            let data = BASE64.encode(&blob.data);
            json!({"inlineData": {"mimeType": blob.mime_type, "data": data}})
        }
        Part::FileData(file) => {
            let mut lies = json!({"fileUri": file.file_uri});
            if let Some(mime_type) = &file.mime_type {
                set(&mut lies, "mimeType", mime_type.as_str());
            }
            json!({"fileData": lies})
        }
        part => json!({"text": message.stand_in(part)?}),
    })
}

fn answer(response: &FunctionResponse) -> Value {
    // It takes objects only, and has these words for a result and for a failure.
    let answer = match &response.response {
        answer if response.failed => json!({"error": answer}),
        answer if answer.is_object() => answer.clone(),
        answer => json!({"result": answer}),
    };
    let mut value = json!({"name": response.name, "response": answer});
    identify(&mut value, &response.id);
    json!({"functionResponse": value})
}

/// Says the id of a call where the model gave it one.
fn identify(value: &mut Value, id: &str) {
    if !id.is_empty() && !is_given(id) {
        set(value, "id", id);
    }
}

/// What the model said. Its thoughts do not go back, but their signatures do, on the parts that they came with.
fn model(message: &Message<'_>) -> Result<Vec<Value>, Failure> {
    let mut parts: Vec<Value> = Vec::new();
    let mut calls: Vec<(&str, usize)> = Vec::new();
    for part in &message.content.parts {
        match (part, meaning(part, PROVIDER)) {
            (_, Meaning::Own(state)) => sign(&mut parts, &calls, state),
            (_, Meaning::Foreign) | (Part::Thought(_), _) => {}
            (Part::FunctionCall(call), _) => {
                let mut value = json!({"name": call.name, "args": arguments::told(&call.args)});
                identify(&mut value, &call.id);
                calls.push((&call.id, parts.len()));
                parts.push(json!({"functionCall": value}));
            }
            (part, Meaning::None) => parts.push(said(message, part)?),
        }
    }
    Ok(parts)
}

/// Puts a signature where it was, or what the model did itself.
fn sign(parts: &mut Vec<Value>, calls: &[(&str, usize)], state: &Value) {
    if let Some(part) = state.get("part") {
        parts.push(part.clone());
        return;
    }
    let Some(signature) = text(state, "/signature") else { return };
    let signed = match text(state, "/on") {
        Some("call") => {
            let id = text(state, "/call").unwrap_or_default();
            let index = calls.iter().find(|(known, _)| *known == id).map(|(_, index)| *index);
            // A call that the agent took out has taken its signature along.
            let Some(call) = index.and_then(|index| parts.get_mut(index)) else { return };
            Some(call)
        }
        Some("before") => parts.last_mut().filter(|part| part.get("functionCall").is_none()),
        _ => None,
    };
    match signed {
        Some(part) => set(part, "thoughtSignature", signature),
        None => parts.push(json!({"text": "", "thoughtSignature": signature})),
    }
}
