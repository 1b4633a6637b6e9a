//! What one run may ask of the host: events, history, state, a person.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rak_core::time::UnixMillis;
use rak_core::{
    AgentState, AgentSummary, AppName, ArtifactLimits, ArtifactService, ChildReply, ChildRequest, Content,
    EmbedRequest, Embeddings, Emission, Event, Failure, FailureKind, HistoryPage, HistoryQuery, HttpAnswer,
    HttpRequest, InputRequest, InputResponse, InvocationId, InvocationInfo, InvocationRest, InvocationStatus,
    InvocationStep, Journal, JournalEntry, ModelRequest, ModelResponse, ModelSummary, OnDelta, Parent, Part,
    Priority, Resume, Role, RunHost, Scope, SessionService, StateDelta, StopReason, StoreError, ToolAnswer,
    ToolCall, ToolSpec, Waiting, readable_scope, settable_scope,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::admission::Place;
use crate::children::Caller;
use crate::invocation_tracker::InvocationTracker;
use crate::recorder::{Record, Recorder, is_stored};
use crate::runner::Runner;

/// The largest history page an agent may ask for.
const MAX_HISTORY_PAGE: usize = 1000;

pub(crate) struct RunContext {
    pub(crate) runner: Runner,
    /// Its place in memory, as long as it has one.
    pub(crate) place: Weak<Place>,
    pub(crate) parent: Option<Parent>,
    pub(crate) priority: Priority,
    pub(crate) info: InvocationInfo,
    pub(crate) token: CancellationToken,
    pub(crate) put_away: CancellationToken,
    pub(crate) longest_wait_in_memory: Duration,
    pub(crate) tracker: InvocationTracker,
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

impl RunContext {
    fn run_state(&self) -> MutexGuard<'_, RunState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The changes that are to be stored with the next event.
    pub(crate) fn take_pending_state(&self) -> StateDelta {
        std::mem::take(&mut self.run_state().pending)
    }

    fn note_progress(&self, emissions: &[Emission]) {
        let newest = emissions.iter().rev().find_map(|emission| match emission {
            Emission::Progress(progress) => Some(progress.clone()),
            _ => None,
        });
        if newest.is_some() {
            *self.recorder.progress() = newest;
        }
    }

    /// The answer that is stored; a run that goes on without one can be told that it takes none any more.
    async fn response(&self, request_id: &str, give_up: bool) -> Result<Option<InputResponse>, StoreError> {
        let mut writing = self.recorder.lock().await?;
        let written = writing.written();
        let response = match written.message(request_id) {
            Some(seq) => Some(self.message(request_id, seq).await?),
            None => written.responses.get(request_id).cloned(),
        };
        if response.is_none() && !give_up {
            return Ok(None);
        }
        let expires = |request: &InputRequest| request.expires_at.is_some();
        if response.is_none() && written.requests.get(request_id).is_some_and(expires) {
            written.given_up.insert(request_id.to_owned());
        }
        self.tracker.set_status(self.info.id, InvocationStatus::Active);
        Ok(response)
    }

    /// What was said with a message.
    async fn message(&self, request_id: &str, seq: u64) -> Result<InputResponse, StoreError> {
        let events = self.recorder.log.read(self.info.id, seq.saturating_sub(1), 1).await?;
        let event = events.first().map(|event| event.event.clone());
        let content = event.as_ref().and_then(|event| event.content.as_ref());
        let answer = serde_json::to_value(content).map_err(StoreError::unavailable)?;
        let by = event.as_ref().and_then(|event| event.input_response.as_ref()?.by.clone());
        Ok(InputResponse { request_id: request_id.to_owned(), answer, by })
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
            Emission::Artifact { name, version } => {
                event.actions.artifact_delta.insert(name, version);
            }
        }
        event
    }
}

impl RunContext {
    /// Does what needs sockets on the server's runtime, since a guest's thread knows none. Dropped, it is given up.
    async fn on_the_server<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        let called = self.recorder.tasks.spawn_on(call, &self.recorder.runtime);
        let lost = |error| Failure::new(FailureKind::Failed, format!("the call was lost: {error}"));
        AbortOnDropHandle::new(called).await.map_err(lost)?
    }
}

fn no_model(model: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("there is no model {model:?}"))
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

    fn put_away(&self) -> Option<&CancellationToken> {
        Some(&self.put_away)
    }

    fn journal(&self) -> Option<&Arc<Journal>> {
        self.recorder.journal.as_ref()
    }

    fn longest_wait_in_memory(&self) -> Duration {
        self.longest_wait_in_memory
    }

    async fn emit_recorded(
        &self,
        emissions: Vec<Emission>,
        entry: Option<JournalEntry>,
    ) -> Result<u64, Failure> {
        // Before the event is seen: who saw it and asks finds it.
        self.note_progress(&emissions);
        let mut events: Vec<Event> = emissions.into_iter().map(|emission| self.event(emission)).collect();
        let mut state = StateDelta::new();
        if let Some(first) = events.iter_mut().find(|event| is_stored(event)) {
            state = self.take_pending_state();
            first.actions.state_delta.clone_from(&state);
        }
        let restore = state.clone();
        self.recorder.record(Record { events, state, entry, ..Record::default() }).await.inspect_err(|_| {
            // Changes made since then win over those that were not stored.
            let mut run_state = self.run_state();
            for (key, value) in restore {
                run_state.pending.entry(key).or_insert(value);
            }
        })
    }

    fn emitted_before(&self) {
        drop(self.take_pending_state());
    }

    /// How far it is was only sent, and is stored with its end.
    fn emits_again(&self, emissions: &[Emission]) {
        self.note_progress(emissions);
    }

    async fn keep(&self) -> Result<(), Failure> {
        let pending = self.journal().is_some_and(|journal| journal.has_pending());
        let progress = self.recorder.progress().clone();
        let running = self.tracker.status(self.info.id) == Some(InvocationStatus::Active);
        if !pending {
            return Ok(());
        }
        let step = progress.filter(|_| running).map(|progress| {
            InvocationStep::Rests(InvocationRest {
                progress: Some(progress),
                ..rest(InvocationStatus::Active, None)
            })
        });
        self.recorder.record(Record { step, journal: true, ..Record::default() }).await.map(drop)
    }

    async fn ask(&self, request: InputRequest, until: Option<UnixMillis>) -> Result<(), Failure> {
        let mut writing = self.recorder.lock().await?;
        let written = writing.written();
        if written.is_answered(&request.request_id) {
            return Ok(());
        }
        let mut events = Vec::new();
        let requests = vec![request.request_id.clone()];
        if !written.requests.contains_key(&request.request_id) {
            rak_schema::check(&request.schema).map_err(|reason| {
                Failure::new(FailureKind::InvalidArgument, format!("the schema cannot be used: {reason}"))
            })?;
            let mut event = Event::new(self.info.id, self.info.session.app_name.as_str());
            event.input_required = Some(request);
            events.push(event);
        }
        let step =
            Some(resting(InvocationStatus::Waiting, Some(Waiting { until, requests, ..Waiting::default() })));
        // Before the question is seen: who saw it and asks finds that the run waits.
        self.tracker.set_status(self.info.id, InvocationStatus::Waiting);
        let record = Record { events, step, ..Record::default() };
        let asked = self.recorder.record_locked(writing, record).await.map(drop);
        asked.inspect_err(|_| self.tracker.set_status(self.info.id, InvocationStatus::Active))
    }

    async fn answer(&self, request_id: &str) -> InputResponse {
        let mut answered = self.recorder.live.answered.subscribe();
        loop {
            answered.borrow_and_update();
            match self.response(request_id, false).await {
                Ok(Some(response)) => return response,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(invocation = %self.info.id, %error, "an answer could not be read");
                }
            }
            if answered.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    async fn answer_by_now(&self, request_id: &str) -> Result<Option<InputResponse>, Failure> {
        Ok(self.response(request_id, true).await?)
    }

    fn agents(&self) -> Vec<AgentSummary> {
        let above = self.parent.as_ref().map(|parent| parent.lineage.as_slice()).unwrap_or_default();
        let may_be_called = |name: &AppName| *name != self.info.session.app_name && !above.contains(name);
        let listed = self.runner.agents().list().into_iter();
        let ready = listed.filter(|info| info.state == AgentState::Ready && may_be_called(&info.name));
        ready.map(|info| AgentSummary::new(info.name, &info.descriptor.unwrap_or_default())).collect()
    }

    async fn start_child(&self, request: ChildRequest) -> Result<InvocationId, Failure> {
        let caller = Caller {
            id: self.info.id,
            session: self.info.session.clone(),
            parent: self.parent.clone(),
            priority: self.priority,
        };
        self.runner.start_child(caller, request).await
    }

    fn has_child(&self, child: InvocationId) {
        drop(self.runner.has_child(self.info.id, child));
    }

    async fn child_over(&self, child: InvocationId) {
        let mut over = self.runner.has_child(self.info.id, child);
        if over.wait_for(|over| *over).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn is_child_over(&self, child: InvocationId) -> bool {
        *self.runner.has_child(self.info.id, child).borrow()
    }

    async fn child_reply(&self, child: InvocationId) -> Result<ChildReply, Failure> {
        self.runner.child_reply(child).await
    }

    fn cancel_child(&self, child: InvocationId) {
        // An agent that is being stopped gives up its children as it cleans up: that is not why they end.
        let stopping = self.token.is_cancelled();
        let reason = if stopping { StopReason::ParentEnded } else { StopReason::Cancelled };
        self.tracker.stop(child, reason);
    }

    fn tools(&self) -> Vec<ToolSpec> {
        self.runner.inner().toolbox.specs()
    }

    fn asks_before(&self, tool: &str) -> bool {
        self.runner.inner().toolbox.asks_before(tool)
    }

    async fn tool_known(&self, tool: &str) -> Result<(), Failure> {
        self.runner.inner().toolbox.known(tool).await
    }

    async fn tools_settled(&self) {
        self.runner.inner().toolbox.settled().await;
    }

    fn approval_expires_in(&self) -> Option<Duration> {
        self.runner.inner().toolbox.approval_expires_in()
    }

    async fn check_arguments(&self, tool: &ToolSpec, arguments: &Value) -> Result<(), Failure> {
        let (schema, value) = (tool.parameters.clone(), arguments.clone());
        // The schema is a server's, and may take its time.
        let checked =
            tokio::task::spawn_blocking(move || rak_schema::validate_arguments(&schema, &value)).await;
        let invalid = |reason| {
            let message = format!("the arguments of {} cannot be used: {reason}", tool.name);
            Failure::new(FailureKind::InvalidArgument, message)
        };
        checked.map_err(|error| Failure::new(FailureKind::Failed, error.to_string()))?.map_err(invalid)
    }

    fn models(&self) -> Vec<ModelSummary> {
        self.runner.inner().models.as_ref().map(|models| models.summaries()).unwrap_or_default()
    }

    fn default_model(&self) -> Option<String> {
        self.runner.inner().models.as_ref()?.default_model()
    }

    async fn ask_model(
        &self,
        request: ModelRequest,
        on_delta: Option<OnDelta>,
    ) -> Result<ModelResponse, Failure> {
        let Some(models) = self.runner.inner().models.clone() else { return Err(no_model(&request.model)) };
        self.on_the_server(async move { models.complete(request, on_delta.as_deref()).await }).await
    }

    async fn embed(&self, request: EmbedRequest) -> Result<Embeddings, Failure> {
        let Some(models) = self.runner.inner().models.clone() else { return Err(no_model(&request.model)) };
        self.on_the_server(async move { models.embed(request).await }).await
    }

    async fn send_http(&self, request: HttpRequest) -> Result<HttpAnswer, Failure> {
        let Some(http) = self.runner.inner().http.clone() else {
            return Err(Failure::new(FailureKind::Unsupported, "this host lets nobody use HTTP"));
        };
        self.on_the_server(async move { http.send(request).await }).await
    }

    fn artifacts(&self) -> Option<Arc<dyn ArtifactService>> {
        self.runner.inner().artifacts.clone()
    }

    fn artifact_limits(&self) -> ArtifactLimits {
        self.runner.inner().artifact_limits
    }

    async fn call_tool(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        let toolbox = self.runner.inner().toolbox.clone();
        self.on_the_server(async move { toolbox.call(call).await }).await
    }

    fn give_way(&self) -> Option<Box<dyn Send>> {
        Some(Box::new(self.place.upgrade()?.lend()))
    }

    async fn history(&self, before: Option<u64>, limit: usize) -> Result<HistoryPage, Failure> {
        let position = Some(before.map_or(self.begins_at, |before| before.min(self.begins_at)));
        let limit = limit.clamp(1, MAX_HISTORY_PAGE);
        let query = HistoryQuery::Before { position, limit };
        Ok(self.sessions.history(&self.info.session, query).await?)
    }

    fn state(&self, key: &str) -> Result<Option<Value>, Failure> {
        readable_scope(key)?;
        Ok(self.run_state().values.get(key).cloned())
    }

    fn set_state(&self, key: &str, value: Value) -> Result<(), Failure> {
        let scope = settable_scope(key, &value)?;
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

/// The step to a state that is not terminal, in which nothing else changes.
pub(crate) fn resting(status: InvocationStatus, waiting: Option<Waiting>) -> InvocationStep {
    InvocationStep::Rests(rest(status, waiting))
}

/// The same with what it takes to go on.
pub(crate) fn resting_with(
    status: InvocationStatus,
    waiting: Option<Waiting>,
    resume: Option<Resume>,
) -> InvocationStep {
    InvocationStep::Rests(InvocationRest { resume, ..rest(status, waiting) })
}

fn rest(status: InvocationStatus, waiting: Option<Waiting>) -> InvocationRest {
    InvocationRest { status, reason: None, waiting, progress: None, usage: None, resume: None }
}
