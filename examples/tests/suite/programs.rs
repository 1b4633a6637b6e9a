//! The programs of `examples/examples`, compiled into this one.

use std::io::{self, Read as _, Write};
use std::net::TcpStream;
use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::support::agents;

#[path = "../../examples/embed.rs"]
#[expect(dead_code, reason = "its main is for those who run it")]
mod embed;
#[path = "../../examples/websocket_usage.rs"]
#[expect(dead_code, reason = "its main is for those who run it")]
mod websocket_usage;

#[test]
fn websocket_usage_streams_cancels_and_leaves() {
    let agents = agents();
    let mut out = Vec::new();
    Runtime::new().unwrap().block_on(websocket_usage::tour(agents.path(), &mut out)).unwrap();
    let out = String::from_utf8(out).unwrap();
    // Ids differ from run to run.
    let lines: Vec<_> = out.lines().map(|line| line.split("   0").next().unwrap_or(line)).collect();
    let expected = [
        "-- a run of `echo`",
        "started",
        r#"event     echo: piece "hello ""#,
        r#"event     echo: piece "over ""#,
        r#"event     echo: piece "a ""#,
        r#"event     echo: piece "WebSocket""#,
        r#"event     echo: whole "hello over a WebSocket""#,
        "completed",
        "-- a run of `countdown`, cancelled as soon as it has said something",
        "started",
        r#"event     countdown: whole "600""#,
        "progress  600 to go (0 of 600)",
        "cancelled",
        "event     system: Invocation cancelled",
        "completed",
        "-- where is it?",
        "status    cancelled",
        "the host has shut down",
    ];
    assert_eq!(lines, expected);
}

/// Sends what is written to it.
struct Sent(SyncSender<Vec<u8>>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn embed_serves_until_it_is_told_to_stop() {
    let agents = agents();
    let folder = agents.path().to_str().unwrap().to_owned();
    let shutdown = CancellationToken::new();
    let (sender, written) = sync_channel(64);
    let serving = std::thread::spawn({
        let shutdown = shutdown.clone();
        move || {
            let runtime = Runtime::new().unwrap();
            runtime.block_on(embed::serve_agents(&folder, "127.0.0.1:0", shutdown, Sent(sender)))
        }
    });
    let mut announced = Vec::new();
    while !announced.ends_with(b"\n") {
        announced.extend(written.recv().expect("the program says where it listens"));
    }
    let announced = String::from_utf8(announced).unwrap();
    let address = announced.trim_end().strip_prefix("listening on http://").unwrap().to_owned();

    let body = r#"{"appName":"echo","newMessage":{"parts":[{"text":"embedded"}]}}"#;
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "POST /api/v1/sessions/s/run HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#""text":"embedded""#), "{answer}");

    shutdown.cancel();
    serving.join().unwrap().unwrap();
}
