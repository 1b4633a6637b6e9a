//! The models of RAK: providers over HTTP, and scripted ones, behind the port [`Models`](rak_core::Models).
//!
//! [`ProviderModels`] is all of them, by alias. [`ModelsFile`] is what `rak.toml` says of them, [`ModelsSettings`] what that means.

mod alias;
mod digest;
mod draft;
mod models;
mod provider;
mod remote;
mod retry;
mod scripted;
mod settings;
mod structured;

pub use models::ProviderModels;
pub use rak_settings::{Secret, SettingsError};
pub use settings::{
    ModelFile, ModelSettings, ModelsFile, ModelsSettings, Price, ProviderKind, ProviderSettings, RemoteKind,
    RemoteSettings,
};
