//! A host, or another program that says line by line what it does, for as long as it is measured.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};

pub(super) struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// Where it listens.
    pub(super) address: String,
}

impl Server {
    /// Starts `rak serve` or `rak dev`, and waits until it listens.
    pub(super) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("the host has no output")?;
        let mut server = Self { child, lines: BufReader::new(output).lines(), address: String::new() };
        let line = server.line_with("listening on http://")?;
        line.trim_start_matches("listening on http://").clone_into(&mut server.address);
        Ok(server)
    }

    /// Waits for a line that begins so.
    pub(super) fn line_with(&mut self, beginning: &str) -> anyhow::Result<String> {
        for line in self.lines.by_ref() {
            let line = line?;
            if line.starts_with(beginning) {
                return Ok(line);
            }
        }
        bail!("the host ended before it said `{beginning}`")
    }

    /// The memory it has now, in KiB.
    pub(super) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
