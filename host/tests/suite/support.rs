//! A host in a process of its own, and what a client needs to talk to it.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use reqwest::Response;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A test that waits for longer has failed; nothing is measured with it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A folder with agents, data and a configuration, and the hosts that are started on it.
pub(crate) struct Place {
    folder: TempDir,
}

/// A test with a thousand connections needs as many files; the usual limit is 1024.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).expect("the limit can be raised");
}

impl Place {
    /// A place with all shipped agents and the named fixtures.
    pub(crate) fn new(fixtures: &[&str]) -> Self {
        raise_file_limit();
        let folder = tempfile::tempdir().expect("a folder");
        let agents = folder.path().join("agents");
        std::fs::create_dir(&agents).expect("a folder");
        let shipped = rak_test_guests::agents::ALL.iter().map(rak_test_guests::Guest::path);
        for path in shipped.chain(fixtures.iter().map(|name| rak_test_guests::fixture(name))) {
            std::fs::copy(path, agents.join(path.file_name().expect("a name"))).expect("a copy");
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Renames a component into the folder of agents, as careful programs do.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let partial = self.path("partial");
        std::fs::write(&partial, bytes).expect("a file");
        std::fs::rename(partial, self.path("agents").join(name)).expect("a file");
    }

    /// The files in a folder of what the host keeps.
    pub(crate) fn kept(&self, folder: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path(".rak").join(folder)).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }

    pub(crate) fn configure(&self, text: &str) {
        std::fs::write(self.path("rak.toml"), text).expect("a file");
    }

    /// The program, in this place.
    pub(crate) fn rak(&self, arguments: &[&str]) -> Command {
        rak(self.folder.path(), arguments)
    }

    /// A host, with the place it needs for as long as it lives.
    pub(crate) async fn serve_owned(self) -> (Self, Host) {
        let host = self.serve().await;
        (self, host)
    }

    pub(crate) async fn serve(&self) -> Host {
        Host::start(self.rak(&["serve", "--listen", "127.0.0.1:0"])).await
    }
}

/// The program, in a folder, with nothing of the environment that could change what it does.
pub(crate) fn rak(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rak"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    for name in [
        "RAK_LISTEN",
        "RAK_AGENTS",
        "RAK_DATA",
        "RAK_CONFIG",
        "RAK_LOG",
        "RAK_DEFAULT_AGENT",
        "RAK_ALLOW_ORIGIN",
        "RAK_HOST",
    ] {
        command.env_remove(name);
    }
    command
}

/// A program that ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

pub(crate) async fn finish(command: Command) -> Ended {
    finish_within(PATIENCE, command).await
}

/// Runs a program that may take longer than others, as compilers do.
pub(crate) async fn finish_within(patience: Duration, mut command: Command) -> Ended {
    let output = tokio::time::timeout(patience, command.output()).await.expect("it ends").expect("it runs");
    output.into()
}

/// Runs a program that reads this and then the end of its input.
pub(crate) async fn finish_with(mut command: Command, input: &str) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input.as_bytes()).await.expect("it reads");
    drop(stdin);
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.expect("it ends");
    output.expect("it runs").into()
}

/// Sends a signal to a program that runs.
pub(crate) fn signal(child: &Child, signal: Signal) {
    let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs");
    kill_process(id, signal).expect("it runs");
}

/// Waits, in turns with everything else, until something is there.
pub(crate) async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it comes")
}

/// A host that serves.
pub(crate) struct Host {
    child: Child,
    pub(crate) lines: Lines<BufReader<ChildStdout>>,
    /// Its error output, where the command says that it is read.
    errors: Option<Lines<BufReader<ChildStderr>>>,
    pub(crate) url: String,
    pub(crate) client: reqwest::Client,
}

impl Host {
    pub(crate) async fn start(command: Command) -> Self {
        Self::start_within(PATIENCE, command).await
    }

    /// The same for one that compiles large components first.
    pub(crate) async fn start_within(patience: Duration, mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let errors = child.stderr.take().map(|errors| BufReader::new(errors).lines());
        let line = line_within(patience, &mut lines, "").await;
        let url = line.strip_prefix("listening on ").expect(&line).to_owned();
        Self { child, lines, errors, url, client: reqwest::Client::new() }
    }

    /// The next line of its output that has this in it.
    pub(crate) async fn line_with(&mut self, text: &str) -> String {
        line_with(&mut self.lines, text).await
    }

    /// The next line of its error output that has this in it.
    pub(crate) async fn error_with(&mut self, text: &str) -> String {
        line_with(self.errors.as_mut().expect("its error output is read"), text).await
    }

    /// What is left of its error output.
    pub(crate) async fn rest_of_errors(&mut self) -> Vec<String> {
        let errors = self.errors.as_mut().expect("its error output is read");
        let mut rest = Vec::new();
        while let Some(line) = errors.next_line().await.expect("an output") {
            rest.push(line);
        }
        rest
    }

    pub(crate) fn id(&self) -> Pid {
        self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs")
    }

    pub(crate) fn signal(&self, wanted: Signal) {
        signal(&self.child, wanted);
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("it ends")
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.client.get(format!("{}{path}", self.url)).send().await.expect("an answer")).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        read(self.client.post(format!("{}{path}", self.url)).json(&body).send().await.expect("an answer"))
            .await
    }

    /// A program that it has started with these arguments, each of which ends with a zero. It runs by then: one that is
    /// about to begin still has the arguments of the host.
    pub(crate) async fn child(&self, arguments: &str) -> Pid {
        let of = |id: Pid| std::fs::read_to_string(format!("/proc/{}/cmdline", id.as_raw_nonzero()));
        until(|| self.children().into_iter().find(|id| of(*id).is_ok_and(|all| all.contains(arguments))))
            .await
    }

    fn children(&self) -> Vec<Pid> {
        let tasks = format!("/proc/{}/task", self.id().as_raw_nonzero());
        let threads = std::fs::read_dir(tasks).expect("it runs").flatten();
        let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
        let ids: Vec<_> =
            lists.flat_map(|ids| ids.split_whitespace().map(str::parse).collect::<Vec<_>>()).collect();
        ids.into_iter().filter_map(|id| Pid::from_raw(id.ok()?)).collect()
    }

    /// Uploads a component.
    pub(crate) async fn put(&self, path: &str, component: Vec<u8>) -> (u16, Value) {
        let url = format!("{}/api/v1/agents/{path}", self.url);
        read(self.client.put(url).body(component).send().await.expect("an answer")).await
    }

    /// What the host says of an agent.
    pub(crate) async fn agent(&self, name: &str) -> (u16, Value) {
        self.get(&format!("/api/v1/agents/{name}")).await
    }

    /// Waits until what the host says of an agent is so.
    pub(crate) async fn until(&self, name: &str, is_so: impl Fn(u16, &Value) -> bool) -> Value {
        let waiting = async {
            loop {
                let (status, info) = self.agent(name).await;
                if is_so(status, &info) {
                    return info;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it comes")
    }

    /// Waits until the version with this number is live.
    pub(crate) async fn until_number(&self, name: &str, number: u64) -> Value {
        self.until(name, |_, info| info["current"]["number"] == number).await
    }

    /// What an agent answers.
    pub(crate) async fn say(&self, agent: &str, words: &str) -> String {
        let events = self.sse("s", message(agent, words)).await.rest().await;
        text(events.last().expect("an event"))
    }

    /// Starts a run over SSE.
    pub(crate) async fn sse(&self, session: &str, body: Value) -> Sse {
        let path = format!("{}/api/v1/sessions/{session}/run/sse", self.url);
        Sse::new(self.client.post(path).json(&body).send().await.expect("an answer"))
    }

    /// Listens to an invocation from a number on.
    pub(crate) async fn replay(&self, invocation: &str, after: u64) -> Sse {
        let path = format!("{}/api/v1/invocations/{invocation}/events?after={after}", self.url);
        Sse::new(self.client.get(path).send().await.expect("an answer"))
    }

    /// Listens again, as a browser does.
    pub(crate) async fn reconnect(&self, invocation: &str, last_event_id: u64) -> Sse {
        let path = format!("{}/api/v1/invocations/{invocation}/events", self.url);
        let request = self.client.get(path).header("last-event-id", last_event_id);
        Sse::new(request.send().await.expect("an answer"))
    }

    pub(crate) async fn socket(&self, session: &str) -> Socket {
        let url = format!("{}/api/v1/sessions/{session}/run/ws", self.url.replace("http", "ws"));
        Socket(tokio_tungstenite::connect_async(url).await.expect("a socket").0)
    }
}

async fn line_with(lines: &mut Lines<impl AsyncBufRead + Unpin>, text: &str) -> String {
    line_within(PATIENCE, lines, text).await
}

async fn line_within(patience: Duration, lines: &mut Lines<impl AsyncBufRead + Unpin>, text: &str) -> String {
    let waiting = async {
        loop {
            let line = lines.next_line().await.expect("an output").expect("it does not end");
            if line.contains(text) {
                return line;
            }
        }
    };
    tokio::time::timeout(patience, waiting).await.expect("it says so")
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.expect("JSON"))
}

/// What a client sends to say something to an agent.
pub(crate) fn message(agent: &str, text: &str) -> Value {
    json!({"appName": agent, "newMessage": {"role": "user", "parts": [{"text": text}]}})
}

/// A stream of events.
pub(crate) struct Sse {
    pub(crate) status: u16,
    pub(crate) invocation: String,
    response: Response,
    buffer: String,
}

impl Sse {
    fn new(response: Response) -> Self {
        let header = response.headers().get("x-invocation-id");
        let invocation = header.map(|id| id.to_str().expect("an id").to_owned()).unwrap_or_default();
        Self { status: response.status().as_u16(), invocation, response, buffer: String::new() }
    }

    /// The next event's data; none at the end, and none where the host is gone.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let frame: String = self.buffer.drain(..end + 2).collect();
                let data = frame.lines().find_map(|line| line.strip_prefix("data:")).map(str::trim_start);
                if let Some(data) = data {
                    return Some(serde_json::from_str(data).expect("JSON"));
                }
            }
            let chunk = self.response.chunk().await.ok()??;
            self.buffer.push_str(std::str::from_utf8(&chunk).expect("whole characters"));
        }
    }

    pub(crate) async fn rest(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// A WebSocket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("it is open");
    }

    /// The next message of the host.
    pub(crate) async fn receive(&mut self) -> Value {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a message");
            match frame.expect("it is open").expect("a frame") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next message of this type, leaving out the others.
    pub(crate) async fn receive_type(&mut self, kind: &str) -> Value {
        loop {
            let message = self.receive().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// The code of the close frame, after everything that came before it.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a message");
            match frame {
                Some(Ok(Message::Close(Some(close)))) => return close.code.into(),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// The text of an event.
pub(crate) fn text(event: &Value) -> String {
    let parts = event["content"]["parts"].as_array().cloned().unwrap_or_default();
    parts.iter().filter_map(|part| part["text"].as_str()).collect()
}
