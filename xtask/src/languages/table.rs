//! The README's table of languages: what the matrix test measured, and what the bench did.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

use crate::shell::{self, Places};
use crate::{bench, readme};

/// The rows: a component's name, the language, and what builds it.
const ROWS: [(&str, &str, &str); 10] = [
    ("rust", "Rust", "rustc, target wasm32-wasip2"),
    ("c", "C", "Zig 0.17.1 as the compiler"),
    ("cpp", "C++", "Zig 0.17.1 as the compiler"),
    ("zig", "Zig", "Zig 0.17.1"),
    ("go", "Go", "Go 1.27.3, stock"),
    ("javascript", "JavaScript, TypeScript", "jco 1.35.0, QuickJS"),
    ("javascript-built-in", "the same", "within `rak`, QuickJS"),
    ("javascript-starlingmonkey", "the same, with Web APIs", "jco 1.35.0, StarlingMonkey"),
    ("python", "Python 3.14", "componentize-py 0.25.1"),
    ("python-built-in", "the same", "within `rak`"),
];

/// Runs the matrix and then the bench, each alone, so that nothing disturbs what it measures, and writes their numbers into
/// the README.
pub(super) fn write(places: &Places) -> anyhow::Result<()> {
    let mut tests = shell::cargo(places);
    tests.args(["test", "--workspace", "--test", "suite", "--", "languages::", "--test-threads", "1"]);
    tests.args(["--skip", "languages::projects::"]).env("RAK_MEASURE", "1");
    shell::run(&mut tests)?;
    let smallest = bench::languages(places)?;
    let mut table = String::from(
        "| language | toolchain | component | compile, optimized (baseline) | fresh run (wasmtime alone) | live instance |\n\
         |---|---|---|---|---|---|\n",
    );
    for (name, language, toolchain) in ROWS {
        let conformance = Numbers::read(&places.target.join("languages"), name)?;
        let smallest = Numbers::read(&smallest, name)?;
        writeln!(
            table,
            "| {language} | {toolchain} | {} | {} ({}) | {:.0} µs ({:.0} µs) | {} KB |",
            size(conformance.whole("/bytes")?),
            time(conformance.whole("/optimizedMs")?),
            time(conformance.whole("/baselineMs")?),
            smallest.number("/subject/median")?,
            smallest.number("/floor/median")?,
            smallest.whole("/liveBytes")? >> 10,
        )?;
    }
    readme::write(places, "languages", &table)
}

/// What was measured of a component, as it was written down.
struct Numbers {
    component: &'static str,
    numbers: Value,
}

impl Numbers {
    fn read(folder: &Path, component: &'static str) -> anyhow::Result<Self> {
        let path = folder.join(format!("{component}.json"));
        let text = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
        Ok(Self { component, numbers: serde_json::from_str(&text)? })
    }

    fn number(&self, pointer: &str) -> anyhow::Result<f64> {
        let number = self.numbers.pointer(pointer).and_then(Value::as_f64);
        number.with_context(|| format!("{} has no {pointer}", self.component))
    }

    fn whole(&self, pointer: &str) -> anyhow::Result<u64> {
        let number = self.numbers.pointer(pointer).and_then(Value::as_u64);
        number.with_context(|| format!("{} has no {pointer}", self.component))
    }
}

/// Bytes, as people compare them.
fn size(bytes: u64) -> String {
    let kibibytes = bytes.div_ceil(1024);
    if kibibytes < 1024 {
        return format!("{kibibytes} KB");
    }
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Milliseconds, as people compare them.
fn time(milliseconds: u64) -> String {
    if milliseconds < 1000 {
        return format!("{milliseconds} ms");
    }
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}
