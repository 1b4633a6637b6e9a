//! The compilers that are part of this program: an agent in JavaScript, TypeScript or Python becomes a component without
//! Node or Python. They load the agent's modules, so each build is a process of its own, which can be ended.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use rak_componentize::{JavaScript, Manifest, Python, javascript, python};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::process::Command;

use super::sdk;
use super::{BuildError, Language, Reporter, io_error, tool, unusable};

/// The command of the process that compiles.
pub(crate) const COMMAND: &str = "source-worker";

/// What is to be compiled.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) source: Source,
    /// Where the SDK is.
    pub(super) sdk: PathBuf,
    /// Where the component is to be.
    pub(super) component: PathBuf,
    /// What the project says of an agent that does not say it.
    pub(super) name: String,
    pub(super) description: String,
    pub(super) version: String,
}

/// Where the agent is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Source {
    /// The module whose default export it is, and the folder of all modules.
    JavaScript { file: PathBuf, root: PathBuf },
    /// The module that has it, and the folders of all modules.
    Python { module: String, path: Vec<PathBuf> },
}

/// Compiles in a process of its own.
pub(super) async fn build(request: &Request, reporter: &dyn Reporter) -> Result<(), BuildError> {
    let program = crate::host::program().map_err(|error| unusable(format!("{error:#}")))?;
    let request =
        serde_json::to_string(request).map_err(|_| unusable("a path of it is not UTF-8".to_owned()))?;
    tool::run(Command::new(program).arg(COMMAND).arg(request), reporter).await
}

/// Compiles in this process, and gives its exit code.
pub(crate) fn work(request: &str) -> u8 {
    match serde_json::from_str(request).map_err(anyhow::Error::new).and_then(|request| compile(&request)) {
        Ok(()) => 0,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error:#}");
            1
        }
    }
}

fn compile(request: &Request) -> anyhow::Result<()> {
    let manifest =
        Manifest { name: &request.name, description: &request.description, version: &request.version };
    let component = match &request.source {
        Source::JavaScript { file, root } => {
            javascript(&JavaScript { source: file, root: Some(root), sdk: &request.sdk, manifest })?
        }
        Source::Python { module, path } => {
            let path: Vec<_> = path.iter().map(PathBuf::as_path).collect();
            python(&Python { module, path: &path, sdk: &request.sdk, manifest })?
        }
    };
    std::fs::write(&request.component, component)?;
    Ok(())
}

/// The SDK that this program was built with, for as long as something is built with it.
pub(super) struct OwnSdk {
    folder: TempDir,
    language: Language,
}

impl OwnSdk {
    pub(super) fn write(language: Language) -> Result<Self, BuildError> {
        let failed = |source| io_error("write the SDK down".to_owned(), source);
        let folder = tempfile::tempdir().map_err(failed)?;
        for (path, contents) in sdk::files(language) {
            let path = folder.path().join(path);
            let parent = path.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, contents)).map_err(failed)?;
        }
        Ok(Self { folder, language })
    }

    /// Where its modules are.
    pub(super) fn path(&self) -> PathBuf {
        let sdk = self.folder.path().join(self.language.sdk_in_vendor());
        if self.language == Language::Python { sdk.join("src") } else { sdk }
    }
}
