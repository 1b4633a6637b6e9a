//! What is asked of the web.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::response::header;
use crate::Failure;

/// What is asked of the web: a URL, and what else there is to say.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use std::time::Duration;
///
/// use rak::HttpRequest;
/// use serde_json::json;
///
/// # fn main() -> Result<(), rak::Failure> {
/// let search = HttpRequest::get("https://example.com/search").with_query("q", "cats & dogs");
/// assert_eq!(search.url, "https://example.com/search?q=cats%20%26%20dogs");
///
/// let order = HttpRequest::post("https://shop.example.com/orders")
///     .with_json(json!({"article": 47}))?
///     .with_header("Idempotency-Key", "order-1")
///     .with_credential("shop")
///     .with_timeout(Duration::from_secs(10));
/// assert_eq!(order.header("content-type"), Some("application/json"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HttpRequest {
    /// For example `GET`.
    pub method: String,
    /// `https://…`, or `http://…` where that is granted.
    pub url: String,
    /// Names and values. The host sets `Host`, `Content-Length`, and what belongs to the connection.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Vec<u8>,
    /// A credential of the host's, by name: the host adds it on the way.
    pub credential: Option<String>,
    /// How long it may take to the end of the answer; the host's own limit where absent, and never longer than that.
    pub timeout: Option<Duration>,
    /// Whether the host goes where an answer leads.
    pub follow_redirects: bool,
    /// Anything else the host understands.
    pub extra: Option<Value>,
}

impl HttpRequest {
    /// A request by this method, which follows redirects.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            credential: None,
            timeout: None,
            follow_redirects: true,
            extra: None,
        }
    }

    /// Asks for what is there.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// Asks for the headers of what is there.
    pub fn head(url: impl Into<String>) -> Self {
        Self::new("HEAD", url)
    }

    /// Hands something over.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// Puts something there, in place of what is there.
    pub fn put(url: impl Into<String>) -> Self {
        Self::new("PUT", url)
    }

    /// Changes what is there.
    pub fn patch(url: impl Into<String>) -> Self {
        Self::new("PATCH", url)
    }

    /// Removes what is there.
    pub fn delete(url: impl Into<String>) -> Self {
        Self::new("DELETE", url)
    }

    /// Adds a parameter at the end of the URL, with whatever it has to be escaped.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: &str) -> Self {
        // What follows a `#` is not sent.
        let fragment = self.url.find('#').map(|at| self.url.split_off(at));
        self.url.push(if self.url.contains('?') { '&' } else { '?' });
        escape(name, &mut self.url);
        self.url.push('=');
        escape(value, &mut self.url);
        self.url.push_str(fragment.as_deref().unwrap_or_default());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends bytes or a text, with a header `Content-Type` only where [one is added](Self::with_header).
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends anything that is JSON, and says so in `Content-Type`, where that is not said yet.
    pub fn with_json(mut self, body: impl Serialize) -> Result<Self, Failure> {
        self.body = serde_json::to_vec(&body)?;
        if self.header("content-type").is_none() {
            self = self.with_header("Content-Type", "application/json");
        }
        Ok(self)
    }

    /// Lets the host add this credential of its own.
    #[must_use]
    pub fn with_credential(mut self, name: impl Into<String>) -> Self {
        self.credential = Some(name.into());
        self
    }

    /// Gives it up after this time.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Gives an answer that leads elsewhere as it is.
    #[must_use]
    pub fn without_redirects(mut self) -> Self {
        self.follow_redirects = false;
        self
    }

    /// Adds anything else the host understands.
    #[must_use]
    pub fn with_extra(mut self, extra: impl Into<Value>) -> Self {
        self.extra = Some(extra.into());
        self
    }

    /// The value of the first header of this name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// Gets this URL.
impl From<&str> for HttpRequest {
    fn from(url: &str) -> Self {
        Self::get(url)
    }
}

/// Gets this URL.
impl From<String> for HttpRequest {
    fn from(url: String) -> Self {
        Self::get(url)
    }
}

/// Appends a text with all but the unreserved characters (RFC 3986, 2.3) as their bytes in hexadecimal.
fn escape(text: &str, to: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            to.push(byte.into());
        } else {
            // Writing to a string does not fail.
            let _ = write!(to, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_parameter_goes_to_the_end_of_the_query() {
        let first = HttpRequest::get("https://a/b#c").with_query("q", "1+1=2 ü");
        assert_eq!(first.url, "https://a/b?q=1%2B1%3D2%20%C3%BC#c");
        assert_eq!(HttpRequest::get("https://a?b=c").with_query("d", "").url, "https://a?b=c&d=");
    }

    #[test]
    fn json_says_what_it_is_unless_something_else_is_said() {
        let plain = HttpRequest::post("https://a").with_json([1, 2]).unwrap();
        assert_eq!(
            (plain.body.as_slice(), plain.header("content-type")),
            (&b"[1,2]"[..], Some("application/json"))
        );
        let own = HttpRequest::post("https://a").with_header("CONTENT-TYPE", "application/vnd.api+json");
        let own = own.with_json(json!({})).unwrap();
        assert_eq!(own.headers, [("CONTENT-TYPE".to_owned(), "application/vnd.api+json".to_owned())]);
    }

    #[test]
    fn a_text_is_a_url_to_get() {
        assert_eq!(HttpRequest::from("https://a"), HttpRequest::new("GET", "https://a"));
        assert!(HttpRequest::from("https://a".to_owned()).follow_redirects);
    }
}
