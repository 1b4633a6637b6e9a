//! `cargo xtask languages`: the SDKs' own tests, and the components of every language in target/languages.

mod table;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::shell::{self, Places};
use crate::toolchain;

/// The conformance agents: what their components are called, and their projects.
const CONFORMANCE: [(&str, &str); 8] = [
    ("rust", "guest-sdk/rust/conformance"),
    ("c", "guest-sdk/c/conformance/c"),
    ("cpp", "guest-sdk/c/conformance/cpp"),
    ("zig", "guest-sdk/zig/conformance"),
    ("go", "guest-sdk/go/conformance"),
    ("javascript", "guest-sdk/js/conformance"),
    ("javascript-starlingmonkey", "guest-sdk/js/conformance/starlingmonkey"),
    ("python", "guest-sdk/python/conformance"),
];
/// Those that are compiled by what is part of `rak`, too.
const BUILT_IN: [(&str, &str); 2] = [
    ("javascript-built-in", "guest-sdk/js/conformance"),
    ("python-built-in", "guest-sdk/python/conformance"),
];
/// The agents that ship in other languages than Rust.
pub(crate) const AGENTS: [&str; 6] = ["columns", "digest", "jsondiff", "recap", "timers", "todo"];
/// What checks and tests an SDK and what is written with it: the folder, and the command.
const TESTS: [(&str, &[&str]); 23] = [
    ("guest-sdk/js", &["npm", "test"]),
    ("guest-sdk/js/conformance", &["npm", "test"]),
    ("agents/todo", &["npm", "test"]),
    ("guest-sdk/python", &["pytest", "-q"]),
    ("guest-sdk/python", &["mypy"]),
    ("guest-sdk/python/conformance", &["mypy"]),
    ("agents/recap", &["pytest", "-q"]),
    ("agents/recap", &["mypy"]),
    ("guest-sdk/go", &["go", "vet", ".", "./raktest", "./rakhttp"]),
    ("guest-sdk/go", &["go", "test", ".", "./raktest", "./rakhttp"]),
    ("guest-sdk/go/conformance", &["go", "vet", "."]),
    ("guest-sdk/go/conformance", &["go", "test", "."]),
    ("agents/timers", &["go", "vet", "."]),
    ("agents/timers", &["go", "test", "."]),
    ("guest-sdk/c", &["python-zig", "build", "test"]),
    ("guest-sdk/c/conformance/c", &["python-zig", "build", "test"]),
    ("guest-sdk/c/conformance/cpp", &["python-zig", "build", "test"]),
    ("agents/digest", &["python-zig", "build", "test"]),
    ("agents/columns", &["python-zig", "build", "test"]),
    ("guest-sdk/zig", &["python-zig", "build", "test"]),
    ("guest-sdk/zig", &["python-zig", "fmt", "--check", ".", "../../agents/jsondiff"]),
    ("guest-sdk/zig/conformance", &["python-zig", "build", "test"]),
    ("agents/jsondiff", &["python-zig", "build", "test"]),
];
/// Where Go is written by hand, as seen from its SDK.
const GO_SOURCES: [&str; 6] = [
    ".",
    "raktest",
    "rakhttp",
    "conformance",
    "internal/bindings/exports/export_rak_agent_entry",
    "../../agents/timers",
];
/// What the Python SDK commits of what componentize-py makes of the contract.
const STUBS: &str = "guest-sdk/python/stubs";

/// Builds everything, and tests the SDKs; or measures, without anything else.
pub(crate) fn run(write: bool) -> anyhow::Result<()> {
    let places = shell::places()?;
    build(&places)?;
    if write { table::write(&places) } else { test(&places) }
}

/// Builds the conformance agents and the shipped agents, as their authors would.
pub(crate) fn build(places: &Places) -> anyhow::Result<PathBuf> {
    shell::require_wasm_target()?;
    toolchain::install(places)?;
    // The artifacts of the tests: another selection of packages would compile much of them again.
    shell::run(shell::cargo(places).args(["build", "--workspace", "--all-targets"]))?;
    let folder = places.target.join("languages");
    fs::create_dir_all(&folder)?;
    let rak = places.target.join("debug/rak");
    let build = |name: &str, project: &str, more: &[&str]| {
        component(places, &rak, Path::new(project), more, &folder.join(format!("{name}.wasm")))
    };
    for (name, project) in CONFORMANCE {
        build(name, project, &[])?;
    }
    for (name, project) in BUILT_IN {
        build(name, project, &["--built-in"])?;
    }
    for name in AGENTS {
        build(&format!("agent-{name}"), &format!("agents/{name}"), &[])?;
    }
    Ok(folder)
}

/// Builds one project with `rak build`.
pub(crate) fn component(
    places: &Places,
    rak: &Path,
    project: &Path,
    more: &[&str],
    out: &Path,
) -> anyhow::Result<()> {
    let mut rak = toolchain::command(places, rak);
    rak.arg("build").arg(project).args(more).arg("--out").arg(out).current_dir(&places.root);
    // A project in Rust has a target folder of its own, which is kept with the others.
    rak.env("CARGO_TARGET_DIR", places.target.join("projects"));
    shell::run(&mut rak)
}

/// Runs the SDKs' own tests, without a host, and checks what tools make of the contract.
pub(crate) fn test(places: &Places) -> anyhow::Result<()> {
    check_stubs(places)?;
    check_engines(places)?;
    check_go_format(places)?;
    for (folder, command) in TESTS {
        let [program, arguments @ ..] = command else { continue };
        let mut command = toolchain::command(places, *program);
        command.args(arguments).current_dir(places.root.join(folder));
        shell::run(&mut command)?;
    }
    Ok(())
}

/// The stubs are those of the contract.
fn check_stubs(places: &Places) -> anyhow::Result<()> {
    let made = places.target.join("languages/stubs");
    let _ = fs::remove_dir_all(&made);
    let wit = places.root.join("guest-sdk/python/src/rak/wit");
    let mut tool = toolchain::command(places, "componentize-py");
    shell::run(tool.arg("-d").arg(wit).args(["-w", "agent", "bindings"]).arg(&made))?;
    let committed = places.root.join(STUBS);
    let mut diff = Command::new("diff");
    shell::run(diff.arg("-r").arg(&committed).arg(&made))
        .with_context(|| format!("{STUBS} is not what the contract gives; copy {} there", made.display()))
}

/// The engines of the compilers within `rak` are linked with the contract.
fn check_engines(places: &Places) -> anyhow::Result<()> {
    // Seen from here the repository has only what they are made of.
    let made = places.target.join("languages/engines");
    let _ = fs::remove_dir_all(&made);
    fs::create_dir_all(made.join("guest-sdk/js"))?;
    symlink(places.root.join("wit"), made.join("wit"))?;
    symlink(places.root.join("guest-sdk/js/world"), made.join("guest-sdk/js/world"))?;
    let generator = places.root.join("host/crates/componentize/generate/Cargo.toml");
    let mut cargo = shell::cargo(places);
    shell::run(cargo.args(["fetch", "--locked", "--manifest-path"]).arg(&generator))?;
    let mut cargo = shell::cargo(places);
    cargo.env("CARGO_TARGET_DIR", places.target.join("projects"));
    shell::run(
        cargo.args(["run", "--locked", "--quiet", "--manifest-path"]).arg(&generator).arg("--").arg(&made),
    )?;
    let within = "host/crates/componentize/engines";
    let mut diff = Command::new("diff");
    diff.args(["-r", "--exclude=README.md"]).arg(places.root.join(within)).arg(made.join(within));
    shell::run(&mut diff).with_context(|| {
        format!("{within} is not what the contract gives; its README.md says how to make it again")
    })
}

/// What is written in Go by hand has the form that gofmt gives it.
fn check_go_format(places: &Places) -> anyhow::Result<()> {
    let root = toolchain::command(places, "go").args(["env", "GOROOT"]).output()?.stdout;
    let gofmt = PathBuf::from(String::from_utf8(root)?.trim()).join("bin/gofmt");
    let folder = places.root.join("guest-sdk/go");
    let mut files = Vec::new();
    for sources in GO_SOURCES {
        for entry in fs::read_dir(folder.join(sources))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "go") {
                files.push(path);
            }
        }
    }
    let listed = Command::new(&gofmt).arg("-l").args(files).output();
    let listed = listed.with_context(|| format!("failed to run {}", gofmt.display()))?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    if !listed.trim().is_empty() {
        bail!("not formatted by gofmt:\n{listed}");
    }
    Ok(())
}
