//! What is known of a server, how it is called, and the task that keeps it there.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use rak_core::{Failure, FailureKind, ToolAnswer, ToolCall, ToolSpec};
use rak_settings::shortened;
use rmcp::model::Tool;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backoff::Backoff;
use super::catalog::{Catalog, catalog};
use super::connection::{self, Connection, Line, Spoken};
use super::failure::{CallError, not_there};
use crate::failure::{no_arguments, unknown};
use crate::patterns::ToolPatterns;
use crate::settings::McpSettings;

/// How much of what a server says is passed on, in bytes.
const MAX_TEXT_BYTES: usize = 2000;

/// A server, whether it is there or not.
pub(crate) struct McpServer {
    name: Arc<str>,
    settings: McpSettings,
    needs_approval: ToolPatterns,
    state: watch::Sender<State>,
}

/// What is known of it now. Its tools stay known while it is started again: an agent that knows them is told to come back.
#[derive(Clone, Default)]
struct State {
    phase: Phase,
    tools: Arc<Catalog>,
    /// Whether it was there, or could not be there, at least once.
    is_settled: bool,
}

#[derive(Clone, Default)]
enum Phase {
    /// It is being started, and may answer soon.
    #[default]
    Starting,
    Ready(Line),
    /// It ended, or could not be started, and is started again at a time.
    Down {
        reason: Arc<str>,
        again_at: Instant,
    },
    /// The host ends.
    Stopped,
}

impl McpServer {
    pub(crate) fn new(name: &str, settings: McpSettings, needs_approval: ToolPatterns) -> Self {
        let (state, _) = watch::channel(State::default());
        Self { name: name.into(), settings, needs_approval, state }
    }

    pub(crate) fn specs(&self) -> Vec<ToolSpec> {
        self.state.borrow().tools.values().cloned().collect()
    }

    pub(crate) fn spec(&self, tool: &str) -> Option<ToolSpec> {
        self.state.borrow().tools.get(tool).cloned()
    }

    /// Waits until it was there once, or could not be.
    pub(crate) async fn settled(&self) {
        // The sender is in `self`.
        let _ = self.state.subscribe().wait_for(|state| state.is_settled).await;
    }

    /// Returns when it is known whether it has a tool. One that has been there keeps its tools while it is started again;
    /// one that never was is waited for, and where it cannot be there the failure says why.
    pub(crate) async fn known(&self, tool: &str) -> Result<(), Failure> {
        if self.spec(tool).is_some() {
            return Ok(());
        }
        // Its start has a limit of its own.
        self.line(None).await.map(drop)
    }

    /// Waits until something about it changes.
    pub(crate) fn watch(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut state = self.state.subscribe();
        async move {
            let _ = state.changed().await;
        }
    }

    /// Calls a tool that it has.
    pub(crate) async fn call(&self, tool: &str, call: &ToolCall) -> Result<ToolAnswer, Failure> {
        // What its caller allows is all the time there is; what the settings allow is the tool's.
        let line = self.line(call.timeout.map(|timeout| Instant::now() + timeout)).await?;
        let limit = call.timeout.unwrap_or(Duration::MAX).min(self.settings.timeout);
        let deadline = Instant::now() + limit;
        let spec = self.spec(tool).ok_or_else(|| unknown(&call.name))?;
        let parameters = spec.parameters;
        let args = call.args.clone();
        // A schema of a server may take a while to be looked at.
        let checked = tokio::task::spawn_blocking(move || rak_schema::validate_arguments(&parameters, &args));
        checked
            .await
            .unwrap_or_else(|error| Err(error.to_string()))
            .map_err(|mistakes| no_arguments(&call.name, &mistakes))?;
        let answer = connection::call(&line, tool, call, self.settings.max_response_bytes);
        match timeout_at(deadline, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(CallError { mut failure, is_broken })) => {
                if is_broken {
                    line.broken.notify_one();
                }
                failure.message = self.shown(failure.message);
                Err(failure)
            }
            Err(_) => {
                let message =
                    format!("the tool did not answer within {} ms, and was told to stop", limit.as_millis());
                Err(Failure::new(FailureKind::DeadlineExceeded, message))
            }
        }
    }

    /// What a server or the way to it said, as it may be shown.
    fn shown(&self, text: String) -> String {
        shortened(self.settings.redactor.redact(text), MAX_TEXT_BYTES)
    }

    /// The way to it; one that is being started is waited for.
    async fn line(&self, deadline: Option<Instant>) -> Result<Line, Failure> {
        let mut state = self.state.subscribe();
        let there = state.wait_for(|state| !matches!(state.phase, Phase::Starting));
        let there = match deadline {
            Some(deadline) => timeout_at(deadline, there).await.ok(),
            None => Some(there.await),
        };
        let phase = there.and_then(Result::ok).map(|state| state.phase.clone());
        match phase {
            Some(Phase::Ready(line)) => Ok(line),
            Some(Phase::Down { reason, again_at }) => {
                let again_in = again_at.saturating_duration_since(Instant::now());
                Err(not_there(&self.name, &reason, Some(again_in)))
            }
            Some(Phase::Stopped) => Err(not_there(&self.name, "the host ends", None)),
            Some(Phase::Starting) | None => Err(not_there(&self.name, "it is still being started", None)),
        }
    }

    /// Keeps it there until the host ends.
    pub(crate) async fn keep(self: Arc<Self>, stop: CancellationToken, tasks: TaskTracker) {
        let mut backoff = Backoff::new(self.settings.restart_after);
        let mut spoken = Spoken::Unknown;
        loop {
            self.enter(Phase::Starting);
            let started = Instant::now();
            let reason = match self.live(spoken, &stop, &tasks).await {
                Life::Stopped => break,
                Life::Learned(learned) => {
                    spoken = learned;
                    continue;
                }
                Life::NotBegun(reason) => {
                    // Some that are older end when they are asked for their revision, and any may have been replaced.
                    spoken = match spoken {
                        Spoken::Unknown => Spoken::Older,
                        Spoken::Newest | Spoken::Older => Spoken::Unknown,
                    };
                    reason
                }
                Life::Ended(reason) => reason,
            };
            let (server, reason) = (&*self.name, self.shown(reason));
            let pause = backoff.after(started.elapsed());
            tracing::warn!(target: "rak::mcp", server, reason, ?pause, "an MCP server is not there; it is started again");
            self.enter(Phase::Down { reason: reason.into(), again_at: Instant::now() + pause });
            if stop.run_until_cancelled(sleep(pause)).await.is_none() {
                break;
            }
        }
        self.enter(Phase::Stopped);
    }

    async fn live(&self, spoken: Spoken, stop: &CancellationToken, tasks: &TaskTracker) -> Life {
        let opened = Connection::open(&self.name, &self.settings, spoken, stop, tasks).await;
        let mut connection = match opened {
            Ok(connection) => connection,
            Err(_) if stop.is_cancelled() => return Life::Stopped,
            // One that was greeted as it was found to speak is not tried again without a pause.
            Err(error) if spoken == Spoken::Unknown && error.spoken != Spoken::Unknown => {
                return Life::Learned(error.spoken);
            }
            Err(error) => return Life::NotBegun(error.reason),
        };
        let ended = self.attend(&mut connection, stop).await;
        let how = connection.close().await;
        match ended {
            None => Life::Stopped,
            Some(reason) => Life::Ended(how.map_or(reason.clone(), |how| format!("{reason}; {how}"))),
        }
    }

    /// Keeps its tools known until it ends, and says why it did; nothing where the host does.
    async fn attend(&self, connection: &mut Connection, stop: &CancellationToken) -> Option<String> {
        let line = connection.line();
        // Whether the server is there, as far as is known.
        let mut is_known = false;
        line.changed.notify_one();
        let mut heeded = pin!(connection::heed_changes(&line));
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                () = connection.ended() => return Some("it closed the connection".to_owned()),
                never = &mut heeded => match never {},
                // One call may have failed alone; a list tells whether the server is there.
                () = line.broken.notified() => is_known = false,
                () = line.changed.notified() => {}
            }
            match stop.run_until_cancelled(connection::list(&line)).await? {
                Ok(tools) => self.ready(&line, tools),
                Err(reason) if !is_known => return Some(reason),
                Err(reason) => {
                    let (server, reason) = (&*self.name, self.shown(reason));
                    tracing::warn!(target: "rak::mcp", server, reason, "the tools could not be listed again");
                }
            }
            is_known = true;
        }
    }

    fn ready(&self, line: &Line, tools: Vec<Tool>) {
        let tools = catalog(&self.name, &self.settings, &self.needs_approval, tools);
        let (server, count, protocol) = (&*self.name, tools.len(), line.protocol());
        tracing::info!(target: "rak::mcp", server, tools = count, protocol, "the tools of an MCP server are known");
        let phase = Phase::Ready(line.clone());
        self.state.send_replace(State { phase, tools: Arc::new(tools), is_settled: true });
    }

    fn enter(&self, phase: Phase) {
        self.state.send_modify(|state| {
            state.is_settled |= !matches!(phase, Phase::Starting);
            state.phase = phase;
        });
    }
}

/// How one life of a server went.
enum Life {
    /// The host ends.
    Stopped,
    /// It has to be greeted otherwise.
    Learned(Spoken),
    /// It was not there.
    NotBegun(String),
    /// It was there, and is not any more.
    Ended(String),
}
