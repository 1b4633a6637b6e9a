//! What the web of a test answers.

use std::time::Duration;

use serde_json::Value;

use crate::Failure;

/// What a place of the web answers once: [`FakeHost::http`](crate::testing::FakeHost::http). A text is one, and so are a JSON value,
/// bytes, a [`Failure`], and a `Result` of one of these; all but the failure with the status 200.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpAnswer {
    pub(super) beginning: Result<Beginning, Failure>,
    pub(super) pieces: Vec<Vec<u8>>,
    pub(super) end: Result<(), Failure>,
    pub(super) takes: Duration,
}

/// All but the body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Beginning {
    pub(super) status: u16,
    /// That of the request where absent.
    pub(super) url: Option<String>,
    pub(super) headers: Vec<(String, String)>,
}

impl HttpAnswer {
    /// An answer of this status, without a body.
    pub fn status(status: u16) -> Self {
        let beginning = Beginning { status, url: None, headers: Vec::new() };
        Self { beginning: Ok(beginning), pieces: Vec::new(), end: Ok(()), takes: Duration::ZERO }
    }

    /// An answer whose body comes in these pieces: texts or bytes.
    pub fn pieces<P: Into<Vec<u8>>>(pieces: impl IntoIterator<Item = P>) -> Self {
        let pieces = pieces.into_iter().map(Into::into).filter(|piece| !piece.is_empty()).collect();
        Self { pieces, ..Self::status(200) }
    }

    /// Sets the status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.map(|beginning| beginning.status = status)
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(self, name: impl AsRef<str>, value: impl Into<String>) -> Self {
        self.map(|beginning| beginning.headers.push((name.as_ref().to_ascii_lowercase(), value.into())))
    }

    /// Says where the answer came from, as after redirects. The fake host follows none by itself.
    #[must_use]
    pub fn with_url(self, url: impl Into<String>) -> Self {
        self.map(|beginning| beginning.url = Some(url.into()))
    }

    /// Ends the answer with a failure after its last piece: a connection that was cut off, a host that ended.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::{FakeHost, HttpAnswer};
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, url: String) -> Result<String, Failure> {
    ///     let exchange = cx.http().open(url)?;
    ///     let read = exchange.pieces().take_while(Result::is_ok).count();
    ///     Ok(format!("cut off after {read} pieces"))
    /// }
    ///
    /// let cut_off = |_: &_| HttpAnswer::pieces(["one", "two"]).broken_by(Failure::unavailable("cut off"));
    /// let host = FakeHost::new().http("GET", "https://example.com/", cut_off);
    /// assert_eq!(host.run(run, "https://example.com/").answer(), "cut off after 2 pieces");
    /// ```
    #[must_use]
    pub fn broken_by(mut self, failure: Failure) -> Self {
        self.end = Err(failure);
        self
    }

    /// Lets it take this time of the fake clock, over which its pieces come evenly; it begins with the first of them.
    #[must_use]
    pub fn takes(mut self, time: Duration) -> Self {
        self.takes = time;
        self
    }

    fn map(mut self, change: impl FnOnce(&mut Beginning)) -> Self {
        if let Ok(beginning) = &mut self.beginning {
            change(beginning);
        }
        self
    }

    fn whole(mime_type: &str, body: Vec<u8>) -> Self {
        Self::pieces([body]).with_header("content-type", mime_type)
    }
}

/// Of the type `text/plain; charset=utf-8`.
impl From<&str> for HttpAnswer {
    fn from(text: &str) -> Self {
        String::from(text).into()
    }
}

/// Of the type `text/plain; charset=utf-8`.
impl From<String> for HttpAnswer {
    fn from(text: String) -> Self {
        Self::whole("text/plain; charset=utf-8", text.into())
    }
}

/// Of the type `application/json`.
impl From<Value> for HttpAnswer {
    fn from(value: Value) -> Self {
        Self::whole("application/json", value.to_string().into())
    }
}

/// Of the type `application/octet-stream`.
impl From<Vec<u8>> for HttpAnswer {
    fn from(bytes: Vec<u8>) -> Self {
        Self::whole("application/octet-stream", bytes)
    }
}

/// There is no answer.
impl From<Failure> for HttpAnswer {
    fn from(failure: Failure) -> Self {
        Self { beginning: Err(failure.clone()), pieces: Vec::new(), end: Err(failure), takes: Duration::ZERO }
    }
}

impl<A: Into<Self>> From<Result<A, Failure>> for HttpAnswer {
    fn from(answer: Result<A, Failure>) -> Self {
        answer.map_or_else(Into::into, Into::into)
    }
}
