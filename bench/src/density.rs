//! What an invocation costs that lives and waits, with its client: `density`. Half of the clients read a stream, half have a
//! socket.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures::{SinkExt as _, StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::load::socket::{connect, next};
use crate::place::{Host, Place};
use crate::report::{Bound, Figure, Unit};

/// Invocations that live.
const MANY: usize = 10_000;
/// So many of them first, so that what a host has once is there before memory is looked at.
const FIRST: usize = 500;
/// How many are started at a time.
const AT_A_TIME: usize = 64;
/// Longer than the bench, and shorter than what gives up its memory.
const TASK: &str = r#"{"task": "wait", "ms": 3000000}"#;
/// Room for all of them.
pub(crate) const SETTINGS: &str = "
max_invocations = 12000
[server]
max_connections = 20000
[durability]
longest_wait_ms = 3600000
[engine]
max_guests = 12000
";

/// Whoever waits for an invocation.
pub(crate) enum Client {
    Stream { _stream: TcpStream },
    Socket { _socket: Box<WebSocketStream<TcpStream>> },
}

pub(crate) async fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    crate::measure::raise_file_limit();
    let host = place.host(&["worker"], SETTINGS)?;
    let (many, first) = place.many((MANY, FIRST), (40, 10));
    let mut clients = open(&host, 0..first).await?;
    let before = host.program.memory_bytes()?;
    clients.extend(open(&host, first..many).await?);
    let held = host.program.memory_bytes()?.saturating_sub(before);
    let (cpu, idle) =
        (host.program.cpu_time()?, place.many(Duration::from_secs(10), Duration::from_millis(50)));
    tokio::time::sleep(idle).await;
    let cpu = host.program.cpu_time()?.saturating_sub(cpu);
    // They have to be there still.
    let agent = crate::http::get(host.program.address, "/api/v1/agents/worker")?;
    ensure!(agent.contains(&format!("\"active\":{}", clients.len())), "not all of them live: {agent}");
    let figure = |what, unit| Figure::of("density", format!("{many} live invocations"), what, unit);
    #[expect(clippy::cast_precision_loss, reason = "a process has less than 2^53 bytes")]
    let each = held as f64 / (many - first) as f64;
    Ok(vec![
        figure("memory of each", Unit::Bytes).alone(vec![each], Some(Bound::AtMost(65536.0))),
        figure("processor while all wait", Unit::Processors)
            .alone(vec![cpu.as_secs_f64() / idle.as_secs_f64()], Some(Bound::AtMost(0.01))),
    ])
}

/// Returns when the guests have begun.
pub(crate) async fn open(host: &Host, numbers: std::ops::Range<usize>) -> anyhow::Result<Vec<Client>> {
    stream::iter(numbers).map(|number| one(host, number)).buffer_unordered(AT_A_TIME).try_collect().await
}

/// Returns when the guest has begun.
async fn one(host: &Host, number: usize) -> anyhow::Result<Client> {
    let (address, session) = (host.program.address, format!("waiting-{number}"));
    if number.is_multiple_of(2) {
        let mut stream = TcpStream::connect(address).await?;
        let body = json!({"appName": "worker", "newMessage": {"parts": [{"text": TASK}]}}).to_string();
        let request = format!(
            "POST /api/v1/sessions/{session}/run/sse HTTP/1.1\r\nhost: {address}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len(),
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\n\n\r\n") {
            let read = stream.read_buf(&mut answer).await?;
            ensure!(read > 0, "the answer ends early: {}", String::from_utf8_lossy(&answer));
        }
        return Ok(Client::Stream { _stream: stream });
    }
    let mut socket = connect(address, &session).await?;
    let run = json!({"type": "run", "sessionId": session, "appName": "worker", "newMessage": {"parts": [{"text": TASK}]}});
    socket.send(Message::Text(run.to_string().into())).await?;
    let first = next(&mut socket).await?;
    ensure!(first.contains(r#""type":"started""#), "the socket said {first}");
    next(&mut socket).await.context("the guest did not begin")?;
    Ok(Client::Socket { _socket: Box::new(socket) })
}
