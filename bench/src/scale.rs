//! Whether a run costs the same when there is much of everything: `scale`. A session with a million events, a thousand
//! agents, ten thousand live invocations; the floor is the same host with a tenth of it.

use anyhow::ensure;

use crate::load::{Load, Protocol, Work};
use crate::place::{self, Host, Place};
use crate::report::{Bound, Figure, Unit};
use crate::{density, http};

const CONNECTIONS: usize = 16;
/// What a run may cost more.
const FLAT: f64 = 1.2;
/// The one session that gets long: a session has one run at a time.
const LONG: &str = "long";
/// Events that one run fills a session with: fewer than one may emit.
const FILL: usize = 50_000;

/// What a run cost the server's processors, in microseconds, round for round.
type Costs = Vec<f64>;

pub(crate) async fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    Ok(vec![
        line("events in each session", events(place).await?),
        line("agents", agents(place).await?),
        line("live invocations", invocations(place).await?),
    ])
}

fn line(what: &'static str, (many, tenth, subject): (usize, Costs, Costs)) -> Figure {
    let case = format!("{many} {what}, beside a tenth");
    let bound = Some(Bound::RatioAtMost(FLAT));
    Figure::of("scale", case, "server's CPU a run", Unit::Micros).beside(subject, tenth, bound)
}

/// Sessions that get longer.
async fn events(place: &Place) -> anyhow::Result<(usize, Costs, Costs)> {
    let many = place.many(1_000_000, 1000);
    let host = place.host(&["worker"], "")?;
    let work = work("worker", r#"{"task": "calls", "turns": 0, "asks": false}"#, 1, LONG);
    let fill = |events: usize| {
        let mut left = events;
        while left > 0 {
            let count = left.min(FILL);
            let answer = http::told(
                host.program.address,
                "worker",
                "long-0",
                &format!(r#"{{"task": "fill", "count": {count}}}"#),
            )?;
            ensure!(answer.contains("\"turnComplete\":true"), "the session was not filled: {answer}");
            left -= count;
        }
        anyhow::Ok(())
    };
    fill(many / 10)?;
    let tenth = costs(place, &host, &work).await?;
    fill(many - many / 10)?;
    Ok((many, tenth, costs(place, &host, &work).await?))
}

/// More agents, each a component of its own.
async fn agents(place: &Place) -> anyhow::Result<(usize, Costs, Costs)> {
    let many = place.many(1000, 10);
    let host = place.host(&["echo"], "")?;
    let work = work("echo", "hello rak", 3, "agents");
    let echo = place.component("echo")?;
    let grow = |count: usize| {
        place::variants(host.folder(), &echo, count)?;
        (0..count).try_for_each(|number| http::until_optimized(host.program.address, &place::variant(number)))
    };
    grow(many / 10)?;
    let tenth = costs(place, &host, &work).await?;
    grow(many)?;
    Ok((many, tenth, costs(place, &host, &work).await?))
}

/// More invocations that live and wait.
async fn invocations(place: &Place) -> anyhow::Result<(usize, Costs, Costs)> {
    let many = place.many(10_000, 40);
    let host = place.host(&["echo", "worker"], density::SETTINGS)?;
    let work = work("echo", "hello rak", 3, "invocations");
    let mut waiting = density::open(&host, 0..many / 10).await?;
    let tenth = costs(place, &host, &work).await?;
    waiting.extend(density::open(&host, many / 10..many).await?);
    Ok((many, tenth, costs(place, &host, &work).await?))
}

fn work(agent: &str, text: &str, events: usize, session: &str) -> Work {
    let (agent, text, session) = (agent.to_owned(), text.to_owned(), session.to_owned());
    Work { protocol: Protocol::Sse, agent, text, events, session }
}

async fn costs(place: &Place, host: &Host, work: &Work) -> anyhow::Result<Costs> {
    // New ones each time: a host closes connections that nobody uses for long.
    let connections = if work.session == LONG { 1 } else { CONNECTIONS };
    let mut load = Load::open(host.program.address, work, connections).await?;
    let mut costs = Vec::new();
    for round in 0..=place.rounds() {
        let before = host.program.cpu_time()?;
        let ran = load.as_fast_as_possible(place.round()).await?;
        let used = host.program.cpu_time()?.saturating_sub(before);
        // The first round fills caches.
        if round > 0 {
            costs.push(used.as_secs_f64() * 1e6 / ran.count());
        }
    }
    Ok(costs)
}
