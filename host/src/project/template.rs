//! New projects.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, bail};
use rak_core::AppName;

use super::rust::sdk;
use super::{Language, MANIFEST, name};

/// Where the SDK is within a project that has a copy of it.
const VENDOR: &str = "vendor/rak";

/// The files of a project in Rust, as they are before its name and its SDK are filled in.
const RUST: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../../templates/rust/Cargo.toml.in")),
    ("src/lib.rs", include_str!("../../templates/rust/lib.rs.in")),
    (MANIFEST, include_str!("../../templates/rust/agent.toml.in")),
    ("README.md", include_str!("../../templates/rust/README.md.in")),
    (".gitignore", include_str!("../../templates/rust/gitignore.in")),
];

/// Which SDK a new project builds with.
pub(crate) enum Sdk {
    /// A copy of the one that this program was built with, within the project.
    Vendored,
    /// The one in this folder.
    Path(PathBuf),
}

/// A project that was written.
pub(crate) struct NewProject {
    pub(crate) name: AppName,
    pub(crate) folder: PathBuf,
}

/// Writes a new project into a folder, which gives it its name.
pub(crate) fn create(folder: &Path, language: Language, sdk: &Sdk) -> anyhow::Result<NewProject> {
    let given = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = name::check(&given).with_context(|| format!("there can be no agent named {given:?}"))?;
    refuse_used(folder)?;
    let files = match language {
        Language::Rust => rust(&name, sdk)?,
    };
    for (path, contents) in files {
        let path = folder.join(path);
        write(&path, &contents).with_context(|| format!("failed to write {}", path.display()))?;
    }
    Ok(NewProject { name, folder: folder.to_owned() })
}

/// A folder that has something in it stays as it is.
fn refuse_used(folder: &Path) -> anyhow::Result<()> {
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                bail!("{} is there already, and not empty; take another name", folder.display());
            }
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("failed to look into {}", folder.display())),
    }
}

fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, contents)
}

type Files = Vec<(PathBuf, Cow<'static, [u8]>)>;

fn rust(name: &AppName, sdk: &Sdk) -> anyhow::Result<Files> {
    let vendored = matches!(sdk, Sdk::Vendored);
    let path = match sdk {
        Sdk::Vendored => Path::new(VENDOR).join(sdk::FOLDER),
        Sdk::Path(path) => sdk_folder(path)?,
    };
    let path = path.to_str().context("the path of the SDK is not UTF-8, which Cargo.toml has to be")?;
    let values = [
        ("{{name}}", name.as_str().to_owned()),
        ("{{sdk}}", toml::Value::from(path).to_string()),
        // A package below a workspace is one of its members where nothing says otherwise.
        ("{{exclude}}", if vendored { "\nexclude = [\"vendor\"]" } else { "" }.to_owned()),
        (
            "{{vendor}}",
            if vendored { "| `vendor/rak` | the SDK, as this `rak` has it |\n" } else { "" }.to_owned(),
        ),
    ];
    let mut files: Files = Vec::new();
    for (path, template) in RUST {
        let filled =
            values.iter().fold((*template).to_owned(), |text, (place, value)| text.replace(place, value));
        files.push((path.into(), filled.into_bytes().into()));
    }
    if vendored {
        let copied = sdk::files();
        files.extend(copied.into_iter().map(|(path, contents)| (Path::new(VENDOR).join(path), contents)));
    }
    Ok(files)
}

/// The SDK's folder, by its whole path. The top of our repository is taken as the SDK in it.
fn sdk_folder(given: &Path) -> anyhow::Result<PathBuf> {
    let given =
        fs::canonicalize(given).with_context(|| format!("failed to find the SDK at {}", given.display()))?;
    let inner = given.join(sdk::FOLDER);
    let folder = if inner.is_dir() { inner } else { given };
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let is_sdk = manifest.parse::<toml::Table>().is_ok_and(|manifest| {
        manifest.get("package").and_then(|package| package.get("name")) == Some(&"rak-sdk".into())
    });
    if !is_sdk {
        bail!("{} is not the SDK: it has no Cargo.toml of the package rak-sdk", folder.display());
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_new_project_has_everything_it_needs() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("my-agent");
        let project = create(&folder, Language::Rust, &Sdk::Vendored).unwrap();
        assert_eq!(project.name.as_str(), "my-agent");
        for (path, contents) in rust(&project.name, &Sdk::Vendored).unwrap() {
            assert_eq!(fs::read(folder.join(&path)).unwrap(), contents.as_ref(), "{}", path.display());
        }
        for (path, _) in RUST {
            let text = text(&folder.join(path));
            assert!(
                !text.contains("{{") && text.ends_with('\n') && !text.ends_with("\n\n"),
                "{path}: {text}"
            );
        }
        let manifest: toml::Table = text(&folder.join("Cargo.toml")).parse().unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some("my-agent"));
        assert_eq!(manifest["workspace"]["exclude"][0].as_str(), Some("vendor"));
        let sdk = folder.join(manifest["dependencies"]["rak"]["path"].as_str().unwrap());
        assert!(sdk.join("src/lib.rs").is_file() && sdk.join("../../wit/world.wit").is_file());
    }

    #[test]
    fn what_agent_toml_shows_can_be_uncommented() {
        let (_, template) = RUST.iter().find(|(path, _)| *path == MANIFEST).unwrap();
        assert!(template.parse::<toml::Table>().unwrap().is_empty());
        let is_setting = |line: &&str| line.starts_with("# [") || line.contains(" = ");
        let settings: Vec<_> = template.lines().filter(is_setting).map(|line| &line[2..]).collect();
        let manifest: toml::Table = settings.join("\n").parse().unwrap();
        let keys: Vec<_> = manifest.keys().map(String::as_str).collect();
        assert_eq!(keys, ["config", "description", "environment", "grants", "limits", "pinning"]);
    }

    #[test]
    fn a_named_sdk_is_not_copied() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("agent");
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        create(&folder, Language::Rust, &Sdk::Path(repository)).unwrap();
        assert!(!folder.join("vendor").exists());
        let manifest: toml::Table = text(&folder.join("Cargo.toml")).parse().unwrap();
        let sdk = Path::new(manifest["dependencies"]["rak"]["path"].as_str().unwrap());
        assert!(sdk.is_absolute() && sdk.ends_with("guest-sdk/rust"));
        let error = create(&place.path().join("other"), Language::Rust, &Sdk::Path(place.path().into()));
        assert!(error.err().unwrap().to_string().contains("is not the SDK"));
        assert!(!place.path().join("other").exists());
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("agent");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("notes"), "mine").unwrap();
        let error = create(&folder, Language::Rust, &Sdk::Vendored).err().unwrap();
        assert!(error.to_string().contains("not empty"), "{error}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_file(folder.join("notes")).unwrap();
        create(&folder, Language::Rust, &Sdk::Vendored).unwrap();
    }
}
