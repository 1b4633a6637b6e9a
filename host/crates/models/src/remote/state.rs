//! What a provider wants back with the next request, such as the signature of a thought: a part of the answer that says nothing
//! to anybody else. An agent that passes on what it got keeps it, and another provider is not told.

use rak_core::{Custom, Part};
use serde_json::{Value, json};

/// The name of such a part.
const NAME: &str = "model.state";

/// A part for the provider.
pub(super) fn state(provider: &str, value: &Value) -> Custom {
    Custom { name: NAME.to_owned(), value: json!({"provider": provider, "state": value}) }
}

/// What a part is to a provider.
pub(super) enum Meaning<'a> {
    /// It is what this provider said.
    Own(&'a Value),
    /// It is what another one said.
    Foreign,
    /// It is something else.
    None,
}

/// What a part is to this provider.
pub(super) fn meaning<'a>(part: &'a Part, provider: &str) -> Meaning<'a> {
    let Part::Other(custom) = part else { return Meaning::None };
    if custom.name != NAME {
        return Meaning::None;
    }
    match (custom.value.get("provider"), custom.value.get("state")) {
        (Some(Value::String(whose)), Some(state)) if whose == provider => Meaning::Own(state),
        _ => Meaning::Foreign,
    }
}
