//! Projects in Python: a module that has an agent.

use std::fs;
use std::path::{Path, PathBuf};

use rak_core::AppName;
use serde::Deserialize;

use super::built_in::{self, Request, Source};
use super::{BuildError, Compiler, OUTPUT, Reporter, app_name, create_output, io_error, tool, unusable};

/// The manifest of a project.
const MANIFEST: &str = "pyproject.toml";
/// The module of the agent, where the manifest names none.
const MODULE: &str = "agent";
/// The module that is made the component.
const WRAPPER: &str = "rak_entry";
/// Where a new project has its copy of the SDK.
const VENDORED: &str = "rak-sdk/python";

/// What is read of `pyproject.toml`.
#[derive(Debug, Deserialize)]
struct Manifest {
    project: Option<Project>,
    #[serde(default)]
    tool: Tools,
}

#[derive(Debug, Deserialize)]
struct Project {
    name: Option<String>,
    description: Option<String>,
    version: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Tools {
    #[serde(default)]
    rak: Settings,
}

/// What `pyproject.toml` says to us.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The module of the agent.
    module: Option<String>,
    /// The folder of the SDK, as seen from the project.
    sdk: Option<PathBuf>,
    #[serde(default)]
    compiler: Tool,
}

/// What compiles the agent.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Tool {
    /// What is part of this program.
    #[default]
    BuiltIn,
    /// The package of that name.
    ComponentizePy,
}

pub(super) fn is_project(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

impl Manifest {
    fn read(folder: &Path) -> Result<Self, BuildError> {
        let path = folder.join(MANIFEST);
        let text =
            fs::read_to_string(&path).map_err(|error| io_error(format!("read {}", path.display()), error))?;
        toml::from_str(&text).map_err(|error| unusable(format!("its {MANIFEST} is not usable: {error}")))
    }

    fn agent(&self) -> Result<AppName, BuildError> {
        let name = self.project.as_ref().and_then(|project| project.name.as_deref());
        app_name(name.ok_or_else(|| unusable(format!("its {MANIFEST} has no `name` in [project]")))?)
    }

    /// The module that is made the component. What the project says of itself the agent need not say again. Compiled files
    /// beside the sources would be changes of the project, and old ones be taken for the sources.
    fn wrapper(&self, module: &str) -> String {
        let said = |value: fn(&Project) -> Option<&str>| {
            // A string of JSON is one of Python, too.
            serde_json::Value::from(self.project.as_ref().and_then(value).unwrap_or_default())
        };
        format!(
            "import sys\n\nsys.dont_write_bytecode = True\n\nimport {module} as module\nfrom rak.component import entry\n\n\
             Entry = entry(module, name={}, description={}, version={})\n",
            said(|project| project.name.as_deref()),
            said(|project| project.description.as_deref()),
            said(|project| project.version.as_deref()),
        )
    }

    /// What the compiler that is part of this program is told.
    fn request(
        &self,
        name: &AppName,
        module: &str,
        path: Vec<PathBuf>,
        sdk: PathBuf,
        component: PathBuf,
    ) -> Request {
        let said = |value: Option<&String>| value.cloned().unwrap_or_default();
        let project = self.project.as_ref();
        Request {
            source: Source::Python { module: module.to_owned(), path },
            sdk,
            component,
            name: name.to_string(),
            description: said(project.and_then(|project| project.description.as_ref())),
            version: said(project.and_then(|project| project.version.as_ref())),
        }
    }

    /// The name of the agent's module, and the folder it is in.
    fn module(&self, folder: &Path) -> Result<(&str, PathBuf), BuildError> {
        let module = self.tool.rak.module.as_deref().unwrap_or(MODULE);
        if !module.split('.').all(is_identifier) {
            return Err(unusable(format!("`{module}`, which {MANIFEST} names, is not the name of a module")));
        }
        let path: PathBuf = module.split('.').collect();
        let is_there = |place: &PathBuf| {
            place.join(&path).join("__init__.py").is_file()
                || place.join(&path).with_extension("py").is_file()
        };
        let place = [folder.to_owned(), folder.join("src")].into_iter().find(is_there);
        let place = place.ok_or_else(|| {
            let file = path.with_extension("py");
            unusable(format!(
                "there is no {0} and no src/{0}; name the agent's module as `module` in [tool.rak] of {MANIFEST}",
                file.display()
            ))
        })?;
        Ok((module, place))
    }

    /// The folder that the package `rak` is in.
    fn sdk(&self, folder: &Path) -> Result<PathBuf, BuildError> {
        let given = self.tool.rak.sdk.as_deref().unwrap_or(Path::new(VENDORED));
        let sdk = folder.join(given).join("src");
        let mut places = std::iter::once(sdk).chain(site_packages(folder));
        places.find(|place| place.join("rak/wit").is_dir()).ok_or_else(|| {
            unusable(format!(
                "the SDK is not in {}, nor installed in .venv; name its folder as `sdk` in [tool.rak] of {MANIFEST}",
                given.display()
            ))
        })
    }
}

fn is_identifier(part: &str) -> bool {
    let is_letter = |character: char| character == '_' || character.is_alphabetic();
    part.starts_with(is_letter) && part.chars().all(|it| is_letter(it) || it.is_numeric())
}

/// Where the project's own environment has its packages.
fn site_packages(folder: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(folder.join(".venv/lib")).ok()?.flatten();
    versions.map(|version| version.path().join("site-packages")).find(|packages| packages.is_dir())
}

pub(super) async fn build(
    folder: &Path,
    compiler: Compiler,
    reporter: &dyn Reporter,
) -> Result<(AppName, PathBuf), BuildError> {
    let folder =
        &folder.canonicalize().map_err(|error| io_error(format!("find {}", folder.display()), error))?;
    let manifest = Manifest::read(folder)?;
    let name = manifest.agent()?;
    let (module, sources) = manifest.module(folder)?;
    let sdk = manifest.sdk(folder)?;
    create_output(folder)?;
    let output = folder.join(OUTPUT);
    let (generated, component) = (output.join("build"), output.join(format!("{name}.wasm")));
    if compiler == Compiler::BuiltIn || manifest.tool.rak.compiler == Tool::BuiltIn {
        let path = std::iter::once(sources).chain(site_packages(folder)).collect();
        let request = manifest.request(&name, module, path, sdk, component.clone());
        reporter.step("making the component");
        built_in::build(&request, reporter).await?;
        return Ok((name, component));
    }
    let Some(componentizer) = tool::find(folder, &["componentize-py"]) else {
        return Err(BuildError::Missing {
            what: "componentize-py, which makes components of Python,",
            install: tool::install(folder, "python3 -m pip install componentize-py"),
        });
    };
    let wrapper = generated.join(format!("{WRAPPER}.py"));
    fs::create_dir_all(&generated)
        .and_then(|()| fs::write(&wrapper, manifest.wrapper(module)))
        .map_err(|error| io_error(format!("write {}", wrapper.display()), error))?;
    reporter.step("making the component");
    let mut command = tool::command(folder, &componentizer);
    // Its errors are an author's, and would end in the stack of the tool itself; and the packages of whatever environment
    // happens to be active are not the project's.
    command.envs([("RUST_BACKTRACE", "0"), ("RUST_LIB_BACKTRACE", "0")]).env_remove("VIRTUAL_ENV");
    command.arg("-d").arg(sdk.join("rak/wit")).args(["-w", "agent", "componentize"]);
    for place in [generated, sources, sdk].into_iter().chain(site_packages(folder)) {
        command.arg("-p").arg(place);
    }
    command.arg("-o").arg(&component).arg(WRAPPER);
    tool::run(&mut command, reporter).await?;
    Ok((name, component))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(manifest: &str, files: &[&str]) -> (tempfile::TempDir, Manifest) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        (folder, toml::from_str(manifest).unwrap())
    }

    #[test]
    fn the_agents_module_is_found_as_python_does() {
        let named = "[tool.rak]\nmodule = 'greeter.main'\n";
        for (manifest, file, module, place) in [
            ("", "agent.py", "agent", ""),
            ("", "src/agent.py", "agent", "src"),
            ("", "agent/__init__.py", "agent", ""),
            (named, "src/greeter/main.py", "greeter.main", "src"),
        ] {
            let (folder, manifest) = project(manifest, &[file]);
            let expected = folder.path().join(place);
            assert_eq!(manifest.module(folder.path()).unwrap(), (module, expected), "{file}");
        }
        let (folder, manifest) = project("", &["other.py"]);
        let error = manifest.module(folder.path()).unwrap_err().to_string();
        assert!(error.contains("there is no agent.py and no src/agent.py"), "{error}");
        let (folder, manifest) = project("[tool.rak]\nmodule = 'os; import x'\n", &[]);
        assert!(manifest.module(folder.path()).unwrap_err().to_string().contains("not the name of a module"));
    }

    #[test]
    fn the_wrapper_says_what_the_project_says() {
        let (_folder, manifest) = project("[project]\nname = 'a'\ndescription = 'says \"hi\"'\n", &[]);
        let wrapper = manifest.wrapper("greeter.main");
        assert!(wrapper.contains("\nimport greeter.main as module\n"), "{wrapper}");
        assert!(
            wrapper.ends_with("name=\"a\", description=\"says \\\"hi\\\"\", version=\"\")\n"),
            "{wrapper}"
        );
    }

    #[test]
    fn the_sdk_is_the_projects_or_the_environments() {
        let (folder, manifest) = project("", &["rak-sdk/python/src/rak/wit/world.wit"]);
        assert_eq!(manifest.sdk(folder.path()).unwrap(), folder.path().join("rak-sdk/python/src"));
        let (folder, manifest) = project("", &[".venv/lib/python3.11/site-packages/rak/wit/world.wit"]);
        assert!(manifest.sdk(folder.path()).unwrap().ends_with("site-packages"));
        let (folder, manifest) = project("[tool.rak]\nsdk = '../sdk'\n", &[]);
        assert!(manifest.sdk(folder.path()).unwrap_err().to_string().contains("not in ../sdk"));
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let error = toml::from_str::<Manifest>("[tool.rak]\nmodul = 'a'\n").unwrap_err().to_string();
        assert!(error.contains("modul"), "{error}");
        assert!(toml::from_str::<Manifest>("[tool.other]\nx = 1\n").unwrap().agent().is_err());
    }
}
