//! HTTP: what is asked, and how an answer begins.

use super::super::bindings::rak::agent::http;
use super::{json, value};
use crate::wait::millis;
use crate::{HttpHead, HttpRequest};

impl From<HttpRequest> for http::Request {
    fn from(request: HttpRequest) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
            credential: request.credential,
            timeout_ms: request.timeout.map(millis),
            follow_redirects: request.follow_redirects,
            extra: request.extra.as_ref().map(json),
        }
    }
}

impl From<http::Head> for HttpHead {
    fn from(head: http::Head) -> Self {
        let http::Head { status, url, headers, extra } = head;
        Self { status, url, headers, extra: extra.map(value) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_keeps_all_that_is_asked() {
        let none = http::Request::from(HttpRequest::get("https://a"));
        assert_eq!((none.method.as_str(), none.url.as_str()), ("GET", "https://a"));
        assert!(none.headers.is_empty() && none.body.is_empty() && none.follow_redirects);
        assert!(none.credential.is_none() && none.timeout_ms.is_none() && none.extra.is_none());
        let all = HttpRequest::put("https://a")
            .with_header("X-A", "b")
            .with_body("c")
            .with_credential("d")
            .with_timeout(Duration::from_micros(1500))
            .without_redirects()
            .with_extra(json!(1));
        let all = http::Request::from(all);
        assert_eq!((all.headers, all.body), (vec![("X-A".into(), "b".into())], b"c".to_vec()));
        assert_eq!((all.credential.as_deref(), all.timeout_ms), (Some("d"), Some(2)));
        assert_eq!((all.follow_redirects, all.extra.as_deref()), (false, Some("1")));
    }

    #[test]
    fn a_beginning_keeps_all_that_is_said() {
        let headers = vec![("x-a".to_owned(), "b".to_owned())];
        let theirs = http::Head {
            status: 404,
            url: "https://a".into(),
            headers: headers.clone(),
            extra: Some("{}".into()),
        };
        let ours = HttpHead { status: 404, url: "https://a".into(), headers, extra: Some(json!({})) };
        assert_eq!(HttpHead::from(theirs), ours);
    }
}
