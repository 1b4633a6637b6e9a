//! The compilers of other languages: installed by lock file into the folders of the SDKs, and nowhere else.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::shell::{self, Places};

/// Packages of Python: componentize-py, Go and Zig are there as wheels.
const REQUIREMENTS: &str = "guest-sdk/requirements.txt";
const ENVIRONMENT: &str = "guest-sdk/.venv";
/// Folders with a lock file of npm. The first has the compilers, the others only a link to the SDK.
pub(crate) const PACKAGES: [&str; 4] =
    ["guest-sdk/js", "guest-sdk/js/conformance", "agents/todo", "bench/agents/javascript"];

/// Installs what is missing or was locked anew.
pub(crate) fn install(places: &Places) -> anyhow::Result<()> {
    require(
        "python3",
        "install Python 3.10 or newer with its module venv (on Debian: apt-get install python3-venv)",
    )?;
    require("npm", "install Node.js 20 or newer with npm (on Debian: apt-get install npm)")?;
    let environment = places.root.join(ENVIRONMENT);
    if_changed(&places.root.join(REQUIREMENTS), &environment, || {
        // One that was begun and not finished would not be taken as it is.
        let _ = fs::remove_dir_all(&environment);
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&environment)).context(
            "failed to make an environment of Python; on Debian the module venv is the package python3-venv",
        )?;
        let mut pip = Command::new(environment.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]);
        shell::run(pip.arg(places.root.join(REQUIREMENTS)))
    })?;
    for folder in PACKAGES {
        let folder = places.root.join(folder);
        if_changed(&folder.join("package-lock.json"), &folder.join("node_modules"), || {
            let mut npm = Command::new("npm");
            npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
            shell::run(&mut npm)
        })?;
    }
    Ok(())
}

/// A program, with the compilers on its path.
pub(crate) fn command(places: &Places, program: impl Into<OsString>) -> Command {
    let ours = ["guest-sdk/.venv/bin", "guest-sdk/js/node_modules/.bin"].map(|place| places.root.join(place));
    let mut command = Command::new(program.into());
    command.env("PATH", shell::path_with(ours));
    // Nothing is looked for on the network, and no other version of Go is.
    command.envs([("GOFLAGS", "-mod=mod"), ("GOPROXY", "off"), ("GOTOOLCHAIN", "local")]);
    command
}

/// Does something where a lock file is not the one that it was done for the last time.
fn if_changed(lock: &Path, folder: &Path, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let wanted = fs::read(lock).with_context(|| format!("failed to read {}", lock.display()))?;
    let done = folder.join(".installed");
    if fs::read(&done).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    work()?;
    fs::create_dir_all(folder)?;
    fs::write(done, wanted)?;
    Ok(())
}

fn require(program: &str, install: &str) -> anyhow::Result<()> {
    let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    bail!("agents in other languages are built with {program}, which is not installed; {install}")
}
