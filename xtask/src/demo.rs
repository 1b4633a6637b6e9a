//! `cargo xtask demo`: the host with the shipped agents.

use std::process::Command;

use anyhow::Context as _;

use crate::agents;
use crate::shell::{self, Places};

pub(crate) fn run(all: bool, serve: &[String]) -> anyhow::Result<()> {
    let places = shell::places()?;
    let agents = agents::build(all)?;
    build(&places)?;
    let built = places.target.join("debug");
    let mut rak = Command::new(built.join("rak"));
    // Where the configuration finds the library.
    rak.env("PATH", shell::path_with([built]));
    rak.arg("serve").arg("--agents").arg(agents).arg("--data").arg(places.target.join("demo"));
    if !serve.iter().any(|argument| argument == "--config" || argument.starts_with("--config=")) {
        rak.arg("--config").arg(places.root.join("agents/demo.toml"));
    }
    rak.args(serve);
    // In the place of this process: signals reach the host itself.
    let error = std::os::unix::process::CommandExt::exec(&mut rak);
    Err(error).context("failed to start the host")
}

/// Builds the host, and the library that the demo's agents search: in one step, so that what they share is built once.
pub(crate) fn build(places: &Places) -> anyhow::Result<()> {
    shell::run(shell::cargo(places).args(["build", "--package", "rak", "--package", "rak-library"]))
}
