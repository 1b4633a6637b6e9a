//! What the program says on its error output.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, stderr};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

/// Starts the log. A filter that cannot be read is reported and replaced.
pub(crate) fn init(filter: Option<&str>, default: &str) {
    let default = || EnvFilter::new(default);
    let (filter, problem) = match filter.map(EnvFilter::try_new) {
        None => (default(), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (default(), Some(error)),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .init();
    if let Some(error) = problem {
        tracing::warn!(%error, "the log filter cannot be read; try --log info");
    }
}

/// Shows an error with its causes. Always gives the exit code 1.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let mut text = format!("error: {error}");
    for cause in error.chain().skip(1) {
        let _ = write!(text, "\n  because: {cause}");
    }
    print_error(&text);
    ExitCode::FAILURE
}

/// Writes a line to the error output. A closed output is nobody's concern.
pub(crate) fn print_error(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(stderr(), "{text}");
}
