//! What people say to an invocation, the same for every route.

use rak_core::InvocationId;

use crate::error::ApiError;
use crate::protocol::rest::RespondBody;
use crate::run_start::check_role;
use crate::state::AppState;

/// Stores it; gives the id of what was answered.
pub(crate) async fn respond(
    state: &AppState,
    id: InvocationId,
    body: RespondBody,
) -> Result<String, ApiError> {
    if let Some(message) = &body.message {
        check_role("message", message)?;
    }
    let respond = body.try_into().map_err(|reason: &str| ApiError::invalid(reason))?;
    Ok(state.runner.respond(id, respond).await?)
}
