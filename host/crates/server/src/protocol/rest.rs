//! Bodies and parameters of the REST routes. Unknown keys are ignored.

mod agents;
mod artifacts;
mod parameters;
mod recording;
mod respond;

use std::num::NonZeroU64;
use std::time::Duration;

use rak_core::time::UnixMillis;
use rak_core::{
    AppName, Content, Event, IdempotencyKey, IfBusy, InvocationId, InvocationRecord, InvocationStatus,
    OnDisconnect, Priority, Progress, RunConfig, Session, SessionId, SessionKey, StateDelta, Usage, UserId,
    Waiting,
};
use serde::{Deserialize, Serialize};

pub use self::agents::{AgentList, PinChange, Rollback, VersionList, VersionName, VersionNameError};
pub use self::artifacts::{ArtifactList, ArtifactVersionList};
use self::parameters::empty_is_absent;
pub use self::parameters::{
    ArtifactListParameters, ArtifactParameters, DEFAULT_LIMIT, Digest, DigestError, InvocationListParameters,
    MAX_LIMIT, ReplayParameters, SessionListParameters, SessionParameters, UploadParameters,
};
pub(crate) use self::parameters::{MAX_POSITION, page_size};
pub use self::recording::{PlacedEvent, RECORDING_FORMAT, RecordedJournal, Recording, SeedText};
pub use self::respond::{DecisionBody, DecisionWord, RespondAnswer, RespondBody};

/// The body of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// What is wrong, for a person.
    pub error: String,
    /// The same as a stable word.
    pub code: String,
    /// When trying again may help, in milliseconds; the header `Retry-After` says it in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The invocation that has the session, where the session is busy, or that was started with the same key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invocation_id: Option<InvocationId>,
    /// The sessions that could be meant, where it is not clear which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<SessionName>,
}

/// `POST /api/v1/sessions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSession {
    /// The agent.
    pub app_name: AppName,
    /// Whose session it is to be.
    pub user_id: UserId,
    /// Its id; a new one is made where this is absent or empty.
    #[serde(default, deserialize_with = "empty_is_absent", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Its first state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateDelta>,
    /// The version of the agent that its runs are to stay on.
    #[serde(default, alias = "agent_version", skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<VersionName>,
}

/// The three names of a session; the answer to [`CreateSession`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionName {
    /// The id.
    pub session_id: SessionId,
    /// The agent.
    pub app_name: AppName,
    /// Whose it is.
    pub user_id: UserId,
}

impl From<&SessionKey> for SessionName {
    fn from(key: &SessionKey) -> Self {
        let SessionKey { app_name, user_id, session_id } = key.clone();
        Self { session_id, app_name, user_id }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionBody {
    /// The id.
    pub session_id: SessionId,
    /// The agent.
    pub app_name: AppName,
    /// Whose it is.
    pub user_id: UserId,
    /// Its state; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateDelta>,
    /// The version of the agent that its runs stay on; absent where they take the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

impl SessionBody {
    /// The session without its state.
    pub(crate) fn listed(session: Session) -> Self {
        let SessionKey { app_name, user_id, session_id } = session.key;
        Self {
            session_id,
            app_name,
            user_id,
            state: None,
            agent_version: session.agent_version,
            created_at: session.created_at,
            updated_at: session.updated_at,
        }
    }

    pub(crate) fn whole(mut session: Session) -> Self {
        let state = Some(std::mem::take(&mut session.state));
        Self { state, ..Self::listed(session) }
    }
}

/// `GET /api/v1/sessions`: the one that changed last comes first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<SessionBody>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `PATCH /api/v1/sessions/{id}`: one of them at least.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PatchSession {
    /// Values to set, `null` to remove a key; `user:` and `app:` keys reach their scopes.
    #[serde(alias = "state_delta", skip_serializing_if = "Option::is_none")]
    pub state_delta: Option<StateDelta>,
    /// The version of the agent that its runs are to stay on; `null` lets go of the one it has.
    #[serde(alias = "agent_version", skip_serializing_if = "PinChange::is_keep")]
    pub agent_version: PinChange,
}

/// `GET /api/v1/sessions/{id}/events`: what was said in a session, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History<E = Event> {
    /// The events.
    pub events: Vec<E>,
    /// The `after` of the next page; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// `POST /api/v1/sessions/{id}/run` and `…/run/sse`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunBody {
    /// What the user says.
    #[serde(alias = "new_message")]
    pub new_message: Content,
    /// Whether text that is still being written is wanted. Absent: over SSE yes, in one answer no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streaming: Option<bool>,
    /// The agent, for a session that does not exist or whose id exists for several agents.
    #[serde(default, deserialize_with = "empty_is_absent", skip_serializing_if = "Option::is_none")]
    pub app_name: Option<AppName>,
    /// The user, likewise.
    #[serde(default, deserialize_with = "empty_is_absent", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// What becomes of the run when the connection is lost; the server's setting where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_disconnect: Option<DisconnectPolicy>,
    /// What happens where another run has the session; `reject` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_busy: Option<BusyPolicy>,
    /// The longest the run may take, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<NonZeroU64>,
    /// How urgent it is among the runs that wait for a place, from -100 to 100; 0 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// A second start with the same key in the session, and the same message, is the same invocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<IdempotencyKey>,
}

impl RunBody {
    /// A run that says only this.
    pub fn new(new_message: Content) -> Self {
        Self {
            new_message,
            streaming: None,
            app_name: None,
            user_id: None,
            on_disconnect: None,
            if_busy: None,
            timeout_ms: None,
            priority: None,
            idempotency_key: None,
        }
    }

    /// Its options, as the runner takes them. `streaming` is what it means to say nothing about that.
    pub(crate) fn config(&self, streaming: bool) -> RunConfig {
        RunConfig {
            streaming: self.streaming.unwrap_or(streaming),
            if_busy: self.if_busy.map(IfBusy::from).unwrap_or_default(),
            on_disconnect: self.on_disconnect.map(OnDisconnect::from),
            timeout: self.timeout_ms.map(|ms| Duration::from_millis(ms.get())),
            priority: self.priority.unwrap_or_default(),
            idempotency_key: self.idempotency_key.clone(),
        }
    }
}

/// The answer to `POST /api/v1/sessions/{id}/run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunAnswer {
    /// Which invocation it was.
    pub invocation_id: InvocationId,
    /// Its events; the last one is the terminal event, however the run ended.
    pub events: Vec<Event>,
    /// What went wrong, where the run failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same as a stable word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `"cancel"`, `"continue"` or `{"graceMs": 30000}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DisconnectPolicy {
    /// The run is cancelled.
    Cancel,
    /// It goes on alone.
    Continue,
    /// It is cancelled unless somebody listens again within so many milliseconds.
    GraceMs(u64),
}

impl From<DisconnectPolicy> for OnDisconnect {
    fn from(policy: DisconnectPolicy) -> Self {
        match policy {
            DisconnectPolicy::Cancel => Self::Cancel,
            DisconnectPolicy::Continue => Self::Continue,
            DisconnectPolicy::GraceMs(ms) => Self::Grace(Duration::from_millis(ms)),
        }
    }
}

/// `"reject"`, `"queue"` or `"interrupt"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BusyPolicy {
    /// The run is refused.
    Reject,
    /// It waits for its turn.
    Queue,
    /// It stops the run in progress and goes next.
    Interrupt,
}

impl From<BusyPolicy> for IfBusy {
    fn from(policy: BusyPolicy) -> Self {
        match policy {
            BusyPolicy::Reject => Self::Reject,
            BusyPolicy::Queue => Self::Queue,
            BusyPolicy::Interrupt => Self::Interrupt,
        }
    }
}

/// `GET /api/v1/invocations/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvocationBody {
    /// Its id.
    pub invocation_id: InvocationId,
    /// The session it runs in.
    pub session_id: SessionId,
    /// The agent.
    pub app_name: AppName,
    /// Whose session it is.
    pub user_id: UserId,
    /// The invocation that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<InvocationId>,
    /// Digest of the component that runs.
    pub agent_version: String,
    /// Where it is; one that is being stopped has the status it is going to end with.
    pub status: InvocationStatus,
    /// How many go before it, where it waits for its session or for a place: 0 for the one that is next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_position: Option<usize>,
    /// What it waits for, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Whether it survives the process.
    #[serde(default)]
    pub durable: bool,
    /// Why it ended so: a stable word, where it did not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 1 for the first run; one more each time the host ended while it ran.
    pub attempt: u32,
    /// When it was admitted, in milliseconds since 1970.
    pub started_at: UnixMillis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixMillis>,
    /// The newest progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What it used; zero while it runs.
    pub usage: Usage,
}

impl InvocationBody {
    /// What is stored, or, while it is not over there, what the tracker says.
    pub(crate) fn new(record: InvocationRecord, live: Option<InvocationStatus>) -> Self {
        let SessionKey { app_name, user_id, session_id } = record.session;
        let status = if record.status.is_terminal() { record.status } else { live.unwrap_or(record.status) };
        Self {
            invocation_id: record.id,
            session_id,
            app_name,
            user_id,
            parent_id: record.parent.map(|parent| parent.invocation_id),
            agent_version: record.agent_version,
            status,
            queue_position: None,
            // A question can be answered while the run is paused, too.
            waiting: record.waiting.filter(|waiting| match status {
                InvocationStatus::Waiting => true,
                InvocationStatus::Paused => !waiting.requests.is_empty(),
                _ => false,
            }),
            durable: record.resume.is_some(),
            // Why a host that ended had put it away is nothing that anybody asks.
            reason: record.reason.filter(|_| record.status.is_terminal()),
            attempt: record.attempt,
            started_at: record.started_at,
            ended_at: record.ended_at,
            progress: record.progress,
            usage: record.usage,
        }
    }
}

/// `GET /api/v1/invocations`: the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvocationList {
    /// The invocations.
    pub invocations: Vec<InvocationBody>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<InvocationId>,
}
