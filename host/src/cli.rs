//! The command line: what may be written.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The host for AI agents that are WebAssembly components.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What is logged to the error output, as in `info,rak_wasm=debug`
    #[arg(long, global = true, env = "RAK_LOG", value_name = "FILTER")]
    pub(crate) log: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the agents of a folder over SSE, WebSocket and REST
    Serve(ServeArguments),
    /// Run an agent once and show its events in the terminal
    Run(RunArguments),
    /// Show what is in a component, and why it would not load
    Inspect(InspectArguments),
}

/// What every command reads its settings from.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ConfigArguments {
    /// The configuration file [default: rak.toml, where there is one]
    #[arg(long, env = "RAK_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder whose `NAME.wasm` files are the agents [default: agents]
    #[arg(long, env = "RAK_AGENTS", value_name = "DIR")]
    pub(crate) agents: Option<PathBuf>,
    /// Where sessions and compiled components are kept [default: .rak]
    #[arg(long, env = "RAK_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, env = "RAK_LISTEN", value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// The agent of runs that name none [default: the only one there is]
    #[arg(long, env = "RAK_DEFAULT_AGENT", value_name = "NAME")]
    pub(crate) default_agent: Option<String>,
    /// A web origin that may use this host from a browser, as in `http://localhost:3000`; may be repeated
    #[arg(long = "allow-origin", env = "RAK_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) allow_origins: Vec<String>,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// A component, or the name of an agent in the agents folder
    #[arg(value_name = "AGENT.wasm|NAME")]
    pub(crate) agent: String,
    /// What to say to it
    #[arg(default_value = "")]
    pub(crate) text: String,
    /// Print each event as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Stop the run after so many milliseconds
    #[arg(long, value_name = "MS")]
    pub(crate) timeout_ms: Option<u64>,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// The component
    #[arg(value_name = "FILE.wasm")]
    pub(crate) file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
