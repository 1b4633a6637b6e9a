//! The events of an invocation as Server-Sent Events.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use rak_core::{EncodedEvent, EventStream, InvocationId};
use tokio::time::timeout;

use crate::presentation::{RunFailure, Shown, show};
use crate::protocol::sse::StreamFailure;
use crate::settings::ServerSettings;

/// The id of the invocation, on every answer that carries a run.
pub(super) const INVOCATION_ID: HeaderName = HeaderName::from_static("x-invocation-id");
/// The shortest time between two comments, whatever the settings say.
const MIN_KEEP_ALIVE: Duration = Duration::from_millis(1);
/// The head of an answer waits so long for the first event: together they are one packet, and one wake-up of the client.
const FIRST_EVENT: Duration = Duration::from_millis(2);
/// Tells proxies not to collect the stream.
const NO_BUFFERING: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// Answers with the events, one frame each; the end of the stream is the end of the answer.
pub(super) async fn respond(
    id: InvocationId,
    events: EventStream,
    streaming: bool,
    settings: &ServerSettings,
) -> Response {
    let mut events = events.peekable();
    // Where it does not come in time the head goes alone.
    let _ = timeout(FIRST_EVENT, Pin::new(&mut events).peek()).await;
    let frames = events
        .filter_map(move |item| std::future::ready(show(item, streaming)))
        .map(move |shown| Ok::<_, Infallible>(frame(id, shown)));
    let keep_alive = KeepAlive::new().interval(settings.keep_alive.max(MIN_KEEP_ALIVE));
    let headers = [(INVOCATION_ID, header_value(id)), NO_BUFFERING];
    (headers, Sse::new(frames).keep_alive(keep_alive)).into_response()
}

pub(super) fn header_value(id: InvocationId) -> HeaderValue {
    HeaderValue::from_str(&id.to_string()).unwrap_or(HeaderValue::from_static(""))
}

fn frame(id: InvocationId, shown: Shown) -> Event {
    match shown {
        Shown::Event(event) | Shown::Cancelled(event) => numbered(&event).data(&*event.json),
        // It lies where the terminal event lies: who comes back with its number has seen everything.
        Shown::Failed(event, failure) => numbered(&event).data(failure_json(id, failure)),
        Shown::Broken(failure) => Event::default().data(failure_json(id, failure)),
    }
}

fn numbered(event: &EncodedEvent) -> Event {
    match event.seq {
        Some(seq) => Event::default().id(seq.to_string()),
        None => Event::default(),
    }
}

fn failure_json(id: InvocationId, RunFailure { code, text, details }: RunFailure) -> String {
    let failure = StreamFailure { error: text, code, invocation_id: id, error_details: details };
    serde_json::to_string(&failure).unwrap_or_default()
}
