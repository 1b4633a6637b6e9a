//! Runs, answered as one document or as a stream of events.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use rak_core::{EventStream, InvocationId, SessionId};
use rak_runner::StartedRun;

use crate::error::ApiError;
use crate::extract::{Json, PathId};
use crate::presentation::{RunFailure, Shown, show};
use crate::protocol::rest::RunBody;
use crate::routes::event_stream;
use crate::run_start::RunStart;
use crate::state::AppState;

pub(crate) async fn run(
    State(state): State<AppState>,
    PathId(session_id): PathId<SessionId>,
    Json(body): Json<RunBody>,
) -> Result<Response, ApiError> {
    let start = RunStart::from_body(session_id, body, false);
    let streaming = start.streaming();
    let StartedRun { invocation_id: id, events } = start.start(&state, InvocationId::new()).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".parse().map_err(ApiError::internal)?),
        (event_stream::INVOCATION_ID, event_stream::header_value(id)),
    ];
    Ok((headers, Body::from_stream(answer(id, events, streaming))).into_response())
}

pub(crate) async fn run_sse(
    State(state): State<AppState>,
    PathId(session_id): PathId<SessionId>,
    Json(body): Json<RunBody>,
) -> Result<Response, ApiError> {
    let start = RunStart::from_body(session_id, body, true);
    let streaming = start.streaming();
    let StartedRun { invocation_id: id, events } = start.start(&state, InvocationId::new()).await?;
    Ok(event_stream::respond(id, events, streaming, &state.settings).await)
}

/// A [`RunAnswer`](crate::protocol::rest::RunAnswer) that is written while the run goes on, so that the events of a
/// long one are not collected here.
fn answer(
    id: InvocationId,
    events: EventStream,
    streaming: bool,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let head = format!(r#"{{"invocationId":"{id}","events":["#);
    let state = Some(Answer { id, events, streaming, separator: "", failure: None, ended: false });
    let rest = stream::unfold(state, |state| async move {
        let mut state = state?;
        match state.next().await {
            Some(piece) => Some((piece, Some(state))),
            None => Some((state.tail(), None)),
        }
    });
    stream::once(std::future::ready(head)).chain(rest).map(|piece| Ok(Bytes::from(piece)))
}

struct Answer {
    id: InvocationId,
    events: EventStream,
    streaming: bool,
    separator: &'static str,
    failure: Option<RunFailure>,
    ended: bool,
}

impl Answer {
    async fn next(&mut self) -> Option<String> {
        loop {
            let item = self.events.next().await?;
            self.ended = item.as_ref().map_or(true, |event| event.turn_complete);
            let Some(shown) = show(item, self.streaming) else { continue };
            let event = match shown {
                Shown::Event(event) | Shown::Cancelled(event) => event,
                Shown::Failed(event, failure) => {
                    self.failure = Some(failure);
                    event
                }
                Shown::Broken(failure) => {
                    self.failure = Some(failure);
                    return None;
                }
            };
            let separator = std::mem::replace(&mut self.separator, ",");
            return Some(format!("{separator}{}", event.json));
        }
    }

    fn tail(self) -> String {
        let failure = self.failure.or_else(|| (!self.ended).then(|| goes_on_later(self.id)));
        match failure {
            None => "]}".to_owned(),
            Some(RunFailure { code, text, .. }) => {
                let (text, code) = (serde_json::Value::from(text), serde_json::Value::from(code));
                format!(r#"],"error":{text},"code":{code}}}"#)
            }
        }
    }
}

/// The host ends before the run does, which the next one goes on with.
fn goes_on_later(id: InvocationId) -> RunFailure {
    RunFailure {
        code: "shutting_down".into(),
        text: format!(
            "the host is shutting down, and the run goes on when it is back: GET /api/v1/invocations/{id}/events tells the rest"
        ),
        details: None,
    }
}
