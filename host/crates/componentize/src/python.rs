//! Python on CPython.

mod engine;
mod symbols;
mod traceback;

use std::path::Path;

use crate::{Error, Manifest};

/// An agent in Python.
#[derive(Clone, Copy, Debug)]
pub struct Python<'a> {
    /// The module that has the agent, as in `agent` or `greeter.main`.
    pub module: &'a str,
    /// The folders that modules are found in, in this order; the first one that has `module` is the agent's.
    pub path: &'a [&'a Path],
    /// The folder that the package `rak` is in.
    pub sdk: &'a Path,
    /// For an agent that does not describe itself.
    pub manifest: Manifest<'a>,
}

/// Compiles an agent to a component.
///
/// All modules are loaded now: a component has no files to import from later. What they print is lost, but for the
/// text of an error. A traceback names the author's files by their paths within `path`.
pub fn python(agent: &Python<'_>) -> Result<Vec<u8>, Error> {
    engine::compile(agent)
}
