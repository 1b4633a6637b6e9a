//! `rak run`: one run in the terminal.

use std::io::{IsTerminal as _, Write as _, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use rak_core::{AppName, Content, Event, Part, RunConfig};
use rak_runner::Runner;
use rak_session::MemoryStore;
use rak_wasm::FolderRegistry;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::RunArguments;
use crate::config::Config;
use crate::host;
use crate::telemetry::print_error;

/// The exit code of a program that was interrupted.
const INTERRUPTED: u8 = 130;
/// To the beginning of the line, and nothing left in it.
const CLEAR_LINE: &str = "\r\x1b[2K";

/// Runs an agent once. Ctrl-C cancels the run, a second one leaves at once.
pub(crate) async fn run(arguments: RunArguments) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(&arguments.config)?;
    config.engine.pooling = false;
    let loader = host::loader(&config)?;
    let given = Path::new(&arguments.agent);
    let is_file = given.extension().is_some_and(|extension| extension == "wasm");
    let path =
        if is_file { given.to_owned() } else { config.agents.join(format!("{}.wasm", arguments.agent)) };
    if !path.is_file() {
        bail!(
            "there is no agent at {}; name a .wasm file, or an agent of the folder given by --agents",
            path.display()
        );
    }
    let name = AppName::new(path.file_stem().unwrap_or_default().to_string_lossy())?;
    let agents = FolderRegistry::single(name.clone(), &path, &loader, &config.registry).await;
    let runner = Runner::builder()
        .app_name(name.clone())
        .agents(Arc::new(agents))
        .session_service(Arc::new(MemoryStore::new()))
        .build()?;
    runner.agent(&name)?;

    // One stream for all of the run: a signal that comes between two events is not lost.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let cancel = CancellationToken::new();
    let run = RunConfig { timeout: arguments.timeout_ms.map(Duration::from_millis), ..RunConfig::default() };
    let message = Content::new_user_text(&arguments.text);
    let mut events =
        runner.run_with_cancellation("user", "terminal", message, run, Some(cancel.clone())).await?;
    let mut screen = Screen { json: arguments.json, ..Screen::default() };
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => {
                    let event = event.context("failed to read the run's events")?;
                    screen.show(&event.event, &event.json);
                }
                None => return Ok(screen.end()),
            },
            _ = interrupt.recv() => {
                if cancel.is_cancelled() {
                    return Ok(ExitCode::from(INTERRUPTED));
                }
                cancel.cancel();
            }
        }
    }
}

/// What is on the terminal of the run so far.
#[derive(Default)]
struct Screen {
    json: bool,
    /// Text that was shown while it was written, of the message that is not finished.
    written: String,
    /// Whether progress stands in the line of the cursor.
    progress: bool,
    exit_code: u8,
}

impl Screen {
    fn show(&mut self, event: &Event, json: &str) {
        if event.turn_complete && event.error_code.is_some() {
            self.exit_code = if event.interrupted { INTERRUPTED } else { 1 };
        }
        if self.json {
            return print_line(json);
        }
        if let Some(progress) = &event.progress {
            let share = match (progress.done, progress.total) {
                (Some(done), Some(total)) => format!(" ({done} of {total})"),
                (Some(done), None) => format!(" ({done})"),
                _ => String::new(),
            };
            self.show_progress(&format!("{}{share}", progress.message));
        }
        if let Some(content) = &event.content {
            self.show_parts(&content.parts, event.partial);
        }
        if let Some(message) = &event.error_message {
            self.break_line();
            print_error(&format!("error: {message}"));
        }
    }

    /// In a terminal the newest progress stands in the place of the one before; in a file each has its line.
    fn show_progress(&mut self, text: &str) {
        if !stderr().is_terminal() {
            return print_error(text);
        }
        self.break_line();
        let _ = write!(stderr(), "{CLEAR_LINE}{text}");
        self.progress = true;
    }

    fn show_parts(&mut self, parts: &[Part], partial: bool) {
        let text: String = parts.iter().filter_map(Part::as_text).collect();
        if partial {
            if self.written.is_empty() {
                self.break_line();
            }
            print(&text);
            self.written.push_str(&text);
            return;
        }
        // What was shown while it was written is not shown again.
        if self.written == text && !text.is_empty() {
            self.written.clear();
            return print_line("");
        }
        self.break_line();
        for part in parts {
            match part {
                Part::Text(text) => print_line(text),
                Part::Thought(_) => {}
                other => print_line(&serde_json::to_string(other).unwrap_or_default()),
            }
        }
    }

    fn break_line(&mut self) {
        if std::mem::take(&mut self.progress) {
            let _ = write!(stderr(), "{CLEAR_LINE}");
        }
        if !std::mem::take(&mut self.written).is_empty() {
            print_line("");
        }
    }

    fn end(mut self) -> ExitCode {
        self.break_line();
        ExitCode::from(self.exit_code)
    }
}

/// Writes to the output at once. A closed output, as in `rak run … | head -1`, is nobody's concern.
fn print(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

pub(crate) fn print_line(text: &str) {
    print(&format!("{text}\n"));
}
