//! What a bench gives: figures, each beside its floor and its bound, for people and for programs.

use std::fmt;

use serde::Serialize;

use crate::measure::{QUIET, median, quantile};

/// The rounds of a subject or a floor.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rounds {
    pub(crate) median: f64,
    pub(crate) smallest: f64,
    pub(crate) largest: f64,
    /// How far the middle half lies apart, as a part of the median.
    pub(crate) spread: f64,
}

impl Rounds {
    pub(crate) fn of(mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        let at = |of_a_hundred| quantile(&rounds, of_a_hundred);
        let (smallest, largest, spread) = (at(0), at(100), (at(75) - at(25)) / at(50));
        Self { median: median(rounds), smallest, largest, spread }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Unit {
    PerSecond,
    Micros,
    Bytes,
    /// A part of a processor.
    Processors,
    Count,
}

/// What has to be reached.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Bound {
    /// So many times the floor.
    RatioAtLeast(f64),
    RatioAtMost(f64),
    /// So much, in the figure's unit.
    AtMost(f64),
}

/// One line.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figure {
    pub(crate) bench: &'static str,
    /// Of what: how many connections, which agent.
    pub(crate) case: String,
    /// What of it: throughput, p99.
    pub(crate) what: &'static str,
    pub(crate) unit: Unit,
    pub(crate) subject: Rounds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) floor: Option<Rounds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bound: Option<Bound>,
    /// Absent where there is no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reached: Option<bool>,
    /// The rounds lie too far apart to be trusted.
    pub(crate) noisy: bool,
}

impl Figure {
    /// Of what; the numbers come next.
    pub(crate) fn of(bench: &'static str, case: impl fmt::Display, what: &'static str, unit: Unit) -> Blank {
        Blank { bench, case: case.to_string(), what, unit }
    }
}

/// A figure without numbers.
pub(crate) struct Blank {
    bench: &'static str,
    case: String,
    what: &'static str,
    unit: Unit,
}

impl Blank {
    /// Beside a floor, whose rounds took turns with the subject's.
    pub(crate) fn beside(self, subject: Vec<f64>, floor: Vec<f64>, bound: Option<Bound>) -> Figure {
        // Of neighbours: what the machine did meanwhile, it did to both.
        let ratios: Vec<f64> = subject.iter().zip(&floor).map(|(subject, floor)| subject / floor).collect();
        let floor = Rounds::of(floor);
        self.figure(Rounds::of(subject), Some((floor, median(ratios))), bound)
    }

    /// By itself.
    pub(crate) fn alone(self, subject: Vec<f64>, bound: Option<Bound>) -> Figure {
        self.figure(Rounds::of(subject), None, bound)
    }

    fn figure(self, subject: Rounds, beside: Option<(Rounds, f64)>, bound: Option<Bound>) -> Figure {
        let Self { bench, case, what, unit } = self;
        let (floor, ratio) = beside.unzip();
        let reached = bound.map(|bound| match bound {
            Bound::RatioAtLeast(least) => ratio.is_some_and(|ratio| ratio >= least),
            Bound::RatioAtMost(most) => ratio.is_some_and(|ratio| ratio <= most),
            Bound::AtMost(most) => subject.median <= most,
        });
        let noisy = subject.spread > QUIET || floor.is_some_and(|floor: Rounds| floor.spread > QUIET);
        Figure { bench, case, what, unit, subject, floor, ratio, bound, reached, noisy }
    }
}

/// The table of figures, as Markdown.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut lines = vec![
        "| bench | | | subject | floor | ratio | to reach | |".to_owned(),
        "|---|---|---|---|---|---|---|---|".to_owned(),
    ];
    lines.extend(figures.iter().map(line));
    if figures.iter().any(|figure| figure.noisy) {
        lines.push(String::new());
        lines.push(format!(
            "~: the middle half of the rounds lies more than {:.0} % apart; the machine was busy, or the figure is.",
            QUIET * 100.0
        ));
    }
    lines.join("\n")
}

fn line(figure: &Figure) -> String {
    let Figure { bench, case, what, unit, subject, floor, ratio, bound, reached, noisy } = figure;
    let shown = |rounds: &Rounds| {
        format!(
            "{} ({}–{})",
            value(*unit, rounds.median),
            value(*unit, rounds.smallest),
            value(*unit, rounds.largest)
        )
    };
    let noisy = if *noisy { " ~" } else { "" };
    format!(
        "| `{bench}` | {case} | {what} | {}{noisy} | {} | {} | {} | {} |",
        shown(subject),
        floor.as_ref().map_or_else(|| "–".to_owned(), shown),
        ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
        bound.map_or_else(
            || "–".to_owned(),
            |bound| match bound {
                Bound::RatioAtLeast(least) => format!("≥ {least}"),
                Bound::RatioAtMost(most) => format!("≤ {most}"),
                Bound::AtMost(most) => format!("≤ {}", value(*unit, most)),
            }
        ),
        match reached {
            None => "",
            Some(true) => "reached",
            Some(false) => "**missed**",
        },
    )
}

/// A number as people compare it.
pub(crate) fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::PerSecond => format!("{value:.0}/s"),
        Unit::Micros if value < 1e3 => format!("{value:.0} µs"),
        Unit::Micros if value < 1e5 => format!("{:.1} ms", value / 1e3),
        Unit::Micros if value < 1e6 => format!("{:.0} ms", value / 1e3),
        Unit::Micros => format!("{:.1} s", value / 1e6),
        Unit::Bytes if value < 1e7 => format!("{:.0} KB", value / 1024.0),
        Unit::Bytes => format!("{:.0} MB", value / f64::from(1 << 20)),
        Unit::Processors => format!("{:.2} %", value * 100.0),
        Unit::Count => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(unit: Unit) -> Blank {
        Figure::of("echo", "64 connections", "p99", unit)
    }

    #[test]
    fn a_bound_is_reached_or_missed() {
        let beside = |bound| {
            let figure = figure(Unit::PerSecond).beside(vec![59.0, 60.0, 61.0], vec![100.0; 3], Some(bound));
            (figure.reached, figure.noisy)
        };
        assert_eq!(beside(Bound::RatioAtLeast(0.6)), (Some(true), false));
        assert_eq!(beside(Bound::RatioAtLeast(0.61)), (Some(false), false));
        assert_eq!(beside(Bound::RatioAtMost(0.5)), (Some(false), false));
        assert_eq!(beside(Bound::AtMost(60.0)), (Some(true), false));
        assert_eq!(figure(Unit::Micros).alone(vec![5.0], None).reached, None);
    }

    #[test]
    fn a_ratio_is_of_neighbours() {
        let figure = figure(Unit::PerSecond).beside(vec![50.0, 100.0, 25.0], vec![100.0, 200.0, 50.0], None);
        assert_eq!((figure.ratio, figure.noisy), (Some(0.5), true));
    }

    #[test]
    fn a_line_says_all_of_it() {
        let bound = Some(Bound::AtMost(1000.0));
        let line = line(&figure(Unit::Micros).alone(vec![1200.0, 1300.0, 1100.0], bound));
        assert_eq!(
            line,
            "| `echo` | 64 connections | p99 | 1.2 ms (1.1 ms–1.3 ms) | – | – | ≤ 1.0 ms | **missed** |"
        );
        assert_eq!([3e6, 2e7].map(|bytes| value(Unit::Bytes, bytes)), ["2930 KB", "19 MB"]);
    }
}
