//! What takes minutes, in no time: pings, idleness, and a client that takes nothing.

use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use rak_runner::Runner;
use rak_session::MemoryStore;
use tokio::io::{AsyncReadExt as _, DuplexStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::{CLOSE_ANSWER_TIMEOUT, Dialect, serve};
use crate::settings::ServerSettings;
use crate::state::AppState;

const QUESTION: &str = r#"{"type":"status","invocationId":"x"}"#;

fn settings() -> ServerSettings {
    ServerSettings {
        ping_interval: Duration::from_secs(20),
        idle_timeout: Duration::from_mins(1),
        write_timeout: Duration::from_secs(30),
        close_timeout: Duration::from_secs(5),
        ..ServerSettings::default()
    }
}

/// A served socket and its client, with this much room between them.
async fn socket(room: usize) -> (WebSocketStream<DuplexStream>, JoinSet<()>, AppState) {
    let store = Arc::new(MemoryStore::new());
    let runner = Runner::builder().session_service(store).build().unwrap();
    let state = AppState::new(runner, settings());
    let (near, far) = tokio::io::duplex(room);
    let server = WebSocketStream::from_raw_socket(near, Role::Server, None).await;
    let mut serving = JoinSet::new();
    serving.spawn(serve(server, state.clone(), Dialect::V1));
    (WebSocketStream::from_raw_socket(far, Role::Client, None).await, serving, state)
}

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_nothing_is_closed() {
    let (mut client, mut serving, _state) = socket(1 << 16).await;
    let begun = Instant::now();
    serving.join_next().await.unwrap().unwrap();
    let settings = settings();
    assert_eq!(begun.elapsed(), settings.idle_timeout + CLOSE_ANSWER_TIMEOUT);
    // Byte by byte: the client would answer the pings, and find that nobody is there.
    let mut bytes = Vec::new();
    client.get_mut().read_to_end(&mut bytes).await.unwrap();
    let (pings, close) = bytes.split_at(4);
    assert_eq!(pings, [0x89, 0, 0x89, 0]);
    assert_eq!((close[0], u16::from_be_bytes([close[2], close[3]])), (0x88, 1008));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_pings_may_stay() {
    let (mut client, mut serving, _state) = socket(1 << 16).await;
    for _ in 0..100 {
        assert!(matches!(client.next().await, Some(Ok(Message::Ping(_)))));
    }
    assert!(serving.try_join_next().is_none());
    client.send(Message::text(QUESTION)).await.unwrap();
    assert!(matches!(client.next().await, Some(Ok(Message::Text(_)))));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_asks_and_takes_nothing_is_dropped() {
    let (mut client, mut serving, _state) = socket(256).await;
    let begun = Instant::now();
    let asking = async { while client.send(Message::text(QUESTION)).await.is_ok() {} };
    let served = async { serving.join_next().await.unwrap().unwrap() };
    tokio::join!(asking, served);
    let settings = settings();
    assert!(begun.elapsed() <= settings.write_timeout + settings.close_timeout, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_does_not_wait_for_a_client_that_takes_nothing() {
    let (mut client, mut serving, state) = socket(256).await;
    client.send(Message::text(QUESTION)).await.unwrap();
    for _ in 0..4 {
        client.feed(Message::text(QUESTION)).await.unwrap();
    }
    let begun = Instant::now();
    state.lifecycle.closing.cancel();
    serving.join_next().await.unwrap().unwrap();
    let settings = settings();
    assert!(begun.elapsed() <= settings.close_timeout * 3, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn time_that_is_up_ends_a_socket_at_once() {
    let (_client, mut serving, state) = socket(256).await;
    let begun = Instant::now();
    state.lifecycle.kill.cancel();
    serving.join_next().await.unwrap().unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
}
