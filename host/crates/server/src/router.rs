//! The route table.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use rak_core::SessionService;
use rak_runner::Runner;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use crate::error::ApiError;
use crate::origin;
use crate::routes::{agents, artifacts, health, invocations, runs, sessions, socket};
use crate::settings::ServerSettings;
use crate::state::AppState;

/// Everything this server answers, with the default settings.
pub fn create_router(runner: Runner, session_service: Arc<dyn SessionService>) -> Router {
    create_router_with(AppState { session_service, ..AppState::new(runner, ServerSettings::default()) })
}

/// Everything this server answers.
pub fn create_router_with(state: AppState) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/readiness", get(health::readiness))
        .route("/api/v1/agents", get(agents::list))
        .route("/api/v1/agents/{name}", get(agents::get).put(agents::put).delete(agents::delete))
        .route("/api/v1/agents/{name}/versions", get(agents::versions))
        .route("/api/v1/agents/{name}/rollback", post(agents::rollback))
        .route("/api/v1/sessions", get(sessions::list).post(sessions::create))
        .route("/api/v1/sessions/{id}", get(sessions::get).patch(sessions::patch).delete(sessions::delete))
        .route("/api/v1/sessions/{id}/events", get(sessions::history))
        .route("/api/v1/sessions/{id}/artifacts", get(artifacts::list))
        .route(
            "/api/v1/sessions/{id}/artifacts/{name}",
            get(artifacts::get).put(artifacts::put).delete(artifacts::delete),
        )
        .route("/api/v1/sessions/{id}/artifacts/{name}/versions", get(artifacts::versions))
        .route("/api/v1/sessions/{id}/run", post(runs::run))
        .route("/api/v1/sessions/{id}/run/sse", post(runs::run_sse))
        .route("/api/v1/sessions/{id}/run/ws", get(socket::open))
        .route("/api/v1/invocations", get(invocations::list))
        .route("/api/v1/invocations/{id}", get(invocations::get))
        .route("/api/v1/invocations/{id}/events", get(invocations::events))
        .route("/api/v1/invocations/{id}/journal", get(invocations::journal))
        .route("/api/v1/invocations/{id}/cancel", post(invocations::cancel))
        .route("/api/v1/invocations/{id}/pause", post(invocations::pause))
        .route("/api/v1/invocations/{id}/resume", post(invocations::resume))
        .route("/api/v1/invocations/{id}/respond", post(invocations::respond))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(state.settings.clone(), origin::guard))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(trace))
        .with_state(state)
}

async fn no_route() -> ApiError {
    ApiError::no_route()
}

async fn no_method(method: Method) -> ApiError {
    ApiError::no_method(&method)
}

fn panicked(_panic: Box<dyn Any + Send>) -> Response {
    ApiError::internal("a handler panicked").into_response()
}

/// One span for each request. Only the route's pattern is recorded: what stands in a path belongs to the client.
async fn trace(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!("request", method = %request.method(), route);
    async {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}
