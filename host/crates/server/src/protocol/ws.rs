//! Messages of the WebSocket: text frames with one JSON object each, told apart by `type`.
//!
//! Clients that negotiate the subprotocol [`SUBPROTOCOL_V2`] may also send [`WsClientMessage::Subscribe`],
//! [`WsClientMessage::Pause`], [`WsClientMessage::Resume`], [`WsClientMessage::Respond`] and [`WsClientMessage::Ping`], and
//! get [`WsServerMessage::Progress`], [`WsServerMessage::InputRequired`] and `seq` beside the data of events. To others
//! those do not exist.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::time::Duration;

use rak_core::{
    AppName, Content, Event, IdempotencyKey, IfBusy, InputRequest, InvocationId, InvocationStatus,
    OnDisconnect, Priority, RunConfig, SessionId, UserId,
};
use serde::{Deserialize, Serialize};

use crate::json;
use crate::protocol::rest::{BusyPolicy, DisconnectPolicy, InvocationBody, RespondBody};

/// The name of the newer protocol, for the header `Sec-WebSocket-Protocol`.
pub const SUBPROTOCOL_V2: &str = "rak.v2";

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WsClientMessage {
    /// Starts a run.
    Run(Box<WsRun>),
    /// Stops an invocation, of this socket or of another one.
    Cancel(WsTarget),
    /// Asks where an invocation is.
    Status(WsTarget),
    /// Lets an invocation rest.
    Pause(WsTarget),
    /// Lets a paused invocation go on.
    Resume(WsTarget),
    /// Answers a question of an invocation, or says something to it.
    Respond(Box<WsRespond>),
    /// Listens to an invocation.
    Subscribe(WsSubscribe),
    /// Asks for a [`WsServerMessage::Pong`].
    Ping(WsPing),
}

/// A run to be started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WsRun {
    /// The session; wins over the one in the path of the socket.
    #[serde(alias = "session_id")]
    pub session_id: SessionId,
    /// What the user says.
    #[serde(alias = "new_message")]
    pub new_message: Content,
    /// The agent, for a session that does not exist or whose id exists for several agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_name: Option<AppName>,
    /// The user, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Anything; comes back in `started` and in `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether text that is still being written is wanted; yes where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streaming: Option<bool>,
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

impl WsRun {
    /// A run that says only this.
    pub fn new(session_id: SessionId, new_message: Content) -> Self {
        Self {
            session_id,
            new_message,
            app_name: None,
            user_id: None,
            request_id: None,
            streaming: None,
            on_disconnect: None,
            if_busy: None,
            timeout_ms: None,
            priority: None,
            idempotency_key: None,
        }
    }

    /// Its options, as the runner takes them.
    pub(crate) fn config(&self) -> RunConfig {
        RunConfig {
            streaming: self.streaming.unwrap_or(true),
            if_busy: self.if_busy.map(IfBusy::from).unwrap_or_default(),
            on_disconnect: self.on_disconnect.map(OnDisconnect::from),
            timeout: self.timeout_ms.map(|ms| Duration::from_millis(ms.get())),
            priority: self.priority.unwrap_or_default(),
            idempotency_key: self.idempotency_key.clone(),
        }
    }
}

impl WsClientMessage {
    /// Starts a run that says only this; [`WsRun`] has more to say.
    pub fn run(session_id: SessionId, new_message: Content) -> Self {
        Self::Run(Box::new(WsRun::new(session_id, new_message)))
    }

    /// Stops an invocation.
    pub fn cancel(invocation_id: InvocationId) -> Self {
        Self::Cancel(WsTarget { invocation_id: invocation_id.to_string() })
    }

    /// Asks where an invocation is.
    pub fn status(invocation_id: InvocationId) -> Self {
        Self::Status(WsTarget { invocation_id: invocation_id.to_string() })
    }
}

/// Which invocation is meant. Any text: one that is no id is the id of nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WsTarget {
    /// Its id.
    #[serde(alias = "invocation_id")]
    pub invocation_id: String,
}

/// What is said to an invocation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WsRespond {
    /// Its id.
    #[serde(alias = "invocation_id")]
    pub invocation_id: String,
    /// What is said.
    #[serde(flatten)]
    pub body: RespondBody,
}

/// From where an invocation is listened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WsSubscribe {
    /// Its id.
    pub invocation_id: String,
    /// Events with numbers above this one; 0 begins at the beginning.
    #[serde(default)]
    pub after: u64,
}

/// Nothing is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WsPing {}

/// Why a text is no message. The text says where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WsMessageError(String);

impl FromStr for WsClientMessage {
    type Err = WsMessageError;

    /// The same as [`Deserialize`], with better errors: the type is looked at first, so that what is wrong inside can
    /// be named by its path.
    fn from_str(text: &str) -> Result<Self, WsMessageError> {
        #[derive(Deserialize)]
        #[serde(expecting = "an object with a type")]
        struct Tagged<'a> {
            #[serde(borrow, rename = "type")]
            kind: Cow<'a, str>,
        }
        fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, WsMessageError> {
            json::read(text).map_err(|error| WsMessageError(error.to_string()))
        }
        let Tagged { kind } = read(text)?;
        match &*kind {
            "run" => Ok(Self::Run(read(text)?)),
            "cancel" => Ok(Self::Cancel(read(text)?)),
            "status" => Ok(Self::Status(read(text)?)),
            "pause" => Ok(Self::Pause(read(text)?)),
            "resume" => Ok(Self::Resume(read(text)?)),
            "respond" => Ok(Self::Respond(read(text)?)),
            "subscribe" => Ok(Self::Subscribe(read(text)?)),
            "ping" => Ok(Self::Ping(read(text)?)),
            _ => Err(Self::unknown(&kind)),
        }
    }
}

impl WsClientMessage {
    /// The error for a type that does not exist, or not in the protocol that was negotiated.
    pub(crate) fn unknown(kind: &str) -> WsMessageError {
        let v1 = r#""run", "cancel", "status""#;
        WsMessageError(format!(
            "unknown type {kind:?}, expected {v1}, or, with {SUBPROTOCOL_V2}, \"pause\", \"resume\", \"respond\", \
             \"subscribe\", \"ping\""
        ))
    }
}

/// What the server says. The server itself writes `event` without this type: it has the JSON of the event already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum WsServerMessage {
    /// The first message of a run.
    Started {
        /// The id of the run.
        invocation_id: InvocationId,
        /// What the client called it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// Something happened in a run.
    Event {
        /// In which one.
        invocation_id: InvocationId,
        /// The number of the event, with [`SUBPROTOCOL_V2`], where it is stored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        /// What happened.
        data: Box<Event>,
    },
    /// How far a run is.
    Progress {
        /// Which one.
        invocation_id: InvocationId,
        /// What is being done.
        message: String,
        /// Units done, in a unit of the agent's choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        done: Option<u64>,
        /// Units in all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<u64>,
    },
    /// An agent asks a person.
    InputRequired {
        /// In which run.
        invocation_id: InvocationId,
        /// The number of the event.
        seq: u64,
        /// What it asks.
        request: Box<InputRequest>,
    },
    /// What was said to an invocation is stored.
    Responded {
        /// Which one.
        invocation_id: InvocationId,
        /// What was answered; for a message, which one it is.
        request_id: String,
    },
    /// The last message of a run, however it ended.
    Completed {
        /// Which one.
        invocation_id: InvocationId,
    },
    /// A run was cancelled.
    Cancelled {
        /// Which one.
        invocation_id: InvocationId,
    },
    /// An invocation rests, or does so at its next call to the host.
    Paused {
        /// Which one.
        invocation_id: InvocationId,
    },
    /// An invocation goes on.
    Resumed {
        /// Which one.
        invocation_id: InvocationId,
    },
    /// Where an invocation is.
    Status {
        /// The id as the client gave it.
        invocation_id: String,
        /// Where it is.
        status: WsStatus,
        /// All that is known of it, as over REST; to clients of `rak.v2`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invocation: Option<Box<InvocationBody>>,
    },
    /// The answer to a ping.
    Pong,
    /// Something went wrong.
    Error {
        /// What, for a person.
        message: String,
        /// The same as a stable word, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The invocation it is about, as the client gave it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invocation_id: Option<String>,
        /// What the client called the run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
        /// When trying again may help, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
}

impl WsServerMessage {
    /// An error that is about nothing in particular.
    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self::Error {
            message: message.into(),
            code: None,
            invocation_id: None,
            request_id: None,
            retry_after_ms: None,
        }
    }
}

/// Where an invocation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WsStatus {
    /// In the words of the first protocol.
    First(FirstStatus),
    /// As over REST; to clients of `rak.v2`.
    Exact(InvocationStatus),
}

/// Where an invocation is, in the words of the first protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstStatus {
    /// It waits or runs.
    Active,
    /// It is over.
    Completed,
    /// It was, or is being, cancelled.
    Cancelled,
    /// There is none, or it ended long ago.
    NotFound,
}

impl fmt::Display for WsStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First(FirstStatus::Active) => f.write_str("active"),
            Self::First(FirstStatus::Completed) => f.write_str("completed"),
            Self::First(FirstStatus::Cancelled) => f.write_str("cancelled"),
            Self::First(FirstStatus::NotFound) => f.write_str("not_found"),
            Self::Exact(status) => status.fmt(f),
        }
    }
}

impl From<Option<InvocationStatus>> for FirstStatus {
    fn from(status: Option<InvocationStatus>) -> Self {
        match status {
            None => Self::NotFound,
            Some(
                InvocationStatus::Queued
                | InvocationStatus::Active
                | InvocationStatus::Waiting
                | InvocationStatus::Paused,
            ) => Self::Active,
            Some(InvocationStatus::Cancelled) => Self::Cancelled,
            Some(
                InvocationStatus::Completed
                | InvocationStatus::Failed
                | InvocationStatus::TimedOut
                | InvocationStatus::Interrupted,
            ) => Self::Completed,
        }
    }
}
