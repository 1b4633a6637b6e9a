//! Files of an author, and what a component says of itself.

use std::fs;
use std::path::{Path, PathBuf};

use rak_componentize::Manifest;
use tempfile::TempDir;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

pub(crate) const MANIFEST: Manifest<'static> =
    Manifest { name: "greeter", description: "Greets.", version: "1.2.3" };

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The SDK of a language, as it is in this repository.
pub(crate) fn sdk(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../guest-sdk").join(language)
}

/// Checks that `component` is one, and an agent.
pub(crate) fn assert_is_agent(component: &[u8]) {
    Validator::new_with_features(WasmFeatures::all()).validate_all(component).unwrap();
    let (mut imports, mut exports, mut depth) = (Vec::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(section.into_iter().map(|import| import.unwrap().name.name.to_owned()));
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(section.into_iter().map(|export| export.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    assert!(exports.contains(&"rak:agent/entry@0.1.5".to_owned()), "{exports:?}");
    let known = |import: &String| import.starts_with("rak:agent/") || import.starts_with("wasi:");
    assert!(imports.iter().all(known), "{imports:?}");
}
