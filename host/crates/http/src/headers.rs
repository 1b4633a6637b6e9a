//! The headers that somebody may send along.

use rak_core::Failure;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::failure::{invalid, limit};

/// How many headers a request may have: more than anybody sends, and fewer than servers take.
const MAX_HEADERS: usize = 100;
/// How long they may be together, in bytes, which is more than most servers take.
const MAX_HEADER_BYTES: usize = 64 << 10;
/// Headers of the connection. Who could set them could say where a request ends, and send a second one in it.
const RESERVED: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// What the names of others begin with, which are for proxies.
const RESERVED_PREFIX: &str = "proxy-";

/// Whether a header is for the host to set.
pub(crate) fn is_reserved(name: &HeaderName) -> bool {
    RESERVED.contains(&name.as_str()) || name.as_str().starts_with(RESERVED_PREFIX)
}

/// Headers as they are sent. What is wrong is said by the name of the header, and never by its value.
pub(crate) fn headers(written: &[(String, String)]) -> Result<HeaderMap, Failure> {
    let bytes: usize = written.iter().map(|(name, value)| name.len() + value.len()).sum();
    if written.len() > MAX_HEADERS || bytes > MAX_HEADER_BYTES {
        return Err(limit(format!(
            "the request has {} headers of {bytes} bytes; {MAX_HEADERS} of {MAX_HEADER_BYTES} bytes are allowed",
            written.len()
        )));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in written {
        let parsed = HeaderName::try_from(name)
            .map_err(|_| invalid(format!("{name:?} cannot be the name of a header")))?;
        if is_reserved(&parsed) {
            return Err(invalid(format!("the host sets the header {name:?} by itself; leave it out")));
        }
        let mut value = HeaderValue::try_from(value).map_err(|_| {
            invalid(format!("the value of the header {name:?} has characters that a header cannot have"))
        })?;
        // It may be a key of the agent's own.
        value.set_sensitive(true);
        headers.append(parsed, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::FailureKind;

    fn read(written: &[(&str, &str)]) -> Result<HeaderMap, Failure> {
        let written: Vec<_> =
            written.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        headers(&written)
    }

    #[test]
    fn headers_are_sent_as_they_are_written() {
        let headers = read(&[("X-One", "1"), ("x-one", "2"), ("Accept", "größer")]).unwrap();
        assert_eq!(headers.get_all("x-one").iter().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(headers["accept"].as_bytes(), "größer".as_bytes());
        assert!(!format!("{headers:?}").contains("\"1\""));
    }

    #[test]
    fn what_cannot_be_a_header_is_named() {
        for name in ["", "a b", "a:", "a\r\nb", "ä"] {
            let failure = read(&[(name, "secret")]).unwrap_err();
            assert_eq!(failure.kind, FailureKind::InvalidArgument);
            assert!(failure.message.contains("cannot be the name") && !failure.message.contains("secret"));
        }
        for value in ["secret\r\nHost: x", "secret\n", "secret\0"] {
            let failure = read(&[("x-key", value)]).unwrap_err();
            assert!(
                failure.message.contains("\"x-key\"") && !failure.message.contains("secret"),
                "{failure}"
            );
        }
        for name in [
            "Host",
            "CONTENT-LENGTH",
            "Transfer-Encoding",
            "Connection",
            "Keep-Alive",
            "Upgrade",
            "TE",
            "Trailer",
        ] {
            let failure = read(&[(name, "1")]).unwrap_err();
            assert!(failure.message.contains("the host sets the header"), "{failure}");
        }
        assert!(
            read(&[("Proxy-Authorization", "x")]).is_err() && read(&[("proxy-connection", "x")]).is_err()
        );
    }

    #[test]
    fn there_is_an_end_of_headers() {
        assert_eq!(read(&[("a", "1"); 101]).unwrap_err().kind, FailureKind::LimitExceeded);
        assert!(read(&[("a", "1"); 100]).is_ok());
        assert!(read(&[("a", &"x".repeat(64 << 10))]).is_err());
    }
}
