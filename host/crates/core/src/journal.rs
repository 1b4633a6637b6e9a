//! The journal of an invocation: what its agent asked of the host and what it was told, so that the run can be repeated
//! from its beginning and goes on where it was, whatever happened to the process in between.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::failure::{Failure, FailureKind, StoreError};
use crate::time::UnixMicros;

/// What the random numbers of a run begin with.
pub type Seed = [u8; 32];

/// The call of an entry that says no more than that the run was put away here: what the agent did before it is not new when
/// it is repeated, calls without an entry included.
const REST: &str = "rest";

/// A call whose answer the agent could not have known.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JournalEntry {
    /// What was called: `events.emit`, `wait.sleep`, `clock` …
    #[serde(rename = "c")]
    pub call: Cow<'static, str>,
    /// The arguments for a person, shortened; empty where there are none.
    #[serde(rename = "w", default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// A digest of the arguments.
    #[serde(rename = "d", default, skip_serializing_if = "is_zero")]
    pub digest: u64,
    /// How many calls without an entry of their own came since the entry before.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub silent: u64,
    /// When it was answered: what the agent's clock shows from then on.
    #[serde(rename = "t")]
    pub at: UnixMicros,
    /// The answer, in the form of the call.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Box<RawValue>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl JournalEntry {
    /// About what it takes in memory and on disk.
    fn bytes(&self) -> u64 {
        let answer = self.answer.as_ref().map_or(0, |answer| answer.get().len());
        (self.what.len() + answer + 64) as u64
    }
}

/// Entries that follow each other, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalChunk {
    /// The index of the first one, from 0.
    pub first: u64,
    /// How many there are.
    pub count: u64,
    /// The entries: a JSON array.
    pub entries: String,
}

impl JournalChunk {
    /// Encodes entries.
    pub fn new(first: u64, entries: &[JournalEntry]) -> Result<Self, StoreError> {
        let json = serde_json::to_string(entries).map_err(StoreError::unavailable)?;
        Ok(Self { first, count: entries.len() as u64, entries: json })
    }

    /// Reads them back.
    pub fn decode(&self) -> Result<Vec<JournalEntry>, StoreError> {
        serde_json::from_str(&self.entries).map_err(StoreError::unavailable)
    }
}

/// How long a journal may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalLimits {
    /// Entries: 50 000.
    pub entries: u64,
    /// Bytes: 50 MB.
    pub bytes: u64,
}

impl Default for JournalLimits {
    fn default() -> Self {
        Self { entries: 50_000, bytes: 50_000_000 }
    }
}

/// The journal of a run that goes on: first what is to be repeated, then what is new.
#[derive(Debug)]
pub struct Journal {
    seed: Seed,
    begun_at: UnixMicros,
    limits: JournalLimits,
    /// Whether nothing may follow what is recorded.
    sealed: bool,
    /// Cancelled when the agent asked for something that it had not asked for before.
    live: CancellationToken,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    recorded: VecDeque<JournalEntry>,
    /// The index of the next entry, repeated or new.
    next: u64,
    bytes: u64,
    /// Calls without an entry since the entry before.
    silent: u64,
    /// New entries that are not stored yet.
    pending: Vec<JournalEntry>,
}

/// What the journal says to a call.
#[derive(Debug)]
pub enum Replay {
    /// It was answered before.
    Answered(JournalEntry),
    /// Everything is repeated: the call is new.
    Live,
    /// Another call was answered here.
    Differs(Difference),
}

/// What the journal says to a call that has an entry only where its answer is not the usual one.
#[derive(Debug)]
pub enum ReplaySilent {
    /// It had that answer before.
    Answered(JournalEntry),
    /// It was answered as usual before.
    Usual,
    /// Everything is repeated: the call is new.
    Live,
}

/// Where a repeated run did something else than the first one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("call {index} was {recorded} and is now {now}")]
pub struct Difference {
    /// Of the entry, from 0.
    pub index: u64,
    /// What is in the journal.
    pub recorded: String,
    /// What the agent does now.
    pub now: String,
}

fn shown(call: &str, what: &str) -> String {
    if what.is_empty() { call.to_owned() } else { format!("{call} {what}") }
}

impl Journal {
    /// A journal that begins with what is recorded.
    pub fn new(seed: Seed, begun_at: UnixMicros, recorded: Vec<JournalEntry>, limits: JournalLimits) -> Self {
        let bytes = recorded.iter().map(JournalEntry::bytes).sum();
        let inner = Inner { recorded: recorded.into(), next: 0, bytes, silent: 0, pending: Vec::new() };
        Self { seed, begun_at, limits, sealed: false, live: CancellationToken::new(), inner: inner.into() }
    }

    /// The same, to be repeated only: a call after the last entry differs.
    #[must_use]
    pub fn sealed(self) -> Self {
        Self { sealed: true, ..self }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the random numbers begin with.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// When the invocation began: the time before the first entry.
    pub fn begun_at(&self) -> UnixMicros {
        self.begun_at
    }

    /// Whether calls are answered from what is recorded, and from nothing else.
    pub fn is_replaying(&self) -> bool {
        self.sealed || self.inner().recorded().is_some()
    }

    /// Cancelled at the first call that is new, before that is answered; calls that have no entry do not count.
    pub fn live(&self) -> &CancellationToken {
        &self.live
    }

    /// Whether it is only repeated, and nothing may follow.
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// How many entries there are up to here.
    pub fn position(&self) -> u64 {
        self.inner().next
    }

    /// Answers a call from what is recorded.
    pub fn replay(&self, call: &str, what: &str, digest: u64) -> Replay {
        let mut inner = self.inner();
        let Some(entry) = inner.recorded().cloned() else {
            if !self.sealed {
                self.live.cancel();
                return Replay::Live;
            }
            let recorded = "the end".to_owned();
            return Replay::Differs(Difference { index: inner.next, recorded, now: shown(call, what) });
        };
        if entry.call == call && entry.digest == digest && entry.silent == inner.silent {
            return inner.repeat().map_or(Replay::Live, Replay::Answered);
        }
        let mut now = shown(call, what);
        if entry.call == call && entry.digest == digest {
            // Reads of the clock, of the history and the like: they have no entries, but come in between as often.
            let _ = write!(now, " after {} calls that have no entry, not {}", inner.silent, entry.silent);
        }
        let recorded = shown(&entry.call, &entry.what);
        Replay::Differs(Difference { index: inner.next, recorded, now })
    }

    /// Answers a call that has an entry only where its answer is not the usual one.
    pub fn replay_silent(&self, call: &str) -> ReplaySilent {
        let mut inner = self.inner();
        let silent = inner.silent;
        let usual = match inner.recorded() {
            Some(entry) if entry.call == call && entry.silent == silent => {
                return inner.repeat().map_or(ReplaySilent::Live, ReplaySilent::Answered);
            }
            Some(_) => true,
            None => self.sealed,
        };
        inner.silent += 1;
        if usual { ReplaySilent::Usual } else { ReplaySilent::Live }
    }

    /// Keeps that the run came so far before it was put away. Nothing may come between this and the next commit.
    pub fn rest(&self, at: UnixMicros) {
        let mut inner = self.inner();
        if inner.silent == 0 || inner.recorded().is_some() {
            return;
        }
        let (what, digest, silent, answer) = (String::new(), 0, 0, None);
        // Where the journal is full, nothing that the agent sees from here on is kept either.
        let _ = self.add(&mut inner, JournalEntry { call: REST.into(), what, digest, silent, at, answer });
    }

    /// Whether something is to be stored.
    pub fn has_pending(&self) -> bool {
        !self.inner().pending.is_empty()
    }

    /// What is left of what is recorded, where the run is over before all of it was repeated.
    pub fn left_over(&self) -> Option<Difference> {
        let mut inner = self.inner();
        let recorded = inner.recorded().map(|entry| shown(&entry.call, &entry.what))?;
        Some(Difference { index: inner.next, recorded, now: "the end".to_owned() })
    }

    /// Takes back that the newest call had no entry: it gets one.
    pub fn unsilence(&self) {
        let mut inner = self.inner();
        inner.silent = inner.silent.saturating_sub(1);
    }

    /// Adds the answer of a new call. Where there are too many the run cannot go on.
    pub fn append(&self, entry: JournalEntry) -> Result<(), Failure> {
        self.add(&mut self.inner(), entry)
    }

    fn add(&self, inner: &mut Inner, mut entry: JournalEntry) -> Result<(), Failure> {
        let bytes = inner.bytes + entry.bytes();
        let over = |what: String| {
            let details = Some(serde_json::json!({"limit": "journal"}));
            Err(Failure { details, ..Failure::new(FailureKind::LimitExceeded, what) })
        };
        if inner.next >= self.limits.entries {
            return over(format!(
                "the run's journal has {} entries, which is the limit",
                self.limits.entries
            ));
        }
        if bytes > self.limits.bytes {
            return over(format!("the run's journal has {} bytes, which is the limit", self.limits.bytes));
        }
        entry.silent = inner.silent;
        inner.silent = 0;
        inner.bytes = bytes;
        inner.next += 1;
        inner.pending.push(entry);
        Ok(())
    }

    /// Takes what is to be stored with the next commit, and with it an entry that is only true when that succeeds.
    pub fn take_pending(&self, last: Option<JournalEntry>) -> Result<Pending, Failure> {
        let mut inner = self.inner();
        let conditional = last.is_some();
        if let Some(last) = last {
            self.add(&mut inner, last)?;
        }
        let entries = std::mem::take(&mut inner.pending);
        Ok(Pending { first: inner.next - entries.len() as u64, entries, conditional })
    }

    /// Takes back what could not be stored.
    pub fn restore(&self, mut pending: Pending) {
        let mut inner = self.inner();
        if pending.conditional
            && let Some(last) = pending.entries.pop()
        {
            inner.next -= 1;
            inner.bytes -= last.bytes();
            inner.silent += last.silent;
        }
        pending.entries.append(&mut inner.pending);
        inner.pending = pending.entries;
    }
}

/// Entries on their way to the store.
#[derive(Debug, Default)]
pub struct Pending {
    first: u64,
    entries: Vec<JournalEntry>,
    conditional: bool,
}

impl Pending {
    /// As they are stored; absent where there are none.
    pub fn chunk(&self) -> Result<Option<JournalChunk>, StoreError> {
        if self.entries.is_empty() {
            Ok(None)
        } else {
            JournalChunk::new(self.first, &self.entries).map(Some)
        }
    }
}

impl Inner {
    /// What is to be repeated next. That the run rested here is not.
    fn recorded(&mut self) -> Option<&JournalEntry> {
        while self.recorded.front().is_some_and(|entry| entry.call == REST && entry.silent == self.silent) {
            self.repeat();
        }
        self.recorded.front()
    }

    fn repeat(&mut self) -> Option<JournalEntry> {
        let entry = self.recorded.pop_front()?;
        self.next += 1;
        self.silent = 0;
        Some(entry)
    }
}
