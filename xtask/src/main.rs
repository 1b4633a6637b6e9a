//! What a person or CI runs. `cargo xtask --help` lists it.

mod agents;
mod bench;
mod bindings;
mod check;
mod demo;
mod shell;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, serves and tests RAK.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build every shipped agent into target/agents/NAME.wasm
    Agents,
    /// Build the host and the agents, and serve them; what follows `--` goes to `rak serve`
    Demo {
        /// Arguments of `rak serve`, as in `-- --listen 127.0.0.1:0`
        #[arg(last = true)]
        serve: Vec<String>,
    },
    /// Run all tests; what follows `--` goes to `cargo nextest run`
    Test {
        /// Arguments of `cargo nextest run`
        #[arg(last = true)]
        nextest: Vec<String>,
    },
    /// Write what the SDKs commit of the contract in wit/
    Bindings {
        /// Write nothing, and fail where something is not up to date
        #[arg(long)]
        check: bool,
    },
    /// Formatting, lints and documentation, without warnings
    Check,
    /// Measure what something costs
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Subcommand)]
enum Bench {
    /// The author's loop with the clock running, from `rak new` to an answer and on
    Author,
    /// How long after a component was saved the first event of its new version comes
    Hotload {
        /// Components, of any language
        #[arg(required = true, value_name = "FILE.wasm")]
        components: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Agents => agents::build().map(drop),
        Task::Demo { serve } => demo::run(&serve),
        Task::Test { nextest } => test::run(&nextest),
        Task::Bindings { check } => bindings::run(check),
        Task::Check => check::run(),
        Task::Bench(Bench::Author) => bench::author::run(),
        Task::Bench(Bench::Hotload { components }) => bench::hotload::run(&components),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
