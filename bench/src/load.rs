//! The load client: so many connections, each of which starts its next run when the last one is over, or when it is due.
//!
//! It is one thread, so that the other processors are the server's, and it does as little as it takes to know that each run
//! was answered as it should be: what it costs is in every figure, of the subject and of its floor alike.
//!
//! At a rate, a run is due when the clock says so, whether its connection is free or not, and its latency is counted from
//! then: a server that stands still for a second has made a second's worth of runs late, not one of them.

mod schedule;
pub(crate) mod socket;
mod stream;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use hdrhistogram::Histogram;
use memchr::memmem;

use self::schedule::Schedule;
use self::socket::Socket;
use self::stream::Stream;
use crate::measure;
use crate::report::{Unit, value};

/// Digits of a latency that are kept.
const DIGITS: u8 = 3;

/// Load that somebody asks for.
#[derive(Debug, Args)]
pub(crate) struct Against {
    /// Where the host listens, as 127.0.0.1:8080.
    address: SocketAddr,
    /// How runs are asked for.
    #[arg(long, default_value = "sse")]
    protocol: Protocol,
    #[arg(long, default_value_t = 64)]
    connections: usize,
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Runs a second over all connections; as many as there can be where absent.
    #[arg(long)]
    rate: Option<f64>,
    #[arg(long, default_value = "echo")]
    agent: String,
    /// What the agent is told.
    #[arg(long, default_value = "hello rak")]
    text: String,
    /// How many events answer it.
    #[arg(long, default_value_t = 3)]
    events: usize,
}

/// Makes it, and says what came of it.
pub(crate) async fn against(against: &Against) -> anyhow::Result<()> {
    let Against { address, protocol, connections, seconds, rate, agent, text, events } = against;
    let session = format!("load-{}", std::process::id());
    let (protocol, agent, text, events) = (*protocol, agent.clone(), text.clone(), *events);
    let mut load =
        Load::open(*address, &Work { protocol, agent, text, events, session }, *connections).await?;
    let duration = Duration::from_secs_f64(*seconds);
    let round = match rate {
        Some(rate) => load.at_a_rate(*rate, duration).await?,
        None => load.as_fast_as_possible(duration).await?,
    };
    let [median, p99, most] = [50.0, 99.0, 100.0].map(|part| value(Unit::Micros, round.micros(part)));
    let runs = value(Unit::PerSecond, round.a_second());
    measure::say(&mut std::io::stdout(), &format!("{runs}, median {median}, p99 {p99}, longest {most}"));
    Ok(())
}

/// How a run is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    /// A request whose answer is a stream of events.
    Sse,
    /// A frame on a socket.
    Ws,
}

/// What every run is.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) protocol: Protocol,
    /// The agent's name.
    pub(crate) agent: String,
    /// What it is told.
    pub(crate) text: String,
    /// How many events answer it.
    pub(crate) events: usize,
    /// What the sessions' names begin with: each connection has one of its own.
    pub(crate) session: String,
}

/// Connections that are open.
pub(crate) struct Load {
    clients: Vec<Client>,
}

/// What the runs of a round came to.
pub(crate) struct Round {
    runs: u64,
    wall: Duration,
    /// In nanoseconds.
    latency: Histogram<u64>,
}

impl Round {
    /// How many runs there were.
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
    pub(crate) fn count(&self) -> f64 {
        self.runs as f64
    }

    pub(crate) fn a_second(&self) -> f64 {
        self.count() / self.wall.as_secs_f64()
    }

    /// A latency that so many of a hundred runs do not exceed, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "times of a bench are small")]
    pub(crate) fn micros(&self, of_a_hundred: f64) -> f64 {
        self.latency.value_at_percentile(of_a_hundred) as f64 / 1e3
    }
}

enum Client {
    Sse(Stream),
    Ws(Box<Socket>),
}

impl Client {
    async fn open(address: SocketAddr, work: &Work, index: usize) -> anyhow::Result<Self> {
        Ok(match work.protocol {
            Protocol::Sse => Self::Sse(Stream::open(address, work, index).await?),
            Protocol::Ws => Self::Ws(Box::new(Socket::open(address, work, index).await?)),
        })
    }

    /// One run, up to the end of its answer.
    async fn run(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Sse(stream) => stream.run().await,
            Self::Ws(socket) => socket.run().await,
        }
    }

    /// Its runs of a round, and how long each took, in nanoseconds.
    async fn turn(&mut self, pace: &Pace) -> anyhow::Result<Histogram<u64>> {
        let mut times = Histogram::new(DIGITS)?;
        loop {
            let due = match pace {
                Pace::Fast { began, duration } if times.is_empty() || began.elapsed() < *duration => {
                    Instant::now()
                }
                Pace::Fast { .. } => return Ok(times),
                Pace::Due(schedule) => match schedule.next().await {
                    Some(due) => due,
                    None => return Ok(times),
                },
            };
            self.run().await?;
            times.record(u64::try_from(due.elapsed().as_nanos())?.max(1))?;
        }
    }
}

impl Load {
    /// Connects, and has every connection run once: sessions are there, caches are full.
    pub(crate) async fn open(address: SocketAddr, work: &Work, connections: usize) -> anyhow::Result<Self> {
        measure::raise_file_limit();
        let mut clients = Vec::with_capacity(connections);
        for index in 0..connections {
            let client = Client::open(address, work, index).await;
            clients.push(client.with_context(|| format!("connection {index} failed"))?);
        }
        let mut load = Self { clients };
        load.as_fast_as_possible(Duration::ZERO).await?;
        Ok(load)
    }

    /// Each connection runs again as soon as it can, for so long; once at least.
    pub(crate) async fn as_fast_as_possible(&mut self, duration: Duration) -> anyhow::Result<Round> {
        self.round(&Pace::Fast { began: Instant::now(), duration }).await
    }

    /// So many runs a second over all connections, for so long.
    pub(crate) async fn at_a_rate(&mut self, a_second: f64, duration: Duration) -> anyhow::Result<Round> {
        self.round(&Pace::Due(Schedule::start(a_second, duration))).await
    }

    async fn round(&mut self, pace: &Pace) -> anyhow::Result<Round> {
        let began = Instant::now();
        let mut turns: FuturesUnordered<_> =
            self.clients.iter_mut().map(|client| client.turn(pace)).collect();
        let mut all = Histogram::new(DIGITS)?;
        while let Some(times) = turns.next().await {
            all.add(times?)?;
        }
        Ok(Round { runs: all.len(), wall: began.elapsed(), latency: all })
    }
}

/// When the next run begins.
enum Pace {
    /// When the one before is over.
    Fast { began: Instant, duration: Duration },
    /// When it is due.
    Due(Schedule),
}

/// Whether the last event says that the run went well.
fn check_last(event: &[u8]) -> anyhow::Result<()> {
    let has = |text: &str| memmem::find(event, text.as_bytes()).is_some();
    ensure!(has(r#""turnComplete":true"#), "the last event is not the end of the run");
    ensure!(!has(r#""errorCode""#), "the run failed");
    Ok(())
}
