//! Whether the server lives, and whether it can work.

use std::time::Duration;

use axum::extract::State;
use tokio::time::timeout;

use crate::error::ApiError;
use crate::state::AppState;

/// How long the store may take to say that it can be written to. Whoever asks gives up after a few seconds.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) async fn health() -> &'static str {
    "OK"
}

pub(crate) async fn readiness(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    if state.runner.is_draining() || state.lifecycle.closing.is_cancelled() {
        return Err(ApiError::draining());
    }
    match timeout(CHECK_TIMEOUT, state.runner.event_log().check()).await {
        Ok(checked) => checked?,
        Err(_) => return Err(ApiError::store_unavailable()),
    }
    Ok("READY")
}
