//! Accepts connections, bounds them, and ends them in order.

mod client_stream;
mod connection;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::connection::Connections;
use crate::router::create_router_with;
use crate::state::AppState;

/// How many connections may wait in the kernel to be accepted; it cuts this down to `net.core.somaxconn`. With a short
/// queue the ones that find it full wait a second before they try again.
const LISTEN_BACKLOG: u32 = 4096;
/// How long to wait after an accept failed for a reason of this process, most often too many open files: others have
/// to close first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long the tasks that were told to drop everything have to do so.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);

/// Listens on an address.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that is started again must not wait for connections of the one before.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Serves everything of [`create_router_with`] until `shutdown` is cancelled, and then ends in order: runs may end for
/// the grace time and are stopped then, every stream is sent its terminal event, sockets are closed with 1001. New
/// connections are accepted until the last run has ended, new runs are not. All of this is bounded by the settings, whatever the clients do. A state is good for
/// one server.
pub async fn serve(listener: TcpListener, state: AppState, shutdown: CancellationToken) -> io::Result<()> {
    serve_router(listener, create_router_with(state.clone()), state, shutdown).await
}

/// The same with a router of the program's own, which has that of [`create_router`](crate::create_router) for the same
/// runner in it, or is just that.
pub async fn serve_router(
    listener: TcpListener,
    router: Router,
    state: AppState,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    tracing::info!(%address, "serving");
    // The router may have been made without this state; its sockets are to end with this server all the same.
    let router = router.layer(Extension(state.lifecycle.clone()));
    let connections = Connections::new(router, &state);
    {
        let accepting = accept(listener, &connections, state.settings.max_connections);
        tokio::pin!(accepting);
        tokio::select! {
            () = &mut accepting => {}
            () = shutdown.cancelled() => {}
        }
        // While runs end, whoever asks how the host is, comes back to a run or cancels one is still let in.
        tokio::select! {
            () = &mut accepting => {}
            () = drain(&state) => {}
        }
    }
    close(&state).await;
    Ok(())
}

/// Accepts for ever. Who finds every place taken waits in the listen queue.
async fn accept(listener: TcpListener, connections: &Connections, max_connections: usize) {
    let places = Arc::new(Semaphore::new(max_connections.clamp(1, Semaphore::MAX_PERMITS)));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => connections.serve(stream, place),
            Err(error) if is_of_one_connection(&error) => {
                tracing::debug!(%error, "a connection was lost early");
            }
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

async fn drain(state: &AppState) {
    let lifecycle = &state.lifecycle;
    tracing::info!(connections = lifecycle.tasks.len(), "shutting down");
    lifecycle.closing.cancel();
    let stopped_runs = state.runner.drain(state.settings.shutdown_grace).await;
    tracing::info!(stopped_runs, "no run is left");
}

/// The listener is dropped already.
async fn close(state: &AppState) {
    let lifecycle = &state.lifecycle;
    let close_timeout = state.settings.close_timeout;
    lifecycle.finishing.cancel();
    lifecycle.tasks.close();
    if timeout(close_timeout, lifecycle.tasks.wait()).await.is_err() {
        tracing::warn!(connections = lifecycle.tasks.len(), "dropping connections that do not end");
        lifecycle.kill.cancel();
        let _ = timeout(KILL_TIMEOUT, lifecycle.tasks.wait()).await;
    }
    tracing::info!("shut down");
}
