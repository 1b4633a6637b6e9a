//! The arguments of calls. A model writes them, so they may be anything; an agent is given them as they are, and tells the model
//! that they cannot be used.

use serde_json::{Value, json};

/// What a model wrote as the arguments of a call: JSON, or the text itself where it is none.
pub(super) fn written(text: &str) -> Value {
    match text.trim() {
        "" => json!({}),
        trimmed => serde_json::from_str(trimmed).unwrap_or_else(|_| text.into()),
    }
}

/// The arguments of a call as a provider is told of them again: each wants an object.
pub(super) fn told(args: &Value) -> Value {
    match args {
        Value::Object(_) => args.clone(),
        Value::Null => json!({}),
        args => json!({"invalid": args}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_a_text() {
        for (text, args) in [
            ("", json!({})),
            (" {\"a\": 1}\n", json!({"a": 1})),
            ("[1]", json!([1])),
            ("{\"a\": ", json!("{\"a\": ")),
            ("add(1)", json!("add(1)")),
        ] {
            assert_eq!(written(text), args, "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_in_one() {
        for (args, object) in [
            (json!({"a": 1}), json!({"a": 1})),
            (json!(null), json!({})),
            (json!("add(1)"), json!({"invalid": "add(1)"})),
            (json!([1]), json!({"invalid": [1]})),
        ] {
            assert_eq!(told(&args), object);
        }
    }
}
