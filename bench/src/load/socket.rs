//! Runs over a WebSocket, one after the other.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use futures::{SinkExt as _, StreamExt as _};
use memchr::memmem;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::Work;

/// A socket.
pub(super) struct Socket {
    connection: WebSocketStream<TcpStream>,
    request: Utf8Bytes,
    events: usize,
}

impl Socket {
    pub(super) async fn open(address: SocketAddr, work: &Work, index: usize) -> anyhow::Result<Self> {
        let session = format!("{}-{index}", work.session);
        let request = serde_json::json!({"type": "run", "sessionId": session, "appName": work.agent,
            "newMessage": {"parts": [{"text": work.text}]}});
        let connection = connect(address, &session).await?;
        Ok(Self { connection, request: request.to_string().into(), events: work.events })
    }

    pub(super) async fn run(&mut self) -> anyhow::Result<()> {
        self.connection.send(Message::Text(self.request.clone())).await?;
        let mut events = 0;
        loop {
            let frame = next(&mut self.connection).await?;
            let frame = frame.as_bytes();
            if memmem::find(frame, br#""type":"event""#).is_some() {
                events += 1;
                if events == self.events {
                    super::check_last(frame)?;
                }
            } else if memmem::find(frame, br#""type":"completed""#).is_some() {
                ensure!(events == self.events, "{events} events came, and {} should have", self.events);
                return Ok(());
            } else if memmem::find(frame, br#""type":"started""#).is_none() {
                bail!("the socket said {}", String::from_utf8_lossy(frame));
            }
        }
    }
}

/// Opens the socket of a session.
pub(crate) async fn connect(
    address: SocketAddr,
    session: &str,
) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (socket, _) =
        client_async(format!("ws://{address}/api/v1/sessions/{session}/run/ws"), stream).await?;
    Ok(socket)
}

/// The next text.
pub(crate) async fn next(socket: &mut WebSocketStream<TcpStream>) -> anyhow::Result<Utf8Bytes> {
    loop {
        if let Message::Text(text) = socket.next().await.context("the socket was closed")?? {
            return Ok(text);
        }
    }
}
