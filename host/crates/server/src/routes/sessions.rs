//! Sessions, their state and their history.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use rak_core::{
    Agent, AppName, HistoryQuery, NewSession, RunError, SessionFilter, SessionId, SessionKey, StateDelta,
    StoreError, scope_of,
};
use rak_runner::SessionAddress;
use serde_json::value::RawValue;

use crate::agent_versions;
use crate::error::ApiError;
use crate::extract::{Json, PathId, Query};
use crate::lifecycle::Lifecycle;
use crate::presentation::raw_json;
use crate::protocol::rest::{
    CreateSession, History, MAX_POSITION, PatchSession, PinChange, SessionBody, SessionList,
    SessionListParameters, SessionName, SessionParameters, VersionName, page_size,
};
use crate::state::AppState;

pub(crate) async fn create(
    State(state): State<AppState>,
    lifecycle: Lifecycle,
    Json(body): Json<CreateSession>,
) -> Result<Answer<SessionName>, ApiError> {
    state.runner.agent(&body.app_name)?;
    let first_state = body.state.unwrap_or_default();
    check_keys(&first_state)?;
    let pinned = find_version(&state, &body.app_name, body.agent_version.as_ref()).await?;
    let key = SessionKey {
        app_name: body.app_name,
        user_id: body.user_id,
        session_id: body.session_id.unwrap_or_else(SessionId::random),
    };
    let name = SessionName::from(&key);
    let agent_version = version_of(pinned.as_ref());
    let new = NewSession { key, state: first_state, agent_version };
    // The version is held until the session is stored.
    let creating = async move { (state.session_service.create(new).await, pinned) };
    match lifecycle.carry_through(creating).await?.0 {
        Ok(_) => Ok(Answer(name)),
        Err(StoreError::Conflict { .. }) => Err(ApiError::session_exists(&name.session_id)),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn list(
    State(state): State<AppState>,
    Query(parameters): Query<SessionListParameters>,
) -> Result<Answer<SessionList>, ApiError> {
    let filter = SessionFilter {
        app_name: parameters.app_name,
        user_id: parameters.user_id,
        cursor: parameters.cursor,
        limit: page_size(parameters.limit),
    };
    let page = match state.session_service.list(filter).await {
        // Nothing else of a list can be absent.
        Err(StoreError::NotFound { .. }) => {
            return Err(ApiError::invalid("cursor: it has to be the next of an earlier page"));
        }
        page => page?,
    };
    let sessions = page.sessions.into_iter().map(SessionBody::listed).collect();
    Ok(Answer(SessionList { sessions, next: page.next }))
}

pub(crate) async fn get(
    State(state): State<AppState>,
    PathId(id): PathId<SessionId>,
    Query(parameters): Query<SessionParameters>,
) -> Result<Answer<SessionBody>, ApiError> {
    let key = find(&state, &id, parameters).await?;
    let session = state.session_service.get(&key).await?.ok_or(RunError::SessionNotFound(id))?;
    Ok(Answer(SessionBody::whole(session)))
}

pub(crate) async fn patch(
    State(state): State<AppState>,
    lifecycle: Lifecycle,
    PathId(id): PathId<SessionId>,
    Query(parameters): Query<SessionParameters>,
    Json(PatchSession { state_delta, agent_version }): Json<PatchSession>,
) -> Result<Answer<SessionBody>, ApiError> {
    if state_delta.is_none() && agent_version.is_keep() {
        return Err(ApiError::invalid("there is nothing to change: send stateDelta, agentVersion, or both"));
    }
    check_keys(state_delta.as_ref().unwrap_or(&StateDelta::new()))?;
    let key = find(&state, &id, parameters).await?;
    let named = if let PinChange::To(named) = &agent_version { Some(named) } else { None };
    let pinned = find_version(&state, &key.app_name, named).await?;
    let patching = async move {
        let sessions = state.session_service;
        let mut session = None;
        if let Some(delta) = state_delta {
            session = sessions.update_state(&key, delta).await?;
        }
        if !agent_version.is_keep() {
            session = sessions.pin(&key, version_of(pinned.as_ref())).await?;
        }
        // Held until here.
        drop(pinned);
        Ok::<_, StoreError>(session)
    };
    let session = lifecycle.carry_through(patching).await??;
    Ok(Answer(SessionBody::whole(session.ok_or(RunError::SessionNotFound(id))?)))
}

pub(crate) async fn delete(
    State(state): State<AppState>,
    PathId(id): PathId<SessionId>,
    Query(parameters): Query<SessionParameters>,
) -> Result<StatusCode, ApiError> {
    let key = find(&state, &id, parameters).await?;
    if state.runner.delete_session(&key).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(RunError::SessionNotFound(id).into())
    }
}

pub(crate) async fn history(
    State(state): State<AppState>,
    PathId(id): PathId<SessionId>,
    Query(parameters): Query<SessionParameters>,
) -> Result<Response, ApiError> {
    let position = parameters.after.unwrap_or(0).min(MAX_POSITION);
    let limit = page_size(parameters.limit);
    let key = find(&state, &id, parameters).await?;
    let page = state.session_service.history(&key, HistoryQuery::After { position, limit }).await?;
    let events: Vec<&RawValue> = page.entries.iter().map(|entry| raw_json(&entry.event)).collect();
    Ok(Answer(History { events, next: page.next }).into_response())
}

pub(super) async fn find(
    state: &AppState,
    id: &SessionId,
    parameters: SessionParameters,
) -> Result<SessionKey, ApiError> {
    let SessionParameters { app_name, user_id, .. } = parameters;
    let address = SessionAddress { session_id: id.clone(), app_name, user_id };
    let found = state.runner.find(&address).await?;
    found.ok_or_else(|| RunError::SessionNotFound(id.clone()).into())
}

/// The version that a session is to stay on. It has to be held until that is stored: a version that nobody holds and no
/// session stays on may go.
async fn find_version(
    state: &AppState,
    agent: &AppName,
    named: Option<&VersionName>,
) -> Result<Option<Arc<dyn Agent>>, ApiError> {
    let Some(named) = named else { return Ok(None) };
    agent_versions::find(state.runner.agents().as_ref(), agent, named).await.map(Some)
}

fn version_of(agent: Option<&Arc<dyn Agent>>) -> Option<String> {
    agent.map(|agent| agent.version().to_owned())
}

fn check_keys(state: &StateDelta) -> Result<(), ApiError> {
    for key in state.keys() {
        scope_of(key)?;
    }
    Ok(())
}
