//! An author's project: in which language it is, and how it becomes a component.

mod name;
mod rust;
mod template;

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rak_core::AppName;
use serde::Serialize;

pub(crate) use self::template::{NewProject, Sdk, create};

/// What an agent's manifest is called, in the folder of its project.
const MANIFEST: &str = "agent.toml";

/// A language that agents are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// One crate whose library is the component.
    Rust,
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
    #[error("there is no project in {}: {found}; a Rust project is a Cargo.toml whose library has `crate-type = [\"cdylib\"]`", .folder.display())]
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

/// Builds the project in a folder. Dropping the future ends the compiler.
pub(crate) async fn build(folder: &Path, reporter: &dyn Reporter) -> Result<Built, BuildError> {
    let language = find(folder)?;
    let (name, component) = match language {
        Language::Rust => rust::build(folder, reporter).await?,
    };
    let manifest = folder.join(MANIFEST);
    Ok(Built { language, name, component, manifest: manifest.is_file().then_some(manifest) })
}

/// In which language the project in a folder is.
pub(crate) fn find(folder: &Path) -> Result<Language, BuildError> {
    if rust::is_project(folder) {
        return Ok(Language::Rust);
    }
    let found = if folder.is_dir() { "it has no Cargo.toml" } else { "it is not a folder" };
    Err(BuildError::NoProject { folder: folder.to_owned(), found: found.to_owned() })
}
