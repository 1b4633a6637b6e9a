//! A run in the terminal: what an agent says goes to the output, how far it is and what went wrong to the error output.

use std::io::{IsTerminal as _, Write as _, stderr, stdout};

use rak_core::{Event, InputKind, Part};

use crate::human::Ages;
use crate::question;
use crate::telemetry::print_error;

/// The exit code of a program that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;
/// To the beginning of the line, and nothing left in it.
const CLEAR_LINE: &str = "\r\x1b[2K";

/// What is on the terminal of the run so far.
#[derive(Default)]
pub(crate) struct Screen {
    json: bool,
    /// Text that was shown while it was written, of the message that is not finished.
    written: String,
    /// Whether progress stands in the line of the cursor.
    progress: bool,
    /// What kind of answer the agent asked for last.
    asked: Option<InputKind>,
    exit_code: u8,
}

impl Screen {
    /// Shows events as they are where `json` is asked for, one a line.
    pub(crate) fn new(json: bool) -> Self {
        Self { json, ..Self::default() }
    }

    pub(crate) fn show(&mut self, event: &Event, json: &str) {
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
        if let Some(request) = &event.input_required {
            self.asked = Some(request.kind);
            self.note(&question::shown(request, Ages::now()));
        }
        if let Some(response) = &event.input_response {
            // What nobody was asked for is a message.
            let kind = self.asked.filter(|_| event.content.is_none()).unwrap_or(InputKind::Message);
            self.note(&question::answered(kind, response, event.content.as_ref()));
        } else if let Some(content) = &event.content {
            self.show_parts(&content.parts, event.partial);
        }
        if let Some(message) = &event.error_message {
            self.show_error(message);
        }
    }

    /// The run failed, and this is all that is known of its end.
    pub(crate) fn fail(&mut self, message: &str, json: &str) {
        self.exit_code = 1;
        if self.json { print_line(json) } else { self.show_error(message) }
    }

    /// What was being written comes again as a whole, or not at all.
    pub(crate) fn forget_partial(&mut self) {
        self.break_line();
    }

    /// Leaves the cursor at the beginning of a line, and gives the exit code of the run.
    pub(crate) fn end(mut self) -> u8 {
        self.break_line();
        self.exit_code
    }

    fn show_error(&mut self, message: &str) {
        self.note(&format!("error: {message}"));
    }

    /// Something that the agent does not say.
    fn note(&mut self, text: &str) {
        self.break_line();
        print_error(text);
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
            // A thought that is being written is nothing to show, and leaves the progress where it is.
            if text.is_empty() {
                return;
            }
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
}

/// Writes to the output at once. A closed output, as in `rak run … | head -1`, is nobody's concern.
fn print(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

pub(crate) fn print_line(text: &str) {
    print(&format!("{text}\n"));
}
