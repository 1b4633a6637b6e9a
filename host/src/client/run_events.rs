//! The events of a run, also where the connection breaks in the midst of it.

use std::time::Duration;

use rak_core::{AppName, Content, Event, InvocationId, SessionId, UserId};
use rak_server::protocol::rest::RunBody;
use rak_server::protocol::sse::StreamFailure;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use tokio::time::{sleep, timeout};

use super::sse::SseParser;
use super::{ClientError, HostClient};

/// The pauses before each try to take up a stream that broke: at once, and then for as long as a host needs to start.
const PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];
/// The same for who only listens, and can wait for a host that is being replaced: a minute and a half.
const PATIENT_PAUSES: [Duration; 10] = [
    Duration::ZERO,
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(30),
];
/// A host says every 15 seconds that it is there, where it was not told otherwise. After this the connection is dead.
const MAX_SILENCE: Duration = Duration::from_mins(2);

/// Something to say to an agent.
pub(crate) struct RunRequest {
    pub(crate) agent: AppName,
    pub(crate) session: SessionId,
    pub(crate) user: Option<UserId>,
    pub(crate) message: Content,
}

/// A frame of a run.
pub(crate) struct Said {
    /// As it was sent.
    pub(crate) json: String,
    /// What it means.
    pub(crate) outcome: Result<Box<Event>, StreamFailure>,
}

/// What comes next of a run.
pub(crate) enum Next {
    Said(Said),
    /// The connection broke and is there again. What was partial is void; what is stored comes exactly once.
    Again,
    /// The run is over.
    End,
}

/// The events of a run, in order.
pub(crate) struct RunEvents<'a> {
    host: &'a HostClient,
    /// Absent where the host did not say it.
    invocation: Option<InvocationId>,
    response: Option<Response>,
    parser: SseParser,
    /// The number of the newest stored event that came.
    last: u64,
    pauses: &'static [Duration],
    /// Tries to take up the stream since something came.
    tries: usize,
    over: bool,
}

impl HostClient {
    /// Starts a run.
    pub(crate) async fn run(&self, run: RunRequest) -> Result<RunEvents<'_>, ClientError> {
        let body = RunBody { app_name: Some(run.agent), user_id: run.user, ..RunBody::new(run.message) };
        let path = ["sessions", run.session.as_str(), "run", "sse"];
        let response = self.send(self.request(Method::POST, &path).json(&body)).await?;
        let header = response.headers().get("x-invocation-id");
        let invocation = header.and_then(|id| id.to_str().ok()?.parse().ok());
        Ok(RunEvents::new(self, invocation, response, &PAUSES))
    }

    /// Listens to an invocation from its beginning on, whether it is over or not.
    pub(crate) async fn follow(&self, id: InvocationId) -> Result<RunEvents<'_>, ClientError> {
        let response = self.send(self.events_after(id, 0)).await?;
        Ok(RunEvents::new(self, Some(id), response, &PATIENT_PAUSES))
    }

    fn events_after(&self, id: InvocationId, last: u64) -> RequestBuilder {
        let path = ["invocations", &id.to_string(), "events"];
        self.request(Method::GET, &path).header("last-event-id", last)
    }
}

impl<'a> RunEvents<'a> {
    fn new(
        host: &'a HostClient,
        invocation: Option<InvocationId>,
        response: Response,
        pauses: &'static [Duration],
    ) -> Self {
        let (response, parser) = (Some(response), SseParser::default());
        Self { host, invocation, response, parser, last: 0, pauses, tries: 0, over: false }
    }

    pub(crate) fn invocation(&self) -> Option<InvocationId> {
        self.invocation
    }

    /// What comes next. May be dropped and asked again: nothing is lost.
    pub(crate) async fn next(&mut self) -> Result<Next, ClientError> {
        loop {
            if self.over {
                return Ok(Next::End);
            }
            if let Some(frame) = self.parser.next() {
                self.tries = 0;
                self.last = frame.id.unwrap_or(self.last);
                return self.read(frame.data).map(Next::Said);
            }
            let Some(response) = &mut self.response else {
                self.take_up().await?;
                return Ok(Next::Again);
            };
            // A stream that ends before its run does is broken too.
            if let Ok(Ok(Some(bytes))) = timeout(MAX_SILENCE, response.chunk()).await {
                self.parser.push(&bytes).map_err(|error| self.host.strange(error.to_string()))?;
            } else {
                self.response = None;
                self.parser = SseParser::default();
            }
        }
    }

    fn read(&mut self, json: String) -> Result<Said, ClientError> {
        let outcome = match serde_json::from_str::<Box<Event>>(&json) {
            Ok(event) => {
                self.over = event.turn_complete;
                Ok(event)
            }
            Err(error) => {
                let failure = serde_json::from_str(&json);
                self.over = true;
                Err(failure.map_err(|_| self.host.strange(error.to_string()))?)
            }
        };
        Ok(Said { json, outcome })
    }

    /// Listens again from the last stored event on.
    async fn take_up(&mut self) -> Result<(), ClientError> {
        let mut failure = None;
        while let Some(pause) = self.pauses.get(self.tries) {
            sleep(*pause).await;
            self.tries += 1;
            match self.host.send(self.resume_request()?).await {
                Ok(response) => {
                    self.response = Some(response);
                    return Ok(());
                }
                Err(error) if may_pass(&error) => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or_else(|| self.host.strange("its streams end before their runs do".to_owned())))
    }

    fn resume_request(&self) -> Result<RequestBuilder, ClientError> {
        let Some(id) = self.invocation else {
            return Err(self.host.strange("its stream ended before its run did".to_owned()));
        };
        Ok(self.host.events_after(id, self.last))
    }
}

/// Whether the same request may have another answer soon: nobody answers, or a host that is starting or stopping.
fn may_pass(error: &ClientError) -> bool {
    match error {
        ClientError::NoHost { .. } | ClientError::Lost { .. } => true,
        ClientError::Refused { status, .. } => *status == StatusCode::SERVICE_UNAVAILABLE,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
