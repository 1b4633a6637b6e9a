//! Writes to a socket.

use std::time::Duration;

use futures::{Sink, SinkExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::outbox::Outgoing;

/// How many messages are taken from the queue at a time, and flushed together.
const MAX_BATCH: usize = 32;

/// Why nothing more can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteError {
    /// The connection is lost or being closed.
    Failed,
    /// It takes nothing.
    Stuck,
}

/// Writes until there is nothing more to come or a close was written. Fails when the connection does, or when it does
/// not take a message within the time.
pub(super) async fn write<W>(
    mut sink: W,
    mut outgoing: mpsc::Receiver<Outgoing>,
    patience: Duration,
) -> Result<(), WriteError>
where
    W: Sink<Message> + Unpin,
{
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while outgoing.recv_many(&mut batch, MAX_BATCH).await > 0 {
        let mut closed = false;
        for message in batch.drain(..) {
            closed = message.is_close();
            let Ok(message) = message.encode() else {
                tracing::error!("a message could not be encoded");
                continue;
            };
            within(patience, sink.feed(message)).await?;
            if closed {
                break;
            }
        }
        within(patience, sink.flush()).await?;
        if closed {
            break;
        }
    }
    Ok(())
}

async fn within<E>(
    patience: Duration,
    writing: impl Future<Output = Result<(), E>>,
) -> Result<(), WriteError> {
    match timeout(patience, writing).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(WriteError::Failed),
        Err(_) => Err(WriteError::Stuck),
    }
}
