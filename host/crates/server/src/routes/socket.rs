//! The way into a WebSocket.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;

use crate::lifecycle::Lifecycle;
use crate::state::AppState;
use crate::ws_connection;

/// The session in the path says nothing: every `run` names its own. A socket ends with the server that serves it,
/// whatever state its router was made with.
pub(crate) async fn open(
    State(mut state): State<AppState>,
    serving: Option<Extension<Lifecycle>>,
    request: Request,
) -> Response {
    if let Some(Extension(lifecycle)) = serving {
        state.lifecycle = lifecycle;
    }
    ws_connection::upgrade(state, request)
}
