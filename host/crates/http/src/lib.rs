//! HTTP for the agents of RAK, behind the port [`HttpClient`](rak_core::HttpClient): where they may go, with which credentials, and
//! what they see of what comes back.
//!
//! [`Http`] is the way there. [`HttpFile`] is what `rak.toml` says of it, [`HttpSettings`] what that means. [`Names`] is who knows the
//! addresses of names; nobody is connected to an address that was not looked at.

mod address;
mod body;
mod client;
mod credential;
mod exceptions;
mod failure;
mod headers;
mod names;
mod place;
mod redaction;
mod settings;
mod step;

pub use client::Http;
pub use names::Names;
pub use rak_settings::{Secret, SettingsError};
pub use settings::{CredentialFile, HttpFile, HttpSettings};
