//! Projects in Rust: one crate whose library is the component.

mod cargo;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use cargo_metadata::{CrateType, Metadata, MetadataCommand, PackageId, Target};
use rak_core::AppName;
use tokio::process::Command;

use super::{BuildError, Reporter, io_error, tool, unusable};

/// What components are compiled for.
const TARGET: &str = "wasm32-wasip2";
/// The manifest of a crate.
const CARGO_TOML: &str = "Cargo.toml";
/// How to come by Rust itself.
const INSTALL_RUST: &str = "install it with `curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh`, as https://rustup.rs explains";

/// Whether the folder is one of a crate, of whatever kind.
pub(super) fn is_project(folder: &Path) -> bool {
    folder.join(CARGO_TOML).is_file()
}

/// Compiles the crate in a folder to a component, and gives the agent's name and where the component is.
pub(super) async fn build(folder: &Path, reporter: &dyn Reporter) -> Result<(AppName, PathBuf), BuildError> {
    reporter.step("looking at the project");
    let package = package(folder, reporter).await?;
    require_target(folder).await?;
    let component = cargo::build(folder, &package, reporter).await?;
    Ok((package.name, component))
}

/// The package that is to be a component.
struct Package {
    id: PackageId,
    name: AppName,
}

/// Asks cargo what the folder has.
async fn package(folder: &Path, reporter: &dyn Reporter) -> Result<Package, BuildError> {
    // Cargo names files by their whole paths.
    let manifest = std::fs::canonicalize(folder.join(CARGO_TOML))
        .map_err(|source| io_error(format!("find {}", folder.join(CARGO_TOML).display()), source))?;
    let command =
        MetadataCommand::new().cargo_path("cargo").manifest_path(&manifest).no_deps().cargo_command();
    let output = output(Command::from(command).current_dir(folder), "cargo").await?;
    if !output.status.success() {
        let diagnostics = String::from_utf8_lossy(&output.stderr).into_owned();
        reporter.say(diagnostics.trim_end());
        return Err(BuildError::Compile { diagnostics });
    }
    let metadata = MetadataCommand::parse(String::from_utf8_lossy(&output.stdout))
        .map_err(|error| unusable(format!("what cargo says of it cannot be read: {error}")))?;
    choose(&metadata, &manifest)
        .map_err(|found| BuildError::NoProject { folder: folder.to_owned(), found })
        .and_then(|(id, name)| {
            let name = super::app_name(&name)?;
            Ok(Package { id, name })
        })
}

/// The package of a manifest, with the name of its agent; otherwise what is there instead.
fn choose(metadata: &Metadata, manifest: &Path) -> Result<(PackageId, String), String> {
    let Some(package) = metadata.packages.iter().find(|package| package.manifest_path == manifest) else {
        let agents: Vec<_> = metadata
            .packages
            .iter()
            .filter(|package| package.targets.iter().any(is_component))
            .filter_map(|package| package.manifest_path.parent())
            .map(|folder| format!("`{}`", folder.strip_prefix(&metadata.workspace_root).unwrap_or(folder)))
            .collect();
        return Err(match agents.as_slice() {
            [] => "its Cargo.toml is a workspace without agents".to_owned(),
            agents => format!("its Cargo.toml is a workspace; name one of its agents: {}", agents.join(", ")),
        });
    };
    let Some(library) = package.targets.iter().find(|target| is_component(target)) else {
        return Err(format!("the package `{}` has no library that is a `cdylib`", package.name));
    };
    // A library with a name of its own is the agent's; otherwise cargo made it of the package's.
    let made = package.name.replace('-', "_");
    let name =
        if library.name.replace('-', "_") == made { package.name.to_string() } else { library.name.clone() };
    Ok((package.id.clone(), name))
}

fn is_component(target: &Target) -> bool {
    target.crate_types.contains(&CrateType::CDyLib)
}

/// A missing target would be a page of errors about a missing `core`; say what to do instead.
async fn require_target(folder: &Path) -> Result<(), BuildError> {
    let arguments = ["--print", "target-libdir", "--target", TARGET];
    let output = output(Command::new("rustc").args(arguments).current_dir(folder), "rustc").await?;
    let libdir = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && Path::new(&libdir).is_dir() {
        return Ok(());
    }
    let rustup = Command::new("rustup")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    let install = if rustup.is_ok_and(|status| status.success()) {
        format!("run `rustup target add {TARGET}`")
    } else {
        format!(
            "add it as your distribution does it, or {INSTALL_RUST}, and run `rustup target add {TARGET}`"
        )
    };
    Err(BuildError::Missing {
        what: "Rust's target wasm32-wasip2, which components are compiled for,",
        install,
    })
}

/// Runs a tool of Rust's to its end.
async fn output(command: &mut Command, tool: &'static str) -> Result<Output, BuildError> {
    // Ctrl-C is for this program, which ends the tool.
    let output = command.stdin(Stdio::null()).process_group(0).kill_on_drop(true).output().await;
    output.map_err(|error| not_started(tool, error))
}

fn not_started(tool: &'static str, source: std::io::Error) -> BuildError {
    if source.kind() == std::io::ErrorKind::NotFound {
        let install = INSTALL_RUST.to_owned();
        return BuildError::Missing { what: "Rust, which compiles the project,", install };
    }
    io_error(format!("run {tool}"), source)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn package(folder: &str, name: &str, library: &str, crate_type: &str) -> Value {
        json!({
            "name": name, "version": "0.1.0", "id": format!("path+file:///w/{folder}"), "dependencies": [],
            "features": {}, "manifest_path": format!("/w/{folder}/Cargo.toml"),
            "targets": [{
                "name": library, "kind": [crate_type], "crate_types": [crate_type], "src_path": "/w/lib.rs",
            }],
        })
    }

    fn chosen(manifest: &str, packages: &[Value]) -> Result<String, String> {
        let metadata = json!({
            "packages": packages, "workspace_members": [], "workspace_root": "/w", "target_directory": "/w/target",
            "version": 1,
        });
        choose(&serde_json::from_value(metadata).unwrap(), Path::new(manifest)).map(|(_, name)| name)
    }

    #[test]
    fn an_agent_has_the_name_that_its_author_gave_it() {
        let packages = [
            package("a", "my-agent", "my_agent", "cdylib"),
            package("b", "rak-agent-echo", "echo", "cdylib"),
            package("c", "tool", "tool", "lib"),
        ];
        assert_eq!(chosen("/w/a/Cargo.toml", &packages).as_deref(), Ok("my-agent"));
        assert_eq!(chosen("/w/b/Cargo.toml", &packages).as_deref(), Ok("echo"));
        let error = chosen("/w/c/Cargo.toml", &packages).unwrap_err();
        assert_eq!(error, "the package `tool` has no library that is a `cdylib`");
        let error = chosen("/w/Cargo.toml", &packages).unwrap_err();
        assert!(error.ends_with("name one of its agents: `a`, `b`"), "{error}");
        let error = chosen("/w/Cargo.toml", &packages[2..]).unwrap_err();
        assert!(error.ends_with("a workspace without agents"), "{error}");
    }
}
