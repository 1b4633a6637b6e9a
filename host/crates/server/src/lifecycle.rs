//! How a server ends, step by step, and the tasks that have to end with it.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Shared by everything that lives as long as a connection. The tokens are cancelled in the order of the fields.
#[derive(Clone, Default)]
pub(crate) struct Lifecycle {
    /// The shutdown began: a socket closes as soon as no run is left on it.
    pub(crate) closing: CancellationToken,
    /// Every run has ended: a connection finishes the response it is in.
    pub(crate) finishing: CancellationToken,
    /// Time is up: whatever is left is dropped.
    pub(crate) kill: CancellationToken,
    /// Connections and sockets.
    pub(crate) tasks: TaskTracker,
}
