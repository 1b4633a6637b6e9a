//! The web that a test has: what it answers, and what it was asked.

mod answer;
mod exchange;

use std::fmt;
use std::rc::Rc;

use super::FakeHost;
use super::invocation::Inner;
use super::started::Calls;
use crate::{Failure, HttpRequest};

pub use answer::HttpAnswer;
pub(crate) use exchange::FakeExchange;

/// What was asked of the web. What the test has no answer for is not among it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct HttpCall {
    /// What was asked.
    pub request: HttpRequest,
    /// Whether it was given up before its end, by the agent or because its run was over. A timeout is an end.
    pub cancelled: bool,
}

impl FakeHost {
    /// A place of the web that the agent may reach: what it answers to this method at this URL. A URL that ends with `*` stands
    /// for all that begin with the rest; one that says more comes before one that says less. The function takes the request and
    /// returns a text, a JSON value, bytes, an [`HttpAnswer`], a [`Failure`], or a `Result` of one of the former and a failure.
    ///
    /// What no answer is said for is denied, as a place is that the agent's manifest does not grant.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::{FakeHost, HttpAnswer};
    /// use rak::{Context, Failure, HttpRequest};
    /// use serde_json::json;
    ///
    /// fn run(cx: &Context, note: String) -> Result<String, Failure> {
    ///     let request = HttpRequest::post("https://notes.example.com/notes").with_json(json!({"note": note}))?;
    ///     let answer = cx.http().fetch(request.with_credential("notes"))?;
    ///     Ok(answer.header("location").unwrap_or("nowhere").to_owned())
    /// }
    ///
    /// let host = FakeHost::new().http("POST", "https://notes.example.com/notes", |request| {
    ///     assert_eq!(request.body, br#"{"note":"buy milk"}"#);
    ///     HttpAnswer::status(201).with_header("Location", "/notes/1")
    /// });
    /// let run = host.run(run, "buy milk");
    /// assert_eq!(run.answer(), "/notes/1");
    /// assert_eq!(run.http_calls[0].request.credential.as_deref(), Some("notes"));
    /// ```
    #[must_use]
    pub fn http<A: Into<HttpAnswer>>(
        mut self,
        method: impl Into<String>,
        url: impl Into<String>,
        answer: impl Fn(&HttpRequest) -> A + 'static,
    ) -> Self {
        let (method, url) = (method.into(), url.into());
        self.http.retain(|known| (&known.method, &known.url) != (&method, &url));
        self.http.push(Route { method, url, answer: Rc::new(move |request| answer(request).into()) });
        self
    }
}

/// What is answered to a method at a URL, or at all that begin like it.
#[derive(Clone)]
pub(super) struct Route {
    method: String,
    url: String,
    answer: Rc<dyn Fn(&HttpRequest) -> HttpAnswer>,
}

impl Route {
    fn takes(&self, request: &HttpRequest) -> bool {
        let there = match self.url.strip_suffix('*') {
            Some(beginning) => request.url.starts_with(beginning),
            None => request.url == self.url,
        };
        there && request.method == self.method
    }

    /// How much it says: first whether it is one URL, then how long it is.
    fn says(&self) -> (bool, usize) {
        (!self.url.ends_with('*'), self.url.len())
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}

/// The web of one run.
pub(super) struct Http {
    routes: Vec<Route>,
    calls: Calls<HttpCall>,
}

impl Http {
    pub(super) fn new(routes: Vec<Route>) -> Self {
        Self { routes, calls: Calls::default() }
    }

    /// What was asked, in order.
    pub(super) fn calls(&self) -> Vec<HttpCall> {
        self.calls.all().into_iter().map(|(call, cancelled)| HttpCall { cancelled, ..call }).collect()
    }

    /// Asks for `run`, whose web this is.
    pub(super) fn open(&self, run: &Rc<Inner>, request: HttpRequest) -> Result<FakeExchange, Failure> {
        let takes = self.routes.iter().filter(|route| route.takes(&request));
        let route = takes.max_by_key(|route| route.says()).ok_or_else(|| self.denied(&request))?;
        let answer = (route.answer)(&request);
        let (url, timeout) = (request.url.clone(), request.timeout);
        let cancelled = self.calls.note(HttpCall { request, cancelled: false });
        Ok(FakeExchange::new(run, answer, url, timeout, cancelled))
    }

    /// The failure where nothing is answered; it says what there is an answer for.
    fn denied(&self, request: &HttpRequest) -> Failure {
        let known: Vec<_> =
            self.routes.iter().map(|route| format!("`{} {}`", route.method, route.url)).collect();
        let known = if known.is_empty() {
            "there is nothing".into()
        } else {
            format!("there is {}", known.join(", "))
        };
        let HttpRequest { method, url, .. } = request;
        Failure::denied(format!("the agent may not ask `{method} {url}` in this test; {known}"))
    }
}

#[cfg(test)]
mod tests;
