//! `cargo xtask agents`: every shipped agent as `target/agents/NAME.wasm`, or in a folder with what it may do.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::shell::{self, Places, WASM_TARGET};
use crate::{demo, languages, toolchain};

/// What says what an agent may do.
const MANIFEST: &str = "agent.toml";

/// Builds the agents and gives the folder they are in.
pub(crate) fn build(all: bool) -> anyhow::Result<PathBuf> {
    let places = shell::places()?;
    shell::require_wasm_target()?;
    let mut names = names(&places)?;
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
        let manifest = places.root.join("agents").join(name).join(MANIFEST);
        if manifest.is_file() {
            let folder = folder.join(name);
            fs::create_dir_all(&folder)?;
            place(&manifest, &folder.join(MANIFEST))?;
            place(&built, &folder.join(format!("{name}.wasm")))?;
        } else {
            place(&built, &folder.join(format!("{name}.wasm")))?;
        }
    }
    if all {
        names.extend(build_others(&places, &folder)?);
    }
    shell::say(&format!("{} agents in {}: {}", names.len(), folder.display(), names.join(", ")));
    Ok(folder)
}

/// Copies a file, renamed into its place, so that a host that watches the folder never sees half of it.
fn place(file: &Path, place: &Path) -> anyhow::Result<()> {
    let partial = place.with_extension("partial");
    fs::copy(file, &partial).with_context(|| format!("failed to copy {}", file.display()))?;
    Ok(fs::rename(&partial, place)?)
}

/// Builds the agents in other languages, and gives their names.
fn build_others(places: &Places, folder: &Path) -> anyhow::Result<Vec<String>> {
    toolchain::install(places)?;
    // The demo's own artifacts.
    demo::build(places)?;
    let rak = places.target.join("debug/rak");
    for name in languages::AGENTS {
        let project = Path::new("agents").join(name);
        languages::component(places, &rak, &project, &[], &folder.join(format!("{name}.wasm")))?;
    }
    Ok(languages::AGENTS.map(str::to_owned).into())
}

/// The folders of `agents/` that are packages of the workspace.
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
