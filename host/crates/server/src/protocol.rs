//! Everything that crosses the wire, for this server and for clients written in Rust.

pub mod rest;
pub mod sse;
pub mod ws;
