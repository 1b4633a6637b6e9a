//! An echo over a real socket, each event stored, beside an axum server that writes the same by hand: `echo-sse`, `echo-ws`,
//! and what it costs the server's processors. `echo-memory` is the same where nothing is stored.

use anyhow::Context as _;

use crate::load::{Load, Protocol, Work};
use crate::place::{Host, Place};
use crate::process::Program;
use crate::report::{Bound, Figure, Unit};

/// Two words: two deltas and the answer.
const TEXT: &str = "hello rak";
const EVENTS: usize = 3;
/// How many connections there are.
const CONNECTIONS: [usize; 3] = [1, 64, 256];
/// Where bounds hold.
const MANY: usize = 64;
/// At which part of what the slower one can do their latencies are compared: nobody waits long for a place there.
const PART: f64 = 0.5;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Sqlite,
    Memory,
}

/// The echo of one protocol.
pub(crate) async fn measure(
    place: &Place,
    name: &'static str,
    protocol: Protocol,
    storage: Storage,
) -> anyhow::Result<Vec<Figure>> {
    let folder = place.folder()?;
    let host = Subject::start(place, storage)?;
    let floor = match storage {
        Storage::Sqlite => Place::own(&["floor", "sqlite"], Some(folder.path()))?,
        Storage::Memory => Place::own(&["floor", "memory"], None)?,
    };
    let mut figures = Vec::new();
    if protocol == Protocol::Sse && storage == Storage::Sqlite {
        figures.push(client(place).await?);
    }
    let connections = if place.quick { &[2][..] } else { &CONNECTIONS };
    for &connections in connections {
        let of = Case { place, name, protocol, storage, connections };
        figures.extend(of.measure(host.program(), &floor).await?);
    }
    Ok(figures)
}

/// What the client itself can do: it is answered with bytes that are always the same.
async fn client(place: &Place) -> anyhow::Result<Figure> {
    let canned = Place::own(&["floor", "canned"], None)?;
    let mut load = Load::open(canned.address, &work(Protocol::Sse, "canned"), MANY).await?;
    let mut rounds = Vec::new();
    for _ in 0..place.rounds() {
        rounds.push(load.as_fast_as_possible(place.round()).await?.a_second());
    }
    let figure =
        Figure::of("echo-sse", format!("{MANY} connections"), "the load client alone", Unit::PerSecond);
    Ok(figure.alone(rounds, None))
}

fn work(protocol: Protocol, session: &str) -> Work {
    let (agent, text, session) = ("echo".to_owned(), TEXT.to_owned(), session.to_owned());
    Work { protocol, agent, text, events: EVENTS, session }
}

/// The host: `rak`, or one of this program's own where nothing is to be stored.
enum Subject {
    Rak(Host),
    Own(Program),
}

impl Subject {
    fn start(place: &Place, storage: Storage) -> anyhow::Result<Self> {
        Ok(match storage {
            Storage::Sqlite => Self::Rak(place.host(&["echo"], "")?),
            Storage::Memory => Self::Own(Place::own(&["host"], Some(&place.components))?),
        })
    }

    fn program(&self) -> &Program {
        match self {
            Self::Rak(host) => &host.program,
            Self::Own(program) => program,
        }
    }
}

struct Case<'a> {
    place: &'a Place,
    name: &'static str,
    protocol: Protocol,
    storage: Storage,
    connections: usize,
}

/// The rounds of a subject or a floor.
#[derive(Default)]
struct Rounds {
    a_second: Vec<f64>,
    cpu: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
}

impl Case<'_> {
    async fn measure(&self, subject: &Program, floor: &Program) -> anyhow::Result<Vec<Figure>> {
        let work = work(self.protocol, &format!("{}-{}", self.name, self.connections));
        let mut loads = Vec::new();
        for program in [floor, subject] {
            loads.push(Load::open(program.address, &work, self.connections).await?);
        }
        let [floor_load, subject_load] = loads.as_mut_slice() else { anyhow::bail!("there are two") };
        let (mut floors, mut subjects) = (Rounds::default(), Rounds::default());
        // Caches fill; and the rate at which latencies are compared.
        let round = self.place.round();
        let floor_most = floor_load.as_fast_as_possible(round).await?.a_second();
        let rate = subject_load.as_fast_as_possible(round).await?.a_second().min(floor_most) * PART;
        for _ in 0..self.place.rounds() {
            for (load, program, rounds) in
                [(&mut *floor_load, floor, &mut floors), (&mut *subject_load, subject, &mut subjects)]
            {
                let before = program.cpu_time()?;
                let fast = load.as_fast_as_possible(round).await.context("as fast as possible")?;
                let used = program.cpu_time()?.saturating_sub(before);
                rounds.a_second.push(fast.a_second());
                rounds.cpu.push(used.as_secs_f64() * 1e6 / fast.count());
                let paced = load.at_a_rate(rate, round).await.context("at a rate")?;
                rounds.p50.push(paced.micros(50.0));
                rounds.p99.push(paced.micros(99.0));
            }
        }
        Ok(self.figures(subjects, floors))
    }

    fn figures(&self, subject: Rounds, floor: Rounds) -> Vec<Figure> {
        let many = self.connections == MANY;
        let stored = self.storage == Storage::Sqlite;
        let case = match self.connections {
            1 => "1 connection".to_owned(),
            connections => format!("{connections} connections"),
        };
        let figure = |what, unit| Figure::of(self.name, &case, what, unit);
        let least = if stored { 0.6 } else { 0.35 };
        let least = many.then_some(Bound::RatioAtLeast(least));
        let latest = (many && stored).then_some(Bound::RatioAtMost(2.0));
        let most = (many && stored && self.protocol == Protocol::Sse).then_some(Bound::RatioAtMost(2.0));
        vec![
            figure("runs", Unit::PerSecond).beside(subject.a_second, floor.a_second, least),
            figure("server's CPU a run", Unit::Micros).beside(subject.cpu, floor.cpu, most),
            figure("median at half of the slower one's runs", Unit::Micros).beside(
                subject.p50,
                floor.p50,
                None,
            ),
            figure("p99 at half of the slower one's runs", Unit::Micros).beside(
                subject.p99,
                floor.p99,
                latest,
            ),
        ]
    }
}
