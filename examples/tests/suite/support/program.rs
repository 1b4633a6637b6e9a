//! A program that runs beside the test.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// How long a program may take for everything. The slowest counts down from three, in seconds.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many lines wait for the test.
const QUEUE: usize = 1024;

enum Line {
    Out(String),
    Err(String),
}

/// A program, with what it has printed so far. It is killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<Line>,
    deadline: Instant,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    /// Starts a program. The test fails, and says why, where it is not installed.
    pub(crate) fn start<A: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Self {
        let found = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(found.is_ok(), "`{name}` is not installed: the examples need it, install it and try again");
        // Whoever runs the tests may ignore interrupts, and programs inherit that.
        let mut child = Command::new("env")
            .arg("--default-signal=INT")
            .arg(name)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = sync_channel(QUEUE);
        read(child.stdout.take().unwrap(), sender.clone(), Line::Out);
        read(child.stderr.take().unwrap(), sender, Line::Err);
        let deadline = Instant::now() + PATIENCE;
        Self { child, lines, deadline, out: String::new(), err: String::new() }
    }

    /// Waits until the program has printed this.
    pub(crate) fn wait_for(&mut self, text: &str) {
        while !self.out.contains(text) {
            assert!(
                self.read_line(),
                "the program ended without saying {text:?}:\n{}\n{}",
                self.out,
                self.err
            );
        }
    }

    /// What a person does with Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end, and gives its exit code.
    pub(crate) fn end(&mut self) -> i32 {
        while self.read_line() {}
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// The same, where nothing but success is expected.
    pub(crate) fn succeed(&mut self) {
        let code = self.end();
        assert_eq!(code, 0, "out:\n{}\nerr:\n{}", self.out, self.err);
    }

    /// The invocation that the program said it started.
    pub(crate) fn invocation(&self) -> &str {
        let line = self.err.lines().find_map(|line| line.strip_prefix("invocation "));
        line.unwrap_or_else(|| panic!("no invocation in {:?}", self.err))
    }

    fn read_line(&mut self) -> bool {
        match self.lines.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
            Ok(Line::Out(line)) => self.out.push_str(&line),
            Ok(Line::Err(line)) => self.err.push_str(&line),
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => {
                panic!("the program takes too long; so far it said:\n{}\n{}", self.out, self.err)
            }
        }
        true
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stream: impl Read + Send + 'static, lines: SyncSender<Line>, kind: fn(String) -> Line) {
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while stream.read_line(&mut line).is_ok_and(|length| length > 0) {
            if lines.send(kind(std::mem::take(&mut line))).is_err() {
                return;
            }
        }
    });
}
