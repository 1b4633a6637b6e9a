//! What an agent says about itself.

use serde_json::Value;

/// What an agent is: its card. [`descriptor!`](crate::descriptor) starts one from the crate's `Cargo.toml`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Descriptor {
    /// What clients call it.
    pub name: String,
    /// What it does, in a sentence or two.
    pub description: String,
    /// The version of the agent.
    pub version: String,
    /// What it can be asked for.
    pub skills: Vec<Skill>,
    /// JSON Schema of a structured input, where the agent wants one.
    pub input_schema: Option<Value>,
    /// Anything else a client may want to know.
    pub extra: Option<Value>,
}

impl Descriptor {
    /// An agent of this name, and nothing more yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Says what the agent does.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the version.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Adds a skill.
    #[must_use]
    pub fn with_skill(mut self, skill: Skill) -> Self {
        self.skills.push(skill);
        self
    }

    /// Says what a structured input looks like, as a JSON Schema.
    #[must_use]
    pub fn with_input_schema(mut self, schema: impl Into<Value>) -> Self {
        self.input_schema = Some(schema.into());
        self
    }

    /// Adds anything else.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.extra = Some(extra.into());
        self
    }
}

/// One thing an agent can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skill {
    /// A stable word for it, unique in the agent.
    pub id: String,
    /// Its name, for a person.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Inputs to try.
    pub examples: Vec<String>,
}

impl Skill {
    /// A skill of this name.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), ..Self::default() }
    }

    /// Says what it does.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds words to find it by.
    #[must_use]
    pub fn with_tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// Adds inputs to try.
    #[must_use]
    pub fn with_examples<T: Into<String>>(mut self, examples: impl IntoIterator<Item = T>) -> Self {
        self.examples.extend(examples.into_iter().map(Into::into));
        self
    }
}

/// A [`Descriptor`] with the name, description and version that the `Cargo.toml` of the calling crate has.
///
/// ```
/// # extern crate rak_sdk as rak;
/// let descriptor = rak::descriptor!().with_name("greeter");
/// assert_eq!(descriptor.name, "greeter");
/// assert!(!descriptor.version.is_empty());
/// ```
#[macro_export]
macro_rules! descriptor {
    () => {
        $crate::Descriptor::new(::core::env!("CARGO_PKG_NAME"))
            .with_description(::core::env!("CARGO_PKG_DESCRIPTION"))
            .with_version(::core::env!("CARGO_PKG_VERSION"))
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn descriptor_starts_from_the_manifest() {
        let descriptor = crate::descriptor!();
        assert_eq!(descriptor.name, "rak-sdk");
        assert_eq!(descriptor.version, env!("CARGO_PKG_VERSION"));
        assert_eq!(descriptor.description, env!("CARGO_PKG_DESCRIPTION"));
    }

    #[test]
    fn builders_add_up() {
        let skill =
            Skill::new("sum", "Sum").with_description("Adds.").with_tags(["math"]).with_examples(["1 2"]);
        let descriptor = Descriptor::new("calc")
            .with_skill(skill.clone())
            .with_input_schema(json!({"type": "object"}))
            .with_extra(json!(null));
        assert_eq!(descriptor.skills, [skill]);
        assert_eq!(descriptor.input_schema, Some(json!({"type": "object"})));
        assert_eq!(descriptor.extra, Some(json!(null)));
    }
}
