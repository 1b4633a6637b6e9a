//! Reading JSON that a client sent, with errors that say where it is wrong.

use serde::Deserialize;
use serde_json::error::Category;

/// Why a text is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    /// It is no JSON, or it is nested too deeply.
    #[error("{0}")]
    Malformed(String),
    /// It is JSON of another shape.
    #[error("{0}")]
    Invalid(String),
}

/// How deep JSON may be nested, also where nobody looks at it: as deep as the parser follows.
const MAX_DEPTH: usize = 127;

/// Reads an object. An error names the path of the field and the place in the text.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, JsonError> {
    if let Some((line, column)) = too_deep(text) {
        let error = format!("recursion limit exceeded at line {line} column {column}");
        return Err(JsonError::Malformed(error));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            Category::Data if path == "." => JsonError::Invalid(inner.to_string()),
            Category::Data => JsonError::Invalid(format!("{path}: {inner}")),
            _ => JsonError::Malformed(inner.to_string()),
        }
    })?;
    deserializer.end().map_err(|error| JsonError::Malformed(error.to_string()))?;
    // A struct can be read from an array too, by position; nobody means that.
    if text.trim_start().starts_with('{') {
        Ok(value)
    } else {
        Err(JsonError::Invalid("expected a JSON object".into()))
    }
}

/// The line and the column of the first bracket that is too many. The parser skips values that are not wanted without
/// counting, so this counts for it.
fn too_deep(text: &str) -> Option<(usize, usize)> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let before = text.get(..index).unwrap_or_default();
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            return Some((before.matches('\n').count() + 1, index - line_start + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::Content;

    fn error(text: &str) -> JsonError {
        read::<Content>(text).unwrap_err()
    }

    #[test]
    fn a_wrong_type_is_named_by_its_path() {
        let JsonError::Invalid(text) = error(r#"{"parts":[{"text":"a"},{"text":1}]}"#) else { panic!() };
        assert!(text.starts_with("parts[1].text: invalid type: integer `1`, expected a string"), "{text}");
        assert!(text.contains("line 1 column"), "{text}");
    }

    #[test]
    fn a_missing_field_is_named() {
        assert!(matches!(error("{}"), JsonError::Invalid(text) if text.starts_with("missing field `parts`")));
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in ["", "{", "nonsense", r#"{"parts":[]} x"#, r#"{"parts":[],}"#] {
            assert!(matches!(error(text), JsonError::Malformed(_)), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded_where_nobody_looks_too() {
        let nested = |depth| format!("{{\"parts\":[],\n\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let expected = JsonError::Malformed("recursion limit exceeded at line 2 column 131".into());
        assert_eq!(error(&nested(200)), expected);
        assert!(read::<Content>(&nested(126)).is_ok());
        let brackets_in_text = format!(r#"{{"parts":[],"x":"\"{}"}}"#, "[".repeat(200));
        assert!(read::<Content>(&brackets_in_text).is_ok());
        let wanted = format!(
            r#"{{"parts":[{{"functionCall":{{"name":"f","args":{}1{}}}}}]}}"#,
            "[".repeat(123),
            "]".repeat(123)
        );
        assert!(read::<Content>(&wanted).is_ok());
    }

    #[test]
    fn an_array_is_no_object() {
        assert_eq!(error(r#"["user", []]"#), JsonError::Invalid("expected a JSON object".into()));
    }
}
