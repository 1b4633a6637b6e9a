//! Models of providers that speak on loopback, as well and as badly as real ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

mod server;
mod support;

mod answers;
mod cancelling;
mod fallback;
mod matrix;
mod recording;
mod retries;
mod secrets;
mod troubles;
