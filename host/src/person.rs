//! A person at the terminal, who answers what an agent asks.

use std::future::pending;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rak_core::{Event, InputRequest, InvocationId, Respond, RespondError};
use rak_runner::Runner;
use reqwest::StatusCode;

use crate::client::{ClientError, HostClient};
use crate::input::{Input, Line};
use crate::question;
use crate::telemetry::{print_error, report};

/// Who takes the answers.
#[derive(Clone)]
pub(crate) enum Desk<'a> {
    Host(&'a HostClient),
    Runner(Runner),
}

/// Why an answer was not taken.
enum NotTaken {
    /// Another one may be, or the same one later.
    This(anyhow::Error),
    /// It is too late for any.
    Any(anyhow::Error),
}

/// How a question was left without an answer.
pub(crate) enum Left {
    /// Ctrl-C, where it is a key.
    Interrupted,
    /// Nothing more can be read.
    InputEnded { id: InvocationId, request: InputRequest },
}

/// Asks a person what an agent asks. It is told of the events of a run, and waited for beside them.
pub(crate) struct Person<'a> {
    desk: Desk<'a>,
    /// Absent where the input is not for answers: a person elsewhere is told how to give one.
    input: Option<&'a mut Input>,
    by: Option<String>,
    open: Option<(InvocationId, InputRequest)>,
    sending: Option<Sending<'a>>,
}

/// An answer on its way.
struct Sending<'a> {
    request_id: String,
    taken: BoxFuture<'a, Result<(), NotTaken>>,
}

impl<'a> Person<'a> {
    /// A person who answers with lines of this input, under this name.
    pub(crate) fn new(desk: Desk<'a>, input: Option<&'a mut Input>, by: Option<String>) -> Self {
        Self { desk, input, by, open: None, sending: None }
    }

    /// Leaves the line in which somebody writes an answer, so that something can be shown beneath it.
    pub(crate) fn leave_line(&mut self) {
        if let Some(input) = &mut self.input {
            input.leave_line();
        }
    }

    /// Takes in what an event asks, and who else answered. The event itself is shown by then.
    pub(crate) fn see(&mut self, event: &Event) {
        if let Some(request) = &event.input_required {
            match (&self.input, &self.desk) {
                (None, Desk::Host(host)) => {
                    print_error(&question::command(request, event.invocation_id, host.address()));
                }
                _ => self.open = Some((event.invocation_id, request.clone())),
            }
        }
        if let Some(response) = &event.input_response {
            self.close(&response.request_id);
        }
        if event.turn_complete {
            self.open = None;
        }
    }

    /// Asks whatever is open until it is answered, and whatever comes then; returns where somebody leaves a question. May
    /// be dropped and asked again: nothing is lost.
    pub(crate) async fn leaves(&mut self) -> Left {
        loop {
            if let Some(sending) = &mut self.sending {
                let taken = (&mut sending.taken).await;
                self.sent(taken);
            }
            let (Some((id, request)), Some(input)) = (&self.open, &mut self.input) else {
                return pending().await;
            };
            let purpose = format!("{id} {}", request.request_id);
            let line = input.next(&purpose, question::prompt(request.kind)).await.unwrap_or_else(|error| {
                report(&error);
                Line::End
            });
            match line {
                Line::Text(line) if line.trim().is_empty() => {}
                Line::Text(line) => match question::read(request, &line) {
                    Ok(reply) => {
                        let respond = Respond { reply, by: self.by.clone(), user_id: None };
                        let taken = self.desk.clone().take(*id, respond).boxed();
                        self.sending = Some(Sending { request_id: request.request_id.clone(), taken });
                    }
                    Err(problem) => print_error(&problem),
                },
                Line::Interrupted => {
                    self.open = None;
                    return Left::Interrupted;
                }
                Line::End => {
                    let (id, request) = (*id, request.clone());
                    self.open = None;
                    return Left::InputEnded { id, request };
                }
            }
        }
    }

    fn sent(&mut self, taken: Result<(), NotTaken>) {
        let Some(Sending { request_id, .. }) = self.sending.take() else { return };
        match taken {
            Ok(()) => self.close(&request_id),
            Err(NotTaken::This(error)) => {
                report(&error);
            }
            Err(NotTaken::Any(error)) => {
                report(&error);
                self.close(&request_id);
            }
        }
    }

    fn close(&mut self, request_id: &str) {
        self.open.take_if(|(_, request)| request.request_id == request_id);
    }
}

impl Desk<'_> {
    async fn take(self, id: InvocationId, respond: Respond) -> Result<(), NotTaken> {
        match self {
            Self::Host(host) => host.respond(id, respond).await.map(drop).map_err(NotTaken::from),
            Self::Runner(runner) => runner.respond(id, respond).await.map(drop).map_err(NotTaken::from),
        }
    }
}

impl From<ClientError> for NotTaken {
    fn from(error: ClientError) -> Self {
        match &error {
            ClientError::Refused { status: StatusCode::NOT_FOUND | StatusCode::CONFLICT, .. } => {
                Self::Any(error.into())
            }
            _ => Self::This(error.into()),
        }
    }
}

impl From<RespondError> for NotTaken {
    fn from(error: RespondError) -> Self {
        match &error {
            RespondError::InvalidAnswer { .. } => Self::This(error.into()),
            _ => Self::Any(error.into()),
        }
    }
}
