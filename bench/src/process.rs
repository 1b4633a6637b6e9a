//! A program that is measured from outside: a host or a floor, on a port of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// What every program says when it can be reached.
const LISTENING: &str = "listening on http://";
/// What takes longer to start does not start.
const PATIENCE: Duration = Duration::from_mins(2);

/// A program that listens; it is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    /// Where it can be reached.
    pub(crate) address: SocketAddr,
    /// From its start until it said so.
    pub(crate) started_in: Duration,
    lines: mpsc::Receiver<String>,
}

impl Program {
    /// Starts a program, and returns when it says where it listens.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to start {}", command.get_program().display()))?;
        let output = child.stdout.take().context("it has no output")?;
        let (said, lines) = mpsc::channel();
        // What it says later is read too, so that it never waits for us.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = said.send(line);
            }
        });
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut program = Self { child, address, started_in: Duration::ZERO, lines };
        let line = program.line_with(LISTENING)?;
        program.started_in = began.elapsed();
        let address = line.trim_start_matches(LISTENING).trim();
        program.address = address.parse().with_context(|| format!("it said {line}"))?;
        Ok(program)
    }

    /// The next line that it says and that begins so.
    pub(crate) fn line_with(&self, beginning: &str) -> anyhow::Result<String> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.starts_with(beginning) => return Ok(line),
                Ok(_) => {}
                Err(_) => bail!("the program did not say `{beginning}`"),
            }
        }
    }

    /// Time on processors so far, of all its threads. The system counts it in hundredths of a second.
    pub(crate) fn cpu_time(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program may have spaces in it, and ends with a bracket.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        let ticks: Vec<u64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
        let [user, system] = ticks.as_slice() else { bail!("/proc/PID/stat has no times: {stat}") };
        let a_second = rustix::param::clock_ticks_per_second();
        Ok(Duration::from_micros((user + system) * 1_000_000 / a_second))
    }

    /// What it has in memory, in bytes. A page that several mappings share is one page: each guest maps the image of its
    /// component, and has of it what it has written.
    pub(crate) fn memory_bytes(&self) -> anyhow::Result<u64> {
        crate::measure::bytes_in(&format!("/proc/{}/smaps_rollup", self.child.id()), "Pss:")
    }

    /// Asks it to end, and returns when it has.
    pub(crate) fn terminate(mut self) -> anyhow::Result<()> {
        use rustix::process::{Pid, Signal, kill_process};
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
