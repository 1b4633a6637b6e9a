//! A WebSocket client, and a host in the same program for it to talk to: runs an agent, cancels a run over the socket
//! it streams on, asks where the run is, and leaves.
//!
//! ```sh
//! cargo xtask agents
//! cargo run -p rak-examples --example websocket_usage -- target/agents
//! ```

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use futures::{SinkExt as _, StreamExt as _};
use rak::core::{AppName, SessionId};
use rak::server::{AppState, ServerSettings, bind, serve};
use rak::store::MemoryStore;
use rak::wasm::{EngineSettings, Limits, Loader, WasmEngine};
use rak::{Content, Event, Registry, Runner, WsClientMessage, WsRun, WsServerMessage};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/agents".into());
    tour(Path::new(&folder), &mut std::io::stdout()).await
}

/// Serves the agents of a folder on a free port, and shows what a client sees of them.
pub(crate) async fn tour(folder: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let address = listener.local_addr()?;
    let shutdown = CancellationToken::new();
    let host = serve(listener, host(folder).await?, shutdown.clone());
    let client = async {
        let talked = talk(address, out).await;
        shutdown.cancel();
        talked
    };
    let (served, talked) = tokio::join!(host, client);
    served?;
    talked?;
    writeln!(out, "the host has shut down")?;
    Ok(())
}

async fn host(folder: &Path) -> anyhow::Result<AppState> {
    let loader = Loader::new(WasmEngine::new(EngineSettings::default())?, None, Limits::default());
    let agents = Registry::builder(loader)
        .folder(folder)
        .open()
        .await
        .context("the agents folder is needed; `cargo xtask agents` makes it")?;
    let runner =
        Runner::builder().agents(Arc::new(agents)).session_service(Arc::new(MemoryStore::new())).build()?;
    Ok(AppState::new(runner, ServerSettings::default()))
}

async fn talk(address: SocketAddr, out: &mut impl Write) -> anyhow::Result<()> {
    // Each `run` names its session; the one in the path is for clients that have only one.
    let url = format!("ws://{address}/api/v1/sessions/tour/run/ws");
    let (socket, _) = connect_async(&url).await.with_context(|| format!("failed to connect to {url}"))?;
    let mut client = Client { socket };

    writeln!(out, "-- a run of `echo`")?;
    client.send(&run("echo", "hello over a WebSocket")?).await?;
    loop {
        let message = client.receive().await?;
        show(out, &message)?;
        if matches!(message, WsServerMessage::Completed { .. }) {
            break;
        }
    }

    writeln!(out, "-- a run of `countdown`, cancelled as soon as it has said something")?;
    client.send(&run("countdown", "600")?).await?;
    let stopped = loop {
        let message = client.receive().await?;
        show(out, &message)?;
        match message {
            WsServerMessage::Event { invocation_id, data, .. } if data.seq == Some(1) => {
                client.send(&WsClientMessage::cancel(invocation_id)).await?;
            }
            WsServerMessage::Completed { invocation_id } => break invocation_id,
            _ => {}
        }
    };

    writeln!(out, "-- where is it?")?;
    client.send(&WsClientMessage::status(stopped)).await?;
    show(out, &client.receive().await?)?;
    client.close().await
}

/// A run in the session that is named like its agent, which is made where it does not exist.
fn run(agent: &str, text: &str) -> anyhow::Result<WsClientMessage> {
    let run = WsRun::new(SessionId::new(agent)?, Content::new_user_text(text));
    Ok(WsClientMessage::Run(Box::new(WsRun { app_name: Some(AppName::new(agent)?), ..run })))
}

/// A socket that speaks in messages.
struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    async fn send(&mut self, message: &WsClientMessage) -> anyhow::Result<()> {
        let text = serde_json::to_string(message)?;
        self.socket.send(Message::text(text)).await.context("failed to send")
    }

    async fn receive(&mut self) -> anyhow::Result<WsServerMessage> {
        while let Some(message) = self.socket.next().await {
            match message.context("the connection was lost")? {
                Message::Text(text) => {
                    return serde_json::from_str(&text)
                        .with_context(|| format!("this is no message of a host: {text}"));
                }
                Message::Close(frame) => bail!("the host closed the connection: {frame:?}"),
                _ => {}
            }
        }
        bail!("the connection is at its end")
    }

    /// Closes, and waits until the host did too.
    async fn close(mut self) -> anyhow::Result<()> {
        self.socket.close(None).await?;
        while self.socket.next().await.is_some() {}
        Ok(())
    }
}

fn show(out: &mut impl Write, message: &WsServerMessage) -> std::io::Result<()> {
    match message {
        WsServerMessage::Started { invocation_id, .. } => writeln!(out, "started   {invocation_id}"),
        WsServerMessage::Event { data, .. } => show_event(out, data),
        WsServerMessage::Cancelled { .. } => writeln!(out, "cancelled"),
        WsServerMessage::Completed { .. } => writeln!(out, "completed"),
        WsServerMessage::Status { status, .. } => writeln!(out, "status    {status}"),
        WsServerMessage::Error { message, .. } => writeln!(out, "error     {message}"),
        // Only who negotiates `rak.v2` gets these.
        WsServerMessage::Progress { .. }
        | WsServerMessage::InputRequired { .. }
        | WsServerMessage::Responded { .. }
        | WsServerMessage::Paused { .. }
        | WsServerMessage::Resumed { .. }
        | WsServerMessage::Pong => Ok(()),
    }
}

fn show_event(out: &mut impl Write, event: &Event) -> std::io::Result<()> {
    if let Some(progress) = &event.progress {
        let (done, total) = (progress.done.unwrap_or_default(), progress.total.unwrap_or_default());
        return writeln!(out, "progress  {} ({done} of {total})", progress.message);
    }
    if let Some(error) = &event.error_message {
        return writeln!(out, "event     {}: {error}", event.author);
    }
    let text = event.content.as_ref().map(Content::text).unwrap_or_default();
    // Pieces of a message come first, then the message as a whole.
    let kind = if event.partial { "piece" } else { "whole" };
    writeln!(out, "event     {}: {kind} {text:?}", event.author)
}
