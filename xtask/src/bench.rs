//! `cargo xtask bench`: builds what is measured, in the release build, and lets `rak-bench` measure it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::shell::{self, Places};
use crate::{agents, languages, readme, toolchain};

/// The smallest agents that stream: what their components are called, their projects, and what `rak build` is told.
const SMALLEST: [(&str, &str, &[&str]); 10] = [
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
/// The agent that does what it is told to: calls, events, waits, loops.
const WORKER: &str = "bench/agents/durable";
/// A bench with a table of its own.
const AUTHOR: &str = "author";
const DURABILITY: &str = "durability";
const LANGUAGES: &str = "languages";
/// Needs the agents of all languages.
const HOTLOAD: &str = "hotload";
/// What `rak-bench run` ends with where it measured everything, and a bound was missed.
const MISSED: i32 = 3;
const OTHERS: [&str; 3] = [AUTHOR, DURABILITY, LANGUAGES];

/// What is measured.
#[derive(Args)]
pub(crate) struct Selection {
    /// Benches: `echo-sse`, `echo-ws`, `echo-memory`, `invoke`, `cancel`, `fair`, `density`, `fanout`, `hotload`, `start`, `scale`;
    /// all of these where none is named. With tables of their own: `languages`, `durability`, `author`
    names: Vec<String>,
    /// A little of everything in the development build: whether it works, and no numbers to be believed
    #[arg(long, conflicts_with = "write")]
    quick: bool,
    /// Write the figures as JSON too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the README's tables
    #[arg(long)]
    write: bool,
    /// How many invocations wait for a person in `durability`, if not 100 000
    #[arg(long, value_name = "N")]
    waiting: Option<usize>,
}

pub(crate) fn run(selection: &Selection) -> anyhow::Result<()> {
    let Selection { names, quick, json, write, waiting } = selection;
    let (others, figures): (Vec<&str>, Vec<&str>) =
        names.iter().map(String::as_str).partition(|name| OTHERS.contains(name));
    if *write && !figures.is_empty() {
        bail!("the README's table has all benches: name none of them with --write");
    }
    let places = shell::places()?;
    let programs = Programs::build(&places, *quick)?;
    for name in &others {
        let table = match *name {
            AUTHOR => programs.measure(|bench| bench.arg(AUTHOR).arg(&programs.rak))?,
            DURABILITY => {
                let folder = components(&places, &programs, false)?;
                programs.measure(|bench| {
                    bench.arg(DURABILITY).arg(folder).args(quick.then_some("--quick"));
                    bench.args(waiting.map(|count| format!("--waiting={count}")))
                })?
            }
            _ => {
                languages_with(&places, &programs)?;
                continue;
            }
        };
        if *write {
            readme::write(&places, name, &table.text)?;
        }
    }
    if !others.is_empty() && figures.is_empty() {
        return Ok(());
    }
    let all = figures.is_empty() || figures.contains(&HOTLOAD);
    let folder = components(&places, &programs, all)?;
    let table = programs.measure(|bench| {
        bench.arg("run").arg("--rak").arg(&programs.rak).arg("--components").arg(folder).args(&figures);
        bench.args(quick.then_some("--quick"));
        if let Some(json) = json {
            bench.arg("--json").arg(json);
        }
        bench
    });
    let table = table?;
    if *write {
        readme::write(&places, "bench", &table.text)?;
    }
    if table.missed {
        bail!("a bound was missed");
    }
    Ok(())
}

/// Builds the smallest agents as their authors would, measures them, and gives the folder with the numbers: NAME.json.
pub(crate) fn languages(places: &Places) -> anyhow::Result<PathBuf> {
    languages_with(places, &Programs::build(places, false)?)
}

fn languages_with(places: &Places, programs: &Programs) -> anyhow::Result<PathBuf> {
    let folder = components(places, programs, true)?;
    programs.measure(|bench| bench.arg(LANGUAGES).arg(&folder))?;
    Ok(folder)
}

/// What came of a bench.
struct Table {
    text: String,
    /// A bound was missed.
    missed: bool,
}

/// What measures, and what is measured.
struct Programs {
    rak: PathBuf,
    bench: PathBuf,
}

impl Programs {
    fn build(places: &Places, quick: bool) -> anyhow::Result<Self> {
        let mut cargo = shell::cargo(places);
        let built = if quick {
            // The artifacts of the tests: another selection of packages would compile much of them again.
            cargo.args(["build", "--workspace", "--all-targets"]);
            places.target.join("debug")
        } else {
            cargo.args(["build", "--release", "--package", "rak", "--package", "rak-bench"]);
            places.target.join("release")
        };
        shell::run(&mut cargo)?;
        Ok(Self { rak: built.join("rak"), bench: built.join("rak-bench") })
    }

    /// Measures, shows the table and gives it.
    fn measure(&self, arguments: impl FnOnce(&mut Command) -> &mut Command) -> anyhow::Result<Table> {
        let mut bench = Command::new(&self.bench);
        let bench = arguments(&mut bench).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = bench.output().context("failed to run the bench")?;
        let text = String::from_utf8(output.stdout)?;
        shell::say(&text);
        let missed = output.status.code() == Some(MISSED);
        if !output.status.success() && !missed {
            bail!("the bench failed ({})", output.status);
        }
        Ok(Table { text, missed })
    }
}

/// Builds the agents that are measured, and gives their folder.
fn components(places: &Places, programs: &Programs, all: bool) -> anyhow::Result<PathBuf> {
    shell::require_wasm_target()?;
    let folder = places.target.join("bench");
    fs::create_dir_all(&folder)?;
    fs::copy(agents::build(false)?.join("echo.wasm"), folder.join("echo.wasm"))?;
    let build = |name: &str, project: &str, more: &[&str]| {
        let out = folder.join(format!("{name}.wasm"));
        languages::component(places, &programs.rak, Path::new(project), more, &out)
    };
    build("worker", WORKER, &[])?;
    if all {
        toolchain::install(places)?;
        for (name, project, more) in SMALLEST {
            build(name, project, more)?;
        }
    }
    Ok(folder)
}
