//! `cargo xtask agents`: every shipped agent as `target/agents/NAME.wasm`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::shell::{self, Places, WASM_TARGET};

/// Builds the agents and gives the folder they are in.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let places = shell::places()?;
    shell::require_wasm_target()?;
    let names = names(&places)?;
    let mut cargo = shell::cargo(&places);
    cargo.args(["build", "--profile", "agent", "--target", WASM_TARGET]);
    for name in &names {
        cargo.args(["--package", &format!("rak-agent-{name}")]);
    }
    shell::run(&mut cargo)?;

    let folder = places.target.join("agents");
    fs::create_dir_all(&folder)?;
    for name in &names {
        let built = places.target.join(WASM_TARGET).join("agent").join(format!("{name}.wasm"));
        let placed = folder.join(format!("{name}.wasm"));
        // Renamed into place, so that a host that watches the folder never sees half a file.
        let partial = folder.join(format!("{name}.wasm.partial"));
        fs::copy(&built, &partial).with_context(|| format!("failed to copy {}", built.display()))?;
        fs::rename(&partial, &placed)?;
    }
    shell::say(&format!("{} agents in {}: {}", names.len(), folder.display(), names.join(", ")));
    Ok(folder)
}

/// The folders of `agents/` that are packages.
fn names(places: &Places) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(places.root.join("agents"))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
