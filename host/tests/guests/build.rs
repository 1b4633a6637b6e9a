//! Builds the shipped agents and the fixtures as components, with one nested cargo, and writes down where they are.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::{Display, Write as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const TARGET: &str = "wasm32-wasip2";
const PROFILE: &str = "agent";
/// The package that holds the fixtures, each of which is one of its examples.
const FIXTURES: &str = "rak-guest-fixtures";

/// What cargo or clippy set for this build and what must not reach the nested one: flags are for another target, and the
/// lints of the guests are checked with the workspace.
const NOT_INHERITED: [&str; 8] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

// No dependencies, or their features would decide where cargo keeps what this builds, and with them whether `-p` or
// `--workspace` was said: everything would be built once more.
#[expect(clippy::print_stderr, reason = "it is where cargo looks for what went wrong")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let root = here.ancestors().nth(3).ok_or("the package is not at host/tests/guests")?;
    let agents = agents(&root.join("agents"))?;
    let fixtures = fixtures(&here.join("fixtures/examples"))?;
    require_target()?;

    let target_dir = out.join("guests");
    build(root, &target_dir, &agents)?;

    let built = target_dir.join(TARGET).join(PROFILE);
    let agents = components(&built, &agents)
        .map_err(hint("an agent was not built: is its `[lib] name` its folder's?"))?;
    let fixtures = components(&built.join("examples"), &fixtures)
        .map_err(hint("a fixture was not built: is there an `[[example]]` for it in fixtures/Cargo.toml?"))?;

    let generated = module("agents", &agents)?
        + &module("fixtures", &fixtures)?
        + &for_each("for_each_agent", &agents)?
        + &for_each("for_each_fixture", &fixtures)?;
    fs::write(out.join("guests.rs"), generated)?;

    println!("cargo::rerun-if-changed=build.rs");
    let manifests = ["Cargo.toml", "Cargo.lock", "host/tests/guests/fixtures/Cargo.toml"];
    let folders = ["agents", "host/tests/guests/fixtures/examples"];
    let sdk = ["guest-sdk/rust/Cargo.toml", "guest-sdk/rust/macros/Cargo.toml"];
    for path in manifests.iter().chain(&folders).chain(&sdk) {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
    for source in sources(agents.iter().chain(&fixtures))? {
        println!("cargo::rerun-if-changed={source}");
    }
    Ok(())
}

/// A built guest.
struct Component {
    name: String,
    path: PathBuf,
}

/// The folders of `agents/` that are packages.
fn agents(folder: &Path) -> Result<BTreeSet<String>> {
    names(folder, |path| path.join("Cargo.toml").is_file())
}

/// The files of `fixtures/examples/`.
fn fixtures(folder: &Path) -> Result<BTreeSet<String>> {
    names(folder, |path| path.extension().is_some_and(|extension| extension == "rs"))
}

/// The names of what is in a folder, without extensions, in order.
fn names(folder: &Path, is_one: impl Fn(&Path) -> bool) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder).map_err(hint(format!("failed to list {}", folder.display())))?;
    let mut names = BTreeSet::new();
    for entry in entries {
        let path = entry?.path();
        if is_one(&path) {
            let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a name is not UTF-8")?;
            names.insert(name.to_owned());
        }
    }
    Ok(names)
}

/// A missing target would be a page of errors about a missing `core`; say what to do instead.
fn require_target() -> Result<()> {
    let rustc = variable("RUSTC")?;
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let libdir = String::from_utf8(output.stdout)?;
    if output.status.success() && Path::new(libdir.trim()).is_dir() {
        Ok(())
    } else {
        Err(format!(
            "agents are built for {TARGET}, which is not installed: run `rustup target add {TARGET}`"
        )
        .into())
    }
}

/// One cargo for all of them. It shares this build's jobs, so it is no slower than a part of it.
fn build(root: &Path, target_dir: &Path, agents: &BTreeSet<String>) -> Result<()> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(root).args(["build", "--lib", "--examples", "--target", TARGET, "--profile", PROFILE]);
    cargo.arg("--target-dir").arg(target_dir);
    cargo.args(["--package", FIXTURES]);
    for agent in agents {
        cargo.arg("--package").arg(format!("rak-agent-{agent}"));
    }
    for name in NOT_INHERITED {
        cargo.env_remove(name);
    }
    let output = cargo.output().map_err(hint(format!("failed to run {cargo:?}")))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("failed to build the guests: {cargo:?}\n{}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Where they are, once it is sure that each is there and is a component.
fn components(folder: &Path, names: &BTreeSet<String>) -> Result<Vec<Component>> {
    /// `\0asm`, version 13, layer 1: a component, where a core module has version 1 and layer 0.
    const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";
    let mut components = Vec::new();
    for name in names {
        let path = folder.join(name).with_extension("wasm");
        let bytes = fs::read(&path).map_err(hint(format!("failed to read {}", path.display())))?;
        if !bytes.starts_with(PREAMBLE) {
            return Err(format!("{} is not a component", path.display()).into());
        }
        components.push(Component { name: name.clone(), path });
    }
    Ok(components)
}

/// A module with a constant for each.
fn module(name: &str, components: &[Component]) -> Result<String> {
    let mut code = format!("/// One constant for each.\npub mod {name} {{\n    use crate::Guest;\n\n");
    for Component { name, path } in components {
        let upper = name.to_uppercase();
        let path = path.to_str().ok_or("the path of the target folder is not UTF-8")?;
        writeln!(code, "    /// `{name}`.")?;
        writeln!(code, "    pub const {upper}: Guest = Guest::new({name:?}, {path:?});")?;
    }
    let all: Vec<_> = components.iter().map(|component| component.name.to_uppercase()).collect();
    write!(
        code,
        "    /// All of them, by name.\n    pub const ALL: &[Guest] = &[{}];\n}}\n\n",
        all.join(", ")
    )?;
    Ok(code)
}

/// A macro that calls a macro with the name of each.
fn for_each(name: &str, components: &[Component]) -> Result<String> {
    let mut code = format!(
        "/// Calls a macro with the name of each, as an identifier.\n#[macro_export]\nmacro_rules! {name} {{\n"
    );
    writeln!(code, "    ($mac:ident) => {{")?;
    for Component { name, .. } in components {
        writeln!(code, "        $mac!({name});")?;
    }
    writeln!(code, "    }};\n}}\n")?;
    Ok(code)
}

/// The files they were built from: what cargo wrote beside each of them, in the format of make.
fn sources<'a>(components: impl Iterator<Item = &'a Component>) -> Result<BTreeSet<String>> {
    let mut sources = BTreeSet::new();
    for component in components {
        let path = component.path.with_extension("d");
        let rules = fs::read_to_string(&path).map_err(hint(format!("failed to read {}", path.display())))?;
        for (_, files) in rules.lines().filter_map(|line| line.split_once(": ")) {
            // A space in a path has a backslash before it.
            let files = files.replace("\\ ", "\0");
            sources.extend(files.split_whitespace().map(|file| file.replace('\0', " ")));
        }
    }
    Ok(sources)
}

fn variable(name: &str) -> Result<OsString> {
    env::var_os(name).ok_or_else(|| format!("cargo did not set {name}").into())
}

/// Says before an error what it is about.
fn hint<E: Display>(what: impl Display) -> impl FnOnce(E) -> Box<dyn Error> {
    move |error| format!("{what}: {error}").into()
}
