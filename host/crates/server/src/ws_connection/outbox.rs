//! What waits to be written to a socket.

use std::sync::Arc;
use std::time::Duration;

use rak_core::{EncodedEvent, InvocationId};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::presentation::raw_json;
use crate::protocol::ws::WsServerMessage;
use crate::ws_connection::Dialect;

/// One thing to be written. Events are encoded by the writer: until then the queue shares them with other listeners.
pub(super) enum Outgoing {
    Message(WsServerMessage),
    Event(InvocationId, Arc<EncodedEvent>, Dialect),
    Ping,
    /// Nothing is written after it.
    Close(CloseFrame),
}

/// The event message, around JSON that is there already. The same as [`WsServerMessage::Event`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventMessage<'a> {
    r#type: &'static str,
    invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    data: &'a RawValue,
}

impl Outgoing {
    pub(super) fn is_close(&self) -> bool {
        matches!(self, Self::Close(_))
    }

    pub(super) fn encode(self) -> Result<Message, serde_json::Error> {
        Ok(match self {
            Self::Message(message) => Message::text(serde_json::to_string(&message)?),
            Self::Event(invocation_id, event, dialect) => {
                let seq = if dialect == Dialect::V2 { event.seq } else { None };
                let message = EventMessage { r#type: "event", invocation_id, seq, data: raw_json(&event) };
                Message::text(serde_json::to_string(&message)?)
            }
            Self::Ping => Message::Ping(Bytes::new()),
            Self::Close(frame) => Message::Close(Some(frame)),
        })
    }
}

/// The writer is gone, or has taken nothing for too long.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OutboxError {
    Gone,
    Full,
}

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    dialect: Dialect,
    patience: Duration,
}

impl Outbox {
    pub(super) fn new(queue: mpsc::Sender<Outgoing>, dialect: Dialect, patience: Duration) -> Self {
        Self { queue, dialect, patience }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Waits for a place, as long as it takes: the writer gives the connection up when it is stuck.
    pub(super) async fn send(&self, outgoing: Outgoing) -> Result<(), OutboxError> {
        self.queue.send(outgoing).await.map_err(|_| OutboxError::Gone)
    }

    /// Waits for a place, but not for ever.
    pub(super) async fn send_soon(&self, outgoing: Outgoing) -> Result<(), OutboxError> {
        timeout(self.patience, self.send(outgoing)).await.unwrap_or(Err(OutboxError::Full))
    }

    /// Puts it in if there is a place now.
    pub(super) fn try_send(&self, outgoing: Outgoing) {
        let _ = self.queue.try_send(outgoing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::{Content, Event};

    fn both(seq: Option<u64>, dialect: Dialect) -> (WsServerMessage, WsServerMessage) {
        let id = InvocationId::new();
        let mut event = Event::new(id, "echo");
        event.seq = seq;
        event.content = Some(Content::new_model_text("a \"quoted\" \u{1f600}\n"));
        let encoded = Arc::new(EncodedEvent::new(event.clone()).unwrap());
        let sent = Outgoing::Event(id, encoded, dialect).encode().unwrap();
        let seq = if dialect == Dialect::V2 { seq } else { None };
        let meant = WsServerMessage::Event { invocation_id: id, seq, data: Box::new(event) };
        assert_eq!(sent.to_text().unwrap(), serde_json::to_string(&meant).unwrap());
        (serde_json::from_str(sent.to_text().unwrap()).unwrap(), meant)
    }

    #[test]
    fn the_event_message_is_the_one_of_the_protocol() {
        for (seq, dialect) in
            [(None, Dialect::V1), (Some(3), Dialect::V1), (None, Dialect::V2), (Some(3), Dialect::V2)]
        {
            let (sent, meant) = both(seq, dialect);
            assert_eq!(sent, meant);
        }
    }
}
