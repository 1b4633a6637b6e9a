//! What time it is for a guest, and what it is told again when its run is repeated.
//!
//! A run that is repeated has to see what the first one saw. So its clock stands still between its calls to the host,
//! but for a step a read, and moves with the entries of the journal; a read that would show a time long past gets an
//! entry of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rak_core::time::UnixMicros;
use rak_core::{Failure, FailureKind, Journal, JournalEntry, Replay, ReplaySilent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::guest_error::HostStop;

/// How far the clock of a guest may stay behind before a read moves it: a guest that looks at the clock again and again
/// fills its journal by a hundred entries a second at most.
const MAX_LAG: Duration = Duration::from_millis(10);
/// The same for a call that counts from now on.
const MAX_LAG_OF_A_WAIT: Duration = Duration::from_millis(1);
/// What a read moves the clock by, so that a guest that waits for it to move sees it move.
const STEP: Duration = Duration::from_micros(1);
/// More of the arguments is not kept for people to read.
const MAX_WHAT_CHARACTERS: usize = 80;

/// A call that gets an entry.
#[derive(Clone)]
pub(crate) struct Call {
    name: &'static str,
    what: String,
    digest: u64,
}

impl Call {
    /// A call with arguments, and how a person sees them.
    pub(crate) fn new(name: &'static str, what: impl AsRef<str>, arguments: &impl Serialize) -> Self {
        let mut digest = DigestWriter(Sha256::new());
        // Writing to a digest does not fail, and what an agent hands over can be encoded.
        let _ = serde_json::to_writer(&mut digest, arguments);
        let bytes = digest.0.finalize();
        let digest = bytes.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte));
        Self { name, what: what.as_ref().chars().take(MAX_WHAT_CHARACTERS).collect(), digest }
    }
}

struct DigestWriter(Sha256);

impl std::io::Write for DigestWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a call that has an entry only where its answer is not the usual one was told before.
pub(crate) enum Recalled<T> {
    Unusual(Result<T, Failure>),
    Usual,
    /// Nothing yet.
    New,
}

/// The time line of one run. A clone is the same.
#[derive(Clone)]
pub(crate) struct Timeline {
    inner: Arc<Inner>,
}

struct Inner {
    journal: Option<Arc<Journal>>,
    /// When this attempt began, on both clocks: a step of the system's clock in between is not seen.
    base: (UnixMicros, Instant),
    /// What the guest's clock shows.
    shown: Mutex<UnixMicros>,
    begun_at: UnixMicros,
}

impl Timeline {
    pub(crate) fn new(journal: Option<Arc<Journal>>) -> Self {
        let now = UnixMicros::now();
        let begun_at = journal.as_ref().map_or(now, |journal| journal.begun_at());
        let shown = Mutex::new(begun_at);
        Self { inner: Arc::new(Inner { journal, base: (now, Instant::now()), shown, begun_at }) }
    }

    pub(crate) fn journal(&self) -> Option<&Arc<Journal>> {
        self.inner.journal.as_ref()
    }

    /// Whether the guest is told what it was told before. What it says meanwhile was said already.
    pub(crate) fn is_replaying(&self) -> bool {
        self.journal().is_some_and(|journal| journal.is_replaying())
    }

    /// Whether what the guest writes was logged already. Who only repeats a run may look at it again.
    pub(crate) fn was_logged(&self) -> bool {
        self.journal().is_some_and(|journal| journal.is_replaying() && !journal.is_sealed())
    }

    fn shown(&self) -> MutexGuard<'_, UnixMicros> {
        self.inner.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time in the world.
    pub(crate) fn real(&self) -> UnixMicros {
        let (wall, instant) = self.inner.base;
        wall.after(instant.elapsed())
    }

    /// The time that the guest sees.
    pub(crate) fn now(&self) -> UnixMicros {
        self.read(MAX_LAG)
    }

    /// The time that a wait counts from.
    pub(crate) fn mark(&self) -> UnixMicros {
        self.read(MAX_LAG_OF_A_WAIT)
    }

    /// When the run began: the beginning of its own clock.
    pub(crate) fn begun_at(&self) -> UnixMicros {
        self.inner.begun_at
    }

    /// How long the guest sees itself running.
    pub(crate) fn elapsed(&self) -> Duration {
        self.now().since(self.inner.begun_at)
    }

    fn read(&self, max_lag: Duration) -> UnixMicros {
        let Some(journal) = self.journal() else { return self.real() };
        let mut shown = self.shown();
        let replayed = journal.replay_silent("clock");
        if let ReplaySilent::Answered(entry) = replayed {
            *shown = entry.at.max(*shown);
            return *shown;
        }
        *shown = shown.after(STEP);
        if matches!(replayed, ReplaySilent::Live) && self.real().since(*shown) > max_lag {
            let at = self.real();
            journal.unsilence();
            let entry = JournalEntry { call: "clock".into(), ..blank(at) };
            match journal.append(entry) {
                Ok(()) => *shown = at,
                // The journal is full: the next call that can fail says so.
                Err(_) => drop(journal.replay_silent("clock")),
            }
        }
        *shown
    }

    /// Until a time in the world.
    pub(crate) async fn sleep_until(&self, at: UnixMicros) {
        tokio::time::sleep(at.since(self.real())).await;
    }

    /// The answer that a call had before.
    pub(crate) fn recall<T: DeserializeOwned>(
        &self,
        call: &Call,
    ) -> Result<Option<Result<T, Failure>>, HostStop> {
        let Some(journal) = self.journal() else { return Ok(None) };
        match journal.replay(call.name, &call.what, call.digest) {
            Replay::Live => Ok(None),
            Replay::Differs(difference) => Err(HostStop::Differs(difference)),
            Replay::Answered(entry) => {
                self.see(entry.at);
                decode(&entry).map(Some)
            }
        }
    }

    /// The answer of a call that has an entry only where it is not the usual one.
    pub(crate) fn recall_unusual<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Recalled<T>, HostStop> {
        let Some(journal) = self.journal() else { return Ok(Recalled::New) };
        match journal.replay_silent(name) {
            ReplaySilent::Live => Ok(Recalled::New),
            ReplaySilent::Usual => Ok(Recalled::Usual),
            ReplaySilent::Answered(entry) => {
                self.see(entry.at);
                decode(&entry).map(Recalled::Unusual)
            }
        }
    }

    /// Keeps the answer of a new call.
    pub(crate) fn note<T: Serialize>(
        &self,
        call: Call,
        answer: Result<&T, &Failure>,
        not_before: Option<UnixMicros>,
    ) -> Result<(), Failure> {
        let Some(journal) = self.journal() else { return Ok(()) };
        let mut entry = self.entry(call);
        entry.at = entry.at.max(not_before.unwrap_or_default());
        let answer = serde_json::value::to_raw_value(&answer)
            .map_err(|error| Failure::new(FailureKind::Failed, error.to_string()))?;
        entry.answer = Some(answer);
        self.see(entry.at);
        journal.append(entry)
    }

    /// Keeps an unusual answer of a call that [`recall_unusual`](Self::recall_unusual) said to be new.
    pub(crate) fn note_unusual<T: Serialize>(
        &self,
        name: &'static str,
        answer: Result<&T, &Failure>,
    ) -> Result<(), Failure> {
        let Some(journal) = self.journal() else { return Ok(()) };
        journal.unsilence();
        self.note(Call { name, what: String::new(), digest: 0 }, answer, None)
    }

    /// An entry for a call that is answered now, its answer left out.
    pub(crate) fn entry(&self, call: Call) -> JournalEntry {
        let at = self.real().max(*self.shown());
        JournalEntry { call: call.name.into(), what: call.what, digest: call.digest, ..blank(at) }
    }

    /// The clock shows at least this from now on.
    pub(crate) fn see(&self, at: UnixMicros) {
        let mut shown = self.shown();
        *shown = at.max(*shown);
    }
}

fn blank(at: UnixMicros) -> JournalEntry {
    JournalEntry { call: "".into(), what: String::new(), digest: 0, silent: 0, at, answer: None }
}

fn decode<T: DeserializeOwned>(entry: &JournalEntry) -> Result<Result<T, Failure>, HostStop> {
    let text = entry.answer.as_ref().map_or("null", |answer| answer.get());
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(call = %entry.call, %error, "an entry of a journal cannot be read");
        HostStop::Unavailable { message: "the run's journal is damaged".into() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::JournalLimits;

    fn journal(recorded: Vec<JournalEntry>) -> Arc<Journal> {
        Arc::new(Journal::new([7; 32], UnixMicros::now(), recorded, JournalLimits::default()))
    }

    fn pending(journal: &Journal) -> Vec<JournalEntry> {
        let chunk = journal.take_pending(None).unwrap().chunk().unwrap();
        chunk.map(|chunk| chunk.decode().unwrap()).unwrap_or_default()
    }

    #[tokio::test(start_paused = true)]
    async fn a_repeated_run_reads_the_same_times() {
        let journal_before = journal(Vec::new());
        let begun_at = journal_before.begun_at();
        let before = Timeline::new(Some(journal_before.clone()));
        let mut seen = Vec::new();
        for pause in [0, 3, 50, 1, 1, 200] {
            tokio::time::advance(Duration::from_millis(pause)).await;
            seen.push(before.now());
            if pause == 1 {
                before.note(Call::new("wait.sleep", "", &1), Ok(&()), None).unwrap();
            }
        }
        let recorded = pending(&journal_before);
        assert_eq!(recorded.iter().filter(|entry| entry.call == "clock").count(), 2, "{recorded:?}");

        let repeated = Arc::new(Journal::new([7; 32], begun_at, recorded, JournalLimits::default()));
        let again = Timeline::new(Some(repeated));
        for (index, time) in seen.into_iter().enumerate() {
            assert_eq!(again.now(), time, "read {index}");
            if index == 3 || index == 4 {
                again.recall::<()>(&Call::new("wait.sleep", "", &1)).unwrap().unwrap().unwrap();
            }
        }
        assert!(!again.is_replaying());
        tokio::time::advance(Duration::from_secs(1001)).await;
        assert!(again.now().since(begun_at) > Duration::from_secs(1000), "it is live");
    }

    #[tokio::test]
    async fn another_call_than_before_is_told_apart() {
        let before = journal(Vec::new());
        let timeline = Timeline::new(Some(before.clone()));
        timeline.note(Call::new("session.get", "a", &"a"), Ok(&1), None).unwrap();
        let again = Timeline::new(Some(journal(pending(&before))));
        let other = again.recall::<u32>(&Call::new("session.get", "b", &"b"));
        let Err(HostStop::Differs(difference)) = other else { panic!("{other:?}") };
        assert_eq!(difference.to_string(), "call 0 was session.get a and is now session.get b");
    }

    #[tokio::test]
    async fn an_unusual_answer_comes_back_at_its_place() {
        let before = journal(Vec::new());
        let timeline = Timeline::new(Some(before.clone()));
        for cancelled in [false, false, true] {
            assert!(matches!(timeline.recall_unusual::<bool>("c").unwrap(), Recalled::New));
            if cancelled {
                timeline.note_unusual("c", Ok(&true)).unwrap();
            }
        }
        let again = Timeline::new(Some(journal(pending(&before))));
        let unusual = |_| matches!(again.recall_unusual::<bool>("c").unwrap(), Recalled::Unusual(Ok(true)));
        assert_eq!((0..3).map(unusual).collect::<Vec<_>>(), [false, false, true]);
    }

    /// A sleep of days counts from when it began, although no entry says when that was.
    #[tokio::test(start_paused = true)]
    async fn what_was_read_before_a_rest_is_read_again() {
        let journal_before = journal(Vec::new());
        let begun_at = journal_before.begun_at();
        let before = Timeline::new(Some(journal_before.clone()));
        let seen = [before.now(), before.mark()];
        journal_before.rest(before.real());
        let recorded = pending(&journal_before);
        assert_eq!(recorded.len(), 1, "{recorded:?}");

        let repeated = Arc::new(Journal::new([7; 32], begun_at, recorded, JournalLimits::default()));
        let again = Timeline::new(Some(repeated.clone()));
        tokio::time::advance(Duration::from_secs(1000)).await;
        assert!(again.is_replaying());
        assert_eq!([again.now(), again.mark()], seen);
        assert!(!again.is_replaying() && repeated.left_over().is_none());
        assert!(again.now().since(seen[1]) > Duration::from_secs(999), "it is live");
    }
}
