//! Reads from a socket, and does what is asked without waiting for any run.

use std::collections::HashMap;
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use rak_core::{InvocationId, RunError};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::error::Error as FrameError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tracing::Instrument as _;

use super::outbox::{Outbox, OutboxError, Outgoing};
use super::run_feed::{CancelNotice, RunFeed};
use crate::error::ApiError;
use crate::protocol::rest::MAX_POSITION;
use crate::protocol::ws::{WsClientMessage, WsRespond, WsRun, WsServerMessage, WsStatus, WsSubscribe};
use crate::routes::invocations;
use crate::state::AppState;
use crate::ws_connection::Dialect;

/// The shortest time between two pings, whatever the settings say.
const MIN_PING_INTERVAL: Duration = Duration::from_millis(10);

/// Reads one socket. Dropping it lets go of its runs.
pub(super) struct Reader {
    state: AppState,
    outbox: Outbox,
    /// Runs, which give their ids back, and subscriptions.
    feeds: JoinSet<Option<InvocationId>>,
    /// The runs that this socket started.
    runs: HashMap<InvocationId, CancelNotice>,
    last_heard: Instant,
}

/// What is asked of an invocation that is not over.
#[derive(Clone, Copy)]
enum Control {
    Pause,
    Resume,
}

/// The connection is at its end; with a frame, where the client is still to be told.
type Farewell = Option<CloseFrame>;

fn close(code: CloseCode, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
}

impl Reader {
    pub(super) fn new(state: AppState, outbox: Outbox) -> Self {
        Self { state, outbox, feeds: JoinSet::new(), runs: HashMap::new(), last_heard: Instant::now() }
    }

    /// Reads until the connection is to end.
    pub(super) async fn read<F>(&mut self, frames: &mut F) -> Farewell
    where
        F: Stream<Item = Result<Message, FrameError>> + Unpin,
    {
        let settings = self.state.settings.clone();
        let closing = self.state.lifecycle.closing.clone();
        let period = settings.ping_interval.max(MIN_PING_INTERVAL);
        let mut pings = interval_at(Instant::now() + period, period);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if closing.is_cancelled() && self.feeds.is_empty() {
                return Some(close(CloseCode::Away, "the server is shutting down"));
            }
            tokio::select! {
                // What is quick goes first: a flood of frames must not keep the rest waiting.
                biased;
                Some(ended) = self.feeds.join_next() => match ended {
                    Ok(run) => self.forget(run),
                    Err(error) => {
                        tracing::error!(%error, "the host panicked while it fed a socket");
                        return Some(close(CloseCode::Error, "the server failed"));
                    }
                },
                () = closing.cancelled(), if !closing.is_cancelled() => {}
                _ = pings.tick() => {
                    if self.last_heard.elapsed() >= settings.idle_timeout {
                        return Some(close(CloseCode::Policy, "nothing was heard from the client"));
                    }
                    self.outbox.try_send(Outgoing::Ping);
                }
                frame = frames.next() => {
                    self.last_heard = Instant::now();
                    match frame {
                        Some(Ok(Message::Close(_))) | None => return None,
                        Some(Ok(message)) => {
                            if let Err(error) = self.handle(message).await {
                                return farewell_of_outbox(&error);
                            }
                        }
                        Some(Err(error)) => return farewell_of_frame(&error),
                    }
                }
            }
        }
    }

    async fn handle(&mut self, message: Message) -> Result<(), OutboxError> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => {
                return self.reply(WsServerMessage::error("Binary messages not supported")).await;
            }
            _ => return Ok(()),
        };
        let parsed = text.as_str().parse().and_then(|message| match message {
            WsClientMessage::Subscribe(_) if self.outbox.dialect() == Dialect::V1 => {
                Err(WsClientMessage::unknown("subscribe"))
            }
            WsClientMessage::Ping(_) if self.outbox.dialect() == Dialect::V1 => {
                Err(WsClientMessage::unknown("ping"))
            }
            WsClientMessage::Pause(_) if self.outbox.dialect() == Dialect::V1 => {
                Err(WsClientMessage::unknown("pause"))
            }
            WsClientMessage::Resume(_) if self.outbox.dialect() == Dialect::V1 => {
                Err(WsClientMessage::unknown("resume"))
            }
            WsClientMessage::Respond(_) if self.outbox.dialect() == Dialect::V1 => {
                Err(WsClientMessage::unknown("respond"))
            }
            message => Ok(message),
        });
        // What is seldom asked for is boxed: a socket holds room for all of it for as long as it is open.
        match parsed {
            Ok(WsClientMessage::Run(run)) => self.run(*run).await,
            Ok(WsClientMessage::Cancel(target)) => Box::pin(self.cancel(target.invocation_id)).await,
            Ok(WsClientMessage::Status(target)) => self.status(target.invocation_id).await,
            Ok(WsClientMessage::Pause(target)) => {
                Box::pin(self.control(target.invocation_id, Control::Pause)).await
            }
            Ok(WsClientMessage::Resume(target)) => {
                Box::pin(self.control(target.invocation_id, Control::Resume)).await
            }
            Ok(WsClientMessage::Respond(respond)) => Box::pin(self.respond(*respond)).await,
            Ok(WsClientMessage::Subscribe(subscribe)) => self.subscribe(subscribe).await,
            Ok(WsClientMessage::Ping(_)) => self.reply(WsServerMessage::Pong).await,
            Err(error) => {
                self.reply(WsServerMessage::error(format!("Invalid message format: {error}"))).await
            }
        }
    }

    async fn run(&mut self, mut message: WsRun) -> Result<(), OutboxError> {
        let id = InvocationId::new();
        let notice = CancelNotice::default();
        let feed = RunFeed {
            id,
            outbox: self.outbox.clone(),
            request_id: message.request_id.take(),
            notice: Some(notice.clone()),
        };
        if let Some(error) = self.too_many() {
            return feed.refuse(error).await;
        }
        self.runs.insert(id, notice);
        let state = self.state.clone();
        let task = async move {
            let fed = feed.run(&state, message).await;
            tracing::debug!(complete = fed.is_ok(), "run fed");
            Some(id)
        };
        self.feeds.spawn(task.instrument(tracing::info_span!("run", invocation = %id)));
        Ok(())
    }

    async fn subscribe(&mut self, subscribe: WsSubscribe) -> Result<(), OutboxError> {
        let Ok(id) = subscribe.invocation_id.parse::<InvocationId>() else {
            return self
                .reply_about(&subscribe.invocation_id, "there is no invocation", "invocation_not_found")
                .await;
        };
        if let Some(error) = self.too_many() {
            return self.reply_error(&subscribe.invocation_id, &error).await;
        }
        let feed = RunFeed { id, outbox: self.outbox.clone(), request_id: None, notice: None };
        let state = self.state.clone();
        let after = subscribe.after.min(MAX_POSITION);
        let task = async move {
            let _ = feed.subscription(&state, after).await;
            None
        };
        self.feeds.spawn(task.instrument(tracing::info_span!("subscription", invocation = %id)));
        Ok(())
    }

    fn forget(&mut self, run: Option<InvocationId>) {
        if let Some(id) = run {
            self.runs.remove(&id);
        }
    }

    fn too_many(&self) -> Option<ApiError> {
        let limit = self.state.settings.max_runs_per_socket;
        (self.feeds.len() >= limit).then(|| ApiError::too_many_runs(limit))
    }

    /// The run is stopped at once; the answer waits for its place.
    async fn cancel(&self, target: String) -> Result<(), OutboxError> {
        let Ok(id) = target.parse::<InvocationId>() else { return self.cannot_cancel(&target).await };
        // Until it is answered, nothing is said of the run's end.
        let mut told = match self.runs.get(&id) {
            Some(notice) => Some(notice.lock().await),
            None => None,
        };
        if told.as_ref().is_some_and(|told| **told) {
            drop(told);
            return self.cannot_cancel(&target).await;
        }
        match self.state.runner.cancel(id).await {
            // One that times out in this moment is stopped, but it does not end as cancelled.
            Ok(()) if self.state.invocation_tracker.is_cancelled(id) => {
                if let Some(told) = &mut told {
                    **told = true;
                }
                self.reply(WsServerMessage::Cancelled { invocation_id: id }).await
            }
            Ok(()) | Err(RunError::InvocationOver(_) | RunError::InvocationNotFound(_)) => {
                drop(told);
                self.cannot_cancel(&target).await
            }
            Err(error) => {
                drop(told);
                self.reply_error(&target, &error.into()).await
            }
        }
    }

    /// Pauses an invocation, or lets it go on.
    async fn control(&self, target: String, control: Control) -> Result<(), OutboxError> {
        let runner = &self.state.runner;
        let done = match target.parse::<InvocationId>() {
            Err(_) => {
                return self.reply_about(&target, "there is no invocation", "invocation_not_found").await;
            }
            Ok(invocation_id) => match control {
                Control::Pause => {
                    runner.pause(invocation_id).await.map(|()| WsServerMessage::Paused { invocation_id })
                }
                Control::Resume => {
                    runner.resume(invocation_id).await.map(|()| WsServerMessage::Resumed { invocation_id })
                }
            },
        };
        match done {
            Ok(message) => self.reply(message).await,
            Err(error) => self.reply_error(&target, &error.into()).await,
        }
    }

    /// What a person says is stored before the next frame is read: an answer is quick, and two of them stay in order.
    async fn respond(&self, respond: WsRespond) -> Result<(), OutboxError> {
        let target = respond.invocation_id;
        let Ok(invocation_id) = target.parse::<InvocationId>() else {
            return self.reply_about(&target, "there is no invocation", "invocation_not_found").await;
        };
        match crate::respond::respond(&self.state, invocation_id, respond.body).await {
            Ok(request_id) => self.reply(WsServerMessage::Responded { invocation_id, request_id }).await,
            Err(error) => self.reply_about(&target, error.text(), error.code()).await,
        }
    }

    async fn cannot_cancel(&self, target: &str) -> Result<(), OutboxError> {
        let message = format!("Invocation {target} not found or already completed");
        self.reply_about(target, &message, "invocation_not_found").await
    }

    async fn status(&self, target: String) -> Result<(), OutboxError> {
        let id = target.parse().ok();
        let invocation = match id {
            Some(id) if self.outbox.dialect() == Dialect::V2 => {
                match invocations::body(&self.state, id).await {
                    Ok(body) => Some(Box::new(body)),
                    Err(error) if error.code() == "invocation_not_found" => None,
                    Err(error) => return self.reply_error(&target, &error).await,
                }
            }
            _ => None,
        };
        let stored = invocation.as_ref().map(|invocation| invocation.status);
        let live = id.and_then(|id| self.state.invocation_tracker.status(id));
        let status = match stored {
            // What is stored may be behind what is known of a run in memory.
            Some(stored) => WsStatus::Exact(live.unwrap_or(stored)),
            None => WsStatus::First(live.into()),
        };
        self.reply(WsServerMessage::Status { invocation_id: target, status, invocation }).await
    }

    async fn reply_error(&self, target: &str, error: &ApiError) -> Result<(), OutboxError> {
        let message = WsServerMessage::Error {
            message: error.text().to_owned(),
            code: Some(error.code().to_owned()),
            invocation_id: Some(target.to_owned()),
            request_id: None,
            retry_after_ms: error.retry_after_ms(),
        };
        self.reply(message).await
    }

    async fn reply_about(&self, target: &str, message: &str, code: &str) -> Result<(), OutboxError> {
        let message = WsServerMessage::Error {
            message: message.to_owned(),
            code: Some(code.to_owned()),
            invocation_id: Some(target.to_owned()),
            request_id: None,
            retry_after_ms: None,
        };
        self.reply(message).await
    }

    async fn reply(&self, message: WsServerMessage) -> Result<(), OutboxError> {
        self.outbox.send_soon(Outgoing::Message(message)).await
    }
}

fn farewell_of_outbox(error: &OutboxError) -> Farewell {
    match error {
        OutboxError::Full => Some(close(CloseCode::Policy, "the client reads too slowly")),
        OutboxError::Gone => None,
    }
}

fn farewell_of_frame(error: &FrameError) -> Farewell {
    match error {
        FrameError::Capacity(_) => Some(close(CloseCode::Size, "the message is too big")),
        FrameError::Utf8(_) => Some(close(CloseCode::Invalid, "a text message is not UTF-8")),
        FrameError::Protocol(_) => Some(close(CloseCode::Protocol, "a frame breaks the WebSocket protocol")),
        _ => None,
    }
}
