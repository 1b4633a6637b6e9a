//! `rak new`: a project to begin with.

use std::process::ExitCode;

use crate::cli::NewArguments;
use crate::project::{Language, NewProject, Sdk, create};
use crate::screen::print_line;

/// Installs what a project pins, once there is an environment for it.
const INSTALL: &str = ".venv/bin/pip install --require-hashes -r requirements.txt";

/// Writes the project, and says what to do next.
pub(crate) fn run(arguments: &NewArguments) -> anyhow::Result<ExitCode> {
    let sdk = arguments.sdk.clone().map_or(Sdk::Vendored, Sdk::Path);
    let NewProject { name, folder } = create(&arguments.folder, arguments.lang, &sdk)?;
    let folder = folder.display();
    let chat = format!("rak chat {name}");
    let mut steps = match arguments.lang {
        Language::Rust => vec![("cargo test", "its unit tests, without a host")],
        Language::JavaScript | Language::TypeScript => vec![
            ("npm ci", "what its tests need; `rak build` needs none of it"),
            ("npm test", "its unit tests, without a host"),
        ],
        Language::Python => vec![
            ("python3 -m venv .venv", "a place for what its tests need; `rak build` needs none of it"),
            (INSTALL, "what checks and tests it"),
            (".venv/bin/pytest", "its unit tests, without a host"),
        ],
        Language::Go => vec![
            ("python3 -m venv .venv", "a place for the compiler; not needed where Go is installed"),
            (INSTALL, "Go itself comes as a package of Python"),
            (".venv/bin/go test ./...", "its unit tests, without a host"),
        ],
        Language::C | Language::Cpp | Language::Zig => vec![
            ("python3 -m venv .venv", "a place for the compiler; not needed where Zig is installed"),
            (INSTALL, "Zig, which comes as a package of Python"),
            (".venv/bin/python-zig build test", "its unit tests, without a host"),
        ],
    };
    steps.extend([
        ("rak build", "the component, and what a host says of it"),
        ("rak dev", "serve it, and replace it whenever a file changes"),
        (&chat, "talk to it, in another terminal"),
    ]);
    let width = steps.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    print_line(&format!("{folder} has a new agent. What to do next:\n\n  cd {folder}"));
    for (command, what) in steps {
        print_line(&format!("  {command:<width$}  # {what}"));
    }
    print_line("\nREADME.md tells more, and agent.toml what may be set.");
    Ok(ExitCode::SUCCESS)
}
