//! `rak build`: the component of a project, and what a host would say of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use rak_core::{AgentDescriptor, AgentGrants};
use rak_wasm::{EngineSettings, Inspection, Limits, Loader, WasmEngine, inspect};
use serde::Serialize;
use serde_json::json;

use crate::cli::BuildArguments;
use crate::human::{self, Labelled};
use crate::interrupt::unless_interrupted;
use crate::progress::Spinner;
use crate::project::{self, BuildError, Built, Compiler, Language, Reporter as _};
use crate::screen::{INTERRUPTED, print_line};

/// Exits with 1 where there is no component, or one that would not load.
pub(crate) async fn run(arguments: BuildArguments) -> anyhow::Result<ExitCode> {
    match unless_interrupted(Box::pin(build(&arguments))).await? {
        None => Ok(ExitCode::from(INTERRUPTED)),
        Some(Ok(report)) => {
            let text =
                if arguments.json { serde_json::to_string_pretty(&report)? } else { report.describe() };
            print_line(&text);
            Ok(if report.problem.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Some(Err(error)) => {
            if arguments.json {
                print_line(&json!({"problem": problem(&error)}).to_string());
            }
            Err(error)
        }
    }
}

/// What is known of a component that was built.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    language: Language,
    name: String,
    component: PathBuf,
    bytes: u64,
    digest: String,
    imports: Vec<String>,
    exports: Vec<String>,
    grants: AgentGrants,
    descriptor: Option<AgentDescriptor>,
    /// Why a host would not load it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

async fn build(arguments: &BuildArguments) -> anyhow::Result<Report> {
    // What a host would not take is said before anything is compiled for it.
    let manifest = project::folder(&arguments.folder).join(project::MANIFEST);
    let grants = grants(manifest.is_file().then_some(manifest.as_path()))?;
    let spinner = Spinner::new();
    let compiler = if arguments.built_in { Compiler::BuiltIn } else { Compiler::OfProject };
    let built = project::build(&arguments.folder, compiler, &spinner).await?;
    spinner.step("checking the component");
    let inspection = check(&built).await?;
    let mut component = built.component;
    // What would not load is left where it is.
    if let (Some(out), None) = (&arguments.out, &inspection.problem) {
        let out = if out.is_dir() { out.join(format!("{}.wasm", built.name)) } else { out.clone() };
        copy(&component, &out).with_context(|| format!("failed to write {}", out.display()))?;
        component = out;
    }
    let facts = inspection.facts;
    Ok(Report {
        language: built.language,
        name: built.name.to_string(),
        bytes: std::fs::metadata(&component).map_or(0, |metadata| metadata.len()),
        component,
        digest: inspection.digest.unwrap_or_default(),
        imports: facts.as_ref().map(|facts| facts.imports.clone()).unwrap_or_default(),
        exports: facts.map(|facts| facts.exports).unwrap_or_default(),
        grants,
        descriptor: inspection.descriptor,
        problem: inspection.problem,
    })
}

/// Loads the component as a host would that has the default settings, and describes it.
async fn check(built: &Built) -> anyhow::Result<Inspection> {
    // One component at a time needs no pool; and an author's folder is no place for a cache.
    let settings = EngineSettings { pooling: false, ..EngineSettings::default() };
    let engine = WasmEngine::new(settings).context("failed to start the WebAssembly engine")?;
    let loader = Loader::new(engine, None, Limits::default());
    Ok(inspect(&loader, &built.name, &built.component).await?)
}

/// What the manifest asks for; without one, what an agent has by itself.
fn grants(manifest: Option<&Path>) -> anyhow::Result<AgentGrants> {
    let Some(path) = manifest else { return Ok(AgentGrants::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    let manifest = rak_registry::Manifest::parse(&text)
        .with_context(|| format!("a host would not take {}", path.display()))?;
    Ok(manifest.grants())
}

/// Puts a copy in place as a whole: a host that watches the folder never sees half of it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder)?;
    // This copies who may read it, too.
    std::fs::copy(from, file.path())?;
    file.persist(to)?;
    Ok(())
}

/// Why there is no component, for a program.
fn problem(error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        Some(BuildError::Compile { diagnostics }) => diagnostics.trim_end().to_owned(),
        _ => format!("{error:#}"),
    }
}

impl Report {
    fn describe(&self) -> String {
        let mut text = Labelled::default();
        text.line("built", &shown(&self.component));
        text.line("size", &human::bytes(self.bytes));
        text.line("digest", &self.digest);
        if let Some(descriptor) = &self.descriptor {
            text.line("calls itself", &format!("{} {}", descriptor.name, descriptor.version));
            text.line("description", &descriptor.description);
        }
        text.lines("imports", &self.imports);
        text.line("granted", &human::grants(&self.grants));
        match &self.problem {
            Some(problem) => text.line("would load", &format!("no: {problem}")),
            None => text.line("would load", "yes"),
        }
        text.to_string()
    }
}

/// A path as seen from here, where it is below.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_replaces_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&from, "new").unwrap();
        std::fs::write(&to, "old").unwrap();
        copy(&from, &to).unwrap();
        assert_eq!(std::fs::read_to_string(&to).unwrap(), "new");
        let modes = [&from, &to].map(|path| std::fs::metadata(path).unwrap().permissions());
        assert_eq!(modes[0], modes[1]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(copy(&from, &folder.path().join("none/c")).is_err());
    }

    #[test]
    fn an_agent_without_a_manifest_has_the_usual_grants() {
        assert_eq!(grants(None).unwrap(), AgentGrants::default());
    }
}
