//! QuickJS with the agent's modules in it.

use std::fs;
use std::ops::Range;
use std::path::{Component as Part, Path, PathBuf};
use std::sync::Arc;

use wasmtime::Result;
use wasmtime::component::Linker;
use wasmtime_wasi::WasiCtxBuilder;

use super::stage::Stage;
use crate::Error;
use crate::engine::{Failure, State, started, unpack};

/// A component that has two within it: QuickJS, and one that stands in for the loader later.
const ENGINE: &[u8] = include_bytes!("../../engines/quickjs.wasm.zst");
/// How the engine asks for modules: only while it starts, for there is nobody to answer later.
const LOADER: &str = "local:init/module-loader";
/// What the engine evaluates first. It would make streams and futures, which the contract has not.
const PREAMBLE: &str = "globalThis.wit = {};\n";
/// What the engine puts before what was thrown.
const STEPS: [&str; 3] = [
    "Failed to evaluate user JavaScript module: ",
    "Failed to declare JavaScript module: ",
    "Failed to finish JavaScript module evaluation: ",
];
/// The kind of a section that is a component of its own.
const COMPONENT_SECTION: u8 = 4;

/// Loads the staged modules, and returns the component as it is then.
pub(super) fn compile(stage: &Stage, agent: &Path) -> Result<Vec<u8>, Error> {
    let whole = unpack(ENGINE)?;
    let within = engine_in(&whole).ok_or_else(|| Error::Compiler("no QuickJS".to_owned()))?;
    let entry = Modules { root: stage.root().to_owned() }.load(&format!("/{}", stage.entry().display()));
    let entry = entry.map_err(Error::Compiler)?;
    let path = format!("/{}", stage.entry().display());
    let engine = whole.get(within.body.clone()).unwrap_or_default();
    let engine = started(
        engine,
        WasiCtxBuilder::new(),
        |linker| link(linker, stage.root()),
        async |store, instance| {
            type Init = (String, String, Option<String>, bool);
            let init = instance.get_typed_func::<Init, (Result<(), String>,)>(&mut *store, "init")?;
            Ok(init.call_async(&mut *store, (PREAMBLE.to_owned(), entry, Some(path), false)).await?.0)
        },
    );
    let engine = engine.map_err(|failure| match failure {
        Failure::Engine { printed, message } => {
            let text = format!("{}\n{printed}", thrown(&message).trim_end());
            Error::Load { file: agent.to_owned(), text: stage.in_authors_words(text.trim_end()) }
        }
        Failure::Compiler(error) => Error::compiler(&error),
    })?;
    Ok(with_section(&whole, &within, &engine))
}

/// What the engine says, without which of its own steps it was.
fn thrown(text: &str) -> &str {
    let mut text = text;
    for step in STEPS {
        text = text.strip_prefix(step).unwrap_or(text);
    }
    text
}

/// Gives the engine the staged modules.
fn link(linker: &mut Linker<State>, root: &Path) -> Result<()> {
    let modules = Arc::new(Modules { root: root.to_owned() });
    let mut loader = linker.instance(LOADER)?;
    loader.func_wrap("resolve", |_, (importer, specifier): (String, String)| {
        Ok((Modules::resolve(&importer, &specifier),))
    })?;
    loader.func_wrap("load", move |_, (path,): (String,)| Ok((modules.load(&path),)))
}

/// Staged modules: an import says where one is, from the module that it is in.
struct Modules {
    root: PathBuf,
}

impl Modules {
    fn resolve(importer: &str, specifier: &str) -> Result<String, String> {
        if !specifier.starts_with("./") {
            return Err(format!("filesystem module not found: \"{specifier}\""));
        }
        let mut path = PathBuf::from(importer);
        path.pop();
        for part in Path::new(specifier).components() {
            match part {
                Part::ParentDir => drop(path.pop()),
                Part::Normal(name) => path.push(name),
                _ => {}
            }
        }
        Ok(path.display().to_string())
    }

    fn load(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path.trim_start_matches('/')))
            .map_err(|error| format!("{path}: {error}"))
    }
}

/// A section of a component: all of it, and what is behind its length.
struct Section {
    all: Range<usize>,
    body: Range<usize>,
}

/// The largest component within `component`: the engine. The other one is the loader's.
fn engine_in(component: &[u8]) -> Option<Section> {
    // Behind the magic number and the version.
    let (mut at, mut found) = (8, None::<Section>);
    while let Some(kind) = component.get(at) {
        let (length, bytes) = leb128(component.get(at + 1..)?)?;
        let start = at + 1 + bytes;
        let section = Section { all: at..start + length, body: start..start + length };
        at = section.all.end;
        if *kind == COMPONENT_SECTION && found.as_ref().is_none_or(|it| it.body.len() < length) {
            found = Some(section);
        }
    }
    found
}

/// A number, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

fn with_section(whole: &[u8], section: &Section, body: &[u8]) -> Vec<u8> {
    let mut component = whole.get(..section.all.start).unwrap_or_default().to_vec();
    component.push(COMPONENT_SECTION);
    let mut rest = body.len();
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        component.push(if rest > 0 { low | 0x80 } else { low });
        if rest == 0 {
            break;
        }
    }
    component.extend_from_slice(body);
    component.extend_from_slice(whole.get(section.all.end..).unwrap_or_default());
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_found_from_the_one_that_imports_it() {
        assert_eq!(Modules::resolve("/.rak/entry.js", "./../a/b.js").unwrap(), "/a/b.js");
        assert_eq!(Modules::resolve("/a.js", "./../../b.js").unwrap(), "/b.js");
        assert!(Modules::resolve("/a.js", "fs").is_err());
    }

    #[test]
    fn a_section_is_replaced() {
        let whole = [&b"\0asm\x0d\0\x01\0"[..], &[0, 1, 9], &[4, 2, 7, 7], &[4, 1, 8], &[0, 0]].concat();
        let section = engine_in(&whole).unwrap();
        assert_eq!(whole[section.body.clone()], [7, 7]);
        let replaced = with_section(&whole, &section, &[5; 200]);
        assert_eq!(replaced[8..14], [0, 1, 9, 4, 0xc8, 1]);
        assert_eq!(replaced[14 + 200..], [4, 1, 8, 0, 0]);
    }
}
