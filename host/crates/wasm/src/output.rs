//! What a guest writes to its output and error output: lines in the host's log, the end of them kept, and not too much.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rak_core::AppName;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use crate::guest_error::HostStop;
use crate::timeline::Timeline;

/// How much of the end of the error output is kept for the failure's text: a long traceback.
const TAIL_BYTES: usize = 4 << 10;
/// How much of its beginning is kept beside that: some languages say first what went wrong, and then at length where.
const HEAD_BYTES: usize = 1 << 10;
/// A longer line is logged in pieces.
const MAX_LINE_BYTES: usize = 8 << 10;
/// What one write may bring.
const WRITE_BYTES: usize = 64 << 10;

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Out,
    Err,
}

/// Both outputs of one run. A clone is the same.
#[derive(Clone)]
pub(crate) struct Output {
    inner: Arc<Inner>,
}

struct Inner {
    /// Whose it is, for the log.
    run: String,
    agent: AppName,
    limit: u64,
    timeline: Timeline,
    written: Mutex<Written>,
}

#[derive(Default)]
struct Written {
    bytes: u64,
    out_line: Vec<u8>,
    err_line: Vec<u8>,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Whether something between the two is not kept.
    has_gap: bool,
}

impl Output {
    pub(crate) fn new(run: String, agent: AppName, limit: u64, timeline: Timeline) -> Self {
        Self { inner: Arc::new(Inner { run, agent, limit, timeline, written: Mutex::default() }) }
    }

    pub(crate) fn sink(&self, channel: Channel) -> Sink {
        Sink { output: self.clone(), channel }
    }

    /// The beginning and the end of the error output, as text.
    pub(crate) fn error_text(&self) -> String {
        let written = self.written();
        let (head, tail) = (String::from_utf8_lossy(&written.head), String::from_utf8_lossy(&written.tail));
        if !written.has_gap {
            // A character may lie on the border.
            let whole = [written.head.as_slice(), written.tail.as_slice()].concat();
            return String::from_utf8_lossy(&whole).into_owned();
        }
        let whole_lines = |text: &str| text.rsplit_once('\n').map_or(text, |(lines, _)| lines).to_owned();
        let tail = tail.split_once('\n').map_or(tail.as_ref(), |(_, lines)| lines);
        format!("{}\n[…]\n{tail}", whole_lines(&head))
    }

    /// Logs what has no line end yet.
    pub(crate) fn finish(&self) {
        let mut written = self.written();
        for channel in [Channel::Out, Channel::Err] {
            let line = std::mem::take(written.line(channel));
            if !line.is_empty() {
                self.log(channel, &line);
            }
        }
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.inner.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, channel: Channel, bytes: &[u8]) -> Result<(), HostStop> {
        let mut written = self.written();
        written.bytes = written.bytes.saturating_add(bytes.len() as u64);
        if written.bytes > self.inner.limit {
            let message = format!("the agent wrote more than {} KiB to its output", self.inner.limit >> 10);
            return Err(HostStop::limit("output", message));
        }
        if channel == Channel::Err {
            written.keep(bytes);
        }
        let line = written.line(channel);
        for &byte in bytes {
            if byte != b'\n' {
                line.push(byte);
            }
            if byte == b'\n' || line.len() >= MAX_LINE_BYTES {
                self.log(channel, line);
                line.clear();
            }
        }
        Ok(())
    }

    fn log(&self, channel: Channel, line: &[u8]) {
        // What is repeated was logged before.
        if self.inner.timeline.was_logged() {
            return;
        }
        let text = String::from_utf8_lossy(line);
        let Inner { run, agent, .. } = self.inner.as_ref();
        match channel {
            Channel::Out => tracing::info!(target: "rak::guest", run, %agent, stream = "stdout", "{text}"),
            Channel::Err => tracing::warn!(target: "rak::guest", run, %agent, stream = "stderr", "{text}"),
        }
    }
}

impl Written {
    /// Keeps the beginning and the end of the error output.
    fn keep(&mut self, bytes: &[u8]) {
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        let excess = self.tail.len().saturating_sub(TAIL_BYTES);
        self.tail.drain(..excess);
        self.has_gap |= excess > 0;
    }

    fn line(&mut self, channel: Channel) -> &mut Vec<u8> {
        match channel {
            Channel::Out => &mut self.out_line,
            Channel::Err => &mut self.err_line,
        }
    }
}

/// One of the two, as WASI sees it. It takes everything at once, so it is always ready.
#[derive(Clone)]
pub(crate) struct Sink {
    output: Output,
    channel: Channel,
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.output.write(self.channel, &bytes).map_err(|stop| StreamError::Trap(wasmtime::Error::new(stop)))
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Sink {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        let written = self.output.write(self.channel, bytes).map_err(std::io::Error::other);
        std::task::Poll::Ready(written.map(|()| bytes.len()))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_error_output_is_kept_and_all_of_it_counted() {
        let output = Output::new("test".into(), AppName::new("test").unwrap(), 10_000, Timeline::new(None));
        output.write(Channel::Out, b"not this").unwrap();
        output.write(Channel::Err, &b"x".repeat(HEAD_BYTES + TAIL_BYTES)).unwrap();
        output.write(Channel::Err, b"the end").unwrap();
        let text = output.error_text();
        assert!(text.len() <= HEAD_BYTES + TAIL_BYTES + "\n[…]\n".len(), "{}", text.len());
        assert!(text.ends_with("xthe end") && text.contains("\n[…]\n"), "{text}");
        assert!(output.write(Channel::Out, &[0; 10_000]).is_err());
    }
}
