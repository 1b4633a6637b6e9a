//! Serves agents over REST, Server-Sent Events and WebSocket.
//!
//! [`serve`] is the way in for a program, [`create_router`] for one that brings its own server. From there:
//!
//! * `router` is the whole route table; `routes` holds its handlers, which extract, call and map, nothing else;
//! * [`protocol`] has every type of the wire, once, for this server and for clients written in Rust;
//! * `ws_connection` is one WebSocket: a reader that never waits for a run, a writer, and a task for each run;
//! * `upload` takes a body as it comes, into a deployment or as an artifact, and `agent_versions` says which version a client
//!   means;
//! * `download` sends an artifact while it reads it, and `byte_range` says which part of it a client wants;
//! * `recording` writes what it takes to repeat an invocation, while it reads it;
//! * `presentation` says how the events of a run are shown to a client, whatever carries them;
//! * `error` is the only place that turns what went wrong into a status, a code and a text that anybody may read;
//! * `origin` keeps the web pages of other origins away;
//! * `serve` accepts connections, bounds them, and ends them in order.
//!
//! ```
//! use std::sync::Arc;
//! use rak_runner::Runner;
//! use rak_session::MemoryStore;
//!
//! let store = Arc::new(MemoryStore::new());
//! let runner = Runner::builder().session_service(store.clone()).build()?;
//! let router = rak_server::create_router(runner, store);
//! # let _ = router;
//! # Ok::<(), rak_runner::RunError>(())
//! ```

mod agent_versions;
mod byte_range;
mod download;
mod error;
mod extract;
mod json;
mod lifecycle;
mod origin;
mod presentation;
pub mod protocol;
mod recording;
mod respond;
mod router;
mod routes;
mod run_start;
mod serve;
mod settings;
mod state;
mod upload;
mod ws_connection;

pub use protocol::ws::{WsClientMessage, WsServerMessage};
pub use recording::{RecordingError, RecordingOptions, read_recording};
pub use router::{create_router, create_router_with};
pub use serve::{bind, serve, serve_router};
pub use settings::ServerSettings;
pub use state::AppState;
