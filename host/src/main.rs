//! The program `rak`.

mod cli;
mod commands;
mod config;
mod host;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // In a terminal the run's own error says what the guest wrote.
    let default = if matches!(cli.command, Command::Run(_)) { "warn,rak::guest=off" } else { "warn" };
    telemetry::init(cli.log.as_deref(), default);
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("rak-server").build() {
            Ok(runtime) => runtime,
            Err(error) => return telemetry::report(&anyhow::Error::new(error).context("failed to start")),
        };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Serve(arguments) => commands::serve::run(arguments).await,
            Command::Run(arguments) => commands::run::run(arguments).await,
            Command::Inspect(arguments) => commands::inspect::run(arguments).await,
        }
    });
    // What still blocks a thread here, a compilation that nobody waits for any more, need not be waited for.
    runtime.shutdown_background();
    result.unwrap_or_else(|error| telemetry::report(&error))
}
