//! What an echo costs without a sandbox, a journal and everything else: small servers that answer as the host does, and as
//! little else as it takes. They have the host's routes, so that the same client measures both.

mod answers;
mod store;
mod wire;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use clap::Subcommand;
use tokio::net::TcpListener;

use self::store::Store;
use crate::measure;

/// A floor.
#[derive(Debug, Subcommand)]
pub(crate) enum Floor {
    /// axum, and events from memory
    Memory,
    /// axum, and the same events; the message and the answer are rows, and so are the run and its end
    Sqlite {
        /// The folder of the database.
        folder: PathBuf,
    },
    /// Bytes that are always the same, to any request: what the load client can do
    Canned,
}

/// Serves it until it is killed.
pub(crate) async fn serve(floor: Floor) -> anyhow::Result<()> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    measure::raise_file_limit();
    measure::say(&mut std::io::stdout(), &format!("listening on http://{}", listener.local_addr()?));
    let store = match floor {
        Floor::Canned => return wire::serve(listener).await,
        Floor::Memory => Store::Memory,
        Floor::Sqlite { folder } => Store::open(&folder.join("floor.db"))?,
    };
    let router = Router::new()
        .route("/api/v1/sessions/{id}/run/sse", post(answers::stream))
        .route("/api/v1/sessions/{id}/run/ws", get(answers::socket))
        .with_state(Arc::new(store));
    // An error says that the socket is gone.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, router).await?)
}
