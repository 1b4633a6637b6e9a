//! Writes what happens in an invocation: in order, stored before it is seen.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use rak_core::time::UnixMicros;
use rak_core::{
    Commit, EncodedEvent, Event, EventLog, Failure, InvocationId, InvocationStep, Journal, JournalEntry,
    Progress, SessionKey, StateDelta, StoreError,
};
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::listener::LiveRun;
use crate::written::Written;

/// Apart from the run because a write that began is finished even where the agent that asked for it is stopped meanwhile.
#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) id: InvocationId,
    pub(crate) session: SessionKey,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) live: Arc<LiveRun>,
    pub(crate) tasks: TaskTracker,
    /// The runtime of the server: a store must not wait behind agents.
    pub(crate) runtime: Handle,
    /// What the run is recorded in, where it is durable.
    pub(crate) journal: Option<Arc<Journal>>,
}

/// What is to be written in one step.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) events: Vec<Event>,
    pub(crate) state: StateDelta,
    /// The journal's entry for it. It has the number of the newest event as its answer.
    pub(crate) entry: Option<JournalEntry>,
    pub(crate) step: Option<InvocationStep>,
    /// Whether what the journal has is to be stored, also where nothing else is.
    pub(crate) journal: bool,
}

/// The right to write to an invocation, with what is stored of it.
pub(crate) struct Writing(OwnedMutexGuard<Option<Written>>);

impl Writing {
    pub(crate) fn written(&mut self) -> &mut Written {
        self.0.get_or_insert_default()
    }
}

impl Recorder {
    /// Waits until nobody else writes.
    pub(crate) async fn lock(&self) -> Result<Writing, StoreError> {
        let mut guard = self.live.written.clone().lock_owned().await;
        if guard.is_none() {
            let written = Written::read(self.log.as_ref(), self.id).await?;
            self.live.feed.begin_after(written.last_seq);
            *guard = Some(written);
        }
        Ok(Writing(guard))
    }

    /// Numbers, stores and publishes; all of it or nothing. Returns the number of the newest stored event.
    pub(crate) async fn record(self: &Arc<Self>, record: Record) -> Result<u64, Failure> {
        let writing = self.lock().await?;
        self.record_locked(writing, record).await
    }

    pub(crate) async fn record_locked(
        self: &Arc<Self>,
        mut writing: Writing,
        record: Record,
    ) -> Result<u64, Failure> {
        let nothing_to_store = record.state.is_empty() && record.entry.is_none() && record.step.is_none();
        if nothing_to_store && !record.journal && !record.events.iter().any(is_stored) {
            self.live.feed.push(encode(record.events)?);
            return Ok(writing.written().last_seq);
        }
        let recorder = self.clone();
        self.detach(async move {
            let (encoded, seq) = recorder.write(&mut writing, record).await?;
            // Before anybody else may write: a listener takes what comes behind a later number for seen.
            recorder.live.feed.push(encoded);
            drop(writing);
            Ok(seq)
        })
        .await
    }

    /// Numbers and stores, and gives the events back to be published when everything else of the run is put away: who
    /// sees the terminal event may begin the next run. A write that takes too long goes on alone.
    pub(crate) async fn record_end(
        self: &Arc<Self>,
        mut writing: Writing,
        record: Record,
        patience: Duration,
    ) -> Result<Vec<Arc<EncodedEvent>>, Failure> {
        let recorder = self.clone();
        let mut write = Box::pin(async move { recorder.write(&mut writing, record).await });
        if let Ok(written) = timeout(patience, &mut write).await {
            return Ok(written?.0);
        }
        self.tasks.spawn_on(write, &self.runtime);
        Err(StoreError::unavailable("it did not answer in time").into())
    }

    async fn detach<T: Send + 'static>(
        &self,
        write: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        let lost = |error| StoreError::unavailable(format_args!("the write was lost: {error}"));
        self.tasks.spawn_on(write, &self.runtime).await.map_err(lost)?
    }

    async fn write(
        &self,
        writing: &mut Writing,
        record: Record,
    ) -> Result<(Vec<Arc<EncodedEvent>>, u64), Failure> {
        let Record { mut events, state, mut entry, step, journal: _ } = record;
        let mut seq = writing.written().last_seq;
        for event in events.iter_mut().filter(|event| is_stored(event)) {
            seq += 1;
            event.seq = Some(seq);
        }
        if let Some(entry) = &mut entry {
            let answer = Ok::<u64, Failure>(seq);
            entry.answer = Some(serde_json::value::to_raw_value(&answer).map_err(StoreError::unavailable)?);
        }
        let encoded = encode(events)?;
        let stored = || encoded.iter().filter(|event| event.seq.is_some());
        let pending = self.journal.as_ref().map(|journal| journal.take_pending(entry)).transpose()?;
        let commit = async {
            let journal = pending.as_ref().map(rak_core::Pending::chunk).transpose()?.flatten();
            let commit = Commit {
                invocation: self.id,
                session: self.session.clone(),
                events: stored().map(|event| EncodedEvent::clone(event)).collect(),
                state,
                at: UnixMicros::now().millis(),
                journal,
                step,
            };
            self.log.commit(commit).await
        };
        if let Err(error) = commit.await {
            if let (Some(journal), Some(pending)) = (&self.journal, pending) {
                journal.restore(pending);
            }
            // The store says by itself that it fails, and a run whose end is not stored does: not each of its calls too.
            if let StoreError::Unavailable { reason } = &error {
                tracing::debug!(invocation = %self.id, reason, "the store did not take what happened");
            }
            return Err(error.into());
        }
        let written = writing.written();
        written.last_seq = seq;
        stored().for_each(|event| written.observe(event));
        Ok((encoded, seq))
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, Option<Progress>> {
        self.live.progress()
    }
}

pub(crate) fn encode(events: Vec<Event>) -> Result<Vec<Arc<EncodedEvent>>, StoreError> {
    events
        .into_iter()
        .map(|event| EncodedEvent::new(event).map(Arc::new).map_err(StoreError::unavailable))
        .collect()
}

/// Text still being written and progress are only sent.
pub(crate) fn is_stored(event: &Event) -> bool {
    !event.partial && event.progress.is_none()
}
