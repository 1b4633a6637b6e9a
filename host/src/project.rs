//! An author's project: in which language it is, and how it becomes a component.

mod built_in;
mod core_module;
mod embedded;
mod go;
mod javascript;
mod name;
mod python;
mod rust;
mod sdk;
mod single_file;
mod template;
mod tool;
mod zig;

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rak_core::AppName;
use serde::Serialize;

pub(crate) use self::built_in::{COMMAND as SOURCE_COMMAND, work as compile_source};
pub(crate) use self::template::{NewProject, Sdk, create};

/// What an agent's manifest is called, in the folder of its project.
pub(crate) const MANIFEST: &str = "agent.toml";

/// Where what was built of a project is put, in its folder. Rust has a place of its own.
const OUTPUT: &str = "dist";

/// A language that agents are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lower")]
pub(crate) enum Language {
    /// One crate whose library is the component
    Rust,
    /// A package, on QuickJS or StarlingMonkey
    #[value(alias = "js")]
    JavaScript,
    /// The same with types
    #[value(alias = "ts")]
    TypeScript,
    /// A module, on CPython
    #[value(alias = "py")]
    Python,
    /// A package `main`, with the stock toolchain
    #[value(alias = "golang")]
    Go,
    /// Built with Zig's C compiler
    C,
    /// Built with Zig's C++ compiler
    #[value(alias = "c++")]
    Cpp,
    /// A root source file
    Zig,
}

impl Language {
    /// Whether a compiler for it is part of this program.
    fn is_built_in(self) -> bool {
        matches!(self, Self::JavaScript | Self::TypeScript | Self::Python)
    }
}

/// A component that was built.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) language: Language,
    /// The name that its author gave it.
    pub(crate) name: AppName,
    pub(crate) component: PathBuf,
    /// The project's `agent.toml`, where it has one.
    pub(crate) manifest: Option<PathBuf>,
}

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error("there is no project in {}: {found}; `rak new` makes one", .folder.display())]
    NoProject {
        folder: PathBuf,
        /// What is there instead.
        found: String,
    },
    #[error("{what} is not installed; {install}")]
    Missing {
        what: &'static str,
        /// What to do about it.
        install: String,
    },
    /// The reporter was told of the diagnostics while they came; they are here once more, as a whole.
    #[error("the project does not compile")]
    Compile { diagnostics: String },
    #[error("the project cannot be built: {reason}")]
    Unusable { reason: String },
    #[error("failed to {what}")]
    Io {
        what: String,
        #[source]
        source: io::Error,
    },
}

/// Who is told how a build goes.
pub(crate) trait Reporter: Send + Sync {
    /// What is being done, in a few words that take the place of those before.
    fn step(&self, step: &str);

    /// Something the compiler says, in whole lines.
    fn say(&self, text: &str);

    /// Whether what the compiler says may have colours.
    fn colors(&self) -> bool {
        false
    }
}

/// Which compiler builds a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The one that the project's manifest names.
    OfProject,
    /// The one that is part of this program.
    BuiltIn,
}

/// Builds the project in a folder, or an agent that is one file. Dropping the future ends the compiler.
pub(crate) async fn build(
    path: &Path,
    compiler: Compiler,
    reporter: &dyn Reporter,
) -> Result<Built, BuildError> {
    let language = find(path)?;
    if compiler == Compiler::BuiltIn && !language.is_built_in() {
        return Err(unusable("no compiler for its language is part of this program".to_owned()));
    }
    let (name, component) = match language {
        _ if path.is_file() => single_file::build(path, language, reporter).await?,
        Language::Rust => rust::build(path, reporter).await?,
        Language::JavaScript | Language::TypeScript => javascript::build(path, compiler, reporter).await?,
        Language::Python => python::build(path, compiler, reporter).await?,
        Language::Go => go::build(path, reporter).await?,
        Language::C | Language::Cpp | Language::Zig => zig::build(path, reporter).await?,
    };
    let manifest = folder(path).join(MANIFEST);
    Ok(Built { language, name, component, manifest: manifest.is_file().then_some(manifest) })
}

/// The folder that an agent's sources are in.
pub(crate) fn folder(path: &Path) -> PathBuf {
    if path.is_file() { single_file::folder(path) } else { path.to_owned() }
}

/// In which language the project in a folder is: each has a manifest of its own. A file has an extension.
pub(crate) fn find(folder: &Path) -> Result<Language, BuildError> {
    let known = [
        folder.is_file().then(|| single_file::language(folder)).flatten(),
        rust::is_project(folder).then_some(Language::Rust),
        javascript::language(folder),
        python::is_project(folder).then_some(Language::Python),
        go::is_project(folder).then_some(Language::Go),
        zig::language(folder),
    ];
    known.into_iter().flatten().next().ok_or_else(|| {
        let found = if folder.is_dir() {
            "it has no Cargo.toml, package.json, pyproject.toml, go.mod or build.zig"
        } else if folder.is_file() {
            "it is a file that does not end in .js, .ts or .py"
        } else {
            "it is neither a folder nor a file"
        };
        BuildError::NoProject { folder: folder.to_owned(), found: found.to_owned() }
    })
}

/// Makes the folder for what is built.
fn create_output(folder: &Path) -> Result<(), BuildError> {
    let output = folder.join(OUTPUT);
    std::fs::create_dir_all(&output).map_err(|source| io_error(format!("make {}", output.display()), source))
}

/// A project's name as that of an agent.
fn app_name(name: &str) -> Result<AppName, BuildError> {
    AppName::new(name)
        .map_err(|error| unusable(format!("it is called {name:?}, which no agent can be: {error}")))
}

fn unusable(reason: String) -> BuildError {
    BuildError::Unusable { reason }
}

fn io_error(what: String, source: io::Error) -> BuildError {
    BuildError::Io { what, source }
}
