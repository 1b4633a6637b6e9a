//! What the host does at its start for the runs that its last end cut off.

use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use rak_core::time::UnixMillis;
use rak_core::{
    Commit, EncodedEvent, EventLog, InvocationFilter, InvocationRecord, InvocationStatus, StateDelta,
    StopReason, StoreError, Usage,
};

use crate::ending::Ending;
use crate::run_context::Written;

/// How many runs are ended at a time: enough to fill a group commit.
const CONCURRENCY: usize = 64;
const PAGE: usize = 500;

/// Ends every run that is stored as going on. Gives how many there were.
pub(crate) async fn interrupt_unfinished(log: Arc<dyn EventLog>) -> Result<usize, StoreError> {
    let mut ended = 0;
    for status in [InvocationStatus::Active, InvocationStatus::Queued] {
        loop {
            let filter =
                InvocationFilter { status: Some(status), limit: PAGE, ..InvocationFilter::default() };
            let page = log.invocations(filter).await?.invocations;
            if page.is_empty() {
                break;
            }
            ended += page.len();
            stream::iter(page)
                .map(|record| interrupt(log.as_ref(), record))
                .buffer_unordered(CONCURRENCY)
                .try_collect::<()>()
                .await?;
        }
    }
    Ok(ended)
}

async fn interrupt(log: &dyn EventLog, record: InvocationRecord) -> Result<(), StoreError> {
    let mut written = Written::default();
    loop {
        let page = log.read(record.id, written.last_seq, PAGE).await?;
        let Some(last) = page.last() else { break };
        written.last_seq = last.seq();
        for content in page.iter().filter_map(|event| event.content.as_ref()) {
            written.observe(content);
        }
    }
    let ending = Ending::Stopped(StopReason::Interrupted);
    let end = ending.end(Usage::default(), record.progress.clone());
    let author = record.session.app_name.as_str();
    let events = ending
        .events(record.id, author, &written.open_calls, &StateDelta::new())
        .into_iter()
        .zip(written.last_seq + 1..)
        .map(|(mut event, seq)| {
            event.seq = Some(seq);
            EncodedEvent::new(event).map_err(StoreError::unavailable)
        })
        .collect::<Result<_, _>>()?;
    log.commit(Commit {
        invocation: record.id,
        session: record.session,
        events,
        state: StateDelta::new(),
        at: UnixMillis::now(),
        end: Some(end),
    })
    .await
}
