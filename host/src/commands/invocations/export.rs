//! `rak invocations export`: all that it takes to repeat an invocation, in a file.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use rak_core::InvocationId;
use tempfile::NamedTempFile;

use crate::client::HostClient;
use crate::human;
use crate::telemetry::print_error;

/// Writes it as it comes. A file is there whole, or not at all.
pub(super) async fn run(
    host: &HostClient,
    id: InvocationId,
    output: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let mut download = host.recording(id).await?;
    let Some(path) = output else {
        // A closed output, as in `… | head -c 100`, is nobody's concern.
        let mut out = io::stdout();
        while let Some(piece) = download.next().await? {
            if out.write_all(piece.as_ref()).is_err() {
                return Ok(ExitCode::SUCCESS);
            }
        }
        let _ = writeln!(out);
        return Ok(ExitCode::SUCCESS);
    };
    let failed = || format!("failed to write {}", path.display());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    // It has the conversation in it: for its owner only, as such files are made.
    let mut file = NamedTempFile::new_in(folder).with_context(failed)?;
    let mut bytes = 0;
    while let Some(piece) = download.next().await? {
        file.write_all(piece.as_ref()).with_context(failed)?;
        bytes += piece.as_ref().len() as u64;
    }
    file.persist(path).with_context(failed)?;
    let (path, bytes) = (path.display(), human::bytes(bytes));
    print_error(&format!("{path} has it, {bytes}; `rak replay {path}` repeats it, where it was over"));
    Ok(ExitCode::SUCCESS)
}
