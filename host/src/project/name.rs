//! Names that a new agent may have: those of an agent and of a project in its language at once.

use rak_core::AppName;

use super::Language;

/// The SDK is called so in every language.
const SDK: &str = "rak";

/// A crate cannot have these names: keywords of the language, crates that every crate sees, and the SDK's own.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "rak_sdk",
    "rak_sdk_macros",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// The longest name: a file name has at most 255 bytes, and the compiler adds to it.
const MAX_BYTES: usize = 64;

/// Why a name cannot be that of a new agent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NameError {
    #[error("the name of a new agent begins with a small letter, from a to z")]
    Begin,
    #[error(
        "the name of a new agent has small letters from a to z, digits, `-` and `_`; {0:?} is none of them"
    )]
    Character(char),
    /// The compiler warns of it.
    #[error("the name of a new agent has no two of `-` and `_` beside each other")]
    Doubled,
    #[error("the name of a new agent has at most {MAX_BYTES} characters")]
    TooLong,
    #[error("`{0}` already means something to the compiler; take another name")]
    Taken(String),
    #[error(transparent)]
    Id(#[from] rak_core::IdError),
}

/// Checks the name of a new agent.
pub(super) fn check(name: &str, language: Language) -> Result<AppName, NameError> {
    if !name.starts_with(|character: char| character.is_ascii_lowercase()) {
        return Err(NameError::Begin);
    }
    let allowed = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '-' | '_');
    if let Some(character) = name.chars().find(|&character| !allowed(character)) {
        return Err(NameError::Character(character));
    }
    if name.len() > MAX_BYTES {
        return Err(NameError::TooLong);
    }
    let in_code = name.replace('-', "_");
    if in_code.contains("__") {
        return Err(NameError::Doubled);
    }
    if in_code == SDK || (language == Language::Rust && TAKEN.contains(&in_code.as_str())) {
        return Err(NameError::Taken(name.to_owned()));
    }
    Ok(AppName::new(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_of_a_crate_and_of_an_agent() {
        for name in ["greeter", "my-agent", "agent_2", "a"] {
            assert_eq!(check(name, Language::Rust).unwrap().as_str(), name);
        }
        for (name, error) in [
            ("", NameError::Begin),
            ("2fast", NameError::Begin),
            ("-x", NameError::Begin),
            ("Greeter", NameError::Begin),
            ("myAgent", NameError::Character('A')),
            ("a-_b", NameError::Doubled),
            ("grüße", NameError::Character('ü')),
            ("a.b", NameError::Character('.')),
            ("a/b", NameError::Character('/')),
            ("fn", NameError::Taken("fn".to_owned())),
            ("rak-sdk", NameError::Taken("rak-sdk".to_owned())),
        ] {
            assert_eq!(check(name, Language::Rust), Err(error), "{name}");
        }
        assert_eq!(check(&"a".repeat(65), Language::Rust), Err(NameError::TooLong));
        assert_eq!(check("match", Language::Python).unwrap().as_str(), "match");
        assert_eq!(check("rak", Language::Python), Err(NameError::Taken("rak".to_owned())));
    }
}
