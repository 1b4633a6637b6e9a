//! Ctrl-C, where it is to stop what is going on in order.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for something, and drops it where Ctrl-C comes first, which gives `None`.
pub(crate) async fn unless_interrupted<T>(work: impl Future<Output = T>) -> anyhow::Result<Option<T>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        done = work => Ok(Some(done)),
        _ = interrupt.recv() => Ok(None),
    }
}
