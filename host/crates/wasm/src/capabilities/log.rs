//! `log`: lines for the operator.

use std::fmt::Write as _;

use crate::bindings::log::{Host, Level};
use crate::state::GuestState;

/// A longer line is cut: the log is read by people.
const MAX_LINE_BYTES: usize = 8 << 10;

impl Host for GuestState {
    fn write(
        &mut self,
        level: Level,
        message: String,
        fields: Vec<(String, String)>,
    ) -> wasmtime::Result<()> {
        // What is repeated was logged before.
        if !self.gate.admit_log_line()? || self.gate.timeline.was_logged() {
            return Ok(());
        }
        let Some(info) = self.host.as_ref().map(|host| host.info()) else { return Ok(()) };
        let (run, agent) = (info.id, &info.session.app_name);
        let mut line = message;
        for (key, value) in fields {
            let _ = write!(line, " {key}={value:?}");
        }
        truncate(&mut line);
        match level {
            Level::Trace => tracing::trace!(target: "rak::guest", %run, %agent, "{line}"),
            Level::Debug => tracing::debug!(target: "rak::guest", %run, %agent, "{line}"),
            Level::Info => tracing::info!(target: "rak::guest", %run, %agent, "{line}"),
            Level::Warning => tracing::warn!(target: "rak::guest", %run, %agent, "{line}"),
            Level::Severe => tracing::error!(target: "rak::guest", %run, %agent, "{line}"),
        }
        Ok(())
    }
}

fn truncate(line: &mut String) {
    if line.len() > MAX_LINE_BYTES {
        let end = (0..=MAX_LINE_BYTES).rev().find(|&end| line.is_char_boundary(end)).unwrap_or(0);
        line.truncate(end);
        line.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let mut line = "ä".repeat(MAX_LINE_BYTES);
        truncate(&mut line);
        assert_eq!(line.len(), MAX_LINE_BYTES + '…'.len_utf8());
    }
}
