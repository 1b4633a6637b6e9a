//! Times, and what the system says of this process.

use std::io::Write;
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The middle half of the rounds may differ by this much of their median; beyond it the machine was busy with other work.
pub(crate) const QUIET: f64 = 0.10;

/// What a subject or a floor came to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    /// The median of all runs, in microseconds.
    pub(crate) median: f64,
    /// 99 of 100 runs take no longer.
    pub(crate) p99: f64,
    /// The medians of the rounds: the smallest.
    pub(crate) best_round: f64,
    /// The largest.
    pub(crate) worst_round: f64,
    /// How far the middle half of the rounds lies apart, as a part of their median.
    pub(crate) spread: f64,
    /// Pages that the kernel had to bring in, for each run.
    pub(crate) page_faults: f64,
}

impl Figures {
    /// Whether the machine was too busy for the figures to be trusted.
    pub(crate) fn is_noisy(&self) -> bool {
        self.spread > QUIET
    }
}

/// Collects the rounds of a subject or a floor.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    times: Vec<f64>,
    medians: Vec<f64>,
    page_faults: u64,
}

impl Rounds {
    /// Takes the times of one round, and how many pages were brought in meanwhile.
    pub(crate) fn add(&mut self, times: &[Duration], page_faults: u64) {
        let mut round: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e6).collect();
        round.sort_by(f64::total_cmp);
        self.medians.push(quantile(&round, 50));
        self.times.append(&mut round);
        self.page_faults += page_faults;
    }

    /// What they came to.
    pub(crate) fn figures(mut self) -> Figures {
        self.times.sort_by(f64::total_cmp);
        self.medians.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
        let page_faults = self.page_faults as f64 / self.times.len() as f64;
        Figures {
            median: quantile(&self.times, 50),
            p99: quantile(&self.times, 99),
            best_round: quantile(&self.medians, 0),
            worst_round: quantile(&self.medians, 100),
            spread: spread(&self.medians),
            page_faults,
        }
    }
}

/// A value that so many of a hundred do not exceed; of sorted values.
pub(crate) fn quantile(sorted: &[f64], of_a_hundred: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get(last * of_a_hundred / 100).copied().unwrap_or(f64::NAN)
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 50)
}

/// How far the middle half lies apart, as a part of the median; of sorted values.
fn spread(sorted: &[f64]) -> f64 {
    (quantile(sorted, 75) - quantile(sorted, 25)) / quantile(sorted, 50)
}

/// Pages that were brought into this process so far, from wherever they came.
pub(crate) fn page_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may have spaces in it, and ends with a bracket.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let numbers: Vec<u64> =
        fields.skip(7).step_by(2).take(2).filter_map(|field| field.parse().ok()).collect();
    numbers.iter().sum()
}

/// What the process holds that it shares with nobody, in bytes.
pub(crate) fn private_bytes() -> u64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let kibibytes = |line: &str| line.split_whitespace().nth(1)?.parse::<u64>().ok();
    let private = rollup.lines().filter(|line| line.starts_with("Private_"));
    private.filter_map(kibibytes).sum::<u64>() << 10
}

/// What the process has in memory, in bytes.
pub(crate) fn resident_bytes() -> u64 {
    bytes_in("/proc/self/status", "VmRSS:").unwrap_or(0)
}

/// A size that the system writes into a file, in bytes.
pub(crate) fn bytes_in(path: &str, name: &str) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.with_context(|| format!("{path} has no {name}"))? << 10)
}

/// Every connection is a file to the system; where the limit cannot be raised, connections fail and say so.
pub(crate) fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Time on processors so far, of all threads together.
pub(crate) fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// What this was measured on: processors, memory, system.
pub(crate) fn machine() -> String {
    let line = |file: &str, key: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
        line.trim_start_matches([' ', '\t', ':']).to_owned()
    };
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let kibibytes = line("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse::<u64>().unwrap_or(0);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{processors} × {}, {} GiB, Linux {}",
        line("/proc/cpuinfo", "model name"),
        (kibibytes + (1 << 19)) >> 20,
        kernel.trim()
    )
}

/// Says something to whoever called.
pub(crate) fn say(to: &mut impl Write, text: &str) {
    let _ = writeln!(to, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_come_to_figures() {
        let mut rounds = Rounds::default();
        for round in 1..=4 {
            let times: Vec<_> = (1..=100).map(|time| Duration::from_micros(time * round)).collect();
            rounds.add(&times, 50);
        }
        let figures = rounds.figures();
        assert!((figures.best_round - 50.0).abs() < 1.0 && (figures.worst_round - 200.0).abs() < 1.0);
        assert!((figures.page_faults - 0.5).abs() < 1e-9);
        assert!(figures.is_noisy());
    }

    #[test]
    fn the_system_says_what_a_process_holds() {
        assert!(private_bytes() > 0 && resident_bytes() > 0);
        let before = page_faults();
        let used = cpu_time();
        let pages = vec![1u8; 4 << 20];
        assert!(page_faults() > before, "{}", pages.len());
        assert!(cpu_time() > used);
    }
}
