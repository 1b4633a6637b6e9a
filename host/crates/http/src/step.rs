//! The requests that an exchange takes: the first one, and one for each time that an answer leads on.

use std::sync::Arc;

use bytes::Bytes;
use rak_core::{Failure, HttpRequest};
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE,
    COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION,
};
use reqwest::{Method, Request, StatusCode};
use url::Url;

use crate::credential::Credential;
use crate::failure::{denied, invalid, limit};
use crate::headers::headers;
use crate::place::Place;

/// The longest address, in bytes: servers take half of it.
const MAX_URL_BYTES: usize = 16 << 10;
/// Headers that say something of a body.
const OF_A_BODY: [HeaderName; 4] = [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE];
/// Headers that are for one server only.
const OF_A_PLACE: [HeaderName; 2] = [AUTHORIZATION, COOKIE];

/// One request.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) method: Method,
    /// Without the credential.
    pub(crate) url: Url,
    pub(crate) place: Place,
    headers: HeaderMap,
    body: Bytes,
    /// What is looked for in the answer, also after it was left behind: a server may have passed it on.
    pub(crate) credential: Option<Arc<Credential>>,
    /// Whether it is sent along.
    is_trusted: bool,
}

impl Step {
    /// What is asked.
    pub(crate) fn first(
        request: HttpRequest,
        credential: Option<Arc<Credential>>,
        max_request_bytes: u64,
    ) -> Result<Self, Failure> {
        let method = method(&request.method)?;
        if request.url.len() > MAX_URL_BYTES {
            return Err(limit(format!(
                "the address has {} bytes; {MAX_URL_BYTES} are allowed",
                request.url.len()
            )));
        }
        let url =
            Url::parse(&request.url).map_err(|error| invalid(format!("this is no address: {error}")))?;
        let place = Place::of(&url)?;
        let headers = headers(&request.headers)?;
        let size = request.body.len();
        if u64::try_from(size).is_ok_and(|size| size > max_request_bytes) {
            return Err(limit(format!(
                "the body of the request has {size} bytes; {max_request_bytes} are allowed"
            )));
        }
        if let (Some(credential), Some(name)) = (&credential, &request.credential)
            && !credential.is_for(&place)
        {
            return Err(denied(format!(
                "the credential {name:?} is not for {place}; `hosts` in [http.credentials.{name}] of the host's rak.toml says \
                 for whom it is"
            )));
        }
        let is_trusted = credential.is_some();
        Ok(Self { method, url, place, headers, body: request.body.into(), credential, is_trusted })
    }

    /// Where an answer to it leads, if it leads anywhere.
    pub(crate) fn lead(&self, status: StatusCode, headers: &HeaderMap) -> Option<Url> {
        if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location = std::str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok()?;
        self.url.join(location).ok()
    }

    /// The next request, where such an answer leads there (RFC 9110, 15.4).
    pub(crate) fn follow(mut self, status: StatusCode, url: Url) -> Result<Self, Failure> {
        let place = Place::of(&url)?;
        if self.place.tls && !place.tls {
            return Err(denied(format!(
                "from https:// nobody is followed to {place}, where others can read along"
            )));
        }
        let is_get = match status.as_u16() {
            303 => self.method != Method::HEAD,
            301 | 302 => self.method == Method::POST,
            _ => false,
        };
        if is_get {
            self.method = Method::GET;
            self.body = Bytes::new();
            for name in OF_A_BODY {
                self.headers.remove(name);
            }
        }
        if place != self.place {
            for name in OF_A_PLACE {
                self.headers.remove(name);
            }
        }
        if let Some(credential) = self.credential.as_ref().filter(|credential| !credential.is_for(&place)) {
            if credential.secrets.are_in(url.as_str().as_bytes()) {
                return Err(denied(format!(
                    "the address at {place} has the credential in it, which is not for there"
                )));
            }
            // Not even for the way back: who leads there is somebody else.
            self.is_trusted = false;
        }
        Ok(Self { url, place, ..self })
    }

    /// As it is sent.
    pub(crate) fn request(&self) -> Request {
        let (mut url, mut headers) = (self.url.clone(), self.headers.clone());
        if let Some(credential) = &self.credential {
            Credential::ask_for_plain_text(&mut headers);
            if self.is_trusted {
                credential.add(&mut url, &mut headers);
            }
        }
        // Where a body is usual some servers wait for one that nobody says is empty (RFC 9110, 8.6).
        if self.body.is_empty() && matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = Request::new(self.method.clone(), url);
        *request.headers_mut() = headers;
        if !self.body.is_empty() {
            *request.body_mut() = Some(self.body.clone().into());
        }
        request
    }
}

fn method(written: &str) -> Result<Method, Failure> {
    let error = |reason: &str| invalid(format!("{written:?} is no method: {reason}"));
    if written.contains(|character: char| character.is_ascii_lowercase()) {
        return Err(error("methods are written in capitals, as in GET"));
    }
    match Method::from_bytes(written.as_bytes()) {
        Ok(Method::CONNECT | Method::TRACE) => Err(error("it is for proxies and for the connection")),
        Ok(method) => Ok(method),
        Err(_) => Err(error("write one such as GET or POST")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::{FailureKind, InvocationId, SessionKey};
    use rak_settings::Secret;

    use crate::credential::Way;
    use crate::redaction::Secrets;

    fn request(method: &str, url: &str) -> HttpRequest {
        HttpRequest {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: [
                ("Authorization", "mine"),
                ("Cookie", "c"),
                ("Content-Type", "text/plain"),
                ("X-Own", "1"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            body: b"body".to_vec(),
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
        }
    }

    fn step(method: &str, url: &str) -> Result<Step, Failure> {
        Step::first(request(method, url), None, 1000)
    }

    fn trusted(url: &str, hosts: &str) -> Result<Step, Failure> {
        let credential = Credential {
            hosts: vec![hosts.parse().unwrap()],
            way: Way::Query("key".to_owned(), Secret::new("hunter2")),
            secrets: Arc::new(Secrets::new(["hunter2"])),
        };
        let request = HttpRequest { credential: Some("one".to_owned()), ..request("GET", url) };
        Step::first(request, Some(Arc::new(credential)), 1000)
    }

    fn follow(step: Step, status: u16, url: &str) -> Result<Step, Failure> {
        step.follow(StatusCode::from_u16(status).unwrap(), Url::parse(url).unwrap())
    }

    #[test]
    fn a_method_is_kept_or_becomes_get() {
        for (method, status, next) in [
            ("POST", 301, "GET"),
            ("POST", 302, "GET"),
            ("POST", 303, "GET"),
            ("PUT", 303, "GET"),
            ("HEAD", 303, "HEAD"),
            ("PUT", 301, "PUT"),
            ("DELETE", 302, "DELETE"),
            ("POST", 307, "POST"),
            ("POST", 308, "POST"),
        ] {
            let next_step =
                follow(step(method, "https://a.example").unwrap(), status, "https://a.example/b").unwrap();
            assert_eq!(next_step.method, next, "{method} {status}");
            let request = next_step.request();
            let is_kept = method == next || next == "HEAD";
            assert_eq!(request.body().is_some(), is_kept, "{method} {status}");
            assert_eq!(request.headers().contains_key(CONTENT_TYPE), is_kept);
            assert_eq!(request.headers()["authorization"], "mine");
        }
    }

    #[test]
    fn what_is_for_one_place_is_not_sent_to_another() {
        for (url, is_kept) in [
            ("http://a.example/b", true),
            ("http://b.example/", false),
            ("http://a.example:81/", false),
            ("https://a.example/", false),
        ] {
            let next = follow(step("GET", "http://a.example").unwrap(), 307, url).unwrap().request();
            assert_eq!(next.headers().contains_key("authorization"), is_kept, "{url}");
            assert_eq!(next.headers().contains_key("cookie"), is_kept, "{url}");
            assert!(next.headers().contains_key("x-own"));
        }
    }

    #[test]
    fn nobody_is_followed_where_others_read_along() {
        let failure = follow(step("GET", "https://a.example").unwrap(), 302, "http://a.example").unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied);
        assert!(failure.message.contains("nobody is followed to http://a.example"), "{failure}");
        let failure = follow(step("GET", "https://a.example").unwrap(), 302, "file:///a").unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied);
    }

    #[test]
    fn a_credential_is_for_its_places() {
        let sent = |step: &Step| step.request().url().query() == Some("key=hunter2");
        let first = trusted("https://a.example", "*.example").unwrap();
        assert!(sent(&first) && first.request().headers()["accept-encoding"] == "identity");
        let second = follow(first, 302, "https://b.example").unwrap();
        assert!(sent(&second));
        let away = follow(second, 302, "https://elsewhere").unwrap();
        assert!(!sent(&away) && away.request().headers()["accept-encoding"] == "identity");
        assert!(!sent(&follow(away, 302, "https://a.example").unwrap()), "who leads back may be anybody");
        let failure = trusted("https://b.test", "*.example").unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied);
        assert!(failure.message.contains("\"one\" is not for https://b.test"), "{failure}");
        let first = trusted("https://a.example", "*.example").unwrap();
        let failure = follow(first, 302, "https://elsewhere/?key=hunter2").unwrap_err();
        assert!(failure.message.contains("has the credential in it") && !failure.message.contains("hunter2"));
    }

    #[test]
    fn an_answer_leads_on_by_its_status_and_its_header() {
        let step = step("GET", "https://a.example/b/c?d").unwrap();
        let lead = |status: u16, location: &'static str| {
            let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
            step.lead(StatusCode::from_u16(status).unwrap(), &headers).map(String::from)
        };
        assert_eq!(lead(302, "e").as_deref(), Some("https://a.example/b/e"));
        assert_eq!(lead(308, "//x.example:81/y").as_deref(), Some("https://x.example:81/y"));
        assert_eq!(lead(302, "http://[").as_deref(), None);
        assert_eq!(lead(200, "e"), None);
        assert_eq!(lead(304, "e"), None);
        assert_eq!(step.lead(StatusCode::FOUND, &HeaderMap::new()), None);
    }

    #[test]
    fn what_is_no_request_is_said_so() {
        for (method, url, kind, reason) in [
            ("get", "https://a", FailureKind::InvalidArgument, "written in capitals"),
            ("CONNECT", "https://a", FailureKind::InvalidArgument, "\"CONNECT\" is no method"),
            ("TRACE", "https://a", FailureKind::InvalidArgument, "\"TRACE\" is no method"),
            ("G T", "https://a", FailureKind::InvalidArgument, "is no method"),
            ("", "https://a", FailureKind::InvalidArgument, "is no method"),
            ("GET", "a", FailureKind::InvalidArgument, "this is no address"),
            ("GET", "https://", FailureKind::InvalidArgument, "this is no address"),
            ("GET", "ftp://a", FailureKind::Denied, "only http:// and https://"),
        ] {
            let failure = step(method, url).unwrap_err();
            assert_eq!(failure.kind, kind, "{failure}");
            assert!(failure.message.contains(reason), "{failure}");
        }
        let long = format!("https://a/{}", "b".repeat(16 << 10));
        assert_eq!(step("GET", &long).unwrap_err().kind, FailureKind::LimitExceeded);
        let failure = Step::first(request("POST", "https://a"), None, 3).unwrap_err();
        assert_eq!(failure.message, "the body of the request has 4 bytes; 3 are allowed");
    }
}
