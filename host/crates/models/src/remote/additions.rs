//! What the operator and the agent add to a request, beside what this host has fields for.

use rak_core::Failure;
use serde_json::{Map, Value};

use super::failure::refused;

/// Adds the operator's options and the agent's members, which win. An agent cannot set what `reserved` names, by paths with
/// dots: that is what a request has fields for, and what decides on whom is asked and what it costs.
pub(super) fn add(
    body: &mut Value,
    options: &Map<String, Value>,
    extra: Option<&Value>,
    reserved: &[&str],
) -> Result<(), Failure> {
    merge(body, &Value::Object(options.clone()));
    match extra {
        None | Some(Value::Null) => {}
        Some(Value::Object(members)) => {
            check(members, "", reserved)?;
            merge(body, &Value::Object(members.clone()));
        }
        Some(_) => return Err(refused("extra has to be an object")),
    }
    Ok(())
}

/// Merges a value into another: members of objects one by one, lists by appending; null takes a member away, and all else
/// takes the place of what was there.
pub(super) fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                if value.is_null() {
                    into.remove(key);
                } else {
                    merge(into.entry(key.as_str()).or_insert(Value::Null), value);
                }
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from.iter().cloned()),
        (into, from) => *into = from.clone(),
    }
}

fn check(members: &Map<String, Value>, above: &str, reserved: &[&str]) -> Result<(), Failure> {
    for (key, value) in members {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        if reserved.iter().any(|name| plain(name) == plain(&path)) {
            return Err(refused(format!(
                "extra.{path} is not for an agent to set, or has a field of its own"
            )));
        }
        let is_above = |name: &&str| plain(name).starts_with(&format!("{}.", plain(&path)));
        if reserved.iter().any(is_above) {
            let Value::Object(members) = value else {
                return Err(refused(format!("extra.{path} has to be an object")));
            };
            check(members, &path, reserved)?;
        }
    }
    Ok(())
}

/// Providers take names in more than one way of writing.
fn plain(name: &str) -> String {
    name.chars().filter(|character| *character != '_').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const RESERVED: &[&str] = &["model", "tools", "generationConfig.maxOutputTokens"];

    fn added(options: &Value, extra: &Value) -> Result<Value, String> {
        let mut body = json!({"model": "m", "tools": [1], "generationConfig": {"a": 1}});
        let added = add(&mut body, options.as_object().unwrap(), Some(extra), RESERVED);
        added.map(|()| body).map_err(|failure| failure.message)
    }

    #[test]
    fn objects_are_merged_lists_appended_and_the_agent_wins() {
        let options = json!({"tools": [2], "top_k": 1, "seed": 7, "generationConfig": {"b": 1}});
        let extra = json!({"top_k": 2, "seed": null, "generationConfig": {"c": 1}});
        let expected =
            json!({"model": "m", "tools": [1, 2], "top_k": 2, "generationConfig": {"a": 1, "b": 1, "c": 1}});
        assert_eq!(added(&options, &extra).unwrap(), expected);
    }

    #[test]
    fn an_agent_cannot_set_what_is_not_its_own() {
        for (extra, reason) in [
            (json!({"model": "large"}), "extra.model is not"),
            (json!({"tools": []}), "extra.tools is not"),
            (json!({"tools": null}), "extra.tools is not"),
            (
                json!({"generation_config": {"max_output_tokens": 9}}),
                "extra.generation_config.max_output_tokens",
            ),
            (json!({"generationConfig": 1}), "extra.generationConfig has to be an object"),
            (json!({"generationConfig": null}), "extra.generationConfig has to be an object"),
            (json!([1]), "extra has to be an object"),
        ] {
            let error = added(&json!({}), &extra).unwrap_err();
            assert!(error.contains(reason), "{extra}: {error}");
        }
        assert!(added(&json!({"model": "large"}), &Value::Null).is_ok());
    }
}
