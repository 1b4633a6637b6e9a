//! The chunks of a body, each of which has to arrive in time.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use tokio::time::{Sleep, sleep};

use crate::error::ApiError;

/// A body that is read as it comes. It may take as long as it likes, as long as something comes.
pub(super) struct Chunks {
    body: Body,
    patience: Duration,
    /// Runs while nothing comes.
    waiting: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl Chunks {
    pub(super) fn new(body: Body, patience: Duration) -> Self {
        Self { body, patience, waiting: None, ended: false }
    }

    /// The next chunk; none at the end of a body that arrived whole.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, ApiError>> {
        while !self.ended {
            let frame = match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    let patience = self.patience;
                    let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
                    ready!(waiting.as_mut().poll(cx));
                    return Poll::Ready(Err(ApiError::body_too_slow()));
                }
            };
            self.waiting = None;
            match frame {
                None => self.ended = true,
                Some(Err(error)) => {
                    tracing::debug!(%error, "an upload broke off");
                    return Poll::Ready(Err(ApiError::incomplete_body()));
                }
                // What is no data are trailers, which say nothing here.
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Ok(Some(bytes)));
                    }
                }
            }
        }
        Poll::Ready(Ok(None))
    }
}
