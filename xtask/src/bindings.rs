//! `cargo xtask bindings`: what the SDKs commit of the contract, made anew from `wit/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use cargo_metadata::MetadataCommand;
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};

use crate::shell::{self, Places};

/// The package that the Go bindings are.
const GO_BINDINGS: &str = "rak/internal/bindings";
/// The runtime of the Go bindings, as its generator names it and as the SDK has it.
const GO_RUNTIME: (&str, &str) = ("go.bytecodealliance.org/pkg/wit", "rak/internal/wit");

/// Where the files are, and whether they are written or only compared.
pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let places = shell::places()?;
    let mut stale = Vec::new();
    for (path, contents) in generate(&places)? {
        let path = places.root.join(path);
        if fs::read(&path).is_ok_and(|there| there == contents) {
            continue;
        }
        if !check {
            let folder = path.parent().context("a file without a folder")?;
            fs::create_dir_all(folder)?;
            fs::write(&path, contents).with_context(|| format!("failed to write {}", path.display()))?;
        }
        stale.push(path.strip_prefix(&places.root).unwrap_or(&path).display().to_string());
    }
    match stale.as_slice() {
        [] => shell::say("the bindings are those of wit/"),
        stale if check => {
            bail!("not what wit/ gives: {}; run `cargo xtask bindings` and commit it", stale.join(", "))
        }
        stale => shell::say(&format!("written: {}", stale.join(", "))),
    }
    Ok(())
}

type Generated = BTreeMap<PathBuf, Vec<u8>>;

/// Every file, by its path in the repository.
fn generate(places: &Places) -> anyhow::Result<Generated> {
    let wit = places.root.join("wit");
    let mut all = Generated::new();
    // The object file says to the linker what the module's world is, so that nobody has to name it again.
    let c = wit_bindgen_c::Opts { rename_world: Some("contract".to_owned()), ..Default::default() };
    add(&mut all, "guest-sdk/c/bindings", world(&wit, c.build().as_mut())?);
    let go = wit_bindgen_go::Opts { pkg_name: Some(GO_BINDINGS.to_owned()), ..Default::default() };
    let go = world(&wit, go.build().as_mut())?;
    add(&mut all, "guest-sdk/go/internal/bindings", go.into_iter().map(of_the_sdk).collect());
    add(&mut all, "guest-sdk/go/internal/wit", go_runtime()?.into_iter().map(of_the_sdk).collect());
    // What componentizers of these languages ask for is the contract itself.
    for folder in ["guest-sdk/go/wit", "guest-sdk/js/world/deps/rak-agent", "guest-sdk/python/src/rak/wit"] {
        add(&mut all, folder, read(&wit, ".wit")?);
    }
    Ok(all)
}

fn add(all: &mut Generated, folder: &str, files: Generated) {
    all.extend(files.into_iter().map(|(path, contents)| (Path::new(folder).join(path), contents)));
}

fn world(wit: &Path, generator: &mut dyn WorldGenerator) -> anyhow::Result<Generated> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit).context("the contract cannot be read")?;
    let world = resolve.select_world(&[package], Some("agent"))?;
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files)?;
    Ok(files.iter().map(|(name, contents)| (name.into(), contents.to_vec())).collect())
}

/// The runtime lies beside the source of the generator, whose package is one of ours.
fn go_runtime() -> anyhow::Result<Generated> {
    let metadata = MetadataCommand::new().exec().context("failed to ask cargo for the packages")?;
    let package = metadata.packages.iter().find(|package| package.name == "wit-bindgen-go");
    let manifest = &package.context("xtask does not depend on wit-bindgen-go")?.manifest_path;
    let folder = manifest.parent().context("a package without a folder")?.join("src/pkg");
    let mut files = Generated::new();
    files.insert("LICENSE".into(), fs::read(folder.join("LICENSE"))?);
    for part in ["types", "runtime", "async"] {
        let within = folder.join("wit").join(part);
        for extension in [".go", ".s"] {
            add(&mut files, part, read(within.as_std_path(), extension)?);
        }
    }
    Ok(files)
}

/// A file of Go with the runtime where the SDK has it.
fn of_the_sdk((path, contents): (PathBuf, Vec<u8>)) -> (PathBuf, Vec<u8>) {
    match String::from_utf8(contents) {
        Ok(text) => (path, text.replace(GO_RUNTIME.0, GO_RUNTIME.1).into_bytes()),
        Err(error) => (path, error.into_bytes()),
    }
}

/// The files of a folder whose names end so.
fn read(folder: &Path, ending: &str) -> anyhow::Result<Generated> {
    let mut files = Generated::new();
    for entry in fs::read_dir(folder).with_context(|| format!("failed to list {}", folder.display()))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(ending) {
            files.insert(entry.file_name().into(), fs::read(entry.path())?);
        }
    }
    Ok(files)
}
