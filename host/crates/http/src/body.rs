//! The rest of an answer, bounded in time and in size, without the credential that was sent.

use std::time::Duration;

use async_trait::async_trait;
use rak_core::{Failure, HttpBody};
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use crate::failure::{late, of_error, too_large};
use crate::place::Place;
use crate::redaction::Redaction;

/// How long an exchange may take, as it was begun.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    timeout: Duration,
    at: Instant,
}

impl Deadline {
    pub(crate) fn after(timeout: Duration) -> Self {
        Self { timeout, at: Instant::now() + timeout }
    }

    /// What the library gives, if it does in time.
    pub(crate) async fn wait<T>(
        self,
        place: &Place,
        given: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, Failure> {
        match timeout_at(self.at, given).await {
            Ok(given) => given.map_err(|error| of_error(place, &error)),
            Err(_) => Err(late(place, self.timeout)),
        }
    }
}

/// The rest of an answer.
pub(crate) struct Body {
    pub(crate) place: Place,
    pub(crate) deadline: Deadline,
    pub(crate) max_bytes: u64,
    /// How many bytes may still come.
    pub(crate) left: u64,
    pub(crate) redaction: Option<Redaction>,
    pub(crate) source: Source,
}

/// Where it comes from.
pub(crate) enum Source {
    Open(Response),
    /// What is left of it is nothing, or will always be this.
    Closed(Result<(), Failure>),
}

#[async_trait]
impl HttpBody for Body {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            let response = match &mut self.source {
                Source::Open(response) => response,
                Source::Closed(end) => return end.clone().map(|()| None),
            };
            let shown = match self.deadline.wait(&self.place, response.chunk()).await {
                Ok(Some(chunk)) => self.take(&chunk),
                Ok(None) => {
                    self.source = Source::Closed(Ok(()));
                    Ok(self.redaction.as_mut().map(Redaction::finish).unwrap_or_default())
                }
                Err(failure) => Err(failure),
            };
            match shown {
                Ok(shown) if shown.is_empty() => {}
                Ok(shown) => return Ok(Some(shown)),
                // The connection is of no use any more.
                Err(failure) => {
                    let secrets = self.redaction.as_ref().map(|redaction| &redaction.secrets);
                    let failure = secrets.map(|secrets| secrets.failure(failure.clone())).unwrap_or(failure);
                    self.source = Source::Closed(Err(failure));
                }
            }
        }
    }
}

impl Body {
    /// What can be shown of it; may be nothing.
    fn take(&mut self, chunk: &[u8]) -> Result<Vec<u8>, Failure> {
        let size = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        let Some(left) = self.left.checked_sub(size) else {
            return Err(too_large(&self.place, self.max_bytes));
        };
        self.left = left;
        Ok(match &mut self.redaction {
            Some(redaction) => redaction.push(chunk),
            None => chunk.to_vec(),
        })
    }
}
