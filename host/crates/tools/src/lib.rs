//! The tools of RAK: what the host has built in, and what MCP servers offer, behind the port
//! [`Toolbox`](rak_core::Toolbox).
//!
//! [`Tools`] joins them. [`ToolsFile`] is what `rak.toml` says of them, [`ToolsSettings`] what that means. A server is
//! started in the background, watched, and started again when it ends; its tools come and go with it.

mod builtin;
mod failure;
mod mcp;
mod patterns;
mod settings;
mod tools;

pub use builtin::Builtin;
pub use patterns::ToolPatterns;
pub use rak_settings::{Secret, SettingsError};
pub use settings::{McpFile, McpSettings, McpTransport, ToolsFile, ToolsSettings};
pub use tools::Tools;
