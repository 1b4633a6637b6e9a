//! JSON Schemas that strangers write, and whether a value satisfies one: an answer what an agent asked, arguments what a
//! tool takes.
//!
//! An agent or a server of tools may write any schema, and whoever answers or calls any value, so both are bounded: a schema
//! cannot refer to itself or to another document, and repeats only so much through its references; patterns are matched in
//! linear time. It computes, and waits for nothing: a caller with a runtime gives it a thread for what may be large.

use std::collections::HashMap;
use std::fmt::Write as _;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// The largest schema, in bytes of JSON.
const MAX_SCHEMA_BYTES: usize = 64 << 10;
/// How large a schema may be with every reference written out, in JSON values.
const MAX_SCHEMA_VALUES: u64 = 5000;
/// How many references may lead from one to the next.
const MAX_REFERENCES: usize = 32;
/// The largest value that is looked at, in bytes of JSON.
const MAX_VALUE_BYTES: usize = 256 << 10;
/// How many mistakes are named.
const MAX_ERRORS: usize = 5;

/// Whether values can be looked at with the schema; otherwise why not.
pub fn check(schema: &Value) -> Result<(), String> {
    validator(schema).map(drop)
}

/// Whether the value satisfies the schema; otherwise what does not.
pub fn validate(schema: &Value, value: &Value) -> Result<(), String> {
    bounded(value)?;
    mistakes(&validator(schema)?, value)
}

/// Whether these are arguments for a tool with these parameters: an object that satisfies the schema; otherwise what does
/// not.
///
/// Where the schema is one that this crate does not look at, such as one that refers to itself, any object will do: the tool
/// is there all the same, and looks at what it gets.
pub fn validate_arguments(parameters: &Value, arguments: &Value) -> Result<(), String> {
    bounded(arguments)?;
    if !arguments.is_object() {
        return Err("they are no object".to_owned());
    }
    match validator(parameters) {
        Ok(validator) => mistakes(&validator, arguments),
        Err(_) => Ok(()),
    }
}

fn bounded(value: &Value) -> Result<(), String> {
    let bytes = value.to_string().len();
    if bytes > MAX_VALUE_BYTES {
        return Err(format!("it has {bytes} bytes, and {MAX_VALUE_BYTES} are allowed"));
    }
    Ok(())
}

fn mistakes(validator: &Validator, value: &Value) -> Result<(), String> {
    let mut mistakes = String::new();
    for error in validator.iter_errors(value).take(MAX_ERRORS) {
        let separator = if mistakes.is_empty() { "" } else { "; " };
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { place } else { format!("{place}: ") };
        // Writing to a string does not fail.
        let _ = write!(mistakes, "{separator}{place}{error}");
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

fn validator(schema: &Value) -> Result<Validator, String> {
    let bytes = schema.to_string().len();
    if bytes > MAX_SCHEMA_BYTES {
        return Err(format!("it has {bytes} bytes, and {MAX_SCHEMA_BYTES} are allowed"));
    }
    let values = Expansion { root: schema, known: HashMap::new(), within: Vec::new() }.values(schema)?;
    if values > MAX_SCHEMA_VALUES {
        return Err(format!(
            "with its references written out it has {values} values, and {MAX_SCHEMA_VALUES} are allowed"
        ));
    }
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    options.build(schema).map_err(|error| error.to_string())
}

/// Counts what a schema is with every reference written out.
struct Expansion<'a> {
    root: &'a Value,
    known: HashMap<&'a str, u64>,
    /// The references that are followed at the moment.
    within: Vec<&'a str>,
}

impl<'a> Expansion<'a> {
    fn values(&mut self, value: &'a Value) -> Result<u64, String> {
        match value {
            Value::Array(items) => self.sum(items.iter()),
            Value::Object(object) => {
                for (key, value) in object {
                    let Value::String(text) = value else { continue };
                    match key.as_str() {
                        "$ref" => return Ok(self.referred(text)?.saturating_add(self.sum(object.values())?)),
                        "$dynamicRef" | "$recursiveRef" => return Err(format!("{key} is not supported")),
                        "$id" | "$anchor" if !std::ptr::eq(value_of(self.root, key), value) => {
                            return Err(format!("{key} is supported at its top only"));
                        }
                        _ => {}
                    }
                }
                self.sum(object.values())
            }
            _ => Ok(1),
        }
    }

    fn sum(&mut self, values: impl Iterator<Item = &'a Value>) -> Result<u64, String> {
        let mut sum: u64 = 1;
        for value in values {
            sum = sum.saturating_add(self.values(value)?);
        }
        Ok(sum)
    }

    fn referred(&mut self, reference: &'a str) -> Result<u64, String> {
        if let Some(values) = self.known.get(reference) {
            return Ok(*values);
        }
        let pointer = reference.strip_prefix('#');
        let Some(target) = pointer.and_then(|pointer| self.root.pointer(pointer)) else {
            return Err(format!(
                "$ref {reference:?} leads to nothing in it; only references like #/$defs/x can be followed"
            ));
        };
        if self.within.contains(&reference) || self.within.len() >= MAX_REFERENCES {
            return Err(format!("$ref {reference:?} leads back to itself, or too deep"));
        }
        self.within.push(reference);
        let values = self.values(target)?;
        self.within.pop();
        self.known.insert(reference, values);
        Ok(values)
    }
}

fn value_of(root: &Value, key: &str) -> *const Value {
    root.get(key).map_or(std::ptr::null(), std::ptr::from_ref)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_that_does_not_satisfy_it_is_told_where() {
        let schema = json!({
            "type": "object",
            "properties": {"port": {"$ref": "#/$defs/port"}, "name": {"type": "string", "pattern": "^[a-z]+$"}},
            "required": ["port"],
            "$defs": {"port": {"type": "integer", "minimum": 1}},
        });
        assert_eq!(validate(&schema, &json!({"port": 8080, "name": "web"})), Ok(()));
        let mistakes = validate(&schema, &json!({"port": 0, "name": "WEB"})).unwrap_err();
        assert!(mistakes.contains("/port: 0 is less than the minimum of 1"), "{mistakes}");
        assert!(mistakes.contains("/name: "), "{mistakes}");
        assert!(validate(&schema, &json!({})).unwrap_err().contains("port"));
        assert_eq!(validate(&json!({}), &json!(null)), Ok(()));
        assert_eq!(validate(&json!(true), &json!([1])), Ok(()));
    }

    #[test]
    fn a_schema_that_could_be_looked_at_for_ever_is_refused() {
        let doubling = |steps: usize| {
            let mut definitions = serde_json::Map::new();
            for step in 0..steps {
                let next = json!({"$ref": format!("#/$defs/{}", step + 1)});
                definitions.insert(step.to_string(), json!({"allOf": [next, next]}));
            }
            definitions.insert(steps.to_string(), json!({"type": "string"}));
            json!({"$ref": "#/$defs/0", "$defs": definitions})
        };
        assert_eq!(check(&doubling(4)), Ok(()));
        for (schema, reason) in [
            (json!({"$ref": "#"}), "itself"),
            (json!({"properties": {"a": {"$ref": "#"}}}), "itself"),
            (json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}), "itself"),
            (json!({"$ref": "#/$defs/none"}), "leads to nothing"),
            (json!({"$ref": "http://localhost/schema"}), "leads to nothing"),
            (json!({"$dynamicRef": "#a"}), "$dynamicRef"),
            (json!({"properties": {"a": {"$id": "urn:a", "$ref": "#/b"}}}), "$id"),
            (doubling(20), "written out"),
            (doubling(40), "too deep"),
            (json!({"enum": ["x".repeat(70_000)]}), "bytes"),
            (json!({"type": "nonsense"}), "nonsense"),
            (json!({"pattern": "("}), "("),
            (json!(7), "7"),
        ] {
            let refused = check(&schema).unwrap_err();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn arguments_are_an_object_and_an_unusable_schema_lets_it_through() {
        let parameters =
            json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
        assert_eq!(validate_arguments(&parameters, &json!({"n": 1})), Ok(()));
        assert!(validate_arguments(&parameters, &json!({"n": "1"})).unwrap_err().contains("/n"));
        assert!(validate_arguments(&json!({}), &json!([1])).unwrap_err().contains("object"));
        let endless = json!({"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["n"]});
        assert_eq!(validate_arguments(&endless, &json!({"next": {}})), Ok(()));
        let large = json!({"text": "x".repeat(300_000)});
        assert!(validate_arguments(&json!({}), &large).unwrap_err().contains("bytes"));
    }

    #[test]
    fn a_pattern_that_would_try_for_ever_does_not() {
        let schema = json!({"pattern": "^(a+)+$"});
        let answer = json!(format!("{}b", "a".repeat(5000)));
        assert!(validate(&schema, &answer).is_err());
    }
}
