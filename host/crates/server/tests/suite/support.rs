//! A server on a port of its own, agents that do what the test says, and clients.

pub(crate) mod agents;
pub(crate) mod app;
pub(crate) mod deployments;
pub(crate) mod event_source;
pub(crate) mod flaky_store;
pub(crate) mod raw;
pub(crate) mod socket_client;

use std::time::Duration;

pub(crate) use app::{Answer, TestApp};
pub(crate) use deployments::FakeRegistry;
pub(crate) use event_source::{EventSource, Frame};
pub(crate) use socket_client::SocketClient;

/// Longer than anything takes that works. Nothing is ever measured with it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for something that has to happen.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it should have happened by now")
}

/// A message of the user.
pub(crate) fn message(text: &str) -> serde_json::Value {
    serde_json::json!({"role": "user", "parts": [{"text": text}]})
}
