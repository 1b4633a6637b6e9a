//! What the operator reads.

use std::fmt;

use crate::host::{Current, Host};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Every step.
    Trace,
    /// For whoever looks for a mistake.
    Debug,
    /// Something worth knowing.
    Info,
    /// Something that is not as it should be.
    Warning,
    /// Something that somebody has to look at.
    Severe,
}

impl Level {
    /// Every level, from the least to the most important.
    pub const ALL: [Self; 5] = [Self::Trace, Self::Debug, Self::Info, Self::Warning, Self::Severe];

    /// The level's name in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Severe => "severe",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Writes lines to the host's log, with the invocation's id beside them: `cx.log()`.
///
/// ```
/// # extern crate rak_sdk as rak;
/// # fn example(cx: &rak::Context) {
/// cx.log().info("page read", &[("url", "https://example.org"), ("bytes", &1024.to_string())]);
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Log<'cx> {
    host: &'cx Current,
}

impl<'cx> Log<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// Writes a line.
    pub fn write(&self, level: Level, message: &str, fields: &[(&str, &str)]) {
        self.host.log(level, message, fields);
    }

    /// Writes a line at [`Level::Trace`].
    pub fn trace(&self, message: &str, fields: &[(&str, &str)]) {
        self.write(Level::Trace, message, fields);
    }

    /// Writes a line at [`Level::Debug`].
    pub fn debug(&self, message: &str, fields: &[(&str, &str)]) {
        self.write(Level::Debug, message, fields);
    }

    /// Writes a line at [`Level::Info`].
    pub fn info(&self, message: &str, fields: &[(&str, &str)]) {
        self.write(Level::Info, message, fields);
    }

    /// Writes a line at [`Level::Warning`].
    pub fn warning(&self, message: &str, fields: &[(&str, &str)]) {
        self.write(Level::Warning, message, fields);
    }

    /// Writes a line at [`Level::Severe`].
    pub fn severe(&self, message: &str, fields: &[(&str, &str)]) {
        self.write(Level::Severe, message, fields);
    }
}
