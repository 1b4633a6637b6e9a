//! Where an address leads: a scheme, a host and a port.

use std::fmt;
use std::net::IpAddr;

use rak_core::{Failure, HttpPattern};
use url::{Host, Url};

use crate::exceptions::Exceptions;
use crate::failure::denied;

/// What is compared with patterns, and what two addresses have in common that are of the same server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) tls: bool,
    /// As patterns have it.
    host: String,
    pub(crate) port: u16,
    /// Where the host is an address.
    address: Option<IpAddr>,
}

impl Place {
    /// Where an address leads, if anybody may go there.
    pub(crate) fn of(url: &Url) -> Result<Self, Failure> {
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            scheme => {
                return Err(denied(format!("only http:// and https:// can be asked, and not {scheme:?}")));
            }
        };
        let (host, address) = match url.host() {
            Some(Host::Domain(name)) => (name.to_owned(), None),
            Some(Host::Ipv4(address)) => (address.to_string(), Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (format!("[{address}]"), Some(IpAddr::V6(address))),
            None => return Err(denied("the address has no host")),
        };
        let place = Self { tls, host, port: url.port().unwrap_or(if tls { 443 } else { 80 }), address };
        if url.username().is_empty() && url.password().is_none() {
            Ok(place)
        } else {
            Err(denied(format!(
                "the address of {place} has a name or a password in it; a credential of the host, or a header, is for that"
            )))
        }
    }

    pub(crate) fn is_one_of(&self, patterns: &[HttpPattern]) -> bool {
        patterns.iter().any(|pattern| pattern.matches(self.tls, &self.host, self.port))
    }

    /// Whether somebody who may go to these places may go there.
    pub(crate) fn check(&self, allowed: &[HttpPattern], exceptions: &Exceptions) -> Result<(), Failure> {
        if !self.is_one_of(allowed) {
            return Err(denied(format!(
                "the agent may not ask {self} over HTTP: its agent.toml does not name it in `http` of [grants], as in \
                 http = [\"{self}\"]"
            )));
        }
        // Names are looked at when somebody connects to them.
        let refused = self.address.and_then(|address| exceptions.refuse(None, address, Some(self.port)));
        refused.map_or(Ok(()), |what| Err(self.private(what)))
    }

    /// It leads where only the operator lets somebody.
    pub(crate) fn private(&self, what: &str) -> Failure {
        denied(format!(
            "{self} leads to {what}, which no agent reaches unless `private` in [http] of the host's rak.toml names it"
        ))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.tls { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::FailureKind;

    fn place(url: &str) -> Result<Place, Failure> {
        Place::of(&Url::parse(url).unwrap())
    }

    #[test]
    fn an_address_leads_to_a_place() {
        for (url, shown) in [
            ("https://API.example.com/a?b=c", "https://api.example.com"),
            ("https://api.example.com:443", "https://api.example.com"),
            ("http://api.example.com:8080/", "http://api.example.com:8080"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("http://0x7f.1", "http://127.0.0.1"),
            ("http://[::FFFF:127.0.0.1]:81", "http://[::ffff:127.0.0.1]:81"),
        ] {
            let place = place(url).unwrap();
            assert_eq!(place.to_string(), shown);
            assert!(place.is_one_of(&[shown.parse().unwrap()]), "{shown}");
        }
    }

    #[test]
    fn where_nobody_may_go_is_said_so() {
        for (url, reason) in [
            ("ftp://a.example", "and not \"ftp\""),
            ("file:///etc/passwd", "and not \"file\""),
            ("https://user@a.example", "https://a.example has a name or a password in it"),
            ("https://:secret@a.example", "https://a.example has a name or a password in it"),
        ] {
            let failure = place(url).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Denied);
            assert!(failure.message.contains(reason) && !failure.message.contains("secret"), "{failure}");
        }
    }

    #[test]
    fn a_place_is_allowed_by_the_grants_and_by_its_address() {
        let exceptions = Exceptions::default();
        let here = place("http://127.0.0.1:8080").unwrap();
        let failure = here.check(&[], &exceptions).unwrap_err();
        assert!(
            failure.message.contains("`http` of [grants], as in http = [\"http://127.0.0.1:8080\"]"),
            "{failure}"
        );
        let failure = here.check(&["http://*:*".parse().unwrap()], &exceptions).unwrap_err();
        assert!(failure.message.starts_with("http://127.0.0.1:8080 leads to this machine"), "{failure}");
    }
}
