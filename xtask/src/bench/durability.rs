//! `cargo xtask bench durability`: what the journal, a repeated run, very many that wait, and very many listeners cost, in
//! the release build.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::shell::{self, Places};
use crate::{agents, languages};

const BEGIN: &str = "<!-- durability: cargo xtask bench durability --write -->\n";
const END: &str = "<!-- /durability -->";

/// The agent that calls the host as often as it is told to.
const WORKER: &str = "bench/agents/durable";

pub(crate) fn run(quick: bool, waiting: Option<usize>, write: bool) -> anyhow::Result<()> {
    let places = shell::places()?;
    shell::require_wasm_target()?;
    // The artifacts of the tests: another selection of packages would compile much of them again.
    shell::run(shell::cargo(&places).args(["build", "--workspace", "--all-targets"]))?;
    let folder = places.target.join("durability");
    fs::create_dir_all(&folder)?;
    fs::copy(agents::build(false)?.join("echo.wasm"), folder.join("echo.wasm"))?;
    languages::component(&places, WORKER, &[], &folder.join("worker.wasm"))?;
    let mut bench = if quick {
        // It is not the numbers that are wanted.
        Command::new(places.target.join("debug/rak-bench"))
    } else {
        let mut cargo = shell::cargo(&places);
        cargo.args(["run", "--release", "--package", "rak-bench", "--"]);
        cargo
    };
    bench.arg("durability").arg(&folder).args(quick.then_some("--quick"));
    bench.args(waiting.map(|count| format!("--waiting={count}")));
    let output = bench.stderr(Stdio::inherit()).output().context("failed to run the bench")?;
    if !output.status.success() {
        bail!("the bench failed ({})", output.status);
    }
    let tables = String::from_utf8(output.stdout)?;
    shell::say(&tables);
    if write { write_readme(&places, &tables) } else { Ok(()) }
}

fn write_readme(places: &Places, tables: &str) -> anyhow::Result<()> {
    let readme = places.root.join("README.md");
    let text = fs::read_to_string(&readme)?;
    let Some((before, rest)) = text.split_once(BEGIN) else { bail!("the README has no {BEGIN:?}") };
    let Some((_, after)) = rest.split_once(END) else { bail!("the README has no {END:?}") };
    fs::write(&readme, format!("{before}{BEGIN}{tables}{END}{after}"))?;
    shell::say("the numbers of durable runs are in README.md");
    Ok(())
}
