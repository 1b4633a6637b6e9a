//! The command line: what may be written.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand};
use rak_core::{AppName, InvocationId, InvocationStatus, SessionId, UserId};
use serde_json::Value;

use crate::project::Language;

/// The host that commands talk to where they are not told of another.
pub(crate) const DEFAULT_HOST: &str = "http://127.0.0.1:8080";

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
    /// Begin a new agent, in a folder of its name
    New(NewArguments),
    /// Build the agent of a project, and check that a host would load it
    Build(BuildArguments),
    /// Serve the agent of a project, and build and replace it whenever a file changes
    Dev(DevArguments),
    /// Look at the agents of a running host, and change which version of them is live
    Agents(AgentsArguments),
    /// Talk to an agent of a running host
    Chat(ChatArguments),
    /// Look at the runs of a running host, listen to them, answer them, pause, resume and cancel them
    Invocations(InvocationsArguments),
    /// Repeat a recorded run, and say where it goes another way than it did
    Replay(ReplayArguments),
    /// Compile one component, for a host that started this
    #[command(name = crate::host::COMPILE_COMMAND, hide = true)]
    CompileWorker {
        /// What the host says of it
        arguments: Vec<String>,
    },
    /// Compile the sources of one agent, for `rak build`
    #[command(name = crate::project::SOURCE_COMMAND, hide = true)]
    SourceWorker {
        /// What is to be compiled
        request: String,
    },
}

/// What every command reads its settings from.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ConfigArguments {
    /// The configuration file [default: rak.toml, where there is one]
    #[arg(long, env = "RAK_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of agents: `NAME.wasm`, or `NAME/agent.toml` with a component [default: agents]
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

#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// The agent's name, which is that of the folder too
    #[arg(value_name = "NAME")]
    pub(crate) folder: PathBuf,
    /// The language to write it in
    #[arg(long, value_enum, default_value_t = Language::Rust, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// Build with the SDK in this folder, in place of a copy of the one that this program was built with
    #[arg(long, value_name = "DIR")]
    pub(crate) sdk: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// The project; or an agent that is one file, in JavaScript, TypeScript or Python
    #[arg(value_name = "DIR|FILE", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Copy the component to this place; into it, where it is a folder
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Use the compiler that is part of this program, whatever the project says (JavaScript, TypeScript, Python)
    #[arg(long)]
    pub(crate) built_in: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DevArguments {
    /// The project; or an agent that is one file, in JavaScript, TypeScript or Python
    #[arg(value_name = "DIR|FILE", default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) serve: ServeArguments,
}

/// Which host a command talks to.
#[derive(Clone, Debug, Args)]
pub(crate) struct HostArguments {
    /// The address of the host
    #[arg(
        long,
        global = true,
        env = "RAK_HOST",
        value_name = "URL",
        default_value = DEFAULT_HOST
    )]
    pub(crate) host: String,
}

#[derive(Debug, Args)]
pub(crate) struct AgentsArguments {
    #[command(subcommand)]
    pub(crate) action: AgentsAction,
    /// Print what the host answers
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) host: HostArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentsAction {
    /// List the agents, those that were refused too
    List,
    /// Show one agent and its versions
    Inspect {
        /// The agent
        name: AppName,
    },
    /// Make a component the current version of an agent; a project is built first
    Push(PushArguments),
    /// Make an older version the current one
    Rollback {
        /// The agent
        name: AppName,
        /// Its number or digest, or the beginning of it [default: the one before the current one]
        #[arg(long, value_name = "VERSION")]
        to: Option<String>,
    },
    /// Take an agent away; runs in progress go on to their end
    Remove {
        /// The agent
        name: AppName,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PushArguments {
    /// A component, the folder of a project, or an agent that is one file
    #[arg(value_name = "FILE|DIR")]
    pub(crate) path: PathBuf,
    /// The name to serve it under [default: that of the project or the file]
    #[arg(long)]
    pub(crate) name: Option<AppName>,
    /// What the host is told about it [default: the agent.toml of the project]
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ChatArguments {
    /// The agent
    pub(crate) name: AppName,
    /// Go on with this session [default: a new one]
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<SessionId>,
    /// Speak as this user [default: the host's]
    #[arg(long, value_name = "ID")]
    pub(crate) user: Option<UserId>,
    /// Print each event as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) host: HostArguments,
}

#[derive(Debug, Args)]
pub(crate) struct InvocationsArguments {
    #[command(subcommand)]
    pub(crate) action: InvocationsAction,
    /// Print what the host answers
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) host: HostArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InvocationsAction {
    /// List invocations, the newest first
    List {
        /// In this status only, as in `waiting` or `failed`
        #[arg(long)]
        status: Option<InvocationStatus>,
        /// Of sessions with this id only
        #[arg(long, value_name = "ID")]
        session: Option<SessionId>,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Show what is known of one
    Show {
        /// The invocation
        id: InvocationId,
    },
    /// Show its events so far and those to come, until it is over; exits as `rak run` does
    Follow {
        /// The invocation
        id: InvocationId,
    },
    /// Let it rest, without memory, from its next call to the host on
    Pause {
        /// The invocation
        id: InvocationId,
    },
    /// Let it go on
    Resume {
        /// The invocation
        id: InvocationId,
    },
    /// Stop it
    Cancel {
        /// The invocation
        id: InvocationId,
    },
    /// Answer what it asks, or say something to it
    Respond(RespondArguments),
    /// Write down all that `rak replay` needs to repeat it elsewhere, but for the component
    Export {
        /// The invocation
        id: InvocationId,
        /// Where to [default: the output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("reply").required(true))]
pub(crate) struct RespondArguments {
    /// The invocation
    pub(crate) id: InvocationId,
    /// The question, as in `approve-1` [default: the one it waits for]
    #[arg(value_name = "REQUEST")]
    pub(crate) request: Option<String>,
    /// What it asks about may be done
    #[arg(long, group = "reply")]
    pub(crate) approve: bool,
    /// What it asks about may not be done
    #[arg(long, group = "reply")]
    pub(crate) reject: bool,
    /// The answer to its question
    #[arg(long, group = "reply", value_name = "JSON", value_parser = json, allow_negative_numbers = true)]
    pub(crate) answer: Option<Value>,
    /// What it is told, whether it asks for it or not
    #[arg(long, group = "reply", value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Why it may be done, or may not
    #[arg(long, value_name = "WHY", conflicts_with_all = ["answer", "message"])]
    pub(crate) reason: Option<String>,
    /// What may be done instead of what it asks about
    #[arg(long, value_name = "JSON", value_parser = json, conflicts_with_all = ["reject", "answer", "message"])]
    pub(crate) edited: Option<Value>,
    /// Who says it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("this is not JSON ({error}); a text has quotes of its own, as in '\"{text}\"'")
    })
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 0 where the run ends as it did, with 1 where it goes another way, with 2 where it cannot be \
                  repeated. `--log rak::guest=info` shows what the agent writes meanwhile."
)]
pub(crate) struct ReplayArguments {
    /// The invocation, or what `rak invocations export` wrote
    #[arg(value_name = "ID|FILE")]
    pub(crate) recording: String,
    /// Repeat it with another build: a component, the folder of a project, or an agent that is one file
    #[arg(long, value_name = "NEW.wasm|DIR")]
    pub(crate) with: Option<PathBuf>,
    /// The host that has the invocation [default: the one at 127.0.0.1:8080, and the data folder where it is not there]
    #[arg(long, env = "RAK_HOST", value_name = "URL")]
    pub(crate) host: Option<String>,
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
