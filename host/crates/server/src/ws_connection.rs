//! One WebSocket: a reader that never waits for a run, a writer, and a task for each run.
//!
//! Everything that is to be sent goes through one bounded queue. A run waits when it is full (what it misses
//! meanwhile it reads from the store); the reader waits only for a bounded time, and then gives the connection up.

mod outbox;
mod reader;
mod run_feed;
#[cfg(test)]
mod tests;
mod upgrade;
mod writer;

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{SplitSink, SplitStream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use self::outbox::{Outbox, Outgoing};
use self::reader::Reader;
use self::writer::WriteError;
use crate::state::AppState;

pub(crate) use self::upgrade::upgrade;

/// How long a client may take to answer a close. Those that read answer at once; one that does not must not hold up a
/// shutdown, and finds the close when it reads.
const CLOSE_ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// What the client understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The messages of the first protocol only.
    V1,
    /// `rak.v2` was negotiated.
    V2,
}

/// Serves a socket until it is closed. When this returns nothing of it is left: the streams of its runs are dropped,
/// which is a lost connection for those that go on.
pub(crate) async fn serve<S>(socket: WebSocketStream<S>, state: AppState, dialect: Dialect)
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let kill = state.lifecycle.kill.clone();
    let (sink, mut frames) = socket.split();
    let conversation = async {
        if converse(sink, &mut frames, state, dialect).await != Err(WriteError::Stuck) {
            await_close(&mut frames).await;
        }
    };
    tokio::select! {
        () = conversation => {}
        () = kill.cancelled() => {}
    }
}

/// Reads and writes until one of them is at its end, and says farewell where there is something to say.
async fn converse<S>(
    sink: SplitSink<WebSocketStream<S>, Message>,
    frames: &mut SplitStream<WebSocketStream<S>>,
    state: AppState,
    dialect: Dialect,
) -> Result<(), WriteError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let settings = state.settings.clone();
    let (queue, outgoing) = mpsc::channel(settings.socket_queue.max(1));
    let writing = writer::write(sink, outgoing, settings.write_timeout);
    let reading = async {
        let outbox = Outbox::new(queue, dialect, settings.write_timeout);
        let mut reader = Reader::new(state, outbox.clone());
        let farewell = reader.read(frames).await;
        // The runs let go of the queue first: what is in it already is all that is still sent.
        drop(reader);
        if let Some(frame) = farewell {
            tracing::debug!(code = %frame.code, reason = %frame.reason, "closing a socket");
            let _ = timeout(settings.close_timeout, outbox.send(Outgoing::Close(frame))).await;
        }
    };
    tokio::pin!(writing);
    tokio::select! {
        written = &mut writing => written,
        () = reading => timeout(settings.close_timeout, &mut writing).await.unwrap_or(Err(WriteError::Stuck)),
    }
}

/// Reads on until the close handshake is done, which also sends the answer to the client's close.
async fn await_close<S>(frames: &mut SplitStream<WebSocketStream<S>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let _ = timeout(CLOSE_ANSWER_TIMEOUT, async { while let Some(Ok(_)) = frames.next().await {} }).await;
}
