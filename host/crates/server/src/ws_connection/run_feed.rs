//! From the events of one invocation to the messages of one socket.

use std::sync::Arc;

use futures::StreamExt as _;
use rak_core::{EncodedEvent, EventStream, InvocationId};
use tokio::sync::Mutex;

use super::outbox::{Outbox, OutboxError, Outgoing};
use crate::error::ApiError;
use crate::presentation::{RunFailure, Shown, show};
use crate::protocol::ws::{WsRun, WsServerMessage};
use crate::run_start::RunStart;
use crate::state::AppState;
use crate::ws_connection::Dialect;

/// Whether a socket was told that its run is cancelled. It is told once, by whoever comes first: the reader that
/// cancelled the run, or the feed that found its end. Who holds the lock puts the message into the queue before it
/// lets go, so the end cannot overtake it.
pub(super) type CancelNotice = Arc<Mutex<bool>>;

/// Writes one invocation to the socket.
pub(super) struct RunFeed {
    pub(super) id: InvocationId,
    pub(super) outbox: Outbox,
    pub(super) request_id: Option<String>,
    /// Absent where the invocation is only listened to.
    pub(super) notice: Option<CancelNotice>,
}

impl RunFeed {
    /// A whole run: `started`, its events, `completed`. The run has an id before it starts, but the client gets the
    /// id afterwards: from then on it can be cancelled, by any socket.
    pub(super) async fn run(mut self, state: &AppState, message: WsRun) -> Result<(), OutboxError> {
        let start = RunStart::from_message(message);
        let streaming = start.streaming();
        let started = start.start(state, self.id).await;
        if let Ok(run) = &started
            && run.invocation_id != self.id
        {
            // It was started before, with the same key: who cancels it is told there.
            (self.id, self.notice) = (run.invocation_id, None);
        }
        self.started().await?;
        match started {
            Ok(run) => {
                // One that goes on in the next host is not completed.
                if !self.feed(run.events, streaming).await? {
                    return Ok(());
                }
            }
            Err(error) => self.failed_to_run(&error).await?,
        }
        self.completed().await
    }

    /// A run that is not even tried.
    pub(super) async fn refuse(self, error: ApiError) -> Result<(), OutboxError> {
        self.started().await?;
        self.failed_to_run(&error).await?;
        self.completed().await
    }

    /// The events of an invocation that somebody else started.
    pub(super) async fn subscription(self, state: &AppState, after: u64) -> Result<(), OutboxError> {
        match state.runner.listen(self.id, after).await {
            Ok(events) => {
                if self.feed(events, true).await? || self.is_over(state).await {
                    self.completed().await?;
                }
                Ok(())
            }
            Err(error) => {
                let error = ApiError::from(error);
                self.error(error.text().to_owned(), error.code().to_owned(), error.retry_after_ms()).await
            }
        }
    }

    /// Whether the invocation is over: who has heard the end already hears nothing more of it.
    async fn is_over(&self, state: &AppState) -> bool {
        let record = state.runner.invocation(self.id).await;
        record.is_ok_and(|record| record.is_none_or(|record| record.status.is_terminal()))
    }

    /// Whether the run ended, or cannot be read any further; otherwise the host ends before it does.
    async fn feed(&self, mut events: EventStream, streaming: bool) -> Result<bool, OutboxError> {
        // Progress is marked as partial, but it is no text that is still being written.
        let streaming_or_progress = streaming || self.outbox.dialect() == Dialect::V2;
        let mut ended = false;
        while let Some(item) = events.next().await {
            ended = item.as_ref().map_or(true, |event| event.turn_complete);
            match show(item, streaming_or_progress) {
                None => {}
                Some(Shown::Event(event)) => self.event(event, streaming).await?,
                Some(Shown::Cancelled(event)) => {
                    self.cancelled().await?;
                    self.send_event(event).await?;
                }
                Some(Shown::Failed(_, failure) | Shown::Broken(failure)) => {
                    let RunFailure { code, text, .. } = failure;
                    self.error(format!("Agent error: {text}"), code, None).await?;
                }
            }
        }
        Ok(ended)
    }

    async fn event(&self, event: Arc<EncodedEvent>, streaming: bool) -> Result<(), OutboxError> {
        if let Some(progress) = &event.progress
            && self.outbox.dialect() == Dialect::V2
        {
            let progress = progress.clone();
            let message = WsServerMessage::Progress {
                invocation_id: self.id,
                message: progress.message,
                done: progress.done,
                total: progress.total,
            };
            return self.outbox.send(Outgoing::Message(message)).await;
        }
        if let Some(request) = &event.input_required
            && self.outbox.dialect() == Dialect::V2
        {
            let request = Box::new(request.clone());
            let message =
                WsServerMessage::InputRequired { invocation_id: self.id, seq: event.seq(), request };
            return self.outbox.send(Outgoing::Message(message)).await;
        }
        // A client that was told of the cancellation wants no more text still being written.
        if event.partial && (!streaming || self.is_told().await) {
            return Ok(());
        }
        self.send_event(event).await
    }

    async fn is_told(&self) -> bool {
        match &self.notice {
            Some(notice) => *notice.lock().await,
            None => false,
        }
    }

    async fn send_event(&self, event: Arc<EncodedEvent>) -> Result<(), OutboxError> {
        self.outbox.send(Outgoing::Event(self.id, event, self.outbox.dialect())).await
    }

    async fn cancelled(&self) -> Result<(), OutboxError> {
        let Some(notice) = &self.notice else { return Ok(()) };
        let mut told = notice.lock().await;
        if !std::mem::replace(&mut *told, true) {
            let message = WsServerMessage::Cancelled { invocation_id: self.id };
            self.outbox.send(Outgoing::Message(message)).await?;
        }
        Ok(())
    }

    async fn started(&self) -> Result<(), OutboxError> {
        let request_id = self.request_id.clone();
        let message = WsServerMessage::Started { invocation_id: self.id, request_id };
        self.outbox.send(Outgoing::Message(message)).await
    }

    async fn completed(&self) -> Result<(), OutboxError> {
        let message = WsServerMessage::Completed { invocation_id: self.id };
        self.outbox.send(Outgoing::Message(message)).await
    }

    async fn failed_to_run(&self, error: &ApiError) -> Result<(), OutboxError> {
        let text = format!("Failed to run agent: {}", error.text());
        self.error(text, error.code().to_owned(), error.retry_after_ms()).await
    }

    async fn error(
        &self,
        message: String,
        code: String,
        retry_after_ms: Option<u64>,
    ) -> Result<(), OutboxError> {
        let message = WsServerMessage::Error {
            message,
            code: Some(code),
            invocation_id: Some(self.id.to_string()),
            request_id: self.request_id.clone(),
            retry_after_ms,
        };
        self.outbox.send(Outgoing::Message(message)).await
    }
}
