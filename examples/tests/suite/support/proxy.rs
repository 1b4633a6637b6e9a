//! A proxy that cuts a connection in the midst of an answer.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{JoinHandle, spawn};

/// Passes connections on. The first one whose answer has a certain text in it is cut right behind that text; those
/// that come later are left alone.
pub(crate) struct CuttingProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    upstream: SocketAddr,
    cut_after: String,
    cuts: AtomicUsize,
    stopped: AtomicBool,
}

impl CuttingProxy {
    pub(crate) fn start(upstream: SocketAddr, cut_after: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            upstream,
            cut_after: cut_after.to_owned(),
            cuts: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let accepting = spawn({
            let shared = shared.clone();
            move || accept(&listener, &shared)
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were cut.
    pub(crate) fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accept up.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let client = client.unwrap();
        let Ok(server) = TcpStream::connect(shared.upstream) else { continue };
        let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        spawn(move || pass(from_client, to_server, |_| None));
        let shared = shared.clone();
        spawn(move || {
            let mut answer = Vec::new();
            pass(server, client, |bytes| {
                answer.extend_from_slice(bytes);
                shared.cut(&answer).map(|length| bytes.len() + length - answer.len())
            });
        });
    }
}

impl Shared {
    /// How much of the answer is let through, where this is the one to be cut.
    fn cut(&self, answer: &[u8]) -> Option<usize> {
        let text = self.cut_after.as_bytes();
        let end = answer.windows(text.len()).position(|window| window == text)? + text.len();
        let is_first = self.cuts.compare_exchange(0, 1, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        is_first.then_some(end)
    }
}

/// Copies until one side is closed, or `cut` says how much of a piece is still to go. Then both sides are closed.
fn pass(mut from: TcpStream, mut to: TcpStream, mut cut: impl FnMut(&[u8]) -> Option<usize>) {
    let mut buffer = [0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let end = cut(&buffer[..length]);
        if to.write_all(&buffer[..end.unwrap_or(length)]).is_err() || end.is_some() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
