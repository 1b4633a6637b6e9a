//! The way to a provider: requests, and answers that are bounded in size and in silence.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _, try_unfold};
use rak_core::Failure;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use serde_json::Value;
use sse_stream::{Error as SseError, SseStream};
use tokio::time::timeout;

use super::failure::{lost, of_status, silent, too_large, unreachable};
use crate::structured::invalid;

/// How long the way to a provider may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How much of an answer that says what is wrong is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// A client with its bounds.
pub(crate) struct Http {
    client: Client,
    /// How long a provider may be silent.
    idle: Duration,
    /// How large an answer may be.
    max_bytes: usize,
}

/// An answer as it comes.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes, Failure>>;

impl Http {
    /// For a provider at this address.
    pub(crate) fn new(url: &Url, idle: Duration, max_bytes: usize) -> Result<Self, String> {
        // A key is for who it was given for, so nobody is followed elsewhere.
        let builder = Client::builder().connect_timeout(CONNECT).redirect(Policy::none());
        // Without TLS there is nobody to trust, and a machine without certificates will do.
        let is_plain = url.scheme() == "http";
        let builder = if is_plain { builder.tls_certs_only(std::iter::empty()) } else { builder };
        let client =
            builder.build().map_err(|error| format!("HTTP cannot be used here: {}", cause(&error)))?;
        Ok(Self { client, idle, max_bytes })
    }

    /// Posts JSON, and gives what comes back, where that is no error.
    pub(crate) async fn post(&self, url: Url, headers: HeaderMap, body: &Value) -> Result<Answer, Failure> {
        let sent = self.client.post(url).headers(headers).json(body).send();
        let response = match timeout(self.idle, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_connect() => return Err(unreachable(&cause(&error))),
            Ok(Err(error)) => return Err(lost(&cause(&error))),
            Err(_) => return Err(silent(self.idle)),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_success() {
            let is_stream = is_event_stream(&headers);
            return Ok(Answer { is_stream, chunks: chunks(response, self.idle, self.max_bytes) });
        }
        let text = beginning(chunks(response, self.idle, usize::MAX)).await;
        Err(of_status(status, &headers, &text))
    }
}

/// An answer that is no error.
pub(crate) struct Answer {
    /// Whether it is events, or one value.
    pub(crate) is_stream: bool,
    chunks: Chunks,
}

impl Answer {
    /// The data of its events.
    pub(crate) fn events(self) -> BoxStream<'static, Result<String, Failure>> {
        events(self.chunks)
    }

    /// Its one value.
    pub(crate) async fn value(self) -> Result<Value, Failure> {
        let bytes = self.chunks.try_fold(Vec::new(), |mut whole, chunk| async move {
            whole.extend_from_slice(&chunk);
            Ok(whole)
        });
        json(&bytes.await?)
    }
}

/// What a provider says as JSON.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(bytes)
        .map_err(|error| invalid(format!("it gave an answer that is no JSON: {error}")))
}

/// The data of events.
pub(crate) fn events(chunks: Chunks) -> BoxStream<'static, Result<String, Failure>> {
    let events = SseStream::from_bytes_stream(chunks).filter_map(|event| async move {
        match event {
            Ok(event) => event.data.map(Ok),
            Err(SseError::Body(error)) => Some(Err(match error.downcast::<Failure>() {
                Ok(failure) => *failure,
                Err(error) => lost(&error.to_string()),
            })),
            Err(error) => Some(Err(invalid(format!("it gave an event that cannot be read: {error}")))),
        }
    });
    events.boxed()
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
}

/// What comes back, until it is too much or too slow.
fn chunks(response: Response, idle: Duration, max_bytes: usize) -> Chunks {
    let chunks = try_unfold((response, max_bytes), move |(mut response, left)| async move {
        let chunk = match timeout(idle, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => return Ok(None),
            Ok(Err(error)) => return Err(lost(&cause(&error))),
            Err(_) => return Err(silent(idle)),
        };
        match left.checked_sub(chunk.len()) {
            Some(left) => Ok(Some((chunk, (response, left)))),
            None => Err(too_large(max_bytes)),
        }
    });
    chunks.boxed()
}

/// The beginning of what says what is wrong, as far as it comes.
async fn beginning(mut chunks: Chunks) -> String {
    let mut bytes = Vec::new();
    while let Some(Ok(chunk)) = chunks.next().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= MAX_ERROR_BYTES {
            bytes.truncate(MAX_ERROR_BYTES);
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is behind an error of HTTP, which says little itself, and the address with it.
fn cause(error: &reqwest::Error) -> String {
    let mut at: &dyn Error = error;
    while let Some(source) = at.source() {
        at = source;
    }
    if at.is::<reqwest::Error>() { "the request failed".to_owned() } else { at.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use proptest::prelude::*;
    use tokio::runtime::Builder;

    const STREAM: &str = "\u{feff}: a comment\n\ndata: {\"text\":\"größer 🎈\"}\n\nevent: delta\r\ndata: one\r\n\
                          data: two\r\n\r\nid: 7\ndata:three\n\nevent: ping\n\ndata: [DONE]\n\ndata: half";

    fn cut(text: &str, places: &[usize]) -> Vec<Result<Bytes, Failure>> {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let mut places: Vec<_> = places.iter().map(|place| place % (bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        places.windows(2).map(|place| Ok(bytes.slice(place[0]..place[1]))).collect()
    }

    fn read(chunks: Vec<Result<Bytes, Failure>>) -> Vec<Result<String, Failure>> {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(events(stream::iter(chunks).boxed()).collect())
    }

    proptest! {
        #[test]
        fn events_are_the_same_however_they_are_cut(places in prop::collection::vec(any::<usize>(), 0..40)) {
            let data: Vec<_> = read(cut(STREAM, &places)).into_iter().map(Result::unwrap).collect();
            prop_assert_eq!(data, ["{\"text\":\"größer 🎈\"}", "one\ntwo", "three", "[DONE]"]);
        }

        #[test]
        fn any_bytes_are_read_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            read(vec![Ok(Bytes::from(bytes))]);
        }
    }

    #[test]
    fn a_failure_on_the_way_is_the_failure_that_it_is() {
        let failure = too_large(10);
        let read = read(vec![Ok(Bytes::from_static(b"data: a\n\n")), Err(failure.clone())]);
        assert_eq!(read, [Ok("a".to_owned()), Err(failure)]);
    }
}
