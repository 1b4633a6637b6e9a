//! The port behind which invocations and their events are stored.

use async_trait::async_trait;

use crate::event::{EncodedEvent, Progress};
use crate::failure::StoreError;
use crate::ids::{AppName, IdempotencyKey, InvocationId, UserId};
use crate::invocation::{
    InvocationFilter, InvocationPage, InvocationRecord, InvocationStatus, Resume, Usage, Waiting,
};
use crate::journal::JournalChunk;
use crate::quota::{DailyUsage, Quotas};
use crate::session::SessionKey;
use crate::state::StateDelta;
use crate::time::{UnixDay, UnixMillis};

/// The beginning of an invocation, or its step from `Queued` to `Active`.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The invocation as it is to be kept. Its session is made where it does not exist.
    pub record: InvocationRecord,
    /// What the user said, without a number; absent while the invocation is queued.
    pub message: Option<EncodedEvent>,
    /// Whether the session, where it has no version of the agent yet, stays on the record's.
    pub pin: bool,
    /// What its client called this start. It is kept with the invocation, and stays where a second call has none.
    pub start_key: Option<StartKey>,
    /// What its user and its agent may use in a day. Nothing is stored where that is used up; looked at for a new
    /// invocation only.
    pub quotas: Quotas,
}

/// What makes a repeated start the same invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartKey {
    /// What the client called it.
    pub key: IdempotencyKey,
    /// A digest of what was said, so that another message with the same key is found out.
    pub digest: String,
}

/// Events, changes of state and perhaps the end of an invocation, stored together or not at all.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Which invocation.
    pub invocation: InvocationId,
    /// Its session.
    pub session: SessionKey,
    /// Events with their numbers, in order.
    pub events: Vec<EncodedEvent>,
    /// Changes of state. The events' own `state_delta` only tells of them.
    pub state: StateDelta,
    /// When it happened.
    pub at: UnixMillis,
    /// New entries of the journal, in order.
    pub journal: Option<JournalChunk>,
    /// Where the invocation is from now on, where that changes.
    pub step: Option<InvocationStep>,
}

/// A change in the life of an invocation.
#[derive(Clone, Debug, PartialEq)]
pub enum InvocationStep {
    /// It is not over.
    Rests(InvocationRest),
    /// It is over.
    Ends(InvocationEnd),
}

impl InvocationStep {
    /// What the invocation used so far, where the step says it.
    pub fn usage(&self) -> Option<&Usage> {
        match self {
            Self::Rests(rest) => rest.usage.as_ref(),
            Self::Ends(end) => Some(&end.usage),
        }
    }

    /// The new status.
    pub fn status(&self) -> InvocationStatus {
        match self {
            Self::Rests(rest) => rest.status,
            Self::Ends(end) => end.status,
        }
    }
}

/// An invocation that waits, is paused, or goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct InvocationRest {
    /// A state that is not terminal; it may be the one it is in.
    pub status: InvocationStatus,
    /// Why, where that is not clear.
    pub reason: Option<String>,
    /// What it waits for.
    pub waiting: Option<Waiting>,
    /// The newest progress; what is stored stays where absent.
    pub progress: Option<Progress>,
    /// What it used so far; what is stored stays where absent.
    pub usage: Option<Usage>,
    /// How to go on with it; what is stored stays where absent.
    pub resume: Option<Resume>,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct InvocationEnd {
    /// A terminal state.
    pub status: InvocationStatus,
    /// Why, where it did not complete.
    pub reason: Option<String>,
    /// The newest progress.
    pub progress: Option<Progress>,
    /// What it used.
    pub usage: Usage,
}

/// Invocations and their events. When a call returns `Ok`, what it wrote survives a crash of the host.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// Stores the beginning. Called a second time for the same invocation, with the same status or one that it may
    /// become, it overwrites the record and adds the message; the numbers of events and the journal go on. The
    /// message's own `state_delta` is not applied. Gives the position of the message in the session's history, or of
    /// the newest event where there is no message: what lies at or before `position - 1` was said before this
    /// invocation. [`StoreError::Conflict`] where another invocation of the session was started with the same key, and
    /// [`StoreError::QuotaExceeded`] where the invocation is new and something of a quota is used up on the day of its
    /// `started_at`.
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError>;

    /// Stores what happened. [`StoreError::NotFound`] where the invocation is not there, [`StoreError::Conflict`]
    /// where it is over, or where the number of an event or of an entry of the journal is not the next one. An end
    /// clears what the invocation waited for, and keeps how it could be repeated. Without events and changes of state
    /// the session is not changed: it keeps its time and its place in lists.
    async fn commit(&self, commit: Commit) -> Result<(), StoreError>;

    /// Events of an invocation with numbers above `after`, in order; `limit` at most.
    async fn read(
        &self,
        invocation: InvocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EncodedEvent>, StoreError>;

    /// The journal of an invocation, in order; empty where there is none (any more).
    async fn journal(&self, invocation: InvocationId) -> Result<Vec<JournalChunk>, StoreError>;

    /// Removes the journals of invocations that ended before this time, of `limit` invocations at most, the oldest
    /// first; they cannot be repeated from then on. Gives of how many: fewer than `limit` means that none is left.
    async fn prune_journals(&self, ended_before: UnixMillis, limit: usize) -> Result<usize, StoreError>;

    /// What the user said to an invocation, and its position in the session's history; the first message, where it was
    /// begun with several.
    async fn message(&self, invocation: InvocationId) -> Result<Option<(u64, EncodedEvent)>, StoreError>;

    /// The invocation of a session that was started with this key, and the digest that was given with it.
    async fn started_with(
        &self,
        session: &SessionKey,
        key: &IdempotencyKey,
    ) -> Result<Option<(InvocationId, String)>, StoreError>;

    /// What the invocations of a user came to in a day. Counted with what it counts, in one step: it is exact whenever the
    /// host ends. Deleting a session does not change it.
    async fn used(&self, user: &UserId, day: UnixDay) -> Result<DailyUsage, StoreError>;

    /// Tokens that models read and wrote in a day for the invocations of an agent, all users together; counted as
    /// [`used`](Self::used) is.
    async fn agent_tokens(&self, agent: &AppName, day: UnixDay) -> Result<u64, StoreError>;

    /// What is kept of an invocation.
    async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, StoreError>;

    /// Lists invocations, newest first.
    async fn invocations(&self, filter: InvocationFilter) -> Result<InvocationPage, StoreError>;

    /// Whether the store can be written to now.
    async fn check(&self) -> Result<(), StoreError>;
}
