//! What one run may ask of the host: events, history, state.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use rak_core::time::UnixMillis;
use rak_core::{
    Commit, Content, Emission, EncodedEvent, Event, EventLog, Failure, FailureKind, HistoryPage,
    HistoryQuery, InvocationEnd, InvocationId, InvocationInfo, MAX_STATE_VALUE_BYTES, Part, Progress, Role,
    RunHost, Scope, SessionKey, SessionService, StateDelta, StoreError, scope_of,
};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::listener::LiveRun;

/// The largest history page an agent may ask for.
const MAX_HISTORY_PAGE: usize = 1000;

pub(crate) struct RunContext {
    pub(crate) info: InvocationInfo,
    pub(crate) token: CancellationToken,
    pub(crate) deadline: Option<Instant>,
    pub(crate) sessions: Arc<dyn SessionService>,
    /// What lies before this position was said before the run.
    pub(crate) begins_at: u64,
    pub(crate) state: Mutex<RunState>,
    pub(crate) recorder: Arc<Recorder>,
}

/// State as the run sees it.
#[derive(Default)]
pub(crate) struct RunState {
    /// What was stored when the run began, with every change since, and `temp:` values. Nothing here is `null`.
    values: StateDelta,
    /// Changes that are not stored yet.
    pending: StateDelta,
}

impl RunState {
    pub(crate) fn new(stored: StateDelta) -> Self {
        Self { values: stored, ..Self::default() }
    }
}

/// Writes a run's events: in order, stored before they are seen. Apart from [`RunContext`] because a write that began
/// is finished even where the agent that asked for it is stopped meanwhile.
pub(crate) struct Recorder {
    pub(crate) id: InvocationId,
    pub(crate) session: SessionKey,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) live: Arc<LiveRun>,
    pub(crate) tasks: TaskTracker,
    /// The runtime of the server: a store must not wait behind agents.
    pub(crate) runtime: Handle,
    pub(crate) written: Arc<tokio::sync::Mutex<Written>>,
}

/// What is stored of a run so far.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) last_seq: u64,
    /// Function calls without a response: id and name.
    pub(crate) open_calls: Vec<(String, String)>,
}

impl Written {
    /// Follows the calls and responses of a content.
    pub(crate) fn observe(&mut self, content: &Content) {
        for part in &content.parts {
            match part {
                Part::FunctionCall(call) => self.open_calls.push((call.id.clone(), call.name.clone())),
                Part::FunctionResponse(response) => {
                    let answered = self.open_calls.iter().position(|(id, name)| {
                        *id == response.id && (!id.is_empty() || *name == response.name)
                    });
                    if let Some(index) = answered {
                        self.open_calls.remove(index);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Recorder {
    /// Numbers, stores and publishes events; all of them or none. Returns the number of the newest stored one.
    pub(crate) async fn record(
        self: &Arc<Self>,
        events: Vec<Event>,
        state: StateDelta,
    ) -> Result<u64, StoreError> {
        let written = self.written.clone().lock_owned().await;
        if state.is_empty() && !events.iter().any(is_stored) {
            self.publish(events)?;
            return Ok(written.last_seq);
        }
        let recorder = self.clone();
        self.detach(async move {
            let (encoded, seq) = recorder.write(written, events, state, None).await?;
            recorder.live.feed.push(encoded);
            Ok(seq)
        })
        .await
    }

    /// Numbers and stores the last events, and gives them back to be published when everything else of the run is
    /// put away: who sees the terminal event may begin the next run.
    pub(crate) async fn record_end(
        self: &Arc<Self>,
        events: Vec<Event>,
        state: StateDelta,
        end: InvocationEnd,
    ) -> Result<Vec<Arc<EncodedEvent>>, StoreError> {
        let written = self.written.clone().lock_owned().await;
        let recorder = self.clone();
        self.detach(async move { Ok(recorder.write(written, events, state, Some(end)).await?.0) }).await
    }

    async fn detach<T: Send + 'static>(
        &self,
        write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let lost = |error| StoreError::unavailable(format_args!("the write was lost: {error}"));
        self.tasks.spawn_on(write, &self.runtime).await.map_err(lost)?
    }

    async fn write(
        &self,
        mut written: tokio::sync::OwnedMutexGuard<Written>,
        mut events: Vec<Event>,
        state: StateDelta,
        end: Option<InvocationEnd>,
    ) -> Result<(Vec<Arc<EncodedEvent>>, u64), StoreError> {
        let mut seq = written.last_seq;
        for event in events.iter_mut().filter(|event| is_stored(event)) {
            seq += 1;
            event.seq = Some(seq);
        }
        let encoded = encode(events)?;
        let stored = || encoded.iter().filter(|event| event.seq.is_some());
        self.log
            .commit(Commit {
                invocation: self.id,
                session: self.session.clone(),
                events: stored().map(|event| EncodedEvent::clone(event)).collect(),
                state,
                at: UnixMillis::now(),
                end,
            })
            .await?;
        written.last_seq = seq;
        for content in stored().filter_map(|event| event.content.as_ref()) {
            written.observe(content);
        }
        Ok((encoded, seq))
    }

    /// Sends events that are not stored.
    fn publish(&self, events: Vec<Event>) -> Result<(), StoreError> {
        self.live.feed.push(encode(events)?);
        Ok(())
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
fn is_stored(event: &Event) -> bool {
    !event.partial && event.progress.is_none()
}

impl RunContext {
    fn run_state(&self) -> MutexGuard<'_, RunState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The changes that are to be stored with the next event.
    pub(crate) fn take_pending_state(&self) -> StateDelta {
        std::mem::take(&mut self.run_state().pending)
    }

    fn event(&self, emission: Emission) -> Event {
        let mut event = Event::new(self.info.id, self.info.session.app_name.as_str());
        match emission {
            Emission::Content(content) => event.content = Some(content),
            Emission::TextDelta(text) => {
                event.partial = true;
                event.content = Some(Content::new_model_text(text));
            }
            Emission::ThoughtDelta(text) => {
                event.partial = true;
                event.content = Some(Content { role: Role::MODEL.into(), parts: vec![Part::Thought(text)] });
            }
            Emission::Progress(progress) => {
                event.partial = true;
                event.progress = Some(progress);
            }
            Emission::Custom(custom) => event.custom = Some(custom),
        }
        event
    }
}

fn invalid_key(error: &rak_core::StateKeyError) -> Failure {
    Failure::new(FailureKind::InvalidArgument, error.to_string())
}

#[async_trait]
impl RunHost for RunContext {
    fn info(&self) -> &InvocationInfo {
        &self.info
    }

    fn token(&self) -> &CancellationToken {
        &self.token
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    async fn emit(&self, emissions: Vec<Emission>) -> Result<u64, Failure> {
        let newest_progress = emissions.iter().rev().find_map(|emission| match emission {
            Emission::Progress(progress) => Some(progress.clone()),
            _ => None,
        });
        let mut events: Vec<Event> = emissions.into_iter().map(|emission| self.event(emission)).collect();
        let mut state = StateDelta::new();
        if let Some(first) = events.iter_mut().find(|event| is_stored(event)) {
            state = self.take_pending_state();
            first.actions.state_delta.clone_from(&state);
        }
        let restore = state.clone();
        // Before the event is seen: who saw it and asks finds it.
        if newest_progress.is_some() {
            *self.recorder.progress() = newest_progress;
        }
        self.recorder.record(events, state).await.map_err(|error| {
            tracing::warn!(invocation = %self.info.id, %error, "an event could not be stored");
            // Changes made since then win over those that were not stored.
            let mut run_state = self.run_state();
            for (key, value) in restore {
                run_state.pending.entry(key).or_insert(value);
            }
            error.into()
        })
    }

    async fn history(&self, before: Option<u64>, limit: usize) -> Result<HistoryPage, Failure> {
        let position = Some(before.map_or(self.begins_at, |before| before.min(self.begins_at)));
        let limit = limit.clamp(1, MAX_HISTORY_PAGE);
        let query = HistoryQuery::Before { position, limit };
        Ok(self.sessions.history(&self.info.session, query).await?)
    }

    fn state(&self, key: &str) -> Result<Option<Value>, Failure> {
        scope_of(key).map_err(|error| invalid_key(&error))?;
        Ok(self.run_state().values.get(key).cloned())
    }

    fn set_state(&self, key: &str, value: Value) -> Result<(), Failure> {
        let (scope, _) = scope_of(key).map_err(|error| invalid_key(&error))?;
        // Refused here, where the agent can do something about it, and not when its answer is to be stored.
        let bytes = value.to_string().len();
        if bytes > MAX_STATE_VALUE_BYTES {
            let message =
                format!("the state value {key:?} has {bytes} bytes; {MAX_STATE_VALUE_BYTES} are allowed");
            return Err(Failure::new(FailureKind::LimitExceeded, message));
        }
        let mut state = self.run_state();
        if scope != Scope::Temp {
            state.pending.insert(key.to_owned(), value.clone());
        }
        if value.is_null() {
            state.values.remove(key);
        } else {
            state.values.insert(key.to_owned(), value);
        }
        Ok(())
    }

    fn state_keys(&self, prefix: &str) -> Result<Vec<String>, Failure> {
        let state = self.run_state();
        Ok(state.values.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}
