//! A server on loopback that says what a test tells it to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What is said to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status, headers and a body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// A body in these pieces.
    Pieces(Vec<Vec<u8>>),
    /// These bytes, and then the connection is closed.
    Raw(String),
    /// The same piece again and again, without an end.
    Endless(Vec<u8>),
    /// A piece, and then nothing until the client goes away.
    Stall(Vec<u8>),
    /// Nothing at all until the client goes away.
    Silence,
}

impl Reply {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Whole(200, Vec::new(), text.into().into_bytes())
    }

    pub(crate) fn to(status: u16, location: impl Into<String>) -> Self {
        Self::Whole(status, vec![("Location", location.into())], Vec::new())
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// The path and the query.
    pub(crate) target: String,
    /// Names in lower case, and values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Answers requests as a function of a test says.
pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<State>,
    /// Ends with the test.
    _tasks: JoinSet<()>,
}

struct State {
    reply: Box<dyn Fn(&Seen) -> Reply + Send + Sync>,
    seen: Mutex<Vec<Seen>>,
    connections: watch::Sender<usize>,
    /// How many clients wait for more.
    waiting: watch::Sender<usize>,
    /// How many of them went away.
    gone: watch::Sender<usize>,
}

impl Server {
    pub(crate) async fn start(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            reply: Box::new(reply),
            seen: Mutex::default(),
            connections: watch::Sender::new(0),
            waiting: watch::Sender::new(0),
            gone: watch::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        let shared = state.clone();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.send_modify(|connections| *connections += 1);
                let state = shared.clone();
                connections.spawn(async move {
                    // A client may go away at any time.
                    let _ = state.serve(BufReader::new(stream)).await;
                });
            }
        });
        Self { port, state, _tasks: tasks }
    }

    /// One that always says the same.
    pub(crate) async fn saying(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        *self.state.connections.borrow()
    }

    /// Waits until so many clients got all that they get.
    pub(crate) async fn waiting(&self, clients: usize) {
        self.state.waiting.subscribe().wait_for(|waiting| *waiting >= clients).await.unwrap();
    }

    /// Waits until so many clients went away.
    pub(crate) async fn gone(&self, clients: usize) {
        self.state.gone.subscribe().wait_for(|gone| *gone >= clients).await.unwrap();
    }
}

impl State {
    async fn serve(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        while let Some(seen) = request(&mut stream).await? {
            let reply = (self.reply)(&seen);
            let has_body = seen.method != "HEAD";
            self.seen.lock().unwrap().push(seen);
            match reply {
                Reply::Whole(status, headers, body) => {
                    let lines = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
                    let headers = lines.collect::<Vec<_>>().concat();
                    let head = format!(
                        "HTTP/1.1 {status} Status\r\n{headers}content-length: {}\r\n\r\n",
                        body.len()
                    );
                    stream.write_all(head.as_bytes()).await?;
                    if has_body {
                        stream.write_all(&body).await?;
                    }
                }
                Reply::Pieces(pieces) => {
                    begin(&mut stream).await?;
                    for piece in pieces {
                        write(&mut stream, &piece).await?;
                    }
                    stream.write_all(b"0\r\n\r\n").await?;
                }
                Reply::Raw(bytes) => return stream.write_all(bytes.as_bytes()).await,
                Reply::Endless(piece) => {
                    begin(&mut stream).await?;
                    while write(&mut stream, &piece).await.is_ok() {}
                    self.gone.send_modify(|gone| *gone += 1);
                    return Ok(());
                }
                Reply::Stall(piece) => {
                    begin(&mut stream).await?;
                    write(&mut stream, &piece).await?;
                    return self.wait(stream).await;
                }
                Reply::Silence => return self.wait(stream).await,
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
    let mut first = String::new();
    if stream.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    stream.read_exact(&mut body).await?;
    Ok(Some(Seen { method, target, headers, body }))
}

async fn begin(stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await
}

async fn write(stream: &mut BufReader<TcpStream>, piece: &[u8]) -> std::io::Result<()> {
    if !piece.is_empty() {
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
        stream.write_all(piece).await?;
        stream.write_all(b"\r\n").await?;
    }
    stream.flush().await
}
