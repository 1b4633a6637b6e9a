//! An agent that is one file, without a project around it: what a language needs is in this program.

use std::path::{Path, PathBuf};

use rak_core::AppName;

use super::built_in::{self, OwnSdk, Request, Source};
use super::{BuildError, Language, OUTPUT, Reporter, app_name, create_output, io_error, unusable};

/// The language of a file, where it can be an agent by itself.
pub(super) fn language(file: &Path) -> Option<Language> {
    match file.extension()?.to_str()? {
        "js" | "mjs" => Some(Language::JavaScript),
        "ts" | "mts" => Some(Language::TypeScript),
        "py" => Some(Language::Python),
        _ => None,
    }
}

/// The folder of a file, with its name.
pub(super) fn folder(file: &Path) -> PathBuf {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// Compiles a file, with the modules beside it, to a component in `dist` beside it.
pub(super) async fn build(
    file: &Path,
    language: Language,
    reporter: &dyn Reporter,
) -> Result<(AppName, PathBuf), BuildError> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = app_name(&stem)?;
    let folder = folder(file);
    create_output(&folder)?;
    let component = folder.join(OUTPUT).join(format!("{name}.wasm"));
    let whole = |path: &Path| {
        std::path::absolute(path).map_err(|error| io_error(format!("find {}", path.display()), error))
    };
    let source = match language {
        Language::Python if stem.contains(['.', '-']) => {
            return Err(unusable(format!(
                "{stem} cannot be the name of a module of Python; rename the file"
            )));
        }
        Language::Python => Source::Python { module: stem, path: vec![whole(&folder)?] },
        _ => Source::JavaScript { file: whole(file)?, root: whole(&folder)? },
    };
    let sdk = OwnSdk::write(language)?;
    reporter.step("making the component");
    let request = Request {
        source,
        sdk: sdk.path(),
        component: whole(&component)?,
        name: name.to_string(),
        description: String::new(),
        version: String::new(),
    };
    built_in::build(&request, reporter).await?;
    Ok((name, component))
}
