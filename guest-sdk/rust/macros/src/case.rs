//! The naming conventions that serde knows, so that a schema has the names that serde reads.

/// A convention of `#[serde(rename_all = "…")]`.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    /// The convention as serde calls it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// The name of a field, which is `snake_case` in Rust. Where words are only written large or small, they stay apart.
    pub(crate) fn of_field(self, name: &str) -> String {
        self.join(&name.split('_').map(str::to_owned).collect::<Vec<_>>())
    }

    /// The name of a variant, which is `PascalCase` in Rust: each capital letter begins a word.
    pub(crate) fn of_variant(self, name: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        for letter in name.chars() {
            match words.last_mut() {
                Some(word) if !letter.is_uppercase() => word.push(letter),
                _ => words.push(letter.to_ascii_lowercase().to_string()),
            }
        }
        match self {
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_ascii_uppercase(),
            Self::Pascal => name.to_owned(),
            _ => self.join(&words),
        }
    }

    /// Words in small letters as one name.
    fn join(self, words: &[String]) -> String {
        let capitalized = |words: &[String]| words.iter().map(|word| capitalized(word)).collect::<String>();
        match (self, words) {
            (Self::Camel, [first, others @ ..]) => format!("{first}{}", capitalized(others)),
            (Self::Pascal | Self::Camel, _) => capitalized(words),
            (Self::Lower | Self::Snake, _) => words.join("_"),
            (Self::Upper | Self::ScreamingSnake, _) => words.join("_").to_ascii_uppercase(),
            (Self::Kebab, _) => words.join("-"),
            (Self::ScreamingKebab, _) => words.join("-").to_ascii_uppercase(),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_variants_are_named_as_serde_names_them() {
        let named = [
            ("lowercase", "is_open", "isopen"),
            ("UPPERCASE", "IS_OPEN", "ISOPEN"),
            ("PascalCase", "IsOpen", "IsOpen"),
            ("camelCase", "isOpen", "isOpen"),
            ("snake_case", "is_open", "is_open"),
            ("SCREAMING_SNAKE_CASE", "IS_OPEN", "IS_OPEN"),
            ("kebab-case", "is-open", "is-open"),
            ("SCREAMING-KEBAB-CASE", "IS-OPEN", "IS-OPEN"),
        ];
        for (name, field, variant) in named {
            let case = Case::named(name).unwrap();
            assert_eq!(case.of_field("is_open"), field, "{name}");
            assert_eq!(case.of_variant("IsOpen"), variant, "{name}");
        }
        assert!(Case::named("Title Case").is_none());
    }
}
