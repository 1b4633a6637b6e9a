//! The modules of an agent, gathered as the engine loads them: JavaScript, in a folder of their own.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::JavaScript;
use super::parse::{Import, Parsed, parse};
use super::resolve::{Module, Modules, Target};
use crate::{Diagnostic, Error, Manifest};

/// How many modules an agent may have: a package that needs more is not one for an agent.
const MAX_MODULES: usize = 4096;

/// A folder with the modules of an agent.
pub(super) struct Stage {
    folder: TempDir,
    /// Each module as the engine sees it, and the path that the author knows.
    names: BTreeMap<PathBuf, PathBuf>,
}

impl Stage {
    /// Gathers what the agent imports, directly or not.
    pub(super) fn new(agent: &JavaScript<'_>) -> Result<Self, Error> {
        let modules = Modules::new(agent)?;
        let path = agent.source.canonicalize().map_err(|error| Error::io("read", agent.source, error))?;
        let source = modules.at(&path).ok_or_else(|| {
            Diagnostic::new(agent.source, None, "it is not below the folder that its modules are in")
        })?;
        let mut gathering = Gathering::new(&modules)?;
        gathering.entry(&source, agent.manifest)?;
        while let Some(module) = gathering.waiting.pop_front() {
            let has_default = gathering.module(&module)?;
            if module.path == source.path && !has_default {
                return Err(Diagnostic::new(&module.shown, None, NO_DEFAULT).into());
            }
        }
        let Gathering { folder, names, .. } = gathering;
        Ok(Self { folder, names })
    }

    /// The folder, which the engine sees as `/`.
    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The module that exports the agent's interface, below the folder.
    #[expect(clippy::unused_self, reason = "it is in this stage")]
    pub(super) fn entry(&self) -> PathBuf {
        Modules::entry()
    }

    /// `text` with the paths that the author knows.
    pub(super) fn in_authors_words(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // Longer paths come first: one may be the beginning of another.
        for (name, shown) in self.names.iter().rev() {
            text = text.replace(&format!("/{}", name.display()), &shown.display().to_string());
        }
        text
    }
}

const NO_DEFAULT: &str =
    "it has no default export: an agent's module ends with `export default` and the agent";

struct Gathering<'a> {
    modules: &'a Modules<'a>,
    folder: TempDir,
    names: BTreeMap<PathBuf, PathBuf>,
    waiting: VecDeque<Module>,
}

impl<'a> Gathering<'a> {
    fn new(modules: &'a Modules<'a>) -> Result<Self, Error> {
        let folder =
            tempfile::tempdir().map_err(|error| Error::io("create", &std::env::temp_dir(), error))?;
        Ok(Self { modules, folder, names: BTreeMap::new(), waiting: VecDeque::new() })
    }

    /// Writes the module that makes the agent the interface of the component.
    fn entry(&mut self, agent: &Module, manifest: Manifest<'_>) -> Result<(), Error> {
        let component = self.modules.component()?;
        let name = Modules::entry();
        let manifest = serde_json::to_string(&manifest).unwrap_or_default();
        // The SDK comes first: it gives the engine what the agent's modules expect there.
        let text = format!(
            "import {{ component }} from {};\nimport agent from {};\nexport const entry = component(agent, {manifest});\n",
            specifier(&name, &component.name),
            specifier(&name, &agent.name),
        );
        self.add(agent.clone());
        self.add(component);
        self.write(&name, &text)
    }

    fn add(&mut self, module: Module) {
        if self.names.insert(module.name.clone(), module.shown.clone()).is_none() {
            self.waiting.push_back(module);
        }
    }

    /// Writes one module, and adds what it imports. Says whether it has a default export.
    fn module(&mut self, module: &Module) -> Result<bool, Error> {
        if self.names.len() > MAX_MODULES {
            let message = format!("it imports more than {MAX_MODULES} modules");
            return Err(Diagnostic::new(&module.shown, None, message).into());
        }
        let text =
            fs::read_to_string(&module.path).map_err(|error| Error::io("read", &module.shown, error))?;
        let Parsed { mut code, imports, has_default } = parse(module, text)?;
        // From the end, so that what comes before stays where it is.
        for import in imports.iter().rev() {
            self.import(module, import, &mut code)?;
        }
        self.write(&module.name, &code)?;
        Ok(has_default)
    }

    fn import(&mut self, module: &Module, import: &Import, code: &mut String) -> Result<(), Error> {
        let target = self.modules.resolve(&module.path, &import.specifier);
        let target = target.map_err(|why| Diagnostic::new(&module.shown, Some(import.place.clone()), why))?;
        if let Some(attributes) = &import.attributes {
            code.replace_range(attributes.clone(), "");
        }
        if let Target::File(imported) = target {
            code.replace_range(import.range.clone(), &specifier(&module.name, &imported.name));
            self.add(imported);
        }
        Ok(())
    }

    fn write(&self, name: &Path, code: &str) -> Result<(), Error> {
        let path = self.folder.path().join(name);
        let folder = path.parent().unwrap_or(self.folder.path());
        fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
        fs::write(&path, code).map_err(|error| Error::io("write", &path, error))
    }
}

/// What the module `from` says to import the module `to`, quoted; both are below the same root.
fn specifier(from: &Path, to: &Path) -> String {
    let up = from.components().count().saturating_sub(1);
    let path: Vec<_> = to.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let path = format!("./{}{}", "../".repeat(up), path.join("/"));
    serde_json::Value::from(path).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specifier_goes_up_to_the_root() {
        assert_eq!(specifier(Path::new("a.js"), Path::new("b/c.js")), r#""./b/c.js""#);
        assert_eq!(specifier(Path::new(".rak/sdk/a.js"), Path::new("b.js")), r#""./../../b.js""#);
    }
}
