//! From a core module, as compilers without components of their own make it, to a component.

use std::path::Path;

use anyhow::Context as _;
use rak_componentize::initialized;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::BuildError;

/// The world that agents are of.
const WORLD: &str = "agent";

/// Where it is said of which world a module is.
#[derive(Clone, Copy)]
pub(super) enum World<'a> {
    /// In the module: the linker put it there.
    InModule,
    /// In the contract in this folder.
    Of(&'a Path),
}

/// Makes a component of the module in a file. What the module needs of WASI 0.1 becomes WASI 0.2; what its language's runtime
/// does before the first call is done here, once, where its SDK is willing.
pub(super) fn componentize(module: &Path, world: World<'_>, component: &Path) -> Result<(), BuildError> {
    let encoded = encode(module, world).map_err(|error| BuildError::Unusable {
        reason: format!("{} cannot be made a component: {error:#}", module.display()),
    })?;
    let written = std::fs::write(component, encoded);
    written.map_err(|source| BuildError::Io { what: format!("write {}", component.display()), source })
}

fn encode(module: &Path, world: World<'_>) -> anyhow::Result<Vec<u8>> {
    let mut bytes = std::fs::read(module)?;
    match initialized(&bytes) {
        Ok(Some(begun)) => bytes = begun,
        Ok(None) => {}
        // The module's own mistake shows when it is loaded; ours costs time in each run, and nothing else.
        Err(reason) => tracing::debug!(reason, "the module begins anew in each run"),
    }
    if let World::Of(wit) = world {
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(wit).context("the SDK's contract cannot be read")?;
        let world = resolve.select_world(&[package], Some(WORLD))?;
        embed_component_metadata(&mut bytes, &resolve, world, StringEncoding::UTF8, false)?;
    }
    ComponentEncoder::default()
        .validate(true)
        .module(&bytes)?
        .adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?
        .encode()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_module_of_an_agent_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (module, component) = (folder.path().join("a.core.wasm"), folder.path().join("a.wasm"));
        for (bytes, text) in
            [(&b"nothing"[..], "cannot be made a component"), (b"\0asm\x01\0\0\0", "a.core.wasm")]
        {
            std::fs::write(&module, bytes).unwrap();
            let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
            let error = componentize(&module, World::Of(&wit), &component).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
            assert!(!component.exists());
        }
    }
}
