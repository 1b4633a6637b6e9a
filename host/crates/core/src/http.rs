//! The port behind which HTTP to other machines is: where an agent may go, what it asks, what comes back.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ids::InvocationId;
use crate::session::SessionKey;

/// The methods that may be used twice (RFC 9110, 9.2.2).
const IDEMPOTENT: [&str; 6] = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"];

/// Places in the world, as manifests and settings name them: `api.example.com`, `https://*.example.com:8443`,
/// `http://localhost:*`, `*`. Without a scheme it is `https`, without a port that of the scheme. `*.` at the beginning stands for one
/// name or several, `*` alone for every host, `:*` for every port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpPattern {
    tls: bool,
    host: HostPattern,
    /// Every one where absent.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum HostPattern {
    Any,
    /// What ends with this, which begins with a dot.
    Below(String),
    One(String),
}

/// Why a text is no [`HttpPattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no place for HTTP: write a host as in \"api.example.com\", \"*.example.com:8443\" or \"http://localhost:3000\""
)]
pub struct HttpPatternError(String);

impl HttpPattern {
    /// Whether an address is one of these places. `host` is in lower case, an IPv6 address in brackets.
    pub fn matches(&self, tls: bool, host: &str, port: u16) -> bool {
        let named = match &self.host {
            HostPattern::Any => true,
            HostPattern::Below(end) => host.len() > end.len() && host.ends_with(end.as_str()),
            HostPattern::One(one) => host == one,
        };
        named && self.tls == tls && self.port.is_none_or(|own| own == port)
    }
}

fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

impl FromStr for HttpPattern {
    type Err = HttpPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || HttpPatternError(text.to_owned());
        let lower = text.to_ascii_lowercase();
        let (tls, rest) = match lower.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            Some(_) => return Err(error()),
            None => (true, lower.as_str()),
        };
        // The colons of an address in brackets are not the port's.
        let after_brackets = rest.rfind(']').map_or(0, |end| end + 1);
        let (_, tail) = rest.split_at(after_brackets);
        let (host, port) = match tail.rsplit_once(':') {
            Some((_, port)) => (rest.strip_suffix(port).and_then(|rest| rest.strip_suffix(':')), Some(port)),
            None => (Some(rest), None),
        };
        let host = host.ok_or_else(error)?;
        let port = match port {
            None => Some(default_port(tls)),
            Some("*") => None,
            Some(port) => Some(port.parse().ok().filter(|port| *port > 0).ok_or_else(error)?),
        };
        let host = if host == "*" {
            HostPattern::Any
        } else if let Some(below) = host.strip_prefix('*') {
            let name = below.strip_prefix('.').filter(|name| is_name(name)).ok_or_else(error)?;
            HostPattern::Below(format!(".{name}"))
        } else if is_name(host) || is_address(host) {
            HostPattern::One(host.to_owned())
        } else {
            return Err(error());
        };
        Ok(Self { tls, host, port })
    }
}

fn is_name(host: &str) -> bool {
    let usable = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
    };
    host.split('.').all(usable)
}

fn is_address(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.is_some_and(|inner| {
        inner.parse::<std::net::Ipv6Addr>().is_ok_and(|parsed| parsed.to_string() == inner)
    })
}

impl fmt::Display for HttpPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.tls { "https://" } else { "http://" })?;
        match &self.host {
            HostPattern::Any => f.write_str("*")?,
            HostPattern::Below(end) => write!(f, "*{end}")?,
            HostPattern::One(one) => f.write_str(one)?,
        }
        match self.port {
            None => f.write_str(":*"),
            Some(port) if port == default_port(self.tls) => Ok(()),
            Some(port) => write!(f, ":{port}"),
        }
    }
}

impl TryFrom<String> for HttpPattern {
    type Error = HttpPatternError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<HttpPattern> for String {
    fn from(pattern: HttpPattern) -> Self {
        pattern.to_string()
    }
}

/// What is asked, and by whom.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpRequest {
    /// As it is sent: `GET`, `POST`.
    pub method: String,
    /// Where: `https://` or `http://`.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What is sent with it.
    pub body: Vec<u8>,
    /// A credential of the settings, by name, which whoever asks may use.
    pub credential: Option<String>,
    /// Until the end of the answer; the settings' limit where absent, and never longer than that.
    pub timeout: Option<Duration>,
    /// Whether to go where an answer leads.
    pub follow_redirects: bool,
    /// Where whoever asks may go. The settings may allow less.
    pub allowed: Arc<[HttpPattern]>,
    /// For which session.
    pub session: SessionKey,
    /// By which invocation.
    pub invocation: InvocationId,
}

impl HttpRequest {
    /// Whether it may be sent twice.
    pub fn is_repeatable(&self) -> bool {
        let keyed = || self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"));
        IDEMPOTENT.contains(&self.method.as_str()) || keyed()
    }
}

/// The beginning of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpHead {
    /// 200 to 599.
    pub status: u16,
    /// Where it came from, after redirects.
    pub url: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
}

/// The rest of an answer, as it comes. Dropping it closes the connection.
#[async_trait]
pub trait HttpBody: Send {
    /// The next bytes; none at the end. Fails as [`HttpClient::send`] does.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure>;
}

/// An answer.
pub struct HttpAnswer {
    /// Its beginning.
    pub head: HttpHead,
    /// The rest.
    pub body: Box<dyn HttpBody>,
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpAnswer").field("head", &self.head).finish_non_exhaustive()
    }
}

/// The way to other machines. Who may use which credential is decided by who calls this.
#[async_trait]
pub trait HttpClient: Send + Sync + 'static {
    /// Asks; dropping the future gives it up, and closes the connection. An answer with a status of 400 and more is an
    /// answer. No credential is in what comes back.
    ///
    /// Fails with [`Denied`](crate::FailureKind::Denied) (the place is not among those allowed, its address is a private one, or
    /// the credential is not for it), [`InvalidArgument`](crate::FailureKind::InvalidArgument) (it is no request),
    /// [`NotFound`](crate::FailureKind::NotFound) (no such credential),
    /// [`Unavailable`](crate::FailureKind::Unavailable) (nobody is there, or the connection was cut off),
    /// [`DeadlineExceeded`](crate::FailureKind::DeadlineExceeded) and
    /// [`LimitExceeded`](crate::FailureKind::LimitExceeded) (the answer is too large, or leads on too often).
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Failure>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> HttpPattern {
        text.parse().unwrap()
    }

    #[test]
    fn a_pattern_stands_for_places() {
        let plain = pattern("api.example.com");
        assert!(plain.matches(true, "api.example.com", 443));
        assert!(
            !plain.matches(true, "api.example.com", 8443) && !plain.matches(false, "api.example.com", 443)
        );
        assert!(
            !plain.matches(true, "xapi.example.com", 443)
                && !plain.matches(true, "api.example.com.evil", 443)
        );
        let below = pattern("https://*.Example.com:8443");
        assert!(below.matches(true, "a.b.example.com", 8443));
        assert!(!below.matches(true, "example.com", 8443) && !below.matches(true, "badexample.com", 8443));
        assert!(pattern("http://localhost:*").matches(false, "localhost", 1));
        assert!(pattern("http://[::1]:80").matches(false, "[::1]", 80));
        assert!(pattern("*").matches(true, "anything", 443) && !pattern("*").matches(true, "anything", 22));
    }

    #[test]
    fn a_pattern_is_written_as_it_is_read() {
        for (text, shown) in [
            ("api.example.com", "https://api.example.com"),
            ("http://localhost:80", "http://localhost"),
            ("http://LOCALHOST:*", "http://localhost:*"),
            ("*.example.com:443", "https://*.example.com"),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
            ("*:*", "https://*:*"),
        ] {
            assert_eq!(pattern(text).to_string(), shown);
            assert_eq!(pattern(shown), pattern(text));
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in [
            "",
            "*.",
            "*example.com",
            "a..b",
            "ftp://a",
            "a/b",
            "https://a/b",
            "a:0",
            "a:70000",
            "a:x",
            "user@a",
            "[::1",
            "::1",
            "a b",
            "*.*",
            "a.*.b",
            "https://",
            "[::0001]",
            "ä.example",
        ] {
            let error = text.parse::<HttpPattern>().unwrap_err();
            assert!(error.to_string().contains("api.example.com"), "{error}");
        }
    }

    #[test]
    fn what_may_be_sent_twice_says_its_method_or_its_key() {
        let request = |method: &str, headers: &[(&str, &str)]| HttpRequest {
            method: method.to_owned(),
            url: "https://a".to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: Vec::new(),
            credential: None,
            timeout: None,
            follow_redirects: true,
            allowed: Arc::new([]),
            session: SessionKey {
                app_name: "a".parse().unwrap(),
                user_id: "u".parse().unwrap(),
                session_id: "s".parse().unwrap(),
            },
            invocation: InvocationId::new(),
        };
        assert!(request("GET", &[]).is_repeatable() && request("DELETE", &[]).is_repeatable());
        assert!(!request("POST", &[]).is_repeatable() && !request("PATCH", &[("x", "y")]).is_repeatable());
        assert!(request("POST", &[("Idempotency-Key", "1")]).is_repeatable());
    }

    proptest! {
        #[test]
        fn any_text_is_a_pattern_or_an_error(text in "\\PC{0,40}") {
            if let Ok(pattern) = text.parse::<HttpPattern>() {
                prop_assert_eq!(pattern.to_string().parse::<HttpPattern>(), Ok(pattern));
            }
        }
    }
}
