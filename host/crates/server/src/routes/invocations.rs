//! Invocations: what is kept of them, their events, and how they are stopped.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use rak_core::{InvocationFilter, InvocationId, InvocationRecord, RunError};

use crate::error::ApiError;
use crate::extract::{self, PathId, Query};
use crate::protocol::rest::{
    InvocationBody, InvocationList, InvocationListParameters, MAX_POSITION, ReplayParameters, RespondAnswer,
    RespondBody, page_size,
};
use crate::recording::{RecordingOptions, read_recording};
use crate::routes::event_stream;
use crate::state::AppState;

pub(crate) async fn list(
    State(state): State<AppState>,
    Query(parameters): Query<InvocationListParameters>,
) -> Result<Json<InvocationList>, ApiError> {
    let sessions = match &parameters.session_id {
        Some(id) => state.session_service.find(id).await?,
        None => Vec::new(),
    };
    if parameters.session_id.is_some() && sessions.is_empty() {
        // An empty list of sessions would mean all of them.
        return Ok(Json(InvocationList { invocations: Vec::new(), next: None }));
    }
    let filter = InvocationFilter {
        sessions,
        parent: parameters.parent_id,
        status: parameters.status,
        before: parameters.cursor,
        limit: page_size(parameters.limit),
    };
    let page = state.runner.event_log().invocations(filter).await?;
    Ok(Json(InvocationList { invocations: bodies(&state, page.invocations), next: page.next }))
}

pub(crate) async fn get(
    State(state): State<AppState>,
    PathId(id): PathId<InvocationId>,
) -> Result<Json<InvocationBody>, ApiError> {
    body(&state, id).await.map(Json)
}

/// Stops an invocation. One that is over stays as it is: the answer says how it ended.
pub(crate) async fn cancel(
    State(state): State<AppState>,
    PathId(id): PathId<InvocationId>,
) -> Result<Json<InvocationBody>, ApiError> {
    match state.runner.cancel(id).await {
        Ok(()) | Err(RunError::InvocationOver(_)) => body(&state, id).await.map(Json),
        Err(error) => Err(error.into()),
    }
}

/// Lets an invocation rest until it is resumed. One that rests already rests on.
pub(crate) async fn pause(
    State(state): State<AppState>,
    PathId(id): PathId<InvocationId>,
) -> Result<Json<InvocationBody>, ApiError> {
    state.runner.pause(id).await?;
    body(&state, id).await.map(Json)
}

/// Lets a paused invocation go on. One that is not paused goes on anyway.
pub(crate) async fn resume(
    State(state): State<AppState>,
    PathId(id): PathId<InvocationId>,
) -> Result<Json<InvocationBody>, ApiError> {
    state.runner.resume(id).await?;
    body(&state, id).await.map(Json)
}

/// Answers a question, or says something. When this answers, it is stored.
pub(crate) async fn respond(
    State(state): State<AppState>,
    PathId(id): PathId<InvocationId>,
    extract::Json(body): extract::Json<RespondBody>,
) -> Result<Json<RespondAnswer>, ApiError> {
    let request_id = crate::respond::respond(&state, id, body).await?;
    Ok(Json(RespondAnswer { invocation_id: id, request_id }))
}

pub(crate) async fn events(
    State(state): State<AppState>,
    PathId(id): PathId<InvocationId>,
    Query(parameters): Query<ReplayParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // A browser that reconnects sends the header, and the URL as it was at first.
    let after = last_event_id(&headers)?.or(parameters.after).unwrap_or(0).min(MAX_POSITION);
    let events = state.runner.listen(id, after).await?;
    Ok(event_stream::respond(id, events, parameters.streaming.unwrap_or(true), &state.settings).await)
}

/// What it takes to repeat an invocation elsewhere, written while it is read.
pub(crate) async fn journal(
    State(state): State<AppState>,
    PathId(id): PathId<InvocationId>,
) -> Result<Response, ApiError> {
    let place = state.journals.acquire_owned().await.map_err(ApiError::internal)?;
    let options =
        RecordingOptions { seed_before_the_end: false, retention: state.runner.settings().journal_retention };
    let log = state.runner.event_log().clone();
    let recording = read_recording(log, state.session_service.as_ref(), id, options).await?;
    let recording = recording.map(move |piece| {
        // Held until the last piece is taken.
        let _ = &place;
        // The client sees that its answer ends early.
        piece.inspect_err(
            |error| tracing::error!(invocation = %id, %error, "a journal could not be read to its end"),
        )
    });
    let headers = [(header::CONTENT_TYPE, "application/json")];
    Ok((headers, Body::from_stream(recording)).into_response())
}

/// All that is known of an invocation.
pub(crate) async fn body(state: &AppState, id: InvocationId) -> Result<InvocationBody, ApiError> {
    let record = state.runner.invocation(id).await?.ok_or(RunError::InvocationNotFound(id))?;
    bodies(state, vec![record]).pop().ok_or_else(|| RunError::InvocationNotFound(id).into())
}

/// The records with what the running host knows beside them.
fn bodies(state: &AppState, records: Vec<InvocationRecord>) -> Vec<InvocationBody> {
    let positions = state.runner.queue_positions(&records);
    let body = |(record, queue_position): (InvocationRecord, Option<usize>)| {
        let live = state.invocation_tracker.status(record.id);
        InvocationBody { queue_position, ..InvocationBody::new(record, live) }
    };
    records.into_iter().zip(positions).map(body).collect()
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get("last-event-id").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number
        .map(Some)
        .ok_or_else(|| ApiError::invalid("Last-Event-ID: it has to be the id of an event, a number"))
}
