//! One connection, from its first request to its last byte.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tower::ServiceExt as _;

use super::client_stream::ClientStream;
use crate::lifecycle::Lifecycle;
use crate::origin::OverLoopback;
use crate::settings::ServerSettings;
use crate::state::AppState;

/// How much of a request's head, and of what is still to be written, a connection holds. Hyper starts with 8 KiB and
/// would grow to 400 KiB; with this a client that reads nothing costs this much and what the kernel holds.
const BUFFER_BYTES: usize = 64 << 10;

/// Serves connections. HTTP/1.1 only: browsers speak HTTP/2 over TLS alone, and a proxy that ends TLS speaks 1.1 to
/// what is behind it.
pub(super) struct Connections {
    router: Router,
    http: http1::Builder,
    settings: Arc<ServerSettings>,
    lifecycle: Lifecycle,
}

impl Connections {
    pub(super) fn new(router: Router, state: &AppState) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(state.settings.header_timeout)
            .max_buf_size(BUFFER_BYTES);
        Self { router, http, settings: state.settings.clone(), lifecycle: state.lifecycle.clone() }
    }

    /// Serves a connection in a task. It has its place until the last trace of it is gone.
    pub(super) fn serve(&self, stream: TcpStream, place: OwnedSemaphorePermit) {
        let over_loopback =
            stream.local_addr().is_ok_and(|address| address.ip().to_canonical().is_loopback());
        let stream = ClientStream::new(stream, place, &self.settings, &self.lifecycle);
        let router = self.router.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            if over_loopback {
                request.extensions_mut().insert(OverLoopback);
            }
            router.clone().oneshot(request)
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let Lifecycle { finishing, kill, tasks, .. } = self.lifecycle.clone();
        tasks.spawn(async move {
            tokio::pin!(connection);
            let finished = tokio::select! {
                finished = connection.as_mut() => finished,
                () = finishing.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    tokio::select! {
                        finished = connection.as_mut() => finished,
                        () = kill.cancelled() => Ok(()),
                    }
                }
            };
            if let Err(error) = finished {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}
