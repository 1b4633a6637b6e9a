//! An answer that is written while the fake clock moves.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use super::ModelAnswer;
use crate::host::{Started, Writing};
use crate::testing::invocation::{FakeTimer, Inner};
use crate::testing::started::{FakeStarted, Script};
use crate::wait::millis;
use crate::{Event, Failure, ModelDelta, ModelResponse, Relay};

/// An answer that is being written.
pub(crate) struct FakeCompletion {
    run: Rc<Inner>,
    started: FakeStarted<ModelResponse>,
    /// What is still to come, and when.
    coming: RefCell<VecDeque<(u64, ModelDelta)>>,
    /// What came, and was not read yet.
    unread: RefCell<Vec<ModelDelta>>,
    /// When there is something to tell: the next delta, or the end.
    tells_at_ms: Rc<Cell<u64>>,
    relay: Relay,
}

impl FakeCompletion {
    /// Starts now, and comes piece by piece over the time that it takes.
    pub(super) fn new(
        run: &Rc<Inner>,
        answer: ModelAnswer,
        takes: Duration,
        relay: Relay,
        cancelled: Rc<Cell<bool>>,
    ) -> Self {
        let (takes_ms, now_ms) = (millis(takes), run.clock.now_ms());
        let deltas = answer.deltas();
        let pieces = deltas.len() as u64;
        let coming = (1..).zip(deltas).map(|(piece, delta)| (now_ms + takes_ms * piece / pieces, delta));
        let coming: VecDeque<_> = coming.collect();
        let script = Script {
            takes_ms,
            end: answer.end,
            when_cancelled: Failure::failed("the completion was cancelled").with_code("cancelled"),
            detached: false,
        };
        let tells_at_ms = coming.front().map_or(now_ms + takes_ms, |(at_ms, _)| *at_ms);
        Self {
            run: Rc::clone(run),
            started: FakeStarted::new(run, script, cancelled),
            coming: coming.into(),
            unread: RefCell::default(),
            tells_at_ms: Rc::new(Cell::new(tells_at_ms)),
            relay,
        }
    }

    /// Waits for its end, as a part of the call that started it.
    pub(crate) fn end(&self) -> Result<ModelResponse, Failure> {
        let end = self.started.end();
        self.come();
        end
    }

    /// Takes what came since the last time, which the client sees where it is relayed.
    fn come(&self) {
        let mut coming = self.coming.borrow_mut();
        let now_ms = self.run.clock.now_ms();
        let due = coming.iter().take_while(|(at_ms, _)| *at_ms <= now_ms).count();
        let come: Vec<_> = coming.drain(..due).map(|(_, delta)| delta).collect();
        self.run.events.borrow_mut().extend(come.iter().filter_map(|delta| self.relayed(delta)));
        self.unread.borrow_mut().extend(come);
        self.tells_at_ms.set(coming.front().map_or(self.started.over_at_ms(), |(at_ms, _)| *at_ms));
    }

    fn relayed(&self, delta: &ModelDelta) -> Option<Event> {
        match (delta, self.relay) {
            (ModelDelta::Text(text), Relay::Text | Relay::All) => Some(Event::TextDelta(text.clone())),
            (ModelDelta::Thought(text), Relay::All) => Some(Event::ThoughtDelta(text.clone())),
            _ => None,
        }
    }
}

impl Started for FakeCompletion {
    type Timer = FakeTimer;
    type Answer = ModelResponse;

    fn wait(&self) -> Result<ModelResponse, Failure> {
        self.run.gate()?;
        self.end()
    }

    fn stop(&self) {
        self.started.stop();
        self.come();
        self.coming.borrow_mut().clear();
        self.tells_at_ms.set(self.started.over_at_ms());
    }

    fn timer(&self) -> FakeTimer {
        self.run.clock.count_call();
        FakeTimer::new(&self.run, Rc::clone(&self.tells_at_ms))
    }
}

impl Writing for FakeCompletion {
    fn read(&self) -> Result<Vec<ModelDelta>, Failure> {
        self.run.gate()?;
        if self.unread.borrow().is_empty() {
            self.run.clock.wait_until(self.tells_at_ms.get());
        }
        self.run.clock.check()?;
        self.come();
        let unread = self.unread.take();
        if unread.is_empty() {
            // A failure is told after everything that came before it.
            self.started.end()?;
        }
        Ok(unread)
    }
}
