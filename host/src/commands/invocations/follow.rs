//! `rak invocations follow`: an invocation in the terminal, also where its host is replaced meanwhile.

use std::process::ExitCode;

use rak_core::{InvocationId, InvocationStatus};

use crate::client::{ClientError, HostClient, Next, Said};
use crate::question;
use crate::screen::{INTERRUPTED, Screen};
use crate::telemetry::print_error;

/// Shows what there is and what comes, until it is over. Ctrl-C leaves, and the run goes on.
pub(super) async fn run(host: &HostClient, id: InvocationId, json: bool) -> anyhow::Result<ExitCode> {
    let mut screen = Screen::new(json);
    let ended = listen(host, id, &mut screen).await;
    let code = screen.end();
    let timed_out = ended? && is_timed_out(host, id).await;
    Ok(ExitCode::from(if timed_out { INTERRUPTED } else { code }))
}

/// Gives whether the end was shown as a failure.
async fn listen(host: &HostClient, id: InvocationId, screen: &mut Screen) -> Result<bool, ClientError> {
    let mut run = host.follow(id).await?;
    let mut failed = false;
    loop {
        match run.next().await? {
            Next::Said(Said { json, outcome: Ok(event) }) => {
                screen.show(&event, &json);
                // What came before may be answered by now.
                if let Some(request) = &event.input_required
                    && is_open(host, id, &request.request_id).await
                {
                    print_error(&question::command(request, id, host.address()));
                }
            }
            Next::Said(Said { json, outcome: Err(failure) }) => {
                failed = true;
                screen.fail(&failure.error, &json);
            }
            Next::Again => screen.forget_partial(),
            Next::End => return Ok(failed),
        }
    }
}

/// Whether a question waits for its answer: of the invocation, or of the agent below it whose id stands before that of the
/// question.
async fn is_open(host: &HostClient, id: InvocationId, request_id: &str) -> bool {
    let (id, request_id) = match request_id.rsplit_once('/') {
        Some((path, request_id)) => match path.rsplit('/').next().and_then(|child| child.parse().ok()) {
            Some(child) => (child, request_id),
            None => return false,
        },
        None => (id, request_id),
    };
    let waiting = host.invocation(id).await.ok().and_then(|answer| answer.value.waiting);
    waiting.is_some_and(|waiting| waiting.requests.iter().any(|request| request == request_id))
}

/// On the stream a run whose time was over looks like one that failed.
async fn is_timed_out(host: &HostClient, id: InvocationId) -> bool {
    host.invocation(id).await.is_ok_and(|answer| answer.value.status == InvocationStatus::TimedOut)
}
