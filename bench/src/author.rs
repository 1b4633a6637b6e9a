//! The author's loop with the clock running, from `rak new` to an answer and on.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};

use crate::process::Program;
use crate::report::{Unit, value};
use crate::{http, measure};

pub(crate) fn run(rak: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    walk(rak, folder.path())
}

fn walk(rak: &Path, folder: &Path) -> anyhow::Result<()> {
    measure::say(&mut std::io::stdout(), "| step | time |\n|---|---|");
    let project = folder.join("greeter");
    // The author's own target folder: nothing of ours makes it faster.
    let in_project = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&project).env_remove("CARGO_TARGET_DIR");
        command
    };
    let mut new = Command::new(rak);
    step("`rak new greeter`", new.args(["new", "greeter"]).current_dir(folder))?;
    step("`cargo test`, the first time", &mut in_project(Path::new("cargo"), &["test", "--quiet"]))?;
    let began = Instant::now();
    let dev = Program::start(&mut in_project(rak, &["dev", "--listen", "127.0.0.1:0", "--data", ".rak"]))?;
    dev.line_with("live: greeter version 1")?;
    say("`rak dev` until the agent is live, the first time", began);
    let began = Instant::now();
    chat(rak, dev.address)?;
    say("`rak chat greeter` with one message, start of the program included", began);
    for (what, file, from, to) in [
        ("save `src/lib.rs` → first event", "src/lib.rs", "Nice to meet you.", "How nice."),
        ("save `src/lib.rs` again → first event", "src/lib.rs", "How nice.", "Well met."),
        ("save `agent.toml` alone → first event", "agent.toml", "# greeting = \"Hello\"", "other = 1"),
    ] {
        let text = fs::read_to_string(project.join(file))?;
        if !text.contains(from) {
            bail!("{file} does not contain {from:?}");
        }
        let text = text.replace(from, to).replace("# [config]", "[config]");
        let began = Instant::now();
        fs::write(project.join(file), text)?;
        let live = dev.line_with("live:")?;
        http::run(dev.address, "greeter", &format!("after-{}", began.elapsed().as_nanos()))?;
        say(what, began);
        measure::say(&mut std::io::stdout(), &format!("<!-- {live} -->"));
    }
    Ok(())
}

fn step(what: &str, command: &mut Command) -> anyhow::Result<()> {
    let began = Instant::now();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{what} cannot be run"))?;
    if !output.status.success() {
        bail!("{what} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    say(what, began);
    Ok(())
}

fn chat(rak: &Path, address: SocketAddr) -> anyhow::Result<()> {
    let mut chat = Command::new(rak)
        .args(["chat", "greeter", "--host", &format!("http://{address}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    chat.stdin.take().context("chat has no input")?.write_all(b"Ada\n")?;
    let output = chat.wait_with_output()?;
    let answer = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !answer.contains("Hello, Ada!") {
        bail!("the chat was answered with {answer}");
    }
    Ok(())
}

fn say(what: &str, began: Instant) {
    let time = value(Unit::Micros, began.elapsed().as_secs_f64() * 1e6);
    measure::say(&mut std::io::stdout(), &format!("| {what} | {time} |"));
}
