//! Agents that come, change and go while they run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

mod folder;
mod load;
mod restart;
mod support;
mod uploads;
mod versions;
