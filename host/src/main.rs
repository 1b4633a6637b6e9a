//! The program `rak`.

mod cli;
mod client;
mod commands;
mod config;
mod host;
mod human;
mod input;
mod interrupt;
mod person;
mod progress;
mod project;
mod question;
mod screen;
mod source_watch;
mod table;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

/// A run allocates on one thread and frees on another all the time, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::CompileWorker { arguments } = &cli.command {
        return ExitCode::from(rak_wasm::compile_worker(arguments));
    }
    if let Command::SourceWorker { request } = &cli.command {
        return ExitCode::from(project::compile_source(request));
    }
    let default = match cli.command {
        // In a terminal the run's own error says what the guest wrote.
        Command::Run(_) | Command::Replay(_) => "warn,rak::guest=off",
        // Which version is live is worth a line each time.
        Command::Serve(_) => "warn,rak_registry=info",
        _ => "warn",
    };
    match cli.command {
        Command::Dev(_) => telemetry::init_for_author(cli.log.as_deref()),
        _ => telemetry::init(cli.log.as_deref(), default),
    }
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
            Command::New(arguments) => commands::new::run(&arguments),
            Command::Build(arguments) => commands::build::run(arguments).await,
            Command::Dev(arguments) => commands::dev::run(arguments).await,
            Command::Agents(arguments) => commands::agents::run(arguments).await,
            Command::Chat(arguments) => commands::chat::run(arguments).await,
            Command::Invocations(arguments) => commands::invocations::run(arguments).await,
            Command::Replay(arguments) => commands::replay::run(arguments).await,
            // They have ended above.
            Command::CompileWorker { .. } | Command::SourceWorker { .. } => Ok(ExitCode::SUCCESS),
        }
    });
    // What still blocks a thread here, a compilation that nobody waits for any more, need not be waited for.
    runtime.shutdown_background();
    result.unwrap_or_else(|error| telemetry::report(&error))
}
