//! From a request to a socket.
//!
//! Not axum's own extractor: that one runs the socket in a task that nobody owns, and hides the errors that tell a
//! frame that is too large from a connection that was lost.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tracing::Instrument as _;

use crate::error::ApiError;
use crate::protocol::ws::SUBPROTOCOL_V2;
use crate::settings::ServerSettings;
use crate::state::AppState;
use crate::ws_connection::{Dialect, serve};

/// Answers the handshake, and serves the socket in a task of the server.
pub(crate) fn upgrade(state: AppState, request: Request) -> Response {
    let mut response = match create_response_with_body(&request, Body::empty) {
        Ok(response) => response,
        Err(error) => return refuse(&error.to_string()),
    };
    let dialect = negotiate(request.headers());
    if dialect == Dialect::V2 {
        let name = HeaderValue::from_static(SUBPROTOCOL_V2);
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, name);
    }
    let config = config(&state.settings);
    let tasks = state.lifecycle.tasks.clone();
    let socket = async move {
        match hyper::upgrade::on(request).await {
            Ok(upgraded) => {
                let io = TokioIo::new(upgraded);
                let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
                Box::pin(serve(socket, state, dialect)).await;
                tracing::debug!("socket closed");
            }
            Err(error) => tracing::debug!(%error, "a socket was not opened"),
        }
    };
    tasks.spawn(socket.instrument(tracing::info_span!("socket", ?dialect)));
    response
}

fn refuse(why: &str) -> Response {
    let text = format!("this route is a WebSocket: {why}");
    let error = ApiError::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", text);
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
    ];
    (headers, error).into_response()
}

fn negotiate(headers: &HeaderMap) -> Dialect {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let mut names = offered.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    if names.any(|name| name.trim() == SUBPROTOCOL_V2) { Dialect::V2 } else { Dialect::V1 }
}

/// There is no bound on the write buffer itself: the writer has one message in it at a time, and flushes.
fn config(settings: &ServerSettings) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(settings.socket_read_buffer_bytes)
        .write_buffer_size(settings.socket_write_buffer_bytes)
        .max_message_size(Some(settings.max_frame_bytes))
        .max_frame_size(Some(settings.max_frame_bytes))
}
