//! The echo, by hand.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use futures::stream::{self, Stream};
use rak_core::InvocationId;
use serde::Deserialize;

use super::store::Store;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    app_name: String,
    #[serde(default)]
    session_id: String,
    new_message: Said,
}

/// What the user says.
#[derive(Deserialize)]
struct Said {
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    text: String,
}

impl Run {
    fn text(&self) -> &str {
        self.new_message.parts.first().map_or("", |part| &part.text)
    }
}

/// An event as the host writes it.
fn event(id: InvocationId, author: &str, text: &str, partial: bool) -> String {
    let (seq, kind) =
        if partial { (String::new(), "partial") } else { ("\"seq\":1,".to_owned(), "turnComplete") };
    let time = rak_core::time::UnixMillis::now().0 / 1000;
    let other = if partial { "turnComplete" } else { "partial" };
    let text = serde_json::Value::from(text);
    format!(
        r#"{{"id":"{}",{seq}"time":{time},"invocationId":"{id}","branch":"","author":"{author}","{kind}":true,"{other}":false,"interrupted":false,"content":{{"role":"model","parts":[{{"text":{text}}}]}},"actions":{{"stateDelta":{{}},"artifactDelta":{{}},"escalate":false}}}}"#,
        InvocationId::new()
    )
}

/// Where a run is.
enum Step {
    Words(usize),
    Answer,
    Over,
}

/// The events of a run: each word, and the whole, which is stored before it is told.
fn events(store: Arc<Store>, id: InvocationId, run: Run) -> impl Stream<Item = String> {
    stream::unfold((Step::Words(0), run, store), move |(step, run, store)| async move {
        let words = || run.text().split_inclusive(' ');
        match step {
            Step::Words(number) => {
                let word = words().nth(number)?;
                let event = event(id, &run.app_name, word, true);
                let last = number + 1 == words().count();
                let next = if last { Step::Answer } else { Step::Words(number + 1) };
                Some((event, (next, run, store)))
            }
            Step::Answer => {
                let event = event(id, &run.app_name, run.text(), false);
                store.end(id, &event).await.ok()?;
                Some((event, (Step::Over, run, store)))
            }
            Step::Over => None,
        }
    })
}

pub(super) async fn stream(
    State(store): State<Arc<Store>>,
    Path(session): Path<String>,
    Json(run): Json<Run>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let id = InvocationId::new();
    let message = event(id, "user", run.text(), false);
    store.begin(id, &session, &message).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let events = futures::StreamExt::map(events(store, id, run), |event| Ok(Event::default().data(event)));
    Ok(Sse::new(events))
}

pub(super) async fn socket(State(store): State<Arc<Store>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |socket| drop(runs(socket, store).await))
}

async fn runs(mut socket: WebSocket, store: Arc<Store>) -> anyhow::Result<()> {
    while let Some(frame) = socket.recv().await {
        let Message::Text(frame) = frame? else { continue };
        let run: Run = serde_json::from_str(&frame)?;
        let id = InvocationId::new();
        store.begin(id, &run.session_id, &event(id, "user", run.text(), false)).await?;
        let mut send = async |text: String| socket.send(Message::Text(text.into())).await;
        send(format!(r#"{{"type":"started","invocationId":"{id}"}}"#)).await?;
        let mut events = std::pin::pin!(events(Arc::clone(&store), id, run));
        while let Some(event) = futures::StreamExt::next(&mut events).await {
            send(format!(r#"{{"type":"event","invocationId":"{id}","event":{event}}}"#)).await?;
        }
        send(format!(r#"{{"type":"completed","invocationId":"{id}"}}"#)).await?;
    }
    Ok(())
}
