//! Credentials of the settings, which are added to what is asked on the way.

use std::sync::Arc;

use rak_core::HttpPattern;
use rak_settings::Secret;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use url::{Url, form_urlencoded};

use crate::place::Place;
use crate::redaction::Secrets;

/// A key, and to whom it may be sent.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) hosts: Vec<HttpPattern>,
    pub(crate) way: Way,
    /// All that is looked for in what comes back.
    pub(crate) secrets: Arc<Secrets>,
}

/// Where it is put.
#[derive(Debug)]
pub(crate) enum Way {
    Header(HeaderName, HeaderValue),
    /// A parameter of the address.
    Query(String, Secret),
}

impl Credential {
    pub(crate) fn is_for(&self, place: &Place) -> bool {
        place.is_one_of(&self.hosts)
    }

    /// Puts it in, in place of what the agent may have written there.
    pub(crate) fn add(&self, url: &mut Url, headers: &mut HeaderMap) {
        match &self.way {
            Way::Header(name, value) => {
                headers.insert(name, value.clone());
            }
            Way::Query(name, value) => {
                let query = query(url.query().unwrap_or_default(), name, value.expose());
                url.set_query(Some(&query));
            }
        }
    }

    /// Lets nothing come back in which it could not be found.
    pub(crate) fn ask_for_plain_text(headers: &mut HeaderMap) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
}

/// A query with a parameter. The others stay as they are written, since some servers sign that.
fn query(written: &str, name: &str, value: &str) -> String {
    let is_other = |part: &&str| {
        !part.is_empty() && form_urlencoded::parse(part.as_bytes()).all(|(other, _)| other != name)
    };
    let added = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    let parts: Vec<_> = written.split('&').filter(is_other).chain([added.as_str()]).collect();
    parts.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_put_into_the_query() {
        assert_eq!(query("", "key", "a b&c"), "key=a+b%26c");
        assert_eq!(query("q=a%20b&key=mine&k%65y=too&&x", "key", "s"), "q=a%20b&x&key=s");
    }
}
