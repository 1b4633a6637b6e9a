//! The only mapping between the contract's types and the host's.

mod models;

use rak_core::{
    AgentDescriptor, AgentOutcome, AgentSummary, Blob, ChildReply, Content, Custom, Emission, Failure,
    FailureKind, FileRef, FunctionCall, FunctionResponse, HistoryPage, Part, Progress, Skill,
};
use serde_json::Value;

use crate::bindings::{agents, common, entry, events, session};

pub(crate) use models::{
    delta_bytes, delta_to_wit, embeddings_to_wit, model_response_to_wit, prompt_from_wit,
};

/// Reads a JSON text of the guest; `what` names it in the error.
pub(crate) fn json_from_wit(text: &str, what: &str) -> Result<Value, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::new(FailureKind::InvalidArgument, format!("{what} is not JSON: {error}")))
}

fn optional_json(text: Option<&String>, what: &str) -> Result<Option<Value>, Failure> {
    text.map(|text| json_from_wit(text, what)).transpose()
}

pub(crate) fn content_to_wit(content: Content) -> common::Content {
    common::Content { role: content.role, parts: content.parts.into_iter().map(part_to_wit).collect() }
}

fn part_to_wit(part: Part) -> common::Part {
    match part {
        Part::Text(text) => common::Part::Text(text),
        Part::Thought(text) => common::Part::Thought(text),
        Part::InlineData(Blob { mime_type, data }) => {
            common::Part::InlineData(common::Blob { mime_type, data })
        }
        Part::FileData(FileRef { mime_type, file_uri }) => {
            common::Part::FileData(common::FileRef { mime_type, uri: file_uri })
        }
        Part::FunctionCall(call) => common::Part::FunctionCall(function_call_to_wit(call)),
        Part::FunctionResponse(FunctionResponse { id, name, response, failed }) => {
            let response = response.to_string();
            common::Part::FunctionResponse(common::FunctionResponse { id, name, response, failed })
        }
        Part::Other(custom) => common::Part::Other(custom_to_wit(custom)),
    }
}

fn function_call_to_wit(call: FunctionCall) -> common::FunctionCall {
    common::FunctionCall { id: call.id, name: call.name, args: call.args.to_string() }
}

fn custom_to_wit(custom: Custom) -> common::Custom {
    common::Custom { name: custom.name, value: custom.value.to_string() }
}

pub(crate) fn content_from_wit(content: common::Content) -> Result<Content, Failure> {
    let parts = content.parts.into_iter().map(part_from_wit).collect::<Result<_, _>>()?;
    Ok(Content { role: content.role, parts })
}

fn part_from_wit(part: common::Part) -> Result<Part, Failure> {
    Ok(match part {
        common::Part::Text(text) => Part::Text(text),
        common::Part::Thought(text) => Part::Thought(text),
        common::Part::InlineData(blob) => {
            Part::InlineData(Blob { mime_type: blob.mime_type, data: blob.data })
        }
        common::Part::FileData(file) => {
            Part::FileData(FileRef { mime_type: file.mime_type, file_uri: file.uri })
        }
        common::Part::FunctionCall(call) => Part::FunctionCall(FunctionCall {
            args: json_from_wit(&call.args, "the arguments of a function call")?,
            id: call.id,
            name: call.name,
        }),
        common::Part::FunctionResponse(response) => Part::FunctionResponse(FunctionResponse {
            response: json_from_wit(&response.response, "the response of a function")?,
            id: response.id,
            name: response.name,
            failed: response.failed,
        }),
        common::Part::Other(custom) => Part::Other(custom_from_wit(custom)?),
    })
}

fn custom_from_wit(custom: common::Custom) -> Result<Custom, Failure> {
    let value = json_from_wit(&custom.value, "a custom value")?;
    Ok(Custom { name: custom.name, value })
}

pub(crate) fn emission_from_wit(event: events::Event) -> Result<Emission, Failure> {
    Ok(match event {
        events::Event::Content(content) => Emission::Content(content_from_wit(content)?),
        events::Event::TextDelta(text) => Emission::TextDelta(text),
        events::Event::ThoughtDelta(text) => Emission::ThoughtDelta(text),
        events::Event::Progress(progress) => Emission::Progress(Progress {
            message: progress.message,
            done: progress.done,
            total: progress.total,
        }),
        events::Event::Other(custom) => Emission::Custom(custom_from_wit(custom)?),
    })
}

/// About how many bytes an emission takes when it is stored.
pub(crate) fn emission_bytes(emission: &Emission) -> u64 {
    let bytes = match emission {
        Emission::Content(content) => return content_bytes(content),
        Emission::TextDelta(text) | Emission::ThoughtDelta(text) => text.len(),
        Emission::Progress(progress) => progress.message.len(),
        Emission::Custom(custom) => custom.name.len() + custom.value.to_string().len(),
        Emission::Artifact { name, .. } => name.len(),
    };
    bytes as u64
}

/// About how many bytes a content takes when it is stored.
pub(crate) fn content_bytes(content: &Content) -> u64 {
    let part = |part: &Part| match part {
        Part::Text(text) | Part::Thought(text) => text.len(),
        Part::InlineData(blob) => blob.mime_type.len() + blob.data.len() / 3 * 4,
        Part::FileData(file) => file.file_uri.len(),
        Part::FunctionCall(call) => call.name.len() + call.args.to_string().len(),
        Part::FunctionResponse(response) => response.name.len() + response.response.to_string().len(),
        Part::Other(custom) => custom.name.len() + custom.value.to_string().len(),
    };
    content.parts.iter().map(|one| part(one) as u64).sum()
}

pub(crate) fn history_to_wit(page: HistoryPage) -> session::Page {
    let entries = page
        .entries
        .into_iter()
        .filter_map(|entry| {
            Some(session::Entry {
                seq: entry.position,
                author: entry.event.author.clone(),
                at_ms: u64::try_from(entry.at.0).unwrap_or(0),
                content: content_to_wit(entry.content()?.clone()),
            })
        })
        .collect();
    session::Page { entries, next: page.next }
}

pub(crate) fn failure_to_wit(failure: Failure) -> common::Failure {
    common::Failure {
        kind: kind_to_wit(failure.kind),
        code: failure.code,
        message: failure.message,
        retry_after_ms: failure.retry_after_ms,
        details: failure.details.map(|details| details.to_string()),
    }
}

fn kind_to_wit(kind: FailureKind) -> common::FailureKind {
    match kind {
        FailureKind::Cancelled => common::FailureKind::Cancelled,
        FailureKind::DeadlineExceeded => common::FailureKind::DeadlineExceeded,
        FailureKind::Denied => common::FailureKind::Denied,
        FailureKind::NotFound => common::FailureKind::NotFound,
        FailureKind::InvalidArgument => common::FailureKind::InvalidArgument,
        FailureKind::Conflict => common::FailureKind::Conflict,
        FailureKind::LimitExceeded => common::FailureKind::LimitExceeded,
        FailureKind::RateLimited => common::FailureKind::RateLimited,
        FailureKind::Unavailable => common::FailureKind::Unavailable,
        FailureKind::Unsupported => common::FailureKind::Unsupported,
        FailureKind::Failed => common::FailureKind::Failed,
    }
}

/// A guest's failure. Details that are not JSON are kept as text: the failure itself matters more.
pub(crate) fn failure_from_wit(failure: common::Failure) -> Failure {
    Failure {
        kind: kind_from_wit(failure.kind),
        code: failure.code,
        message: failure.message,
        retry_after_ms: failure.retry_after_ms,
        details: failure.details.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text))),
    }
}

fn kind_from_wit(kind: common::FailureKind) -> FailureKind {
    match kind {
        common::FailureKind::Cancelled => FailureKind::Cancelled,
        common::FailureKind::DeadlineExceeded => FailureKind::DeadlineExceeded,
        common::FailureKind::Denied => FailureKind::Denied,
        common::FailureKind::NotFound => FailureKind::NotFound,
        common::FailureKind::InvalidArgument => FailureKind::InvalidArgument,
        common::FailureKind::Conflict => FailureKind::Conflict,
        common::FailureKind::LimitExceeded => FailureKind::LimitExceeded,
        common::FailureKind::RateLimited => FailureKind::RateLimited,
        common::FailureKind::Unavailable => FailureKind::Unavailable,
        common::FailureKind::Unsupported => FailureKind::Unsupported,
        common::FailureKind::Failed => FailureKind::Failed,
    }
}

pub(crate) fn summary_to_wit(agent: AgentSummary) -> agents::Summary {
    agents::Summary {
        name: agent.name.to_string(),
        description: agent.description,
        version: agent.version,
        input_schema: agent.input_schema.map(|schema| schema.to_string()),
        extra: agent.extra.map(|extra| extra.to_string()),
    }
}

pub(crate) fn reply_to_wit(reply: ChildReply) -> agents::Reply {
    agents::Reply {
        invocation_id: reply.invocation_id.to_string(),
        content: reply.content.map(content_to_wit),
        escalate: reply.escalate,
        transfer_to: reply.transfer_to,
        extra: reply.extra.map(|extra| extra.to_string()),
    }
}

pub(crate) fn outcome_from_wit(outcome: entry::Outcome) -> Result<AgentOutcome, Failure> {
    Ok(AgentOutcome {
        content: outcome.content.map(content_from_wit).transpose()?,
        escalate: outcome.escalate,
        transfer_to: outcome.transfer_to,
        extra: optional_json(outcome.extra.as_ref(), "the outcome's extra")?,
    })
}

pub(crate) fn descriptor_from_wit(descriptor: entry::Descriptor) -> Result<AgentDescriptor, Failure> {
    Ok(AgentDescriptor {
        name: descriptor.name,
        description: descriptor.description,
        version: descriptor.version,
        input_schema: optional_json(descriptor.input_schema.as_ref(), "the input schema")?,
        extra: optional_json(descriptor.extra.as_ref(), "the descriptor's extra")?,
        skills: descriptor
            .skills
            .into_iter()
            .map(|skill| Skill {
                id: skill.id,
                name: skill.name,
                description: skill.description,
                tags: skill.tags,
                examples: skill.examples,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_part_comes_back() {
        let content = Content {
            role: "model".into(),
            parts: vec![
                Part::Text("a".into()),
                Part::Thought("b".into()),
                Part::InlineData(Blob { mime_type: "a/b".into(), data: vec![0, 255] }),
                Part::FileData(FileRef { mime_type: None, file_uri: "u".into() }),
                Part::FunctionCall(FunctionCall {
                    id: "1".into(),
                    name: "f".into(),
                    args: json!({"x": 1.5}),
                }),
                Part::FunctionResponse(FunctionResponse {
                    id: "1".into(),
                    name: "f".into(),
                    response: json!([null]),
                    failed: true,
                }),
                Part::Other(Custom { name: "n".into(), value: json!("v") }),
            ],
        };
        assert_eq!(content_from_wit(content_to_wit(content.clone())).unwrap(), content);
    }

    #[test]
    fn a_text_that_is_no_json_is_an_invalid_argument() {
        let custom = common::Custom { name: "n".into(), value: "{".into() };
        let failure = emission_from_wit(events::Event::Other(custom)).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidArgument);
        assert!(failure.message.starts_with("a custom value is not JSON"));
    }
}
