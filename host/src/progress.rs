//! What stands on the terminal while something takes its time. Where the error output is no terminal there is nothing.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::project::Reporter;
use crate::telemetry::print_error;

/// How often it moves: often enough to be seen to live.
const TICK: Duration = Duration::from_millis(100);

/// One line that says what is being done. It goes when this is dropped.
pub(crate) struct Spinner(ProgressBar);

impl Spinner {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(TICK);
        Self(bar)
    }
}

impl Reporter for Spinner {
    fn step(&self, step: &str) {
        self.0.set_message(step.to_owned());
    }

    fn say(&self, text: &str) {
        self.0.suspend(|| print_error(text));
    }

    fn colors(&self) -> bool {
        !self.0.is_hidden() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// How much of something with a size is done. It goes when this is dropped.
pub(crate) struct ByteBar(ProgressBar);

impl ByteBar {
    pub(crate) fn new(bytes: u64) -> Self {
        let bar = ProgressBar::new(bytes);
        // The template is this one, so it can be read.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes} ({bytes_per_sec})")
        {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
        if self.0.length().is_some_and(|all| self.0.position() >= all) {
            // All is sent; what takes its time now is the other side.
            self.0.set_style(ProgressStyle::default_spinner());
            self.0.set_message("the host checks and compiles it");
            self.0.enable_steady_tick(TICK);
        }
    }
}

impl Drop for ByteBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
