//! What is to be written, with its JSON made: that needs no transaction.

use rak_core::{
    Commit, EncodedEvent, InvocationId, InvocationRecord, InvocationStep, JournalChunk, SessionKey, StartKey,
    StoreError, time::UnixMillis,
};
use serde::Serialize;

use crate::scoped_delta::ScopedDelta;

/// What a command takes up in the queue beside its texts, in bytes.
pub(super) const COMMAND_BYTES: usize = 512;

/// A record, and what its start is called.
pub(super) struct EncodedRecord {
    pub(super) record: InvocationRecord,
    pub(super) start_key: Option<StartKey>,
    pub(super) progress: Option<String>,
    pub(super) usage: String,
    pub(super) waiting: Option<String>,
    pub(super) resume: Option<String>,
    pub(super) parent: Option<String>,
}

impl EncodedRecord {
    pub(super) fn new(record: InvocationRecord, start_key: Option<StartKey>) -> Result<Self, StoreError> {
        Ok(Self {
            progress: encode(record.progress.as_ref())?,
            usage: json(&record.usage)?,
            waiting: encode(record.waiting.as_ref())?,
            resume: encode(record.resume.as_ref())?,
            parent: encode(record.parent.as_ref())?,
            record,
            start_key,
        })
    }

    /// About what it takes up in the queue.
    pub(super) fn bytes(&self) -> usize {
        // The user's message waits in it while the invocation is queued.
        COMMAND_BYTES + self.resume.as_ref().map_or(0, String::len)
    }
}

/// A step; what is absent here is not changed.
pub(super) struct EncodedStep {
    pub(super) step: InvocationStep,
    pub(super) progress: Option<String>,
    pub(super) usage: Option<String>,
    pub(super) waiting: Option<String>,
    pub(super) resume: Option<String>,
}

impl EncodedStep {
    pub(super) fn new(step: InvocationStep) -> Result<Self, StoreError> {
        let (progress, usage, waiting, resume) = match &step {
            InvocationStep::Rests(rest) => (
                encode(rest.progress.as_ref())?,
                encode(rest.usage.as_ref())?,
                encode(rest.waiting.as_ref())?,
                encode(rest.resume.as_ref())?,
            ),
            InvocationStep::Ends(end) => {
                (encode(end.progress.as_ref())?, Some(json(&end.usage)?), None, None)
            }
        };
        Ok(Self { step, progress, usage, waiting, resume })
    }
}

/// A commit.
pub(super) struct EncodedCommit {
    pub(super) invocation: InvocationId,
    pub(super) session: SessionKey,
    pub(super) events: Vec<EncodedEvent>,
    pub(super) state: ScopedDelta,
    pub(super) at: UnixMillis,
    pub(super) journal: Option<JournalChunk>,
    pub(super) step: Option<EncodedStep>,
}

impl EncodedCommit {
    pub(super) fn new(commit: Commit) -> Result<Self, StoreError> {
        let Commit { invocation, session, events, state, at, journal, step } = commit;
        let state = ScopedDelta::new(state)?;
        let step = step.map(EncodedStep::new).transpose()?;
        Ok(Self { invocation, session, events, state, at, journal, step })
    }

    /// About what it takes up in the queue.
    pub(super) fn bytes(&self) -> usize {
        let events: usize = self.events.iter().map(|event| event.json.len()).sum();
        let journal = self.journal.as_ref().map_or(0, |chunk| chunk.entries.len());
        let resume = self.step.as_ref().and_then(|step| step.resume.as_ref()).map_or(0, String::len);
        COMMAND_BYTES + events + journal + resume + self.state.bytes()
    }
}

fn encode(value: Option<&impl Serialize>) -> Result<Option<String>, StoreError> {
    value.map(json).transpose()
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::unavailable)
}
