//! Packages in `node_modules`: which of a package's files an import means.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The conditions of `exports` that hold for a component.
const CONDITIONS: [&str; 2] = ["import", "default"];
/// What to look for where nothing says which file is meant, in this order.
const EXTENSIONS: [&str; 4] = ["ts", "mts", "js", "mjs"];

/// The module that `path` means: that very file, one with an extension, or what is written as TypeScript instead.
pub(super) fn module_at(path: &Path) -> Option<PathBuf> {
    let exact = Some(path.to_owned()).filter(|path| path.is_file());
    let written = match path.extension().and_then(|extension| extension.to_str()) {
        // TypeScript wants the extension of what its compiler would have written.
        Some("js") => Some(path.with_extension("ts")),
        Some("mjs") => Some(path.with_extension("mts")),
        _ => None,
    };
    let with_extension = |base: &Path| {
        let name = base.file_name()?.to_str()?;
        let mut paths = EXTENSIONS.iter().map(|extension| base.with_file_name(format!("{name}.{extension}")));
        paths.find(|path| path.is_file())
    };
    exact
        .or_else(|| written.filter(|path| path.is_file()))
        .or_else(|| with_extension(path))
        .or_else(|| with_extension(&path.join("index")))
}

/// The folder of the package that `specifier` begins with, in the folders above `importer` up to `root`; and the rest.
pub(super) fn package_of<'a>(importer: &Path, root: &Path, specifier: &'a str) -> Option<(PathBuf, &'a str)> {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1).map_or(specifier.len(), |(at, _)| at);
    let (name, rest) = specifier.split_at(end);
    let folders = importer.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    let mut packages = folders.map(|folder| folder.join("node_modules").join(name));
    packages.find(|package| package.is_dir()).map(|package| (package, rest.trim_start_matches('/')))
}

/// The module of a package: its main one, or the one that `path` within it means.
pub(super) fn module_of(package: &Path, path: &str) -> Option<PathBuf> {
    let manifest = fs::read(package.join("package.json")).ok();
    let manifest: Value = manifest.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    if let Some(exports) = manifest.get("exports").filter(|exports| !exports.is_null()) {
        let subpath = if path.is_empty() { ".".to_owned() } else { format!("./{path}") };
        return exported(exports, &subpath).map(|file| package.join(file)).filter(|path| path.is_file());
    }
    if !path.is_empty() {
        return module_at(&package.join(path));
    }
    let main = ["module", "main"].iter().find_map(|field| manifest.get(field)?.as_str());
    module_at(&package.join(main.unwrap_or("index.js"))).or_else(|| module_at(package))
}

/// What `exports` says that `subpath` is: a text, conditions, or a table of paths with at most one `*` each.
fn exported(exports: &Value, subpath: &str) -> Option<String> {
    let is_table = exports.as_object().is_some_and(|table| table.keys().any(|key| key.starts_with('.')));
    if !is_table {
        return if subpath == "." { conditional(exports) } else { None };
    }
    let table = exports.as_object()?;
    if let Some(target) = table.get(subpath) {
        return conditional(target);
    }
    let mut patterns: Vec<_> =
        table.iter().filter_map(|(key, target)| Some((key.split_once('*')?, target))).collect();
    patterns.sort_by_key(|((before, _), _)| std::cmp::Reverse(before.len()));
    patterns.into_iter().find_map(|((before, after), target)| {
        let middle = subpath.strip_prefix(before)?.strip_suffix(after)?;
        Some(conditional(target)?.replace('*', middle))
    })
}

fn conditional(target: &Value) -> Option<String> {
    match target {
        Value::String(path) => path.strip_prefix("./").map(str::to_owned),
        Value::Array(choices) => choices.iter().find_map(conditional),
        Value::Object(table) => table
            .iter()
            .filter(|(key, _)| CONDITIONS.contains(&key.as_str()))
            .find_map(|(_, target)| conditional(target)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn exports_are_read_as_node_reads_them() {
        let table = json!({
            ".": { "types": "./a.d.ts", "import": { "default": "./a.js" }, "require": "./a.cjs" },
            "./b": "./lib/b.js",
            "./c/*": "./lib/c/*.js",
            "./c/d/*.js": "./lib/d/*.js",
            "./none": null,
        });
        assert_eq!(exported(&table, "."), Some("a.js".to_owned()));
        assert_eq!(exported(&table, "./b"), Some("lib/b.js".to_owned()));
        assert_eq!(exported(&table, "./c/x/y"), Some("lib/c/x/y.js".to_owned()));
        assert_eq!(exported(&table, "./c/d/x.js"), Some("lib/d/x.js".to_owned()));
        assert_eq!(exported(&table, "./none"), None);
        assert_eq!(exported(&table, "./other"), None);
        assert_eq!(exported(&json!("./a.js"), "."), Some("a.js".to_owned()));
        assert_eq!(exported(&json!("./a.js"), "./b"), None);
    }

    #[test]
    fn a_module_may_be_written_without_its_extension() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("lib")).unwrap();
        for name in ["a.ts", "b.js", "lib/index.js"] {
            fs::write(at(name), "").unwrap();
        }
        for (written, meant) in [
            ("a", Some("a.ts")),
            ("a.js", Some("a.ts")),
            ("b", Some("b.js")),
            ("b.js", Some("b.js")),
            ("lib", Some("lib/index.js")),
            ("c", None),
        ] {
            assert_eq!(module_at(&at(written)), meant.map(at), "{written}");
        }
    }

    #[test]
    fn a_package_is_found_up_to_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir_all(folder.path().join("node_modules/above")).unwrap();
        fs::create_dir_all(root.join("node_modules/@a/b")).unwrap();
        let importer = root.join("src/a.js");
        let found = package_of(&importer, &root, "@a/b/c/d");
        assert_eq!(found, Some((root.join("node_modules/@a/b"), "c/d")));
        assert_eq!(package_of(&importer, &root, "above"), None);
    }
}
