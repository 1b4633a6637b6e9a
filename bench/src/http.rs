//! Just enough of a client: one request a connection, on loopback.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// How often the host is asked whether something is as it should be.
const ASK: Duration = Duration::from_millis(2);
/// What takes longer does not come.
const PATIENCE: Duration = Duration::from_mins(2);

/// Asks, and gives the whole body of the answer.
pub(crate) fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut body = String::new();
    request(address, "GET", path, "")?.read_to_string(&mut body)?;
    Ok(body)
}

/// Returns when the optimized code of an agent is there, so that compiling it is in nobody's way.
pub(crate) fn until_optimized(address: SocketAddr, agent: &str) -> anyhow::Result<()> {
    until(address, agent, "\"code\":\"optimized\"")
}

/// Returns when an agent is listed with such a text.
pub(crate) fn until(address: SocketAddr, agent: &str, text: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let listed = get(address, "/api/v1/agents")?;
        let listed: Value = serde_json::from_str(&listed)?;
        let agents = listed.get("agents").and_then(Value::as_array).into_iter().flatten();
        let is_it = |listed: &&Value| listed.get("name").is_some_and(|name| name == agent);
        let found = agents.filter(is_it).map(ToString::to_string).next();
        match found {
            Some(found) if found.contains(text) => return Ok(()),
            found if began.elapsed() > PATIENCE => bail!("{agent} never had {text}; it is {found:?}"),
            _ => thread::sleep(ASK),
        }
    }
}

/// Makes a run, and gives its events.
pub(crate) fn run(address: SocketAddr, agent: &str, session: &str) -> anyhow::Result<String> {
    told(address, agent, session, "hello")
}

/// Makes a run that is told something, and gives its events, with what says how long their chunks are.
pub(crate) fn told(address: SocketAddr, agent: &str, session: &str, text: &str) -> anyhow::Result<String> {
    let body = serde_json::json!({"appName": agent, "newMessage": {"parts": [{"text": text}]}}).to_string();
    let mut events = String::new();
    request(address, "POST", &format!("/api/v1/sessions/{session}/run/sse"), &body)?
        .read_to_string(&mut events)?;
    Ok(events)
}

fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    body: &str,
) -> anyhow::Result<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("failed to reach {address}"))?;
    stream.set_nodelay(true)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    if !line.contains(" 200 ") {
        bail!("{path} was answered with {}", line.trim());
    }
    while !line.trim().is_empty() {
        line.clear();
        answer.read_line(&mut line)?;
    }
    Ok(answer)
}
