//! What is answered, in the words of Anthropic's messages.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rak_core::{Failure, FinishReason, FunctionCall, ModelResponse, ModelUsage, Part};
use serde_json::{Value, json};

use super::PROVIDER;
use crate::draft::Draft;
use crate::remote::additions::merge;
use crate::remote::arguments::written;
use crate::remote::failure::cut;
use crate::remote::state::state;
use crate::remote::wire::{Assembly, number, set, text};
use crate::structured::invalid;

/// What has a place of its own in a response, or says nothing.
const KNOWN: [&str; 6] = ["content", "model", "role", "stop_reason", "type", "usage"];

pub(super) struct AnthropicAnswer<'a> {
    draft: Draft<'a>,
    model: String,
    /// The blocks that are being written.
    open: BTreeMap<u64, Block>,
    stop: Option<String>,
    is_over: bool,
    /// As the provider says it; what comes later stands for more.
    usage: Value,
    extra: Value,
}

/// A block that is being written.
struct Block {
    value: Value,
    /// The arguments of a call so far.
    json: String,
}

impl<'a> AnthropicAnswer<'a> {
    pub(super) fn new(asked: &str, draft: Draft<'a>) -> Self {
        Self {
            draft,
            model: asked.to_owned(),
            open: BTreeMap::new(),
            stop: None,
            is_over: false,
            usage: json!({}),
            extra: json!({}),
        }
    }

    /// The message without its blocks; all of it or what is known at its beginning or end.
    fn message(&mut self, message: &Value) {
        if let Some(model) = text(message, "/model") {
            model.clone_into(&mut self.model);
        }
        if let Some(stop) = text(message, "/stop_reason") {
            self.stop = Some(stop.to_owned());
        }
        for (key, value) in message.as_object().into_iter().flatten() {
            if !KNOWN.contains(&key.as_str()) && !value.is_null() {
                merge(&mut self.extra, &json!({key: value}));
            }
        }
        if let Some(Value::Object(usage)) = message.get("usage") {
            for (key, value) in usage.iter().filter(|(_, value)| !value.is_null()) {
                set(&mut self.usage, key, value.clone());
            }
        }
    }

    fn begin(&mut self, index: u64, block: &Value) -> Result<(), Failure> {
        if !block.is_object() {
            return Err(invalid("it begins a block that is no object"));
        }
        // What is there at the beginning is told as if it came later.
        if let Some(text) = text(block, "/text") {
            self.draft.text(text);
        }
        if let Some(thought) = text(block, "/thinking") {
            self.draft.thought(thought);
        }
        self.open.insert(index, Block { value: block.clone(), json: String::new() });
        Ok(())
    }

    fn delta(&mut self, index: u64, delta: &Value) -> Result<(), Failure> {
        let Some(block) = self.open.get_mut(&index) else {
            return Err(invalid("it goes on with a block that it did not begin"));
        };
        match text(delta, "/type") {
            Some("text_delta") => self.draft.text(text(delta, "/text").unwrap_or_default()),
            Some("thinking_delta") => {
                let thought = text(delta, "/thinking").unwrap_or_default();
                self.draft.thought(thought);
                append(&mut block.value, "thinking", thought);
            }
            Some("signature_delta") => {
                append(&mut block.value, "signature", text(delta, "/signature").unwrap_or_default());
            }
            Some("input_json_delta") => block.json.push_str(text(delta, "/partial_json").unwrap_or_default()),
            Some("citations_delta") => {
                merge(&mut self.extra, &json!({"citations": [delta.get("citation")]}));
            }
            _ => merge(&mut self.extra, &json!({"deltas": [delta]})),
        }
        Ok(())
    }

    fn end(&mut self, index: u64) -> Result<(), Failure> {
        let Some(Block { mut value, json }) = self.open.remove(&index) else {
            return Err(invalid("it ends a block that it did not begin"));
        };
        if !json.trim().is_empty() {
            set(&mut value, "input", written(&json));
        }
        match text(&value, "/type") {
            Some("text") => {}
            Some("tool_use") => {
                let id = text(&value, "/id").unwrap_or_default().to_owned();
                let Some(name) = text(&value, "/name").map(str::to_owned) else {
                    return Err(invalid("it calls a function without a name"));
                };
                let args = value.get_mut("input").map(Value::take).unwrap_or_default();
                self.draft.call(FunctionCall { id, name, args });
            }
            Some("thinking" | "redacted_thinking") => self.draft.silent(Part::Other(state(PROVIDER, &value))),
            // What the provider does itself, such as a search.
            _ => self.draft.other(state(PROVIDER, &value), value),
        }
        Ok(())
    }
}

impl Assembly for AnthropicAnswer<'_> {
    fn take(&mut self, event: Value) -> Result<ControlFlow<()>, Failure> {
        let index = number(&event, "/index");
        match text(&event, "/type") {
            Some("message_start") => self.message(event.get("message").unwrap_or(&Value::Null)),
            Some("content_block_start") => {
                self.begin(index, event.get("content_block").unwrap_or(&Value::Null))?;
            }
            Some("content_block_delta") => self.delta(index, event.get("delta").unwrap_or(&Value::Null))?,
            Some("content_block_stop") => self.end(index)?,
            Some("message_delta") => {
                self.message(event.get("delta").unwrap_or(&Value::Null));
                self.message(&event_without_delta(&event));
            }
            Some("message_stop") => {
                self.is_over = true;
                return Ok(ControlFlow::Break(()));
            }
            // All of it, from a server that does not stream.
            Some("message") => {
                self.message(&event);
                let blocks = event.get("content").and_then(Value::as_array);
                for (index, block) in (0..).zip(blocks.into_iter().flatten()) {
                    self.begin(index, block)?;
                    self.end(index)?;
                }
                self.is_over = true;
            }
            // `ping`, and what the protocol will have one day.
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn finish(self: Box<Self>) -> Result<ModelResponse, Failure> {
        let stop = self.stop.filter(|_| self.is_over).ok_or_else(cut)?;
        let finish = match stop.as_str() {
            "end_turn" | "stop_sequence" => FinishReason::Stop,
            "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
            "tool_use" => FinishReason::FunctionCalls,
            "refusal" => FinishReason::Filtered,
            word => FinishReason::Other(word.to_owned()),
        };
        let extra = self.extra.as_object().is_some_and(|extra| !extra.is_empty()).then_some(self.extra);
        let usage = usage(&self.usage);
        Ok(ModelResponse { model: self.model, content: self.draft.content(), finish, usage, extra })
    }
}

/// What the provider counts apart is read all the same.
fn usage(usage: &Value) -> ModelUsage {
    let cached_tokens = number(usage, "/cache_read_input_tokens");
    let written = number(usage, "/cache_creation_input_tokens");
    ModelUsage {
        input_tokens: number(usage, "/input_tokens").saturating_add(cached_tokens).saturating_add(written),
        output_tokens: number(usage, "/output_tokens"),
        cached_tokens,
        thought_tokens: number(usage, "/output_tokens_details/thinking_tokens"),
        cost_micros: 0,
    }
}

fn event_without_delta(event: &Value) -> Value {
    let mut event = event.clone();
    if let Value::Object(members) = &mut event {
        members.remove("delta");
    }
    event
}

/// Adds to a text in a block.
fn append(block: &mut Value, key: &str, more: &str) {
    match block.get_mut(key) {
        Some(Value::String(text)) => text.push_str(more),
        _ => set(block, key, more),
    }
}
