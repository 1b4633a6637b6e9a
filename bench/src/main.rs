//! What running agents costs. `cargo xtask bench` builds what is measured and calls this; a bench is a file here.
//!
//! A figure is worth something only beside another one that was taken in the same minute: each bench has a subject, which is
//! what the host does, and a floor, which is the least that the same work can cost, and they take turns.

mod durability;
mod languages;
mod measure;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;

/// Measures what running agents costs.
#[derive(Parser)]
enum Bench {
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
}

fn main() -> ExitCode {
    match run(Bench::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            measure::say(&mut std::io::stderr(), &format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(bench: Bench) -> anyhow::Result<()> {
    match bench {
        Bench::Languages { folder } => languages::all(&folder),
        Bench::Language { component } => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let numbers = runtime.block_on(languages::one(&component));
            let numbers = numbers.with_context(|| format!("failed to measure {}", component.display()))?;
            measure::say(&mut std::io::stdout(), &serde_json::to_string(&numbers)?);
            Ok(())
        }
        Bench::Durability { folder, scale } => durability::all(&folder, scale),
        Bench::DurabilityPart(part) => {
            let numbers = durability::one(&part).with_context(|| format!("failed to measure {part}"))?;
            measure::say(&mut std::io::stdout(), &numbers);
            Ok(())
        }
    }
}
