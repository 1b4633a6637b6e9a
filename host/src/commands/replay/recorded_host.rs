//! The host that a repeated run sees: it has what the recording has, and keeps nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use rak_core::{
    Emission, EncodedEvent, Failure, FailureKind, HistoryEntry, HistoryPage, InvocationInfo, Journal,
    JournalEntry, RunHost, Scope, SessionKey, StateDelta, readable_scope, settable_scope,
};
use rak_server::protocol::rest::Recording;
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The largest history page an agent may ask for, as in a host that serves.
const MAX_HISTORY_PAGE: usize = 1000;

pub(super) struct RecordedHost {
    info: InvocationInfo,
    token: CancellationToken,
    journal: Arc<Journal>,
    entries: Vec<JournalEntry>,
    history: Vec<HistoryEntry>,
    more_history: bool,
    /// The numbers of the stored events and the changes of state that went with them.
    changes: Vec<(u64, StateDelta)>,
    run: Mutex<Run>,
}

/// What the run did so far.
#[derive(Default)]
struct Run {
    /// Changes of state since its last emission that was stored.
    pending: StateDelta,
    /// The number of the newest event of its own.
    last_seq: u64,
    went_otherwise: Option<WentOtherwise>,
}

/// Where the run did something else, as far as only its host sees it.
#[derive(Clone, Debug)]
pub(super) enum WentOtherwise {
    /// It emitted this, and the journal says the rest.
    Emitted(Vec<Emission>),
    /// It emitted the same, and had changed other state before.
    State { index: u64, recorded: StateDelta, now: StateDelta },
}

/// The answer of `events.emit`, as it stands in the journal.
#[derive(Deserialize)]
enum Emitted {
    Ok(u64),
    Err(serde::de::IgnoredAny),
}

/// The number that a recorded emission got.
pub(super) fn emitted_seq(entry: &JournalEntry) -> Option<u64> {
    match serde_json::from_str(entry.answer.as_ref()?.get()).ok()? {
        Emitted::Ok(seq) => Some(seq),
        Emitted::Err(_) => None,
    }
}

impl RecordedHost {
    pub(super) fn new(recording: &Recording, journal: Arc<Journal>) -> Self {
        let body = &recording.invocation;
        let history = recording.history.iter().filter_map(|placed| {
            let event = EncodedEvent::new(placed.event.clone()).ok()?;
            Some(HistoryEntry { position: placed.position, at: placed.at, event })
        });
        let own = recording.events.iter().filter(|event| !event.turn_complete);
        Self {
            info: InvocationInfo {
                id: body.invocation_id,
                session: SessionKey {
                    app_name: body.app_name.clone(),
                    user_id: body.user_id.clone(),
                    session_id: body.session_id.clone(),
                },
                // Another build is told the version that was recorded: that alone is to change nothing.
                agent_version: body.agent_version.clone(),
                attempt: 1,
                parent: None,
            },
            token: CancellationToken::new(),
            journal,
            entries: recording.journal.entries.clone(),
            history: history.collect(),
            more_history: recording.more_history,
            changes: own.filter_map(|event| Some((event.seq?, event.actions.state_delta.clone()))).collect(),
            run: Mutex::default(),
        }
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run.
    pub(super) fn stop(&self) {
        self.token.cancel();
    }

    pub(super) fn went_otherwise(&self) -> Option<WentOtherwise> {
        self.run().went_otherwise.clone()
    }

    /// Changes of state that would be stored with the run's end.
    pub(super) fn pending_state(&self) -> StateDelta {
        self.run().pending.clone()
    }
}

#[async_trait]
impl RunHost for RecordedHost {
    fn info(&self) -> &InvocationInfo {
        &self.info
    }

    fn token(&self) -> &CancellationToken {
        &self.token
    }

    fn journal(&self) -> Option<&Arc<Journal>> {
        Some(&self.journal)
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    async fn emit_recorded(
        &self,
        _emissions: Vec<Emission>,
        _entry: Option<JournalEntry>,
    ) -> Result<u64, Failure> {
        // Whatever is emitted was recorded, or ends the run before it comes here.
        Err(Failure::new(FailureKind::Unavailable, "nothing is emitted while a run is repeated"))
    }

    fn emitted_before(&self) {
        let mut run = self.run();
        let index = self.journal.position().saturating_sub(1);
        let entry = usize::try_from(index).ok().and_then(|index| self.entries.get(index));
        let Some(seq) = entry.and_then(emitted_seq) else { return };
        let before = std::mem::replace(&mut run.last_seq, seq);
        let mut recorded = StateDelta::new();
        for (_, state) in self.changes.iter().filter(|(number, _)| (before + 1..=seq).contains(number)) {
            recorded.extend(state.clone());
        }
        let now = std::mem::take(&mut run.pending);
        if recorded != now && run.went_otherwise.is_none() {
            run.went_otherwise = Some(WentOtherwise::State { index, recorded, now });
            self.token.cancel();
        }
    }

    fn emits_otherwise(&self, now: &[Emission]) {
        self.run().went_otherwise.get_or_insert_with(|| WentOtherwise::Emitted(now.to_vec()));
    }

    async fn history(&self, before: Option<u64>, limit: usize) -> Result<HistoryPage, Failure> {
        let limit = limit.clamp(1, MAX_HISTORY_PAGE);
        let end = before.map_or(self.history.len(), |before| {
            self.history.partition_point(|entry| entry.position < before)
        });
        if end < limit && self.more_history {
            let message = format!(
                "the agent reads more of its session's history than the newest {} entries, which is what is recorded",
                self.history.len()
            );
            return Err(Failure::new(FailureKind::Unavailable, message));
        }
        let start = end.saturating_sub(limit);
        let entries = self.history.get(start..end).unwrap_or_default().to_vec();
        let more = start > 0 || self.more_history;
        let next = entries.first().filter(|_| more).map(|entry| entry.position);
        Ok(HistoryPage { entries, next })
    }

    fn state(&self, key: &str) -> Result<Option<Value>, Failure> {
        // The journal has the answer.
        readable_scope(key).map(|_| None)
    }

    fn set_state(&self, key: &str, value: Value) -> Result<(), Failure> {
        if settable_scope(key, &value)? != Scope::Temp {
            self.run().pending.insert(key.to_owned(), value);
        }
        Ok(())
    }

    fn state_keys(&self, _prefix: &str) -> Result<Vec<String>, Failure> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use rak_core::time::{UnixMicros, UnixMillis};
    use rak_core::{Event, InvocationId, JournalLimits, Replay};
    use rak_server::protocol::rest::PlacedEvent;
    use serde_json::json;

    use super::*;

    fn event(seq: Option<u64>, state: &Value) -> Event {
        let mut event = Event::new(InvocationId::new(), "a");
        event.seq = seq;
        event.actions.state_delta = serde_json::from_value(state.clone()).unwrap();
        event
    }

    /// A run that emitted twice, with state of its own each time.
    fn recording() -> Recording {
        let id = InvocationId::new();
        let entry = |seq: u64| json!({"c": "events.emit", "t": 5, "a": {"Ok": seq}});
        let text = json!({
            "format": 1,
            "invocation": {"invocationId": id, "sessionId": "s", "appName": "a", "userId": "u", "agentVersion": "sha256:00",
                "status": "completed", "attempt": 1, "startedAt": 1, "endedAt": 2, "usage": {}},
            "message": event(None, &json!({})),
            "moreHistory": false,
            "history": [],
            "journal": {"seed": "00".repeat(32), "startedAt": 1, "entries": [entry(2), entry(3)]},
            "events": [event(Some(1), &json!({"k": 1})), event(Some(2), &json!({})), event(Some(3), &json!({"k": null}))],
        })
        .to_string();
        serde_json::from_str(&text).unwrap()
    }

    fn host(recording: &Recording) -> RecordedHost {
        let entries = recording.journal.entries.clone();
        let journal = Journal::new([0; 32], UnixMicros(1), entries, JournalLimits::default()).sealed();
        RecordedHost::new(recording, Arc::new(journal))
    }

    fn emit(host: &RecordedHost) {
        assert!(matches!(host.journal.replay("events.emit", "", 0), Replay::Answered(_)));
        host.emitted_before();
    }

    #[test]
    fn state_that_differs_is_found_at_the_emission_that_stores_it() {
        let recording = recording();
        let same = host(&recording);
        same.set_state("k", json!(1)).unwrap();
        same.set_state("temp:x", json!(1)).unwrap();
        emit(&same);
        same.set_state("k", Value::Null).unwrap();
        emit(&same);
        same.set_state("end", json!(true)).unwrap();
        assert!(same.went_otherwise().is_none());
        assert_eq!(same.pending_state(), [("end".to_owned(), json!(true))].into());
        assert!(same.set_state("app:", json!(1)).is_err() && same.state("user:").is_err());

        let other = host(&recording);
        other.set_state("k", json!(1)).unwrap();
        emit(&other);
        emit(&other);
        let Some(WentOtherwise::State { index: 1, recorded, now }) = other.went_otherwise() else { panic!() };
        assert_eq!((recorded, now), ([("k".to_owned(), Value::Null)].into(), StateDelta::new()));
        assert!(other.token.is_cancelled());
    }

    #[tokio::test]
    async fn history_is_read_in_pages_as_far_as_it_is_recorded() {
        let mut recording = recording();
        let placed = |position| PlacedEvent { position, at: UnixMillis(1), event: event(None, &json!({})) };
        recording.history = (5..10).map(placed).collect();
        let whole = host(&recording);
        let read = async |host: &RecordedHost, before, limit| {
            let page = host.history(before, limit).await.ok()?;
            Some((page.entries.iter().map(|entry| entry.position).collect::<Vec<_>>(), page.next))
        };
        assert_eq!(read(&whole, None, 2).await, Some((vec![8, 9], Some(8))));
        assert_eq!(read(&whole, Some(7), 2).await, Some((vec![5, 6], None)));
        assert_eq!(read(&whole, None, 1000).await, Some((vec![5, 6, 7, 8, 9], None)));
        assert_eq!(read(&whole, Some(5), 0).await, Some((vec![], None)));
        recording.more_history = true;
        let cut = host(&recording);
        assert_eq!(read(&cut, Some(7), 2).await, Some((vec![5, 6], Some(5))));
        assert_eq!(read(&cut, Some(7), 3).await, None, "it is not recorded");
    }
}
