//! How a server ends, step by step, and the tasks that have to end with it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::error::ApiError;
use crate::state::AppState;

/// Shared by everything that lives as long as a connection. The tokens are cancelled in the order of the fields.
#[derive(Clone, Default)]
pub(crate) struct Lifecycle {
    /// The shutdown began: a socket closes as soon as no run is left on it.
    pub(crate) closing: CancellationToken,
    /// Every run has ended: a connection finishes the response it is in.
    pub(crate) finishing: CancellationToken,
    /// Time is up: whatever is left is dropped.
    pub(crate) kill: CancellationToken,
    /// Connections, sockets, and what is carried through for a client that may be gone.
    pub(crate) tasks: TaskTracker,
}

impl Lifecycle {
    /// Does something to its end, also where the client that asked for it goes away meanwhile.
    pub(crate) async fn carry_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.tasks.spawn(work.in_current_span()).await.map_err(ApiError::internal)
    }
}

/// That of the server that serves the request, whatever state its router was made with.
impl FromRequestParts<AppState> for Lifecycle {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().unwrap_or(&state.lifecycle).clone())
    }
}
