//! Which schemas the provider itself can hold an answer to.

use serde_json::Value;

/// The keywords that it knows; it refuses a request whose schema has others.
const KEYWORDS: [&str; 13] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "default",
    "description",
    "enum",
    "format",
    "items",
    "properties",
    "required",
    "title",
];

/// Whether the provider can hold an answer to it: it has no other keywords, and every object in it is closed.
pub(super) fn is_native(schema: &Value) -> bool {
    let Value::Object(members) = schema else { return false };
    let is_object =
        members.get("type").is_some_and(|kind| kind == "object") || members.contains_key("properties");
    if is_object && members.get("additionalProperties") != Some(&Value::Bool(false)) {
        return false;
    }
    members.iter().all(|(keyword, value)| match (keyword.as_str(), value) {
        ("type", kind) => kind.is_string(),
        ("properties" | "$defs", Value::Object(schemas)) => schemas.values().all(is_native),
        ("anyOf", Value::Array(schemas)) => schemas.iter().all(is_native),
        ("items", schema) => is_native(schema),
        (keyword, _) => KEYWORDS.contains(&keyword),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_is_native_where_nothing_is_left_open() {
        let closed = json!({
            "type": "object",
            "properties": {
                "name": {"type": "string", "enum": ["a", "b"]},
                "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
                "minimum": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            },
            "required": ["name"],
            "additionalProperties": false,
            "$defs": {"item": {"type": "object", "properties": {}, "additionalProperties": false}},
        });
        assert!(is_native(&closed));
        for open in [
            json!({"type": "object", "required": ["mood"]}),
            json!({"type": "object", "properties": {"n": {"type": "object"}}, "additionalProperties": false}),
            json!({"type": "number", "minimum": 1}),
            json!({"type": ["string", "null"]}),
            json!(true),
        ] {
            assert!(!is_native(&open), "{open}");
        }
    }
}
