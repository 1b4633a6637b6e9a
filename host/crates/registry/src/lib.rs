//! Which version of which agent is live.
//!
//! [`Registry`] keeps the agents of a host. Versions come from a folder, which is watched, and over the wire; each is
//! checked, compiled and described before it is live, in one step, and the one before it goes on for the runs that have
//! it. What is live is kept on disk, so that a restart comes back with it without compiling.
//!
//! * [`manifest`](Manifest) is `agent.toml`; `folder` says what is in the folder, `settling` when a change there is over,
//!   `folder_watch` takes it in;
//! * `depot` keeps components by their digests, `record` what is known of each agent;
//! * `deploy` is the one way to a new version, `rollback` the way back, `collect` the way out, `upload` a version in pieces;
//! * `kept` looks up what a host has kept, for others;
//! * `entry` is an agent with its versions, `version` what a run gets.

mod collect;
mod deploy;
mod depot;
mod entry;
mod folder;
mod folder_watch;
mod kept;
mod manifest;
mod record;
mod registry;
mod rollback;
mod settings;
mod settling;
mod upload;
mod version;

pub use folder::find_agent;
pub use kept::{KeptVersion, find_kept_version};
pub use manifest::{MANIFEST_FILE, MAX_MANIFEST_BYTES, Manifest, ManifestError};
pub use registry::{OpenError, Registry, RegistryBuilder};
pub use settings::{AgentOverride, RegistrySettings};
