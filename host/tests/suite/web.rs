//! A server of the world outside, as `guest-sdk/CONFORMANCE.md` wants it ("HTTP"), on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What opens `/secret`.
pub(crate) const SECRET: &str = "open-sesame";

/// It goes when this is dropped.
pub(crate) struct Web {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// How many connections wait at `/silent`.
    pub(crate) silent: watch::Receiver<usize>,
    _serving: JoinSet<()>,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The lines of the head after the first, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl Web {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (waits, silent) = watch::channel(0);
        let mut serving = JoinSet::new();
        let seen = asked.clone();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(answer(stream, seen.clone(), waits.clone()));
            }
        });
        Self { address, asked, silent, _serving: serving }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What lets agents reach it, in `rak.toml`; with a credential that opens `/secret`, whose value is in `SESAME`.
    pub(crate) fn configuration(&self) -> String {
        let address = self.address;
        format!(
            "\n[http]\nprivate = ['{address}']\n\n[http.credentials.sesame]\nhosts = ['http://{address}']\n\
             value = 'Bearer ${{SESAME}}'\n"
        )
    }
}

async fn answer(mut stream: TcpStream, seen: Arc<Mutex<Vec<Asked>>>, waits: watch::Sender<usize>) {
    let Some(asked) = read(&mut stream).await else { return };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    let path = asked.path.split('?').next().unwrap_or_default();
    match path {
        "/hello" => say(&mut stream, "200 OK", "x-kind: greeting\r\n", "hello").await,
        "/echo" => {
            let sent = asked.header("x-sent").unwrap_or("-");
            let text = format!("{} {sent} {}", asked.method, asked.body);
            say(&mut stream, "200 OK", "", &text).await;
        }
        "/away" => say(&mut stream, "302 Found", "location: /hello\r\n", "").await,
        "/metadata" => {
            say(&mut stream, "302 Found", "location: http://169.254.169.254/latest\r\n", "").await;
        }
        "/secret" if asked.header("authorization") == Some(&format!("Bearer {SECRET}")) => {
            say(&mut stream, "200 OK", "", "let in").await;
        }
        "/secret" => say(&mut stream, "401 Unauthorized", "", "stay out").await,
        // What was sent, told again.
        "/mirror" => {
            let sent = asked.header("authorization").unwrap_or_default().to_owned();
            say(&mut stream, "200 OK", &format!("x-mirror: {sent}\r\n"), &sent).await;
        }
        "/pieces" => {
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
            let _ = stream.write_all(head.as_bytes()).await;
            for piece in ["one", "two", "three"] {
                let _ = stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).await;
                let _ = stream.flush().await;
                tokio::task::yield_now().await;
            }
            let _ = stream.write_all(b"0\r\n\r\n").await;
        }
        "/silent" => {
            waits.send_modify(|waits| *waits += 1);
            while stream.read(&mut [0; 64]).await.is_ok_and(|length| length > 0) {}
            waits.send_modify(|waits| *waits -= 1);
        }
        _ => say(&mut stream, "404 Not Found", "", "nothing here").await,
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut read = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        read.extend_from_slice(&piece[..length]);
        let all = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = all.split_once("\r\n\r\n") else { continue };
        let mut lines = head.lines();
        let mut first = lines.next()?.split(' ');
        let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let asked = Asked { method, path, headers, body: body.to_owned() };
        let wanted = asked.header("content-length").map_or(0, |length| length.parse().unwrap_or(0));
        if body.len() >= wanted {
            return Some(asked);
        }
    }
}

async fn say(stream: &mut TcpStream, status: &str, headers: &str, text: &str) {
    let length = text.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n{headers}\r\n{text}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}
