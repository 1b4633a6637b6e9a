//! Servers on loopback, as helpful and as hostile as real ones, and what an agent may do with them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

mod server;
mod support;

mod bounds;
mod cancelling;
mod credentials;
mod places;
mod redirects;
mod requests;
