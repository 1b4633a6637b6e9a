//! The values of a table, with variables in place.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};
use url::Url;

use crate::secret::{Redactor, Secret};
use crate::variables::expand;

/// The longest name, in bytes: what it is the beginning of has room for more.
const MAX_NAME_BYTES: usize = 64;
/// The shortest word of a header that is searched for in what others write.
const SHORTEST_WORD: usize = 8;

/// What cannot be used in the configuration, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct SettingsError {
    /// The key, as it is written in the file.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl SettingsError {
    /// What is wrong with a key.
    pub fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into() }
    }
}

/// Whether a name that somebody gives to a `what` can be part of other names: a dot would make it unclear where it ends.
pub fn check_name(what: &str, name: &str) -> Result<(), String> {
    let usable = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.chars().all(usable) {
        return Ok(());
    }
    Err(format!("the name of {what} has 1 to {MAX_NAME_BYTES} ASCII letters, digits, _ and -"))
}

/// Reads the values of one table, and remembers what must not be shown.
pub struct Values<'a> {
    key: &'a str,
    variable: &'a dyn Fn(&str) -> Option<String>,
    secrets: Vec<String>,
}

impl<'a> Values<'a> {
    /// Of the table with this key; `variable` is the host's environment.
    pub fn new(key: &'a str, variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { key, variable, secrets: Vec::new() }
    }

    /// What is wrong with a key of the table.
    pub fn error(&self, key: &str, problem: impl Into<String>) -> SettingsError {
        SettingsError::new(format!("{}.{key}", self.key), problem)
    }

    /// A variable of the host's environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    /// A value with its variables, which are not shown from now on.
    pub fn value(&mut self, key: &str, written: &Secret) -> Result<String, SettingsError> {
        let expanded = expand(written.expose(), self.variable).map_err(|problem| self.error(key, problem))?;
        self.secrets.extend(expanded.variables);
        Ok(expanded.value)
    }

    /// A value that is a key, wherever it comes from.
    pub fn secret(&mut self, key: &str, written: &Secret) -> Result<Secret, SettingsError> {
        let value = self.value(key, written)?;
        self.secrets.push(value.clone());
        Ok(Secret::new(value))
    }

    /// A value that is an address such as the example.
    pub fn url(&mut self, key: &str, written: &Secret, example: &str) -> Result<Url, SettingsError> {
        let value = self.value(key, written)?;
        // The parser's own error may have the address in it.
        match Url::parse(&value) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
            _ => Err(self.error(key, format!("give an address such as {example}"))),
        }
    }

    /// The table `headers`, without those that the protocol sets.
    pub fn headers<C: FromIterator<(HeaderName, HeaderValue)>>(
        &mut self,
        written: &BTreeMap<String, Secret>,
        reserved: &[&str],
    ) -> Result<C, SettingsError> {
        written.iter().map(|(name, written)| self.header(name, written, reserved)).collect()
    }

    fn header(
        &mut self,
        name: &str,
        written: &Secret,
        reserved: &[&str],
    ) -> Result<(HeaderName, HeaderValue), SettingsError> {
        let key = format!("headers.{name}");
        let value = self.value(&key, written)?;
        let name = HeaderName::try_from(name)
            .map_err(|_| self.error(&key, "this cannot be the name of a header"))?;
        if reserved.contains(&name.as_str()) {
            return Err(self.error(&key, "the protocol sets this header by itself; leave it out"));
        }
        let mut sent = HeaderValue::try_from(&value)
            .map_err(|_| self.error(&key, "its value has characters that a header cannot have"))?;
        sent.set_sensitive(true);
        // A key may be written in the file, beside the word that says what it is.
        self.secrets.extend(value.split_whitespace().filter(|w| w.len() >= SHORTEST_WORD).map(str::to_owned));
        self.secrets.push(value);
        Ok((name, sent))
    }

    /// What takes all of it out of texts.
    pub fn redactor(self) -> Redactor {
        Redactor::new(self.secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        (name == "TOKEN").then(|| "hunter2-secret".to_owned())
    }

    #[test]
    fn what_is_read_is_not_shown_from_then_on() {
        let mut values = Values::new("models.one", &variable);
        let url = values.url("url", &Secret::new("http://x/${TOKEN}"), "http://example.com").unwrap();
        assert_eq!(url.as_str(), "http://x/hunter2-secret");
        let key = values.secret("api_key", &Secret::new("plain-key")).unwrap();
        assert_eq!(key.expose(), "plain-key");
        let written = BTreeMap::from([("X-Team".to_owned(), Secret::new("Team plain-value"))]);
        let headers: Vec<_> = values.headers(&written, &["host"]).unwrap();
        assert_eq!(headers.first().unwrap().0, "x-team");
        assert!(!format!("{headers:?}").contains("plain-value"));
        let redactor = values.redactor();
        let text = "hunter2-secret, plain-key, plain-value".to_owned();
        assert_eq!(redactor.redact(text), "***, ***, ***");
    }

    #[test]
    fn a_mistake_names_the_key_and_no_value() {
        let mut values = Values::new("models.one", &variable);
        let url = values.url("url", &Secret::new("hunter2"), "http://example.com").unwrap_err();
        assert_eq!(url.to_string(), "models.one.url: give an address such as http://example.com");
        let key = values.secret("api_key", &Secret::new("${NONE}")).unwrap_err();
        assert!(key.to_string().starts_with("models.one.api_key: the environment variable NONE"), "{key}");
        let written = BTreeMap::from([("Host".to_owned(), Secret::new("x"))]);
        let headers = values.headers::<Vec<_>>(&written, &["host"]).unwrap_err();
        assert!(headers.to_string().starts_with("models.one.headers.Host: the protocol sets"), "{headers}");
    }

    #[test]
    fn a_name_can_be_part_of_others() {
        assert_eq!(check_name("a model", "gpt-5_mini"), Ok(()));
        for name in ["", "a.b", "ä", &"x".repeat(65)] {
            assert!(check_name("a model", name).unwrap_err().starts_with("the name of a model has 1 to 64"));
        }
    }
}
