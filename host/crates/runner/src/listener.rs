//! Listening to an invocation: from any point, while it runs or afterwards, without a gap and without a duplicate.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use dashmap::DashMap;
use futures::stream;
use rak_core::{
    AppName, EncodedEvent, Event, EventLog, EventStream, InvocationId, InvocationRecord, OnDisconnect,
    Progress, RunError,
};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::feed::{Feed, Item, Next};
use crate::written::Written;

/// How many events are read from the store at a time.
const PAGE: usize = 128;

/// An invocation that is not over, as its listeners and whoever writes to it see it. It is there as long as somebody
/// holds it: a run, a listener, somebody who answers a question.
pub(crate) struct LiveRun {
    pub(crate) feed: Feed,
    /// How many listen now.
    pub(crate) listeners: watch::Sender<usize>,
    progress: Mutex<Option<Progress>>,
    /// What is stored of it; read from the log by the first who needs it. Held by whoever writes.
    pub(crate) written: Arc<tokio::sync::Mutex<Option<Written>>>,
    /// Changes when a question was answered.
    pub(crate) answered: watch::Sender<()>,
}

impl LiveRun {
    /// One that has just begun, of which nothing is stored.
    pub(crate) fn begun() -> Self {
        Self::with(Some(Written::default()))
    }

    /// One that is there already.
    pub(crate) fn found() -> Self {
        Self::with(None)
    }

    fn with(written: Option<Written>) -> Self {
        Self {
            feed: Feed::new(),
            listeners: watch::Sender::new(0),
            progress: Mutex::default(),
            written: Arc::new(tokio::sync::Mutex::new(written)),
            answered: watch::Sender::new(()),
        }
    }

    /// Returns when nobody has listened for as long as it may go on alone.
    pub(crate) async fn abandoned(&self, on_disconnect: OnDisconnect) {
        let grace = match on_disconnect {
            OnDisconnect::Continue => return std::future::pending().await,
            OnDisconnect::Cancel => Duration::ZERO,
            OnDisconnect::Grace(grace) => grace,
        };
        let mut listeners = self.listeners.subscribe();
        loop {
            if listeners.wait_for(|count| *count == 0).await.is_err() {
                return std::future::pending().await;
            }
            if timeout(grace, listeners.wait_for(|count| *count > 0)).await.is_err() {
                return;
            }
        }
    }

    /// Takes over the progress that is stored, where there is no newer one.
    pub(crate) fn continue_at(&self, progress: Option<&Progress>) {
        let mut newest = self.progress();
        if newest.is_none() {
            *newest = progress.cloned();
        }
    }

    /// The newest progress.
    pub(crate) fn progress(&self) -> MutexGuard<'_, Option<Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The invocations that somebody holds. A clone shares them.
#[derive(Clone, Default)]
pub(crate) struct LiveRuns {
    runs: Arc<DashMap<InvocationId, Weak<LiveRun>>>,
}

impl LiveRuns {
    pub(crate) fn insert(&self, id: InvocationId, run: &Arc<LiveRun>) {
        self.runs.insert(id, Arc::downgrade(run));
    }

    /// The invocation, where somebody holds it.
    pub(crate) fn get(&self, id: InvocationId) -> Option<Arc<LiveRun>> {
        self.runs.get(&id)?.upgrade()
    }

    /// The same; held by the caller where nobody did.
    pub(crate) fn get_or_find(&self, id: InvocationId) -> Arc<LiveRun> {
        let mut entry = self.runs.entry(id).or_default();
        entry.upgrade().unwrap_or_else(|| {
            let run = Arc::new(LiveRun::found());
            *entry = Arc::downgrade(&run);
            run
        })
    }

    /// Forgets an invocation that nobody holds.
    pub(crate) fn forget(&self, id: InvocationId) {
        self.runs.remove_if(&id, |_, run| run.strong_count() == 0);
    }
}

/// Counts a listener for as long as it lives.
pub(crate) struct Attendance(Arc<LiveRun>);

impl Attendance {
    pub(crate) fn new(run: Arc<LiveRun>) -> Self {
        run.listeners.send_modify(|count| *count += 1);
        Self(run)
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.0.listeners.send_modify(|count| *count -= 1);
    }
}

/// Where the next events come from.
enum Source {
    /// The store, up to its end; then the feed, where there is one.
    Log,
    /// The feed, from this index.
    Feed(u64),
}

struct Listener {
    id: InvocationId,
    log: Arc<dyn EventLog>,
    live: Option<(Attendance, watch::Receiver<()>)>,
    source: Source,
    last_seq: u64,
    /// Who speaks of the progress that was made before it came; absent where it was told, or there from the start.
    tells_progress: Option<AppName>,
    ready: VecDeque<Item>,
    done: bool,
}

/// All events of a run that has just begun.
pub(crate) fn from_the_start(
    id: InvocationId,
    log: Arc<dyn EventLog>,
    attendance: Attendance,
) -> EventStream {
    listen(id, log, Some(attendance), Source::Feed(0), 0, None)
}

/// The events after `after`: first those that are stored, then, where the run goes on, how far it is and what is to come.
pub(crate) fn from_the_log(
    record: &InvocationRecord,
    log: Arc<dyn EventLog>,
    attendance: Option<Attendance>,
    after: u64,
) -> EventStream {
    let agent = attendance.as_ref().map(|attendance| {
        attendance.0.continue_at(record.progress.as_ref());
        record.session.app_name.clone()
    });
    listen(record.id, log, attendance, Source::Log, after, agent)
}

fn listen(
    id: InvocationId,
    log: Arc<dyn EventLog>,
    attendance: Option<Attendance>,
    source: Source,
    last_seq: u64,
    tells_progress: Option<AppName>,
) -> EventStream {
    let live = attendance.map(|attendance| {
        let changes = attendance.0.feed.changes();
        (attendance, changes)
    });
    let listener =
        Listener { id, log, live, source, last_seq, tells_progress, ready: VecDeque::new(), done: false };
    Box::pin(stream::unfold(listener, |mut listener| async move {
        let item = listener.next().await?;
        Some((item, listener))
    }))
}

impl Listener {
    async fn next(&mut self) -> Option<Result<Arc<EncodedEvent>, RunError>> {
        loop {
            if self.done {
                return None;
            }
            while let Some(item) = self.ready.pop_front() {
                if let Some(event) = self.accept(item) {
                    self.done = event.turn_complete;
                    return Some(Ok(event));
                }
            }
            if let Err(error) = self.refill().await {
                self.done = true;
                return Some(Err(error));
            }
        }
    }

    /// Leaves out what was seen already: a stored event by its number, another one by its place between two numbers.
    fn accept(&mut self, item: Item) -> Option<Arc<EncodedEvent>> {
        match item.event.seq {
            Some(seq) if seq <= self.last_seq => None,
            Some(seq) => {
                self.last_seq = seq;
                Some(item.event)
            }
            None if item.after_seq < self.last_seq => None,
            None => Some(item.event),
        }
    }

    /// How far the run is, for who comes late; nothing where the feed has it.
    fn newest_progress(&mut self) -> Option<Item> {
        let (agent, (attendance, _)) = (self.tells_progress.take()?, self.live.as_ref()?);
        let progress = attendance.0.progress().clone()?;
        if let Next::Items { items, .. } = attendance.0.feed.from(attendance.0.feed.first())
            && items.iter().any(|item| item.event.event.progress.is_some() && item.after_seq >= self.last_seq)
        {
            return None;
        }
        let mut event = Event::new(self.id, agent.as_str());
        event.partial = true;
        event.progress = Some(progress);
        let event = EncodedEvent::new(event).ok()?;
        Some(Item { event: Arc::new(event), after_seq: self.last_seq })
    }

    async fn refill(&mut self) -> Result<(), RunError> {
        match self.source {
            Source::Log => {
                let page = self.log.read(self.id, self.last_seq, PAGE).await?;
                if page.is_empty() {
                    match &self.live {
                        Some((attendance, _)) => self.source = Source::Feed(attendance.0.feed.first()),
                        None => self.done = true,
                    }
                    let progress = self.newest_progress();
                    self.ready.extend(progress);
                }
                self.ready.extend(page.into_iter().map(|event| {
                    let event = Arc::new(event);
                    Item { after_seq: event.seq().saturating_sub(1), event }
                }));
            }
            Source::Feed(index) => {
                let Some((attendance, changes)) = &mut self.live else {
                    self.done = true;
                    return Ok(());
                };
                changes.borrow_and_update();
                match attendance.0.feed.from(index) {
                    Next::Items { items, next } => {
                        self.ready.extend(items);
                        self.source = Source::Feed(next);
                    }
                    Next::Lagged => self.source = Source::Log,
                    Next::Closed => {
                        // The terminal event was in the feed or, where this listener missed it, is in the store.
                        self.live = None;
                        self.source = Source::Log;
                    }
                    Next::Pending => {
                        let _ = changes.changed().await;
                    }
                }
            }
        }
        Ok(())
    }
}
