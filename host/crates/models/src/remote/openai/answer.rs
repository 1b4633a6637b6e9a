//! What is answered, in the words of chat completions.

use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rak_core::{Blob, Failure, FileRef, FinishReason, FunctionCall, ModelResponse, ModelUsage, Part};
use serde_json::{Map, Value, json};

use super::PROVIDER;
use crate::draft::Draft;
use crate::remote::additions::merge;
use crate::remote::arguments::written;
use crate::remote::failure::cut;
use crate::remote::state::state;
use crate::remote::wire::{Assembly, number, set, text};
use crate::structured::invalid;

/// What has a place of its own in a response, or says nothing.
const KNOWN: [&str; 6] = ["choices", "created", "model", "obfuscation", "object", "usage"];

pub(super) struct OpenAiAnswer<'a> {
    draft: Draft<'a>,
    /// The model that was asked for, whose state it is.
    asked: String,
    model: String,
    calls: Vec<PartialCall>,
    /// The plain reasoning, which some servers want back.
    reasoning: String,
    /// And what others do.
    details: Vec<Value>,
    finish: Option<String>,
    has_refused: bool,
    usage: ModelUsage,
    extra: Value,
}

/// A call whose arguments are still being written.
struct PartialCall {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl<'a> OpenAiAnswer<'a> {
    pub(super) fn new(asked: &str, draft: Draft<'a>) -> Self {
        Self {
            draft,
            asked: asked.to_owned(),
            model: asked.to_owned(),
            calls: Vec::new(),
            reasoning: String::new(),
            details: Vec::new(),
            finish: None,
            has_refused: false,
            usage: ModelUsage::default(),
            extra: json!({}),
        }
    }

    fn choice(&mut self, choice: &Map<String, Value>) -> Result<(), Failure> {
        for (key, value) in choice.iter().filter(|(_, value)| !value.is_null()) {
            match (key.as_str(), value) {
                ("delta" | "message", Value::Object(message)) => self.message(message)?,
                ("finish_reason", Value::String(reason)) => self.finish = Some(reason.clone()),
                ("index", _) => {}
                (key, value) => merge(&mut self.extra, &json!({key: value})),
            }
        }
        Ok(())
    }

    fn message(&mut self, message: &Map<String, Value>) -> Result<(), Failure> {
        // Some servers say it under both names.
        if let Some(reasoning) =
            ["reasoning_content", "reasoning"].iter().find_map(|key| message.get(*key)?.as_str())
        {
            self.reasoning.push_str(reasoning);
            self.draft.thought(reasoning);
        }
        for (key, value) in message.iter().filter(|(_, value)| !value.is_null()) {
            match (key.as_str(), value) {
                ("role" | "reasoning_content" | "reasoning", _) => {}
                ("content", Value::String(text)) => self.draft.text(text),
                ("content", Value::Array(pieces)) => pieces.iter().for_each(|piece| self.piece(piece)),
                ("refusal", Value::String(text)) => {
                    self.has_refused = true;
                    self.draft.text(text);
                }
                ("reasoning_details", Value::Array(details)) => {
                    for detail in details {
                        self.detail(detail);
                    }
                }
                ("images", Value::Array(images)) => images.iter().for_each(|image| self.image(image)),
                ("tool_calls", Value::Array(calls)) => calls.iter().try_for_each(|call| self.call(call))?,
                (key, value) => merge(&mut self.extra, &json!({"message": {key: value}})),
            }
        }
        Ok(())
    }

    /// A piece of a content that is a list, as some servers have it.
    fn piece(&mut self, piece: &Value) {
        if let Some(text) = text(piece, "/text") {
            self.draft.text(text);
        } else if let Some(thoughts) = piece.get("thinking").and_then(Value::as_array) {
            let texts = thoughts.iter().filter_map(|thought| text(thought, "/text"));
            texts.for_each(|text| self.draft.thought(text));
        } else {
            merge(&mut self.extra, &json!({"message": {"content": [piece]}}));
        }
    }

    /// Reasoning that goes back as it came: what belongs to one step is one item.
    fn detail(&mut self, detail: &Value) {
        let is_same = |last: &Value| ["type", "index"].iter().all(|key| last.get(*key) == detail.get(*key));
        let (Some(Value::Object(last)), Value::Object(detail)) =
            (self.details.last_mut().filter(|last| is_same(last)), detail)
        else {
            return self.details.push(detail.clone());
        };
        for (key, value) in detail {
            match (last.get_mut(key), value) {
                (Some(Value::String(text)), Value::String(more))
                    if ["text", "summary", "data"].contains(&key.as_str()) =>
                {
                    text.push_str(more);
                }
                (Some(_), Value::Null) => {}
                _ => drop(last.insert(key.clone(), value.clone())),
            }
        }
    }

    fn image(&mut self, image: &Value) {
        let Some(url) = text(image, "/image_url/url") else { return };
        let inline = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
        let blob = inline.and_then(|(mime_type, data)| {
            Some(Blob { mime_type: mime_type.to_owned(), data: BASE64.decode(data).ok()? })
        });
        self.draft.silent(match blob {
            Some(blob) => Part::InlineData(blob),
            None => Part::FileData(FileRef { mime_type: None, file_uri: url.to_owned() }),
        });
    }

    fn call(&mut self, delta: &Value) -> Result<(), Failure> {
        let index = delta.get("index").and_then(Value::as_u64);
        let id = text(delta, "/id").unwrap_or_default();
        let name = text(delta, "/function/name").unwrap_or_default();
        let arguments = match delta.pointer("/function/arguments") {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        };
        // Some servers give all calls one index, others no index at all; another id is another call.
        let is_same = |call: &PartialCall| {
            let no_other = id.is_empty() || call.id.is_empty() || call.id == id;
            call.index == index && no_other && (index.is_some() || !id.is_empty() || name.is_empty())
        };
        match self.calls.iter_mut().rev().find(|call| is_same(call)) {
            Some(call) => {
                if call.id.is_empty() {
                    id.clone_into(&mut call.id);
                }
                // A name is written whole; who repeats it means the same.
                if call.name.is_empty() {
                    name.clone_into(&mut call.name);
                }
                call.arguments.push_str(&arguments);
            }
            None if name.is_empty() => return Err(invalid("it calls a function without a name")),
            None => {
                let (id, name) = (id.to_owned(), name.to_owned());
                self.calls.push(PartialCall { index, id, name, arguments });
            }
        }
        Ok(())
    }

    fn usage(&mut self, usage: &Value) {
        self.usage = ModelUsage {
            input_tokens: number(usage, "/prompt_tokens"),
            output_tokens: number(usage, "/completion_tokens"),
            cached_tokens: number(usage, "/prompt_tokens_details/cached_tokens"),
            thought_tokens: number(usage, "/completion_tokens_details/reasoning_tokens"),
            cost_micros: 0,
        };
    }

    /// What the server wants back.
    fn state(&mut self) {
        let mut own = json!({"model": self.asked});
        if !self.details.is_empty() {
            set(&mut own, "reasoning_details", std::mem::take(&mut self.details));
        } else if !self.reasoning.is_empty() && self.draft.has_calls() {
            set(&mut own, "reasoning_content", std::mem::take(&mut self.reasoning));
        } else {
            return;
        }
        self.draft.silent(Part::Other(state(PROVIDER, &own)));
    }
}

impl Assembly for OpenAiAnswer<'_> {
    fn take(&mut self, event: Value) -> Result<ControlFlow<()>, Failure> {
        let Value::Object(event) = event else {
            return Err(invalid("it gave an answer that is no object"));
        };
        if let Some(Value::String(model)) = event.get("model").filter(|model| *model != "") {
            self.model.clone_from(model);
        }
        if let Some(usage) = event.get("usage").filter(|usage| usage.is_object()) {
            self.usage(usage);
        }
        // There is one choice, since no more are asked for.
        if let Some(Value::Object(choice)) = event.get("choices").and_then(|choices| choices.get(0)) {
            self.choice(choice)?;
        }
        for (key, value) in event {
            if !KNOWN.contains(&key.as_str()) && !value.is_null() {
                merge(&mut self.extra, &json!({key: value}));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn finish(mut self: Box<Self>) -> Result<ModelResponse, Failure> {
        let finish = self.finish.take().ok_or_else(cut)?;
        for call in std::mem::take(&mut self.calls) {
            self.draft.call(call.whole());
        }
        let finish = match finish.as_str() {
            _ if self.has_refused => FinishReason::Filtered,
            // Not every server has a word for it.
            "stop" if self.draft.has_calls() => FinishReason::FunctionCalls,
            "stop" => FinishReason::Stop,
            "length" => FinishReason::Length,
            "tool_calls" | "function_call" => FinishReason::FunctionCalls,
            "content_filter" => FinishReason::Filtered,
            word => FinishReason::Other(word.to_owned()),
        };
        self.state();
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

impl PartialCall {
    fn whole(self) -> FunctionCall {
        FunctionCall { id: self.id, name: self.name, args: written(&self.arguments) }
    }
}
