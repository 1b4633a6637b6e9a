//! Compilers inside the host: an agent in JavaScript, TypeScript or Python becomes a component, without Node or Python; and what
//! begins the runtime of another language once, for all runs: [`initialized`].
//!
//! [`javascript`] makes a component on QuickJS, [`python`] one on CPython; each is behind a feature of the same name.
//! Both begin with an engine that is linked and has not started yet (`engines/`), load the agent's modules into it in a
//! sandbox that reads those modules and nothing else, and write down what is in memory then. Loading has no limit of
//! time: call them in a process that can be ended. They print nothing, and leave no files behind.

#![cfg_attr(
    not(all(feature = "javascript", feature = "python")),
    allow(dead_code, reason = "one language alone needs less than both")
)]

#[cfg(any(feature = "javascript", feature = "python"))]
mod engine;
mod error;
mod initialized;
#[cfg(feature = "javascript")]
mod javascript;
mod manifest;
#[cfg(feature = "python")]
mod python;

pub use error::{Diagnostic, Error, Place};
pub use initialized::initialized;
#[cfg(feature = "javascript")]
pub use javascript::{JavaScript, javascript};
pub use manifest::Manifest;
#[cfg(feature = "python")]
pub use python::{Python, python};
