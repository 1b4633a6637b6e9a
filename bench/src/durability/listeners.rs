//! Very many listeners of one run, and one that stops reading, over sockets. The clients are a process of their own, so
//! what this one has in memory is the host's.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use rak_core::time::UnixMicros;
use rak_core::{Content, Durability, EventLog as _, InvocationId};
use rak_runner::RunnerSettings;
use rak_server::{AppState, ServerSettings, serve};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpSocket};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use super::clients::{Audience, Received, sent_at};
use super::host::{Host, WORKER, session};
use super::{Part, Task};
use crate::measure::{self, median};

/// How much text an event has: a paragraph.
const EVENT_BYTES: usize = 1 << 10;
/// What the kernel holds for a client that does not read, so that the host meets it soon; Linux takes it twice. Where
/// nobody asks for less, sockets of one machine hold megabytes.
const SEND_BUFFER_BYTES: u32 = 64 << 10;
/// Room for all clients to come at once.
const BACKLOG: u32 = 4096;
/// Events that are not the agent's: the question, the answer, the end.
const OTHERS: usize = 3;
/// How many events are read from the store at a time.
const PAGE: usize = 512;

/// How much of it is measured.
pub(super) struct Scale {
    pub(super) audiences: &'static [Audience],
    pub(super) rounds: usize,
    /// As fast as they are stored.
    pub(super) burst: Pace,
    /// At a pace that everybody can follow.
    pub(super) paced: Pace,
    /// For how long the host waits for a client that takes nothing.
    pub(super) patience: Duration,
}

/// How a run emits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) events: usize,
    pub(super) every_ms: u64,
}

/// What one audience and the run it listened to came to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) audience: Audience,
    pub(super) burst: Numbers,
    pub(super) paced: Numbers,
}

/// Medians of the rounds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Numbers {
    /// From the first event to the last one, as the agent's clock and the host's say.
    pub(super) run_ms: f64,
    /// What the host has in memory more when the run is over and everybody is still there.
    pub(super) held_bytes: f64,
    /// Absent where nobody reads.
    pub(super) read: Option<Read>,
    /// How often the host dropped one that read, in all rounds; it came back for the rest.
    pub(super) readers_dropped: usize,
    /// How often one that did not.
    pub(super) stuck_dropped: usize,
}

/// What those that read got.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Read {
    pub(super) deliveries_a_second: f64,
    /// From the agent's call to the client, in microseconds.
    pub(super) delay_median: f64,
    pub(super) delay_p99: f64,
}

/// What one process measured with one audience.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Round {
    burst: Ran,
    paced: Ran,
}

/// One run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ran {
    run_ms: f64,
    held_bytes: u64,
    received: Option<Received>,
}

/// The audiences take turns. Each turn is a process of its own: memory that an audience leaves behind is not another one's.
pub(super) fn rounds(
    scale: &Scale,
    turn: impl Fn(Audience) -> anyhow::Result<Round>,
) -> anyhow::Result<Vec<Row>> {
    let mut rounds: Vec<Vec<Round>> = scale.audiences.iter().map(|_| Vec::new()).collect();
    for _ in 0..scale.rounds {
        for (audience, rounds) in scale.audiences.iter().zip(&mut rounds) {
            rounds.push(turn(*audience)?);
        }
    }
    let rows = scale.audiences.iter().zip(&rounds);
    Ok(rows
        .map(|(audience, rounds)| Row {
            audience: *audience,
            burst: numbers(rounds, |round| &round.burst),
            paced: numbers(rounds, |round| &round.paced),
        })
        .collect())
}

#[expect(clippy::cast_precision_loss, reason = "a process has less than 2^53 bytes")]
fn numbers(rounds: &[Round], ran: fn(&Round) -> &Ran) -> Numbers {
    let ran: Vec<&Ran> = rounds.iter().map(ran).collect();
    let received: Vec<&Received> = ran.iter().filter_map(|ran| ran.received.as_ref()).collect();
    let read = |number: fn(&Received) -> f64| median(received.iter().copied().map(number).collect());
    let count = |number: fn(&Received) -> usize| received.iter().copied().map(number).sum();
    let deliveries: usize = count(|received| received.deliveries);
    Numbers {
        run_ms: median(ran.iter().map(|ran| ran.run_ms).collect()),
        held_bytes: median(ran.iter().map(|ran| ran.held_bytes as f64).collect()),
        read: (deliveries > 0).then(|| Read {
            deliveries_a_second: read(|received| received.deliveries_a_second),
            delay_median: read(|received| received.delay_median),
            delay_p99: read(|received| received.delay_p99),
        }),
        readers_dropped: count(|received| received.readers_dropped),
        stuck_dropped: count(|received| received.stuck_dropped),
    }
}

/// One turn of one audience.
pub(super) async fn measure(
    components: &Path,
    stores: &Path,
    scale: &Scale,
    audience: Audience,
) -> anyhow::Result<Round> {
    let host = Host::open(components, stores, "listeners", RunnerSettings::default()).await?;
    let listener = bind()?;
    let address = listener.local_addr()?;
    let shutdown = CancellationToken::new();
    let settings = ServerSettings { write_timeout: scale.patience, ..ServerSettings::default() };
    let state = AppState::new(host.runner.clone(), settings);
    let measured = async {
        let round = async {
            let burst = one(&host, address, audience, scale.burst).await?;
            let paced = one(&host, address, audience, scale.paced).await?;
            Ok(Round { burst, paced })
        };
        let round = round.await;
        shutdown.cancel();
        round
    };
    let (served, round) = tokio::join!(serve(listener, state, shutdown.clone()), measured);
    served?;
    host.close().await;
    round
}

fn bind() -> anyhow::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // Whoever is accepted inherits it.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(socket.listen(BACKLOG)?)
}

/// One run with its audience, which is there before the first event.
async fn one(host: &Host, address: SocketAddr, audience: Audience, pace: Pace) -> anyhow::Result<Ran> {
    let session = session(WORKER, Durability::Journal, &InvocationId::new().to_string())?;
    let Pace { events, every_ms } = pace;
    let text =
        format!(r#"{{"task": "events", "count": {events}, "every_ms": {every_ms}, "bytes": {EVENT_BYTES}}}"#);
    let id = host.start_asking(&session, &text).await?;
    let before = measure::resident_bytes();
    let clients = match audience {
        Audience { readers: 0, stuck: 0 } => None,
        audience => Some(Clients::start(address, id, audience).await?),
    };
    host.approve(id).await?;
    host.ends(id).await?;
    let held_bytes = measure::resident_bytes().saturating_sub(before);
    let received = match clients {
        Some(clients) => Some(clients.finish().await?),
        None => None,
    };
    if let Some(received) = &received {
        ensure!(received.events == events + OTHERS, "{} events were received", received.events);
    }
    let run_ms = duration(host, id).await?.as_secs_f64() * 1e3;
    Ok(Ran { run_ms, held_bytes, received })
}

/// From the agent's first event to its last one.
async fn duration(host: &Host, id: InvocationId) -> anyhow::Result<Duration> {
    let (mut first, mut last) = (None, UnixMicros::default());
    let mut after = 0;
    loop {
        let page = host.store.read(id, after, PAGE).await?;
        let Some(newest) = page.last() else { break };
        after = newest.seq();
        for at in page.iter().filter_map(|event| sent_at(&event.content.as_ref().map(Content::text)?)) {
            first.get_or_insert(at);
            last = at;
        }
    }
    Ok(last.since(first.context("the run emitted nothing")?))
}

/// The process of the clients.
struct Clients {
    child: Child,
    output: BufReader<tokio::process::ChildStdout>,
}

impl Clients {
    /// Returns when everybody listens.
    async fn start(address: SocketAddr, id: InvocationId, audience: Audience) -> anyhow::Result<Self> {
        let part = Part { task: Task::Clients { address, id, audience } };
        let mut command = Command::new(std::env::current_exe()?);
        command.args(part.arguments()).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("the clients have no output")?);
        let mut line = String::new();
        output.read_line(&mut line).await?;
        ensure!(!line.is_empty(), "the clients could not listen");
        Ok(Self { child, output })
    }

    /// Lets those that stopped reading read on, and returns when everybody has read everything.
    async fn finish(mut self) -> anyhow::Result<Received> {
        self.child.stdin.take().context("the clients have no input")?.write_all(b"\n").await?;
        let mut line = String::new();
        self.output.read_line(&mut line).await?;
        ensure!(self.child.wait().await?.success(), "the clients did not get what they should");
        Ok(serde_json::from_str(&line)?)
    }
}
