//! How long after a component was saved the first event of its new version comes, while somebody uses the agent: `hotload`.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use crate::http;
use crate::place::{Place, varied};
use crate::report::{Bound, Figure, Unit};

/// The name under which each of them is served.
const AGENT: &str = "measured";

/// The smallest agent of each language, and in how many microseconds it has to be live.
const AGENTS: [(&str, Option<f64>); 6] = [
    ("rust", Some(0.3e6)),
    ("zig", None),
    ("go", None),
    ("javascript-built-in", None),
    ("javascript-starlingmonkey", None),
    ("python-built-in", Some(3e6)),
];

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (agent, bound) in place.many(&AGENTS[..], AGENTS.get(..1).unwrap_or_default()) {
        let (times, lost) = one(place, &place.component(agent)?)?;
        let figure = |what, unit| Figure::of("hotload", *agent, what, unit);
        figures.push(figure("save → first event", Unit::Micros).alone(times, bound.map(Bound::AtMost)));
        figures.push(figure("runs lost", Unit::Count).alone(vec![f64::from(lost)], Some(Bound::AtMost(0.0))));
    }
    Ok(figures)
}

/// The times in microseconds, and how many runs of somebody else were lost meanwhile.
fn one(place: &Place, component: &[u8]) -> anyhow::Result<(Vec<f64>, u32)> {
    let host = place.host(&[], "")?;
    let address = host.program.address;
    let version = |number: usize| http::until(address, AGENT, &format!("\"number\":{number},"));
    save(host.folder(), component, 0)?;
    version(1)?;
    http::until_optimized(address, AGENT)?;
    let (over, lost) = (AtomicBool::new(false), AtomicU32::new(0));
    let times = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let run = http::run(address, AGENT, "somebody");
                let ended = run.is_ok_and(|events| events.contains("\"turnComplete\":true"));
                lost.fetch_add(u32::from(!ended), Ordering::Relaxed);
            }
        });
        let rounds = (1..=place.rounds()).map(|round| {
            let began = Instant::now();
            save(host.folder(), component, round)?;
            version(round + 1)?;
            http::run(address, AGENT, &format!("round-{round}"))?;
            let time = began.elapsed();
            // Compiling once more is in nobody's way then.
            http::until_optimized(address, AGENT)?;
            Ok(time.as_secs_f64() * 1e6)
        });
        let times: anyhow::Result<Vec<f64>> = rounds.collect();
        over.store(true, Ordering::Relaxed);
        times
    });
    Ok((times?, lost.into_inner()))
}

/// Renames a variant of the component into place.
fn save(folder: &Path, component: &[u8], variant: usize) -> anyhow::Result<()> {
    let partial = folder.join("partial");
    fs::write(&partial, varied(component, &format!("variant-{variant}"))?)?;
    Ok(fs::rename(partial, folder.join(format!("agents/{AGENT}.wasm")))?)
}
