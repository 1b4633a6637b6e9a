//! What goes on beside a run under test: its end is known when it starts, and comes when the fake clock is there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::invocation::{FakeTimer, Inner};
use crate::Failure;
use crate::host::Started;

/// What a test makes of something that is started.
pub(super) struct Script<T> {
    /// How long it takes.
    pub(super) takes_ms: u64,
    /// What it ends with then.
    pub(super) end: Result<T, Failure>,
    /// What it ends with where it is cancelled before that.
    pub(super) when_cancelled: Failure,
    /// Whether it goes on when nobody holds it any more.
    pub(super) detached: bool,
}

/// Something that was started, and goes on until its end is there or it is cancelled.
pub(crate) struct FakeStarted<T> {
    run: Rc<Inner>,
    over_at_ms: Rc<Cell<u64>>,
    end: RefCell<Result<T, Failure>>,
    when_cancelled: Failure,
    detached: bool,
    cancelled: Rc<Cell<bool>>,
}

impl<T: Clone> FakeStarted<T> {
    /// Starts it now. `cancelled` is where the test sees later that it did not come to its end.
    pub(super) fn new(run: &Rc<Inner>, script: Script<T>, cancelled: Rc<Cell<bool>>) -> Self {
        Self {
            over_at_ms: Rc::new(Cell::new(run.clock.now_ms().saturating_add(script.takes_ms))),
            run: Rc::clone(run),
            end: RefCell::new(script.end),
            when_cancelled: script.when_cancelled,
            detached: script.detached,
            cancelled,
        }
    }

    /// Waits for its end, as a part of the call that started it.
    pub(super) fn end(&self) -> Result<T, Failure> {
        self.run.clock.wait_until(self.over_at_ms.get());
        self.run.clock.check()?;
        self.end.borrow().clone()
    }
}

impl<T> FakeStarted<T> {
    /// When its end is there.
    pub(super) fn over_at_ms(&self) -> u64 {
        self.over_at_ms.get()
    }

    fn is_over(&self) -> bool {
        self.run.clock.now_ms() >= self.over_at_ms.get()
    }
}

impl<T: Clone> Started for FakeStarted<T> {
    type Timer = FakeTimer;
    type Answer = T;

    fn wait(&self) -> Result<T, Failure> {
        self.run.gate()?;
        self.end()
    }

    fn stop(&self) {
        self.run.clock.count_call();
        if !self.is_over() {
            self.over_at_ms.set(self.run.clock.now_ms());
            *self.end.borrow_mut() = Err(self.when_cancelled.clone());
            self.cancelled.set(true);
        }
    }

    fn timer(&self) -> FakeTimer {
        self.run.clock.count_call();
        FakeTimer::new(&self.run, Rc::clone(&self.over_at_ms))
    }
}

impl<T> Drop for FakeStarted<T> {
    fn drop(&mut self) {
        if !self.detached && !self.is_over() {
            self.cancelled.set(true);
        }
    }
}

/// What a run started, in order, with whether each of them was cancelled.
pub(super) struct Calls<C>(RefCell<Vec<(C, Rc<Cell<bool>>)>>);

impl<C: Clone> Calls<C> {
    /// Keeps a call; the cell becomes true where it is cancelled.
    pub(super) fn note(&self, call: C) -> Rc<Cell<bool>> {
        let cancelled = Rc::new(Cell::new(false));
        self.0.borrow_mut().push((call, Rc::clone(&cancelled)));
        cancelled
    }

    /// How many there were so far.
    pub(super) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// Each of them, with whether it was cancelled.
    pub(super) fn all(&self) -> Vec<(C, bool)> {
        self.0.borrow().iter().map(|(call, cancelled)| (call.clone(), cancelled.get())).collect()
    }
}

impl<C> Default for Calls<C> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

/// The failure where nothing has the name; it says which names there are.
pub(super) fn not_found<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a String>) -> Failure {
    let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
    let known =
        if known.is_empty() { "there is none".into() } else { format!("there is {}", known.join(", ")) };
    Failure::not_found(format!("no {what} is called `{name}`; {known}"))
}
