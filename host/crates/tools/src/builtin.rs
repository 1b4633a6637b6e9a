//! The tools that are part of the host.

mod calculator;
mod clock;

use rak_core::time::UnixMillis;
use rak_core::{ToolAnswer, ToolHints, ToolSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// A tool that is part of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Builtin {
    /// Calculates.
    Calculator,
    /// Says what time it is.
    Clock,
}

impl Builtin {
    /// All of them, by name.
    pub const ALL: [Self; 2] = [Self::Calculator, Self::Clock];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calculator => "calculator",
            Self::Clock => "clock",
        }
    }

    pub(crate) fn spec(self) -> ToolSpec {
        let (description, parameters) = match self {
            Self::Calculator => (calculator::DESCRIPTION, calculator::parameters()),
            Self::Clock => (clock::DESCRIPTION, clock::parameters()),
        };
        ToolSpec {
            name: self.name().to_owned(),
            description: description.to_owned(),
            parameters,
            hints: ToolHints { read_only: true, idempotent: true, ..ToolHints::default() },
        }
    }

    /// Calls it with arguments that satisfy its schema.
    pub(crate) fn call(self, args: &Value) -> ToolAnswer {
        let answer = match self {
            Self::Calculator => calculator::call(args),
            Self::Clock => clock::call(args, UnixMillis::now()),
        };
        match answer {
            Ok(response) => ToolAnswer { response, failed: false },
            Err(error) => ToolAnswer { response: json!({ "error": error }), failed: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_each_can_be_looked_at() {
        for builtin in Builtin::ALL {
            let spec = builtin.spec();
            assert_eq!(rak_schema::check(&spec.parameters), Ok(()));
            assert!(spec.hints.read_only && !spec.hints.open_world && !spec.description.is_empty());
            assert_eq!(serde_json::from_value::<Builtin>(json!(spec.name)).unwrap(), builtin);
        }
        assert!(Builtin::ALL.is_sorted_by_key(|builtin| builtin.name()));
    }

    #[test]
    fn what_a_tool_cannot_do_is_an_answer_to_read() {
        let answer = Builtin::Calculator.call(&json!({"expression": "1 / 0"}));
        assert!(answer.failed);
        assert_eq!(answer.response["error"], "a division by zero");
        assert!(!Builtin::Clock.call(&json!({})).failed);
    }
}
