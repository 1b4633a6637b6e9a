//! `cargo xtask test`: all tests, on a bare machine too.

use crate::{languages, shell};

pub(crate) fn run(nextest: &[String]) -> anyhow::Result<()> {
    let places = shell::places()?;
    languages::build(&places)?;
    languages::test(&places)?;
    // One process a test, many at a time, where it is installed; otherwise cargo's own runner.
    let has_nextest = shell::cargo(&places)
        .args(["nextest", "--version"])
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    shell::run(shell::cargo(&places).args(["test", "--workspace", "--doc"]))?;
    let mut all = shell::cargo(&places);
    if has_nextest {
        all.args(["nextest", "run", "--workspace"]).args(nextest);
    } else {
        shell::say("cargo-nextest is not installed; running with cargo test");
        all.args(["test", "--workspace", "--all-targets"]);
    }
    shell::run(&mut all)
}
