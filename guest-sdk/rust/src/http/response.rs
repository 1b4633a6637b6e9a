//! What the web answers.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Failure;

/// The beginning of an answer: all but its body.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpHead {
    /// For example 200.
    pub status: u16,
    /// Where the answer came from, after redirects.
    pub url: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// Anything else the host says of it.
    pub extra: Option<Value>,
}

impl HttpHead {
    /// Whether the status is one from 200 to 299.
    pub fn is_success(&self) -> bool {
        is_success(self.status)
    }

    /// The value of the first header of this name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpResponse {
    /// For example 200.
    pub status: u16,
    /// Where the answer came from, after redirects.
    pub url: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Anything else the host says of it.
    pub extra: Option<Value>,
}

impl HttpResponse {
    pub(crate) fn new(head: HttpHead, body: Vec<u8>) -> Self {
        let HttpHead { status, url, headers, extra } = head;
        Self { status, url, headers, body, extra }
    }

    /// Whether the status is one from 200 to 299.
    pub fn is_success(&self) -> bool {
        is_success(self.status)
    }

    /// The value of the first header of this name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as a text. What is not UTF-8 of it becomes `U+FFFD`.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON of this shape.
    ///
    /// Fails with [`FailureKind::Failed`](crate::FailureKind::Failed) where it is something else.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    /// use serde_json::json;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Weather {
    ///     degrees: f64,
    /// }
    ///
    /// fn run(cx: &Context, city: String) -> Result<String, Failure> {
    ///     let weather: Weather = cx.http().fetch(format!("https://weather.example.com/{city}"))?.json()?;
    ///     Ok(format!("{} °C", weather.degrees))
    /// }
    ///
    /// let host = FakeHost::new().http("GET", "https://weather.example.com/*", |_| json!({"degrees": 21.5}));
    /// assert_eq!(host.run(run, "Rome").answer(), "21.5 °C");
    /// ```
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Failure::failed(format!("the answer of {} is not the JSON that was expected: {error}", self.url))
        })
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// The value of the first header of this name, in whatever case.
pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;

    fn response(status: u16, body: &[u8]) -> HttpResponse {
        let headers = vec![("x-kind".into(), "first".into()), ("x-kind".into(), "second".into())];
        let head = HttpHead { status, url: "https://a".into(), headers, extra: None };
        HttpResponse::new(head, body.into())
    }

    #[test]
    fn a_header_is_found_in_whatever_case() {
        let response = response(200, b"");
        assert_eq!((response.header("X-Kind"), response.header("x-other")), (Some("first"), None));
    }

    #[test]
    fn only_the_two_hundreds_are_a_success() {
        for (status, success) in [(199, false), (200, true), (299, true), (302, false), (404, false)] {
            assert_eq!(response(status, b"").is_success(), success, "{status}");
        }
    }

    #[test]
    fn a_text_is_read_whatever_the_bytes_are() {
        assert_eq!(response(200, b"a\xffb").text(), "a\u{fffd}b");
    }

    #[test]
    fn what_is_no_json_says_where_it_came_from() {
        assert_eq!(response(200, b"[1]").json::<Vec<u8>>(), Ok(vec![1]));
        let failure = response(200, b"<html>").json::<Vec<u8>>().unwrap_err();
        assert_eq!(failure.kind, FailureKind::Failed);
        assert!(failure.message.contains("https://a"), "{failure}");
    }
}
