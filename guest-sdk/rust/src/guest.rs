//! The component's side: the generated bindings, the conversions to and from them, and the export.

#[doc(hidden)]
pub mod bindings;
mod convert;
#[cfg(target_family = "wasm")]
mod export;
#[cfg(target_family = "wasm")]
mod imports;

#[cfg(target_family = "wasm")]
pub use export::Exported;
#[cfg(target_family = "wasm")]
pub(crate) use imports::Imports;
