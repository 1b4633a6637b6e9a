//! JSON Schemas of types, for models to read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};

/// A type that says what its JSON looks like, as a JSON Schema: what a model has to give as an argument of a
/// [tool](crate::tool), or to [answer](crate::LlmAgent::with_output).
///
/// Derive it, beside serde's `Deserialize`; doc comments become descriptions. A type that contains itself has none.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::Schema;
/// use serde_json::json;
///
/// /// A ticket for the team that answers.
/// #[derive(serde::Deserialize, rak::Schema)]
/// struct Ticket {
///     /// Who is to answer.
///     team: Team,
///     note: Option<String>,
/// }
///
/// #[derive(serde::Deserialize, rak::Schema)]
/// #[serde(rename_all = "kebab-case")]
/// enum Team {
///     Sales,
///     FirstLevel,
/// }
///
/// # fn main() {
/// let schema = json!({
///     "type": "object",
///     "description": "A ticket for the team that answers.",
///     "properties": {
///         "team": {"type": "string", "enum": ["sales", "first-level"], "description": "Who is to answer."},
///         "note": {"type": "string"},
///     },
///     "required": ["team"],
///     "additionalProperties": false,
/// });
/// assert_eq!(Ticket::schema(), schema);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what its JSON looks like",
    note = "derive it: `#[derive(serde::Deserialize, rak::Schema)]`"
)]
pub trait Schema {
    /// Whether it may be left out of what it is a part of.
    const OPTIONAL: bool = false;

    /// What its JSON looks like.
    fn schema() -> Value;
}

/// Types whose JSON has one type and no parts.
macro_rules! simple {
    ($($type:literal: $($of:ty),+;)+) => {$($(
        impl Schema for $of {
            fn schema() -> Value {
                json!({"type": $type})
            }
        }
    )+)+};
}

simple! {
    "boolean": bool;
    "integer": i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize;
    "number": f32, f64;
    "string": String, char;
}

/// Anything.
impl Schema for Value {
    fn schema() -> Value {
        json!({})
    }
}

impl<T: Schema> Schema for Option<T> {
    const OPTIONAL: bool = true;

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Schema> Schema for Box<T> {
    const OPTIONAL: bool = T::OPTIONAL;

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Schema> Schema for Vec<T> {
    fn schema() -> Value {
        json!({"type": "array", "items": T::schema()})
    }
}

impl<T: Schema> Schema for BTreeSet<T> {
    fn schema() -> Value {
        Vec::<T>::schema()
    }
}

impl<T: Schema, S> Schema for HashSet<T, S> {
    fn schema() -> Value {
        Vec::<T>::schema()
    }
}

impl<T: Schema> Schema for BTreeMap<String, T> {
    fn schema() -> Value {
        json!({"type": "object", "additionalProperties": T::schema()})
    }
}

impl<T: Schema, S> Schema for HashMap<String, T, S> {
    fn schema() -> Value {
        BTreeMap::<String, T>::schema()
    }
}

/// A schema with a description in place of its own, where there is one.
#[doc(hidden)]
pub fn described(mut schema: Value, description: &str) -> Value {
    if let Value::Object(members) = &mut schema
        && !description.is_empty()
    {
        members.insert("description".into(), description.into());
    }
    schema
}

/// The schema of one of several words.
#[doc(hidden)]
pub fn words(description: &str, words: &[&str]) -> Value {
    described(json!({"type": "string", "enum": words}), description)
}

/// The schema of an object, property by property.
#[doc(hidden)]
pub struct ObjectSchema {
    description: &'static str,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl ObjectSchema {
    pub fn new(description: &'static str) -> Self {
        Self { description, properties: Map::new(), required: Vec::new() }
    }

    /// Adds a property; `default` where there is a value for it when it is left out.
    #[must_use]
    pub fn with<T: Schema>(mut self, name: &'static str, description: &str, default: bool) -> Self {
        self.properties.insert(name.into(), described(T::schema(), description));
        if !T::OPTIONAL && !default {
            self.required.push(name);
        }
        self
    }

    pub fn build(self) -> Value {
        let schema = json!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            // Said, because some providers hold a model only to what is closed.
            "additionalProperties": false,
        });
        described(schema, self.description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_standard_library_have_their_schema() {
        assert_eq!(u8::schema(), json!({"type": "integer"}));
        assert_eq!(f64::schema(), json!({"type": "number"}));
        assert_eq!(Vec::<Option<String>>::schema(), json!({"type": "array", "items": {"type": "string"}}));
        let map = json!({"type": "object", "additionalProperties": {"type": "boolean"}});
        assert_eq!(BTreeMap::<String, Box<bool>>::schema(), map);
        assert_eq!(Value::schema(), json!({}));
    }

    #[test]
    fn what_may_be_left_out_is_not_required() {
        let schema = ObjectSchema::new("").with::<u8>("a", "", false).with::<u8>("b", "", true).with::<Box<
            Option<u8>,
        >>(
            "c", "See.", false,
        );
        let integer = json!({"type": "integer"});
        let wanted = json!({
            "type": "object",
            "properties": {"a": integer, "b": integer, "c": {"type": "integer", "description": "See."}},
            "required": ["a"],
            "additionalProperties": false,
        });
        assert_eq!(schema.build(), wanted);
    }
}
