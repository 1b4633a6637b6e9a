//! The agents of the host and their versions.

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use rak_core::{AgentInfo, AgentRegistry, AppName, Deployments, RunError};

use crate::agent_versions;
use crate::error::ApiError;
use crate::extract::{Json, PathId, Query};
use crate::lifecycle::Lifecycle;
use crate::protocol::rest::{AgentList, Rollback, UploadParameters, VersionList, VersionName};
use crate::state::AppState;
use crate::upload;

pub(crate) async fn list(State(state): State<AppState>) -> Answer<AgentList> {
    Answer(AgentList { agents: state.runner.agents().list() })
}

pub(crate) async fn get(
    State(state): State<AppState>,
    PathId(name): PathId<AppName>,
) -> Result<Answer<AgentInfo>, ApiError> {
    let agents = state.runner.agents().as_ref();
    agents.info(&name).map(Answer).ok_or_else(|| not_found(agents, name))
}

pub(crate) async fn versions(
    State(state): State<AppState>,
    PathId(name): PathId<AppName>,
) -> Result<Answer<VersionList>, ApiError> {
    let agents = state.runner.agents().as_ref();
    let versions = agent_versions::list(agents, &name);
    versions.map(|versions| Answer(VersionList { versions })).ok_or_else(|| not_found(agents, name))
}

/// Makes what arrives the current version. A client that goes away while it sends has sent nothing; one that goes away
/// afterwards is not told that its version is live.
pub(crate) async fn put(
    State(state): State<AppState>,
    lifecycle: Lifecycle,
    PathId(name): PathId<AppName>,
    Query(parameters): Query<UploadParameters>,
    request: Request,
) -> Result<(StatusCode, Answer<AgentInfo>), ApiError> {
    let agents = state.runner.agents().as_ref();
    let status = if agents.info(&name).is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let mut deployment = deployments(agents)?.begin(&name).await?;
    upload::receive(request, deployment.as_mut(), &state.settings).await?;
    let digest = parameters.digest.map(String::from);
    let info = lifecycle.carry_through(deployment.finish(digest)).await??;
    Ok((status, Answer(info)))
}

pub(crate) async fn rollback(
    State(state): State<AppState>,
    lifecycle: Lifecycle,
    PathId(name): PathId<AppName>,
    body: Option<Json<Rollback>>,
) -> Result<Answer<AgentInfo>, ApiError> {
    let to = body.and_then(|Json(body)| body.to);
    let agents = state.runner.agents().clone();
    let work = async move {
        let to = to.as_ref().map(VersionName::as_str);
        Ok::<_, ApiError>(deployments(agents.as_ref())?.rollback(&name, to).await?)
    };
    lifecycle.carry_through(work).await?.map(Answer)
}

pub(crate) async fn delete(
    State(state): State<AppState>,
    lifecycle: Lifecycle,
    PathId(name): PathId<AppName>,
) -> Result<StatusCode, ApiError> {
    let agents = state.runner.agents().clone();
    let work = async move { Ok::<_, ApiError>(deployments(agents.as_ref())?.remove(&name).await?) };
    lifecycle.carry_through(work).await??;
    Ok(StatusCode::NO_CONTENT)
}

fn deployments(agents: &dyn AgentRegistry) -> Result<&dyn Deployments, ApiError> {
    agents.deployments().ok_or_else(ApiError::fixed_agents)
}

fn not_found(agents: &dyn AgentRegistry, name: AppName) -> ApiError {
    let known = agents.list().into_iter().map(|info| info.name).collect();
    RunError::AgentNotFound { name, known }.into()
}
