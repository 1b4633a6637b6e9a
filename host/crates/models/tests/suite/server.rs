//! A provider on loopback that says what a test tells it to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What is said to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Events, and their end.
    Events(String),
    /// Events, and then nothing until the client goes away.
    Stall(String),
    /// Events, and then the connection is closed in the middle of it.
    Cut(String),
    /// The same again and again, without an end.
    Endless(String),
    /// A status, headers, and a body of the type.
    Whole(u16, Vec<(&'static str, String)>, &'static str, String),
    /// Nothing at all until the client goes away.
    Silence,
}

impl Reply {
    /// JSON with a status.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::Whole(status, Vec::new(), "application/json", body.to_string())
    }

    /// The same with a header.
    pub(crate) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Whole(status, mut headers, kind, body) => {
                headers.push((name, value.into()));
                Self::Whole(status, headers, kind, body)
            }
            reply => panic!("{reply:?} has no headers"),
        }
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The first line and the headers, in lower case where they are names.
    pub(crate) head: String,
    pub(crate) body: Value,
}

/// Answers requests with the replies in their order; the last one is given for ever.
pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<State>,
    /// Ends with the test.
    _tasks: JoinSet<()>,
}

struct State {
    replies: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
    /// How many clients wait for more.
    waiting: watch::Sender<usize>,
    /// How many of them went away.
    gone: watch::Sender<usize>,
}

impl Server {
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            replies: Mutex::new(replies.into_iter().collect()),
            seen: Mutex::default(),
            waiting: watch::Sender::new(0),
            gone: watch::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        let shared = state.clone();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                connections.spawn(async move {
                    // A client may go away at any time.
                    let _ = state.serve(BufReader::new(stream)).await;
                });
            }
        });
        Self { port, state, _tasks: tasks }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// Waits until so many clients got all that they get.
    pub(crate) async fn waiting(&self, clients: usize) {
        self.state.waiting.subscribe().wait_for(|waiting| *waiting >= clients).await.unwrap();
    }

    /// Waits until so many of them went away.
    pub(crate) async fn gone(&self, clients: usize) {
        self.state.gone.subscribe().wait_for(|gone| *gone >= clients).await.unwrap();
    }
}

impl State {
    async fn serve(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        while let Some(seen) = request(&mut stream).await? {
            let reply = {
                self.seen.lock().unwrap().push(seen);
                let mut replies = self.replies.lock().unwrap();
                if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }
            };
            match reply.expect("there is a reply") {
                Reply::Events(events) => {
                    begin(&mut stream).await?;
                    chunk(&mut stream, &events).await?;
                    stream.write_all(b"0\r\n\r\n").await?;
                }
                Reply::Stall(events) => {
                    begin(&mut stream).await?;
                    chunk(&mut stream, &events).await?;
                    return self.wait(stream).await;
                }
                Reply::Silence => return self.wait(stream).await,
                Reply::Cut(events) => {
                    begin(&mut stream).await?;
                    return chunk(&mut stream, &events).await;
                }
                Reply::Endless(events) => {
                    begin(&mut stream).await?;
                    loop {
                        chunk(&mut stream, &events).await?;
                    }
                }
                Reply::Whole(status, headers, kind, body) => {
                    let headers: Vec<_> =
                        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                    let headers = headers.concat();
                    let length = body.len();
                    let whole = format!(
                        "HTTP/1.1 {status} Status\r\n{headers}content-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
                    );
                    stream.write_all(whole.as_bytes()).await?;
                }
            }
        }
        Ok(())
    }

    /// Waits until the client closes the connection.
    async fn wait(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        self.waiting.send_modify(|waiting| *waiting += 1);
        let read = stream.read_to_end(&mut Vec::new()).await;
        self.gone.send_modify(|gone| *gone += 1);
        read.map(drop)
    }
}

/// The next request on a connection.
async fn request(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Seen>> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Seen { head, body: serde_json::from_slice(&body).unwrap() }))
}

async fn begin(stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await
}

async fn chunk(stream: &mut BufReader<TcpStream>, text: &str) -> std::io::Result<()> {
    if !text.is_empty() {
        stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await?;
    }
    stream.flush().await
}
