//! `cargo xtask bench hotload FILE.wasm…`: how long after a component was saved the first event of its new version comes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, bail};

use super::server::Server;
use super::{http, spread};
use crate::shell;

/// Saves of each component.
const ROUNDS: u32 = 7;
/// How often the host is asked whether the version is live.
const ASK: Duration = Duration::from_millis(2);
/// A version that takes longer does not come.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn run(components: &[PathBuf]) -> anyhow::Result<()> {
    let places = shell::places()?;
    shell::run(shell::cargo(&places).args(["build", "--package", "rak"]))?;
    let rak = places.target.join("debug/rak");
    shell::say(
        "| component | MiB | save → first event on its version | restart → first event | host, MiB before → after |",
    );
    shell::say("|---|---|---|---|---|");
    for component in components {
        let name = component.file_stem().unwrap_or_default().to_string_lossy();
        let measured = measure(&rak, component)
            .with_context(|| format!("{} cannot be measured", component.display()))?;
        let tenths = (fs::metadata(component)?.len() * 10) >> 20;
        shell::say(&format!("| {name} | {}.{} | {measured} |", tenths / 10, tenths % 10));
    }
    Ok(())
}

fn measure(rak: &Path, component: &Path) -> anyhow::Result<String> {
    let folder = std::env::temp_dir().join(format!("rak-bench-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("agents"))?;
    let result = measure_in(rak, component, &folder);
    fs::remove_dir_all(&folder)?;
    result
}

fn measure_in(rak: &Path, component: &Path, folder: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(component)?;
    let serve = || {
        let mut command = Command::new(rak);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "error"]).current_dir(folder);
        Server::start(&mut command)
    };
    let host = serve()?;
    save(folder, &bytes, 0)?;
    wait_for(&host.address, 1)?;
    settle(&host.address)?;
    let before = host.resident_kib();
    let mut times = Vec::new();
    for round in 1..=ROUNDS {
        let began = Instant::now();
        save(folder, &bytes, round)?;
        wait_for(&host.address, u64::from(round) + 1)?;
        http::first_event(&host.address, "measured", &format!("round-{round}"))?;
        times.push(began.elapsed());
        settle(&host.address)?;
    }
    let after = host.resident_kib();
    drop(host);
    let began = Instant::now();
    let host = serve()?;
    http::first_event(&host.address, "measured", "restart")?;
    let restart = super::shown(began.elapsed());
    Ok(format!("{} | {restart} | {} → {}", spread(times), before >> 10, after >> 10))
}

/// Renames a variant of the component into place: a section that nobody reads makes it another one.
fn save(folder: &Path, component: &[u8], variant: u32) -> anyhow::Result<()> {
    let name = format!("variant-{variant}");
    let length = u8::try_from(name.len())?;
    let partial = folder.join("partial");
    fs::write(&partial, [component, &[0, length + 1, length], name.as_bytes()].concat())?;
    Ok(fs::rename(partial, folder.join("agents/measured.wasm"))?)
}

fn wait_for(address: &str, number: u64) -> anyhow::Result<()> {
    until(address, &format!("\"number\":{number},"))
}

/// Waits until the optimized code is there, so that compiling it is in nobody's way.
fn settle(address: &str) -> anyhow::Result<()> {
    until(address, "\"code\":\"optimized\"")
}

fn until(address: &str, text: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let listed = http::get(address, "/api/v1/agents")?;
        if listed.contains(text) {
            return Ok(());
        }
        if listed.contains("\"refused\":{") || began.elapsed() > PATIENCE {
            bail!("it does not become live: {listed}");
        }
        thread::sleep(ASK);
    }
}
