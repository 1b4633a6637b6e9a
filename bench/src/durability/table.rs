//! The numbers for people, as Markdown.

use std::fmt::Write as _;

use super::Numbers;
use super::clients::Audience;
use super::overhead::{Load, Row};
use super::{listeners, replay, waiting};

pub(super) fn text(numbers: &Numbers) -> String {
    let Numbers { overhead, replay, begun, back, listeners } = numbers;
    let mut text = overhead_text(overhead);
    text += &replay_text(replay);
    text += &waiting_text(begun, back);
    text += &listeners_text(listeners);
    let noisy: Vec<_> = overhead
        .iter()
        .filter(|row| row.subject.latency.is_noisy() || row.floor.latency.is_noisy())
        .map(|row| format!("{}, {} at a time", row.work, row.at_a_time))
        .chain((replay.subject.is_noisy() || replay.floor.is_noisy()).then(|| "the repeated run".to_owned()))
        .collect();
    if !noisy.is_empty() {
        let _ = write!(
            text,
            "\n\nThe machine was busy with other work: the rounds of these lie too far apart to be trusted: {}.",
            noisy.join("; ")
        );
    }
    text
}

fn overhead_text(rows: &[Row]) -> String {
    let mut text = String::from(
        "| run | at a time | `none`: median, runs a second, CPU a run | journal: the same | overhead: median, CPU |\n\
         |---|---|---|---|---|",
    );
    for Row { work, at_a_time, subject, floor } in rows {
        let _ = write!(
            text,
            "\n| {work} | {at_a_time} | {} | {} | {:+.0} %, {:+.0} % |",
            load(floor),
            load(subject),
            percent(subject.latency.median, floor.latency.median),
            percent(subject.cpu, floor.cpu),
        );
    }
    text
}

fn load(Load { latency, runs_a_second, cpu }: &Load) -> String {
    format!("{}, {runs_a_second:.0}, {}", time(latency.median), time(*cpu))
}

fn percent(subject: f64, floor: f64) -> f64 {
    (subject / floor - 1.0) * 100.0
}

fn replay_text(numbers: &replay::Numbers) -> String {
    let replay::Numbers { calls, entries, subject, floor, calls_a_second } = numbers;
    format!(
        "\n\nA run that made {calls} calls ({entries} of them in its journal), was put away and is answered is repeated \
         with {calls_a_second:.0} calls a second: {} from the answer to its end, {} where it made none.",
        time(subject.median),
        time(floor.median),
    )
}

fn waiting_text(begun: &waiting::Begun, back: &waiting::Back) -> String {
    format!(
        "\n\n| {} invocations wait for a person | |\n|---|---|\n\
         | begun and put away | {:.0} a second |\n\
         | memory of each | {:.0} bytes, {:.0} after a restart |\n\
         | disk of each | {:.0} bytes |\n\
         | left when the host stops | {} |\n\
         | taken in when it starts again | {}, and {} until all are listed |\n\
         | answer of one until its run is over | {}, p99 {} |",
        begun.invocations,
        begun.a_second,
        begun.memory_bytes,
        back.memory_bytes,
        begun.disk_bytes,
        time(begun.leave_ms * 1e3),
        time(back.recovered_ms * 1e3),
        time(back.listed_ms * 1e3),
        time(back.answered_median),
        time(back.answered_p99),
    )
}

fn listeners_text(rows: &[listeners::Row]) -> String {
    let mut text = String::from(
        "\n\n| listeners of one run | deliveries a second | run, as fast as it can | host's memory | run, at a pace | \
         delay at a pace: median, p99 |\n|---|---|---|---|---|---|",
    );
    for listeners::Row { audience, burst, paced } in rows {
        let delay =
            paced.read.as_ref().map(|read| format!("{}, {}", time(read.delay_median), time(read.delay_p99)));
        let deliveries = burst.read.as_ref().map(|read| format!("{:.0}", read.deliveries_a_second));
        let _ = write!(
            text,
            "\n| {} | {} | {} | {} | {} | {} |",
            who(*audience),
            deliveries.unwrap_or_else(|| "–".to_owned()),
            time(burst.run_ms * 1e3),
            memory(burst.held_bytes),
            time(paced.run_ms * 1e3),
            delay.unwrap_or_else(|| "–".to_owned()),
        );
    }
    let dropped = |number: fn(&listeners::Numbers) -> usize| -> usize {
        rows.iter().flat_map(|row| [&row.burst, &row.paced]).map(number).sum()
    };
    let (readers, stuck) = (dropped(|row| row.readers_dropped), dropped(|row| row.stuck_dropped));
    if readers + stuck > 0 {
        let _ = write!(
            text,
            "\n\nThe host dropped {readers} connections that read and {stuck} that read nothing; they came back for the \
             rest."
        );
    }
    text
}

pub(super) fn who(Audience { readers, stuck }: Audience) -> String {
    match (readers, stuck) {
        (0, 0) => "none".to_owned(),
        (readers, 0) => readers.to_string(),
        (0, stuck) => format!("{stuck} that read nothing"),
        (readers, stuck) => format!("{readers}, and {stuck} that reads nothing"),
    }
}

/// Microseconds, as people compare them.
fn time(micros: f64) -> String {
    if micros < 1e3 {
        format!("{micros:.0} µs")
    } else if micros < 1e5 {
        format!("{:.1} ms", micros / 1e3)
    } else if micros < 1e6 {
        format!("{:.0} ms", micros / 1e3)
    } else {
        format!("{:.1} s", micros / 1e6)
    }
}

fn memory(bytes: f64) -> String {
    format!("{:.1} MB", bytes / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_compare_them() {
        assert_eq!(
            [12.3, 1234.0, 123_400.0, 12_340_000.0].map(time),
            ["12 µs", "1.2 ms", "123 ms", "12.3 s"]
        );
        assert_eq!(memory(1_572_864.0), "1.5 MB");
        assert!((percent(150.0, 100.0) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn an_audience_is_named() {
        let who = |readers, stuck| who(Audience { readers, stuck });
        assert_eq!([who(0, 0), who(10, 0), who(0, 2)], ["none", "10", "2 that read nothing"]);
        assert_eq!(who(1000, 1), "1000, and 1 that reads nothing");
    }
}
