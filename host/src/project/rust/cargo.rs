//! One run of `cargo build`: what it says while it goes, and what it made.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::{Artifact, Message};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

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
    let mut run = Run::start(folder, package, reporter.colors())?;
    let mut build = Build { package, reporter, diagnostics: String::new(), component: None };
    let status =
        run.read(&mut build).await.map_err(|source| io_error("run cargo build".to_owned(), source))?;
    if !status.success() {
        return Err(BuildError::Compile { diagnostics: build.diagnostics });
    }
    build.component.ok_or_else(|| unusable("cargo built no .wasm file of its library".to_owned()))
}

/// The compiler, in a process group of its own: it has children, and none of them may write into the target folder when
/// the next build has begun.
struct Run {
    child: Child,
    messages: Lines<BufReader<ChildStdout>>,
    errors: Lines<BufReader<ChildStderr>>,
}

impl Run {
    fn start(folder: &Path, package: &Package, colors: bool) -> Result<Self, BuildError> {
        let format = if colors { "json-diagnostic-rendered-ansi" } else { "json" };
        let mut command = Command::new("cargo");
        command
            .args(["build", "--release", "--lib", "--target", TARGET, "--message-format", format])
            .args(["--package", &package.id.repr])
            // The words in which it tells of its progress are read here, and have no colours.
            .args(["--color", "never"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn().map_err(|error| not_started("cargo", error))?;
        let (messages, errors) = (child.stdout.take(), child.stderr.take());
        let (Some(messages), Some(errors)) = (messages, errors) else {
            return Err(unusable("the output of cargo cannot be read".to_owned()));
        };
        let (messages, errors) = (BufReader::new(messages).lines(), BufReader::new(errors).lines());
        Ok(Self { child, messages, errors })
    }

    /// Reads both outputs to their ends, and then waits for the process.
    async fn read(&mut self, build: &mut Build<'_>) -> io::Result<ExitStatus> {
        let (mut messages, mut errors) = (true, true);
        while messages || errors {
            tokio::select! {
                line = self.messages.next_line(), if messages => match line? {
                    Some(line) => build.message(&line),
                    None => messages = false,
                },
                line = self.errors.next_line(), if errors => match line? {
                    Some(line) => build.error_line(&line),
                    None => errors = false,
                },
            }
        }
        self.child.wait().await
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // One that was waited for has no id any more.
        let id = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(id) = id {
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
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
