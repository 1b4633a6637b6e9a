//! Takes the SDKs and the templates of new projects into the program: neither is published, so `rak new` writes them out.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a new project needs, as seen from the top of the repository.
const SDKS: [&str; 7] = [
    "wit",
    "guest-sdk/c",
    "guest-sdk/go",
    "guest-sdk/js",
    "guest-sdk/python",
    "guest-sdk/rust",
    "guest-sdk/zig",
];
const TEMPLATES: &str = "host/templates";
/// What only the SDKs' own tests and packages need.
const NOT_FOR_PROJECTS: [&str; 6] = [
    "guest-sdk/js/.npmrc",
    "guest-sdk/js/package-lock.json",
    "guest-sdk/js/tools",
    "guest-sdk/js/tsconfig.json",
    "guest-sdk/python/stubs",
    "guest-sdk/zig/tests.zig",
];
/// What is not part of an SDK: its own tests, and what tools leave behind.
const LEFT_OUT: [&str; 14] = [
    ".mypy_cache",
    ".pytest_cache",
    ".venv",
    ".zig-cache",
    "__pycache__",
    "build",
    "conformance",
    "dist",
    "node_modules",
    "target",
    "test",
    "tests",
    "zig-out",
    "zig-pkg",
];

#[expect(clippy::print_stderr, reason = "it is where cargo looks for what went wrong")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let root = here.parent().ok_or("the package is not in the repository")?;
    let mut files = Vec::new();
    for sdk in SDKS {
        collect(&root.join(sdk), 0, &mut files)?;
    }
    let sdks = table("SDKS", root, root, &files)?;
    files.clear();
    collect(&root.join(TEMPLATES), 0, &mut files)?;
    let templates = table("TEMPLATES", root, &root.join(TEMPLATES), &files)?;
    let not = format!("#[cfg(test)]\npub(super) static NOT_FOR_PROJECTS: &[&str] = &{NOT_FOR_PROJECTS:?};\n");
    fs::write(out.join("embedded.rs"), sdks + &templates + &not)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// The files of a folder that belong to it. Cargo is told to look at them; and at the folders in it, for what comes.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    // The top of an SDK has in it what tools leave behind, which cargo would look through as well.
    if depth > 0 {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        // A project has tests of its own.
        let is_template = path.components().any(|part| part.as_os_str() == "templates");
        let left_out = LEFT_OUT.contains(&name.as_ref())
            || name.ends_with(".egg-info")
            || name.ends_with("_test.go")
            || name.ends_with(".pyc")
            || NOT_FOR_PROJECTS.iter().any(|not| path.ends_with(not));
        if left_out && !is_template {
            continue;
        }
        if path.is_dir() {
            collect(&path, depth + 1, files)?;
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}

/// A table of files: their paths as seen from a folder, and what is in them.
fn table(name: &str, root: &Path, seen_from: &Path, files: &[PathBuf]) -> Result<String> {
    let mut text = format!("pub(super) static {name}: &[(&str, &[u8])] = &[\n");
    for file in files {
        let path = file.strip_prefix(seen_from)?.to_str().ok_or("a path is not UTF-8")?;
        let whole = root.join(file);
        let whole = whole.to_str().ok_or("a path is not UTF-8")?;
        writeln!(text, "    ({path:?}, include_bytes!({whole:?})),")?;
    }
    text.push_str("];\n");
    Ok(text)
}
