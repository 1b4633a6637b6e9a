//! How soon a run ends that is cancelled: `cancel`. From the frame that asks for it to the one that says that it is over, both
//! as the client sees them, with guests that compute, sleep and wait; idle, and beside guests that compute.

use std::time::Instant;

use anyhow::{Context as _, bail};
use futures::SinkExt as _;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::load::socket::{connect, next};
use crate::measure::quantile;
use crate::place::{Host, Place};
use crate::report::{Bound, Figure, Unit};

/// What a guest does when it is stopped, and how it is told to.
const GUESTS: [(&str, &str); 3] = [
    ("computes", r#"{"task": "spin"}"#),
    ("sleeps", r#"{"task": "sleep", "ms": 5000}"#),
    ("waits for the host", r#"{"task": "wait", "ms": 5000}"#),
];
const WORKER: &str = "worker";
/// Guests that compute beside them.
const SPINNERS: usize = 64;

pub(crate) async fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    let host = place.host(&[WORKER], "")?;
    let mut figures = series(place, &host, "idle", 1e3).await?;
    let _spinners = Spinners::start(&host, place.many(SPINNERS, 2)).await?;
    figures.extend(series(place, &host, "64 guests compute", 10e3).await?);
    Ok(figures)
}

async fn series(place: &Place, host: &Host, beside: &str, bound: f64) -> anyhow::Result<Vec<Figure>> {
    let mut runs = Socket::open(host, "cancelled").await?;
    let mut figures = Vec::new();
    for (does, task) in GUESTS {
        let (mut p50, mut p99) = (Vec::new(), Vec::new());
        for round in 0..=place.rounds() {
            let mut times = Vec::new();
            for _ in 0..place.many(100, 3) {
                let id = runs.start(task).await?;
                let began = Instant::now();
                runs.cancel(&id).await?;
                times.push(began.elapsed().as_secs_f64() * 1e6);
            }
            times.sort_by(f64::total_cmp);
            // The first round fills caches.
            if round > 0 {
                p50.push(quantile(&times, 50));
                p99.push(quantile(&times, 99));
            }
        }
        let figure = |what| Figure::of("cancel", format!("{does}; {beside}"), what, Unit::Micros);
        figures.push(figure("median").alone(p50, None));
        figures.push(figure("p99").alone(p99, Some(Bound::AtMost(bound))));
    }
    Ok(figures)
}

/// Guests that compute for as long as this lives.
pub(crate) struct Spinners {
    sockets: Vec<Socket>,
    ids: Vec<String>,
}

impl Spinners {
    pub(crate) async fn start(host: &Host, count: usize) -> anyhow::Result<Self> {
        let mut spinners = Self { sockets: Vec::new(), ids: Vec::new() };
        for number in 0..count {
            let mut socket = Socket::open(host, &format!("spinner-{number}")).await?;
            spinners.ids.push(socket.start(GUESTS[0].1).await?);
            spinners.sockets.push(socket);
        }
        Ok(spinners)
    }

    /// Stops them, and returns when they have.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        for (mut socket, id) in self.sockets.into_iter().zip(self.ids) {
            socket.cancel(&id).await?;
        }
        Ok(())
    }
}

/// A socket whose runs are those of the worker, one at a time.
struct Socket {
    connection: WebSocketStream<TcpStream>,
    session: String,
}

impl Socket {
    async fn open(host: &Host, session: &str) -> anyhow::Result<Self> {
        Ok(Self { connection: connect(host.program.address, session).await?, session: session.to_owned() })
    }

    /// Starts a run, and gives its id when its guest has begun.
    async fn start(&mut self, task: &str) -> anyhow::Result<String> {
        self.send(&json!({"type": "run", "sessionId": self.session, "appName": WORKER,
            "newMessage": {"parts": [{"text": task}]}}))
            .await?;
        let mut id = None;
        loop {
            let frame: Value = serde_json::from_str(&next(&mut self.connection).await?)?;
            match frame.get("type").and_then(Value::as_str) {
                Some("started") => id = frame.get("invocationId").and_then(Value::as_str).map(str::to_owned),
                Some("event") => return id.context("the run was not said to have started"),
                _ => bail!("the socket said {frame}"),
            }
        }
    }

    /// Cancels a run, and returns when it is over.
    async fn cancel(&mut self, id: &str) -> anyhow::Result<()> {
        self.send(&json!({"type": "cancel", "invocationId": id})).await?;
        loop {
            let frame = next(&mut self.connection).await?;
            if frame.contains(r#""type":"completed""#) {
                return Ok(());
            }
        }
    }

    async fn send(&mut self, frame: &Value) -> anyhow::Result<()> {
        Ok(self.connection.send(Message::Text(frame.to_string().into())).await?)
    }
}
