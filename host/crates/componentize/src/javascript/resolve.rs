//! From what an `import` says to the file it means.

use std::path::{Path, PathBuf};

use super::JavaScript;
use super::packages::{module_at, module_of, package_of};
use crate::Error;

/// The folder of what is not the author's, below the root that the engine sees.
const OWN: &str = ".rak";
/// The name of the SDK's package.
const SDK: &str = "rak";
/// What makes an agent the interface that a component exports.
const COMPONENT: &str = "rak/component";

/// What an `import` names.
pub(super) enum Target {
    /// An interface of the contract or of WASI, which the component imports.
    Interface,
    /// A module in a file.
    File(Module),
}

/// A module in a file.
#[derive(Clone, Debug)]
pub(super) struct Module {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Where the engine sees it, below its root.
    pub(super) name: PathBuf,
    /// The path that the author knows.
    pub(super) shown: PathBuf,
}

/// Finds modules below the agent's folder and in the SDK.
pub(super) struct Modules<'a> {
    root: Folder<'a>,
    sdk: Folder<'a>,
}

/// A folder by its real path, and as it was given.
struct Folder<'a> {
    real: PathBuf,
    given: &'a Path,
}

impl<'a> Modules<'a> {
    pub(super) fn new(agent: &JavaScript<'a>) -> Result<Self, Error> {
        let beside = agent.source.parent().filter(|parent| !parent.as_os_str().is_empty());
        let root = agent.root.or(beside).unwrap_or(Path::new("."));
        Ok(Self { root: Folder::new(root)?, sdk: Folder::new(agent.sdk)? })
    }

    /// The module in the file `path`, if it is below one of the folders.
    pub(super) fn at(&self, path: &Path) -> Option<Module> {
        let own = Path::new(OWN).join("sdk");
        let (folder, prefix) = [(&self.sdk, own.as_path()), (&self.root, Path::new(""))]
            .into_iter()
            .find(|(folder, _)| path.starts_with(&folder.real))?;
        let below = path.strip_prefix(&folder.real).ok()?;
        Some(Module { path: path.to_owned(), name: prefix.join(below), shown: folder.shown(below) })
    }

    /// What `specifier` means in the module `importer`, or a sentence that says why it means nothing.
    pub(super) fn resolve(&self, importer: &Path, specifier: &str) -> Result<Target, String> {
        if ["rak:", "wasi:"].iter().any(|namespace| specifier.starts_with(namespace)) {
            return Ok(Target::Interface);
        }
        let found = self.find(importer, specifier).ok_or_else(|| missing(specifier))?;
        let path =
            found.canonicalize().map_err(|error| format!("\"{specifier}\" cannot be read: {error}"))?;
        self.at(&path).map(Target::File).ok_or_else(|| {
            let (path, root) = (path.display(), self.root.given.display());
            format!("\"{specifier}\" is {path}, which is not below {root}, the agent's folder")
        })
    }

    fn find(&self, importer: &Path, specifier: &str) -> Option<PathBuf> {
        if is_path(specifier) {
            return module_at(&importer.parent()?.join(specifier));
        }
        if let Some(rest) =
            specifier.strip_prefix(SDK).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            return module_of(&self.sdk.real, rest.trim_start_matches('/'));
        }
        let (package, rest) = package_of(importer, &self.root.real, specifier)?;
        module_of(&package, rest)
    }

    /// The SDK's module that makes an agent a component.
    pub(super) fn component(&self) -> Result<Module, Error> {
        match self.resolve(&self.sdk.real, COMPONENT) {
            Ok(Target::File(module)) => Ok(module),
            _ => Err(Error::Compiler(format!("{} has no module {COMPONENT}", self.sdk.given.display()))),
        }
    }

    /// Where the module is that exports the agent's interface.
    pub(super) fn entry() -> PathBuf {
        Path::new(OWN).join("entry.js")
    }
}

impl<'a> Folder<'a> {
    fn new(given: &'a Path) -> Result<Self, Error> {
        let real = given.canonicalize().map_err(|error| Error::io("find", given, error))?;
        Ok(Self { real, given })
    }

    fn shown(&self, below: &Path) -> PathBuf {
        if self.given == Path::new(".") { below.to_owned() } else { self.given.join(below) }
    }
}

/// The builtin modules of Node that have no prefix and that authors reach for.
const OF_NODE: [&str; 16] = [
    "assert",
    "buffer",
    "child_process",
    "crypto",
    "events",
    "fs",
    "http",
    "https",
    "net",
    "os",
    "path",
    "process",
    "stream",
    "url",
    "util",
    "worker_threads",
];

fn missing(specifier: &str) -> String {
    if specifier.starts_with("node:") || OF_NODE.contains(&specifier) {
        format!("\"{specifier}\" is a module of Node, and an agent runs on QuickJS, which has none of them")
    } else if is_path(specifier) {
        format!("there is no module \"{specifier}\"")
    } else {
        format!("there is no package \"{specifier}\" in node_modules, or it has no such module")
    }
}

fn is_path(specifier: &str) -> bool {
    ["./", "../", "/"].iter().any(|start| specifier.starts_with(start)) || [".", ".."].contains(&specifier)
}
