//! The runner with agents that are part of the test and the memory store.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

mod admission;
mod busy_sessions;
mod endings;
mod listening;
mod recovery;
mod support;
mod versions;
