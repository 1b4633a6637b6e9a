//! What somebody who wants an echo notices of others whose guests compute: `fair`.

use crate::cancel::Spinners;
use crate::load::{Load, Protocol, Work};
use crate::place::Place;
use crate::report::{Bound, Figure, Unit};

/// How many guests compute.
const SPINNERS: usize = 64;
/// Who wants an echo: so many connections, and so many runs a second of all of them.
const CONNECTIONS: usize = 16;
const A_SECOND: f64 = 200.0;

pub(crate) async fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    let host = place.host(&["echo", "worker"], "")?;
    let work = Work {
        protocol: Protocol::Sse,
        agent: "echo".to_owned(),
        text: "hello rak".to_owned(),
        events: 3,
        session: "fair".to_owned(),
    };
    let mut load = Load::open(host.program.address, &work, place.many(CONNECTIONS, 2)).await?;
    let [mut alone50, mut alone99, mut beside50, mut beside99] = [const { Vec::new() }; 4];
    for _ in 0..place.rounds() {
        let alone = load.at_a_rate(A_SECOND, place.round()).await?;
        alone50.push(alone.micros(50.0));
        alone99.push(alone.micros(99.0));
        let spinners = Spinners::start(&host, place.many(SPINNERS, 2)).await?;
        let beside = load.at_a_rate(A_SECOND, place.round()).await?;
        beside50.push(beside.micros(50.0));
        beside99.push(beside.micros(99.0));
        spinners.stop().await?;
    }
    let figure = |what| Figure::of("fair", "echo beside 64 guests that compute", what, Unit::Micros);
    Ok(vec![
        figure("median").beside(beside50, alone50, None),
        figure("p99").beside(beside99, alone99, Some(Bound::AtMost(5e3))),
    ])
}
