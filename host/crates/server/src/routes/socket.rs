//! The way into a WebSocket.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::lifecycle::Lifecycle;
use crate::state::AppState;
use crate::ws_connection;

/// The session in the path says nothing: every `run` names its own. A socket ends with the server that serves it.
pub(crate) async fn open(State(state): State<AppState>, lifecycle: Lifecycle, request: Request) -> Response {
    ws_connection::upgrade(AppState { lifecycle, ..state }, request)
}
