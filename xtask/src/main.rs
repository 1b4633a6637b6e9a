//! What a person or CI runs. `cargo xtask --help` lists it.

mod agents;
mod bench;
mod bindings;
mod check;
mod demo;
mod languages;
mod shell;
mod test;
mod toolchain;

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
    /// Build the shipped agents into target/agents/NAME.wasm
    Agents {
        /// Those in other languages than Rust too; their compilers are installed into guest-sdk/
        #[arg(long)]
        all: bool,
    },
    /// Build the host and the agents, and serve them; what follows `--` goes to `rak serve`
    Demo {
        /// With the agents in other languages than Rust; their compilers are installed into guest-sdk/
        #[arg(long)]
        all: bool,
        /// Arguments of `rak serve`, as in `-- --listen 127.0.0.1:0`
        #[arg(last = true)]
        serve: Vec<String>,
    },
    /// Build and test the SDKs of all languages; their compilers are installed into guest-sdk/
    Languages {
        /// Instead of the tests, measure what each language costs, and write the README's table
        #[arg(long)]
        write: bool,
    },
    /// Run all tests; what follows `--` goes to `cargo nextest run`
    Test {
        /// Only the host's tests, and nothing that other languages' compilers are needed for: for a second run
        #[arg(long)]
        host: bool,
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
    /// What durable runs cost: the journal, repeating, 100 000 that wait for a person, a thousand listeners
    Durability {
        /// A little of everything in the development build: whether it works, and no numbers to be believed
        #[arg(long, conflicts_with = "write")]
        quick: bool,
        /// How many invocations wait for a person, if not 100 000
        #[arg(long, value_name = "N")]
        waiting: Option<usize>,
        /// Write the README's tables
        #[arg(long)]
        write: bool,
    },
    /// What a fresh run and a live instance cost in each language, beside wasmtime alone
    Languages,
    /// How long after a component was saved the first event of its new version comes
    Hotload {
        /// Components, of any language
        #[arg(required = true, value_name = "FILE.wasm")]
        components: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Agents { all } => agents::build(all).map(drop),
        Task::Demo { all, serve } => demo::run(all, &serve),
        Task::Languages { write } => languages::run(write),
        Task::Test { host, nextest } => test::run(host, &nextest),
        Task::Bindings { check } => bindings::run(check),
        Task::Check => check::run(),
        Task::Bench(Bench::Author) => bench::author::run(),
        Task::Bench(Bench::Durability { quick, waiting, write }) => {
            bench::durability::run(quick, waiting, write)
        }
        Task::Bench(Bench::Languages) => bench::languages::run(),
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
