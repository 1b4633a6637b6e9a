//! Programs that build something: where they are, and one run of one.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use super::{BuildError, Reporter};

/// Where the tools of a project are, in its folder or in one above it.
const PLACES: [&str; 2] = [".venv/bin", "node_modules/.bin"];

/// The first of these programs that there is: in the project's folder, in one above it, or on the path.
pub(super) fn find(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    let paths = search_path(folder);
    names.iter().find_map(|name| which::which_in(name, Some(&paths), folder).ok())
}

fn search_path(folder: &Path) -> OsString {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let of_projects = folder.ancestors().flat_map(|above| PLACES.map(|place| above.join(place)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<_> = of_projects.chain(std::env::split_paths(&path)).collect();
    // A folder with a colon in its name cannot be part of a path.
    std::env::join_paths(all).unwrap_or(path)
}

/// A tool of a project, with the places of the others on its path: some start each other.
pub(super) fn command(folder: &Path, tool: &Path) -> Command {
    let mut command = Command::new(tool);
    command.current_dir(folder).env("PATH", search_path(folder));
    command
}

/// How to install what a project pins, as its files say it.
pub(super) fn install(folder: &Path, otherwise: &str) -> String {
    let there = |file: &str| folder.join(file).is_file();
    let command = if there("package.json") {
        if there("package-lock.json") { "npm ci" } else { "npm install" }
    } else if there("requirements.txt") {
        "python3 -m venv .venv && .venv/bin/pip install --require-hashes -r requirements.txt"
    } else {
        otherwise
    };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    format!("run `{command}` in {}", folder.display())
}

/// What a program writes, a line at a time.
pub(super) trait Sink {
    fn out(&mut self, line: &str);
    fn error(&mut self, line: &str);
}

/// A program in a process group of its own: it has children, and none of them may write anything when the next build has
/// begun. Dropping it ends them all.
pub(super) struct Run {
    child: Child,
    out: BufReader<ChildStdout>,
    errors: BufReader<ChildStderr>,
}

impl Run {
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn()?;
        let (Some(out), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(io::Error::other("its output cannot be read"));
        };
        Ok(Self { child, out: BufReader::new(out), errors: BufReader::new(errors) })
    }

    /// Reads both outputs to their ends, and then waits for the process.
    pub(super) async fn read(&mut self, sink: &mut dyn Sink) -> io::Result<ExitStatus> {
        let (mut open, mut open_errors) = (true, true);
        let (mut line, mut error) = (Vec::new(), Vec::new());
        while open || open_errors {
            tokio::select! {
                more = next_line(&mut self.out, &mut line), if open => match more? {
                    Some(line) => sink.out(&line),
                    None => open = false,
                },
                more = next_line(&mut self.errors, &mut error), if open_errors => match more? {
                    Some(line) => sink.error(&line),
                    None => open_errors = false,
                },
            }
        }
        self.child.wait().await
    }
}

/// The next line, whatever bytes are in it. What was read of one when the future is dropped stays in the buffer.
async fn next_line(
    reader: &mut (impl AsyncBufRead + Unpin),
    buffer: &mut Vec<u8>,
) -> io::Result<Option<String>> {
    reader.read_until(b'\n', buffer).await?;
    if buffer.is_empty() {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(buffer).trim_end_matches(['\n', '\r']).to_owned();
    buffer.clear();
    Ok(Some(line))
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

/// Runs a tool to its end. What it complains of is told while it comes; the rest only where it fails.
pub(super) async fn run(command: &mut Command, reporter: &dyn Reporter) -> Result<(), BuildError> {
    output(command, reporter).await.map(drop)
}

/// Runs a tool to its end, and gives what it printed.
pub(super) async fn output(command: &mut Command, reporter: &dyn Reporter) -> Result<String, BuildError> {
    let program = Path::new(command.as_std().get_program()).display().to_string();
    let failed = |source| BuildError::Io { what: format!("run {program}"), source };
    let mut diagnostics = Diagnostics { reporter, all: String::new(), held: Vec::new() };
    let status = Run::start(command).map_err(failed)?.read(&mut diagnostics).await.map_err(failed)?;
    if status.success() {
        return Ok(diagnostics.held.join("\n"));
    }
    diagnostics.tell_held();
    if diagnostics.all.is_empty() {
        diagnostics.error(&format!("{program} failed without saying why ({status})"));
    }
    Err(BuildError::Compile { diagnostics: diagnostics.all })
}

/// The output of a tool, as an author is to see it.
struct Diagnostics<'a> {
    reporter: &'a dyn Reporter,
    all: String,
    held: Vec<String>,
}

impl Diagnostics<'_> {
    fn tell_held(&mut self) {
        for line in std::mem::take(&mut self.held) {
            self.error(&line);
        }
    }
}

impl Sink for Diagnostics<'_> {
    fn out(&mut self, line: &str) {
        self.held.push(line.to_owned());
    }

    fn error(&mut self, line: &str) {
        self.reporter.say(line);
        self.all.push_str(line);
        self.all.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Reporter for Told {
        fn step(&self, _step: &str) {}

        fn say(&self, text: &str) {
            self.0.lock().unwrap().push(text.to_owned());
        }
    }

    async fn shell(script: &str) -> (Result<(), BuildError>, Vec<String>) {
        let told = Told::default();
        let result = run(Command::new("sh").args(["-c", script]), &told).await;
        (result, told.0.into_inner().unwrap())
    }

    #[tokio::test]
    async fn what_a_tool_prints_is_shown_where_it_fails() {
        let (result, told) = shell("echo fine; echo warning >&2").await;
        result.unwrap();
        assert_eq!(told, ["warning"]);
        let (result, told) = shell("echo why; printf 'bad \\377' >&2; exit 3").await;
        let Err(BuildError::Compile { diagnostics }) = result else { panic!("{result:?}") };
        assert_eq!(diagnostics, "bad \u{fffd}\nwhy\n");
        assert_eq!(told, ["bad \u{fffd}", "why"]);
        let (result, told) = shell("exit 3").await;
        assert!(matches!(result, Err(BuildError::Compile { .. })));
        assert!(told[0].contains("without saying why"), "{told:?}");
    }

    #[test]
    fn the_nearest_tool_is_taken() {
        let place = tempfile::tempdir().unwrap();
        let project = place.path().join("agents/mine");
        std::fs::create_dir_all(&project).unwrap();
        let install = |folder: &Path| {
            let file = folder.join(".venv/bin/a-tool-of-ours");
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            file.canonicalize().unwrap()
        };
        assert_eq!(find(&project, &["a-tool-of-ours"]), None);
        let above = install(place.path());
        assert_eq!(find(&project, &["none-of-ours", "a-tool-of-ours"]), Some(above));
        let near = install(&project);
        assert_eq!(find(&project, &["a-tool-of-ours"]), Some(near));
        assert!(find(&project, &["sh"]).is_some());
    }

    #[test]
    fn how_to_install_is_said_as_the_project_pins_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(install(folder.path(), "pip install x").starts_with("run `pip install x` in /"));
        std::fs::write(folder.path().join("requirements.txt"), "").unwrap();
        assert!(install(folder.path(), "").contains("pip install --require-hashes -r requirements.txt"));
        std::fs::write(folder.path().join("package.json"), "").unwrap();
        assert!(install(folder.path(), "").contains("`npm install`"));
        std::fs::write(folder.path().join("package-lock.json"), "").unwrap();
        assert!(install(folder.path(), "").contains("`npm ci`"));
    }
}
