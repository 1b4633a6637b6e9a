//! One run of `cargo build`: what it says while it goes, and what it made.

use std::path::{Path, PathBuf};

use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::{Artifact, Message};
use tokio::process::Command;

use super::tool::{Run, Sink};
use super::{BuildError, Package, Reporter, TARGET, io_error, is_component, not_started, unusable};

/// Cargo says of its own progress what it does in one word that ends in this column.
const VERB_COLUMN: usize = 12;

/// Compiles a package, and gives where its component is.
pub(super) async fn build(
    folder: &Path,
    package: &Package,
    reporter: &dyn Reporter,
) -> Result<PathBuf, BuildError> {
    reporter.step(&format!("Compiling {}", package.name));
    let mut run = Run::start(&mut command(folder, package, reporter.colors()))
        .map_err(|error| not_started("cargo", error))?;
    let mut build = Build { package, reporter, diagnostics: String::new(), component: None };
    let status =
        run.read(&mut build).await.map_err(|source| io_error("run cargo build".to_owned(), source))?;
    if !status.success() {
        return Err(BuildError::Compile { diagnostics: build.diagnostics });
    }
    build.component.ok_or_else(|| unusable("cargo built no .wasm file of its library".to_owned()))
}

fn command(folder: &Path, package: &Package, colors: bool) -> Command {
    let format = if colors { "json-diagnostic-rendered-ansi" } else { "json" };
    let mut command = Command::new("cargo");
    command
        .args(["build", "--release", "--lib", "--target", TARGET, "--message-format", format])
        .args(["--package", &package.id.repr])
        // The words in which it tells of its progress are read here, and have no colours.
        .args(["--color", "never"])
        .current_dir(folder);
    command
}

/// What is known of the build so far.
struct Build<'a> {
    package: &'a Package,
    reporter: &'a dyn Reporter,
    diagnostics: String,
    component: Option<PathBuf>,
}

impl Build<'_> {
    /// A line of JSON; or something that a macro printed while it was expanded.
    fn message(&mut self, line: &str) {
        match serde_json::from_str(line) {
            Ok(Message::CompilerArtifact(artifact)) => self.artifact(&artifact),
            Ok(Message::CompilerMessage(message)) => {
                if let Some(rendered) = message.message.rendered {
                    self.say(rendered.trim_end());
                }
            }
            Ok(_) => {}
            Err(_) => self.say(line),
        }
    }

    fn artifact(&mut self, artifact: &Artifact) {
        if artifact.package_id == self.package.id && is_component(&artifact.target) {
            let is_wasm = |path: &&Utf8PathBuf| path.extension() == Some("wasm");
            self.component = artifact.filenames.iter().find(is_wasm).map(|path| path.clone().into());
        }
    }

    /// What cargo itself says.
    fn error_line(&mut self, line: &str) {
        match step(line) {
            Some(step) => self.reporter.step(step),
            None if line.is_empty() => {}
            None => self.say(line),
        }
    }

    fn say(&mut self, text: &str) {
        self.reporter.say(text);
        self.diagnostics.push_str(text);
        self.diagnostics.push('\n');
    }
}

/// A line in which cargo tells of its progress, as in `   Compiling serde v1.0.0`, without what stands before it.
fn step(line: &str) -> Option<&str> {
    let (verb, rest) = line.split_at_checked(VERB_COLUMN)?;
    let word = verb.trim_start();
    let is_verb = word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.chars().all(|character| character.is_ascii_alphabetic());
    (is_verb && rest.starts_with(' ')).then(|| line.trim_start())
}

impl Sink for Build<'_> {
    fn out(&mut self, line: &str) {
        self.message(line);
    }

    fn error(&mut self, line: &str) {
        self.error_line(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_from_complaints() {
        assert_eq!(step("   Compiling serde v1.0.0"), Some("Compiling serde v1.0.0"));
        assert_eq!(step("    Blocking waiting for file lock"), Some("Blocking waiting for file lock"));
        assert_eq!(step("    Finished `release` profile"), Some("Finished `release` profile"));
        for complaint in [
            "error: could not compile `greeter` (lib) due to 1 previous error",
            "warning: unused import",
            "Caused by:",
            "  missing field `package`",
            "   |",
            "12 |     Compiling it",
            "",
            "grüße grüße grüße",
        ] {
            assert_eq!(step(complaint), None, "{complaint}");
        }
    }
}
