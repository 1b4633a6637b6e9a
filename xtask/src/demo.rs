//! `cargo xtask demo`: the host with the shipped agents.

use std::process::Command;

use anyhow::Context as _;

use crate::{agents, shell};

pub(crate) fn run(all: bool, serve: &[String]) -> anyhow::Result<()> {
    let places = shell::places()?;
    let agents = agents::build(all)?;
    shell::run(shell::cargo(&places).args(["build", "--package", "rak"]))?;
    let mut rak = Command::new(places.target.join("debug/rak"));
    rak.arg("serve").arg("--agents").arg(agents).arg("--data").arg(places.target.join("demo"));
    if !serve.iter().any(|argument| argument == "--config" || argument.starts_with("--config=")) {
        rak.arg("--config").arg(places.root.join("agents/demo.toml"));
    }
    rak.args(serve);
    // In the place of this process: signals reach the host itself.
    let error = std::os::unix::process::CommandExt::exec(&mut rak);
    Err(error).context("failed to start the host")
}
