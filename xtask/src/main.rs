//! What a person or CI runs. `cargo xtask --help` lists it.

mod agents;
mod bench;
mod bindings;
mod check;
mod demo;
mod languages;
mod readme;
mod shell;
mod test;
mod toolchain;

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
    /// Measure what it costs, each figure beside its floor, in the release build
    Bench(bench::Selection),
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Agents { all } => agents::build(all).map(drop),
        Task::Demo { all, serve } => demo::run(all, &serve),
        Task::Languages { write } => languages::run(write),
        Task::Test { host, nextest } => test::run(host, &nextest),
        Task::Bindings { check } => bindings::run(check),
        Task::Check => check::run(),
        Task::Bench(selection) => bench::run(&selection),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
