//! New projects.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, bail};
use rak_core::AppName;

use super::embedded::TEMPLATES;
use super::sdk::{self, Files};
use super::{Language, name};

/// What templates of files are called after.
const SUFFIX: &str = ".in";
/// Files whose names begin with a dot in the project, which would hide them in the repository.
const HIDDEN: [&str; 2] = ["gitignore", "npmrc"];

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
    let name =
        name::check(&given, language).with_context(|| format!("there can be no agent named {given:?}"))?;
    refuse_used(folder)?;
    let files = project(folder, &name, language, sdk)?;
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

impl Language {
    /// The folder of its templates.
    fn templates(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Python => "python",
            Self::Go => "go",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Zig => "zig",
        }
    }
}

impl Language {
    /// How a path within the project begins. Go would take it for the name of a module; npm writes it without in its lock file.
    fn path_prefix(self) -> &'static Path {
        Path::new(if self == Self::Go { "." } else { "" })
    }
}

/// The templates of a language, by where their files are in a project.
fn templates(language: Language) -> impl Iterator<Item = (PathBuf, &'static [u8])> {
    TEMPLATES.iter().filter_map(move |&(path, contents)| {
        let path = Path::new(path.strip_suffix(SUFFIX)?).strip_prefix(language.templates()).ok()?;
        let file = path.file_name()?.to_str()?;
        let hidden = HIDDEN.contains(&file).then(|| path.with_file_name(format!(".{file}")));
        Some((hidden.unwrap_or_else(|| path.to_owned()), contents))
    })
}

fn project(folder: &Path, name: &AppName, language: Language, sdk: &Sdk) -> anyhow::Result<Files> {
    let vendored = matches!(sdk, Sdk::Vendored);
    let vendor = language.vendor();
    let path = match sdk {
        Sdk::Vendored => language.path_prefix().join(vendor).join(language.sdk_in_vendor()),
        Sdk::Path(path) => relative(&sdk::folder(path, language)?, folder)?,
    };
    let path =
        path.to_str().context("the path of the SDK is not UTF-8, which the project's manifest has to be")?;
    let ident = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    let values = [
        ("{{name}}", name.as_str().to_owned()),
        ("{{ident}}", name.as_str().chars().map(ident).collect()),
        ("{{sdk}}", path.to_owned()),
        // A package below a workspace is one of its members where nothing says otherwise.
        ("{{exclude}}", if vendored { "\nexclude = [\"vendor\"]" } else { "" }.to_owned()),
        (
            "{{vendor}}",
            if vendored {
                format!("| `{vendor}` | the SDK, as this `rak` has it |\n")
            } else {
                String::new()
            },
        ),
    ];
    let mut files = Files::new();
    for (path, template) in templates(language) {
        let template = String::from_utf8_lossy(template).into_owned();
        let filled = values.iter().fold(template, |text, (place, value)| text.replace(place, value));
        files.push((path, filled.into_bytes().into()));
    }
    if vendored {
        let copied = sdk::files(language);
        files.extend(copied.into_iter().map(|(path, contents)| (Path::new(vendor).join(path), contents)));
    }
    Ok(files)
}

/// A folder as seen from a project that is not there yet.
fn relative(to: &Path, project: &Path) -> anyhow::Result<PathBuf> {
    let project = std::path::absolute(project)?;
    let above = project.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = above.context("the folder of the project is nowhere")?;
    let from = real.join(project.strip_prefix(above)?);
    let shared = to.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..");
    let down = to.components().skip(shared).map(|component| component.as_os_str().to_owned());
    Ok(up.map(Into::into).chain(down).collect())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::super::MANIFEST;

    use super::*;

    fn text(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_new_project_has_everything_it_needs() {
        let place = tempfile::tempdir().unwrap();
        for language in Language::value_variants() {
            let folder = place.path().join(format!("my-{}-agent", language.templates()));
            let project = create(&folder, *language, &Sdk::Vendored).unwrap();
            let files: Vec<_> = templates(*language).map(|(path, _)| path).collect();
            for needed in [MANIFEST, "README.md", ".gitignore"] {
                assert!(files.iter().any(|path| path == Path::new(needed)), "{language:?}: {needed}");
            }
            for path in files {
                let text = text(&folder.join(&path));
                let complete = !text.contains("{{") && text.ends_with('\n') && !text.ends_with("\n\n");
                assert!(complete, "{language:?}: {}: {text}", path.display());
            }
            let sdk = folder.join(language.vendor()).join(language.sdk_in_vendor());
            assert!(sdk.is_dir(), "{language:?}");
            assert!(text(&folder.join("README.md")).contains(project.name.as_str()), "{language:?}");
            assert_eq!(super::super::find(&folder).unwrap(), *language);
        }
    }

    #[test]
    fn a_project_in_rust_has_its_sdk_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("my-agent");
        create(&folder, Language::Rust, &Sdk::Vendored).unwrap();
        let manifest: toml::Table = text(&folder.join("Cargo.toml")).parse().unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some("my-agent"));
        assert_eq!(manifest["workspace"]["exclude"][0].as_str(), Some("vendor"));
        let sdk = folder.join(manifest["dependencies"]["rak"]["path"].as_str().unwrap());
        assert!(sdk.join("src/lib.rs").is_file() && sdk.join("../../wit/world.wit").is_file());
    }

    #[test]
    fn what_agent_toml_shows_can_be_uncommented() {
        for language in Language::value_variants() {
            let (_, template) = templates(*language).find(|(path, _)| path == Path::new(MANIFEST)).unwrap();
            let template = std::str::from_utf8(template).unwrap();
            assert!(template.parse::<toml::Table>().unwrap().is_empty(), "{language:?}");
            let is_setting = |line: &&str| line.starts_with("# [") || line.contains(" = ");
            let settings: Vec<_> = template.lines().filter(is_setting).map(|line| &line[2..]).collect();
            let manifest: toml::Table = settings.join("\n").parse().unwrap();
            let keys: Vec<_> = manifest.keys().map(String::as_str).collect();
            let expected = ["config", "description", "environment", "grants", "limits", "pinning"];
            assert_eq!(keys, expected, "{language:?}");
        }
    }

    #[test]
    fn a_named_sdk_is_not_copied() {
        let place = tempfile::tempdir().unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for language in Language::value_variants() {
            let folder = place.path().join(format!("{}-agent", language.templates()));
            create(&folder, *language, &Sdk::Path(repository.clone())).unwrap();
            assert!(!folder.join(language.vendor()).exists(), "{language:?}");
            let other = place.path().join("other");
            let error = create(&other, *language, &Sdk::Path(place.path().into()));
            assert!(error.err().unwrap().to_string().contains("is not the SDK"), "{language:?}");
            assert!(!other.exists());
        }
        let folder = place.path().join("rust-agent");
        let manifest: toml::Table = text(&folder.join("Cargo.toml")).parse().unwrap();
        let sdk = folder.join(manifest["dependencies"]["rak"]["path"].as_str().unwrap());
        assert_eq!(sdk.canonicalize().unwrap(), repository.join("guest-sdk/rust").canonicalize().unwrap());
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
