//! The port behind which invocations and their events are stored.

use async_trait::async_trait;

use crate::event::{EncodedEvent, Progress};
use crate::failure::StoreError;
use crate::ids::InvocationId;
use crate::invocation::{InvocationFilter, InvocationPage, InvocationRecord, InvocationStatus, Usage};
use crate::session::SessionKey;
use crate::state::StateDelta;
use crate::time::UnixMillis;

/// The beginning of an invocation, or its step from `Queued` to `Active`.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The invocation as it is to be kept. Its session is made where it does not exist.
    pub record: InvocationRecord,
    /// What the user said, without a number; absent while the invocation is queued.
    pub message: Option<EncodedEvent>,
    /// Whether the session, where it has no version of the agent yet, stays on the record's.
    pub pin: bool,
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
    /// How the invocation ended, where it did.
    pub end: Option<InvocationEnd>,
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
    /// become, it overwrites the record and adds the message. The message's own `state_delta` is not applied. Gives the position of the message in the session's history, or of the newest event where there
    /// is no message: what lies at or before `position - 1` was said before this invocation.
    async fn begin(&self, begin: Begin) -> Result<u64, StoreError>;

    /// Stores what happened. [`StoreError::NotFound`] where the invocation is not there, [`StoreError::Conflict`]
    /// where it is over or an event's number is not the next one.
    async fn commit(&self, commit: Commit) -> Result<(), StoreError>;

    /// Events of an invocation with numbers above `after`, in order; `limit` at most.
    async fn read(
        &self,
        invocation: InvocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EncodedEvent>, StoreError>;

    /// What is kept of an invocation.
    async fn invocation(&self, id: InvocationId) -> Result<Option<InvocationRecord>, StoreError>;

    /// Lists invocations, newest first.
    async fn invocations(&self, filter: InvocationFilter) -> Result<InvocationPage, StoreError>;

    /// Whether the store can be written to now.
    async fn check(&self) -> Result<(), StoreError>;
}
