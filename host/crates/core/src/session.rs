//! Conversations, and the port behind which they are stored.

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;

use crate::content::Content;
use crate::event::EncodedEvent;
use crate::failure::StoreError;
use crate::ids::{AppName, SessionId, UserId};
use crate::state::StateDelta;
use crate::time::UnixMillis;

/// Which session: the same id may exist for another agent or another user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey {
    /// The agent.
    pub app_name: AppName,
    /// Whose it is.
    pub user_id: UserId,
    /// Its id.
    pub session_id: SessionId,
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.app_name, self.user_id, self.session_id)
    }
}

/// A session as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Which one.
    pub key: SessionKey,
    /// Session, `user:` and `app:` state together, under their prefixed keys.
    pub state: StateDelta,
    /// The version of the agent that its runs stay on, where it is pinned to one.
    pub agent_version: Option<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// A session to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSession {
    /// Which one.
    pub key: SessionKey,
    /// Its first state; `user:` and `app:` keys reach their scopes, `temp:` keys are dropped.
    pub state: StateDelta,
    /// The version of the agent to pin it to.
    pub agent_version: Option<String>,
}

/// Which sessions to list, newest change first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionFilter {
    /// Of this agent only.
    pub app_name: Option<AppName>,
    /// Of this user only.
    pub user_id: Option<UserId>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// Some sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPage {
    /// The sessions, without their state: it is empty here.
    pub sessions: Vec<Session>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

/// Which part of a session's history to read. Positions grow with every event of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryQuery {
    /// Events after a position, oldest first; 0 begins at the beginning.
    After {
        /// The position.
        position: u64,
        /// How many at most.
        limit: usize,
    },
    /// The newest events before a position (none: before the end), returned oldest first.
    Before {
        /// The position.
        position: Option<u64>,
        /// How many at most.
        limit: usize,
    },
}

/// An event and where it lies in its session.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// Its position.
    pub position: u64,
    /// When it was stored.
    pub at: UnixMillis,
    /// The event.
    pub event: EncodedEvent,
}

impl HistoryEntry {
    /// What was said, where it says something.
    pub fn content(&self) -> Option<&Content> {
        self.event.event.content.as_ref()
    }
}

/// Some events of a session, oldest first.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The events.
    pub entries: Vec<HistoryEntry>,
    /// The `position` of the next query in the same direction; none when nothing is left.
    pub next: Option<u64>,
}

/// Sessions, their state and their history. An absent session is `None`, not an error.
#[async_trait]
pub trait SessionService: Send + Sync + 'static {
    /// Makes a session. [`StoreError::Conflict`] where it exists.
    async fn create(&self, new: NewSession) -> Result<Session, StoreError>;

    /// Reads a session.
    async fn get(&self, key: &SessionKey) -> Result<Option<Session>, StoreError>;

    /// All sessions with this id, whatever their agent and user; 100 at most.
    async fn find(&self, id: &SessionId) -> Result<Vec<SessionKey>, StoreError>;

    /// Lists sessions, the one that changed last first.
    async fn list(&self, filter: SessionFilter) -> Result<SessionPage, StoreError>;

    /// Applies changes of state. `None` where there is no such session.
    async fn update_state(&self, key: &SessionKey, delta: StateDelta) -> Result<Option<Session>, StoreError>;

    /// Pins a session to a version of its agent, or lets go of it. `None` where there is no such session.
    async fn pin(
        &self,
        key: &SessionKey,
        agent_version: Option<String>,
    ) -> Result<Option<Session>, StoreError>;

    /// The versions of an agent that sessions are pinned to, or that invocations which are not over began with.
    async fn pinned_versions(&self, agent: &AppName) -> Result<BTreeSet<String>, StoreError>;

    /// Removes a session with its history and its invocations; `user:` and `app:` state stays. False where there was
    /// none.
    async fn delete(&self, key: &SessionKey) -> Result<bool, StoreError>;

    /// Adds an event that no run of this host made, with its state delta. Gives its position.
    /// [`StoreError::NotFound`] where there is no such session.
    async fn append_event(&self, key: &SessionKey, event: EncodedEvent) -> Result<u64, StoreError>;

    /// Reads history. Empty where there is no such session.
    async fn history(&self, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, StoreError>;
}
