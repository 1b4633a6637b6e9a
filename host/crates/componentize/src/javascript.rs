//! JavaScript and TypeScript on QuickJS.

mod engine;
mod packages;
mod parse;
mod resolve;
mod stage;
mod types;

use std::path::Path;

use crate::{Error, Manifest};
use stage::Stage;

/// An agent in JavaScript or TypeScript.
#[derive(Clone, Copy, Debug)]
pub struct JavaScript<'a> {
    /// The module whose default export is the agent.
    pub source: &'a Path,
    /// The folder that all its modules are in; without it, the folder of `source`.
    pub root: Option<&'a Path>,
    /// The package `rak`: its `package.json` and its modules.
    pub sdk: &'a Path,
    /// For an agent that does not describe itself.
    pub manifest: Manifest<'a>,
}

/// Compiles an agent to a component.
///
/// Modules are found as Node and bundlers do: relative ones, with or without extension, JSON, and packages of
/// `node_modules` that are ES modules. A stack trace names the author's files and lines.
pub fn javascript(agent: &JavaScript<'_>) -> Result<Vec<u8>, Error> {
    let stage = Stage::new(agent)?;
    engine::compile(&stage, agent.source)
}
