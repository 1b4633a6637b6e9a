//! The handlers: extract, call, map.

pub(crate) mod agents;
mod event_stream;
pub(crate) mod health;
pub(crate) mod invocations;
pub(crate) mod runs;
pub(crate) mod sessions;
pub(crate) mod socket;
