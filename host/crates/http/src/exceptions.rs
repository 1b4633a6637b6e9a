//! What the operator lets agents reach although its address is private.

use std::collections::BTreeSet;
use std::net::IpAddr;

use url::Host;

use crate::address::{Network, private};

/// The list `private` of the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exceptions(Vec<Exception>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Exception {
    target: Target,
    /// Every one where absent.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Name(String),
    Network(Network),
}

impl Exceptions {
    /// Of what is written; otherwise what is wrong with it.
    pub(crate) fn new(written: &[String]) -> Result<Self, String> {
        let mut exceptions: Vec<Exception> = Vec::new();
        for text in written {
            let exception = exception(text)?;
            if exceptions.contains(&exception) {
                return Err(format!("{text:?} is there twice"));
            }
            exceptions.push(exception);
        }
        Ok(Self(exceptions))
    }

    /// The ports that are named.
    pub(crate) fn ports(&self) -> BTreeSet<u16> {
        self.0.iter().filter_map(|exception| exception.port).collect()
    }

    /// What an address is where it may not be reached, by the name that led to it or by itself. Where no port is given it is one
    /// that none of them names.
    pub(crate) fn refuse(
        &self,
        name: Option<&str>,
        address: IpAddr,
        port: Option<u16>,
    ) -> Option<&'static str> {
        let allows = |exception: &Exception| {
            let is_target = match &exception.target {
                Target::Name(own) => name == Some(own.as_str()),
                Target::Network(network) => network.contains(address),
            };
            is_target && (exception.port.is_none() || exception.port == port)
        };
        private(address).filter(|_| !self.0.iter().any(allows))
    }
}

fn exception(text: &str) -> Result<Exception, String> {
    let error = || {
        format!(
            "{text:?} is no such place: write a name, an address or a network, each with or without a port, as in \
             \"127.0.0.1:8080\", \"10.0.0.0/8\" or \"localhost\""
        )
    };
    let (target, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (inner, rest) = rest.split_once(']').ok_or_else(error)?;
            let port = match rest {
                "" => None,
                rest => Some(rest.strip_prefix(':').ok_or_else(error)?),
            };
            (inner, port)
        }
        // What has several colons and no brackets is an address without a port.
        None => match text.split_once(':') {
            Some((target, port)) if !port.contains(':') => (target, Some(port)),
            _ => (text, None),
        },
    };
    let is_port = |port: &u16| *port > 0;
    let port = port.map(|port| port.parse().ok().filter(is_port).ok_or_else(error)).transpose()?;
    let is_address = target.contains([':', '/']) || target.parse::<IpAddr>().is_ok();
    if is_address {
        let network =
            target.parse().map_err(|problem| if target.contains('/') { problem } else { error() })?;
        return Ok(Exception { target: Target::Network(network), port });
    }
    if text.starts_with('[') {
        return Err(error());
    }
    // As addresses of requests are read, so that the two can be compared.
    match Host::parse(target) {
        Ok(Host::Domain(name)) if !name.contains('*') => Ok(Exception { target: Target::Name(name), port }),
        Ok(Host::Ipv4(address)) => Err(format!("write {address} for {target:?}")),
        _ => Err(error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exceptions(written: &[&str]) -> Result<Exceptions, String> {
        Exceptions::new(&written.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    fn refuses(exceptions: &Exceptions, name: Option<&str>, address: &str, port: Option<u16>) -> bool {
        exceptions.refuse(name, address.parse().unwrap(), port).is_some()
    }

    #[test]
    fn what_is_private_is_refused_unless_it_is_named() {
        let none = exceptions(&[]).unwrap();
        assert_eq!(none.refuse(None, "127.0.0.1".parse().unwrap(), Some(80)), Some("this machine"));
        assert!(!refuses(&none, None, "1.1.1.1", None));
        let some = exceptions(&["127.0.0.1:8080", "10.0.0.0/8", "Intranet.example", "[fd00::/8]:443", "::1"])
            .unwrap();
        assert!(!refuses(&some, None, "127.0.0.1", Some(8080)));
        assert!(!refuses(&some, Some("any.example"), "127.0.0.1", Some(8080)));
        assert!(!refuses(&some, None, "::ffff:127.0.0.1", Some(8080)));
        assert!(refuses(&some, None, "127.0.0.1", Some(8081)) && refuses(&some, None, "127.0.0.1", None));
        assert!(refuses(&some, None, "127.0.0.2", Some(8080)));
        assert!(!refuses(&some, None, "10.1.2.3", None) && !refuses(&some, None, "10.1.2.3", Some(8080)));
        assert!(!refuses(&some, Some("intranet.example"), "192.168.1.1", None));
        assert!(refuses(&some, Some("x.intranet.example"), "192.168.1.1", None));
        assert!(!refuses(&some, None, "fd00::1", Some(443)) && refuses(&some, None, "fd00::1", Some(80)));
        assert!(!refuses(&some, None, "::1", Some(1)));
        assert_eq!(some.ports(), [443, 8080].into());
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for (text, reason) in [
            ("", "is no such place"),
            ("a:0", "is no such place"),
            ("a:70000", "is no such place"),
            ("a:", "is no such place"),
            ("[::1", "is no such place"),
            ("[::1]8080", "is no such place"),
            ("[localhost]", "is no such place"),
            ("*.example", "is no such place"),
            ("http://localhost", "is no such place"),
            ("a/b", "is no address"),
            ("a b", "is no such place"),
            ("10.0.0.1/8", "write 10.0.0.0/8"),
            ("127.1", "write 127.0.0.1 for \"127.1\""),
            ("0x7f000001:80", "write 127.0.0.1"),
        ] {
            let error = exceptions(&[text]).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert_eq!(exceptions(&["localhost", "LOCALHOST"]).unwrap_err(), "\"LOCALHOST\" is there twice");
    }

    proptest! {
        #[test]
        fn any_text_is_an_exception_or_an_error(text in "\\PC{0,30}") {
            let _ = Exceptions::new(&[text]);
        }
    }
}
