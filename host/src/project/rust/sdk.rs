//! The SDK as this program was built with it. It is not published, so a new project is given a copy.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, include_dir};

/// Where the SDK is within the copy: the contract has to lie where its bindings look for it.
pub(in crate::project) const FOLDER: &str = "guest-sdk/rust";

static WIT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../wit");
static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../guest-sdk/rust/src");
static MACRO_SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../guest-sdk/rust/macros/src");

/// The files of the SDK that are not in one of these folders. Its integration tests are left out: they need the
/// repository.
const SINGLE: &[(&str, &str)] = &[
    ("LICENSE", include_str!("../../../../LICENSE")),
    ("guest-sdk/rust/README.md", include_str!("../../../../guest-sdk/rust/README.md")),
    ("guest-sdk/rust/Cargo.toml", include_str!("../../../../guest-sdk/rust/Cargo.toml")),
    ("guest-sdk/rust/macros/Cargo.toml", include_str!("../../../../guest-sdk/rust/macros/Cargo.toml")),
];

/// The part of a manifest that only means something in our workspace.
const LINTS: &str = "\n[lints]\nworkspace = true\n";

/// Every file of the copy, with its place in it.
pub(in crate::project) fn files() -> Vec<(PathBuf, Cow<'static, [u8]>)> {
    let mut files: Vec<(PathBuf, Cow<'static, [u8]>)> = Vec::new();
    for (path, text) in SINGLE {
        files.push((path.into(), text.replace(LINTS, "").into_bytes().into()));
    }
    collect(&WIT, Path::new("wit"), &mut files);
    collect(&SOURCES, &Path::new(FOLDER).join("src"), &mut files);
    collect(&MACRO_SOURCES, &Path::new(FOLDER).join("macros/src"), &mut files);
    files
}

fn collect(folder: &'static Dir<'_>, place: &Path, files: &mut Vec<(PathBuf, Cow<'static, [u8]>)>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, place, files),
            DirEntry::File(file) => files.push((place.join(file.path()), file.contents().into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The files below a folder of the repository, by their paths in the repository.
    fn in_repository(folder: &str) -> BTreeSet<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = BTreeSet::new();
        let mut open = vec![root.join(folder)];
        while let Some(next) = open.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.insert(path.strip_prefix(&root).unwrap().to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn every_file_of_the_sdk_is_in_the_copy() {
        let copied: BTreeSet<_> = files().into_iter().map(|(path, _)| path).collect();
        let mut expected: BTreeSet<_> = ["wit", "guest-sdk/rust/src", "guest-sdk/rust/macros/src"]
            .into_iter()
            .flat_map(in_repository)
            .collect();
        expected.extend(SINGLE.iter().map(|(path, _)| PathBuf::from(path)));
        assert_eq!(copied, expected);
    }

    #[test]
    fn a_copied_manifest_needs_no_workspace() {
        let manifests: Vec<_> =
            files().into_iter().filter(|(path, _)| path.ends_with("Cargo.toml")).collect();
        assert_eq!(manifests.len(), 2);
        for (path, contents) in manifests {
            let text = String::from_utf8(contents.into_owned()).unwrap();
            let manifest: toml::Table = text.parse().unwrap();
            assert!(!text.contains("workspace = true"), "{}: {text}", path.display());
            assert!(!manifest.contains_key("lints"));
            assert!(manifest["package"]["version"].is_str());
        }
    }
}
