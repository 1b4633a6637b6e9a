//! The newest events of a live run, for those who keep up. Bounded: who does not keep up reads the store.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rak_core::EncodedEvent;
use tokio::sync::watch;

/// Enough for a burst of text deltas between two polls of a listener.
const MAX_EVENTS: usize = 256;
/// A run whose events are large keeps fewer of them.
const MAX_BYTES: usize = 1 << 20;

pub(crate) struct Feed {
    ring: Mutex<Ring>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Ring {
    items: VecDeque<Item>,
    /// The index of the first item.
    first: u64,
    bytes: usize,
    last_seq: u64,
    closed: bool,
}

/// An event in the feed.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) event: Arc<EncodedEvent>,
    /// The number of the newest stored event when this one was made: it tells where an event without a number belongs.
    pub(crate) after_seq: u64,
}

/// What lies at an index.
pub(crate) enum Next {
    Items {
        items: Vec<Item>,
        next: u64,
    },
    /// It was there and is gone.
    Lagged,
    /// It is not there yet.
    Pending,
    /// It will never be there.
    Closed,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self { ring: Mutex::default(), changed: watch::Sender::new(()) }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, events: impl IntoIterator<Item = Arc<EncodedEvent>>) {
        let mut ring = self.ring();
        for event in events {
            let after_seq = ring.last_seq;
            ring.last_seq = event.seq.unwrap_or(after_seq);
            ring.bytes += event.json.len();
            ring.items.push_back(Item { event, after_seq });
            // The newest one stays, however large it is.
            while ring.items.len() > 1 && (ring.items.len() > MAX_EVENTS || ring.bytes > MAX_BYTES) {
                let gone = ring.items.pop_front().map_or(0, |item| item.event.json.len());
                ring.bytes -= gone;
                ring.first += 1;
            }
        }
        drop(ring);
        self.changed.send_replace(());
    }

    /// What comes is newer than this stored event.
    pub(crate) fn begin_after(&self, seq: u64) {
        let mut ring = self.ring();
        ring.last_seq = ring.last_seq.max(seq);
    }

    /// Nothing comes after this.
    pub(crate) fn close(&self) {
        self.ring().closed = true;
        self.changed.send_replace(());
    }

    /// The index of the oldest event that is still here.
    pub(crate) fn first(&self) -> u64 {
        self.ring().first
    }

    pub(crate) fn from(&self, index: u64) -> Next {
        let ring = self.ring();
        let Some(skip) = index.checked_sub(ring.first) else { return Next::Lagged };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let items: Vec<_> = ring.items.iter().skip(skip).cloned().collect();
        if !items.is_empty() {
            return Next::Items { next: index + items.len() as u64, items };
        }
        if ring.closed { Next::Closed } else { Next::Pending }
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::{Content, Event, InvocationId};

    fn event(seq: Option<u64>, text: &str) -> Arc<EncodedEvent> {
        let mut event = Event::new(InvocationId::new(), "a");
        event.seq = seq;
        event.content = Some(Content::new_model_text(text));
        Arc::new(EncodedEvent::new(event).unwrap())
    }

    #[test]
    fn what_was_pushed_is_read_in_order_and_then_pending_until_closed() {
        let feed = Feed::new();
        assert!(matches!(feed.from(0), Next::Pending));
        feed.push([event(Some(1), "a"), event(None, "b"), event(Some(2), "c")]);
        let Next::Items { items, next } = feed.from(0) else { panic!() };
        assert_eq!(items.iter().map(|item| item.after_seq).collect::<Vec<_>>(), [0, 1, 1]);
        assert_eq!(next, 3);
        assert!(matches!(feed.from(3), Next::Pending));
        feed.close();
        assert!(matches!(feed.from(3), Next::Closed));
        assert!(matches!(feed.from(2), Next::Items { .. }));
    }

    #[test]
    fn many_or_large_events_push_the_oldest_out() {
        let feed = Feed::new();
        feed.push((0..MAX_EVENTS as u64 + 10).map(|seq| event(Some(seq + 1), "x")));
        assert_eq!(feed.first(), 10);
        assert!(matches!(feed.from(9), Next::Lagged));
        feed.push([event(Some(1000), &"y".repeat(MAX_BYTES * 2))]);
        let Next::Items { items, .. } = feed.from(feed.first()) else { panic!() };
        assert_eq!(items.len(), 1);
        feed.push([event(Some(1001), "z")]);
        assert_eq!(feed.ring().items.len(), 1);
        assert!(feed.ring().bytes < 1000);
    }
}
