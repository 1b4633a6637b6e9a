//! Just enough of a client: one request a connection, on loopback.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, bail};

/// Asks, and gives the whole body of the answer.
pub(super) fn get(address: &str, path: &str) -> anyhow::Result<String> {
    let mut body = String::new();
    request(address, "GET", path, "")?.read_to_string(&mut body)?;
    Ok(body)
}

/// Starts a run, and returns when its first event is there.
pub(super) fn first_event(address: &str, agent: &str, session: &str) -> anyhow::Result<String> {
    let body = format!(r#"{{"appName":"{agent}","newMessage":{{"parts":[{{"text":"hello"}}]}}}}"#);
    let path = format!("/api/v1/sessions/{session}/run/sse");
    let answer = request(address, "POST", &path, &body)?;
    for line in answer.lines() {
        if let Some(data) = line?.strip_prefix("data:") {
            return Ok(data.trim().to_owned());
        }
    }
    bail!("the run ended without an event")
}

fn request(address: &str, method: &str, path: &str, body: &str) -> anyhow::Result<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("failed to reach {address}"))?;
    stream.set_nodelay(true)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let mut status = String::new();
    answer.read_line(&mut status)?;
    if !status.contains(" 200 ") {
        bail!("{path} was answered with {}", status.trim());
    }
    Ok(answer)
}
