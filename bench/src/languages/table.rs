//! The numbers of all languages, beside what was measured before there was a host.

use std::fmt::Write as _;

use super::Numbers;

/// A language, or one of its engines.
pub(super) struct Language {
    /// What its component is called.
    pub(super) component: &'static str,
    name: &'static str,
    /// The design's figure for a fresh run in wasmtime alone, in microseconds, with an agent that was written by hand.
    design_micros: u32,
    /// The design's figure for a live instance, in units of 1024 bytes.
    design_kibibytes: u32,
}

const fn language(component: &'static str, name: &'static str, micros: u32, kibibytes: u32) -> Language {
    Language { component, name, design_micros: micros, design_kibibytes: kibibytes }
}

/// The rows.
pub(super) const LANGUAGES: &[Language] = &[
    language("rust", "Rust", 45, 24),
    language("c", "C", 48, 24),
    language("cpp", "C++", 48, 24),
    language("zig", "Zig", 67, 72),
    language("go", "Go", 397, 371),
    language("javascript", "JavaScript, QuickJS by jco", 203, 128),
    language("javascript-built-in", "JavaScript, QuickJS built in", 203, 128),
    language("javascript-starlingmonkey", "JavaScript, StarlingMonkey", 2048, 786),
    language("python", "Python by componentize-py", 1576, 1081),
    language("python-built-in", "Python built in", 1576, 1081),
];

/// The table.
pub(super) fn text(rows: &[(&Language, Numbers)]) -> String {
    let mut text = String::from(
        "| language | design µs | run µs, median | p99 | rounds | floor µs | run ÷ floor | faults a run (floor) | design KB | KB a live instance (floor) |\n\
         |---|---|---|---|---|---|---|---|---|---|",
    );
    let mut noisy = Vec::new();
    for (language, numbers) in rows {
        let Numbers { subject, floor, live_bytes, floor_live_bytes, .. } = numbers;
        let _ = write!(
            text,
            "\n| {} | {} | {:.0} | {:.0} | {:.0}–{:.0} | {:.0} | {:.2} | {:.1} ({:.1}) | {} | {} ({}) |",
            language.name,
            language.design_micros,
            subject.median,
            subject.p99,
            subject.best_round,
            subject.worst_round,
            floor.median,
            subject.median / floor.median,
            subject.page_faults,
            floor.page_faults,
            language.design_kibibytes,
            live_bytes >> 10,
            floor_live_bytes >> 10,
        );
        if subject.is_noisy() || floor.is_noisy() {
            noisy.push(language.name);
        }
    }
    if !noisy.is_empty() {
        let _ = write!(
            text,
            "\n\nThe machine was busy with other work: the rounds of {} lie too far apart to be trusted.",
            noisy.join(", ")
        );
    }
    text
}
