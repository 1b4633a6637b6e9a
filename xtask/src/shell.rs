//! Running other programs.

use std::ffi::{OsStr, OsString};
use std::io::{Write as _, stderr};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail};
use cargo_metadata::MetadataCommand;

/// What agents are built for.
pub(crate) const WASM_TARGET: &str = "wasm32-wasip2";

/// The top of the repository and cargo's target folder.
pub(crate) struct Places {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

pub(crate) fn places() -> anyhow::Result<Places> {
    let metadata =
        MetadataCommand::new().no_deps().exec().context("failed to ask cargo for the workspace")?;
    Ok(Places { root: metadata.workspace_root.into(), target: metadata.target_directory.into() })
}

/// Tells the person what is going on.
pub(crate) fn say(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

/// Cargo, at the top of the repository.
pub(crate) fn cargo(places: &Places) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(&places.root);
    command
}

/// Where programs are looked for: in these folders first.
pub(crate) fn path_with(folders: impl IntoIterator<Item = PathBuf>) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<_> = folders.into_iter().chain(std::env::split_paths(&path)).collect();
    std::env::join_paths(all).unwrap_or(path)
}

/// Runs a program and fails where it does.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = shown(command);
    say(&format!("$ {shown}"));
    let status = command.status().with_context(|| format!("failed to run {shown}"))?;
    if !status.success() {
        bail!("{shown} failed ({status})");
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or_else(|| OsStr::new("?"));
    let words = std::iter::once(name).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Adds the target of the agents where it is missing.
pub(crate) fn require_wasm_target() -> anyhow::Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", WASM_TARGET]).output();
    let libdir = output.context("failed to run rustc")?.stdout;
    let libdir = PathBuf::from(String::from_utf8(libdir)?.trim());
    if libdir.is_dir() {
        return Ok(());
    }
    say(&format!("agents are built for {WASM_TARGET}, which is not installed; adding it"));
    run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
        .with_context(|| format!("install the Rust target {WASM_TARGET}, then try again"))
}
