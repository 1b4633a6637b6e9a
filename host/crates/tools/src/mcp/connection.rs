//! One life of a server: from its start to its end.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rak_core::{Failure, FailureKind, ToolAnswer, ToolCall};
use rmcp::RoleClient;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorCode, PaginatedRequestParams, ProtocolVersion,
    RequestMetaObject, SubscriptionFilter, Tool,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt as _, Peer, RunningService,
    RunningServiceCancellationToken, ServiceError,
};
use rmcp::transport::StreamableHttpClientTransport;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::answer::answer;
use super::client::Client;
use super::failure::{self, CallError, described};
use super::http::Http;
use super::process::Process;
use crate::settings::{McpSettings, McpTransport};

/// What the idempotency key of a call is called in the `_meta` of its request.
const IDEMPOTENCY_KEY: &str = "rak/idempotencyKey";
/// How long a server may take to answer at all: a package manager may have to fetch it first.
const START: Duration = Duration::from_mins(2);
/// How long a server may take to list its tools.
const LIST: Duration = Duration::from_mins(1);
/// How long a connection may take to close.
const CLOSE: Duration = Duration::from_secs(10);
/// How many tools a server may have: more than a model can choose from.
const MAX_TOOLS: usize = 1000;
/// On how many pages it may list them.
const MAX_PAGES: usize = 100;
/// How large a message may be that is no answer of a tool, in bytes: a list of many tools.
const MAX_MESSAGE_BYTES: usize = 4 << 20;
/// What a message has beside the answer in it, in bytes.
const ENVELOPE_BYTES: usize = 64 << 10;
/// The pause before a server is asked again to say when its tools change.
const LISTEN_AGAIN: Duration = Duration::from_secs(10);
/// Which revision of the protocol a server was found to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// It is asked for the newest one, and greeted in the older way where it does not know that.
    #[default]
    Unknown,
    Newest,
    Older,
}

impl Spoken {
    fn lifecycle(self) -> ClientLifecycleMode {
        let preferred_versions = vec![ProtocolVersion::LATEST];
        match self {
            Self::Unknown => ClientLifecycleMode::Auto {
                preferred_versions,
                legacy_version: Some(ProtocolVersion::LATEST_WITH_INITIALIZE),
            },
            Self::Newest => ClientLifecycleMode::Discover { preferred_versions },
            Self::Older => ClientLifecycleMode::Initialize,
        }
    }

    /// A server that needs longer to start than the question for its revision waits has answered that question when the
    /// other one was asked already. Which answer it was says what it speaks.
    fn learned(error: &ClientInitializeError) -> Self {
        match error {
            ClientInitializeError::ConflictInitResponseId(..) => Self::Newest,
            // And one that was asked for its revision may take no other greeting on the same connection.
            ClientInitializeError::UncorrelatedErrorResponse { .. }
            | ClientInitializeError::LegacyFallbackFailed { .. } => Self::Older,
            _ => Self::Unknown,
        }
    }
}

/// The way to a server that answers.
#[derive(Clone)]
pub(crate) struct Line {
    peer: Peer<RoleClient>,
    /// Told when the server has other tools.
    pub(crate) changed: Arc<Notify>,
    /// Told when a call finds that the server is not there any more.
    pub(crate) broken: Arc<Notify>,
}

impl Line {
    /// The revision of the protocol that was agreed on.
    pub(crate) fn protocol(&self) -> String {
        self.peer.peer_info().map_or_else(String::new, |info| info.protocol_version.to_string())
    }
}

/// A server that answers.
pub(crate) struct Connection {
    line: Line,
    closing: RunningServiceCancellationToken,
    /// Ready when the connection is over.
    over: Option<BoxFuture<'static, ()>>,
    process: Option<Process>,
}

/// Why there is none, and what was learned.
pub(crate) struct ConnectError {
    pub(crate) reason: String,
    pub(crate) spoken: Spoken,
}

impl From<String> for ConnectError {
    fn from(reason: String) -> Self {
        Self { reason, spoken: Spoken::Unknown }
    }
}

impl Connection {
    /// Starts the server, or goes there, and greets it; ends it again where the host ends meanwhile.
    pub(crate) async fn open(
        name: &Arc<str>,
        settings: &McpSettings,
        spoken: Spoken,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Result<Self, ConnectError> {
        let changed = Arc::new(Notify::new());
        let client = Client { changed: changed.clone() };
        let max_bytes = settings.max_response_bytes.max(MAX_MESSAGE_BYTES).saturating_add(ENVELOPE_BYTES);
        let (process, served) = match &settings.transport {
            transport @ McpTransport::Process { .. } => {
                let (process, transport) =
                    Process::start(name, transport, &settings.redactor, max_bytes, tasks)
                        .map_err(|error| cannot_start(transport, &error))?;
                let served = timeout(START, client.serve_with_lifecycle(transport, spoken.lifecycle()));
                (Some(process), stop.run_until_cancelled(served).await)
            }
            McpTransport::Http { url, headers } => {
                let config = Http::config(url.expose(), headers, max_bytes);
                let transport = StreamableHttpClientTransport::with_client(Http::new(url.expose())?, config);
                let served = timeout(START, client.serve_with_lifecycle(transport, spoken.lifecycle()));
                (None, stop.run_until_cancelled(served).await)
            }
        };
        match served {
            Some(Ok(Ok(service))) => Ok(Self::of(service, process, changed)),
            not_served => {
                let error = not_served.and_then(Result::ok).and_then(Result::err);
                // What it wrote says more than that it does not answer.
                let ended = match process {
                    Some(process) => Some(process.end().await),
                    None => None,
                };
                Err(not_greeted(error.as_ref(), ended))
            }
        }
    }

    fn of(
        service: RunningService<RoleClient, Client>,
        process: Option<Process>,
        changed: Arc<Notify>,
    ) -> Self {
        Self {
            line: Line { peer: service.peer().clone(), changed, broken: Arc::default() },
            closing: service.cancellation_token(),
            // How it was over does not matter: the log of the library says so.
            over: Some(service.waiting().map(drop).boxed()),
            process,
        }
    }

    pub(crate) fn line(&self) -> Line {
        self.line.clone()
    }

    /// Waits until the server ended by itself.
    pub(crate) async fn ended(&mut self) {
        // A process may end and leave another one that holds its output.
        let process = async {
            match &mut self.process {
                Some(process) => process.ended().await,
                None => pending().await,
            }
        };
        let over = async {
            match &mut self.over {
                Some(over) => over.await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = process => {}
            () = over => self.over = None,
        }
    }

    /// Closes it, and says how the server ended where that is known.
    pub(crate) async fn close(self) -> Option<String> {
        self.closing.cancel();
        if let Some(over) = self.over {
            // A server elsewhere need not say goodbye.
            let _ = timeout(CLOSE, over).await;
        }
        Some(self.process?.end().await)
    }
}

/// Why a program could not be started: the system names neither it nor its folder.
fn cannot_start(transport: &McpTransport, error: &std::io::Error) -> String {
    match transport {
        McpTransport::Process { folder: Some(folder), .. } if !folder.is_dir() => {
            format!("it cannot be started: there is no folder {}", folder.display())
        }
        McpTransport::Process { program, .. } => format!("{} cannot be started: {error}", program.display()),
        McpTransport::Http { .. } => format!("it cannot be started: {error}"),
    }
}

fn not_greeted(error: Option<&ClientInitializeError>, ended: Option<String>) -> ConnectError {
    let Some(error) = error else {
        return format!("it did not answer within {} seconds", START.as_secs()).into();
    };
    let reason = match error {
        ClientInitializeError::ConnectionClosed(_) => "it closed the connection".to_owned(),
        ClientInitializeError::JsonRpcError(error) => format!("it answered with an error: {}", error.message),
        ClientInitializeError::TransportError { error, .. } => described(error.error.as_ref()),
        ClientInitializeError::NoCompatibleProtocolVersion { server_supported, .. } => {
            format!("it speaks {server_supported:?} of the protocol, and this host does not")
        }
        ClientInitializeError::LegacyFallbackFailed { fallback, .. } => {
            not_greeted(Some(fallback), None).reason
        }
        _ => "its greeting is not that of an MCP server".to_owned(),
    };
    let reason = ended.map_or_else(|| reason.clone(), |ended| format!("{reason}; {ended}"));
    ConnectError { reason, spoken: Spoken::learned(error) }
}

/// All tools that the server has.
pub(crate) async fn list(line: &Line) -> Result<Vec<Tool>, String> {
    let pages = async {
        let (mut tools, mut cursor) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let page =
                line.peer.list_tools(Some(PaginatedRequestParams::default().with_cursor(cursor))).await?;
            tools.extend(page.tools);
            cursor = page.next_cursor;
            if cursor.is_none() || tools.len() > MAX_TOOLS {
                break;
            }
        }
        if cursor.is_some() || tools.len() > MAX_TOOLS {
            tracing::warn!(target: "rak::mcp", limit = MAX_TOOLS, "a server has too many tools; the rest is left out");
            tools.truncate(MAX_TOOLS);
        }
        Ok(tools)
    };
    match timeout(LIST, pages).await {
        Ok(Ok(tools)) => Ok(tools),
        // It offers something else than tools.
        Ok(Err(ServiceError::McpError(error))) if error.code == ErrorCode::METHOD_NOT_FOUND => Ok(Vec::new()),
        Ok(Err(error)) => Err(failure::reason(&error)),
        Err(_) => Err(format!("it did not list its tools within {} seconds", LIST.as_secs())),
    }
}

/// Tells of changes of the tools for as long as the server is there, where it has to be asked for that: in the newest
/// revision of the protocol. In the older one it says so by itself.
pub(crate) async fn heed_changes(line: &Line) -> Infallible {
    let asks = line.peer.peer_info().is_some_and(|info| {
        let tells = info.capabilities.tools.as_ref().and_then(|tools| tools.list_changed) == Some(true);
        tells && !info.protocol_version.has_initialize()
    });
    if !asks {
        return pending().await;
    }
    loop {
        let filter = SubscriptionFilter::builder().tools_list_changed().build();
        match line.peer.listen(filter).await {
            Ok(mut told) => {
                // What changed before it was listened to.
                line.changed.notify_one();
                while let Ok(Some(_)) = told.next().await {
                    line.changed.notify_one();
                }
            }
            Err(error) => {
                let reason = failure::reason(&error);
                tracing::debug!(target: "rak::mcp", reason, "a server does not say when its tools change");
            }
        }
        sleep(LISTEN_AGAIN).await;
    }
}

/// Calls a tool. Dropping the future tells the server that nobody waits any more.
pub(crate) async fn call(
    line: &Line,
    tool: &str,
    call: &ToolCall,
    limit: usize,
) -> Result<ToolAnswer, CallError> {
    let mut request = CallToolRequestParams::new(tool.to_owned());
    if let Value::Object(arguments) = &call.args {
        request = request.with_arguments(arguments.clone());
    }
    let mut meta = RequestMetaObject::new();
    meta.0.insert(IDEMPOTENCY_KEY.to_owned(), call.idempotency_key.as_str().into());
    request.meta = Some(meta);
    let unusable = |failure| CallError { failure, is_broken: false };
    match line.peer.call_tool_once(request).await {
        Ok(CallToolResponse::Complete(result)) => answer(result, limit).map_err(unusable),
        Ok(_) => {
            let message = "the server asks for something in return, which this host does not have";
            Err(unusable(Failure::new(FailureKind::Unsupported, message)))
        }
        Err(error) => Err(failure::of_call(&error, limit)),
    }
}
