//! `rak invocations`: the runs of a running host.

mod describe;
mod export;
mod follow;
mod respond;

use std::process::ExitCode;

use rak_core::{InvocationId, InvocationStatus};

use crate::cli::{InvocationsAction, InvocationsArguments};
use crate::client::{ClientError, HostClient, Wish};
use crate::human::Ages;
use crate::screen::print_line;

/// Does what was asked for, and shows what the host says of it.
pub(crate) async fn run(arguments: InvocationsArguments) -> anyhow::Result<ExitCode> {
    let host = HostClient::new(&arguments.host.host)?;
    let json = arguments.json;
    let text = match arguments.action {
        InvocationsAction::List { status, session, limit } => {
            let answer = host.invocations(status, session.as_ref(), limit).await?;
            if json { answer.json } else { describe::list(&answer.value, host.address(), Ages::now()) }
        }
        InvocationsAction::Show { id } => {
            let answer = host.invocation(id).await?;
            if json {
                answer.json
            } else {
                let questions = host.questions(&answer.value).await?;
                describe::one(&answer.value, &questions, Ages::now())
            }
        }
        InvocationsAction::Follow { id } => return follow::run(&host, id, json).await,
        InvocationsAction::Pause { id } => wish(&host, id, Wish::Pause, json).await?,
        InvocationsAction::Resume { id } => wish(&host, id, Wish::Resume, json).await?,
        InvocationsAction::Cancel { id } => wish(&host, id, Wish::Cancel, json).await?,
        InvocationsAction::Respond(arguments) => respond::run(&host, arguments, json).await?,
        InvocationsAction::Export { id, output } => {
            return export::run(&host, id, output.as_deref()).await;
        }
    };
    print_line(&text);
    Ok(ExitCode::SUCCESS)
}

async fn wish(host: &HostClient, id: InvocationId, wish: Wish, json: bool) -> Result<String, ClientError> {
    let answer = host.wish(id, wish).await?;
    if json {
        return Ok(answer.json);
    }
    let status = answer.value.status;
    Ok(match wish {
        Wish::Pause if status == InvocationStatus::Paused => format!("{id} is paused"),
        Wish::Pause => format!("{id} is {status}, and rests from its next call to the host on"),
        Wish::Resume if status == InvocationStatus::Paused => format!("{id} goes on"),
        Wish::Resume => format!("{id} goes on: it is {status}"),
        Wish::Cancel if answer.value.ended_at.is_some() => format!("{id} is over: {status}"),
        Wish::Cancel => format!("{id} is being cancelled"),
    })
}
