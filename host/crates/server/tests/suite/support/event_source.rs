//! A reader of Server-Sent Events.

use std::pin::Pin;

use futures::{Stream, StreamExt as _};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use super::soon;

type Bytes = Pin<Box<dyn Stream<Item = Vec<u8>> + Send>>;

pub(crate) struct EventSource {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    bytes: Bytes,
    buffer: String,
    /// Comments that came so far.
    pub(crate) comments: usize,
}

/// One frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) id: Option<u64>,
    pub(crate) data: Value,
}

impl Frame {
    /// The text of the event's content.
    pub(crate) fn text(&self) -> &str {
        self.data["content"]["parts"][0]["text"].as_str().unwrap_or_default()
    }
}

impl EventSource {
    pub(crate) async fn open(request: RequestBuilder) -> Self {
        let response = soon(request.send()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        // A connection that breaks ends the stream.
        let bytes = response.bytes_stream().take_while(|chunk| std::future::ready(chunk.is_ok()));
        let bytes = Box::pin(bytes.map(|chunk| chunk.unwrap().to_vec()));
        Self { status, headers, bytes, buffer: String::new(), comments: 0 }
    }

    pub(crate) fn invocation_id(&self) -> String {
        self.headers["x-invocation-id"].to_str().unwrap().to_owned()
    }

    /// The next frame; none at the end.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        soon(async {
            loop {
                while let Some((block, rest)) = self.buffer.split_once("\n\n") {
                    let (block, rest) = (block.to_owned(), rest.to_owned());
                    self.buffer = rest;
                    if let Some(frame) = self.read_block(&block) {
                        return Some(frame);
                    }
                }
                let chunk = self.bytes.next().await?;
                self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        })
        .await
    }

    /// Waits for one more comment.
    pub(crate) async fn next_comment(&mut self) {
        let before = self.comments;
        soon(async {
            while self.comments == before {
                let chunk = self.bytes.next().await.unwrap();
                self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
                while let Some((block, rest)) = self.buffer.split_once("\n\n") {
                    let (block, rest) = (block.to_owned(), rest.to_owned());
                    self.buffer = rest;
                    assert!(self.read_block(&block).is_none(), "{block}");
                }
            }
        })
        .await;
    }

    /// All frames to the end.
    pub(crate) async fn rest(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames
    }

    fn read_block(&mut self, block: &str) -> Option<Frame> {
        let (mut id, mut data) = (None, None);
        for line in block.lines() {
            match line.split_once(':').unwrap() {
                ("", _) => self.comments += 1,
                ("id", number) => id = Some(number.trim().parse().unwrap()),
                ("data", json) => assert!(data.replace(serde_json::from_str(json).unwrap()).is_none()),
                other => panic!("a field that is not allowed here: {other:?}"),
            }
        }
        data.map(|data| Frame { id, data })
    }
}
