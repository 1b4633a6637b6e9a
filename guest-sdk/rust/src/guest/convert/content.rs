//! Contents and their parts.

use super::super::bindings::rak::agent::common;
use super::{json, value};
use crate::{Blob, Content, Custom, FileRef, FunctionResponse, Part};

impl From<common::Content> for Content {
    fn from(content: common::Content) -> Self {
        Self { role: content.role, parts: content.parts.into_iter().map(Into::into).collect() }
    }
}

impl From<Content> for common::Content {
    fn from(content: Content) -> Self {
        Self { role: content.role, parts: content.parts.into_iter().map(Into::into).collect() }
    }
}

impl From<common::Part> for Part {
    fn from(part: common::Part) -> Self {
        match part {
            common::Part::Text(text) => Self::Text(text),
            common::Part::Thought(text) => Self::Thought(text),
            common::Part::InlineData(blob) => Self::InlineData(blob.into()),
            common::Part::FileData(common::FileRef { mime_type, uri }) => {
                Self::FileData(FileRef { mime_type, uri })
            }
            common::Part::FunctionCall(call) => Self::FunctionCall(call.into()),
            common::Part::FunctionResponse(response) => Self::FunctionResponse(response.into()),
            common::Part::Other(common::Custom { name, value: json }) => {
                Self::Other(Custom { name, value: value(json) })
            }
        }
    }
}

impl From<Part> for common::Part {
    fn from(part: Part) -> Self {
        match part {
            Part::Text(text) => Self::Text(text),
            Part::Thought(text) => Self::Thought(text),
            Part::InlineData(blob) => Self::InlineData(blob.into()),
            Part::FileData(FileRef { mime_type, uri }) => Self::FileData(common::FileRef { mime_type, uri }),
            Part::FunctionCall(call) => Self::FunctionCall(call.into()),
            Part::FunctionResponse(FunctionResponse { id, name, response, failed }) => {
                Self::FunctionResponse(common::FunctionResponse {
                    id,
                    name,
                    response: json(&response),
                    failed,
                })
            }
            Part::Other(custom) => Self::Other(custom.into()),
        }
    }
}

impl From<common::Blob> for Blob {
    fn from(blob: common::Blob) -> Self {
        let common::Blob { mime_type, data } = blob;
        Self { mime_type, data }
    }
}

impl From<Blob> for common::Blob {
    fn from(blob: Blob) -> Self {
        let Blob { mime_type, data } = blob;
        Self { mime_type, data }
    }
}

impl From<Custom> for common::Custom {
    fn from(custom: Custom) -> Self {
        Self { name: custom.name, value: json(&custom.value) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::FunctionCall;

    #[test]
    fn every_part_survives_the_way_there_and_back() {
        let content = Content::model("text")
            .with(Part::thought("hm"))
            .with(Blob::new("image/png", [0, 255]))
            .with(FileRef::new("s3://a").with_mime_type("text/plain"))
            .with(FileRef::new("s3://b"))
            .with(FunctionCall::new("1", "look", json!({"q": "ü"})))
            .with(FunctionResponse::new("1", "look", json!([1.5, null])).into_failed())
            .with(Custom::new("card", json!("x")));
        assert_eq!(Content::from(common::Content::from(content.clone())), content);
    }
}
