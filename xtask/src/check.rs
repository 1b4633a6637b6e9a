//! `cargo xtask check`: formatting, lints, documentation.

use crate::{bindings, shell};

pub(crate) fn run() -> anyhow::Result<()> {
    let places = shell::places()?;
    shell::require_wasm_target()?;
    bindings::run(true)?;
    shell::run(shell::cargo(&places).args(["fmt", "--all", "--check"]))?;
    shell::run(shell::cargo(&places).args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    let mut docs = shell::cargo(&places);
    docs.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    shell::run(&mut docs)
}
