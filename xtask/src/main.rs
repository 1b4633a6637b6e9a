//! What a person or CI runs. `cargo xtask --help` lists it.

mod agents;
mod check;
mod demo;
mod shell;
mod test;

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
    /// Formatting, lints and documentation, without warnings
    Check,
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Agents => agents::build().map(drop),
        Task::Demo { serve } => demo::run(&serve),
        Task::Test { nextest } => test::run(&nextest),
        Task::Check => check::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
