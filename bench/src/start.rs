//! How soon a host is ready that has seen its agents before: `start`.

use std::time::Instant;

use anyhow::Context as _;

use crate::http;
use crate::place::{self, Place};
use crate::process::Program;
use crate::report::{Bound, Figure, Unit};

/// How many agents there are.
const AGENTS: usize = 200;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    let agents = place.many(AGENTS, 3);
    let folder = place.folder()?;
    place::variants(folder.path(), &place.component("echo")?, agents)?;
    let last = place::variant(agents - 1);
    let host = Program::start(&mut place.serve(folder.path()))?;
    for number in 0..agents {
        http::until_optimized(host.address, &place::variant(number))?;
    }
    host.terminate()?;
    let (mut ready, mut answered) = (Vec::new(), Vec::new());
    for round in 0..place.rounds() {
        let began = Instant::now();
        let host = Program::start(&mut place.serve(folder.path()))?;
        http::get(host.address, "/readiness").context("it listens and is not ready")?;
        ready.push(began.elapsed().as_secs_f64() * 1e6);
        http::run(host.address, &last, &format!("round-{round}"))?;
        answered.push(began.elapsed().as_secs_f64() * 1e6);
        host.terminate()?;
    }
    let figure = |what| Figure::of("start", format!("{agents} cached agents"), what, Unit::Micros);
    Ok(vec![
        figure("start → ready").alone(ready, Some(Bound::AtMost(1e6))),
        figure("start → answer of the last").alone(answered, None),
    ])
}
