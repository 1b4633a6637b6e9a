//! Runs over HTTP, one after the other on a connection that stays open.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Work;

/// The last chunk of an answer. An event is JSON without line breaks, so nothing in it reads like this.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";
const READ_BYTES: usize = 16 << 10;

/// A connection.
pub(super) struct Stream {
    connection: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
    events: usize,
}

impl Stream {
    pub(super) async fn open(address: SocketAddr, work: &Work, index: usize) -> anyhow::Result<Self> {
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        let body = serde_json::json!({"appName": work.agent, "newMessage": {"parts": [{"text": work.text}]}});
        let body = body.to_string();
        let request = format!(
            "POST /api/v1/sessions/{}-{index}/run/sse HTTP/1.1\r\nhost: {address}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            work.session,
            body.len(),
        );
        let answer = Vec::with_capacity(READ_BYTES);
        Ok(Self { connection, request: request.into_bytes(), answer, events: work.events })
    }

    pub(super) async fn run(&mut self) -> anyhow::Result<()> {
        self.connection.write_all(&self.request).await?;
        self.answer.clear();
        while !self.answer.ends_with(LAST_CHUNK) {
            let read = self.connection.read_buf(&mut self.answer).await?;
            ensure!(read > 0, "the answer ends early: {}", String::from_utf8_lossy(&self.answer));
        }
        check(&self.answer, self.events)
            .with_context(|| format!("the answer is {}", String::from_utf8_lossy(&self.answer)))
    }
}

/// Whether all events are there, and the last one says that it went well.
fn check(answer: &[u8], events: usize) -> anyhow::Result<()> {
    ensure!(answer.starts_with(b"HTTP/1.1 200 "), "the run was refused");
    let mut frames = memmem::find_iter(answer, b"data: ");
    let last = frames.by_ref().last().context("it has no event")?;
    let count = memmem::find_iter(answer, b"data: ").count();
    ensure!(count == events, "it has {count} events, and should have {events}");
    super::check_last(answer.get(last..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_answer_is_found() {
        let answer = |events: &str| format!("HTTP/1.1 200 OK\r\n\r\n{events}");
        let partial = "data: {\"partial\":true}\n\n";
        let last = "id: 1\ndata: {\"turnComplete\":true}\n\n";
        let failed = "id: 1\ndata: {\"turnComplete\":true,\"errorCode\":\"failed\"}\n\n";
        assert!(check(answer(&format!("{partial}{last}")).as_bytes(), 2).is_ok());
        for (wrong, events) in
            [(format!("{partial}{last}"), 3), (partial.to_owned(), 1), (failed.to_owned(), 1)]
        {
            assert!(check(answer(&wrong).as_bytes(), events).is_err(), "{wrong}");
        }
        assert!(check(b"HTTP/1.1 429 Too Many Requests\r\n\r\n", 1).is_err());
    }
}
