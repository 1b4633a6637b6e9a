//! What is answered, in Gemini's words.

use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rak_core::{Blob, Failure, FileRef, FinishReason, FunctionCall, ModelResponse, ModelUsage, Part};
use serde_json::{Map, Value, json};

use super::PROVIDER;
use crate::draft::Draft;
use crate::remote::additions::merge;
use crate::remote::failure::cut;
use crate::remote::state::state;
use crate::remote::wire::{Assembly, number, set, text};
use crate::structured::invalid;

/// What has a place of its own in a response, or says nothing.
const KNOWN: [&str; 5] = ["candidates", "createTime", "modelVersion", "responseId", "usageMetadata"];

pub(super) struct GeminiAnswer<'a> {
    draft: Draft<'a>,
    model: String,
    finish: Option<String>,
    usage: ModelUsage,
    extra: Value,
}

impl<'a> GeminiAnswer<'a> {
    pub(super) fn new(asked: &str, draft: Draft<'a>) -> Self {
        let usage = ModelUsage::default();
        Self { draft, model: asked.to_owned(), finish: None, usage, extra: json!({}) }
    }

    fn candidate(&mut self, candidate: &Map<String, Value>) -> Result<(), Failure> {
        let parts =
            candidate.get("content").and_then(|content| content.get("parts")).and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            self.part(part)?;
        }
        for (key, value) in candidate.iter().filter(|(_, value)| !value.is_null()) {
            match (key.as_str(), value) {
                ("content" | "index", _) => {}
                ("finishReason", Value::String(reason)) => self.finish = Some(reason.clone()),
                // What is known of the whole is said again whenever it is known better.
                (key, value) => set(&mut self.extra, key, value.clone()),
            }
        }
        Ok(())
    }

    fn part(&mut self, part: &Value) -> Result<(), Failure> {
        let signature = text(part, "/thoughtSignature");
        let mut on = json!({"on": "before"});
        if let Some(call) = part.get("functionCall") {
            let id = self.call(call)?;
            on = json!({"on": "call", "call": id});
        } else if let Some(said) = part.get("text").and_then(Value::as_str) {
            let is_thought = part.get("thought").is_some_and(|thought| *thought == true);
            match (is_thought, signature) {
                (true, _) => self.draft.thought(said),
                (false, None) => self.draft.text(said),
                // A part with a signature is not to be one with those without.
                (false, Some(_)) => self.draft.text_apart(said),
            }
            if is_thought || said.is_empty() {
                on = json!({});
            }
        } else if let Some(blob) = blob(part) {
            self.draft.silent(Part::InlineData(blob));
        } else if let Some(uri) = text(part, "/fileData/fileUri") {
            let mime_type = text(part, "/fileData/mimeType").map(str::to_owned);
            self.draft.silent(Part::FileData(FileRef { mime_type, file_uri: uri.to_owned() }));
        } else if part.as_object().is_some_and(|part| part.keys().any(|key| key != "thoughtSignature")) {
            // What the model did itself, such as running code; it has its signature with it.
            self.draft.other(state(PROVIDER, &json!({"part": part})), part.clone());
            return Ok(());
        } else {
            on = json!({});
        }
        if let Some(signature) = signature {
            set(&mut on, "signature", signature);
            self.draft.silent(Part::Other(state(PROVIDER, &on)));
        }
        Ok(())
    }

    /// Takes a call, and says the id that it has then.
    fn call(&mut self, call: &Value) -> Result<String, Failure> {
        let Some(name) = text(call, "/name").map(str::to_owned) else {
            return Err(invalid("it calls a function without a name"));
        };
        let id = text(call, "/id").unwrap_or_default().to_owned();
        let args = call.get("args").filter(|args| !args.is_null()).cloned().unwrap_or_else(|| json!({}));
        self.draft.call(FunctionCall { id, name, args });
        match self.draft.last() {
            Some(Part::FunctionCall(call)) => Ok(call.id.clone()),
            _ => Ok(String::new()),
        }
    }

    fn usage(&mut self, usage: &Value) {
        let thought_tokens = number(usage, "/thoughtsTokenCount");
        let tools = number(usage, "/toolUsePromptTokenCount");
        self.usage = ModelUsage {
            input_tokens: number(usage, "/promptTokenCount").saturating_add(tools),
            output_tokens: number(usage, "/candidatesTokenCount").saturating_add(thought_tokens),
            cached_tokens: number(usage, "/cachedContentTokenCount"),
            thought_tokens,
            cost_micros: 0,
        };
    }
}

impl Assembly for GeminiAnswer<'_> {
    fn take(&mut self, event: Value) -> Result<ControlFlow<()>, Failure> {
        // A server that does not stream gives all events as one list.
        let events = match event {
            Value::Array(events) => events,
            event => vec![event],
        };
        for event in events {
            let Value::Object(event) = event else {
                return Err(invalid("it gave an answer that is no object"));
            };
            if let Some(Value::String(model)) = event.get("modelVersion") {
                self.model.clone_from(model);
            }
            if let Some(usage) = event.get("usageMetadata") {
                self.usage(usage);
            }
            // There is one candidate, since no more are asked for.
            if let Some(Value::Object(candidate)) = event.get("candidates").and_then(|all| all.get(0)) {
                self.candidate(candidate)?;
            }
            for (key, value) in event {
                if !KNOWN.contains(&key.as_str()) && !value.is_null() {
                    merge(&mut self.extra, &json!({key: value}));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn finish(self: Box<Self>) -> Result<ModelResponse, Failure> {
        let blocked = text(&self.extra, "/promptFeedback/blockReason").is_some();
        let finish = match self.finish.as_deref() {
            // What it does not take it does not answer.
            None if blocked => FinishReason::Filtered,
            None => return Err(cut()),
            Some("STOP") if self.draft.has_calls() => FinishReason::FunctionCalls,
            Some("STOP") => FinishReason::Stop,
            Some("MAX_TOKENS") => FinishReason::Length,
            Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY") => {
                FinishReason::Filtered
            }
            Some(word) => FinishReason::Other(word.to_owned()),
        };
        let extra = self.extra.as_object().is_some_and(|extra| !extra.is_empty()).then_some(self.extra);
        Ok(ModelResponse {
            model: self.model,
            content: self.draft.content(),
            finish,
            usage: self.usage,
            extra,
        })
    }
}

fn blob(part: &Value) -> Option<Blob> {
    let data = text(part, "/inlineData/data")?;
    let mime_type = text(part, "/inlineData/mimeType").unwrap_or("application/octet-stream").to_owned();
    Some(Blob { mime_type, data: BASE64.decode(data).ok()? })
}
