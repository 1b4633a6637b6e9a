//! `rak invocations respond`: the answer to what an invocation asks.

use anyhow::bail;
use rak_core::{Content, Decision, InvocationId, Reply, Respond};

use crate::cli::RespondArguments;
use crate::client::HostClient;

/// Gives what the host says of it.
pub(super) async fn run(
    host: &HostClient,
    arguments: RespondArguments,
    json: bool,
) -> anyhow::Result<String> {
    let RespondArguments { id, request, approve, reject: _, answer, message, reason, edited, by } = arguments;
    let reply = if let Some(text) = message {
        Reply::Message { request_id: request, content: Content::new_user_text(text) }
    } else {
        let request_id = match request {
            Some(request_id) => request_id,
            None => the_question(host, id).await?,
        };
        match answer {
            Some(answer) => Reply::Answer { request_id, answer },
            None => Reply::Decision { request_id, decision: Decision { approved: approve, reason, edited } },
        }
    };
    let answer = host.respond(id, Respond { reply, by, user_id: None }).await?;
    Ok(if json { answer.json } else { format!("{id} has the answer to {}", answer.value.request_id) })
}

/// The one question that an invocation waits for.
async fn the_question(host: &HostClient, id: InvocationId) -> anyhow::Result<String> {
    let invocation = host.invocation(id).await?.value;
    let mut requests = invocation.waiting.map(|waiting| waiting.requests).unwrap_or_default();
    match (requests.pop(), requests.is_empty()) {
        (Some(request_id), true) => Ok(request_id),
        (Some(last), false) => bail!("{id} asks {} and {last}; name one of them", requests.join(", ")),
        (None, _) => bail!("{id} asks nothing at the moment: it is {}", invocation.status),
    }
}
