//! `cargo xtask test`: all tests, on a bare machine too.

use crate::{languages, shell};

/// The tests that build or run what other languages' compilers make: they take as long as all the others.
const OF_LANGUAGES: &str = "languages::";

pub(crate) fn run(only_host: bool, nextest: &[String]) -> anyhow::Result<()> {
    let places = shell::places()?;
    if !only_host {
        languages::build(&places)?;
        languages::test(&places)?;
    }
    // One process a test, many at a time, where it is installed; otherwise cargo's own runner.
    let has_nextest = shell::cargo(&places)
        .args(["nextest", "--version"])
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !only_host {
        shell::run(shell::cargo(&places).args(["test", "--workspace", "--doc"]))?;
    }
    let mut all = shell::cargo(&places);
    if has_nextest {
        all.args(["nextest", "run", "--workspace"]);
        if only_host {
            all.args(["-E", &format!("not test({OF_LANGUAGES})")]);
        }
        all.args(nextest);
    } else {
        shell::say("cargo-nextest is not installed; running with cargo test");
        all.args(["test", "--workspace", "--all-targets"]);
        if only_host {
            all.args(["--", "--skip", OF_LANGUAGES]);
        }
    }
    shell::run(&mut all)
}
