//! Those who listen: a process with very many connections. All of them have to get the same bytes in the same order, those
//! that stop reading for a while, and one that comes when all is over, too.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use futures::future::try_join_all;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rak_core::InvocationId;
use rak_core::time::UnixMicros;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use crate::measure::raise_file_limit;
use crate::measure::{self, quantile};

/// How many connect at a time.
const AT_A_TIME: usize = 64;
/// What a client reads at once: a few events.
const READ_BUFFER_BYTES: usize = 8 << 10;
/// What the kernel takes in for a client that does not read.
const RECEIVE_BUFFER_BYTES: u32 = 8 << 10;
/// How often a client comes back.
const PATIENCE: usize = 10;

/// Who listens to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::Args)]
pub(crate) struct Audience {
    /// They read what comes.
    #[arg(long)]
    pub(super) readers: usize,
    /// They read nothing until the run is over.
    #[arg(long)]
    pub(super) stuck: usize,
}

/// What the clients got.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Received {
    /// Events of the run: everybody got as many.
    pub(super) events: usize,
    /// The agent's own, to all that read as they came.
    pub(super) deliveries: usize,
    /// From the first call of the agent to the last of them.
    pub(super) deliveries_a_second: f64,
    /// From the agent's call to the client, in microseconds.
    pub(super) delay_median: f64,
    pub(super) delay_p99: f64,
    /// How often the host lost its patience with one that read.
    pub(super) readers_dropped: usize,
    /// How often with one that did not.
    pub(super) stuck_dropped: usize,
}

/// Listens until the run is over, and a line at the input says that those that are stuck may read.
pub(super) async fn run(
    address: SocketAddr,
    id: InvocationId,
    audience: Audience,
) -> anyhow::Result<Received> {
    raise_file_limit();
    let readers = connect(address, id, audience.readers, None).await?;
    let stuck = connect(address, id, audience.stuck, Some(RECEIVE_BUFFER_BYTES)).await?;
    measure::say(&mut std::io::stdout(), "listening");
    let seen = Seen::default();
    let reading = try_join_all(readers.into_iter().map(|client| client.read(&seen, true)));
    let told = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let catching_up = async {
        told.await??;
        try_join_all(stuck.into_iter().map(|client| client.read(&seen, false))).await
    };
    let (readers, stuck) = tokio::try_join!(reading, catching_up)?;
    let late = connect(address, id, 1, None).await?;
    let late = try_join_all(late.into_iter().map(|client| client.read(&seen, false))).await?;
    seen.into_received(&readers, &[stuck, late].concat())
}

/// What one client got.
#[derive(Clone, Copy)]
struct Count {
    events: usize,
    /// How often the host lost its patience with it.
    dropped: usize,
}

fn dropped(counts: &[Count]) -> usize {
    counts.iter().map(|count| count.dropped).sum()
}

async fn connect(
    address: SocketAddr,
    id: InvocationId,
    count: usize,
    receive_buffer: Option<u32>,
) -> anyhow::Result<Vec<Client>> {
    let clients = stream::iter(0..count).map(|_| Client::connect(address, id, receive_buffer));
    clients.buffer_unordered(AT_A_TIME).try_collect().await
}

/// What was seen by whoever was first, and when.
#[derive(Default)]
struct Seen {
    events: RefCell<Vec<Vec<u8>>>,
    delays: RefCell<Vec<f64>>,
    /// When the first event was sent and the newest one came.
    span: RefCell<Option<(UnixMicros, UnixMicros)>>,
}

impl Seen {
    /// Takes the event at an index.
    fn take(&self, index: usize, event: &[u8], is_timed: bool) -> anyhow::Result<()> {
        if let Some(sent) = text_of(event).and_then(sent_at).filter(|_| is_timed) {
            let now = UnixMicros::now();
            self.delays.borrow_mut().push(now.since(sent).as_secs_f64() * 1e6);
            let mut span = self.span.borrow_mut();
            let first = span.map_or(sent, |(first, _)| first.min(sent));
            *span = Some((first, now));
        }
        let mut events = self.events.borrow_mut();
        match events.get(index) {
            Some(before) => ensure!(before == event, "two clients got something else as event {}", index + 1),
            None => events.push(event.to_vec()),
        }
        Ok(())
    }

    /// Whether so many events are all of the run.
    fn is_last(&self, events: usize) -> bool {
        let seen = self.events.borrow();
        seen.get(events.wrapping_sub(1)).is_some_and(|event| is_terminal(event))
    }

    /// Everybody has to have got everything.
    fn into_received(self, readers: &[Count], others: &[Count]) -> anyhow::Result<Received> {
        let events = self.events.into_inner();
        let mut counts = readers.iter().chain(others);
        ensure!(counts.all(|count| count.events == events.len()), "somebody did not get all events");
        ensure!(events.last().is_some_and(|event| is_terminal(event)), "the run does not end");
        let mut delays = self.delays.into_inner();
        delays.sort_by(f64::total_cmp);
        let seconds = self.span.into_inner().map_or(0.0, |(first, last)| last.since(first).as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
        let deliveries_a_second = if delays.is_empty() { 0.0 } else { delays.len() as f64 / seconds };
        let quantile = |of_a_hundred| if delays.is_empty() { 0.0 } else { quantile(&delays, of_a_hundred) };
        Ok(Received {
            events: events.len(),
            deliveries: delays.len(),
            deliveries_a_second,
            delay_median: quantile(50),
            delay_p99: quantile(99),
            readers_dropped: dropped(readers),
            stuck_dropped: dropped(others),
        })
    }
}

fn is_terminal(event: &[u8]) -> bool {
    String::from_utf8_lossy(event).contains(r#""turnComplete":true"#)
}

/// The text of an event, without reading all of it: a client that parses JSON would measure that.
fn text_of(event: &[u8]) -> Option<&str> {
    const KEY: &[u8] = b"\"text\":\"";
    let at = event.windows(KEY.len()).position(|window| window == KEY)?;
    str::from_utf8(event.get(at + KEY.len()..)?).ok()
}

/// When a text was sent, where it begins with that.
pub(super) fn sent_at(text: &str) -> Option<UnixMicros> {
    let (micros, _) = text.split_once(' ')?;
    micros.parse().ok().map(UnixMicros)
}

/// Somebody who listens from the first event on.
struct Client {
    host: SocketAddr,
    id: InvocationId,
    stream: BufReader<TcpStream>,
    /// How many events it has.
    events: usize,
}

impl Client {
    async fn connect(
        host: SocketAddr,
        id: InvocationId,
        receive_buffer: Option<u32>,
    ) -> anyhow::Result<Self> {
        let stream = listen(host, id, receive_buffer, 0).await?;
        Ok(Self { host, id, stream, events: 0 })
    }

    /// Reads up to the end of the run. Where the host lost its patience with it, it comes back with the number of the last
    /// event it has.
    async fn read(mut self, seen: &Seen, is_timed: bool) -> anyhow::Result<Count> {
        let mut dropped = 0;
        loop {
            let read = self.read_answer(seen, is_timed).await;
            if seen.is_last(self.events) {
                return Ok(Count { events: self.events, dropped });
            }
            if let Err(error) = read
                && !error.is::<io::Error>()
            {
                return Err(error);
            }
            dropped += 1;
            ensure!(dropped <= PATIENCE, "a client is dropped again and again, with {} events", self.events);
            self.stream = listen(self.host, self.id, None, self.events).await?;
        }
    }

    /// Reads up to the end of the answer. A frame is a chunk of the answer, so that the sizes of chunks are lines of their
    /// own, as comments are.
    async fn read_answer(&mut self, seen: &Seen, is_timed: bool) -> anyhow::Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            self.stream.read_until(b'\n', &mut line).await?;
            // The end, perhaps in the middle of something.
            if !line.ends_with(b"\n") {
                return Ok(());
            }
            if let Some(number) = line.strip_prefix(b"id: ") {
                let number: usize = str::from_utf8(number)?.trim().parse()?;
                if number != self.events + 1 {
                    bail!("event {number} came after {}", self.events);
                }
            } else if let Some(event) = line.strip_prefix(b"data: ") {
                seen.take(self.events, event, is_timed)?;
                self.events += 1;
            }
        }
    }
}

/// Asks for the events after a number, and reads the head of the answer.
async fn listen(
    host: SocketAddr,
    id: InvocationId,
    receive_buffer: Option<u32>,
    after: usize,
) -> anyhow::Result<BufReader<TcpStream>> {
    let socket = TcpSocket::new_v4()?;
    if let Some(bytes) = receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    let mut stream = socket.connect(host).await.context("failed to reach the host")?;
    let request = format!(
        "GET /api/v1/invocations/{id}/events?after={after} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut stream = BufReader::with_capacity(READ_BUFFER_BYTES, stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    ensure!(line.contains(" 200 "), "the host answered {}", line.trim());
    while line.trim() != "" {
        line.clear();
        ensure!(stream.read_line(&mut line).await? > 0, "the host's answer ended early");
    }
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_says_when_it_was_sent() {
        let event = br#"{"content":{"parts":[{"text":"1700000000000001 xx"}]}}"#;
        assert_eq!(text_of(event).and_then(sent_at), Some(UnixMicros(1_700_000_000_000_001)));
        assert_eq!(text_of(br#"{"content":{"parts":[{"text":"done"}]}}"#).and_then(sent_at), None);
        assert_eq!(text_of(b"{}"), None);
    }

    #[test]
    fn everybody_has_to_get_the_same() {
        let seen = Seen::default();
        let last: &[u8] = br#"{"turnComplete":true}"#;
        for _ in 0..2 {
            seen.take(0, b"{}", true).unwrap();
            seen.take(1, last, true).unwrap();
        }
        assert!(seen.take(0, last, true).is_err());
        let (reader, other) = (Count { events: 2, dropped: 0 }, Count { events: 2, dropped: 3 });
        let received = seen.into_received(&[reader], &[other]).unwrap();
        assert_eq!((received.events, received.readers_dropped, received.stuck_dropped), (2, 0, 3));
    }

    #[test]
    fn somebody_who_got_less_is_found() {
        let seen = Seen::default();
        seen.take(0, br#"{"turnComplete":true}"#, false).unwrap();
        let counts = [1, 0].map(|events| Count { events, dropped: 0 });
        assert!(seen.into_received(&counts, &[]).is_err());
    }
}
