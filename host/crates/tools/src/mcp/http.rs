//! A server that is served somewhere, over HTTP.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, StatusCode, Url};
use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
    StreamableHttpPostResponse, StreamableHttpResponseLimits,
};
use sse_stream::Sse;

use super::failure::described;
use super::lines::TOO_LARGE;

/// How long the way to a server may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a request is sent elsewhere.
const MAX_REDIRECTS: usize = 10;

pub(crate) type HttpError = StreamableHttpError<reqwest::Error>;
type Events = BoxStream<'static, Result<Sse, SseError>>;
type Headers = HashMap<HeaderName, HeaderValue>;

/// The client of the library, with errors that do not name the address, since that may have a key in it and the library
/// logs what it cannot do; and where an answer that is too large is the error of its call, and of no other.
#[derive(Clone)]
pub(crate) struct Http(Client);

impl Http {
    /// For the server at this address.
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let builder = Client::builder()
            .connect_timeout(CONNECT)
            .redirect(Policy::custom(redirect))
            // A connection whose last answer was not read to its end is not worth waiting for.
            .pool_max_idle_per_host(0);
        // Without TLS there is nobody to trust, and a machine without certificates will do.
        let is_plain = url.starts_with("http:");
        let builder = if is_plain { builder.tls_certs_only(std::iter::empty()) } else { builder };
        let client = builder.build();
        client.map(Self).map_err(|error| format!("HTTP cannot be used here: {}", described(&error)))
    }

    /// What a message may be.
    pub(crate) fn config(
        url: &str,
        headers: &Headers,
        max_bytes: usize,
    ) -> StreamableHttpClientTransportConfig {
        StreamableHttpClientTransportConfig::with_uri(url)
            .custom_headers(headers.clone())
            .max_json_response_size(max_bytes)
            .max_sse_event_size(max_bytes)
    }
}

/// A request is sent on as it is, and its headers to nobody else.
fn redirect(attempt: Attempt<'_>) -> Action {
    let keeps = [StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT].contains(&attempt.status());
    let origin = attempt.previous().first().map(Url::origin);
    if keeps && attempt.previous().len() <= MAX_REDIRECTS && origin == Some(attempt.url().origin()) {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

impl StreamableHttpClient for Http {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        auth: Option<String>,
        headers: Headers,
    ) -> Result<StreamableHttpPostResponse, HttpError> {
        let limits = StreamableHttpResponseLimits::default();
        self.post_message_with_response_limits(uri, message, session, auth, headers, limits).await
    }

    async fn post_message_with_response_limits(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        auth: Option<String>,
        headers: Headers,
        limits: StreamableHttpResponseLimits,
    ) -> Result<StreamableHttpPostResponse, HttpError> {
        let id = match &message {
            ClientJsonRpcMessage::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        let posted =
            self.0.post_message_with_response_limits(uri, message, session, auth, headers, limits).await;
        match (posted, id) {
            (Ok(StreamableHttpPostResponse::Sse(events, session)), Some(id)) => {
                Ok(StreamableHttpPostResponse::Sse(bounded(events, id), session))
            }
            (Err(StreamableHttpError::ResponseBodyTooLarge { .. }), Some(id)) => {
                Ok(StreamableHttpPostResponse::Json(too_large(id), None))
            }
            (posted, _) => posted.map_err(hidden),
        }
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session: Arc<str>,
        auth: Option<String>,
        headers: Headers,
    ) -> Result<(), HttpError> {
        self.0.delete_session(uri, session, auth, headers).await.map_err(hidden)
    }

    async fn get_stream(
        &self,
        uri: Arc<str>,
        session: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth: Option<String>,
        headers: Headers,
    ) -> Result<Events, HttpError> {
        self.0.get_stream(uri, session, last_event_id, auth, headers).await.map_err(hidden)
    }

    async fn get_stream_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        session: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth: Option<String>,
        headers: Headers,
        max_bytes: usize,
    ) -> Result<Events, HttpError> {
        let stream =
            self.0.get_stream_with_max_sse_event_size(uri, session, last_event_id, auth, headers, max_bytes);
        stream.await.map_err(hidden)
    }
}

/// The events that answer a request, with an error in the place of one that is too large.
fn bounded(events: Events, id: RequestId) -> Events {
    let bounded = events.map(move |event| match event {
        // The library does not show the type of this one.
        Err(SseError::Body(error)) if error.to_string().contains("exceeded the maximum size") => {
            match serde_json::to_string(&too_large(id.clone())) {
                Ok(message) => Ok(Sse::default().data(message)),
                Err(_) => Err(SseError::Body(error)),
            }
        }
        event => event,
    });
    bounded.boxed()
}

fn too_large(id: RequestId) -> ServerJsonRpcMessage {
    ServerJsonRpcMessage::error(ErrorData::new(TOO_LARGE, "the answer is too large", None), Some(id))
}

fn hidden(error: HttpError) -> HttpError {
    match error {
        StreamableHttpError::Client(error) => StreamableHttpError::Client(error.without_url()),
        error => error,
    }
}
