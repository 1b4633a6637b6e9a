//! Files of sessions and users.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use rak_core::time::UnixMillis;
use rak_core::{
    ArtifactInfo, ArtifactService, NewArtifact, RunError, SessionId, SessionKey, StoreError, artifact_scope,
    check_mime_type,
};

use super::sessions;
use crate::download;
use crate::error::ApiError;
use crate::extract::{PathId, Query};
use crate::lifecycle::Lifecycle;
use crate::protocol::rest::{
    ArtifactList, ArtifactListParameters, ArtifactParameters, ArtifactVersionList, SessionParameters,
};
use crate::state::AppState;
use crate::upload;

/// What a file is of which nobody says what it is.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// The session and the name in the path, where a name is one segment, its slashes encoded.
pub(crate) struct ArtifactPath {
    session: SessionId,
    name: String,
}

impl<S: Send + Sync> FromRequestParts<S> for ArtifactPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path((session, name)) = Path::<(String, String)>::from_request_parts(parts, state).await?;
        artifact_scope(&name)?;
        Ok(Self { session: session.parse()?, name })
    }
}

pub(crate) async fn list(
    State(state): State<AppState>,
    PathId(id): PathId<SessionId>,
    Query(parameters): Query<ArtifactListParameters>,
) -> Result<Answer<ArtifactList>, ApiError> {
    let artifacts = service(&state)?;
    let ArtifactListParameters { app_name, user_id, prefix } = parameters;
    let session = SessionParameters { app_name, user_id, ..SessionParameters::default() };
    let key = sessions::find(&state, &id, session).await?;
    let artifacts = artifacts.newest(&key, &prefix.unwrap_or_default()).await?;
    Ok(Answer(ArtifactList { artifacts }))
}

pub(crate) async fn versions(
    State(state): State<AppState>,
    path: ArtifactPath,
    Query(parameters): Query<ArtifactParameters>,
) -> Result<Answer<ArtifactVersionList>, ApiError> {
    let artifacts = service(&state)?;
    let key = find_session(&state, &path, &parameters).await?;
    let versions = artifacts.versions(&key, &path.name).await?;
    if versions.is_empty() {
        return Err(ApiError::artifact_not_found(&path.name, None));
    }
    Ok(Answer(ArtifactVersionList { versions }))
}

/// The content of a version, of the newest where none is named.
pub(crate) async fn get(
    State(state): State<AppState>,
    path: ArtifactPath,
    Query(parameters): Query<ArtifactParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let artifacts = service(&state)?;
    let key = find_session(&state, &path, &parameters).await?;
    let found = artifacts.find(&key, &path.name, parameters.version).await?;
    let info = found.ok_or_else(|| ApiError::artifact_not_found(&path.name, parameters.version))?;
    Ok(download::respond(artifacts, key, info, &headers))
}

/// Makes what arrives a new version. A client that goes away while it sends has sent nothing; one that goes away afterwards is
/// not told that it is kept.
pub(crate) async fn put(
    State(state): State<AppState>,
    lifecycle: Lifecycle,
    path: ArtifactPath,
    Query(parameters): Query<ArtifactParameters>,
    request: Request,
) -> Result<(StatusCode, Answer<ArtifactInfo>), ApiError> {
    let artifacts = service(&state)?;
    let limits = state.runner.artifact_limits();
    if parameters.version.is_some() {
        return Err(ApiError::invalid("version: a new version gets its number; leave it out"));
    }
    let mime_type = mime_type(request.headers())?;
    let session = find_session(&state, &path, &parameters).await?;
    let _place = state.uploads.acquire().await.map_err(ApiError::internal)?;
    let data = upload::collect(request, limits.bytes, &state.settings).await?;
    let new = NewArtifact {
        session,
        name: path.name,
        mime_type,
        data,
        at: UnixMillis::now(),
        origin: None,
        max_user_bytes: limits.user_bytes,
    };
    let saving = async move { artifacts.save(new).await };
    match lifecycle.carry_through(saving).await? {
        Ok(info) => Ok((StatusCode::CREATED, Answer(info))),
        // It was removed while this came.
        Err(StoreError::NotFound { .. }) => Err(RunError::SessionNotFound(path.session).into()),
        Err(error @ StoreError::TooLarge { .. }) => Err(ApiError::artifacts_full(&error)),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn delete(
    State(state): State<AppState>,
    lifecycle: Lifecycle,
    path: ArtifactPath,
    Query(parameters): Query<ArtifactParameters>,
) -> Result<StatusCode, ApiError> {
    let artifacts = service(&state)?;
    let key = find_session(&state, &path, &parameters).await?;
    let (name, version) = (path.name.clone(), parameters.version);
    let removing = async move { artifacts.remove(&key, &name, version).await };
    if lifecycle.carry_through(removing).await?? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::artifact_not_found(&path.name, parameters.version))
    }
}

fn service(state: &AppState) -> Result<Arc<dyn ArtifactService>, ApiError> {
    state.runner.artifacts().ok_or_else(ApiError::no_artifacts)
}

async fn find_session(
    state: &AppState,
    path: &ArtifactPath,
    parameters: &ArtifactParameters,
) -> Result<SessionKey, ApiError> {
    let (app_name, user_id) = (parameters.app_name.clone(), parameters.user_id.clone());
    let session = SessionParameters { app_name, user_id, ..SessionParameters::default() };
    sessions::find(state, &path.session, session).await
}

/// What the body says it is, with its parameters.
fn mime_type(headers: &HeaderMap) -> Result<String, ApiError> {
    let Some(value) = headers.get(header::CONTENT_TYPE).filter(|value| !value.is_empty()) else {
        return Ok(UNKNOWN_TYPE.to_owned());
    };
    let text = String::from_utf8_lossy(value.as_bytes()).trim().to_owned();
    check_mime_type(&text).map_err(|failure| ApiError::invalid(format!("Content-Type: {failure}")))?;
    Ok(text)
}
