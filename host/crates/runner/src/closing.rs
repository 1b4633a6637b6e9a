//! Storing the end of an invocation, whatever the store says.

use std::sync::Arc;
use std::time::Duration;

use rak_core::{
    EncodedEvent, Failure, FailureKind, InvocationStatus, InvocationStep, StateDelta, StoreError, Usage,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::ending::Ending;
use crate::recorder::{self, Record, Recorder};

/// How long the store may take to keep the end of a run.
const STORE_END_TIMEOUT: Duration = Duration::from_secs(30);
/// How soon a store that did not take the end of a run is asked again, and how long the pauses become.
const RETRY_END: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Stores the end. What cannot be stored becomes a failure that can be; a store that takes nothing leaves the terminal
/// event to the listeners for now, and is asked again until it takes it. A run that was stopped ends as whoever stopped
/// it was told, whenever that can be stored.
pub(crate) async fn end(
    recorder: &Arc<Recorder>,
    stopping: &CancellationToken,
    ending: Ending,
    state: StateDelta,
    usage: Usage,
) -> (InvocationStatus, Vec<Arc<EncodedEvent>>) {
    let status = ending.status();
    let stopped = match ending {
        Ending::Stopped(reason) => Some(reason),
        Ending::Completed(_) | Ending::Failed { .. } => None,
    };
    let error = match store_end(recorder, ending, state, usage).await {
        Ok(events) => return (status, events),
        Err(error) => error,
    };
    tracing::warn!(invocation = %recorder.id, %error, "the end of a run could not be stored");
    let message = format!("the end of the run could not be stored: {}", error.message);
    let otherwise = move || match stopped {
        Some(reason) => Ending::Stopped(reason),
        None => Ending::Failed { code: "not_stored".into(), message: message.clone(), details: None },
    };
    let status = otherwise().status();
    if let Ok(events) = store_end(recorder, otherwise(), StateDelta::new(), usage).await {
        return (status, events);
    }
    let events = otherwise().events(recorder.id, "", &[], &StateDelta::new());
    store_end_later(recorder.clone(), stopping.clone(), otherwise, usage);
    let events = recorder::encode(events)
        .inspect_err(|error| tracing::error!(%error, "the terminal event was lost"))
        .unwrap_or_default();
    (status, events)
}

/// Asks the store again and again. Where the host ends before it answers, the run is found at the next start.
fn store_end_later(
    recorder: Arc<Recorder>,
    stopping: CancellationToken,
    ending: impl Fn() -> Ending + Send + Sync + 'static,
    usage: Usage,
) {
    let (mut pause, longest) = RETRY_END;
    let (tasks, runtime) = (recorder.tasks.clone(), recorder.runtime.clone());
    let retry = async move {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            match store_end(&recorder, ending(), StateDelta::new(), usage).await {
                Err(failure) if failure.kind == FailureKind::Unavailable => {
                    pause = pause.saturating_mul(2).min(longest);
                }
                // Stored, or not to be stored any more: its session was deleted.
                _ => return,
            }
        }
    };
    tasks.spawn_on(retry, &runtime);
}

pub(crate) async fn store_end(
    recorder: &Arc<Recorder>,
    ending: Ending,
    state: StateDelta,
    usage: Usage,
) -> Result<Vec<Arc<EncodedEvent>>, Failure> {
    let end = ending.end(usage, recorder.progress().clone());
    let late = |_| StoreError::unavailable("it did not answer in time");
    let mut writing = timeout(STORE_END_TIMEOUT, recorder.lock()).await.map_err(late)??;
    let author = recorder.session.app_name.as_str();
    let events = ending.events(recorder.id, author, &writing.written().open_calls, &state);
    let step = Some(InvocationStep::Ends(end));
    let record = Record { events, state, step, ..Record::default() };
    recorder.record_end(writing, record, STORE_END_TIMEOUT).await
}
