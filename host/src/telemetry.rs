//! What the program says on its error output.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, stderr};
use std::process::ExitCode;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{self, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

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

/// The same for an author at work: what the agent writes is shown as it is, with its name before it.
pub(crate) fn init_for_author(filter: Option<&str>) {
    let default = || EnvFilter::new("warn,rak_registry=error,rak::guest=info");
    let filter = filter.and_then(|filter| EnvFilter::try_new(filter).ok()).unwrap_or_else(default);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .event_format(AuthorFormat)
        .init();
}

/// What guests write, line by line after the agent's name; the rest as a log has it, without the time.
struct AuthorFormat;

impl<S, N> FormatEvent<S, N> for AuthorFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        if event.metadata().target() != "rak::guest" {
            return format::Format::default().without_time().format_event(context, writer, event);
        }
        let mut line = GuestLine::default();
        event.record(&mut line);
        let GuestLine { agent, message } = line;
        for line in message.lines() {
            writeln!(writer, "{agent} | {line}")?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct GuestLine {
    agent: String,
    message: String,
}

impl Visit for GuestLine {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "agent" => self.agent = format!("{value:?}"),
            "message" => self.message = format!("{value:?}"),
            _ => {}
        }
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
