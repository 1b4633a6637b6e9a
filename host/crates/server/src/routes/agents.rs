//! The agents of the host.

use axum::Json;
use axum::extract::State;
use rak_core::{AgentInfo, AppName, RunError};

use crate::error::ApiError;
use crate::extract::PathId;
use crate::protocol::rest::AgentList;
use crate::state::AppState;

pub(crate) async fn list(State(state): State<AppState>) -> Json<AgentList> {
    Json(AgentList { agents: state.runner.agents().list() })
}

pub(crate) async fn get(
    State(state): State<AppState>,
    PathId(name): PathId<AppName>,
) -> Result<Json<AgentInfo>, ApiError> {
    let listed = state.runner.agents().list();
    if let Some(info) = listed.iter().find(|info| info.name == name) {
        return Ok(Json(info.clone()));
    }
    let known = listed.into_iter().map(|info| info.name).collect();
    Err(RunError::AgentNotFound { name, known }.into())
}
