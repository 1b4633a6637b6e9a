//! Answers that have to satisfy a schema.

use rak_core::{Failure, FailureKind, FinishReason, ModelResponse, Part};
use serde_json::Value;
use tokio::task::spawn_blocking;

/// The code of a failure where the answer is not what was asked for.
pub(crate) const INVALID_RESPONSE: &str = "invalid_response";
/// What the first and the last line of a fenced block begin with.
const FENCE: &str = "```";

/// Whether answers can be looked at with the schema.
pub(crate) async fn check(schema: &Value) -> Result<(), Failure> {
    let schema = schema.clone();
    let checked = apart(move || rak_schema::check(&schema)).await?;
    checked.map_err(|problem| {
        let message = format!("response_schema cannot be used: {problem}");
        Failure::new(FailureKind::InvalidArgument, message)
    })
}

/// The answer, where it satisfies the schema; one in a fenced block is taken out of it. One that calls functions is no answer
/// yet.
pub(crate) async fn validated(schema: &Value, mut response: ModelResponse) -> Result<ModelResponse, Failure> {
    if response.finish == FinishReason::FunctionCalls {
        return Ok(response);
    }
    let (schema, text) = (schema.clone(), response.content.text());
    let satisfied = apart(move || {
        let (answer, inside) = read(&text).map_err(|error| format!("it is no JSON: {error}"))?;
        rak_schema::validate(&schema, &answer).map(|()| inside.map(str::to_owned))
    });
    let finish = match &response.finish {
        FinishReason::Length => ", and it was cut off for its length",
        FinishReason::Filtered => ", and the provider held it back",
        _ => "",
    };
    let inside = satisfied
        .await?
        .map_err(|mistakes| invalid(format!("the answer does not satisfy the schema: {mistakes}{finish}")))?;
    if let Some(inside) = inside {
        replace_text(&mut response.content.parts, inside);
    }
    Ok(response)
}

/// The JSON of a text; and where it is not the text itself but its one fenced block, as models like to write it whatever they
/// are told, what is inside.
fn read(text: &str) -> Result<(Value, Option<&str>), serde_json::Error> {
    serde_json::from_str(text).map(|answer| (answer, None)).or_else(|error| {
        let inside = fenced(text).and_then(|inside| Some((serde_json::from_str(inside).ok()?, Some(inside))));
        inside.ok_or(error)
    })
}

/// What is in the only fenced block of a text. No line of JSON begins with a fence, so there is one where two lines do.
fn fenced(text: &str) -> Option<&str> {
    let mut at = 0;
    let mut fences = Vec::new();
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if line.trim_start().starts_with(FENCE) {
            fences.push((at, end));
        }
        at = end;
    }
    match fences.as_slice() {
        [(_, begin), (end, _)] => text.get(*begin..*end).map(str::trim),
        _ => None,
    }
}

/// Puts a text in the place of the first one, and takes out the others, which it is the sum of.
fn replace_text(parts: &mut Vec<Part>, text: String) {
    let mut text = Some(text);
    parts.retain_mut(|part| match part {
        Part::Text(said) => text.take().map(|text| *said = text).is_some(),
        _ => true,
    });
}

/// The answer is not what was asked for, or cannot be read.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    let failure = Failure::new(FailureKind::Failed, message);
    Failure { code: Some(INVALID_RESPONSE.to_owned()), ..failure }
}

/// Computes where it may take its time.
async fn apart<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    spawn_blocking(compute).await.map_err(|error| {
        Failure::new(FailureKind::Failed, format!("the schema could not be looked at: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_read_out_of_its_fences() {
        for text in [
            "{\"a\": 1}",
            " {\"a\": 1}\n",
            "```json\n{\"a\": 1}\n```",
            "Here it is:\r\n\r\n  ```\r\n{\"a\":\r\n1}\r\n  ```\r\nAnything else?",
        ] {
            assert_eq!(read(text).unwrap().0, json!({"a": 1}), "{text}");
        }
        let text = "\"```json\\n1\\n```\"";
        assert_eq!(read(text).unwrap(), (json!("```json\n1\n```"), None), "what is JSON is taken as it is");
        for text in ["```json\n{}", "```\n{}\n```\n```\n{}\n```", "```\nno\n```", "no"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_inside_is_the_text_and_all_else_stays() {
        let mut parts =
            vec![Part::Thought("hm".into()), Part::Text("```\n".into()), Part::Text("{}\n```".into())];
        replace_text(&mut parts, "{}".to_owned());
        assert_eq!(parts, [Part::Thought("hm".into()), Part::Text("{}".into())]);
    }
}
