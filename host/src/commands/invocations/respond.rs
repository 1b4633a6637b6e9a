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
    let (id, reply) = if let Some(text) = message {
        (id, Reply::Message { request_id: request, content: Content::new_user_text(text) })
    } else {
        let (id, request_id) = match request {
            Some(request_id) => (id, request_id),
            None => the_question(host, id).await?,
        };
        let reply = match answer {
            Some(answer) => Reply::Answer { request_id, answer },
            None => Reply::Decision { request_id, decision: Decision { approved: approve, reason, edited } },
        };
        (id, reply)
    };
    let answer = host.respond(id, Respond { reply, by, user_id: None }).await?;
    Ok(if json { answer.json } else { format!("{id} has the answer to {}", answer.value.request_id) })
}

/// The one question that an invocation waits for, or an agent that it waits for; with who asks it.
async fn the_question(host: &HostClient, id: InvocationId) -> anyhow::Result<(InvocationId, String)> {
    let status = host.invocation(id).await?.value.status;
    let (mut left, mut found) = (vec![id], Vec::new());
    while let Some(id) = left.pop() {
        let invocation = host.invocation(id).await?.value;
        let requests = invocation.waiting.map(|waiting| waiting.requests).unwrap_or_default();
        found.extend(requests.into_iter().map(|request| (id, request)));
        if !invocation.status.is_terminal() {
            // One that waits in memory does not say for whom.
            let children = host.children(id).await?.value.invocations;
            left.extend(children.into_iter().map(|child| child.invocation_id));
        }
    }
    match found.as_slice() {
        [(asker, request_id)] => Ok((*asker, request_id.clone())),
        [] => bail!("{id} asks nothing at the moment: it is {status}"),
        several => {
            let named = |(asker, request): &(InvocationId, String)| {
                if *asker == id { request.clone() } else { format!("{request} (of {asker})") }
            };
            let named: Vec<_> = several.iter().map(named).collect();
            bail!("{id} asks {}; name who asks, and one of them", named.join(", "))
        }
    }
}
