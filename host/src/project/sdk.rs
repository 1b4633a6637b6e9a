//! The SDKs as this program was built with them. They are not published, so a new project is given a copy of its own.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::Language;
use super::embedded::SDKS;

/// Where the SDKs are in the repository.
const FOLDER: &str = "guest-sdk";
/// The part of a manifest that only means something in our workspace.
const LINTS: &str = "\n[lints]\nworkspace = true\n";

/// The files of a copy, with their places in it.
pub(super) type Files = Vec<(PathBuf, Cow<'static, [u8]>)>;

impl Language {
    /// The folder of the language's SDK.
    fn sdk(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript | Self::TypeScript => "js",
            Self::Python => "python",
            Self::Go => "go",
            Self::C | Self::Cpp => "c",
            Self::Zig => "zig",
        }
    }

    /// A file that the SDK's folder has.
    fn marker(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::JavaScript | Self::TypeScript => "package.json",
            Self::Python => "pyproject.toml",
            Self::Go => "go.mod",
            Self::C | Self::Cpp | Self::Zig => "build.zig",
        }
    }

    /// Where the copy of the SDK is in a new project.
    pub(super) fn vendor(self) -> &'static str {
        match self {
            Self::Rust => "vendor/rak",
            // A folder `vendor` means something else to Go.
            _ => "rak-sdk",
        }
    }

    /// Where the SDK of the language is within the copy.
    pub(super) fn sdk_in_vendor(self) -> PathBuf {
        match self {
            // The contract has to lie where the bindings look for it.
            Self::Rust => Path::new(FOLDER).join(self.sdk()),
            _ => self.sdk().into(),
        }
    }
}

/// Every file that projects of a language need, by its place in the copy.
pub(super) fn files(language: Language) -> Files {
    let mut files: Files = vec![("LICENSE".into(), Cow::Borrowed(include_bytes!("../../../LICENSE")))];
    for &(path, contents) in SDKS {
        let path = Path::new(path);
        let place = match language {
            Language::Rust => {
                (path.starts_with("wit") || path.starts_with("guest-sdk/rust")).then(|| path.to_owned())
            }
            // The bindings of C are Zig's, too.
            Language::Zig => (path.starts_with("guest-sdk/zig") || path.starts_with("guest-sdk/c/bindings"))
                .then(|| within(path)),
            other => path.starts_with(Path::new(FOLDER).join(other.sdk())).then(|| within(path)),
        };
        if let Some(place) = place {
            files.push((place, of_a_copy(path, contents)));
        }
    }
    files
}

fn within(path: &Path) -> PathBuf {
    path.strip_prefix(FOLDER).unwrap_or(path).to_owned()
}

fn of_a_copy(path: &Path, contents: &'static [u8]) -> Cow<'static, [u8]> {
    match std::str::from_utf8(contents) {
        Ok(text) if path.ends_with("Cargo.toml") => text.replace(LINTS, "").into_bytes().into(),
        _ => contents.into(),
    }
}

/// The SDK's folder, by its whole path. The top of our repository is taken as the SDK in it.
pub(super) fn folder(given: &Path, language: Language) -> anyhow::Result<PathBuf> {
    let given = std::fs::canonicalize(given)
        .with_context(|| format!("failed to find the SDK at {}", given.display()))?;
    let inner = given.join(FOLDER).join(language.sdk());
    let folder = if inner.is_dir() { inner } else { given };
    let is_sdk = match language {
        Language::Rust => {
            let manifest = std::fs::read_to_string(folder.join(language.marker())).unwrap_or_default();
            manifest.parse::<toml::Table>().is_ok_and(|manifest| {
                manifest.get("package").and_then(|package| package.get("name")) == Some(&"rak-sdk".into())
            })
        }
        _ => folder.ends_with(language.sdk()) && folder.join(language.marker()).is_file(),
    };
    if !is_sdk {
        bail!("{} is not the SDK: it has no {} of its own", folder.display(), language.marker());
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::Command;

    use clap::ValueEnum as _;

    use super::super::embedded::NOT_FOR_PROJECTS;
    use super::*;

    #[test]
    fn every_file_of_the_sdks_is_in_the_program() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        // Outside of a repository there is nothing that says which files belong to it.
        let Ok(listed) = Command::new("git").args(["ls-files", "wit", FOLDER]).current_dir(root).output()
        else {
            return;
        };
        let listed = String::from_utf8(listed.stdout).unwrap();
        let is_test = |path: &str| {
            NOT_FOR_PROJECTS.iter().any(|not| path.starts_with(not))
                || path.split('/').any(|part| ["tests", "test", "conformance"].contains(&part))
                || path.ends_with("_test.go")
                || Path::new(path).parent() == Some(Path::new(FOLDER))
        };
        let expected: BTreeSet<_> = listed.lines().filter(|path| !is_test(path)).collect();
        let embedded: BTreeSet<_> = SDKS.iter().map(|(path, _)| *path).collect();
        let missing: Vec<_> = expected.difference(&embedded).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_copy_is_whole() {
        for language in Language::value_variants() {
            let files: BTreeSet<_> = files(*language).into_iter().map(|(path, _)| path).collect();
            assert!(files.contains(&language.sdk_in_vendor().join(language.marker())), "{language:?}");
            assert!(files.contains(Path::new("LICENSE")), "{language:?}");
        }
    }

    #[test]
    fn a_copied_manifest_needs_no_workspace() {
        let files = files(Language::Rust);
        let manifests: Vec<_> = files.into_iter().filter(|(path, _)| path.ends_with("Cargo.toml")).collect();
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
