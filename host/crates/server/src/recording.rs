//! All that it takes to repeat an invocation, written while it is read.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use rak_core::time::UnixMillis;
use rak_core::{
    EncodedEvent, EventLog, HistoryEntry, HistoryQuery, InvocationId, InvocationRecord, JournalChunk, Resume,
    SessionKey, SessionService, StoreError,
};
use serde::Serialize;

use crate::protocol::rest::{InvocationBody, RECORDING_FORMAT, SeedText};

/// How much of the history before an invocation goes along, in entries: one page of the largest size an agent may ask for.
const MAX_HISTORY: usize = 1000;
/// The same in bytes.
const MAX_HISTORY_BYTES: usize = 16 << 20;
/// How many entries of the history are read at a time.
const HISTORY_PAGE: usize = 50;
/// How many events are read at a time.
const EVENTS_PAGE: usize = 50;

/// Which recordings may be given, and what of them.
#[derive(Clone, Copy, Debug)]
pub struct RecordingOptions {
    /// Whether the seed goes along where the invocation is not over: who has it knows its random numbers beforehand.
    pub seed_before_the_end: bool,
    /// How long journals are kept after the end.
    pub retention: Duration,
}

/// Why an invocation has no recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// There is no such invocation.
    #[error("there is no invocation {0}")]
    NotFound(InvocationId),
    /// It waits for its session.
    #[error("invocation {0} has not begun yet, so there is nothing to repeat")]
    NotBegun(InvocationId),
    /// It was run without a journal.
    #[error("invocation {0} is not durable: its agent runs without a journal, so it cannot be repeated")]
    NotDurable(InvocationId),
    /// It ended too long ago.
    #[error(
        "the journal of invocation {id} is gone: it ended more than {} ago, and none is kept for longer (durability.journal_retention_ms)",
        days(*.retention)
    )]
    Pruned {
        /// Which one.
        id: InvocationId,
        /// How long journals are kept.
        retention: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn days(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..3600 => format!("{seconds} seconds"),
        seconds @ 3600..172_800 => format!("{} hours", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// What is read before the first byte is written, so that a refusal is one.
struct Beginning {
    record: InvocationRecord,
    resume: Resume,
    position: u64,
    message: EncodedEvent,
    chunks: Vec<JournalChunk>,
}

/// Reads a recording: JSON in pieces, a [`Recording`](crate::protocol::rest::Recording) together. The journal is in
/// memory meanwhile, the events are not.
pub async fn read_recording(
    log: Arc<dyn EventLog>,
    sessions: &dyn SessionService,
    id: InvocationId,
    options: RecordingOptions,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + Send + use<>, RecordingError> {
    let Beginning { record, resume, position, message, chunks } =
        begin(log.as_ref(), id, options.retention).await?;
    let (history, more) = history(sessions, &record.session, position).await?;
    let seed = (record.status.is_terminal() || options.seed_before_the_end).then_some(SeedText(resume.seed));
    let started_at = record.started_at;
    let head = format!(
        r#"{{"format":{RECORDING_FORMAT},"invocation":{},"message":{},"moreHistory":{more},"history":["#,
        json(&InvocationBody::new(record, None))?,
        message.json
    );
    let seed = seed.map(|seed| Ok::<_, StoreError>(format!(r#""seed":{},"#, json(&seed)?))).transpose()?;
    let journal = format!(
        r#"],"journal":{{{}"startedAt":{},"entries":["#,
        seed.unwrap_or_default(),
        json(&started_at)?
    );
    let entries = chunks.into_iter().map(|chunk| inner_json(&chunk.entries).to_owned());
    let pieces = std::iter::once(head)
        .chain(separated(history.into_iter().map(|entry| history_json(&entry))))
        .chain(std::iter::once(journal))
        .chain(separated(entries.filter(|entries| !entries.is_empty())))
        .chain(std::iter::once(r#"]},"events":["#.to_owned()));
    let tail = stream::once(std::future::ready(Ok("]}".to_owned())));
    let pieces = stream::iter(pieces.map(Ok)).chain(events(log, id)).chain(tail);
    Ok(pieces.map_ok(Bytes::from))
}

async fn begin(
    log: &dyn EventLog,
    id: InvocationId,
    retention: Duration,
) -> Result<Beginning, RecordingError> {
    // Before the record: where that still says how to repeat it, the journal was whole here.
    let chunks = log.journal(id).await?;
    let mut record = log.invocation(id).await?.ok_or(RecordingError::NotFound(id))?;
    let Some(resume) = record.resume.clone() else {
        let kept = i64::try_from(retention.as_millis()).unwrap_or(i64::MAX);
        let oldest = UnixMillis(UnixMillis::now().0.saturating_sub(kept));
        return Err(match record.ended_at {
            Some(ended_at) if ended_at < oldest => RecordingError::Pruned { id, retention },
            _ => RecordingError::NotDurable(id),
        });
    };
    record.resume = Some(Resume::default());
    let (position, message) = log.message(id).await?.ok_or(RecordingError::NotBegun(id))?;
    Ok(Beginning { record, resume, position, message, chunks })
}

/// The newest entries before a position, oldest first, and whether there are more.
async fn history(
    sessions: &dyn SessionService,
    session: &SessionKey,
    mut position: u64,
) -> Result<(VecDeque<HistoryEntry>, bool), StoreError> {
    let mut found = VecDeque::new();
    let mut bytes = 0;
    loop {
        let query = HistoryQuery::Before { position: Some(position), limit: HISTORY_PAGE };
        let page = sessions.history(session, query).await?;
        for entry in page.entries.into_iter().rev() {
            bytes += entry.event.json.len();
            if bytes > MAX_HISTORY_BYTES || found.len() >= MAX_HISTORY {
                return Ok((found, true));
            }
            found.push_front(entry);
        }
        match page.next {
            Some(next) => position = next,
            None => return Ok((found, false)),
        }
    }
}

fn history_json(entry: &HistoryEntry) -> String {
    format!(r#"{{"position":{},"at":{},"event":{}}}"#, entry.position, entry.at.0, entry.event.json)
}

/// The events of an invocation, page by page.
fn events(log: Arc<dyn EventLog>, id: InvocationId) -> impl Stream<Item = Result<String, StoreError>> + Send {
    stream::try_unfold(Some(0), move |after: Option<u64>| {
        let log = log.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let page = log.read(id, after, EVENTS_PAGE).await?;
            let Some(last) = page.last().map(EncodedEvent::seq) else { return Ok(None) };
            let separator = if after == 0 { "" } else { "," };
            let events: String = separated(page.iter().map(|event| event.json.to_string())).collect();
            Ok(Some((format!("{separator}{events}"), Some(last))))
        }
    })
}

fn separated(items: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    items.enumerate().map(|(index, item)| if index == 0 { item } else { format!(",{item}") })
}

/// What stands between the brackets of an array.
fn inner_json(array: &str) -> &str {
    array.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or_default()
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::unavailable)
}
