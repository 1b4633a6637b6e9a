//! Values that are used and never shown.

use std::fmt;

use serde::Deserialize;

/// The shortest value that is searched for in texts. Shorter ones are everywhere, and no secrets.
const SHORTEST: usize = 4;
/// What stands where a secret was.
const HIDDEN: &str = "***";

/// A text that may be a secret. It is not in its `Debug`, and has no `Display`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whom it is meant.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Takes secrets out of texts of others: an error of a library names the address that it could not reach, a server writes
/// its key to its log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redactor {
    secrets: Vec<Secret>,
}

impl Redactor {
    /// Of these values.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let mut secrets: Vec<_> =
            values.into_iter().filter(|value| value.len() >= SHORTEST).map(Secret).collect();
        // One that contains another goes first; what were left of it could be told from.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.0.len()));
        Self { secrets }
    }

    /// What is looked for, for who looks for it elsewhere than in a text.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(Secret::expose)
    }

    /// The text without them.
    pub fn redact(&self, mut text: String) -> String {
        for secret in &self.secrets {
            if text.contains(&secret.0) {
                text = text.replace(&secret.0, HIDDEN);
            }
        }
        text
    }
}

/// The beginning of a text; of one that has no secrets in it any more, since the end of it could be the half of one.
pub fn shortened(mut text: String, max_bytes: usize) -> String {
    text.truncate(text.floor_char_boundary(max_bytes));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_no_text() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
        let redactor = Redactor::new(["key-1".to_owned(), "key-1-long".to_owned(), "a".to_owned()]);
        assert_eq!(redactor.redact("a: key-1, key-1-long".to_owned()), "a: ***, ***");
        assert!(!format!("{redactor:?}").contains("key"));
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(shortened("aéé".to_owned(), 4), "aé");
        assert_eq!(shortened("aé".to_owned(), 4), "aé");
    }
}
