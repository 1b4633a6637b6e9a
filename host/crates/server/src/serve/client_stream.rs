//! The bytes of one client: never held up for longer than the settings allow, and closed so that the last answer
//! arrives.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep, timeout};

use crate::lifecycle::Lifecycle;
use crate::settings::ServerSettings;

/// How much of what nobody wants any more is read at a time.
const DISCARD_BYTES: usize = 16 << 10;
/// A client that sends nothing for this long has nothing on its way any more: longer than a round trip around the
/// world. Clients that keep an idle connection for later do not close their end, and must not hold up a shutdown.
const LINGER_SILENCE: Duration = Duration::from_millis(500);

/// A connection to a client.
///
/// A write that makes no progress for the write timeout fails. When the connection is dropped while the client may
/// still be sending, what it sends is read and thrown away for a while: the kernel answers unread bytes with a reset,
/// and that takes away the refusal (too large, too slow) which the client has not read yet.
pub(super) struct ClientStream {
    open: Option<Open>,
    stalled: Option<Pin<Box<Sleep>>>,
    write_timeout: Duration,
    close_timeout: Duration,
    lifecycle: Lifecycle,
}

struct Open {
    stream: TcpStream,
    /// The client said that it sends nothing more, or the connection failed.
    ended: bool,
    place: OwnedSemaphorePermit,
}

impl ClientStream {
    pub(super) fn new(
        stream: TcpStream,
        place: OwnedSemaphorePermit,
        settings: &ServerSettings,
        lifecycle: &Lifecycle,
    ) -> Self {
        if let Err(error) = set_options(&stream, settings) {
            tracing::debug!(%error, "a connection keeps the options of the kernel");
        }
        Self {
            open: Some(Open { stream, ended: false, place }),
            stalled: None,
            write_timeout: settings.write_timeout,
            close_timeout: settings.close_timeout,
            lifecycle: lifecycle.clone(),
        }
    }

    /// Writes to the stream, and fails where it has been waiting for too long.
    fn poll_write_with(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let Some(open) = &mut self.open else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        let written = write(Pin::new(&mut open.stream), cx);
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let limit = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        if stalled.as_mut().poll(cx).is_ready() {
            open.ended = true;
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")));
        }
        Poll::Pending
    }
}

/// No waiting for more to send, which costs a stream of small frames 40 ms each; and a peer that is gone, so that not
/// even its kernel acknowledges, is found as soon as one that does not read.
fn set_options(stream: &TcpStream, settings: &ServerSettings) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(settings.write_timeout))?;
    Ok(())
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(open) = &mut self.open else { return Poll::Ready(Ok(())) };
        let before = buffer.filled().len();
        let wanted = buffer.remaining() > 0;
        let read = Pin::new(&mut open.stream).poll_read(cx, buffer);
        if let Poll::Ready(result) = &read {
            open.ended |= result.is_err() || (wanted && buffer.filled().len() == before);
        }
        read
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_with(cx, |stream, cx| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_with(cx, |stream, cx| stream.poll_write_vectored(cx, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.stream.is_write_vectored())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.open {
            Some(open) => Pin::new(&mut open.stream).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.open {
            Some(open) => Pin::new(&mut open.stream).poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl Drop for ClientStream {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.ended || self.lifecycle.kill.is_cancelled() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let (patience, kill) = (self.close_timeout, self.lifecycle.kill.clone());
        let lingering = async move {
            tokio::select! {
                _ = timeout(patience, linger(open.stream)) => {}
                () = kill.cancelled() => {}
            }
            drop(open.place);
        };
        self.lifecycle.tasks.spawn_on(lingering, &runtime);
    }
}

/// Says that nothing more comes, and waits until the client says the same or nothing.
async fn linger(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut discarded = vec![0; DISCARD_BYTES];
    while timeout(LINGER_SILENCE, stream.read(&mut discarded)).await?? > 0 {}
    Ok(())
}
