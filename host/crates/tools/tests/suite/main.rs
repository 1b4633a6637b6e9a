//! Tools against real servers of the official SDK, on this machine only, and built-in ones with a host that is made up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

mod fakes;
mod support;

mod builtins;
mod calls;
mod lives;
mod secrets;
