//! A WebSocket client.

use std::net::SocketAddr;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{message, soon};

pub(crate) struct SocketClient {
    pub(crate) inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The subprotocol the server chose.
    pub(crate) protocol: Option<String>,
}

impl SocketClient {
    pub(crate) async fn open(address: SocketAddr, protocol: Option<&str>) -> Self {
        let url = format!("ws://{address}/api/v1/sessions/any/run/ws");
        let mut request = url.into_client_request().unwrap();
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        let (inner, response) = soon(connect_async(request)).await.unwrap();
        let protocol = response.headers().get("sec-websocket-protocol");
        let protocol = protocol.map(|value| value.to_str().unwrap().to_owned());
        Self { inner, protocol }
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        soon(self.inner.send(Message::text(text))).await.unwrap();
    }

    /// Sends `run` and reads its `started`; gives the id.
    pub(crate) async fn run(&mut self, session: &str, text: &str, options: Value) -> String {
        let mut run = json!({"type": "run", "sessionId": session, "newMessage": message(text)});
        run.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        self.send(&run).await;
        let started = self.next_of("started").await;
        started["invocationId"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn cancel(&mut self, id: &str) {
        self.send(&json!({"type": "cancel", "invocationId": id})).await;
    }

    pub(crate) async fn status(&mut self, id: &str) -> String {
        self.send(&json!({"type": "status", "invocationId": id})).await;
        let status = self.next_of("status").await;
        assert_eq!(status["invocationId"], id);
        status["status"].as_str().unwrap().to_owned()
    }

    /// The next message, which is no control frame; panics at the end.
    pub(crate) async fn next(&mut self) -> Value {
        match self.next_or_close().await {
            Ok(message) => message,
            Err(code) => panic!("the socket was closed with {code:?}"),
        }
    }

    /// The next message, which has to be of this type.
    #[track_caller]
    pub(crate) fn next_of(&mut self, kind: &str) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let message = self.next().await;
            assert_eq!(message["type"], kind, "at {caller}: {message}");
            message
        }
    }

    /// The close code of the socket, which has to be the next thing that comes; none where it just ended.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        match self.next_or_close().await {
            Ok(message) => panic!("{message}"),
            Err(code) => code,
        }
    }

    pub(crate) async fn next_or_close(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match soon(self.inner.next()).await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => panic!("{other:?}"),
                Some(Err(_)) | None => return Err(None),
            }
        }
    }
}
