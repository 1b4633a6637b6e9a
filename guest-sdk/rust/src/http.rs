//! HTTP: what the host lets an agent ask of the web.

mod exchange;
mod request;
mod response;

pub use exchange::HttpExchange;
pub use request::HttpRequest;
pub use response::{HttpHead, HttpResponse};

use crate::Failure;
use crate::host::{Current, Host};

/// The web, as far as the agent's manifest lets it go there: `cx.http()`. The host makes the connections, follows redirects,
/// and adds the credentials, which the agent never sees.
///
/// What is asked is an [`HttpRequest`]; a string is one, too, which gets this URL.
///
/// An answer with a status of 400 and more is an answer. A call fails where there is none: the place, its port or the
/// credential is not granted ([`Denied`](crate::FailureKind::Denied)), it is no request
/// ([`InvalidArgument`](crate::FailureKind::InvalidArgument)), nobody is there or the connection was cut off
/// ([`Unavailable`](crate::FailureKind::Unavailable)), it took too long
/// ([`DeadlineExceeded`](crate::FailureKind::DeadlineExceeded)), or the answer is too large
/// ([`LimitExceeded`](crate::FailureKind::LimitExceeded)).
///
/// Where the host ended during a request, it is made again if that may be done: by its method, `GET` or `PUT` for example, or
/// because it has a header `Idempotency-Key`. Of another one nobody knows what came of it: that is a
/// [`Conflict`](crate::FailureKind::Conflict) with the code `unknown_outcome`.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Context, Failure};
///
/// fn run(cx: &Context, city: String) -> Result<String, Failure> {
///     let answer = cx.http().fetch(format!("https://weather.example.com/{city}"))?;
///     if answer.is_success() { Ok(answer.text()) } else { Ok(format!("Nothing is known of {city}.")) }
/// }
///
/// let host = FakeHost::new().http("GET", "https://weather.example.com/Rome", |_| "It is sunny.");
/// assert_eq!(host.run(run, "Rome").answer(), "It is sunny.");
/// ```
#[derive(Clone, Copy)]
pub struct Http<'cx> {
    host: &'cx Current,
}

impl<'cx> Http<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// Asks, and waits for the whole answer.
    pub fn fetch(&self, request: impl Into<HttpRequest>) -> Result<HttpResponse, Failure> {
        self.host.fetch(request.into())
    }

    /// Asks, and gives the answer as it comes. Does not wait, so several can be asked at once.
    pub fn open(&self, request: impl Into<HttpRequest>) -> Result<HttpExchange, Failure> {
        self.host.open_exchange(request.into()).map(HttpExchange::new)
    }
}
