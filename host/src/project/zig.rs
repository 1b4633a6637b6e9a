//! Projects in Zig, C and C++: a `build.zig` whose default step makes one core module.

use std::path::{Path, PathBuf};

use rak_core::AppName;

use super::core_module::{World, componentize};
use super::{BuildError, Language, OUTPUT, Reporter, app_name, create_output, io_error, tool, unusable};

/// What builds the project.
const MANIFEST: &str = "build.zig";
/// Under which names Zig is installed; the second is that of the Python package.
const ZIG: [&str; 2] = ["zig", "python-zig"];
/// Where the module is put.
const MODULES: &str = "zig-out/bin";

/// The language of a project, from the sources it has.
pub(super) fn language(folder: &Path) -> Option<Language> {
    if !folder.join(MANIFEST).is_file() {
        return None;
    }
    let has = |extensions: &[&str]| {
        [folder.join("src"), folder.to_owned()].iter().any(|sources| {
            std::fs::read_dir(sources).into_iter().flatten().flatten().any(|entry| {
                let path = entry.path();
                let extension = path.extension().and_then(|extension| extension.to_str());
                !path.ends_with(MANIFEST)
                    && extension.is_some_and(|extension| extensions.contains(&extension))
            })
        })
    };
    Some(if has(&["zig"]) {
        Language::Zig
    } else if has(&["cpp", "cc", "cxx"]) {
        Language::Cpp
    } else {
        Language::C
    })
}

pub(super) async fn build(folder: &Path, reporter: &dyn Reporter) -> Result<(AppName, PathBuf), BuildError> {
    let Some(zig) = tool::find(folder, &ZIG) else {
        return Err(BuildError::Missing {
            what: "Zig, which compiles the project,",
            install: tool::install(folder, "python3 -m pip install ziglang"),
        });
    };
    reporter.step("Compiling with zig build");
    // What an earlier name left there would be a second module.
    for old in modules(folder) {
        std::fs::remove_file(&old).map_err(|source| io_error(format!("remove {}", old.display()), source))?;
    }
    // How it is optimized is said by the SDK's addAgent, unless the project's build.zig says otherwise.
    tool::run(tool::command(folder, &zig).arg("build"), reporter).await?;
    let modules = modules(folder);
    let [module] = modules.as_slice() else {
        let found = modules.len();
        return Err(unusable(format!(
            "its build.zig has to install one .wasm file into {MODULES}, and installs {found}; see addAgent of the SDK"
        )));
    };
    let name = app_name(&module.file_stem().unwrap_or_default().to_string_lossy())?;
    create_output(folder)?;
    let component = folder.join(OUTPUT).join(format!("{name}.wasm"));
    reporter.step("making the component");
    componentize(module, World::InModule, &component)?;
    Ok((name, component))
}

/// The core modules that were installed.
fn modules(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join(MODULES)).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "wasm")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_sources() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| std::fs::write(folder.path().join(path), "").unwrap();
        std::fs::create_dir(folder.path().join("src")).unwrap();
        write("src/agent.c");
        assert_eq!(language(folder.path()), None);
        write(MANIFEST);
        assert_eq!(language(folder.path()), Some(Language::C));
        write("src/more.cpp");
        assert_eq!(language(folder.path()), Some(Language::Cpp));
        write("src/agent.zig");
        assert_eq!(language(folder.path()), Some(Language::Zig));
    }
}
