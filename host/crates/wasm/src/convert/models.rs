//! What models are asked, and answer.

use rak_core::{
    Embeddings, Failure, FailureKind, FinishReason, ModelDelta, ModelPrompt, ModelResponse, ModelTool,
    ModelUsage, ToolChoice,
};
use serde_json::json;

use super::{content_from_wit, content_to_wit, function_call_to_wit, json_from_wit, optional_json};
use crate::bindings::{common, models};

pub(crate) fn prompt_from_wit(request: models::Request) -> Result<ModelPrompt, Failure> {
    let extra = optional_json(request.extra.as_ref(), "the request's extra")?;
    if extra.as_ref().is_some_and(|extra| !extra.is_object()) {
        return Err(Failure::new(FailureKind::InvalidArgument, "the request's extra is not an object"));
    }
    let tool = |tool: models::ToolSpec| {
        let parameters = json_from_wit(&tool.parameters, "the parameters of a tool")?;
        Ok(ModelTool { name: tool.name, description: tool.description, parameters })
    };
    Ok(ModelPrompt {
        system: request.system,
        contents: request.contents.into_iter().map(content_from_wit).collect::<Result<_, _>>()?,
        tools: request.tools.into_iter().map(tool).collect::<Result<_, Failure>>()?,
        tool_choice: match request.tool_choice {
            models::ToolChoice::Auto => ToolChoice::Auto,
            models::ToolChoice::None => ToolChoice::None,
            models::ToolChoice::Required => ToolChoice::Required,
            models::ToolChoice::Named(name) => ToolChoice::Named(name),
        },
        max_output_tokens: request.max_output_tokens,
        temperature: request.temperature,
        stop: request.stop,
        response_schema: optional_json(request.response_schema.as_ref(), "the response schema")?,
        extra,
    })
}

pub(crate) fn model_response_to_wit(response: ModelResponse) -> models::Response {
    models::Response {
        model: response.model,
        content: content_to_wit(response.content),
        finish: match response.finish {
            FinishReason::Stop => models::FinishReason::Stop,
            FinishReason::Length => models::FinishReason::Length,
            FinishReason::FunctionCalls => models::FinishReason::FunctionCalls,
            FinishReason::Filtered => models::FinishReason::Filtered,
            FinishReason::Other(word) => models::FinishReason::Other(word),
        },
        usage: usage_to_wit(response.usage),
        extra: response.extra.map(|extra| extra.to_string()),
    }
}

pub(crate) fn embeddings_to_wit(embeddings: Embeddings) -> models::Embeddings {
    models::Embeddings {
        model: embeddings.model,
        vectors: embeddings.vectors,
        usage: usage_to_wit(embeddings.usage),
        extra: None,
    }
}

pub(crate) fn delta_to_wit(delta: ModelDelta) -> models::Delta {
    match delta {
        ModelDelta::Text(text) => models::Delta::Text(text),
        ModelDelta::Thought(text) => models::Delta::Thought(text),
        ModelDelta::FunctionCall(call) => models::Delta::FunctionCall(function_call_to_wit(call)),
        ModelDelta::Other(value) => models::Delta::Other(value.to_string()),
    }
}

/// About how many bytes it has.
pub(crate) fn delta_bytes(delta: &ModelDelta) -> u64 {
    let bytes = match delta {
        ModelDelta::Text(text) | ModelDelta::Thought(text) => text.len(),
        ModelDelta::FunctionCall(call) => call.name.len() + call.args.to_string().len(),
        ModelDelta::Other(value) => value.to_string().len(),
    };
    bytes as u64
}

fn usage_to_wit(usage: ModelUsage) -> common::Usage {
    let ModelUsage { input_tokens, output_tokens, cached_tokens, thought_tokens, cost_micros } = usage;
    let extra = (cost_micros > 0).then(|| json!({"costMicros": cost_micros}).to_string());
    common::Usage { input_tokens, output_tokens, cached_tokens, thought_tokens, extra }
}
