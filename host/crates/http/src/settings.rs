//! What `rak.toml` says of HTTP, in two stages: what was written, and what it means.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rak_core::HttpPattern;
use rak_settings::{Secret, SettingsError, Values, check_name};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde::Deserialize;

use crate::credential::{Credential, Way};
use crate::exceptions::Exceptions;
use crate::headers::is_reserved;
use crate::redaction::Secrets;

/// How long an exchange may take, from its first byte to its last one: longer than people wait.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);
/// The longest that can be set.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);
/// How large an answer, or what is sent, may be: a large document, and little enough to have it in a guest's memory.
const DEFAULT_MAX_BYTES: u64 = 16 << 20;
/// The largest that can be set, in bytes: who wants all of an answer has it in memory.
const LARGEST_BYTES: u64 = 256 << 20;
/// The shortest value of a credential, in bytes. A shorter one would be found everywhere in answers.
const SHORTEST_VALUE: usize = 4;
/// The longest name of a parameter, in bytes.
const LONGEST_QUERY: usize = 64;

/// The table `http` of the configuration file. Unknown keys are errors.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpFile {
    /// How long an exchange may take, from the first byte to the last one.
    pub timeout_ms: Option<u64>,
    /// How large the body of an answer may be.
    pub max_bytes: Option<u64>,
    /// How large the body of a request may be.
    pub max_request_bytes: Option<u64>,
    /// Names, addresses and networks, each with or without a port, that may be reached although they are private.
    pub private: Vec<String>,
    /// What the host adds to requests, by name.
    pub credentials: BTreeMap<String, CredentialFile>,
}

/// A table `http.credentials.NAME`. Values may have secrets in them, so `Debug` shows none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CredentialFile {
    /// To whom it may be sent.
    pub hosts: Vec<HttpPattern>,
    /// The header that it is sent in; `Authorization` where neither this nor `query` is written.
    pub header: Option<String>,
    /// The parameter of the address that it is sent in.
    pub query: Option<String>,
    /// What is sent.
    pub value: Option<Secret>,
}

/// What it means.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// How long an exchange may take.
    pub timeout: Duration,
    /// How large the body of an answer may be, in bytes.
    pub max_bytes: u64,
    /// How large the body of a request may be, in bytes.
    pub max_request_bytes: u64,
    pub(crate) exceptions: Arc<Exceptions>,
    pub(crate) credentials: BTreeMap<String, Arc<Credential>>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout: DEFAULT_TIMEOUT,
            max_bytes: DEFAULT_MAX_BYTES,
            max_request_bytes: DEFAULT_MAX_BYTES,
            exceptions: Arc::default(),
            credentials: BTreeMap::new(),
        }
    }
}

impl HttpFile {
    /// What it means: `${NAME}` is what `variable` says, which is the host's environment.
    pub fn settings(&self, variable: &dyn Fn(&str) -> Option<String>) -> Result<HttpSettings, SettingsError> {
        let exceptions =
            Exceptions::new(&self.private).map_err(|problem| SettingsError::new("http.private", problem))?;
        let credentials = self.credentials.iter().map(|(name, file)| {
            let key = format!("http.credentials.{name}");
            check_name("a credential", name).map_err(|problem| SettingsError::new(&key, problem))?;
            Ok((name.clone(), Arc::new(file.credential(&key, variable)?)))
        });
        Ok(HttpSettings {
            timeout: timeout(self.timeout_ms)?,
            max_bytes: bytes("http.max_bytes", self.max_bytes)?,
            max_request_bytes: bytes("http.max_request_bytes", self.max_request_bytes)?,
            exceptions: Arc::new(exceptions),
            credentials: credentials.collect::<Result<_, SettingsError>>()?,
        })
    }
}

impl CredentialFile {
    fn credential(
        &self,
        key: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Credential, SettingsError> {
        let mut values = Values::new(key, variable);
        if self.hosts.is_empty() {
            return Err(values.error("hosts", "say to whom it may be sent, as in [\"api.example.com\"]"));
        }
        let is_twice = |(at, host)| self.hosts.iter().take(at).any(|other: &HttpPattern| other == host);
        if let Some((_, host)) = self.hosts.iter().enumerate().find(|(at, host)| is_twice((*at, *host))) {
            return Err(values.error("hosts", format!("{host} is there twice")));
        }
        let Some(written) = &self.value else {
            return Err(values.error("value", "say what is sent, such as \"Bearer ${TOKEN}\""));
        };
        let value = values.secret("value", written)?;
        if value.expose().len() < SHORTEST_VALUE {
            let problem =
                format!("it has less than {SHORTEST_VALUE} bytes, and could not be kept from agents");
            return Err(values.error("value", problem));
        }
        let way = match (&self.header, &self.query) {
            (Some(_), Some(_)) => {
                return Err(
                    values.error("query", "it is sent in a header or in a parameter; leave one of them out")
                );
            }
            (header, None) => self::header(&values, header.as_deref(), &value)?,
            (None, Some(query)) if query.is_empty() || query.len() > LONGEST_QUERY => {
                let problem = format!("the name of a parameter has 1 to {LONGEST_QUERY} bytes");
                return Err(values.error("query", problem));
            }
            (None, Some(query)) => Way::Query(query.clone(), value.clone()),
        };
        // The key may be written in the file, after the word that says what it is, and others repeat it without that.
        let after_scheme = value
            .expose()
            .split_once(' ')
            .map(|(_, rest)| rest.trim())
            .filter(|rest| rest.len() >= SHORTEST_VALUE);
        let redactor = values.redactor();
        let secrets = Secrets::new(redactor.secrets().chain(after_scheme));
        Ok(Credential { hosts: self.hosts.clone(), way, secrets: Arc::new(secrets) })
    }
}

fn header(values: &Values<'_>, name: Option<&str>, value: &Secret) -> Result<Way, SettingsError> {
    let name = match name {
        None => AUTHORIZATION,
        Some(name) => HeaderName::try_from(name)
            .map_err(|_| values.error("header", "this cannot be the name of a header"))?,
    };
    if is_reserved(&name) {
        return Err(values.error("header", "the host sets this header by itself; name another one"));
    }
    let mut value = HeaderValue::try_from(value.expose())
        .map_err(|_| values.error("value", "it has characters that a header cannot have"))?;
    value.set_sensitive(true);
    Ok(Way::Header(name, value))
}

fn timeout(written: Option<u64>) -> Result<Duration, SettingsError> {
    let timeout = written.map_or(DEFAULT_TIMEOUT, Duration::from_millis);
    if timeout.is_zero() || timeout > LONGEST_TIMEOUT {
        let problem = format!("give a number from 1 to {}", LONGEST_TIMEOUT.as_millis());
        return Err(SettingsError::new("http.timeout_ms", problem));
    }
    Ok(timeout)
}

fn bytes(key: &str, written: Option<u64>) -> Result<u64, SettingsError> {
    let bytes = written.unwrap_or(DEFAULT_MAX_BYTES);
    if (1..=LARGEST_BYTES).contains(&bytes) {
        return Ok(bytes);
    }
    Err(SettingsError::new(key, format!("give a number from 1 to {LARGEST_BYTES}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<HttpSettings, String> {
        let file: HttpFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let variable = |name: &str| match name {
            "TOKEN" => Some("hunter2-secret".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        file.settings(&variable).map_err(|error| error.to_string())
    }

    fn error(text: &str) -> String {
        settings(text).err().unwrap_or_else(|| panic!("{text} can be used"))
    }

    #[test]
    fn without_a_word_there_are_bounds_and_no_exceptions() {
        let settings = settings("").unwrap();
        assert_eq!(settings.timeout, Duration::from_mins(1));
        assert_eq!((settings.max_bytes, settings.max_request_bytes), (16 << 20, 16 << 20));
        assert!(settings.exceptions.refuse(None, "127.0.0.1".parse().unwrap(), Some(80)).is_some());
        assert!(settings.credentials.is_empty());
    }

    #[test]
    fn what_is_written_is_what_it_means() {
        let settings = settings(
            "timeout_ms = 5\nmax_bytes = 6\nmax_request_bytes = 7\nprivate = ['10.0.0.0/8', 'localhost:3000']\n\
             [credentials.github]\nhosts = ['api.github.com']\nvalue = 'Bearer ${TOKEN}'\n\
             [credentials.maps]\nhosts = ['*.example.com:8443']\nquery = 'key'\nvalue = 'plain-key'\n\
             [credentials.other]\nhosts = ['http://localhost:*']\nheader = 'X-Key'\nvalue = 'Token abcdef'",
        )
        .unwrap();
        assert_eq!(settings.timeout, Duration::from_millis(5));
        assert_eq!((settings.max_bytes, settings.max_request_bytes), (6, 7));
        assert!(settings.exceptions.refuse(None, "10.1.1.1".parse().unwrap(), None).is_none());
        let way = |name: &str| &settings.credentials[name].way;
        assert!(
            matches!(way("github"), Way::Header(name, value) if name == "authorization" && value == "Bearer hunter2-secret")
        );
        assert!(
            matches!(way("maps"), Way::Query(name, value) if name == "key" && value.expose() == "plain-key")
        );
        assert!(matches!(way("other"), Way::Header(name, _) if name == "x-key"));
        for (name, secret) in [("github", "hunter2-secret"), ("maps", "plain-key"), ("other", "abcdef")] {
            assert!(settings.credentials[name].secrets.are_in(secret.as_bytes()), "{name}");
        }
        let shown = format!("{settings:?}");
        for secret in ["hunter2", "plain-key", "abcdef"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let one = |text: &str| format!("[credentials.one]\n{text}");
        for (text, reason) in [
            ("time = 1".to_owned(), "unknown field `time`"),
            ("timeout_ms = 0".to_owned(), "http.timeout_ms: give a number from 1 to 86400000"),
            ("timeout_ms = 90000000".to_owned(), "http.timeout_ms"),
            ("max_bytes = 0".to_owned(), "http.max_bytes: give a number from 1"),
            ("max_request_bytes = 999999999".to_owned(), "http.max_request_bytes"),
            ("private = ['']".to_owned(), "http.private: \"\" is no such place"),
            ("private = ['a', 'A']".to_owned(), "http.private: \"A\" is there twice"),
            ("[credentials.'a.b']".to_owned(), "http.credentials.a.b: the name of a credential has 1 to 64"),
            (one("value = 'abcd'"), "http.credentials.one.hosts: say to whom"),
            (one("hosts = ['a']"), "http.credentials.one.value: say what is sent"),
            (
                one("hosts = ['a', 'https://A']\nvalue = 'abcd'"),
                "http.credentials.one.hosts: https://a is there twice",
            ),
            (one("hosts = ['a/b']\nvalue = 'abcd'"), "is no place for HTTP"),
            (
                one("hosts = ['a']\nvalue = '${EMPTY}'"),
                "http.credentials.one.value: it has less than 4 bytes",
            ),
            (one("hosts = ['a']\nvalue = '${NONE}'"), "one.value: the environment variable NONE is not set"),
            (
                one("hosts = ['a']\nvalue = \"ab\\ncd\""),
                "one.value: it has characters that a header cannot have",
            ),
            (one("hosts = ['a']\nvalue = 'abcd'\nheader = 'a b'"), "one.header: this cannot be the name"),
            (one("hosts = ['a']\nvalue = 'abcd'\nheader = 'Host'"), "one.header: the host sets this header"),
            (
                one("hosts = ['a']\nvalue = 'abcd'\nquery = ''"),
                "one.query: the name of a parameter has 1 to 64",
            ),
            (
                one("hosts = ['a']\nvalue = 'abcd'\nquery = 'q'\nheader = 'x'"),
                "one.query: it is sent in a header or",
            ),
            (one("hosts = ['a']\nvalues = 'abcd'"), "unknown field `values`"),
        ] {
            let error = error(&text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
