//! `rak chat`: a conversation with an agent of a running host.

use std::process::ExitCode;

use anyhow::bail;
use futures::FutureExt as _;
use futures::future::Fuse;
use rak_core::{AgentState, AppName, Content, SessionId, UserId};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::ChatArguments;
use crate::client::{ClientError, HostClient, Next, RunEvents, RunRequest, Said};
use crate::human::one_line;
use crate::input::{Input, Line};
use crate::person::{Desk, Left, Person};
use crate::question;
use crate::screen::{INTERRUPTED, Screen};
use crate::telemetry::{print_error, report};

/// What stands before a message.
const PROMPT: &str = "> ";

/// Talks until the input ends. Ctrl-C cancels a run, a second one leaves; so does one at the prompt. What the agent asks is
/// answered at the terminal; in a pipe each line is a message, and who is to answer is told how.
pub(crate) async fn run(arguments: ChatArguments) -> anyhow::Result<ExitCode> {
    let host = HostClient::new(&arguments.host.host)?;
    let agent = host.agent(&arguments.name).await?.value;
    if agent.state == AgentState::Refused {
        bail!("{} cannot be run: {}", agent.name, agent.reason.unwrap_or_default());
    }
    let mut input = Input::conversation()?;
    let mut chat = Chat {
        host: &host,
        agent: arguments.name,
        session: arguments.session.unwrap_or_else(SessionId::random),
        user: arguments.user,
        json: arguments.json,
        interrupt: signal(SignalKind::interrupt())?,
    };
    if input.is_terminal() {
        let description = agent.descriptor.map(|descriptor| descriptor.description).unwrap_or_default();
        print_error(&format!("{}: {}", agent.name, one_line(&description)));
        print_error(&format!("session {}; Ctrl-C stops an answer, Ctrl-D leaves", chat.session));
    }
    let mut exit_code = 0;
    loop {
        let line = tokio::select! {
            line = input.next("message", PROMPT) => line?,
            // At the prompt of a terminal Ctrl-C is a key.
            _ = chat.interrupt.recv(), if !input.is_terminal() => return Ok(ExitCode::from(INTERRUPTED)),
        };
        let Line::Text(line) = line else { break };
        if line.trim().is_empty() {
            continue;
        }
        match Box::pin(chat.say(line, &mut input)).await {
            Ok(Ended::With(code)) => exit_code = code,
            Ok(Ended::Left) => return Ok(ExitCode::from(INTERRUPTED)),
            // A person decides whether to try again; in a pipe a host that is gone is the end.
            Err(error) if input.is_terminal() || matches!(error, ClientError::Refused { .. }) => {
                report(&error.into());
                exit_code = 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(if input.is_terminal() { ExitCode::SUCCESS } else { ExitCode::from(exit_code) })
}

struct Chat<'a> {
    host: &'a HostClient,
    agent: AppName,
    session: SessionId,
    user: Option<UserId>,
    json: bool,
    interrupt: Signal,
}

/// How a run ended here.
enum Ended {
    /// It is over; this is what a program would exit with.
    With(u8),
    /// The person left while it went on.
    Left,
}

impl Chat<'_> {
    /// One run, from its beginning to its end.
    async fn say(&mut self, text: String, input: &mut Input) -> Result<Ended, ClientError> {
        // What was pressed before is not meant for this run.
        while self.interrupt.recv().now_or_never().is_some() {}
        let request = RunRequest {
            agent: self.agent.clone(),
            session: self.session.clone(),
            user: self.user.clone(),
            message: Content::new_user_text(text),
        };
        let mut stop = false;
        let mut starting = std::pin::pin!(self.host.run(request));
        let run = loop {
            tokio::select! {
                run = &mut starting => break run?,
                _ = self.interrupt.recv() => {
                    if std::mem::replace(&mut stop, true) {
                        return Ok(Ended::Left);
                    }
                }
            }
        };
        let mut screen = Screen::new(self.json);
        let answers = input.is_terminal().then_some(input);
        let person = Person::new(Desk::Host(self.host), answers, self.user.as_ref().map(UserId::to_string));
        let ended = self.listen(run, stop, person, &mut screen).await;
        let code = screen.end();
        Ok(if ended? { Ended::With(code) } else { Ended::Left })
    }

    /// Shows what comes until the run is over. Gives whether it is.
    async fn listen(
        &mut self,
        mut run: RunEvents<'_>,
        mut stop: bool,
        mut person: Person<'_>,
        screen: &mut Screen,
    ) -> Result<bool, ClientError> {
        let mut cancel = std::pin::pin!(Fuse::terminated());
        if stop {
            cancel.set(self.host.cancel(run.invocation()).fuse());
        }
        loop {
            let is_interrupted = tokio::select! {
                next = run.next() => {
                    person.leave_line();
                    match next? {
                        Next::Said(Said { json, outcome: Ok(event) }) => {
                            screen.show(&event, &json);
                            person.see(&event);
                        }
                        Next::Said(Said { json, outcome: Err(failure) }) => screen.fail(&failure.error, &json),
                        Next::Again => screen.forget_partial(),
                        Next::End => return Ok(true),
                    }
                    false
                }
                cancelled = &mut cancel => {
                    if let Err(error) = cancelled {
                        screen.forget_partial();
                        report(&anyhow::Error::new(error).context("the run could not be cancelled"));
                    }
                    false
                }
                left = person.leaves() => match left {
                    Left::Interrupted => true,
                    Left::InputEnded { id, request } => {
                        print_error(&question::command(&request, id, self.host.address()));
                        false
                    }
                },
                _ = self.interrupt.recv() => true,
            };
            if is_interrupted {
                if std::mem::replace(&mut stop, true) {
                    return Ok(false);
                }
                cancel.set(self.host.cancel(run.invocation()).fuse());
            }
        }
    }
}
