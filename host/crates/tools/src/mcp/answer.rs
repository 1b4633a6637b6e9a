//! What the result of a tool is here.

use rak_core::{Failure, FailureKind, ToolAnswer};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value, json};

/// Structured content is the answer where there is some, and content as the protocol has it otherwise. Where there are
/// pictures and the like beside structured content, nothing is left out.
pub(crate) fn answer(result: CallToolResult, limit: usize) -> Result<ToolAnswer, Failure> {
    let failed = result.is_error == Some(true);
    let only_text = result.content.iter().all(|block| matches!(block, ContentBlock::Text(_)));
    let content = || {
        serde_json::to_value(&result.content)
            .map_err(|error| Failure::new(FailureKind::Failed, format!("the answer cannot be used: {error}")))
    };
    let response = match result.structured_content {
        Some(structured @ Value::Object(_)) if only_text => structured,
        Some(structured) => {
            let mut response = Map::from_iter([("structuredContent".to_owned(), structured)]);
            if !only_text {
                response.insert("content".to_owned(), content()?);
            }
            Value::Object(response)
        }
        None => json!({ "content": content()? }),
    };
    let bytes = response.to_string().len();
    if bytes > limit {
        return Err(too_large(limit));
    }
    Ok(ToolAnswer { response, failed, ..ToolAnswer::default() })
}

pub(crate) fn too_large(limit: usize) -> Failure {
    let message = format!("the tool's answer is larger than the {limit} bytes that this host takes of it");
    Failure::new(FailureKind::LimitExceeded, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(result: Value) -> ToolAnswer {
        answer(serde_json::from_value(result).unwrap(), 1000).unwrap()
    }

    #[test]
    fn content_is_kept_as_the_protocol_has_it() {
        let text = json!([{"type": "text", "text": "hello"}]);
        let answer = of(json!({"content": text}));
        assert_eq!((answer.response, answer.failed), (json!({"content": text}), false));
        let failed = of(json!({"content": text, "isError": true}));
        assert_eq!((failed.response, failed.failed), (json!({"content": text}), true));
        assert_eq!(of(json!({"content": []})).response, json!({"content": []}));
    }

    #[test]
    fn structured_content_is_preferred_and_pictures_are_not_lost() {
        let text = json!({"type": "text", "text": "{\"sum\": 3}"});
        let answer = of(json!({"content": [text], "structuredContent": {"sum": 3}}));
        assert_eq!(answer.response, json!({"sum": 3}));
        let answer = of(json!({"content": [], "structuredContent": [1, 2]}));
        assert_eq!(answer.response, json!({"structuredContent": [1, 2]}));
        let picture = json!({"type": "image", "data": "AAAA", "mimeType": "image/png"});
        let answer = of(json!({"content": [picture], "structuredContent": {"width": 1}}));
        assert_eq!(answer.response, json!({"structuredContent": {"width": 1}, "content": [picture]}));
    }

    #[test]
    fn an_answer_that_is_too_large_is_refused() {
        let result = json!({"content": [{"type": "text", "text": "x".repeat(2000)}]});
        let failure = answer(serde_json::from_value(result).unwrap(), 1000).unwrap_err();
        assert_eq!(failure.kind, FailureKind::LimitExceeded);
        assert!(failure.message.contains("1000 bytes"), "{failure}");
    }
}
