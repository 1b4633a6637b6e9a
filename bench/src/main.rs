//! What running agents costs. `cargo xtask bench` builds what is measured and calls this; a bench is a file here.
//!
//! A figure is worth something only beside another one that was taken in the same minute: a bench has a subject, which is
//! what the host does, and where there is one a floor, which is the least that the same work can cost, and they take turns.

mod author;
mod cancel;
mod density;
mod durability;
mod echo;
mod embedded;
mod fair;
mod fanout;
mod floors;
mod hotload;
mod http;
mod invoke;
mod languages;
mod load;
mod measure;
mod place;
mod process;
mod report;
mod scale;
mod start;
mod suite;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use tokio::runtime::Builder;

/// As in `rak`: a host that is put together here has what that one has, and so has a floor.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures what running agents costs.
#[derive(Parser)]
enum Bench {
    /// The benches that are named, or all of them; writes a table, and fails where a bound was missed
    Run(suite::Selection),
    /// A fresh run and a live instance of each component in a folder; writes NAME.json beside NAME.wasm, and a table
    Languages {
        /// Where the components are.
        folder: PathBuf,
    },
    /// One of those components, in a process of its own; writes the numbers as JSON
    #[command(hide = true)]
    Language {
        /// The component.
        component: PathBuf,
    },
    /// The journal, replay, runs that wait, and listeners, with `echo.wasm` and `worker.wasm` of a folder; writes
    /// durability.json beside them, and tables
    Durability {
        /// Where the components are.
        folder: PathBuf,
        #[command(flatten)]
        scale: durability::Scale,
    },
    /// A part of that, in a process of its own; writes the numbers as JSON
    #[command(hide = true)]
    DurabilityPart(durability::Part),
    /// The author's loop with the clock running, from `rak new` to an answer and on; writes a table
    Author {
        /// The program `rak`.
        rak: PathBuf,
    },
    /// Puts load on an agent of a host that is there already, for profilers; writes what came of it
    Load(load::Against),
    /// Serves a floor: what the same work costs by hand
    #[command(subcommand, hide = true)]
    Floor(floors::Floor),
    /// Serves the echo from memory
    #[command(hide = true)]
    Host {
        /// Where the components are.
        components: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Bench::parse()) {
        Ok(code) => code,
        Err(error) => {
            measure::say(&mut std::io::stderr(), &format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(bench: Bench) -> anyhow::Result<ExitCode> {
    match bench {
        Bench::Run(selection) => return suite::run(&selection),
        Bench::Languages { folder } => languages::all(&folder)?,
        Bench::Language { component } => {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let numbers = runtime.block_on(languages::one(&component));
            let numbers = numbers.with_context(|| format!("failed to measure {}", component.display()))?;
            measure::say(&mut std::io::stdout(), &serde_json::to_string(&numbers)?);
        }
        Bench::Durability { folder, scale } => durability::all(&folder, scale)?,
        Bench::DurabilityPart(part) => {
            let numbers = durability::one(&part).with_context(|| format!("failed to measure {part}"))?;
            measure::say(&mut std::io::stdout(), &numbers);
        }
        Bench::Author { rak } => author::run(&rak)?,
        Bench::Load(against) => suite::on_one_thread(load::against(&against))?,
        Bench::Floor(floor) => {
            Builder::new_multi_thread().enable_all().build()?.block_on(floors::serve(floor))?;
        }
        Bench::Host { components } => {
            Builder::new_multi_thread().enable_all().build()?.block_on(embedded::serve(&components))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
