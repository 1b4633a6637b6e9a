//! The name of all that a model is asked.

use rak_core::ModelPrompt;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A digest that two prompts share exactly when they ask the same, whatever the order of the keys in what they carry.
pub(crate) fn digest(prompt: &ModelPrompt) -> String {
    // What has only strings as keys can be written.
    let value = serde_json::to_value(prompt).unwrap_or_default();
    format!("{:x}", Sha256::digest(canonical(value).to_string()))
}

/// The value with its keys in order, which this build of the library may not keep by itself.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> =
                object.into_iter().map(|(key, value)| (key, canonical(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(text: &str, extra: &str) -> String {
        digest(&ModelPrompt {
            system: Some(text.to_owned()),
            extra: serde_json::from_str(extra).unwrap(),
            ..ModelPrompt::default()
        })
    }

    #[test]
    fn the_order_of_keys_is_nothing_and_all_else_is_something() {
        let one = asked("a", r#"{"x": {"b": [1, 2], "a": null}}"#);
        assert_eq!(one.len(), 64);
        assert_eq!(one, asked("a", r#"{"x": {"a": null, "b": [1, 2]}}"#));
        assert_ne!(one, asked("b", r#"{"x": {"a": null, "b": [1, 2]}}"#));
        assert_ne!(one, asked("a", r#"{"x": {"a": null, "b": [2, 1]}}"#));
        assert_eq!(canonical(json!({"b": 1, "a": 2})).to_string(), r#"{"a":2,"b":1}"#);
    }
}
