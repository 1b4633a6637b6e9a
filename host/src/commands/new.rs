//! `rak new`: a project to begin with.

use std::process::ExitCode;

use crate::cli::NewArguments;
use crate::project::{NewProject, Sdk, create};
use crate::screen::print_line;

/// Writes the project, and says what to do next.
pub(crate) fn run(arguments: &NewArguments) -> anyhow::Result<ExitCode> {
    let sdk = arguments.sdk.clone().map_or(Sdk::Vendored, Sdk::Path);
    let NewProject { name, folder } = create(&arguments.folder, arguments.lang, &sdk)?;
    let folder = folder.display();
    let chat = format!("rak chat {name}");
    let steps = [
        ("cargo test", "its unit tests, without a host"),
        ("rak build", "the component, and what a host says of it"),
        ("rak dev", "serve it, and replace it whenever a file changes"),
        (&chat, "talk to it, in another terminal"),
    ];
    let width = chat.len();
    print_line(&format!("{folder} has a new agent. What to do next:\n\n  cd {folder}"));
    for (command, what) in steps {
        print_line(&format!("  {command:<width$}  # {what}"));
    }
    print_line("\nREADME.md tells more, and agent.toml what may be set.");
    Ok(ExitCode::SUCCESS)
}
