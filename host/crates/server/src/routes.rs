//! The handlers: extract, call, map.

pub(crate) mod agents;
pub(crate) mod artifacts;
mod event_stream;
pub(crate) mod health;
pub(crate) mod invocations;
pub(crate) mod runs;
pub(crate) mod sessions;
pub(crate) mod socket;
