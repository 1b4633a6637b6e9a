//! A server that is a child process.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop, ProcessGroup};
use rak_settings::{Redactor, shortened};
use rmcp::RoleClient;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::timeout;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::lines::BoundedLines;
use crate::settings::McpTransport;

/// How long a server may take to end when its input does, and again when it is told to.
const ENDING: Duration = Duration::from_secs(3);
/// How long it may take to read what it wrote before it ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How much of a line of its log is shown, in bytes.
const MAX_LOG_LINE_BYTES: usize = 4096;
/// The signal that asks a process to end.
const SIGTERM: i32 = 15;

pub(crate) type ProcessTransport = AsyncRwTransport<RoleClient, BoundedLines<ChildStdout>, ChildStdin>;

/// The process, and what it started itself.
pub(crate) struct Process {
    child: Box<dyn ChildWrapper>,
    log: Arc<Log>,
    /// Follows the log.
    following: Option<AbortOnDropHandle<()>>,
}

/// What a server writes to its standard error: to the log of the host, and the last of it kept.
struct Log {
    server: Arc<str>,
    redactor: Redactor,
    last: Mutex<Option<String>>,
}

impl Process {
    /// Starts it. The error says what the system does.
    pub(crate) fn start(
        server: &Arc<str>,
        transport: &McpTransport,
        redactor: &Redactor,
        max_line_bytes: usize,
        tasks: &TaskTracker,
    ) -> std::io::Result<(Self, ProcessTransport)> {
        let McpTransport::Process { program, arguments, environment, folder } = transport else {
            return Err(std::io::Error::other("it is no program"));
        };
        let mut command = CommandWrap::with_new(program, |command| {
            command.args(arguments.iter().map(crate::Secret::expose)).env_clear();
            command.envs(environment.iter().map(|(name, value)| (name, value.expose())));
            if let Some(folder) = folder {
                command.current_dir(folder);
            }
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        });
        // Many servers are started by a script or a package manager, which does not pass on a signal.
        command.wrap(ProcessGroup::leader()).wrap(KillOnDrop);
        let mut child = command.spawn()?;
        let missing = || std::io::Error::other("its input or output is missing");
        let (stdin, stdout) =
            (child.stdin().take().ok_or_else(missing)?, child.stdout().take().ok_or_else(missing)?);
        let log =
            Arc::new(Log { server: server.clone(), redactor: redactor.clone(), last: Mutex::default() });
        let stderr = child.stderr().take();
        let following = stderr.map(|stderr| AbortOnDropHandle::new(tasks.spawn(log.clone().follow(stderr))));
        let stdout = BoundedLines::new(stdout, max_line_bytes);
        let transport = AsyncRwTransport::new_client(stdout, stdin).with_max_line_length(max_line_bytes + 1);
        Ok((Self { child, log, following }, transport))
    }

    /// Waits until it ended by itself.
    pub(crate) async fn ended(&mut self) {
        // What went wrong is said at its end.
        let _ = self.child.wait().await;
    }

    /// Ends it, whose input was closed before: by itself, then asked to, then without being asked.
    pub(crate) async fn end(mut self) -> String {
        for signal in [None, Some(SIGTERM)] {
            if let Some(signal) = signal {
                // It may have ended meanwhile.
                let _ = self.child.signal(signal);
            }
            if let Ok(status) = timeout(ENDING, self.child.wait()).await {
                return self.why(status).await;
            }
        }
        let _ = self.child.start_kill();
        let status = self.child.wait().await;
        self.why(status).await
    }

    async fn why(mut self, status: std::io::Result<ExitStatus>) -> String {
        if let Some(following) = self.following.take() {
            // What it wrote last may still have to be read; what another process goes on to write is of no use.
            let _ = timeout(LAST_WORDS, following).await;
        }
        let ended = match status {
            Ok(status) => format!("it ended with {status}"),
            Err(error) => format!("it cannot be waited for: {error}"),
        };
        let last = self.log.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(last) => format!("{ended}; the last it wrote is: {last}"),
            None => ended,
        }
    }
}

impl Log {
    /// Until its end, which is that of the process and of all that it started.
    async fn follow(self: Arc<Self>, mut stderr: impl AsyncRead + Unpin) {
        let (mut chunk, mut line) = (vec![0; MAX_LOG_LINE_BYTES], Vec::new());
        while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
            for piece in chunk.get(..read).unwrap_or_default().split_inclusive(|&byte| byte == b'\n') {
                // More than is shown, so that no part of a secret is left at the end of that.
                let room = (2 * MAX_LOG_LINE_BYTES).saturating_sub(line.len());
                line.extend_from_slice(piece.get(..room).unwrap_or(piece));
                if piece.ends_with(b"\n") {
                    self.line(&line);
                    line.clear();
                }
            }
        }
        self.line(&line);
    }

    fn line(&self, bytes: &[u8]) {
        let text = self.redactor.redact(String::from_utf8_lossy(bytes).trim_end().to_owned());
        let text = shortened(text, MAX_LOG_LINE_BYTES);
        if text.is_empty() {
            return;
        }
        tracing::info!(target: "rak::mcp", server = &*self.server, "{text}");
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}
