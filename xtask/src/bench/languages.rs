//! `cargo xtask bench languages`: what a fresh run and a live instance cost in each language, with the smallest agent that
//! streams, in the release build.

use std::fs;
use std::path::PathBuf;

use crate::shell::{self, Places};
use crate::{languages, toolchain};

/// The agents: what their components are called, their projects, and what `rak build` is told.
const AGENTS: [(&str, &str, &[&str]); 10] = [
    ("rust", "bench/agents/rust", &[]),
    ("c", "bench/agents/c", &[]),
    ("cpp", "bench/agents/cpp", &[]),
    ("zig", "bench/agents/zig", &[]),
    ("go", "bench/agents/go", &[]),
    ("javascript", "bench/agents/javascript", &[]),
    ("javascript-built-in", "bench/agents/javascript", &["--built-in"]),
    ("javascript-starlingmonkey", "bench/agents/javascript/starlingmonkey", &[]),
    ("python", "bench/agents/python", &[]),
    ("python-built-in", "bench/agents/python", &["--built-in"]),
];

pub(crate) fn run() -> anyhow::Result<()> {
    measure(&shell::places()?).map(drop)
}

/// Builds the agents as their authors would, measures them, and gives the folder with the numbers: NAME.json.
pub(crate) fn measure(places: &Places) -> anyhow::Result<PathBuf> {
    shell::require_wasm_target()?;
    toolchain::install(places)?;
    // The artifacts of the tests: another selection of packages would compile much of them again.
    shell::run(shell::cargo(places).args(["build", "--workspace", "--all-targets"]))?;
    let folder = places.target.join("languages/smallest");
    fs::create_dir_all(&folder)?;
    for (name, project, more) in AGENTS {
        languages::component(places, project, more, &folder.join(format!("{name}.wasm")))?;
    }
    shell::run(shell::cargo(places).args([
        "run",
        "--release",
        "--package",
        "rak-bench",
        "--",
        "languages",
        &folder.to_string_lossy(),
    ]))?;
    Ok(folder)
}
