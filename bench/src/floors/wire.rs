//! The same bytes to any request: what is left is the load client, and the sockets.

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

const EVENT: &str = r#"{"id":"01a20b98-951c-77dd-9794-9ebb9a5b9213","seq":1,"time":1795490878,"invocationId":"01a20b98-951a-7222-825f-d9b9ee605546","branch":"","author":"echo","partial":false,"turnComplete":true,"interrupted":false,"content":{"role":"model","parts":[{"text":"hello rak"}]},"actions":{"stateDelta":{},"artifactDelta":{},"escalate":false}}"#;
/// How many events an answer has.
const EVENTS: usize = 3;
const READ_BYTES: usize = 4 << 10;

pub(super) async fn serve(listener: TcpListener) -> anyhow::Result<()> {
    let frames = format!("data: {EVENT}\n\n").repeat(EVENTS);
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{frames}\r\n0\r\n\r\n",
        frames.len()
    );
    let connections = TaskTracker::new();
    loop {
        let (stream, _) = listener.accept().await?;
        let answer = answer.clone();
        connections.spawn(async move { requests(stream, answer.as_bytes()).await });
    }
}

/// The client sends a request when it has the answer to the one before, in one piece.
async fn requests(mut stream: TcpStream, answer: &[u8]) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::with_capacity(READ_BYTES);
    loop {
        request.clear();
        while !request.ends_with(b"}") {
            let read = stream.read_buf(&mut request).await?;
            (read > 0).then_some(()).context("the client left")?;
        }
        stream.write_all(answer).await?;
    }
}
