//! What a server may write on one line of its output, which is one message.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rmcp::model::ErrorCode;
use serde_json::json;
use tokio::io::{AsyncRead, ReadBuf};

/// The error that stands for an answer that was too large; of the numbers that JSON-RPC leaves to its users.
pub(crate) const TOO_LARGE: ErrorCode = ErrorCode(-32_098);
/// How much is read at once.
const CHUNK: usize = 16 << 10;
/// How much of the beginning and of the end of a message is searched for its id.
const SEARCHED: usize = 256;

/// Passes on lines as they are, but an answer that is too long as an error with the same id: nothing of it is held in
/// memory, and only the call that it belongs to fails.
pub(crate) struct BoundedLines<R> {
    inner: R,
    limit: usize,
    line: Vec<u8>,
    /// The beginning of a line that is too long, and what was read of it last.
    dropped: Option<(Vec<u8>, Vec<u8>)>,
    ready: Vec<u8>,
    /// How much of `ready` was taken.
    taken: usize,
}

impl<R> BoundedLines<R> {
    pub(crate) fn new(inner: R, limit: usize) -> Self {
        Self { inner, limit, line: Vec::new(), dropped: None, ready: Vec::new(), taken: 0 }
    }

    fn read(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            if let Some((_, end)) = &mut self.dropped {
                end.extend_from_slice(piece);
                end.drain(..end.len().saturating_sub(SEARCHED));
            } else if self.line.len() + piece.len() > self.limit {
                self.line.extend_from_slice(piece);
                let line = std::mem::take(&mut self.line);
                let beginning = line.get(..SEARCHED).unwrap_or(&line).to_vec();
                let end = line.get(line.len().saturating_sub(SEARCHED)..).unwrap_or_default().to_vec();
                self.dropped = Some((beginning, end));
            } else {
                self.line.extend_from_slice(piece);
            }
            if piece.ends_with(b"\n") {
                match self.dropped.take() {
                    Some((beginning, end)) => self.replace(&beginning, &end),
                    None => self.ready.append(&mut self.line),
                }
            }
        }
    }

    fn replace(&mut self, beginning: &[u8], end: &[u8]) {
        let Some(id) = id(&String::from_utf8_lossy(beginning), &String::from_utf8_lossy(end)) else {
            tracing::warn!(target: "rak::mcp", limit = self.limit, "a message that is no answer was too large");
            return;
        };
        let message = format!("the answer is larger than {} bytes", self.limit);
        let error = json!({"jsonrpc": "2.0", "id": id, "error": {"code": TOO_LARGE.0, "message": message}});
        self.ready.extend_from_slice(error.to_string().as_bytes());
        self.ready.push(b'\n');
    }
}

/// The id of an answer: before its result, as most write it, or at the very end.
fn id(beginning: &str, end: &str) -> Option<u64> {
    let before = beginning.split("\"result\"").next().unwrap_or_default();
    if let Some((_, after)) = before.split_once("\"id\"") {
        let digits = after.trim_start_matches([':', ' ']);
        return digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    }
    let (before, after) = end.trim_end().strip_suffix('}')?.rsplit_once("\"id\"")?;
    let top = before.trim_end_matches([',', ' ']).ends_with("\"2.0\"");
    after.trim_matches([':', ' ']).parse().ok().filter(|_| top)
}

impl<R: AsyncRead + Unpin> AsyncRead for BoundedLines<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.taken == this.ready.len() {
            this.ready.clear();
            this.taken = 0;
            let mut chunk = [0; CHUNK];
            let mut read = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                // What is left without an end is no message.
                return Poll::Ready(Ok(()));
            }
            let filled = read.filled().to_vec();
            this.read(&filled);
        }
        let rest = this.ready.get(this.taken..).unwrap_or_default();
        let passed = rest.get(..buffer.remaining()).unwrap_or(rest);
        buffer.put_slice(passed);
        this.taken += passed.len();
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    /// What comes of it, read in pieces of the size.
    async fn passed(text: &str, limit: usize) -> String {
        let (mut writer, reader) = tokio::io::duplex(7);
        let text = text.to_owned();
        let write = async move {
            tokio::io::AsyncWriteExt::write_all(&mut writer, text.as_bytes()).await.unwrap();
        };
        let mut passed = String::new();
        let mut lines = BoundedLines::new(reader, limit);
        let ((), read) = tokio::join!(write, lines.read_to_string(&mut passed));
        read.unwrap();
        passed
    }

    fn error(id: u64, limit: usize) -> String {
        format!(
            "{{\"error\":{{\"code\":-32098,\"message\":\"the answer is larger than {limit} bytes\"}},\"id\":{id},\
             \"jsonrpc\":\"2.0\"}}\n"
        )
    }

    #[tokio::test]
    async fn what_is_short_is_passed_as_it_is() {
        assert_eq!(passed("{\"a\":1}\n\nlast\nwithout end", 20).await, "{\"a\":1}\n\nlast\n");
        assert_eq!(passed("", 20).await, "");
    }

    #[tokio::test]
    async fn an_answer_that_is_too_long_is_an_error_of_its_call() {
        let long = "x".repeat(3000);
        let text =
            format!("{{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{{\"a\":\"{long}\",\"id\":9}}}}\nnext\n");
        assert_eq!(passed(&text, 100).await, error(7, 100) + "next\n");
        let text = format!("{{\"result\":{{\"id\":9,\"a\":\"{long}\"}},\"jsonrpc\":\"2.0\",\"id\":12}}\n");
        assert_eq!(passed(&text, 100).await, error(12, 100));
        let text = format!("{{\"jsonrpc\": \"2.0\", \"id\": 3, \"error\": {{\"message\": \"{long}\"}}}}\n");
        assert_eq!(passed(&text, 100).await, error(3, 100));
    }

    #[tokio::test]
    async fn what_is_too_long_and_no_answer_is_left_out() {
        let long = "x".repeat(3000);
        let text = format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":{{\"a\":\"{long}\",\"id\":9}}}}\nnext\n"
        );
        assert_eq!(passed(&text, 100).await, "next\n");
        assert_eq!(passed(&long, 100).await, "");
    }
}
