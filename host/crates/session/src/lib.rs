//! Where sessions, their state, their history, their invocations and their artifacts are kept.
//!
//! Two stores stand behind the ports of `rak-core`, and each of them is a [`SessionService`], an [`EventLog`] and an
//! [`ArtifactService`]: one value, shared as an `Arc` of any of these traits.
//!
//! * [`SqliteStore`], the default: one file, one writing thread that commits what is ready in one transaction (group
//!   commit), and a few reading connections beside it.
//! * [`MemoryStore`], for tests and for programs that embed the host and keep nothing.
//!
//! What both have to do, sentence by sentence, is the suite in `conformance` (feature `conformance`); a store outside
//! this crate can run it too.
//!
//! What is shared: how state is split into its scopes and how large it may be ([`MAX_STATE_VALUE_BYTES`],
//! [`MAX_STATE_SCOPE_BYTES`]), the cursors of lists, and the words of refusals.
//!
//! ```
//! use rak_core::{NewSession, SessionKey, SessionService};
//! use rak_session::{SqliteOptions, SqliteStore};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("rak.db");
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let store = SqliteStore::open(path, SqliteOptions::default())?;
//! let key = SessionKey { app_name: "echo".parse()?, user_id: "ann".parse()?, session_id: "first".parse()? };
//! let state = [("mood".to_owned(), "good".into())].into();
//! store.create(NewSession { key: key.clone(), state, agent_version: None }).await?;
//! assert_eq!(store.get(&key).await?.unwrap().state["mood"], "good");
//! store.close().await;
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! [`ArtifactService`]: rak_core::ArtifactService
//! [`EventLog`]: rak_core::EventLog
//! [`SessionService`]: rak_core::SessionService

#[cfg(feature = "conformance")]
pub mod conformance;
mod cursor;
mod memory;
mod refusal;
mod scoped_delta;
mod sqlite;

pub use memory::MemoryStore;
pub use rak_core::MAX_STATE_VALUE_BYTES;
pub use scoped_delta::MAX_STATE_SCOPE_BYTES;
pub use sqlite::{SqliteOptions, SqliteStats, SqliteStore, Synchronous};
