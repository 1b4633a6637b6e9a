//! Projects in JavaScript and TypeScript: a package whose main module's default export is the agent.

use std::fs;
use std::path::{Path, PathBuf};

use rak_core::AppName;
use serde::Deserialize;

use super::built_in::{self, OwnSdk, Request, Source};
use super::{
    BuildError, Compiler, Language, OUTPUT, Reporter, app_name, create_output, io_error, tool, unusable,
};

/// The manifest of a package.
const MANIFEST: &str = "package.json";
/// Where the agent is, where the manifest names no `main`.
const ENTRIES: [&str; 4] = ["src/agent.ts", "src/agent.js", "agent.ts", "agent.js"];
/// The world that agents in JavaScript are of: that of all agents, and what the engine has no functions for.
const WORLD: &str = "javascript";
/// Where a new project has its copy of the SDK.
const VENDORED: &str = "rak-sdk/js";
/// Makes one module of the project's.
const BUNDLER: &str = "esbuild";
/// Makes a component of it.
const COMPONENTIZER: &str = "jco";

/// What is read of `package.json`.
#[derive(Debug, Deserialize)]
struct Package {
    name: Option<String>,
    description: Option<String>,
    version: Option<String>,
    main: Option<PathBuf>,
    #[serde(default)]
    rak: Settings,
}

/// What `package.json` says to us.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    engine: Engine,
    #[serde(default)]
    compiler: Tool,
}

/// What compiles the agent.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Tool {
    /// What is part of this program. It knows one engine, and modules of JavaScript alone.
    #[default]
    BuiltIn,
    /// The package of that name, with esbuild before it.
    Jco,
}

/// What runs the agent.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Engine {
    /// Small, and there at once.
    #[default]
    QuickJs,
    /// With `fetch`, timers and other interfaces of the web.
    StarlingMonkey,
}

impl Engine {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::QuickJs => &["--backend", "quickjs", "--backend-qjs-disable-async"],
            Self::StarlingMonkey => &["--backend", "starlingmonkey"],
        }
    }
}

pub(super) fn language(folder: &Path) -> Option<Language> {
    folder.join(MANIFEST).is_file().then(|| {
        let entry = Package::read(folder).ok().and_then(|package| package.entry(folder).ok());
        match entry.as_deref().and_then(Path::extension).and_then(|extension| extension.to_str()) {
            Some("ts" | "mts") => Language::TypeScript,
            _ => Language::JavaScript,
        }
    })
}

impl Package {
    fn read(folder: &Path) -> Result<Self, BuildError> {
        let path = folder.join(MANIFEST);
        let text =
            fs::read_to_string(&path).map_err(|error| io_error(format!("read {}", path.display()), error))?;
        serde_json::from_str(&text)
            .map_err(|error| unusable(format!("its {MANIFEST} is not usable: {error}")))
    }

    /// The name of the agent: the package's, without the scope.
    fn agent(&self) -> Result<AppName, BuildError> {
        let name = self.name.as_deref().ok_or_else(|| unusable(format!("its {MANIFEST} has no name")))?;
        app_name(name.rsplit('/').next().unwrap_or_default())
    }

    /// The module that is made the component. The SDK comes first: what the engine lacks is there when the agent's modules
    /// are evaluated. What the package says of itself the agent need not say again.
    fn wrapper(&self, entry: &Path) -> String {
        let agent = serde_json::Value::from(format!("../{}", entry.display()));
        let mut said = serde_json::Map::new();
        let keys = [("name", &self.name), ("description", &self.description), ("version", &self.version)];
        for (key, value) in keys {
            if let Some(value) = value {
                said.insert(key.to_owned(), value.as_str().into());
            }
        }
        format!(
            "import {{ component }} from \"rak/component\";\nimport agent from {agent};\n\
             export const entry = component(agent, {});\n",
            serde_json::Value::from(said)
        )
    }

    /// Builds with the compiler that is part of this program.
    async fn build_here(
        &self,
        folder: &Path,
        name: AppName,
        entry: &Path,
        reporter: &dyn Reporter,
    ) -> Result<(AppName, PathBuf), BuildError> {
        let folder =
            &folder.canonicalize().map_err(|error| io_error(format!("find {}", folder.display()), error))?;
        create_output(folder)?;
        let component = folder.join(OUTPUT).join(format!("{name}.wasm"));
        let own = OwnSdk::write(Language::JavaScript)?;
        let vendored = folder.join(VENDORED);
        let sdk = sdk(folder).unwrap_or_else(|_| if vendored.is_dir() { vendored } else { own.path() });
        reporter.step("making the component");
        let request = Request {
            source: Source::JavaScript { file: folder.join(entry), root: folder.clone() },
            sdk,
            component: component.clone(),
            name: name.to_string(),
            description: self.description.clone().unwrap_or_default(),
            version: self.version.clone().unwrap_or_default(),
        };
        built_in::build(&request, reporter).await?;
        Ok((name, component))
    }

    /// The module of the agent, by its path in the folder.
    fn entry(&self, folder: &Path) -> Result<PathBuf, BuildError> {
        if let Some(main) = &self.main {
            return if folder.join(main).is_file() {
                Ok(main.clone())
            } else {
                Err(unusable(format!(
                    "{}, which `main` of its {MANIFEST} names, is not there",
                    main.display()
                )))
            };
        }
        let there = ENTRIES.iter().find(|entry| folder.join(entry).is_file());
        there.map(PathBuf::from).ok_or_else(|| {
            unusable(format!(
                "there is none of {}; name the agent's module as `main` in {MANIFEST}",
                ENTRIES.join(", ")
            ))
        })
    }
}

pub(super) async fn build(
    folder: &Path,
    compiler: Compiler,
    reporter: &dyn Reporter,
) -> Result<(AppName, PathBuf), BuildError> {
    let package = Package::read(folder)?;
    let (name, entry) = (package.agent()?, package.entry(folder)?);
    match (compiler, package.rak.engine, package.rak.compiler) {
        (Compiler::OfProject, Engine::QuickJs, Tool::BuiltIn) | (Compiler::BuiltIn, Engine::QuickJs, _) => {
            return package.build_here(folder, name, &entry, reporter).await;
        }
        (Compiler::BuiltIn, ..) => {
            return Err(unusable("the engine that it asks for is not part of this program".to_owned()));
        }
        _ => {}
    }
    let (bundler, componentizer) = (tools(folder, BUNDLER)?, tools(folder, COMPONENTIZER)?);
    let world = sdk(folder)?.join("world");
    // The tools are started in the folder, and some take a path for a URL where it is not a whole one.
    let folder =
        &folder.canonicalize().map_err(|error| io_error(format!("find {}", folder.display()), error))?;
    create_output(folder)?;
    let output = folder.join(OUTPUT);
    let (wrapper, bundle) = (output.join("entry.js"), output.join(format!("{name}.js")));
    let component = output.join(format!("{name}.wasm"));
    fs::write(&wrapper, package.wrapper(&entry))
        .map_err(|error| io_error(format!("write {}", wrapper.display()), error))?;
    reporter.step("bundling the modules");
    let mut command = tool::command(folder, &bundler);
    command.arg(&wrapper).arg(format!("--outfile={}", bundle.display())).args([
        "--bundle",
        "--format=esm",
        "--platform=neutral",
        "--main-fields=module,main",
        "--target=es2022",
        "--external:rak:agent/*",
        "--external:wasi:*",
        "--log-level=warning",
    ]);
    tool::run(&mut command, reporter).await?;
    reporter.step("making the component");
    let mut command = tool::command(folder, &componentizer);
    command.arg("componentize").arg(&bundle).args(package.rak.engine.arguments());
    command.arg("--wit").arg(&world).args(["-n", WORLD, "-o"]).arg(&component);
    tool::run(&mut command, reporter).await?;
    Ok((name, component))
}

fn tools(folder: &Path, name: &'static str) -> Result<PathBuf, BuildError> {
    tool::find(folder, &[name]).ok_or_else(|| BuildError::Missing {
        what: match name {
            BUNDLER => "esbuild, which bundles the project's modules,",
            _ => "jco, which makes components of JavaScript,",
        },
        install: tool::install(folder, "npm install"),
    })
}

/// Where the package of the SDK is.
fn sdk(folder: &Path) -> Result<PathBuf, BuildError> {
    let within = Path::new("node_modules/rak");
    let folders = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let found = folders.ancestors().map(|above| above.join(within)).find(|sdk| sdk.is_dir());
    found.ok_or_else(|| BuildError::Missing {
        what: "The SDK, the package `rak`,",
        install: tool::install(folder, "npm install"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(manifest: &str, files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join(MANIFEST), manifest).unwrap();
        for file in files {
            fs::write(folder.path().join(file), "").unwrap();
        }
        folder
    }

    #[test]
    fn the_agent_is_main_or_where_agents_are() {
        let entry = |manifest: &str, files: &[&str]| {
            let folder = project(manifest, files);
            Package::read(folder.path()).and_then(|package| package.entry(folder.path()))
        };
        assert_eq!(entry("{}", &["agent.js", "src/agent.ts"]).unwrap(), Path::new("src/agent.ts"));
        assert_eq!(
            entry(r#"{"main": "src/a.js"}"#, &["src/a.js", "agent.js"]).unwrap(),
            Path::new("src/a.js")
        );
        let error = entry(r#"{"main": "src/b.js"}"#, &["agent.js"]).unwrap_err().to_string();
        assert!(error.contains("src/b.js, which `main`"), "{error}");
        let error = entry("{}", &[]).unwrap_err().to_string();
        assert!(error.contains("src/agent.ts, src/agent.js"), "{error}");
    }

    #[test]
    fn the_name_is_the_packages() {
        let name = |manifest: &str| Package::read(project(manifest, &[]).path()).and_then(|it| it.agent());
        assert_eq!(name(r#"{"name": "@mine/greeter"}"#).unwrap().as_str(), "greeter");
        assert!(name("{}").unwrap_err().to_string().contains("has no name"));
        assert!(name(r#"{"name": "a b"}"#).is_err());
        assert!(name("{").unwrap_err().to_string().contains("line 1"));
    }

    #[test]
    fn the_wrapper_says_what_the_package_says() {
        let folder = project(r#"{"name": "@mine/a", "version": "1.0.0"}"#, &[]);
        let text = Package::read(folder.path()).unwrap().wrapper(Path::new("src/agent.ts"));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "import agent from \"../src/agent.ts\";");
        assert_eq!(
            lines[2],
            "export const entry = component(agent, {\"name\":\"@mine/a\",\"version\":\"1.0.0\"});"
        );
    }

    #[test]
    fn a_package_says_its_engine() {
        let engine = |manifest: &str| Package::read(project(manifest, &[]).path()).map(|it| it.rak.engine);
        assert_eq!(engine("{}").unwrap(), Engine::QuickJs);
        assert_eq!(engine(r#"{"rak": {"engine": "starlingmonkey"}}"#).unwrap(), Engine::StarlingMonkey);
        assert!(engine(r#"{"rak": {"engine": "v8"}}"#).unwrap_err().to_string().contains("starlingmonkey"));
        let tool = |manifest: &str| Package::read(project(manifest, &[]).path()).map(|it| it.rak.compiler);
        assert_eq!(tool("{}").unwrap(), Tool::BuiltIn);
        assert_eq!(tool(r#"{"rak": {"compiler": "jco"}}"#).unwrap(), Tool::Jco);
        assert!(engine(r#"{"rak": {"motor": "v8"}}"#).unwrap_err().to_string().contains("motor"));
    }
}
