//! `rak agents`: the agents of a running host, and which version of them is live.

mod describe;
mod push;

use std::process::ExitCode;

use rak_core::{AgentInfo, AppName, VersionInfo};
use reqwest::StatusCode;
use serde_json::{Map, Value};

use crate::cli::{AgentsAction, AgentsArguments};
use crate::client::{ClientError, HostClient};
use crate::human::{Ages, short_digest};
use crate::screen::print_line;

/// Does what was asked for, and shows what the host says of it.
pub(crate) async fn run(arguments: AgentsArguments) -> anyhow::Result<ExitCode> {
    let host = HostClient::new(&arguments.host.host)?;
    let json = arguments.json;
    let text = match arguments.action {
        AgentsAction::List => list(&host, json).await?,
        AgentsAction::Inspect { name } => inspect(&host, &name, json).await?,
        AgentsAction::Push(push) => return push::run(&host, push, json).await,
        AgentsAction::Rollback { name, to } => rollback(&host, &name, to.as_deref(), json).await?,
        AgentsAction::Remove { name } => remove(&host, &name, json).await?,
    };
    print_line(&text);
    Ok(ExitCode::SUCCESS)
}

async fn list(host: &HostClient, json: bool) -> Result<String, ClientError> {
    let answer = host.agents().await?;
    Ok(if json { answer.json } else { describe::list(&answer.value.agents, host.address(), Ages::now()) })
}

async fn inspect(host: &HostClient, name: &AppName, json: bool) -> anyhow::Result<String> {
    let agent = host.agent(name).await?;
    let versions = match host.versions(name).await {
        Ok(answer) => answer.value.versions,
        // An agent of which nothing was ever loaded has no versions.
        Err(ClientError::Refused { status: StatusCode::NOT_FOUND, .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    if json {
        let mut whole: Map<String, Value> = serde_json::from_str(&agent.json)?;
        whole.insert("versions".to_owned(), serde_json::to_value(versions)?);
        return Ok(serde_json::to_string(&whole)?);
    }
    Ok(describe::one(&agent.value, &versions, Ages::now()))
}

async fn rollback(
    host: &HostClient,
    name: &AppName,
    to: Option<&str>,
    json: bool,
) -> Result<String, ClientError> {
    let answer = host.rollback(name, to).await?;
    Ok(if json { answer.json } else { format!("{name} is back at {}", live(&answer.value)) })
}

async fn remove(host: &HostClient, name: &AppName, json: bool) -> Result<String, ClientError> {
    let answer = host.remove(name).await?;
    Ok(if json { answer } else { format!("{name} is removed; runs in progress go on to their end") })
}

/// The current version of an agent, in a few words.
fn live(agent: &AgentInfo) -> String {
    agent.current.as_ref().map_or_else(|| "no version".to_owned(), version_words)
}

fn version_words(version: &VersionInfo) -> String {
    format!("version {} ({})", version.number, short_digest(&version.digest))
}
